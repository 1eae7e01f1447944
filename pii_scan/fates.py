"""What a plan has in store for a column: what a proof may expect of its copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pii_scan.model import Catalogue, Column
from pii_scan.plan import Plan, Rule, fits
from pii_scan.rebuild import ways

Sort = Literal["kept", "changed", "dropped", "unknown"]
OPEN = frozenset({"replace", "redact", "mask", "pseudonym", "hash", "encrypt"})
"""Operators after which no cell is what it was. Others make values of the same kind: a shifted date may be another's birthday."""
_WORDS = frozenset({"email", "iban", "url_profile", "ip_address", "mac_address", "vin", "user_agent", "geo_coord", "secret"})
"""Kinds of which no value is a whole number."""
_DIRECT = frozenset({"direct", "special"})


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of the cells at one path of a column."""

    sort: Sort
    whole: bool = True
    """Whether cells change as a whole; else what is found inside them."""
    open: bool = True
    """Whether the operator leaves nothing that could be a value of that kind."""
    telling: bool = True
    """Whether a value tells who someone is, by itself, or something of a special category."""
    kind: str = ""
    numbers: bool = False
    """Whether whole numbers become other whole numbers, of which some look like what they stand for."""
    meant: bool = False
    """Whether a person wrote that it is kept."""

    @property
    def made_up(self) -> bool:
        """Whether cells become other values of the same kind, of which one may be another's."""
        return self.sort == "changed" and self.whole and not self.open


UNKNOWN = Fate("unknown")
KEPT = Fate("kept")


class Fates:
    """The fates of all columns under a plan; without one nothing is known of any.

    Args:
        plan: the plan that the copy was made by.
        catalogue: tells what kinds say of people.
        renamed: the source's address in the plan, by that in use now.
    """

    def __init__(self, plan: Plan | None, catalogue: Catalogue, renamed: Mapping[str, str] | None = None) -> None:
        self._plan, self._catalogue, self._renamed = plan, catalogue, renamed or {}
        self._known: dict[Column, Fate] = {}

    @property
    def planned(self) -> bool:
        """Whether there is a plan."""
        return self._plan is not None

    def of(self, column: Column) -> Fate:
        """The fate of the cells at a column's path."""
        if self._plan is None:
            return UNKNOWN
        if column not in self._known:
            self._known[column] = self._found(self._plan, column)
        return self._known[column]

    def dropped(self, source: str, table: str, column: str) -> bool:
        """Whether the copy has no such column."""
        return self.of(Column(source, table, column)).sort == "dropped"

    def made_up_within(self, column: Column) -> bool:
        """Whether rules put values of the same kind somewhere into the structs or JSON texts at a column's path."""
        if self._plan is None:
            return False
        rules = _below(self._rules(self._plan, column), column.path)
        return any(self._ruled(self._plan, rule, column).made_up for rule in rules)

    def _rules(self, plan: Plan, column: Column) -> Sequence[Rule]:
        return plan.rules_of(self._planned(column.source), column.table, column.column)

    def _planned(self, source: str) -> str:
        return self._renamed.get(source, source)

    def _found(self, plan: Plan, column: Column) -> Fate:
        rules = self._rules(plan, column)
        for above in ways(column.path):
            for rule in rules:
                if fits(rule.path, above):
                    return self._ruled(plan, rule, column)
        if any(self._ruled(plan, rule, column).sort != "kept" for rule in _below(rules, column.path)):
            return Fate("changed", whole=False)  # JSON texts with rules for what is in them
        seen = plan.seen(self._planned(column.source), column.table)
        return Fate("changed", whole=False) if seen is not None and seen.without_rule == "examine" else KEPT

    def _ruled(self, plan: Plan, rule: Rule, column: Column) -> Fate:
        kind = rule.kind or (self._catalogue.entities[rule.entity].kind if rule.entity in self._catalogue.entities else "")
        operator: str = rule.operator or "replace"
        numbers = False
        if rule.scope == "cell":
            treatment = plan.treatment(rule, rule.entity, kind, column, self._catalogue)
            operator = treatment.operator
            numbers = operator == "pseudonym" and treatment.options.type == "keep" and kind not in _WORDS
        if operator == "keep":
            return Fate("kept", kind=kind, meant=True)
        if operator == "drop_column":
            return Fate("dropped", kind=kind)
        tier = self._catalogue.kinds[kind].tier if kind in self._catalogue.kinds else "direct"
        whole = rule.scope == "cell" and not rule.keys
        return Fate("changed", whole, operator in OPEN, tier in _DIRECT, kind, numbers)


def _below(rules: Sequence[Rule], path: str) -> list[Rule]:
    """Those about something in the cells at a path."""
    begin = f"{path}." if path else ""
    return [rule for rule in rules if rule.path != path and (rule.path.startswith(begin) or set(rule.path) & set("*?["))]
