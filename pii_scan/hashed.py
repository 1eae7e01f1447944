"""Values as hashes of 64 bits in every form in which they may stand in a file, some nine bytes for each, no value among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.hashing import bytes_of, keys, windows
from pii_scan.written import CHARS, UTF_8, Form, Looks, marked, strong, written

AT_ONCE = 1 << 20
"""Bytes that are hashed at once, but for some overlap."""
TELLING, STRONG, LONG, DIGITS = (8 << bit for bit in range(4))
"""What is known of a value: whether it tells who someone is, whether it stands nowhere by chance, whether its digits alone do
not, and whether it is digits and nothing else."""
_LONG_NUMBER = 13
"""Digits that stand nowhere by chance; a moment in time has ten, a phone number eleven."""
_TOGETHER = 1 << 17
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
    marked: np.ndarray
    """Whether a mark is in it that parts the cells of a file of text."""
    traits: np.ndarray

    def where(self, some: np.ndarray) -> Hashed:
        """Some of the rows."""
        parts = (self.keys, self.owners, self.grams, self.lengths, self.marked, self.traits)
        return self if some.all() else Hashed(self.form, *(part[some] for part in parts))


def hashed(texts: pa.Array, seen: Looks, *, telling: bool) -> Iterator[Hashed]:
    """Texts of four characters or more in each of their forms, UTF-8 first.

    Args:
        texts: the texts as `cut` gives them.
        seen: what they are made of.
        telling: whether each tells by itself who someone is.
    """
    long = ~seen.lettered & (seen.digits >= _LONG_NUMBER)
    traits = (strong(texts, seen) * STRONG + long * LONG + seen.numeric * DIGITS + telling * TELLING).astype(np.uint8)
    plain = NONE
    for form in written(texts, seen):
        made = _rows(form)
        plain = made[0] if form.number == UTF_8 else plain
        every = form.number == UTF_8
        marks = seen.marks if every else marked(form.texts)
        yield Hashed(form.number, made[0], plain if every else plain[form.owners], *made[1:], marks, traits[form.owners])


def keys_of(values: pa.Array) -> np.ndarray:
    """The hashes that texts are known by."""
    texts = cut(values.cast(pa.large_string()))
    return _rows(Form(UTF_8, texts, np.arange(len(texts))))[0]


def unique(arrays: list[np.ndarray]) -> np.ndarray:
    """Every key of some arrays once, in order. The list is emptied: what only it held goes before more room is taken."""
    if not arrays:
        return NONE
    keys = np.concatenate(arrays)
    arrays.clear()
    keys.sort()
    keys.resize(_moved_together(keys), refcheck=False)  # no view of it is left
    return keys


def _moved_together(keys: np.ndarray) -> int:
    """Move the first of each key to the front of the same array, a stretch at a time; how many there are."""
    held = min(len(keys), 1)
    for start in range(1, len(keys), _TOGETHER):
        stretch = keys[start : start + _TOGETHER]
        fresh = stretch[stretch != keys[start - 1 : start - 1 + len(stretch)]]
        keys[held : held + len(fresh)] = fresh
        held += len(fresh)
    return held


def without(keys: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Keys in order, each there once, without others, which are in order as well."""
    few, many = sorted([keys, others], key=len)
    rows, there = among(many, few)
    return keys if not there.any() else np.delete(keys, rows[there]) if many is keys else keys[~there]


def among(table: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first row of each key in a table that is in order, and whether it is there at all."""
    rows = np.searchsorted(table, keys)
    fits = rows < len(table)
    fits[fits] = table[rows[fits]] == keys[fits]
    return rows, fits


def cut(texts: pa.Array) -> pa.Array:
    """The beginnings of large texts that are looked for."""
    bounds, _ = bytes_of(texts)
    longest = int(np.diff(bounds).max(initial=0))
    return texts if longest <= CHARS else pc.utf8_slice_codeunits(texts, 0, CHARS)


def _rows(form: Form) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each text of a form its hash, how it begins, and its length."""
    bounds, data = bytes_of(form.texts)
    begins, lengths, words = bounds[:-1], np.diff(bounds), windows(data)
    grams = words[begins]
    return keys(words, begins, lengths), np.where(lengths < 8, grams & np.uint64(0xFFFFFFFF), grams), lengths
