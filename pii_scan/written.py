"""The forms in which values stand in files as they are: UTF-8, UTF-16, quotes doubled, digits alone."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.hashing import bytes_of

DIGITS = 9
"""Digits that a value must have for them to be looked for without what stands between."""
CHARS = 128
"""Characters that are looked for of a longer value."""
LONGEST = 4 * CHARS
"""The most bytes that a form has."""
UTF_8, UTF_16_LE, UTF_16_BE, QUOTED, DIGITS_ONLY = range(5)
NAMES = ("utf-8", "utf-16-le", "utf-16-be", "utf-8", "digits")
"""What reports call each form."""

MARKS = b',;\t|"\r\n'
"""What parts the cells of a file of text, whichever of them it is."""


_LETTER, _DIGIT, _QUOTE, _MARK = (np.uint8(1 << place) for place in range(4))
_SORTS = (string.ascii_letters.encode(), string.digits.encode(), b"\"'", MARKS)
_KINDS = bytes(sum(1 << place for place, sort in enumerate(_SORTS) if byte in sort) for byte in range(256))
"""For each byte one bit for each sort that it is of."""
_LINE = ord("_")


@dataclass(frozen=True, slots=True)
class Form:
    """Some values in one form."""

    number: int
    texts: pa.Array
    """The bytes of each."""
    owners: np.ndarray
    """The number of the value that each is a form of."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What texts are made of."""

    lettered: np.ndarray
    """Whether a letter of ASCII is in it."""
    digits: np.ndarray
    """How many, where no such letter is in it; else any number."""
    lines: np.ndarray
    """Whether a low line is in it, which is part of words; where no such letter is."""
    wide: np.ndarray
    """Whether something beyond ASCII is in it."""
    quotes: np.ndarray
    """Whether a quote is in it."""
    marks: np.ndarray
    """Whether something is in it that parts the cells of a file of text."""
    chars: np.ndarray
    sizes: np.ndarray
    """All bytes."""

    @property
    def numeric(self) -> np.ndarray:
        """Which texts are digits and nothing else."""
        same: np.ndarray = ~self.lettered & (self.digits == self.sizes)
        return same

    def where(self, some: np.ndarray) -> Looks:
        """Some of the texts."""
        parts = (self.lettered, self.digits, self.lines, self.wide, self.quotes, self.marks, self.chars, self.sizes)
        return Looks(*(part[some] for part in parts))


def looks(texts: pa.Array) -> Looks:
    """What each of some texts of at most `CHARS` characters is made of."""
    bounds, data = bytes_of(texts)
    sizes, kinds = np.diff(bounds), _kinds(data)
    lettered, digits, lines = _edged(bounds, kinds), np.zeros(len(sizes), np.int64), np.zeros(len(sizes), bool)
    if not lettered.all():  # most values begin or end with a letter, and nothing in them need be counted
        lettered, digits = _count(bounds, kinds & _LETTER > 0) > 0, _count(bounds, kinds & _DIGIT > 0)
        lines = _count(bounds, data == _LINE) > 0
    chars = _count(bounds, data & 0xC0 != 0x80) if len(data) and data.max() >= 128 else sizes
    return Looks(lettered, digits, lines, chars != sizes, *_holding(bounds, kinds), chars, sizes)


def marked(texts: pa.Array) -> np.ndarray:
    """Which of some bytes have a mark in them that parts the cells of a file of text."""
    bounds, data = bytes_of(texts)
    return _holding(bounds, _kinds(data))[1]


def _kinds(data: np.ndarray) -> np.ndarray:
    """What each byte is; numpy would make a number of eight bytes of each to look it up."""
    return np.frombuffer(data.tobytes().translate(_KINDS), np.uint8)


def _edged(bounds: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Which texts begin or end with a letter of ASCII."""
    if not len(kinds):
        return np.zeros(len(bounds) - 1, bool)
    ends = kinds.take(np.minimum(bounds[:-1], len(kinds) - 1)) | kinds.take(np.maximum(bounds[1:] - 1, 0))
    edged: np.ndarray = (ends & _LETTER > 0) & (np.diff(bounds) > 0)
    return edged


def _count(bounds: np.ndarray, some: np.ndarray) -> np.ndarray:
    """How many of some bytes each text has."""
    if not some.any():
        return np.zeros(len(bounds) - 1, np.int64)
    sums = np.zeros(len(some) + 1, np.int32)
    np.cumsum(some.astype(np.int32), dtype=np.int32, out=sums[1:])  # of other numbers the sum takes three times as long
    counts: np.ndarray = np.diff(sums.take(bounds)).astype(np.int64)
    return counts


def _holding(bounds: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which texts have a quote in them, and which a mark that parts cells."""
    quotes, marks = np.zeros(len(bounds) - 1, bool), np.zeros(len(bounds) - 1, bool)
    places = np.flatnonzero(kinds >= _QUOTE)
    if len(places):
        owners, held = np.searchsorted(bounds, places, side="right") - 1, kinds.take(places)
        quotes[owners[held & _QUOTE > 0]] = True
        marks[owners[held & _MARK > 0]] = True
    return quotes, marks


def strong(texts: pa.Array, seen: Looks) -> np.ndarray:
    """Which values stand nowhere by chance: eight characters with a letter among them, or so many digits."""
    lettered = seen.lettered.copy()
    unsure = np.flatnonzero(~lettered & seen.wide)
    if len(unsure):
        lettered[unsure] = np.asarray(pc.match_substring_regex(texts.take(pa.array(unsure)), r"\pL"), bool)
    numeric: np.ndarray = ~(seen.lettered | seen.lines) & (seen.chars >= 13)
    stands: np.ndarray = (lettered & (seen.chars >= 8)) | numeric
    return stands


def written(texts: pa.Array, seen: Looks) -> Iterator[Form]:
    """Every form of some values of at most `CHARS` characters; a form that is like another one of the value is left out."""
    yield Form(UTF_8, texts, np.arange(len(texts)))
    # UTF-16 of ASCII is undone in what is searched, like any other encoding
    others = np.flatnonzero(seen.wide)
    for number in (UTF_16_LE, UTF_16_BE) if len(others) else ():
        yield Form(number, _utf_16(texts.take(pa.array(others)), NAMES[number]), others)
    quoted = np.flatnonzero(seen.quotes)
    for quote in ('"', "'") if len(quoted) else ():
        owners = quoted[np.asarray(pc.match_substring(texts.take(pa.array(quoted)), quote), bool)]
        doubled = pc.replace_substring(texts.take(pa.array(owners)), quote, quote * 2)
        yield Form(QUOTED, pc.binary_slice(doubled.cast(pa.large_binary()), 0, LONGEST), owners)
    owners = np.flatnonzero(~seen.lettered & (seen.digits >= DIGITS) & ~seen.numeric)
    if not len(owners):
        return
    yield Form(DIGITS_ONLY, _digits(texts.take(pa.array(owners))), owners)


def is_wide(form: int) -> bool:
    """Whether a character takes two bytes in a form."""
    return form in {UTF_16_LE, UTF_16_BE}


def _digits(texts: pa.Array) -> pa.Array:
    """The digits of each text, without what parts them."""
    bounds, data = bytes_of(texts)
    kept = data - np.uint8(48) < 10
    before = np.zeros(len(data) + 1, np.int32)
    np.cumsum(kept, dtype=np.int32, out=before[1:])
    return _binary(before[bounds].astype(np.int64), data[kept].tobytes())


def _utf_16(texts: pa.Array, encoding: str) -> pa.Array:
    """Texts in UTF-16, all of them encoded as one."""
    bounds, data = bytes_of(texts)
    units = (data & 0xC0 != 0x80).astype(np.int64) + (data >= 0xF0)
    ends = 2 * np.concatenate([[0], np.cumsum(units)])[bounds]
    blob = data.tobytes().decode("utf-8", "surrogatepass").encode(encoding, "surrogatepass")
    return _binary(ends, blob)


def _binary(bounds: np.ndarray, blob: bytes) -> pa.Array:
    """The stretches of some bytes that lie between bounds."""
    return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(bounds) - 1, [None, pa.py_buffer(bounds), pa.py_buffer(blob)])
