"""A batch of a source and the same rows of its copy: in which cells they differ, and what was taken out of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.contracts import FOLDER
from pii_scan.fates import UNKNOWN, Fate, Fates
from pii_scan.formulas import unguarded
from pii_scan.hashing import hashes, joined
from pii_scan.leaves import leaves
from pii_scan.model import Column
from pii_scan.rebuild import as_text
from pii_scan.removed import Removed, taken_out

_PROSE = 40
"""Characters from which on a cell with blanks is text, of which a part may have been taken out."""
_LABEL = r"^<[A-Z0-9_]+>$"


@dataclass(slots=True)
class Differences:
    """What was found out about some rows. Counts only."""

    columns: int = 0
    columns_changed: set[str] = field(default_factory=set)
    cells_changed: int = 0
    cells_kept: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often something is not what it should be, by what and by column."""
    sums: list[int] = field(default_factory=lambda: [0, 0])
    """Of the source and of the copy: the same for the same kept cells, whatever the order of rows."""

    def add(self, other: Differences) -> None:
        """More rows of the same table."""
        self.columns = max(self.columns, other.columns)
        self.columns_changed |= other.columns_changed
        self.cells_changed += other.cells_changed
        self.cells_kept += other.cells_kept
        # that a column has another type is said once
        seen = {key: 1 for key in other.counts if key[0] in {"columns", "types"}}
        self.counts = Counter({**(self.counts + other.counts), **seen})
        self.sums = [(one + two) % (1 << 64) for one, two in zip(self.sums, other.sums, strict=True)]

    def of(self, what: str) -> int:
        """How often, in all columns."""
        return sum(count for (sort, _), count in self.counts.items() if sort == what)


@dataclass(frozen=True, slots=True)
class Promised:
    """What a source and its copy promise.

    Attributes:
        guarded: whether formulas of the copy were made harmless.
        alike: whether types must be the same.
        ordered: whether rows have an order.
    """

    guarded: bool
    alike: bool
    ordered: bool


class Differing:
    """The comparison of one table's batches; several at once may be compared in threads.

    Args:
        source: its source.
        table: its label.
        fates: what the plan says.
        promised: what both promise.
        removed: takes up what was taken out; and, apart, what only an alignment of rows tells.
        again: whether only that is asked for: what is kept was compared before.
    """

    def __init__(  # noqa: PLR0913 - as many things as there are to know of a table
        self, source: str, table: str, fates: Fates, promised: Promised, removed: tuple[Removed, Removed], *, again: bool
    ) -> None:
        self._source, self._table, self._fates, self._promised, self._again = source, table, fates, promised, again
        self._removed, self._pieces = removed

    def batch(self, pair: tuple[pa.RecordBatch, pa.RecordBatch]) -> Differences:
        """Two batches of as many rows."""
        before, after = pair
        found = Differences()
        names = [name for name in before.schema.names if not self._dropped(name)]
        if [name for name in names if name in after.schema.names] != [name for name in after.schema.names if name in names]:
            found.counts["columns", ""] = 1
        for name in (*after.schema.names, *names):
            there = before if name in before.schema.names else after
            if (name not in after.schema.names or name not in before.schema.names) and there.column(name).null_count < len(there):
                found.counts["columns", name] = 1
        found.columns = max(found.columns, after.num_columns)
        keys = [np.zeros(before.num_rows, np.uint64), np.zeros(before.num_rows, np.uint64)]
        for place, name in enumerate(before.schema.names):
            if self._dropped(name):
                self._gone(found, name, before.column(name))
            elif name in after.schema.names:
                self._column(found, before.schema.field(place), (before.column(name), after.column(name)), keys)
        for side in range(2):
            found.sums[side] = int(keys[side].sum(dtype=np.uint64))
        return found

    def _dropped(self, name: str) -> bool:
        return self._fates.dropped(self._source, self._table, name)

    def _fate(self, name: str, path: str = "", *, renamed: bool = False) -> Fate:
        fate = self._fates.of(Column(self._source, self._table, name, path))
        return UNKNOWN if renamed and fate.sort == "kept" and not fate.meant else fate

    def _gone(self, found: Differences, name: str, array: pa.Array) -> None:
        found.columns_changed.add(name)
        for path, leaf in leaves(array):
            self._removed.add(as_text(leaf), telling=self._fate(name, path).telling)

    def _column(self, found: Differences, field: pa.Field, cells: tuple[pa.Array, pa.Array], keys: list[np.ndarray]) -> None:
        name, (before, after) = field.name, cells
        ones, twos = dict(leaves(before)), dict(leaves(after))
        # what tells of somebody in the name of a folder goes, whether or not a rule is about it
        renamed = FOLDER in (field.metadata or {}) and not before.equals(after)
        fates = {path: self._fate(name, path, renamed=renamed) for path in ones}
        kept = all(fate.sort == "kept" for fate in fates.values())
        if kept and self._again and self._promised.ordered:
            return
        if kept:
            if self._promised.alike and before.type != after.type and not _alike(before.type, after.type):
                found.counts["types", name] = 1
            for side, side_leaves in enumerate(() if self._promised.ordered else (ones, twos)):
                for leaf in side_leaves.values():
                    if len(leaf) == len(keys[side]):
                        keys[side][:] = joined(keys[side], hashes(as_text(leaf)))
            if before.type == after.type and before.equals(after):
                found.cells_kept += len(before)
                return
        if ones.keys() != twos.keys():
            self._reshaped(found, name, ones, fates)
            return
        for path, one in ones.items():
            self._leaf(found, name, fates[path], (one, twos[path]))

    def _reshaped(self, found: Differences, name: str, ones: Mapping[str, pa.Array], fates: Mapping[str, Fate]) -> None:
        """A struct that went as a whole: its leaves are what was taken out."""
        if all(fate.sort == "kept" for fate in fates.values()):
            found.counts["types", name] = 1
        for path, leaf in ones.items():
            if fates[path].sort != "kept":
                found.columns_changed.add(name)
                self._removed.add(as_text(leaf), telling=fates[path].telling)

    def _leaf(self, found: Differences, name: str, fate: Fate, cells: tuple[pa.Array, pa.Array]) -> None:
        before, after = cells
        if len(before) != len(after):
            found.counts["untouched cells" if fate.sort == "kept" else "planned cells", name] += abs(len(before) - len(after))
            return
        one, two = as_text(before), as_text(after)
        two = unguarded(one, two) if self._promised.guarded else two
        here = pc.fill_null(pc.greater(pc.binary_length(one), 0), False)  # noqa: FBT003
        there = pc.fill_null(pc.greater(pc.binary_length(two), 0), False)  # noqa: FBT003
        differ = pc.or_(pc.xor(here, there), pc.and_(pc.and_(here, there), pc.fill_null(pc.not_equal(one, two), False)))  # noqa: FBT003
        count = pc.sum(differ).as_py() or 0
        if fate.sort == "kept":
            loose = not self._promised.alike and before.type != after.type
            found.counts["nulls" if loose else "untouched cells", name] += (
                (pc.sum(pc.xor(here, there)).as_py() or 0) if loose else count
            )
            found.cells_kept += len(before) - count
            return
        found.counts["nulls", name] += pc.sum(pc.and_not(there, here)).as_py() or 0
        found.cells_changed += count
        found.cells_kept += len(before) - count
        if count:
            found.columns_changed.add(name)
        if fate.sort == "changed" and fate.whole and fate.open:
            left = pc.and_(here, pc.invert(differ))
            if pc.any(left).as_py():
                found.counts["planned cells", name] += _unchanged(one.filter(left))
                one = one.filter(differ)
            # whatever the order of rows, every cell of the column is gone
            self._removed.add(one, telling=fate.telling)
        elif count:
            self._differing(fate, one.filter(differ), two.filter(differ))

    def _differing(self, fate: Fate, one: pa.Array, two: pa.Array) -> None:
        """What was taken out of cells that differ."""
        if fate.sort == "changed" and fate.whole:
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


def _unchanged(texts: pa.Array) -> int:
    """How many cells are as they were, labels and masks of an earlier copy left out."""
    real = texts.filter(pc.invert(pc.match_substring_regex(texts, _LABEL)))
    return sum(len(set(text)) > 1 or text.isalnum() for text in real.to_pylist())


def _alike(one: pa.DataType, two: pa.DataType) -> bool:
    """Whether two types differ only in how texts are stored, or in names of inner fields."""
    return str(one).replace("large_", "").replace("_view", "") == str(two).replace("large_", "").replace("_view", "")
