"""A redaction plan drafted from a report, written as TOML with comments, and added to without losing a person's edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from pii_scan.errors import ConfigError
from pii_scan.model import BANDS, Column, Finding, Report, Skipped
from pii_scan.plan import Operator, Plan, Rule, Scope, Seen, address, fits
from pii_scan.policy import Policy
from pii_scan.presidio import NER_ENTITIES, installed_model
from pii_scan.values import DATA

_HEAD = """\
pii-scan plan 1

What a copy replaces, and how. Edit it, then: pii-scan redact SOURCE --plan THIS_FILE --to FOLDER

operator   replace    the kind in its place: <EMAIL>
           mask       stars, the last characters kept (see [mask])
           redact     nothing: an empty text, or null where the column is not text
           pseudonym  a token, the same for the same value in every table; needs a key: pii-scan key new PATH
           hash, encrypt, date_shift, date_coarsen, generalise, surrogate, drop_column: see docs/redaction.md
           keep       left as it is
with       how the operator does it: with = { keep = "domain" }
scope      cell       whole cells
           text       only what is found inside them; the rest stays byte for byte
[[rule]]   for sorts of data (kind, entity, article, tier): what happens where a [[column]] names no operator.
[[column]] source, table, column and path may hold * ? [abc]; the first that matches decides.
[[table]]  the columns that were scanned. A column that is neither here nor in a [[column]] stops the copy."""

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
    plan = Plan(column=tuple(sorted(rules, key=_order)), table=tables)
    return plan.with_preset(name) if name else plan


def written(plan: Plan) -> str:
    """See `Plan.dump`."""
    document = tomlkit.document()
    for line in _HEAD.splitlines():
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    _head(document, plan)
    document.add("mask", _mapping(plan.mask.model_dump()))
    document.add(tomlkit.nl())
    if plan.policies:
        document.add("rule", _array(plan.policies))
        document.add(tomlkit.nl())
    document.add("entities", _mapping(plan.entities, "by entity or kind: inside texts, and for columns without an operator"))
    for name, items in (("column", plan.rules), ("table", plan.tables)):
        if items:
            document.add(tomlkit.nl())
            document.add(name, _array(items))
    return tomlkit.dumps(document)


def extend(text: str, found: Plan) -> str:
    """An edited plan with the rules and columns of a later scan added; whatever stands in it stays, comments too.

    Raises:
        ConfigError: the text is not valid TOML.
    """
    try:
        document = tomlkit.parse(text)
        known = Plan.model_validate(document.unwrap())
    except (TOMLKitError, ValueError):
        raise ConfigError("the plan to add to is not valid", where="plan", way_out="mend it, or write to another file") from None
    fresh = [rule for rule in found.rules if not _ruled(known, address(rule))]
    _append(document, "column", fresh)
    for seen in found.tables:
        _widen(document, known, seen)
    return tomlkit.dumps(document)


def _head(document: tomlkit.TOMLDocument, plan: Plan) -> None:
    """What stands above all sections. A plan that needs a key names a place for it, so that only the key has to be made."""
    document.add("version", tomlkit.item(plan.version))
    named = {name: getattr(plan, name) for name in ("preset", "key_file", "key_env", "key_ring", "key_id", "purpose")}
    if plan.needs_key and not (plan.key_file or plan.key_env or plan.key_ring):
        document.add(tomlkit.comment("make it with: pii-scan key new pii-scan.key"))
        named["key_file"] = "pii-scan.key"
    for name, value in named.items():
        if value:
            document.add(name, tomlkit.item(value))
    if not named["key_file"] and not (plan.key_env or plan.key_ring):
        document.add(tomlkit.comment('key_file = "pii-scan.key"'))
    document.add(tomlkit.nl())


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


def _ruled(plan: Plan, column: Column) -> bool:
    return any(rule.path == column.path for rule in plan.rules_of(column.source, column.table, column.column))


def _widen(document: tomlkit.TOMLDocument, known: Plan, seen: Seen) -> None:
    for place, old in enumerate(known.tables):
        if (old.source, old.table) == (seen.source, seen.table):
            row: Any = document["table"]
            listed = row[place]["columns"]
            listed.extend(name for name in seen.columns if name not in old.columns)
            if seen.fingerprint:
                row[place]["fingerprint"] = seen.fingerprint
            if seen.without_rule == "examine":
                row[place]["without_rule"] = "examine"
            return
    _append(document, "table", [seen])


def _append(document: tomlkit.TOMLDocument, name: str, items: Sequence[Rule | Seen | Policy]) -> None:
    if not items:
        return
    if name not in document:
        document.add(name, _array(items))
        return
    array: Any = document[name]
    for item in items:
        array.append(_entry(item))


def _array(items: Sequence[Rule | Seen | Policy]) -> AoT:
    array = tomlkit.aot()
    for item in items:
        array.append(_entry(item))
    return array


def _entry(item: Rule | Seen | Policy) -> Table:
    entry = tomlkit.table()
    for line in item.note.splitlines():
        entry.add(tomlkit.comment(_one_line(line)))
    for name, value in item.model_dump(mode="json", exclude_none=True, exclude={"options"}).items():
        if isinstance(item, Policy):
            if value:
                entry.add(name, value[0] if isinstance(value, list) and len(value) == 1 else tomlkit.item(value))
        elif value or name in {"column", "table", "source"}:
            entry.add(name, _array_of(value) if isinstance(value, list) else tomlkit.item(value))
    if not isinstance(item, Seen) and (given := item.options.given()):
        inline = tomlkit.inline_table()
        for name, value in given.items():
            inline.add(name, list(value) if isinstance(value, tuple) else value)
        entry.add("with", inline)
    return entry


def _array_of(names: Sequence[str]) -> Any:
    array = tomlkit.array()
    array.extend(names)
    return array.multiline(len(names) > 6)


def _mapping(values: Mapping[str, Any], comment: str = "") -> Table:
    table = tomlkit.table()
    if comment:
        table.add(tomlkit.comment(comment))
    for name, value in values.items():
        table.add(name, value)
    return table


def _one_line(text: str) -> str:
    """A comment must not end early: names of columns and files may hold anything."""
    return "".join(char if char.isprintable() else "?" for char in text)
