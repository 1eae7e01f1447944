"""A redaction plan drafted from a report: what would happen to each column if nobody edited it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pii_scan.joins import alike
from pii_scan.model import BANDS, Column, Finding, Report, Skipped
from pii_scan.pipeline import installed_model
from pii_scan.plan import Operator, Plan, Rule, Scope, Seen, fits
from pii_scan.presidio import NER_ENTITIES
from pii_scan.values import DATA

_NEEDLE = 0.05
"""Where fewer cells than this hold it, the column is something else, and only those cells are touched."""


_INLINE = frozenset(
    {"email", "phone", "iban", "payment_card", "ip_address", "mac_address", "user_agent", "url_profile", "geo_coord", "vin"}
    | {"device_id", "cookie_id", "passport", "national_id", "social_security", "tax_id", "driving_licence", "other_id"}
    | {"health_insurance_id", "vehicle_plate", "bank_account", "password", "secret"}
)
"""Kinds whose values have a form that tells them from the words around them."""


def drafted(report: Report, name: str = "") -> Plan:
    """See `pii_scan.plan.plan_of`."""
    by_column: dict[Column, list[Finding]] = {}
    for finding in report.findings:
        by_column.setdefault(finding.column, []).append(finding)
    ner = bool(report.run.settings.get("ner", True)) and bool(installed_model())
    rules = [_rule(column, found, ner=ner) for column, found in sorted(by_column.items())]
    doubtful = {column: skips for column, skips in _skips(report).items() if column not in by_column}
    rules += [_unexamined(column, skips) for column, skips in sorted(doubtful.items())]
    tables = tuple(_tables(report))
    rules += [rule for seen in tables for rule in _beside(rules, seen)]
    rules = alike(rules, report)
    plan = Plan(column=tuple(sorted(rules, key=_order)), table=tables)
    return plan.with_preset(name) if name else plan


def _rule(column: Column, found: Sequence[Finding], *, ner: bool) -> Rule:
    first = found[0]
    prose = any(finding.kind == "free_text" for finding in found)
    scope: Scope = "text" if all(_inline(finding, prose=prose, ner=ner) for finding in found) else "cell"
    harmless = all(finding.tier == "none" and finding.kind != "free_text" for finding in found)
    operator: Operator | None = "keep" if harmless else None if scope == "text" else "replace"
    several = len({finding.kind for finding in found}) > 1 or first.column_kind in {"free_text", "mixed"}
    return Rule(
        source=column.source,
        table=column.table,
        column=column.column,
        path=column.path,
        mixed=operator == "replace" and several,
        keys=column.path.split(".")[-1] == DATA,
        kind=first.kind,
        entity=first.entity,
        band=min((finding.band for finding in found), key=BANDS.index),
        scope=scope,
        operator=operator,
        note=_why(found),
    )


def _inline(finding: Finding, *, prose: bool, ner: bool) -> bool:
    """Whether it can be found inside a text, so that the rest of the text may stay."""
    if finding.column_kind == "free_text" and not ner:
        return False
    if finding.kind == "free_text":
        return True
    findable = finding.entity in NER_ENTITIES or finding.kind in _INLINE
    # what fills every cell, and is no note by its name, is what the column is there for
    most = {"free_text": 1.0 if prose else 0.99, "mixed": 0.5, "values": _NEEDLE, "empty": -1.0}[finding.column_kind]
    return findable and not finding.special and finding.share <= most


def _beside(rules: Sequence[Rule], seen: Seen) -> Iterable[Rule]:
    """What lies beside keys that are data: a `*` in a path means it too, unless a rule before says otherwise."""
    here = [rule for rule in rules if (rule.source, rule.table) == (seen.source, seen.table)]
    keep: Operator | None = "keep" if seen.without_rule == "keep" else None
    for column in sorted({rule.column for rule in here if _is_wild(rule)}):
        ruled = {rule.path for rule in here if rule.column == column}
        wild = {path for path in ruled if DATA in path.split(".")}
        paths = {"" if name == column else name[len(column) + 1 :] for name in seen.columns if _is_in(name, column)}
        for path in sorted(paths - ruled):
            if any(fits(pattern, path) for pattern in wild):
                scope: Scope = "cell" if keep else "text"
                yield Rule(source=seen.source, table=seen.table, column=column, path=path, scope=scope, operator=keep)


def _is_in(name: str, column: str) -> bool:
    return name == column or name.startswith(f"{column}.")


def _is_wild(rule: Rule) -> bool:
    return DATA in rule.path.split(".")


def _order(rule: Rule) -> tuple[str, str, str, bool, int, str]:
    """By address; of one column the rules for all keys last, the longest paths among them first."""
    wild = _is_wild(rule)
    return rule.source, rule.table, rule.column, wild, -rule.path.count(".") if wild else 0, rule.path


def _why(found: Sequence[Finding]) -> str:
    lines = []
    for finding in found:
        article = f", {finding.article}" if finding.article else ""
        sure = "" if finding.band in {"certain", "likely"} else ", NOT SURE: look at it"
        head = f"{finding.kind}{article}: {finding.band}{sure}; {finding.cells:,} cells"
        lines.append(f"{head}; {'; '.join(finding.reasons)}" if finding.reasons else head)
    return "\n".join(lines)


def _skips(report: Report) -> Mapping[Column, list[Skipped]]:
    """Columns of which something was not examined. Their path, if any, is not told: the whole column is meant."""
    skips: dict[Column, list[Skipped]] = {}
    for skipped in report.skipped:
        if skipped.column:
            skips.setdefault(Column(skipped.source, skipped.table, skipped.column), []).append(skipped)
    return skips


def _unexamined(column: Column, skips: Sequence[Skipped]) -> Rule:
    why = "\n".join(f"not all of it was examined: {skipped.what}: {skipped.why}" for skipped in skips)
    return Rule(source=column.source, table=column.table, column=column.column, scope="text", note=why)


def _tables(report: Report) -> Iterable[Seen]:
    partly = {(skipped.source, skipped.table): skipped.why for skipped in report.skipped if skipped.table and not skipped.column}
    for table in sorted(report.tables, key=lambda table: (table.source, table.table)):
        why = partly.get((table.source, table.table), "")
        yield Seen(
            source=table.source,
            table=table.table,
            columns=tuple(sorted(set(table.names))),
            without_rule="examine" if why else "keep",
            note=f"not all of it was examined, so every cell is looked at again: {why}" if why else "",
        )
