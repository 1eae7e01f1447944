"""How very many values begin, and how long they are: told by bits, in memory that does not grow with them.

A table's no is sure, its yes is not: what it lets through is looked at more closely by those who ask.
"""

from __future__ import annotations

import numpy as np

from pii_scan.hashing import FACTOR, mixed
from pii_scan.written import LONGEST

OTHER = 0xD6E8FEB86659FD93
_MOST = {4: 22, 8: 26}
"""By how many bytes are beginnings: bits of a table have numbers of at most so many bits; 26 are 8 MiB."""
_MANY = 1 << 19
"""Beginnings that are held until it is known how large tables must be; from there on they are as large as can be."""
_TOGETHER = 1 << 17
_CLASSES = 64
"""Lengths that are told apart; all from the last one on are one class."""
_NO_PLACES = (np.zeros(0, np.int64), np.zeros(0, np.int64))
WORDS = np.array([byte >= 128 or chr(byte).isalnum() for byte in range(256)])
"""Of each byte whether it is, or is part of, a letter or digit."""


class Bits:
    """A set of 64-bit keys as bits.

    Args:
        count: how many keys are to be expected; with sixteen bits for each of them one in sixteen others passes for one.
        factor: spreads the keys; those that are spread already need none.
        most: bits have numbers of at most so many bits.
    """

    def __init__(self, count: int, factor: int = 1, *, most: int = 27) -> None:
        bits = max(15, min(most, count.bit_length() + 4))
        self._factor, self._shift = np.uint64(factor), np.uint64(64 - bits)
        self._table = np.zeros(1 << bits - 3, np.uint8)

    def add(self, keys: np.ndarray) -> None:
        """Take keys up."""
        for start in range(0, len(keys), _TOGETHER):
            self._add(keys[start : start + _TOGETHER])

    def _add(self, keys: np.ndarray) -> None:
        slots = np.sort(self._slots(keys))
        into(self._table, slots >> np.uint64(3), np.left_shift(np.uint8(1), slots.astype(np.uint8) & np.uint8(7)))

    def take(self, other: Bits) -> None:
        """Take up all keys of another one of the same size."""
        self._table |= other._table

    def holds(self, keys: np.ndarray) -> np.ndarray:
        """Which of some keys may be in it."""
        slots = self._slots(keys)
        bits = np.left_shift(np.uint8(1), slots.astype(np.uint8) & np.uint8(7))
        slots >>= np.uint64(3)
        held: np.ndarray = (self._table[slots.view(np.int64)] & bits) > 0
        return held

    def _slots(self, keys: np.ndarray) -> np.ndarray:
        slots = keys * self._factor
        slots >>= self._shift
        return slots


class Begins:
    """The first bytes of values, and which lengths those that begin alike have.

    Args:
        size: how many first bytes, 4 or 8; every value has as many.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: list[tuple[np.ndarray, np.ndarray]] = []
        self._count = 0
        self._tables: _Tables | None = None

    def add(self, grams: np.ndarray, lengths: np.ndarray) -> None:
        """Take up values by their first bytes, as little-endian numbers, and their lengths in bytes."""
        if self._tables:
            self._tables.add(grams, lengths)
            return
        self._held.append((grams, lengths.astype(np.int16)))
        self._count += len(grams)
        if self._count > _MANY:
            self._settled(1 << _MOST[self._size])

    def take(self, other: Begins) -> None:
        """Take up all that another one holds, which nobody must have asked yet."""
        for grams, lengths in other._held:
            self.add(grams, lengths)
        if other._tables:
            (self._tables or self._settled(1 << _MOST[self._size])).take(other._tables)

    def settle(self) -> None:
        """Make the tables, if they are not made: from then on threads may ask for `places`."""
        if self._tables is None:
            self._settled(self._count)

    def places(self, block: bytes, *, alone: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Places at which a value may stand, each with a length that it may have.

        Args:
            block: some bytes.
            alone: only places that no letter or digit stands before.
        """
        self.settle()
        tables = self._tables
        if tables is None or not tables.lengths.any():
            return _NO_PLACES
        if alone:
            places, grams = self._among(tables, block)
        else:
            found = [self._at(tables, block, shift) for shift in range(self._size)]
            places, grams = (np.concatenate(part) for part in zip(*found, strict=True))
        rows, lengths = tables.fitting(grams)
        places = places[rows]
        whole = places + lengths <= len(block)
        return places[whole], lengths[whole]

    def _settled(self, count: int) -> _Tables:
        tables = _Tables(count, _MOST[self._size])
        for grams, lengths in self._held:
            tables.add(grams, lengths)
        self._held, self._tables = [], tables
        return tables

    def _at(self, tables: _Tables, block: bytes, shift: int) -> tuple[np.ndarray, np.ndarray]:
        count = (len(block) - shift) // self._size
        if count <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.uint64)
        grams = np.frombuffer(block, f"<u{self._size}", count, shift).astype(np.uint64, copy=False)
        rows = tables.known(grams)
        return rows * self._size + shift, grams[rows]

    def _among(self, tables: _Tables, block: bytes) -> tuple[np.ndarray, np.ndarray]:
        data = np.frombuffer(block, np.uint8)
        starts = np.flatnonzero(np.concatenate([[True], ~WORDS[data[:-1]]]))
        starts = starts[: np.searchsorted(starts, len(data) - self._size, side="right")]
        grams = np.zeros(len(starts), np.uint64)
        for at in range(self._size):
            grams |= data[starts + at].astype(np.uint64) << np.uint64(8 * at)
        rows = tables.known(grams)
        return starts[rows], grams[rows]


class _Tables:
    """Three tables of bits: of beginnings, of the classes of lengths that some of them have, and of both together."""

    def __init__(self, count: int, most: int) -> None:
        self._grams, self._again, self._pairs = (Bits(count, factor, most=most) for factor in (FACTOR, OTHER, 1))
        self._shift = np.uint64(64 - max(10, min(most - 6, count.bit_length() + 1)))
        self._classes = np.zeros(1 << 64 - int(self._shift), np.uint64)
        self.lengths = np.zeros(LONGEST + 1, bool)

    def add(self, grams: np.ndarray, lengths: np.ndarray) -> None:
        """Take up beginnings, each with a length."""
        self.lengths[lengths] = True
        self._grams.add(grams)
        self._again.add(grams)
        self._pairs.add(_paired(grams, lengths))
        slots = self._slots(grams)
        order = np.argsort(slots)
        into(self._classes, slots[order], np.uint64(1) << np.minimum(lengths, _CLASSES - 1).astype(np.uint64)[order])

    def take(self, other: _Tables) -> None:
        """Take up all that another one of the same size holds."""
        self.lengths |= other.lengths
        self._classes |= other._classes
        for mine, theirs in ((self._grams, other._grams), (self._again, other._again), (self._pairs, other._pairs)):
            mine.take(theirs)

    def known(self, grams: np.ndarray) -> np.ndarray:
        """The numbers of those that some value may begin with."""
        rows = np.flatnonzero(self._grams.holds(grams))
        known: np.ndarray = rows[self._again.holds(grams[rows])]
        return known

    def fitting(self, grams: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Each beginning with every length that a value may have that begins so: its number, and the length."""
        masks = self._classes[self._slots(grams).view(np.int64)]
        bits = np.unpackbits(masks.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
        rows, lengths = np.nonzero(bits)
        long = np.flatnonzero(self.lengths[_CLASSES:]) + _CLASSES
        beyond = rows[lengths == _CLASSES - 1]
        rows = np.concatenate([rows, np.repeat(beyond, len(long))])
        lengths = np.concatenate([lengths, np.tile(long, len(beyond))])
        fits = self._pairs.holds(_paired(grams[rows], lengths))
        return rows[fits], lengths[fits]

    def _slots(self, grams: np.ndarray) -> np.ndarray:
        slots: np.ndarray = grams * np.uint64(FACTOR) >> self._shift
        return slots


def into(table: np.ndarray, slots: np.ndarray, bits: np.ndarray) -> None:
    """Set bits in the places of a table; places come in order, and may come again."""
    if len(slots):
        first = np.flatnonzero(np.concatenate([[True], slots[1:] != slots[:-1]]))
        table[slots[first].astype(np.int64)] |= np.bitwise_or.reduceat(bits, first)


def _paired(grams: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return mixed(grams * np.uint64(FACTOR) + lengths.astype(np.uint64))
