"""A redaction plan drafted from a report, written as TOML with comments, and added to without losing a person's edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from pii_scan.errors import ConfigError
from pii_scan.model import BANDS, Catalogue, Column, Finding, Report, Skipped
from pii_scan.plan import Operator, Plan, Rule, Scope, Seen, address
from pii_scan.presidio import NER_ENTITIES

_HEAD = """\
pii-scan plan 1

What a copy replaces, and how. Edit it, then: pii-scan redact SOURCE --plan THIS_FILE --to FOLDER

operator   replace    the kind in its place: <EMAIL>
           mask       stars, the last characters kept (see [mask])
           redact     nothing: an empty text, or null where the column is not text
           pseudonym  a token, the same for the same value in every table; needs a key: pii-scan key new PATH
           keep       left as it is
scope      cell       whole cells
           text       only what is found inside them; the rest stays byte for byte
[[column]] source, table, column and path may hold * ? [abc]; the first that matches decides.
[[table]]  the columns that were scanned. A column that is neither here nor in a [[column]] stops the copy."""

_NEEDLE = 0.05
"""Where fewer cells than this hold it, the column is something else, and only those cells are touched."""


def plan_of(report: Report, columns: Iterable[Column], catalogue: Catalogue, *, ner: bool = True) -> Plan:
    """A plan that replaces everything the report names, sure or not, for a person to relax.

    Args:
        report: the scan's verdict.
        columns: every column that was examined (the keys of `Evidence.columns`); any other stops a copy.
        catalogue: what the scan knew.
        ner: whether names in free text can be found; where they cannot, free text is replaced whole.
    """
    by_column: dict[Column, list[Finding]] = {}
    for finding in report.findings:
        by_column.setdefault(finding.column, []).append(finding)
    doubtful = {column: skips for column, skips in _skips(report).items() if column not in by_column}
    rules = [_rule(column, found, catalogue, ner) for column, found in sorted(by_column.items())]
    rules += [_unexamined(column, skips) for column, skips in sorted(doubtful.items())]
    return Plan(column=tuple(rules), table=tuple(_tables(report, columns)))


def dump(plan: Plan) -> str:
    """The plan as TOML, with comments that say how to edit it and why each column is in it."""
    document = tomlkit.document()
    for line in _HEAD.splitlines():
        document.add(tomlkit.comment(line) if line else tomlkit.nl())
    document.add(tomlkit.nl())
    document.add("version", tomlkit.item(plan.version))
    if plan.key_file:
        document.add("key_file", tomlkit.item(plan.key_file))
    else:
        document.add(tomlkit.comment('key_file = "pii-scan.key"'))
    document.add("mask", _mapping(plan.mask.model_dump()))
    entities = _mapping(plan.entities)
    entities.comment("by entity or kind: inside texts, and for columns without an operator")
    document.add("entities", entities)
    for name, items in (("column", plan.rules), ("table", plan.tables)):
        if items:
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


def _rule(column: Column, found: Sequence[Finding], catalogue: Catalogue, ner: bool) -> Rule:
    first = found[0]
    scope: Scope = "text" if all(_inline(finding, catalogue, ner) for finding in found) else "cell"
    harmless = all(finding.kind == "none" or (finding.tier == "none" and finding.kind != "free_text") for finding in found)
    operator: Operator | None = "keep" if harmless else None if scope == "text" else "replace"
    return Rule(
        source=column.source,
        table=column.table,
        column=column.column,
        path=column.path,
        kind=first.kind,
        entity=first.entity,
        band=min((finding.band for finding in found), key=BANDS.index),
        scope=scope,
        operator=operator,
        note=_why(found),
    )


def _inline(finding: Finding, catalogue: Catalogue, ner: bool) -> bool:
    """Whether it can be found inside a text, so that the rest of the text may stay."""
    if finding.column_kind == "free_text" and not ner:
        return False
    if finding.kind == "free_text":
        return True
    entity = catalogue.entities.get(finding.entity)
    findable = finding.entity in NER_ENTITIES or (entity is not None and entity.proof != "name")
    if finding.article or not findable:
        return False
    most = {"free_text": 1.0, "mixed": 0.5, "values": _NEEDLE, "empty": -1.0}[finding.column_kind]
    return finding.share <= most


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


def _tables(report: Report, columns: Iterable[Column]) -> Iterable[Seen]:
    partly = {(skipped.source, skipped.table): skipped.why for skipped in report.skipped if skipped.table and not skipped.column}
    by_table: dict[tuple[str, str], list[Column]] = {}
    for column in columns:
        by_table.setdefault((column.source, column.table), []).append(column)
    for (source, table), members in sorted(by_table.items()):
        why = partly.get((source, table), "")
        yield Seen(
            source=source,
            table=table,
            columns=_names(members),
            without_rule="examine" if why else "keep",
            note=f"not all of it was examined, so every cell is looked at again: {why}" if why else "",
        )


def _names(members: Iterable[Column]) -> tuple[str, ...]:
    """`column` or `column.path`; paths inside JSON texts change from cell to cell, and stand under their column."""
    names = {(column.column, column.path) for column in members}
    return tuple(
        f"{name}.{path}" if path else name
        for name, path in sorted(names)
        if not any((name, above) in names for above in _above(path))
    )


def _above(path: str) -> Iterable[str]:
    parts = path.split(".")
    return {".".join(parts[:end]) for end in range(len(parts))} - {path}


def _ruled(plan: Plan, column: Column) -> bool:
    return any(rule.path == column.path for rule in plan.rules_of(column.source, column.table, column.column))


def _widen(document: tomlkit.TOMLDocument, known: Plan, seen: Seen) -> None:
    for place, old in enumerate(known.tables):
        if (old.source, old.table) == (seen.source, seen.table):
            row: Any = document["table"]
            listed = row[place]["columns"]
            listed.extend(name for name in seen.columns if name not in old.columns)
            if seen.without_rule == "examine":
                row[place]["without_rule"] = "examine"
            return
    _append(document, "table", [seen])


def _append(document: tomlkit.TOMLDocument, name: str, items: Sequence[Rule | Seen]) -> None:
    if not items:
        return
    if name not in document:
        document.add(name, _array(items))
        return
    array: Any = document[name]
    for item in items:
        array.append(_entry(item))


def _array(items: Sequence[Rule | Seen]) -> AoT:
    array = tomlkit.aot()
    for item in items:
        array.append(_entry(item))
    return array


def _entry(item: Rule | Seen) -> Table:
    entry = tomlkit.table()
    for line in item.note.splitlines():
        entry.add(tomlkit.comment(_one_line(line)))
    for name, value in item.model_dump(mode="json", exclude_none=True).items():
        if value or name in {"column", "table", "source"}:
            entry.add(name, _array_of(value) if isinstance(value, list) else tomlkit.item(value))
    return entry


def _array_of(names: Sequence[str]) -> Any:
    array = tomlkit.array()
    array.extend(names)
    return array.multiline(len(names) > 6)


def _mapping(values: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for name, value in values.items():
        table.add(name, value)
    return table


def _one_line(text: str) -> str:
    """A comment must not end early: names of columns and files may hold anything."""
    return "".join(char if char.isprintable() else "?" for char in text)
