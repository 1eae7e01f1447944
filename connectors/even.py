"""Rows that have all their cells, each bare or quoted as a whole: read and written anew column by column, never cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.connectors.edits import as_text
from pii_scan.connectors.encoding import texts
from pii_scan.connectors.fields import Dialect, Fields
from pii_scan.connectors.spelling import spelled


@dataclass(frozen=True, slots=True)
class Even:
    """Some such rows.

    Attributes:
        block: the bytes that hold them.
        used: how many of these.
        starts: where the cells of each row begin, with their quotes.
        ends: and where they end.
    """

    block: bytes
    used: int
    starts: np.ndarray
    ends: np.ndarray
    quoted: np.ndarray
    """Whether each is quoted."""
    dialect: Dialect
    codec: str

    @classmethod
    def of(cls, block: bytes, found: Fields, columns: int, dialect: Dialect, codec: str) -> Even | None:
        """The rows of a block, if they are such rows."""
        if not found.plain or columns < 2 or not len(found.rows) or (found.widths != columns).any():
            return None
        places = 2 * (found.rows[:, None] + np.arange(columns))
        starts, ends = found.offsets.take(places), found.offsets.take(places + 1)
        quoted = np.frombuffer(block, np.uint8).take(starts, mode="clip") == ord(dialect.quote)
        return cls(block, found.used, starts, ends, quoted & (ends > starts), dialect, codec)

    def batch(self, names: list[str]) -> pa.RecordBatch:
        """The cells as text."""
        quote = self.dialect.quote.encode()
        cells = self._columns(self.starts + self.quoted, self.ends - self.quoted)
        if self.block.count(quote, 0, self.used) > 2 * int(self.quoted.sum()):
            cells = [pc.replace_substring(column, quote + quote, quote) for column in cells]
        return pa.RecordBatch.from_arrays([texts(column, self.codec) for column in cells], names)

    def rewritten(self, old: pa.RecordBatch, new: pa.RecordBatch) -> bytes:
        """The bytes of the rows, where cells are other than they were those of their new texts.

        Args:
            old: their batch.
            new: another one with the same columns.
        """
        changed = [place for place, column in enumerate(old.columns) if not column.equals(new.column(place))]
        if not changed:
            return self.block[: self.used]
        # in each row what lies before the first changed cell, that cell, what lies before the second one, that cell ...
        width = 2 * len(changed) + 1
        cuts = np.empty((len(self.starts), width), np.int32)
        cuts[:, 0], cuts[:, 1::2], cuts[:, 2::2] = self.starts[:, 0], self.starts[:, changed], self.ends[:, changed]
        parts = [between(np.append(cuts, np.int32(self.used)), self.block)]
        chosen = np.arange(cuts.size, dtype=np.int32).reshape(cuts.shape)
        count = cuts.size
        for number, place in enumerate(changed):
            differ, codes, made = self._respelled(place, old.column(place), as_text(new.column(place)))
            np.copyto(chosen[:, 2 * number + 1], codes + np.int32(count), where=differ)
            parts += made
            count += sum(map(len, made))
        return self.block[: int(self.starts[0, 0])] + bytes_of(pa.concat_arrays(parts).take(pa.array(chosen.ravel())))

    def _respelled(self, place: int, old: pa.Array, new: pa.Array) -> tuple[np.ndarray, np.ndarray, list[pa.Array]]:
        """Which cells changed, which of the new bytes each cell has, and these: every text bare, then quoted."""
        same = pc.equal(old, new)
        if new.null_count:
            same, new = pc.fill_null(same, False), pc.fill_null(new, "")  # noqa: FBT003
        encoded = new.dictionary_encode()
        once = encoded.dictionary
        made = [spelled(once, None, self.dialect, self.codec)]
        codes = np.asarray(encoded.indices)
        quoted = self.quoted[:, place]
        if quoted.any():
            quote = pa.array([self.dialect.quote.encode()], pa.binary())
            made.append(spelled(once, quote.take(pa.array(np.zeros(len(once), np.int8))), self.dialect, self.codec))
            codes = codes + np.int32(len(once)) * quoted
        return ~same.to_numpy(zero_copy_only=False), codes, made

    def _columns(self, starts: np.ndarray, ends: np.ndarray) -> list[pa.Array]:
        """The bytes between two places in each row, column by column."""
        every = pa.array(np.arange(0, 2 * len(starts), 2, dtype=np.int32))
        bounds = np.empty((starts.shape[1], 2 * len(starts) + 1), np.int32)
        bounds[:, 0:-1:2], bounds[:, 1::2], bounds[:, -1] = starts.T, ends.T, ends[-1]
        return [between(column, self.block).take(every) for column in bounds]


def between(offsets: np.ndarray, block: bytes) -> pa.Array:
    """The stretches of a block between each of some places and the next one."""
    return pa.Array.from_buffers(pa.binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(block)])


def bytes_of(array: pa.Array) -> bytes:
    """The bytes of all cells, one after the other."""
    _, offsets, data = array.buffers()
    bounds = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
    return bytes(memoryview(data)[bounds[0] : bounds[-1]]) if data is not None else b""
