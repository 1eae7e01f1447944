"""Columns that a plan does not know: they stop a copy, since nobody has looked at them."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import pyarrow as pa

from pii_scan import rebuild
from pii_scan.errors import RedactionError
from pii_scan.model import Column
from pii_scan.plan import Plan, Rule, fits


def refuse_strangers(plan: Plan, source: str, table: str, schema: pa.Schema, stale: AbstractSet[tuple[str, str]]) -> None:
    """Make sure that the plan knows every column of a table, down to the leaves of nested ones.

    Raises:
        RedactionError: it does not, or the table has changed since the plan was made, which `stale` tells.
    """
    seen = plan.seen(source, table)
    about = seen is not None or any(fits(rule.source, source) and fits(rule.table, table) for rule in plan.rules)
    for column in schema:
        rules = plan.rules_of(source, table, column.name)
        for path in rebuild.leaf_paths(column.type):
            where = f"{source} {Column(source, table, column.name, path)}"
            if not about:
                raise RedactionError(
                    "the plan knows nothing of this table",
                    where=where,
                    way_out='name the source as when it was scanned, or scan again; source = "*" in the plan is any source',
                )
            if not _is_known(column.name, path, rules, seen.columns if seen else ()):
                raise RedactionError(
                    "the plan does not know this column: it appeared since the plan was made",
                    where=where,
                    way_out="scan again, or add a [[column]] for it, or list it in [[table]] columns to keep it",
                )
    if (source, table) in stale:
        raise RedactionError(
            "has changed since the plan was made, and nobody has looked at what is new",
            where=f"{source} {table}",
            way_out="scan again, or redact with --changed: then every column without a rule is examined cell by cell",
        )


def _is_known(column: str, path: str, rules: Sequence[Rule], listed: Sequence[str]) -> bool:
    """Whether a rule is about the leaf or what it lies in, or the scan saw it."""
    names = [rebuild.join(column, above) if above else column for above in rebuild.ways(path)]
    return any(fits(rule.path, above) for rule in rules for above in rebuild.ways(path)) or any(
        fits(pattern, name) for pattern in listed for name in names
    )
