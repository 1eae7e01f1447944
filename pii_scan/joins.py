"""Columns that refer to each other, treated alike: a key that is replaced in one table and kept in another joins no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pii_scan.model import Column, Report
from pii_scan.plan import Rule, address
from pii_scan.references import References


def alike(rules: Sequence[Rule], report: Report) -> list[Rule]:
    """The rules of a drafted plan, with one like it for every column that a replaced key refers to, or that refers to it.

    A report of sure findings only may name `orders.customer_id` and not the `customers.id` that it stands for.
    """
    made = {address(rule): rule for rule in rules}
    direct = {finding.column for finding in report.findings if finding.tier == "direct"}
    for group in _groups(report):
        first = next((made[column] for column in group if column in direct and _replaces(made.get(column))), None)
        for column in group if first else ():
            rule = made.get(column)
            if first and (rule is None or not _replaces(rule) or rule.kind != first.kind):
                made[column] = _like(first, column, rule)
    return list(made.values())


def _replaces(rule: Rule | None) -> bool:
    return rule is not None and rule.scope == "cell" and rule.operator != "keep"


def _like(rule: Rule, column: Column, old: Rule | None) -> Rule:
    note = f"{rule.kind}: like {rule.table}.{rule.column}; one refers to the other, and both have to stay the same"
    update = {"source": column.source, "table": column.table, "column": column.column, "mixed": False}
    return rule.model_copy(update={**update, "note": "\n".join(filter(None, [note, old.note if old else ""]))})


def _groups(report: Report) -> Iterator[list[Column]]:
    """Columns that refer to each other, directly or by way of others; those that are referred to stand first."""
    columns = [Column(table.source, table.table, name) for table in report.tables for name in table.names]
    declared = {(table.source, table.table): table.foreign_keys for table in report.tables}
    group_of: dict[Column, list[Column]] = {}
    for here, there in References(columns, declared).in_order():
        joined = list(dict.fromkeys(other for column in (*there, *here) for other in group_of.get(column, [column])))
        group_of.update(dict.fromkeys(joined, joined))
    yield from {id(group): group for group in group_of.values()}.values()
