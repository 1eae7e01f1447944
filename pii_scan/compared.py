"""A source and its copy compared cell by cell: what should differ differs, what should not does not, and what was taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pii_scan.alignment import Reading, side_by_side, tables
from pii_scan.contracts import Source
from pii_scan.differing import Differences, Differing, Promised
from pii_scan.fates import Fates
from pii_scan.memory import give_back
from pii_scan.removed import Removed
from pii_scan.threads import at_once

_OFTEN = 8
"""After how many batches the system gets back what lies free between the hashes of values, which stay."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something in which a copy is not what it should be; counts only."""

    source: str
    table: str
    column: str
    what: str
    """`rows`, `columns`, `types`, `nulls`, `untouched cells`, `planned cells`, `table` or `unread`."""
    detail: str


@dataclass(slots=True)
class TableProof:
    """What was found out about one table."""

    source: str
    table: str
    rows: int = 0
    rows_copy: int = 0
    columns: int = 0
    columns_changed: set[str] = field(default_factory=set)
    cells_changed: int = 0
    cells_kept: int = 0
    reordered: bool = False
    missing: bool = False
    """Whether the copy of a database has nothing of that name; it may be a view, which is not copied."""
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pair:
    """A source, and the copy of it."""

    source: Source
    copy: Source
    guarded: bool = False
    """Whether formulas of the copy were made harmless."""
    alike: bool = True
    """Whether both are kept by one sort of store, so that types must be the same."""
    store: str = "text"
    """How cells lie in the copy: `text`, `lines` of JSON, `pages` packed by column, `memory`, or a store's own `rows`."""
    ordered: bool = True
    """Whether rows have an order; those of a database have none."""
    left_out: frozenset[str] = frozenset()
    """Tables that were not copied, and said so."""


def compare(pair: Pair, fates: Fates, removed: Removed, *, again: bool = False) -> Iterator[TableProof]:
    """What is to be said of each table; the values that were taken out go into `removed`.

    Args:
        pair: the source and its copy.
        fates: what the plan says.
        removed: takes the values up.
        again: whether only they are asked for: what is kept was compared before.

    Raises:
        SourceError: one of the two cannot be reached.
    """
    source, copy = tables(pair.source), tables(pair.copy)
    only = len(source) == len(copy) == 1
    for label, units in source.items():
        other = copy.get(label) or copy.get(label.rpartition(".")[2]) or (next(iter(copy.values())) if only else None)
        if other is None:
            if label not in pair.left_out:
                made = TableProof(pair.source.address, label, missing=not pair.ordered)
                if pair.ordered:
                    made.faults.append(Fault(pair.source.address, label, "", "table", "is not in the copy"))
                yield made
            continue
        yield _Compared(pair, label, fates, removed, again).table(Reading(pair.source, units), Reading(pair.copy, other))


class _Compared:
    """The comparison of one table."""

    def __init__(self, pair: Pair, label: str, fates: Fates, removed: Removed, again: bool) -> None:
        self._pair, self._removed = pair, removed
        self._made = TableProof(pair.source.address, label)
        # what only an alignment of rows tells is held back until it is known to be right
        self._pieces = removed if pair.ordered else Removed(removed.share)
        promised = Promised(pair.guarded, pair.alike, pair.ordered)
        self._side_by_side = Differing(pair.source.address, label, fates, promised, (removed, self._pieces), again=again)

    def table(self, one: Reading, two: Reading) -> TableProof:
        """All batches, some at once, then the sums."""
        made, found = self._made, Differences()
        for number, differences in enumerate(at_once(self._side_by_side.batch, side_by_side(one, two))):
            found.add(differences)
            if not number % _OFTEN:
                give_back()
        made.rows, made.rows_copy, made.columns = one.rows, two.rows, found.columns
        made.columns_changed, made.cells_changed, made.cells_kept = found.columns_changed, found.cells_changed, found.cells_kept
        if made.rows != made.rows_copy:
            self._fault("", "rows", f"{made.rows_copy:,} in the copy, {made.rows:,} in the source")
        for skipped in (*one.unread, *two.unread):
            self._fault(skipped.column, "unread", skipped.why)
        # a database has no order of rows: the same rows in another one are the same table
        made.reordered = not self._pair.ordered and found.of("untouched cells") > 0 and found.sums[0] == found.sums[1]
        counts = found.counts
        if made.reordered:
            counts = Counter({key: count for key, count in counts.items() if key[0] in {"columns", "types"}})
        elif self._pieces is not self._removed:
            self._removed.take(self._pieces)
        for (what, column), count in sorted((+counts).items()):
            self._fault(column, what, _WORDS[what].format(count=count))
        return made

    def _fault(self, column: str, what: str, detail: str) -> None:
        self._made.faults.append(Fault(self._made.source, self._made.table, column, what, detail))


_WORDS = {
    "columns": "are missing, new or in another order",
    "types": "has another type than in the source, and the plan says nothing of it",
    "nulls": "{count:,} cells are null or empty on one side only",
    "untouched cells": "{count:,} cells that the plan keeps differ from the source",
    "planned cells": "{count:,} cells that the plan replaces are as they were",
}
