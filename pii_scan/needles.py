"""Many values looked for at once in bytes: by how they begin, by a rolling hash of the whole, then byte by byte.

The cost of a block hardly grows with the number of values: every place is looked up once by the eight bytes that stand
there, and only the few that some value begins with are hashed and compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.hashing import FACTOR, Roller, pieces
from pii_scan.written import DIGITS_ONLY, LONGEST, Form, is_wide, needles, written

SHORTEST = 4
"""Values of fewer characters are in any file by chance, and are never looked for."""
BLOCK = 1 << 20
"""Bytes that are looked at together."""
_OTHER = 0xD6E8FEB86659FD93
_BEFORE, _AFTER = np.array([1, 2, 1, 1, 1]), np.array([0, 0, 1, 0, 0])
"""By form: how far before and behind a value the byte is that tells the neighbouring character."""
_NO_PLACES = (np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class Found:
    """Which values stand in a block: their numbers, and the form of each."""

    values: np.ndarray
    forms: np.ndarray


class Needles:
    """Values that are looked for in bytes.

    Args:
        values: the values, distinct; those shorter than `shortest` characters are left out.
        shortest: never below `SHORTEST`.
        bounded: whether a value of less than eight bytes, or of digits alone, counts only where no letter or digit stands
            beside it. Without it `1985` is found in `219857`.
    """

    def __init__(self, values: Iterable[str] | pa.Array, *, shortest: int = SHORTEST, bounded: bool = False) -> None:
        texts = values if isinstance(values, pa.Array) else pa.array(list(values), pa.large_string())
        enough = pc.greater_equal(pc.utf8_length(texts), max(shortest, SHORTEST))
        self.values = texts.filter(enough).cast(pa.large_string())
        self.chosen = np.asarray(enough, bool)
        """Which of the values given are looked for."""
        self._bounded = bounded
        self._roller = Roller(BLOCK + 4 * LONGEST)
        parts = [self._hashed(form) for form in written(self.values)] or [(np.zeros(0, np.uint64),) * 6]
        keys = np.concatenate([part[1] for part in parts])
        order = np.argsort(keys)
        self._keys = keys[order]
        del keys
        # in the order of keys, and no wider than they must be: there are millions
        self._length, self._owner = (np.concatenate([part[at] for part in parts])[order].astype(np.int32) for at in (2, 3))
        self._form = np.concatenate([part[4] for part in parts])[order].astype(np.int8)
        self._digits = np.concatenate([part[5] for part in parts])[order] > 0
        grams = np.concatenate([part[0] for part in parts])[order]
        del parts, order
        short = self._length < 8
        self._begins = (_Begins(grams[~short], self._length[~short], 8), _Begins(grams[short], self._length[short], 4))
        self._filter = _Filter(self._keys, _OTHER)

    def __len__(self) -> int:
        """How many values are looked for."""
        return len(self.values)

    def __repr__(self) -> str:
        """How many, never which."""
        return f"Needles({len(self)})"

    def blocks(self, blob: bytes) -> Iterator[bytes]:
        """A long blob in blocks that overlap, so that a value across a border is found."""
        for start in range(0, max(len(blob) - LONGEST, 1), BLOCK):
            yield blob[start : start + BLOCK + LONGEST]

    def hits(self, block: bytes, *, short: bool = True, digits: bool = False) -> Found:
        """The values in a block of at most `BLOCK` bytes and some overlap.

        Args:
            block: the bytes.
            short: whether values of less than eight bytes are looked for: in compressed bytes they stand by chance.
            digits: look only for values that are digits, or whose digits alone are looked for.
        """
        found = [self._begins[0].places(block)]
        if short:
            found.append(self._begins[1].places(block, _starts(block) if self._bounded else None))
        places, lengths = (np.concatenate(part) for part in zip(*found, strict=True))
        if not len(places):
            return Found(self._owner[:0], self._form[:0])
        data = np.frombuffer(block, np.uint8)
        places, rows = self._matching(self._roller.sums(data), places, lengths)
        if digits:
            places, rows = places[self._digits[rows]], rows[self._digits[rows]]
        if self._bounded:
            alone = self._alone(data, places, rows)
            places, rows = places[alone], rows[alone]
        rows, first = np.unique(rows, return_index=True)
        sure = [self._stands(block, *pair) for pair in zip(places[first].tolist(), rows.tolist(), strict=True)]
        rows = rows[np.array(sure, bool)]
        return Found(self._owner[rows], self._form[rows])

    def _matching(self, sums: np.ndarray, places: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places whose bytes have the hash of some needles, each with the row of one of them."""
        keys = self._roller.keys(sums, places, lengths)
        likely = self._filter.holds(keys)
        places, keys = places[likely], keys[likely]
        rows, fits = _looked_up(self._keys, keys)
        places, rows = places[fits], rows[fits]
        # values that are written alike, such as the digits of two phone numbers, have one hash
        alike = np.searchsorted(self._keys, self._keys[rows], side="right") - rows
        return np.repeat(places, alike), np.repeat(rows, alike) + _counted(alike)

    def _alone(self, data: np.ndarray, places: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Whether a value stands by itself, where it is so short or so numeric that it must."""
        forms, lengths = self._form[rows], self._length[rows]
        before, after = places - _BEFORE[forms], places + lengths + _AFTER[forms]
        beside = (before >= 0) & _WORDS[data[np.maximum(before, 0)]]
        beside |= (after < len(data)) & _WORDS[data[np.minimum(after, len(data) - 1)]]
        short = np.where(is_wide(forms), lengths // 2, lengths) < 8
        alone: np.ndarray = ~((self._digits[rows] | short) & beside)
        return alone

    def _stands(self, block: bytes, place: int, row: int) -> bool:
        """The last word: the bytes of the value itself."""
        return block.startswith(needles(self.values[int(self._owner[row])].as_py(), int(self._form[row])), place)

    def _hashed(self, form: Form) -> tuple[np.ndarray, ...]:
        """For each needle of a form how it begins, its hash, its length, whose it is, its form, and whether it is digits."""
        count = len(form.texts)
        grams, keys, lengths = np.zeros(count, np.uint64), np.zeros(count, np.uint64), np.zeros(count, np.int64)
        for start, data, bounds in pieces(form.texts, BLOCK):
            here, begin, long = slice(start, start + len(bounds) - 1), bounds[:-1], np.diff(bounds)
            lengths[here], keys[here] = long, self._roller.keys(self._roller.sums(data), begin, long)
            padded = np.concatenate([data, np.zeros(8, np.uint8)])
            for at in range(8):
                byte = np.where(at < np.where(long < 8, 4, 8), padded[begin + at], 0)
                grams[here] |= byte.astype(np.uint64) << np.uint64(8 * at)
        digits = np.full(count, form.number == DIGITS_ONLY) | form.digits
        return grams, keys, lengths.astype(np.int32), form.owners.astype(np.int32), np.full(count, form.number, np.int8), digits


class _Filter:
    """A table of bits for 64-bit keys: its no is sure, its yes is wrong for at most one key in sixteen."""

    def __init__(self, keys: np.ndarray, factor: int) -> None:
        bits = max(15, min(32, len(keys).bit_length() + 4))
        self._factor, self._shift = np.uint64(factor), np.uint64(64 - bits)
        whole = np.zeros(1 << bits, bool)
        whole[self._slots(keys)] = True
        self._table = np.packbits(whole, bitorder="little")

    def _slots(self, keys: np.ndarray) -> np.ndarray:
        slots = keys * self._factor
        slots >>= self._shift
        return slots

    def holds(self, keys: np.ndarray) -> np.ndarray:
        slots = self._slots(keys)
        bits = np.left_shift(np.uint8(1), slots.astype(np.uint8) & np.uint8(7))
        slots >>= np.uint64(3)
        held: np.ndarray = (self._table[slots.view(np.int64)] & bits) > 0
        return held


class _Begins:
    """How needles begin, and which lengths those that begin alike have."""

    def __init__(self, grams: np.ndarray, lengths: np.ndarray, size: int) -> None:
        self._size = size
        order = np.lexsort((lengths, grams))
        grams, lengths = grams[order], lengths[order]
        new = np.ones(len(grams), bool)
        new[1:] = (grams[1:] != grams[:-1]) | (lengths[1:] != lengths[:-1])
        self._lengths = lengths[new].astype(np.int16)
        self._grams, first = np.unique(grams[new], return_index=True)
        self._first = np.append(first, len(self._lengths)).astype(np.int32)
        self._filters = [_Filter(self._grams, factor) for factor in (FACTOR, _OTHER)]

    def places(self, block: bytes, starts: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Places (of `starts` only, where they are given) at which a needle may stand, each with a length it may have."""
        if not len(self._grams):
            return _NO_PLACES
        if starts is not None:
            places, rows = self._among(block, starts)
        else:
            found = [self._at(block, shift) for shift in range(self._size)]
            places, rows = (np.concatenate(part) for part in zip(*found, strict=True))
        many = self._first[rows + 1] - self._first[rows]
        lengths = self._lengths[np.repeat(self._first[rows], many) + _counted(many)].astype(np.int64)
        places = np.repeat(places, many)
        whole = places + lengths <= len(block)
        return places[whole], lengths[whole]

    def _at(self, block: bytes, shift: int) -> tuple[np.ndarray, np.ndarray]:
        count = (len(block) - shift) // self._size
        if count <= 0:
            return _NO_PLACES
        places, rows = self._known(np.frombuffer(block, f"<u{self._size}", count, shift).astype(np.uint64, copy=False))
        return places * self._size + shift, rows

    def _among(self, block: bytes, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        data = np.frombuffer(block, np.uint8)
        starts = starts[: np.searchsorted(starts, len(data) - self._size, side="right")]
        grams = np.zeros(len(starts), np.uint64)
        for at in range(self._size):
            grams |= data[starts + at].astype(np.uint64) << np.uint64(8 * at)
        places, rows = self._known(grams)
        return starts[places], rows

    def _known(self, grams: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which of some beginnings are those of needles, and the row of each."""
        places = np.flatnonzero(self._filters[0].holds(grams))
        places = places[self._filters[1].holds(grams[places])]
        rows, fits = _looked_up(self._grams, grams[places])
        return places[fits], rows[fits]


def _starts(block: bytes) -> np.ndarray:
    """The places that no letter or digit stands before."""
    return np.flatnonzero(np.concatenate([[True], ~_WORDS[np.frombuffer(block[:-1], np.uint8)]]))


def _looked_up(table: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first row of each key in a sorted table, and whether it is there at all."""
    rows = np.searchsorted(table, keys)
    fits = rows < len(table)
    fits[fits] = table[rows[fits]] == keys[fits]
    return rows, fits


def _counted(many: np.ndarray) -> np.ndarray:
    """0, 1, 2 ... for each of some counts, one after the other."""
    ends = np.cumsum(many)
    counted: np.ndarray = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - many, many)
    return counted


_WORDS = np.array([byte >= 128 or chr(byte).isalnum() for byte in range(256)])
"""Of each byte whether it is, or is part of, a letter or digit."""
