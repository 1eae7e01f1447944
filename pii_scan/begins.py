"""How very many values begin, and how long they are: told by bits, in memory that does not grow with them.

A table's no is sure, its yes is not: what it lets through is looked at more closely by those who ask.
"""

from __future__ import annotations

import numpy as np

from pii_scan.hashing import FACTOR, mixed, runs
from pii_scan.written import CHARS, LONGEST

_MOST = {4: 22, 8: 26}
"""By how many bytes are beginnings: bits of a table have numbers of at most so many bits; 26 are 8 MiB."""
_MANY = 1 << 19
"""Beginnings that are held until it is known how large tables must be; from there on they are as large as can be."""
_TOGETHER = 1 << 17
_NEAR = 1 << 16
"""Places that are looked at together."""
_CLASSES = 64
"""Lengths that are told apart; all from the last one on are one class."""
_NO_PLACES = (np.zeros(0, np.int64), np.zeros(0, np.int64))
WORDS = np.array([byte >= 128 or chr(byte).isalnum() for byte in range(256)])
"""Of each byte whether it is, or is part of, a letter or digit."""


def numbers(data: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray]:
    """Where numbers of so many digits or more stand by themselves, and how many of their digits a value may have."""
    starts, ends = runs(data - np.uint8(48) < 10)
    long = ends - starts >= least
    starts, ends = starts[long], ends[long]
    beside = (starts > 0) & WORDS.take(data.take(np.maximum(starts - 1, 0)))
    beside |= (ends < len(data)) & WORDS.take(data.take(np.minimum(ends, len(data) - 1)))
    starts, ends = starts[~beside], ends[~beside]
    return starts, np.minimum(ends - starts, CHARS)


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
        slots = self._slots(keys)
        bits = np.left_shift(np.uint8(1), slots.astype(np.uint8) & np.uint8(7))
        _set(self._table, (slots >> np.uint64(3)).view(np.int64), bits)

    def take(self, other: Bits) -> None:
        """Take up all keys of another one of the same size."""
        self._table |= other._table

    def holds(self, keys: np.ndarray) -> np.ndarray:
        """Which of some keys may be in it."""
        slots = self._slots(keys)
        bits = np.left_shift(np.uint8(1), slots.astype(np.uint8) & np.uint8(7))
        slots >>= np.uint64(3)
        held: np.ndarray = (self._table.take(slots.view(np.int64), mode="wrap") & bits) > 0
        return held

    def _slots(self, keys: np.ndarray) -> np.ndarray:
        slots = keys * self._factor
        slots >>= self._shift
        return slots


class Grams:
    """A set of beginnings: by two bits of one word each, and by which pairs of bytes they are made of.

    Args:
        size: bytes of a beginning.
        count: how many are to be expected.
        most: bits have numbers of at most so many bits.
    """

    def __init__(self, size: int, count: int, most: int) -> None:
        bits = max(15, min(most, count.bit_length() + 4))
        self._shift = np.uint64(64 - bits + 6)
        self._words = np.zeros(1 << bits - 6, np.uint64)
        self._pairs = np.zeros((size // 2, 1 << 16), bool)

    def add(self, grams: np.ndarray) -> None:
        """Take beginnings up."""
        halves = grams.astype("<u8", copy=False).view("<u2").reshape(-1, 4)
        for place, pairs in enumerate(self._pairs):
            pairs[halves[:, place]] = True
        for start in range(0, len(grams), _TOGETHER):
            words, bits = self._slots(grams[start : start + _TOGETHER])
            _set(self._words, words, bits)

    def take(self, other: Grams) -> None:
        """Take up all beginnings of another one of the same size."""
        self._words |= other._words
        self._pairs |= other._pairs

    def among(self, block: bytes) -> np.ndarray:
        """The places of a block whose first bytes some beginning has as well, pair by pair: cheap, and true of few places."""
        size = 2 * len(self._pairs)
        count = len(block) - size + 1
        if count <= 0:
            return _NO_PLACES[0]
        found = _window(block, "<u2")
        # a few at a time: numpy makes a number of eight bytes of each pair; it need not look whether there is a place for each
        return np.concatenate([self._fitting(found, start, min(start + _NEAR, count)) for start in range(0, count, _NEAR)])

    def _fitting(self, found: np.ndarray, start: int, end: int) -> np.ndarray:
        fits = self._pairs[0].take(found[start:end], mode="wrap")
        fits &= self._pairs[1].take(found[start + 2 : end + 2], mode="wrap")
        places = np.flatnonzero(fits) + start
        for number, pairs in enumerate(self._pairs[2:], 2):
            places = places[pairs.take(found[places + 2 * number], mode="wrap")]  # `take` would copy all of it first
        return places

    def holds(self, grams: np.ndarray) -> np.ndarray:
        """Which of some beginnings may be in it."""
        words, bits = self._slots(grams)
        held: np.ndarray = (self._words.take(words, mode="wrap") & bits) == bits
        return held

    def _slots(self, grams: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        keys = grams * np.uint64(FACTOR)
        one, two = keys & np.uint64(63), keys >> np.uint64(6) & np.uint64(63)
        return (keys >> self._shift).view(np.int64), np.uint64(1) << one | np.uint64(1) << two


class Begins:
    """The first bytes of values, and which lengths those that begin alike have.

    Args:
        size: how many first bytes, 4 or 8; every value has as many.
        most: bits of its tables have numbers of at most so many bits, if other than usual.
    """

    def __init__(self, size: int, most: int = 0) -> None:
        self._size, self._most = size, most or _MOST[size]
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
            self._settled(1 << self._most)

    def take(self, other: Begins) -> None:
        """Take up all that another one holds, which nobody must have asked yet."""
        for grams, lengths in other._held:
            self.add(grams, lengths)
        if other._tables:
            (self._tables or self._settled(1 << self._most)).take(other._tables)

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
        places, grams = self._known(tables, block, alone=alone)
        rows, lengths = tables.fitting(grams)
        places = places[rows]
        whole = places + lengths <= len(block)
        return places[whole], lengths[whole]

    def _settled(self, count: int) -> _Tables:
        tables = _Tables(self._size, count, self._most)
        for grams, lengths in self._held:
            tables.add(grams, lengths)
        self._held, self._tables = [], tables
        return tables

    def _known(self, tables: _Tables, block: bytes, *, alone: bool) -> tuple[np.ndarray, np.ndarray]:
        """The places at which some value may begin, each with its first bytes."""
        places = tables.grams.among(block)
        if alone and len(places):
            data = np.frombuffer(block, np.uint8)
            places = places[~(WORDS.take(data.take(np.maximum(places - 1, 0))) & (places > 0))]
        if not len(places):
            return _NO_PLACES[0], np.zeros(0, np.uint64)
        grams = _window(block, f"<u{self._size}")[places].astype(np.uint64, copy=False)
        known = tables.grams.holds(grams)
        return places[known], grams[known]


class _Tables:
    """Three tables of bits: of beginnings, of the classes of lengths that some of them have, and of both together."""

    def __init__(self, size: int, count: int, most: int) -> None:
        self.grams, self._pairs = Grams(size, count, most), Bits(count, most=most)
        self._shift = np.uint64(64 - max(10, min(most - 6, count.bit_length() + 1)))
        self._classes = np.zeros(1 << 64 - int(self._shift), np.uint64)
        self.lengths = np.zeros(LONGEST + 1, bool)

    def add(self, grams: np.ndarray, lengths: np.ndarray) -> None:
        """Take up beginnings, each with a length."""
        self.lengths[lengths] = True
        self.grams.add(grams)
        self._pairs.add(_paired(grams, lengths))
        classes = np.uint64(1) << np.minimum(lengths, _CLASSES - 1).astype(np.uint64)
        _set(self._classes, self._slots(grams).view(np.int64), classes)

    def take(self, other: _Tables) -> None:
        """Take up all that another one of the same size holds."""
        self.lengths |= other.lengths
        self._classes |= other._classes
        self.grams.take(other.grams)
        self._pairs.take(other._pairs)

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


def _set(table: np.ndarray, places: np.ndarray, bits: np.ndarray) -> None:
    """Set bits in some places of a table; `numpy.bitwise_or.at` takes three times as long."""
    while len(places):
        held = table.take(places, mode="wrap")
        held |= bits
        table[places] = held
        # of those that are for one place only the last ones are set by now
        left = np.flatnonzero((table.take(places, mode="wrap") & bits) != bits)
        places, bits = places[left], bits[left]


def _window(block: bytes, kind: str) -> np.ndarray:
    """The number that the bytes from each place on are; nothing is copied."""
    return np.ndarray((len(block) - int(kind[-1]) + 1,), kind, block, strides=(1,))


def _paired(grams: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return mixed(grams * np.uint64(FACTOR) + lengths.astype(np.uint64))
