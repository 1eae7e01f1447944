"""Rows of delimited text as record batches that remember their bytes, so that a copy differs only where cells do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.connectors.compression import Readable
from pii_scan.connectors.edits import as_text, places
from pii_scan.connectors.encoding import texts
from pii_scan.connectors.even import Even, between, bytes_of
from pii_scan.connectors.fields import Dialect, Fields, fields
from pii_scan.connectors.names import distinct
from pii_scan.connectors.spelling import bare, spelled, unquoted
from pii_scan.errors import SourceError

BLOCK = 2 << 20
"""Bytes that are taken up at a time."""
LONGEST = 32 << 20
"""The longest row that is held in memory, in bytes; some five times as much is needed to work on it."""
EXTRA = "extra cells"
"""The column of the cells that a row has beyond the last column."""


@dataclass(frozen=True, slots=True)
class Form:
    """What is needed to read rows: the column names, the dialect, and the codec of the bytes."""

    names: tuple[str, ...]
    dialect: Dialect
    codec: str

    @property
    def extra(self) -> str:
        """The name of the column of extra cells."""
        return distinct([*self.names, EXTRA])[-1]


class Rows:
    """Some whole rows.

    Args:
        block: the bytes that hold them.
        found: where their fields are.
        form: how they are read.
    """

    def __init__(self, block: bytes, found: Fields, form: Form) -> None:
        self._block, self._found, self._form = block, found, form
        self.gone: frozenset[int] = frozenset()
        """The columns that the last edit left out."""
        self._pieces = between(found.offsets, block)
        self._read: tuple[Even, pa.RecordBatch] | None = None

    def __len__(self) -> int:
        """The number of rows."""
        return len(self._found.rows)

    @property
    def short(self) -> np.ndarray:
        """The rows that have too few cells."""
        return np.flatnonzero(self._found.widths < len(self._form.names))

    @property
    def long(self) -> np.ndarray:
        """The rows that have too many."""
        return np.flatnonzero(self._found.widths > len(self._form.names))

    def line(self, row: int) -> int:
        """How many lines of the block come before that row."""
        return _line_ends(self._block[: self._found.offsets[2 * self._found.rows[row]]])

    @property
    def lines(self) -> int:
        """The number of line ends in the block."""
        return _line_ends(self._block[: self._found.used])

    def batch(self) -> pa.RecordBatch:
        """The cells as text: null where a row is too short, and cells beyond the last column in a list of their own."""
        columns = [self._cells(self._raw(place)) for place in range(len(self._form.names))]
        names = list(self._form.names)
        if len(self.long):
            columns.append(self._extra())
            names.append(self._form.extra)
        return pa.RecordBatch.from_arrays(columns, names)

    def rewritten(self, edit: Callable[[pa.RecordBatch], pa.RecordBatch]) -> bytes:
        """The bytes of the rows, those of cells that `edit` changed replaced."""
        if not len(self):
            return self._block[: self._found.used]
        even, old = self._read or (None, self.batch())
        new = edit(old)
        return even.rewritten(old, new) if even and new.num_columns == old.num_columns else self._unevenly(old, new)

    def read(self) -> Rows:
        """The same rows, their cells at hand where all of them have theirs: what can be done before it is known what to write."""
        form = self._form
        even = Even.of(self._block, self._found, len(form.names), form.dialect, form.codec)
        self._read = (even, even.batch(list(form.names))) if even else None
        return self

    def _unevenly(self, old: pa.RecordBatch, new: pa.RecordBatch) -> bytes:
        """The bytes of any rows, those of changed cells replaced."""
        raw = [self._raw(place) for place in range(len(self._form.names))]
        kept = places(old.schema.names, new.schema.names) or []
        columns = [
            self._respelled(raw[place], old.column(place), cells)
            for place, cells in zip(kept, new.columns, strict=True)
            if place < len(raw)
        ]
        self.gone = frozenset(range(len(raw))) - frozenset(kept)
        extra = self._extra_bytes(old, new) if len(raw) in kept else None
        return self._joined(_closed_up(columns) if len(self.short) else columns, extra)

    def _raw(self, place: int) -> pa.Array:
        missing = self._found.widths <= place
        return self._pieces.take(pa.array(2 * (self._found.rows + place), mask=missing if missing.any() else None))

    def _cells(self, raw: pa.Array) -> pa.Array:
        return texts(bare(raw, self._form.dialect, plain=self._found.plain), self._form.codec)

    def _extra(self) -> pa.ListArray:
        """The cells beyond the last column, a list for each row that has some."""
        wide = len(self._form.names)
        counts = np.maximum(self._found.widths - wide, 0)
        places = np.concatenate(
            [
                np.arange(first + wide, first + wide + count)
                for first, count in zip(self._found.rows, counts, strict=True)
                if count
            ]
        )
        cells = self._cells(self._pieces.take(pa.array(2 * places)))
        offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
        return pa.ListArray.from_arrays(offsets, cells, mask=pa.array(counts == 0))

    def _extra_bytes(self, old: pa.RecordBatch, new: pa.RecordBatch) -> pa.Array | None:
        """What stands after the last column of each row: its bytes, or the cells that took its place."""
        if not len(self.long):
            return None
        before, after = old.columns[-1].to_pylist(), new.columns[-1].to_pylist()
        delimiter, wide = self._form.dialect.delimiter.encode(), len(self._form.names)
        found = self._found
        kept: list[bytes | None] = []
        for first, width, was, now in zip(found.rows, found.widths, before, after, strict=True):
            if was is None and now is None:
                kept.append(None)
            elif was == now:
                start, end = found.offsets[2 * (first + wide)], found.offsets[2 * (first + width) - 1]
                kept.append(self._block[start:end])
            else:
                cells = pa.array([str(cell) for cell in now] if isinstance(now, list) else [str(now or "")], pa.string())
                kept.append(delimiter.join(spelled(cells, None, self._form.dialect, self._form.codec).to_pylist()))
        return pa.array(kept, pa.binary())

    def _respelled(self, raw: pa.Array, old: pa.Array, new: pa.Array) -> pa.Array:
        new = as_text(new)
        if new.equals(old):
            return raw
        same = pc.fill_null(pc.equal(old, new), False)  # noqa: FBT003
        same = pc.or_(same, pc.and_(old.is_null(), new.is_null()))
        return pc.if_else(same, raw, spelled(pc.fill_null(new, ""), raw, self._form.dialect, self._form.codec))

    def _joined(self, columns: list[pa.Array], extra: pa.Array | None) -> bytes:
        found = self._found
        starts = found.offsets[2 * found.rows]
        ends = found.offsets[2 * (found.rows + found.widths) - 1]
        cuts = np.empty(2 * len(self), np.int32)
        cuts[0::2] = ends
        cuts[1:-1:2], cuts[-1] = starts[1:], found.used
        gaps = between(cuts, self._block).take(pa.array(np.arange(0, 2 * len(self), 2)))
        delimiter, quote = self._form.dialect.delimiter.encode(), self._form.dialect.quote.encode()
        parts = [*columns, extra] if extra is not None else columns
        lines = pc.binary_join_element_wise(*parts, delimiter, null_handling="skip")
        lines = pc.if_else(pc.equal(lines, b""), quote + quote, lines)  # a blank line would be no row
        return self._block[: starts[0]] + bytes_of(pc.binary_join_element_wise(lines, gaps, b""))


def rows(stream: Readable, form: Form) -> Iterator[Rows]:
    """The rows of a stream, every one once and in order; the stream is at the start of a row.

    Raises:
        SourceError: a row is longer than `LONGEST`; those before it were yielded.
    """
    rest = b""
    want = BLOCK
    while True:
        chunk = stream.read(want)
        block, final = rest + chunk, not chunk
        found = fields(block, form.dialect, final=final)
        if found.used:
            yield Rows(block, found, form)
        if final:
            return
        rest = block[found.used :]
        if len(rest) > LONGEST:
            raise SourceError(f"has a row longer than {LONGEST >> 20} MiB", way_out="is it text at all?")
        want = max(BLOCK, len(rest))  # a long record is looked at again only when it has doubled


def header_without(block: bytes, form: Form, gone: frozenset[int]) -> bytes:
    """What stands before the first row, without the names of some columns in its last line."""
    found = fields(block, form.dialect, final=True)
    if not gone or not len(found.rows):
        return block
    first, width = int(found.rows[-1]), int(found.widths[-1])
    bounds = found.offsets[2 * first : 2 * (first + width)].reshape(-1, 2).tolist()
    names = [block[start:end] for place, (start, end) in enumerate(bounds) if place not in gone]
    return block[: bounds[0][0]] + form.dialect.delimiter.encode().join(names) + block[bounds[-1][1] :]


def cells_of(block: bytes, found: Fields, form: Form) -> Iterator[list[str]]:
    """The cells of each row, however many it has."""
    for first, width in zip(found.rows.tolist(), found.widths.tolist(), strict=True):
        bounds = found.offsets[2 * first : 2 * (first + width)].reshape(-1, 2).tolist()
        yield [unquoted(block[start:end], form.dialect).decode(form.codec, "replace") for start, end in bounds]


def _closed_up(columns: list[pa.Array]) -> list[pa.Array]:
    """Missing cells become empty ones where a later cell of the row is there, so that none changes its place."""
    closed: list[pa.Array] = []
    later: pa.Array | None = None
    for column in reversed(columns):
        there = column.is_valid()
        closed.append(column if later is None else pc.if_else(pc.and_not(later, there), pa.scalar(b"", pa.binary()), column))
        later = there if later is None else pc.or_(later, there)
    return closed[::-1]


def _line_ends(data: bytes) -> int:
    return data.count(b"\n") or data.count(b"\r")
