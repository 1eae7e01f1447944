"""The redaction plan: which columns are replaced, and how. TOML that a person reads and edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pii_scan.errors import ConfigError
from pii_scan.keys import Key, read_key
from pii_scan.model import Band, Catalogue, Column, Report

Operator = Literal["replace", "mask", "redact", "keep", "pseudonym"]
Scope = Literal["cell", "text"]

_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)


class Rule(BaseModel):
    """What happens to one column, or to all columns that its globs match."""

    model_config = _STRICT

    source: str = "*"
    table: str = "*"
    column: str
    path: str = ""
    """The way into nested data (`address.city`), as reports print it; empty for the cell itself."""
    keys: bool = False
    """Whether the keys of the object are data too, as those of `{"ada@x.example": 1}`; its path then ends in `*`."""
    kind: str = ""
    """Names the label (`<EMAIL>`) and the pseudonyms: two columns of one kind give a value the same token."""
    entity: str = ""
    band: Band | None = None
    """How sure the scan was; for the reader only."""
    scope: Scope = "cell"
    """`cell`: whole cells are replaced; `text`: only what is found inside them."""
    operator: Operator | None = None
    """None: what `[entities]` says."""
    note: str = Field(default="", exclude=True)
    """Why, in words; written as a comment."""

    def matches(self, source: str, table: str, column: str) -> bool:
        """Whether the rule is about that column or some path in it."""
        return fits(self.source, source) and fits(self.table, table) and fits(self.column, column)


class Seen(BaseModel):
    """The columns that the scan saw in a table. A copy refuses a column that neither this nor a rule names."""

    model_config = _STRICT

    source: str = "*"
    table: str = "*"
    columns: tuple[str, ...]
    """Names or globs; fields of structs as `column.path`."""
    without_rule: Literal["keep", "examine"] = "keep"
    """What happens to listed columns that no rule names: kept byte for byte, or each cell examined as text."""
    note: str = Field(default="", exclude=True)


class Masking(BaseModel):
    """How the operator `mask` looks."""

    model_config = _STRICT

    keep_last: int = Field(default=4, ge=0)
    """Characters left in sight, though never more than a third of a text."""
    character: str = Field(default="*", min_length=1, max_length=1)


class Plan(BaseModel):
    """Rules in order: the first that matches a column and path decides."""

    model_config = _STRICT

    version: Literal[1] = 1
    key_file: str = ""
    """Only needed by `pseudonym`."""
    mask: Masking = Masking()
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

    @property
    def needs_key(self) -> bool:
        """Whether anything in it makes pseudonyms."""
        return "pseudonym" in self.entities.values() or any(rule.operator == "pseudonym" for rule in self.rules)

    def key(self) -> Key | None:
        """The key that the plan names, or None where it needs none.

        Raises:
            ConfigError: it needs one and names none, or the file holds none.
        """
        if not self.needs_key:
            return None
        if not self.key_file:
            raise ConfigError(
                "uses pseudonym but names no key_file",
                where="plan",
                way_out="make one with `pii-scan key new PATH` and write key_file = PATH into the plan",
            )
        return read_key(self.key_file)

    def dump(self) -> str:
        """The plan as TOML, with comments that say how to edit it and why each column is in it."""
        from pii_scan.draft import written

        return written(self)


def plan_of(report: Report) -> Plan:
    """A plan that replaces everything the report names, sure or not, for a person to relax.

    Columns that the report says were read and that hold nothing are kept; any other column stops a copy. Free text is
    replaced whole where names in it could not be found (no spaCy model, or `ner` switched off).
    """
    from pii_scan.draft import drafted

    return drafted(report)


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
        raise _explained(error, given, where) from None
    if path and loaded.key_file:
        loaded = loaded.model_copy(update={"key_file": str(path.parent / loaded.key_file)})
    check_plan(loaded, catalogue, where)
    return loaded


def check_plan(plan: Plan, catalogue: Catalogue | None = None, where: str = "plan") -> None:
    """Refuse rules that can match nothing and, with a catalogue, unknown kinds and entities.

    Raises:
        ConfigError: naming the rule and the choices.
    """
    for number, rule in enumerate(plan.rules, 1):
        place = f"{where}: [[column]] {number} ({rule.table}.{rule.column})"
        _check_column(rule, plan, place)
        if catalogue and rule.kind:
            _check_known("kind", rule.kind, catalogue.kinds, place)
        if rule.operator == "pseudonym" and rule.scope == "cell" and not (rule.kind or rule.entity):
            raise ConfigError("pseudonyms are made for a kind, and it names none", where=place, way_out='add kind = "person_id"')
        if catalogue and rule.entity and rule.entity.lower() not in catalogue.kinds:
            _check_known("entity", rule.entity, catalogue.entities, place)
    if catalogue:
        for name in plan.entities:
            known = {"default": None, **catalogue.kinds, **catalogue.entities}
            _check_known("kind or entity", name, known, f"{where}: [entities]")


def fits(pattern: str, name: str) -> bool:
    """Whether a glob means the name; a name that reads like a glob (`price [EUR]`) means itself too."""
    return pattern == name or fnmatchcase(name, pattern)


def _check_column(rule: Rule, plan: Plan, place: str) -> None:
    """A rule that names a column no table has is a slip of the pen, and would leave the column as it is."""
    tables = [seen for seen in plan.tables if _may_meet(rule.source, seen.source) and _may_meet(rule.table, seen.table)]
    names = {name.partition(".")[0] for seen in tables for name in seen.columns} | {
        name for seen in tables for name in seen.columns
    }
    if plan.tables and not tables:
        raise ConfigError("is about a table that the plan does not list", where=place, way_out="check source and table")
    if tables and not any(_may_meet(rule.column, name) for name in names):
        raise ConfigError("is about a column that the table does not have", where=place, way_out=_choices(names))


def _may_meet(one: str, two: str) -> bool:
    return fits(one, two) or fits(two, one)


def _check_known(what: str, name: str, known: Iterable[str], place: str) -> None:
    from difflib import get_close_matches

    names = sorted(known)
    if name not in names:
        near = get_close_matches(name, names, 3)
        nearest = f"did you mean {' or '.join(near)}? " if near else ""
        raise ConfigError(f"unknown {what} {name!r}", where=place, way_out=nearest + _choices(names))


def _choices(names: Iterable[str]) -> str:
    return f"one of {', '.join(sorted(names))}"


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path), way_out="check the path") from None
    except UnicodeDecodeError:
        raise ConfigError("is not UTF-8 text", where=str(path), way_out="save it as UTF-8") from None


_PARTS: Mapping[str, type[BaseModel]] = {"column": Rule, "table": Seen, "mask": Masking}


def _explained(error: ValidationError, given: Mapping[str, Any], where: str) -> ConfigError:
    """The first thing wrong: its place in the file, what it is, what there is to choose from."""
    first = error.errors(include_input=False, include_url=False)[0]
    location = first["loc"]
    head, name = str(location[0]), str(location[-1])
    place = f"{where}: {head}"
    if len(location) > 1 and isinstance(location[1], int):
        part = given[head][location[1]]
        titles = [str(part.get(key)) for key in ("table", "column") if isinstance(part, dict) and part.get(key)]
        place = f"{where}: [[{head}]] {location[1] + 1}" + (f" ({'.'.join(titles)})" if titles else "")
    elif len(location) > 1:
        place = f"{where}: [{head}]"
    if first["type"] == "extra_forbidden":
        model = _PARTS.get(head, Plan) if len(location) > 1 else Plan
        names = [field.alias or key for key, field in model.model_fields.items() if key != "note"]
        return ConfigError(f"unknown name {name!r}", where=place, way_out=_choices(names))
    wanted = str(first.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
    if wanted:
        return ConfigError(f"{name} is none of its choices", where=place, way_out=f"one of {wanted}")
    return ConfigError(f"{name}: {first['msg']}", where=place, way_out="see docs/redaction.md")


def address(rule: Rule) -> Column:
    """The address that a rule without globs is about."""
    return Column(rule.source, rule.table, rule.column, rule.path)
