"""Very many values looked for at once in bytes: by how they begin, then by a hash of the whole.

No value is held, only its hashes: what is not found is not there, and what is not there passes for found once in some billion
searches. The cost of a block hardly grows with the number of values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Lock

import numpy as np
import pyarrow as pa

from pii_scan.begins import WORDS, Begins, numbers
from pii_scan.hashed import AT_ONCE, DIGITS, NONE, Hashed, among, cut, hashed, keys_of, unique, without
from pii_scan.hashing import keys, windows
from pii_scan.lookup import Lookup, Twin, told_once, unique_twins
from pii_scan.written import DIGITS_ONLY, LONGEST, UTF_8, is_wide, looks

SHORTEST = 4
"""Values of fewer characters are in any file by chance, and are never looked for."""
_PENDING = 1 << 19
"""How many rows may be there twice, or an eighth of those that are there once."""
_TOGETHER = 1 << 14
"""Values that are hashed together: their hashes and what leads to them take a hundred times their own room."""
_ACROSS = 24
"""Bits of the tables for values that have the marks of cells in them, which are few."""
_FORM = 7
_LONG = 8
"""Bytes from which on a value stands in no word by chance."""
_BEFORE, _AFTER = np.array([1, 2, 1, 1, 1]), np.array([0, 0, 1, 0, 0])
"""By form: how far before and behind a value the byte is that tells the neighbouring character."""


@dataclass(frozen=True, slots=True)
class Found:
    """Which values stand in a block: their keys, and the form of each."""

    values: np.ndarray
    forms: np.ndarray


class Needles:
    """Values that are looked for in bytes, each known by the hash of its UTF-8.

    Args:
        values: the values, as far as they are at hand; those shorter than `shortest` characters are left out.
        shortest: never below `SHORTEST`.
        bounded: whether a value of less than eight bytes, or of digits alone, counts only where no letter or digit stands
            beside it. Without it `1985` is found in `219857`.
    """

    def __init__(self, values: Iterable[str] | pa.Array = (), *, shortest: int = SHORTEST, bounded: bool = False) -> None:
        self._bounded, self._shortest = bounded, max(shortest, SHORTEST)
        # keys by what is known of their values, each array in order, a few of them in two; and those that came since
        self._plain: dict[int, list[np.ndarray]] = {}
        self._fresh: dict[int, list[np.ndarray]] = {}
        # by form the keys of forms, and beside them those of their values
        self._others: dict[int, list[Twin]] = {}
        self._short = NONE
        self._begins = (Begins(8), Begins(4))
        # and of those that may lie across the cells of a file of text
        self._across = (Begins(8, _ACROSS), Begins(4))
        self._pending = self._rows = 0
        self._index: Lookup | None = None
        self._lock = Lock()
        self.add(values if isinstance(values, pa.Array) else pa.array(list(values), pa.large_string()))

    def __len__(self) -> int:
        """How many values are looked for."""
        return self._settled().count

    def __repr__(self) -> str:
        """That they are needles, never which."""
        return "Needles()"

    @property
    def too_short(self) -> int:
        """How many values are not looked for, since they are in any file by chance."""
        return len(self._short)

    @property
    def held(self) -> int:
        """How many values are held, a few of them twice."""
        with self._lock:
            self._settle()
            return sum(len(keys) for arrays in self._plain.values() for keys in arrays)

    def add(self, values: pa.Array, *, telling: bool = False, share: tuple[int, int] = (0, 1)) -> None:
        """Take up texts, none of them null; one that is there already is so once. Threads may do that at once.

        Args:
            values: the texts.
            telling: whether each tells by itself who someone is.
            share: which of them are held, by their keys: the first, second, ... of so many parts.
        """
        for start in range(0, len(values), _TOGETHER):
            self._add(values.slice(start, _TOGETHER).cast(pa.large_string()), telling, share)

    def _add(self, texts: pa.Array, telling: bool, share: tuple[int, int]) -> None:
        texts = cut(texts)
        seen = looks(texts)
        short, enough = NONE, seen.chars >= self._shortest
        if not enough.all():
            short = keys_of(texts.filter(pa.array(~enough)))
            texts, seen = texts.filter(pa.array(enough)), seen.where(enough)
        made = [one.where(_own(one.owners, share)) for one in hashed(texts, seen, telling=telling)]
        with self._lock:
            self._index = None
            if len(short):
                self._short = unique([self._short, short[_own(short, share)]])
            for one in made:
                self._take(one)

    def take(self, other: Needles, share: tuple[int, int] = (0, 1)) -> None:
        """Take up all that another one holds, or a share of it."""
        self._index = None
        self._short = unique([self._short, other._short[_own(other._short, share)]])
        other._settle()
        for sort, arrays in other._plain.items():
            self._fresh.setdefault(sort, []).extend(arrays)
        for form, twins in other._others.items():
            self._others.setdefault(form, []).extend(twins)
        for begins, more in zip((*self._begins, *self._across), (*other._begins, *other._across), strict=True):
            begins.take(more)
        self.keep(share)

    def keep(self, share: tuple[int, int]) -> None:
        """Let all values go but a share of them."""
        with self._lock:
            self._kept(share)

    def _kept(self, share: tuple[int, int]) -> None:
        self._index = None
        self._settle()
        if share[1] == 1:
            return
        self._short = self._short[_own(self._short, share)]
        self._plain = {sort: [keys[_own(keys, share)] for keys in arrays] for sort, arrays in self._plain.items()}
        self._others = {form: [_where(twin, _own(twin[1], share)) for twin in twins] for form, twins in self._others.items()}

    def leave_out(self, words: Iterable[str]) -> None:
        """Do not look for some values."""
        keys = unique([keys_of(pa.array(list(words), pa.large_string()))])
        self._index = None
        self._settle()
        self._plain = {sort: [without(array, keys) for array in arrays] for sort, arrays in self._plain.items()}
        self._others = {form: [_where(twin, ~among(keys, twin[1])[1]) for twin in twins] for form, twins in self._others.items()}

    def traits(self, keys: np.ndarray) -> np.ndarray:
        """What is known of some of the values, as bits."""
        found = np.zeros(len(keys), np.uint8)
        for sort, table in self._settled().plain.items():
            found[among(table, keys)[1]] = sort
        return found

    def blocks(self, blob: bytes) -> Iterator[bytes]:
        """A long blob in blocks that overlap, so that a value across a border is found."""
        for start in range(0, max(len(blob) - LONGEST, 1), AT_ONCE):
            yield blob[start : start + AT_ONCE + LONGEST]

    def hits(self, block: bytes, *, short: bool = True, digits: bool = False, across: bool = False) -> Found:
        """The values in one of the `blocks`. Threads may ask at once.

        Args:
            block: the bytes.
            short: whether values of less than eight bytes are looked for: in compressed bytes they stand by chance.
            digits: look only for values that are digits, or whose digits alone are looked for.
            across: look only for values that may lie across cells: those that have one of the marks in them that part these.
        """
        index = self._settled()
        values, forms = [NONE], [np.zeros(0, np.uint8)]
        data = np.frombuffer(block, np.uint8)
        words = windows(data)
        for numeric, (begins, longs) in self._candidates(block, short=short, digits=digits, across=across):
            if not len(begins):
                continue
            found = keys(words, begins, longs)
            likely = np.flatnonzero(index.known.holds(found))
            places, lengths = begins[likely], longs[likely]
            for sort, some, owners in index.matching(found[likely]):
                is_number = _is_number(sort)
                if numeric <= is_number and (is_number or not digits):
                    if self._bounded and not numeric:
                        owners = owners[_alone(data, places[some], lengths[some], sort & _FORM, is_number)]  # noqa: PLW2901
                    values.append(owners)
                    forms.append(np.full(len(values[-1]), sort & _FORM, np.uint8))
        return Found(np.concatenate(values), np.concatenate(forms))

    def _candidates(
        self, block: bytes, *, short: bool, digits: bool, across: bool
    ) -> Iterator[tuple[bool, tuple[np.ndarray, np.ndarray]]]:
        """Places at which a value may stand, with their lengths; and whether only numbers are meant."""
        if self._bounded and not across:
            yield True, numbers(np.frombuffer(block, np.uint8), SHORTEST if short else _LONG)
        if not (self._bounded and digits):
            longer, shorter = self._across if across else self._begins
            yield False, longer.places(block)
            if short:
                yield False, shorter.places(block, alone=self._bounded)

    def _take(self, rows: Hashed) -> None:
        # where numbers stand by themselves their ends are seen, and nobody need know how they begin
        if not self._bounded or rows.form != DIGITS_ONLY:
            text = rows.traits & (DIGITS if self._bounded else 0) == 0
            for begins, some in zip(self._begins, (rows.lengths >= _LONG, rows.lengths < _LONG), strict=True):
                some &= text  # noqa: PLW2901
                if some.any():
                    begins.add(*((rows.grams, rows.lengths) if some.all() else (rows.grams[some], rows.lengths[some])))
        for begins, some in zip(self._across, (rows.lengths >= _LONG, rows.lengths < _LONG), strict=True):
            some &= rows.marked  # noqa: PLW2901
            if some.any():
                begins.add(rows.grams[some], rows.lengths[some])
        if rows.form == UTF_8:
            for sort in np.flatnonzero(np.bincount(rows.traits)).tolist():
                self._fresh.setdefault(sort, []).append(rows.keys[rows.traits == sort])
        elif len(rows.keys):
            self._others.setdefault(rows.form, []).append((rows.keys, rows.owners))
        self._pending += len(rows.keys)
        if self._pending > max(_PENDING, self._rows // 8):
            self._settle()

    def _settle(self) -> None:
        self._pending = 0
        for sort, arrays in self._fresh.items():
            known = self._plain.setdefault(sort, [])
            known.append(unique(arrays))
            # each array is at least twice as long as the next one, so that a key is sorted again only a few times
            while len(known) > 1 and len(known[-2]) < 2 * len(known[-1]):
                known.append(unique([known.pop(), known.pop()]))
        self._fresh = {}
        twins = (keys for twins in self._others.values() for keys, _ in twins)
        self._rows = sum(len(keys) for keys in (*(keys for arrays in self._plain.values() for keys in arrays), *twins))

    def _merge(self) -> None:
        """One array for each sort; one after the other, so that what it was made of goes at once."""
        self._settle()
        for sort in self._plain:
            self._plain[sort] = [unique(self._plain[sort])]
        for form in self._others:
            self._others[form] = [unique_twins(self._others[form])]

    def _settled(self) -> Lookup:
        index = self._index
        if index is None:
            with self._lock:
                if self._index is not None:  # another thread was first
                    return self._index
                self._merge()
                for begins in (*self._begins, *self._across):
                    begins.settle()  # before any thread asks: two that made tables at once would leave one of them empty
                plain = {sort: arrays.pop() for sort, arrays in self._plain.items()}  # not held here while they are copied
                told_once(plain)
                self._plain = {sort: [keys] for sort, keys in plain.items()}
                index = self._index = Lookup(plain, {form: twin for form, (twin,) in self._others.items()})
        return index


def _is_number(sort: int) -> bool:
    return bool(sort & DIGITS) or sort & _FORM == DIGITS_ONLY


def _alone(data: np.ndarray, places: np.ndarray, lengths: np.ndarray, form: int, numeric: bool) -> np.ndarray:
    """Where a value stands by itself, as it must where it is so short or so numeric."""
    before, after = places - _BEFORE[form], places + lengths + _AFTER[form]
    beside = (before >= 0) & WORDS[data[np.maximum(before, 0)]]
    beside |= (after < len(data)) & WORDS[data[np.minimum(after, len(data) - 1)]]
    short = (lengths // 2 if is_wide(form) else lengths) < 8
    alone: np.ndarray = ~((short | numeric) & beside)
    return alone


def _where(twin: Twin, some: np.ndarray) -> Twin:
    return twin if some.all() else (twin[0][some], twin[1][some])


def _own(keys: np.ndarray, share: tuple[int, int]) -> np.ndarray:
    """Which keys are of a share: of two times as many shares one holds half of what it held."""
    number, shares = share
    if shares == 1:  # which is cheaper to say than to work out
        return np.ones(len(keys), bool)
    own: np.ndarray = (keys >> np.uint64(20)) % np.uint64(shares) == np.uint64(number)
    return own
