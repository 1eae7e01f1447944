"""A source and its copy compared cell by cell: what should differ differs, what should not does not, and what was taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.alignment import Reading, side_by_side, tables
from pii_scan.contracts import Source
from pii_scan.fates import Fate, Fates
from pii_scan.formulas import unguarded
from pii_scan.hashing import Roller, hashes, joined
from pii_scan.leaves import leaves
from pii_scan.model import Column
from pii_scan.rebuild import as_text
from pii_scan.removed import Removed, taken_out

_PROSE = 40
"""Characters from which on a cell with blanks is text, of which a part may have been taken out."""
_LABEL = r"^<[A-Z0-9_]+>$"


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
    """How cells lie in the copy: `text`, `pages` packed by column, `memory`, or `rows` that a store keeps by itself."""
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
        self._pair, self._fates, self._removed, self._again = pair, fates, removed, again
        self._made = TableProof(pair.source.address, label)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._sums = [np.uint64(0), np.uint64(0)]
        self._roller = Roller(1 << 18)
        # what only an alignment of rows tells is held back until it is known to be right
        self._pieces = removed if pair.ordered else Removed(removed.share)

    def table(self, one: Reading, two: Reading) -> TableProof:
        """All batches, then the sums."""
        for before, after in side_by_side(one, two):
            self._batch(before, after)
        made = self._made
        made.rows, made.rows_copy = one.rows, two.rows
        if made.rows != made.rows_copy:
            self._fault("", "rows", f"{made.rows_copy:,} in the copy, {made.rows:,} in the source")
        for skipped in (*one.unread, *two.unread):
            self._fault(skipped.column, "unread", skipped.why)
        # a database has no order of rows: the same rows in another one are the same table
        made.reordered = not self._pair.ordered and self._counts_of("untouched cells") > 0 and self._sums[0] == self._sums[1]
        if made.reordered:
            self._counts = Counter({key: count for key, count in self._counts.items() if key[0] in {"columns", "types"}})
        elif self._pieces is not self._removed:
            self._removed.take(self._pieces)
        for (what, column), count in sorted((+self._counts).items()):
            self._fault(column, what, _WORDS[what].format(count=count))
        return made

    def _counts_of(self, what: str) -> int:
        return sum(count for (sort, _), count in self._counts.items() if sort == what)

    def _fault(self, column: str, what: str, detail: str) -> None:
        self._made.faults.append(Fault(self._made.source, self._made.table, column, what, detail))

    def _batch(self, before: pa.RecordBatch, after: pa.RecordBatch) -> None:
        names = [name for name in before.schema.names if not self._dropped(name)]
        if [name for name in names if name in after.schema.names] != [name for name in after.schema.names if name in names]:
            self._counts["columns", ""] = 1
        for name in (*after.schema.names, *names):
            there = before if name in before.schema.names else after
            if (name not in after.schema.names or name not in before.schema.names) and there.column(name).null_count < len(there):
                self._counts["columns", name] = 1
        self._made.columns = max(self._made.columns, after.num_columns)
        keys = [np.zeros(before.num_rows, np.uint64), np.zeros(before.num_rows, np.uint64)]
        for name in before.schema.names:
            if self._dropped(name):
                self._gone(name, before.column(name))
            elif name in after.schema.names:
                self._column(name, before.column(name), after.column(name), keys)
        for side in range(2):
            self._sums[side] += keys[side].sum(dtype=np.uint64)

    def _dropped(self, name: str) -> bool:
        return self._fates.dropped(self._made.source, self._made.table, name)

    def _fate(self, name: str, path: str = "") -> Fate:
        return self._fates.of(Column(self._made.source, self._made.table, name, path))

    def _gone(self, name: str, array: pa.Array) -> None:
        self._made.columns_changed.add(name)
        for path, leaf in leaves(array):
            self._removed.add(as_text(leaf), telling=self._fate(name, path).telling)

    def _column(self, name: str, before: pa.Array, after: pa.Array, keys: list[np.ndarray]) -> None:
        ones, twos = dict(leaves(before)), dict(leaves(after))
        fates = {path: self._fate(name, path) for path in ones}
        kept = all(fate.sort == "kept" for fate in fates.values())
        if kept and self._again and self._pair.ordered:
            return
        if kept:
            if self._pair.alike and before.type != after.type and not _alike(before.type, after.type):
                self._counts["types", name] = 1
            for side, found in enumerate(() if self._pair.ordered else (ones, twos)):
                for leaf in found.values():
                    if len(leaf) == len(keys[side]):
                        keys[side][:] = joined(keys[side], hashes(as_text(leaf), self._roller))
            if before.type == after.type and before.equals(after):
                self._made.cells_kept += len(before)
                return
        if ones.keys() != twos.keys():
            self._reshaped(name, ones, fates)
            return
        for path, one in ones.items():
            self._leaf(name, fates[path], one, twos[path])

    def _reshaped(self, name: str, ones: dict[str, pa.Array], fates: dict[str, Fate]) -> None:
        """A struct that went as a whole: its leaves are what was taken out."""
        if all(fate.sort == "kept" for fate in fates.values()):
            self._counts["types", name] = 1
        for path, leaf in ones.items():
            if fates[path].sort != "kept":
                self._made.columns_changed.add(name)
                self._removed.add(as_text(leaf), telling=fates[path].telling)

    def _leaf(self, name: str, fate: Fate, before: pa.Array, after: pa.Array) -> None:
        if len(before) != len(after):
            self._counts["untouched cells" if fate.sort == "kept" else "planned cells", name] += abs(len(before) - len(after))
            return
        one, two = as_text(before), as_text(after)
        two = unguarded(one, two) if self._pair.guarded else two
        here = pc.fill_null(pc.greater(pc.binary_length(one), 0), False)  # noqa: FBT003
        there = pc.fill_null(pc.greater(pc.binary_length(two), 0), False)  # noqa: FBT003
        differ = pc.or_(pc.xor(here, there), pc.and_(pc.and_(here, there), pc.fill_null(pc.not_equal(one, two), False)))  # noqa: FBT003
        count = pc.sum(differ).as_py() or 0
        if fate.sort == "kept":
            loose = not self._pair.alike and before.type != after.type
            self._counts["nulls" if loose else "untouched cells", name] += (
                (pc.sum(pc.xor(here, there)).as_py() or 0) if loose else count
            )
            self._made.cells_kept += len(before) - count
            return
        self._counts["nulls", name] += pc.sum(pc.and_not(there, here)).as_py() or 0
        self._made.cells_changed += count
        self._made.cells_kept += len(before) - count
        if count:
            self._made.columns_changed.add(name)
            self._differing(fate, one.filter(differ), two.filter(differ))
        if fate.sort == "changed" and fate.whole and fate.open:
            left = pc.and_(here, pc.invert(differ))
            self._counts["planned cells", name] += _unchanged(one.filter(left))
            # whatever the order of rows, every cell of the column is gone
            self._removed.add(one.filter(pc.and_(here, differ)), telling=fate.telling)

    def _differing(self, fate: Fate, one: pa.Array, two: pa.Array) -> None:
        """What was taken out of cells that differ."""
        if fate.sort == "changed" and fate.whole:
            if not fate.open:
                self._pieces.add(one, telling=fate.telling)
            return
        whole = pc.or_(pc.less(pc.utf8_length(one), _PROSE), pc.invert(pc.match_substring_regex(one, r"\s")))
        if fate.sort == "changed":
            whole = pc.and_(whole, False)  # noqa: FBT003
        self._pieces.add(one.filter(whole), telling=fate.telling)
        texts = {
            pair
            for pair in zip(one.filter(pc.invert(whole)).to_pylist(), two.filter(pc.invert(whole)).to_pylist(), strict=True)
            if pair[0]
        }
        pieces = {piece for old, new in texts for piece in taken_out(old, new or "")}
        self._pieces.add(pa.array(sorted(pieces), pa.large_string()), telling=fate.telling)


_WORDS = {
    "columns": "are missing, new or in another order",
    "types": "has another type than in the source, and the plan says nothing of it",
    "nulls": "{count:,} cells are null or empty on one side only",
    "untouched cells": "{count:,} cells that the plan keeps differ from the source",
    "planned cells": "{count:,} cells that the plan replaces are as they were",
}


def _unchanged(texts: pa.Array) -> int:
    """How many cells are as they were, labels and masks of an earlier copy left out."""
    real = texts.filter(pc.invert(pc.match_substring_regex(texts, _LABEL)))
    return sum(len(set(text)) > 1 or text.isalnum() for text in real.to_pylist())


def _alike(one: pa.DataType, two: pa.DataType) -> bool:
    """Whether two types differ only in how texts are stored, or in names of inner fields."""
    return str(one).replace("large_", "").replace("_view", "") == str(two).replace("large_", "").replace("_view", "")
