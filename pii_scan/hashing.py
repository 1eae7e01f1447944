"""Hashes of many texts at once, 64 bits each: for counting and comparing, not for hiding anything."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

FACTOR = 0x9E3779B97F4A7C15
"""An odd number without a pattern in its bits."""
_APART = 4
"""Bytes by themselves cost so many times what bytes in a row do."""
NULL = np.uint64(0x6A09E667F3BCC909)
"""The hash of a cell that is null."""


class Roller:
    """Rolling hashes: that of any stretch of some bytes costs two look-ups once the bytes have been summed.

    Args:
        longest: the most bytes that are summed at once.
    """

    def __init__(self, longest: int) -> None:
        # one place more: behind the last byte an empty text may stand
        rows = [np.full(longest + 1, factor, np.uint64) for factor in (FACTOR, pow(FACTOR, -1, 1 << 64))]
        for row in rows:
            row[0] = 1
        self._powers, self._inverse = (np.multiply.accumulate(row) for row in rows)

    def __len__(self) -> int:
        """The most bytes that are summed at once."""
        return len(self._powers) - 1

    def sums(self, data: np.ndarray) -> np.ndarray:
        """What `keys` needs of some bytes."""
        made = np.zeros(len(data) + 1, np.uint64)
        np.cumsum((data.astype(np.uint64) + np.uint64(1)) * self._powers[: len(data)], out=made[1:])
        return made

    def keys(self, sums: np.ndarray, places: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """The hash of each stretch."""
        rolled = (sums[places + lengths] - sums[places]) * self._inverse[places]
        return mixed(rolled + lengths.astype(np.uint64))

    def stretches(self, data: np.ndarray, places: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """The hash of each of some stretches of bytes, whichever way costs less: by their sums, or each by itself."""
        if not len(places):
            return np.zeros(0, np.uint64)
        ends = np.cumsum(lengths)
        whole = int(ends[-1])
        if whole > len(data) // _APART:
            return self.keys(self.sums(data), places, lengths)
        steps = np.arange(whole) - np.repeat(ends - lengths, lengths)
        terms = (data.take(np.repeat(places, lengths) + steps).astype(np.uint64) + np.uint64(1)) * self._powers.take(steps)
        return mixed(np.add.reduceat(terms, ends - lengths) + lengths.astype(np.uint64))


def mixed(keys: np.ndarray) -> np.ndarray:
    """Every bit of a key in every bit of another one."""
    keys = (keys ^ keys >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ keys >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    last: np.ndarray = keys ^ keys >> np.uint64(31)
    return last


def windows(data: np.ndarray) -> np.ndarray:
    """The eight bytes from each place of some bytes on, as a little-endian number; beyond the end there are zeros."""
    padded = np.concatenate([data, np.zeros(8, np.uint8)])
    return np.ndarray((len(data) + 1,), "<u8", padded, strides=(1,))


def joined(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """The hash of two things in that order."""
    return mixed(one * np.uint64(FACTOR) + two)


def hashes(texts: pa.Array, roller: Roller) -> np.ndarray:
    """The hash of each text; null has one of its own."""
    plain = pc.fill_null(texts, "").cast(pa.large_string())
    keys = np.zeros(len(plain), np.uint64)
    for start, data, bounds in pieces(plain, len(roller)):
        lengths = np.minimum(np.diff(bounds), len(roller))
        keys[start : start + len(lengths)] = roller.keys(roller.sums(data), bounds[:-1], lengths)
    return np.where(np.asarray(texts.is_null()), NULL, keys) if texts.null_count else keys


def pieces(texts: pa.Array, most: int) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """The bytes of some texts in pieces of at most so many bytes: the number of the first, the bytes, where each begins.

    A text that is longer by itself is cut to that.
    """
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    for start, end in stretches(offsets, most):
        yield start, data[offsets[start] : min(offsets[end], offsets[start] + most)], offsets[start : end + 1] - offsets[start]


def stretches(bounds: np.ndarray, most: int) -> Iterator[tuple[int, int]]:
    """The first text of each stretch of so many bytes, or of one longer text, and the one behind its last."""
    start = 0
    while start < len(bounds) - 1:
        end = max(int(np.searchsorted(bounds, bounds[start] + most, side="right")) - 1, start + 1)
        yield start, end
        start = end
