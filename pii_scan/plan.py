"""The redaction plan: which columns are replaced, and how. TOML that a person reads and edits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pii_scan.errors import ConfigError
from pii_scan.keyplaces import KeyPlace
from pii_scan.keys import Key
from pii_scan.model import Catalogue, Column, Report
from pii_scan.plan_check import check_policies, check_rules, explained
from pii_scan.policy import Policy
from pii_scan.presets import preset
from pii_scan.rules import Masking, Rule, Scope, Seen, address, fits
from pii_scan.treatment import KEYED, NONE, WHOLLY, Operator, Treatment

__all__ = ["Masking", "Operator", "Plan", "Rule", "Scope", "Seen", "address", "check_plan", "fits", "load_plan", "plan_of"]

_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)
_NATIONAL = frozenset({"pseudonym", "hash", "surrogate"})


class Plan(BaseModel):
    """Rules in order: the first that matches a column and path decides."""

    model_config = _STRICT

    version: Literal[1] = 1
    preset: str = ""
    """Where its `[[rule]]` came from; for the reader only."""
    key_file: str = ""
    """Only needed by operators with a key."""
    key_env: str = ""
    """A variable of the environment that holds the text of the key, in place of a file."""
    key_ring: str = ""
    """The name of a key in the keyring of the platform, in place of a file."""
    key_id: str = ""
    """Which key it has to be, as `pii-scan key id` tells: another one is refused."""
    purpose: str = ""
    """What the copies are for: tokens of two purposes cannot be joined."""
    mask: Masking = Masking()
    policies: tuple[Policy, ...] = Field(default=(), alias="rule")
    entities: Mapping[str, Operator] = Field(default={"default": "replace"})
    """Operators by entity, by kind, or `default`: inside texts, and for rules without an operator."""
    tables: tuple[Seen, ...] = Field(default=(), alias="table")
    rules: tuple[Rule, ...] = Field(default=(), alias="column")
    note: str = Field(default="", exclude=True)

    def rules_of(self, source: str, table: str, column: str) -> tuple[Rule, ...]:
        """The rules about that column and the paths in it, in order."""
        return tuple(rule for rule in self.rules if rule.matches(source, table, column))

    def seen(self, source: str, table: str) -> Seen | None:
        """What the plan knows of a table."""
        return next((seen for seen in self.tables if fits(seen.source, source) and fits(seen.table, table)), None)

    def operator(self, entity: str, kind: str) -> Operator:
        """What `[entities]` says of an entity: by its name, else by its kind, else the default."""
        return self.entities.get(entity) or self.entities.get(kind) or self.entities.get("default", "replace")

    def treatment(self, rule: Rule, entity: str, kind: str, column: Column, catalogue: Catalogue) -> Treatment:
        """What is done to that sort of data in that column: by the rule, else by `[[rule]]`, else by `[entities]`."""
        operator, options = rule.operator, rule.options
        if operator is None:
            policy = next((one for one in self.policies if one.means(kind, entity, column, catalogue)), None)
            operator = policy.operator if policy else self.operator(entity, kind)
            options = policy.options if policy else NONE
            if rule.mixed and operator not in WHOLLY:
                operator, options = "replace", NONE
        known = catalogue.entities.get(entity)
        if known and known.country and operator in _NATIONAL and options.country is None:
            options = options.model_copy(update={"country": known.country})
        return Treatment(operator, kind, options, entity, column.column)

    def with_preset(self, name: str) -> Plan:
        """The plan with the rules of a preset in place of its own, and of every plain `replace` that it was drafted with.

        Columns that a person gave another operator keep that. Where dates are shifted, a table's one column of
        person numbers tells whose they are.

        Raises:
            ConfigError: there is no such preset.
        """
        undecided = [rule.model_copy(update={"operator": None}) if rule.operator == "replace" else rule for rule in self.rules]
        made = self.model_copy(update={"preset": name, "policies": preset(name), "rules": tuple(undecided)})
        if not any(policy.operator == "date_shift" for policy in made.policies):
            return made
        return made.model_copy(update={"tables": tuple(map(self._with_subject, self.tables))})

    def _with_subject(self, seen: Seen) -> Seen:
        here = (rule for rule in self.rules if (rule.source, rule.table) == (seen.source, seen.table))
        numbers = {rule.column for rule in here if rule.kind == "person_id" and not rule.path}
        return seen.model_copy(update={"subject": min(numbers)}) if len(numbers) == 1 and not seen.subject else seen

    @cached_property
    def operators(self) -> frozenset[Operator]:
        """Every operator that it may come to use."""
        ruled = {rule.operator for rule in self.rules if rule.operator}
        return frozenset({*self.entities.values(), *ruled, *(policy.operator for policy in self.policies)})

    @property
    def needs_key(self) -> bool:
        """Whether anything in it works by a key."""
        return bool(self.operators & KEYED)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all that it says, comments aside: two plans with one fingerprint do the same."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()

    def key(self) -> Key | None:
        """The key that the plan names, or None where it needs none.

        Raises:
            ConfigError: it needs one and names none; there is none where it says; or it is another than `key_id` tells.
        """
        return self.named_key() if self.needs_key else None

    def named_key(self) -> Key:
        """The key that the plan names, whether or not it needs it.

        Raises:
            ConfigError: see `key`.
        """
        place = KeyPlace(self.key_file, self.key_env, self.key_ring)
        if not place:
            raise ConfigError(
                f"uses {', '.join(sorted(self.operators & KEYED)) or 'no key'} but names no key_file",
                where="plan",
                way_out="make one with `pii-scan key new PATH` and write key_file = PATH into the plan",
            )
        return self.checked(place.read())

    def checked(self, key: Key) -> Key:
        """The key, where it is the one that the plan was written for.

        Raises:
            ConfigError: it is another.
        """
        if self.key_id and key.id != self.key_id:
            raise ConfigError(
                f"the key is {key.id}, and the plan is for {self.key_id}: its tokens would match no earlier copy",
                where="plan",
                way_out="use the key it was made with, or write the new key_id into the plan",
            )
        return key

    def dump(self) -> str:
        """The plan as TOML, with comments that say how to edit it and why each column is in it."""
        from pii_scan.plan_text import written

        return written(self)


def plan_of(report: Report, preset_name: str = "") -> Plan:
    """A plan that replaces everything the report names, sure or not, for a person to relax; or that begins with a preset.

    Columns that the report says were read and that hold nothing are kept; any other column stops a copy. Free text is
    replaced whole where names in it could not be found (no spaCy model, or `ner` switched off).

    Raises:
        ConfigError: there is no such preset.
    """
    from pii_scan.draft import drafted

    return drafted(report, preset_name)


def load_plan(plan: str | Path, catalogue: Catalogue | None = None) -> Plan:
    """A plan from a file, or from its text (a `str` with a `=` or a line break). `key_file` is relative to the file's folder.

    With a catalogue, kinds and entities are checked as well.

    Raises:
        ConfigError: it cannot be read, or names something unknown; the message says where in it, and the choices.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    path = Path(plan) if isinstance(plan, Path) or (plan.strip() and not set(plan) & set("=\n")) else None
    where = str(path) if path else "plan"
    text = _read(path) if path else str(plan)
    try:
        given = tomlkit.parse(text).unwrap()
    except TOMLKitError as error:
        line = f" at line {error.line}" if hasattr(error, "line") else ""
        raise ConfigError(f"is not valid TOML{line}", where=where, way_out="see docs/redaction.md") from None
    try:
        loaded = Plan.model_validate(given)
    except ValidationError as error:
        raise explained(error, given, Plan, where) from None
    if path and loaded.key_file:
        loaded = loaded.model_copy(update={"key_file": str(path.parent / loaded.key_file)})
    check_plan(loaded, catalogue, where)
    return loaded


def check_plan(plan: Plan, catalogue: Catalogue | None = None, where: str = "plan") -> None:
    """Refuse rules that can match nothing and, with a catalogue, unknown kinds and entities.

    Raises:
        ConfigError: naming the rule and the choices.
    """
    check_rules(plan.rules, plan.tables, catalogue, where)
    check_policies(plan.policies, plan.entities, catalogue, where)
    for seen in plan.tables:
        if seen.subject and not any(fits(name, seen.subject) for name in seen.columns):
            raise ConfigError(
                f"names the subject {seen.subject!r}, which is none of its columns",
                where=f"{where}: [[table]] ({seen.table})",
                way_out=f"one of {', '.join(seen.columns)}",
            )


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path), way_out="check the path") from None
    except UnicodeDecodeError:
        raise ConfigError("is not UTF-8 text", where=str(path), way_out="save it as UTF-8") from None
