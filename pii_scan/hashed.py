"""Values as hashes of 64 bits in every form in which they may stand in a file, some nine bytes for each, no value among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.hashing import Roller, pieces, windows
from pii_scan.written import CHARS, UTF_8, Form, looks, strong, written

AT_ONCE = 1 << 20
"""Bytes that are hashed at once, but for some overlap."""
ROLLER = Roller(AT_ONCE + (1 << 12))
TELLING, STRONG, LONG, DIGITS = (8 << bit for bit in range(4))
"""What is known of a value: whether it tells who someone is, whether it stands nowhere by chance, whether its digits alone do
not, and whether it is digits and nothing else."""
_LONG_NUMBER = 13
"""Digits that stand nowhere by chance; a moment in time has ten, a phone number eleven."""
NONE = np.zeros(0, np.uint64)


@dataclass(frozen=True, slots=True)
class Hashed:
    """Some values in one form, row by row."""

    form: int
    keys: np.ndarray
    """The hash of each."""
    owners: np.ndarray
    """The hash of its UTF-8, by which a value is known."""
    grams: np.ndarray
    """How it begins: eight bytes as a number, or four where it is shorter than eight."""
    lengths: np.ndarray
    traits: np.ndarray

    def where(self, some: np.ndarray) -> Hashed:
        """Some of the rows."""
        parts = (self.keys, self.owners, self.grams, self.lengths, self.traits)
        return self if some.all() else Hashed(self.form, *(part[some] for part in parts))


def hashed(values: pa.Array, *, telling: bool) -> Iterator[Hashed]:
    """Texts of four characters or more in each of their forms, UTF-8 first.

    Args:
        values: the texts, none of them null.
        telling: whether each tells by itself who someone is.
    """
    texts = _cut(values)
    seen = looks(texts)
    traits = (strong(texts, seen) * STRONG + (seen.digits >= _LONG_NUMBER) * LONG + seen.numeric * DIGITS).astype(np.uint8)
    traits += np.uint8(telling * TELLING)
    plain = NONE
    for form in written(texts, seen):
        made = _rows(form)
        plain = made[0] if form.number == UTF_8 else plain
        yield Hashed(form.number, made[0], plain[form.owners], *made[1:], traits[form.owners])


def keys_of(values: pa.Array) -> np.ndarray:
    """The hashes that texts are known by."""
    texts = _cut(values.cast(pa.large_string()))
    return _rows(Form(UTF_8, texts.cast(pa.large_binary()), np.arange(len(texts))))[0]


def unique(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Every key of some arrays once, in order."""
    if not arrays:
        return NONE
    keys = np.concatenate(arrays)
    keys.sort()
    first = np.ones(len(keys), bool)
    first[1:] = keys[1:] != keys[:-1]
    return keys[first]


def among(table: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first row of each key in a table that is in order, and whether it is there at all."""
    rows = np.searchsorted(table, keys)
    fits = rows < len(table)
    fits[fits] = table[rows[fits]] == keys[fits]
    return rows, fits


def _cut(texts: pa.Array) -> pa.Array:
    """The beginnings of texts that are looked for."""
    longest = pc.max(pc.binary_length(texts)).as_py() or 0
    return texts if longest <= CHARS else pc.utf8_slice_codeunits(texts, 0, CHARS)


def _rows(form: Form) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each text of a form its hash, how it begins, and its length."""
    count = len(form.texts)
    keys, grams, lengths = np.zeros(count, np.uint64), np.zeros(count, np.uint64), np.zeros(count, np.int64)
    for start, data, bounds in pieces(form.texts, AT_ONCE):
        here, begin, long = slice(start, start + len(bounds) - 1), bounds[:-1], np.diff(bounds)
        lengths[here], keys[here] = long, ROLLER.keys(ROLLER.sums(data), begin, long)
        words = windows(data)[begin]
        grams[here] = np.where(long < 8, words & np.uint64(0xFFFFFFFF), words)
    return keys, grams, lengths
