"""A redaction plan as TOML with comments, and added to without losing a person's edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from pii_scan.errors import ConfigError
from pii_scan.model import Column
from pii_scan.plan import Plan, Rule, Seen, address
from pii_scan.policy import Policy

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
    if named["key_file"] and not plan.key_id:
        document.add(tomlkit.comment('key_id = "…"  which key it has to be, as `key new` tells: another one is then refused'))
    if not named["key_file"] and not (plan.key_env or plan.key_ring):
        document.add(tomlkit.comment('key_file = "pii-scan.key"'))
    document.add(tomlkit.nl())


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
