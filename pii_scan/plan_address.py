"""Addresses in plans: a written plan holds no value, so it names a partition by a glob (`lake/email=*/part-0.csv`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from pii_scan.addresses import Masks, folders, parts
from pii_scan.plan import Plan, Rule, Seen, fits


def masks_of_plan(plan: Plan, addresses: Iterable[str]) -> Masks:
    """How some addresses are shown where all that is known is a plan: the folders of what it takes out are masked."""
    known = [*addresses]
    names = {unquote(name) for address in known for name, _ in folders(address)}
    taken = {name for name in names if any(fits(rule.column, name) and rule.operator != "keep" for rule in plan.rules)}
    return Masks.over(taken, known)


def as_written(plan: Plan, masks: Masks) -> Plan:
    """The plan as its file has it: sources that differ only in folders which are masked are one, by a glob.

    Of rules that become one the strictest stays, of tables all columns: each of them was seen in such a folder.
    """
    if not masks:
        return plan
    rules: dict[tuple[str, ...] | int, Rule] = {}
    for number, rule in enumerate(plan.rules):
        made = rule.model_copy(update={"source": _glob(rule.source, masks)})
        place = (made.source, made.table, made.column, made.path) if made.source != rule.source else number
        rules[place] = min(rules.get(place, made), made, key=_laxness)
    tables: dict[tuple[str, str], list[Seen]] = {}
    for seen in plan.tables:
        tables.setdefault((_glob(seen.source, masks), seen.table), []).append(seen)
    joined = tuple(_joined(source, same) for (source, _), same in tables.items())
    return plan.model_copy(update={"rules": tuple(rules.values()), "tables": joined})


def _glob(address: str, masks: Masks) -> str:
    """An address with a `*` for each value that is masked; one without any is left as it is."""
    found = [f"{part.partition('=')[0]}=*" if part in masks.shown else part for part in parts(address)]
    made = "".join(found)
    return address if made == address else "".join(part if part.endswith("=*") else _escaped(part) for part in found)


def _escaped(part: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", part)


def _laxness(rule: Rule) -> tuple[bool, bool]:
    return rule.operator == "keep", rule.scope == "text"


def _joined(source: str, same: Sequence[Seen]) -> Seen:
    return same[0].model_copy(
        update={
            "source": source,
            "columns": tuple(sorted({name for seen in same for name in seen.columns})),
            "without_rule": "examine" if any(seen.without_rule == "examine" for seen in same) else "keep",
            "subject": same[0].subject if len({seen.subject for seen in same}) == 1 else "",
        }
    )
