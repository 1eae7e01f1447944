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

_LETTERS = np.isin(np.arange(256), list(string.ascii_letters.encode()))
_FIELD = 10
"""Bits that count the bytes of one sort in a text: it has at most `LONGEST`."""


def _counted(*sorts: frozenset[int]) -> np.ndarray:
    """For each byte a one in the fields of what it is: their sums over a text count its bytes of every sort at once."""
    ones = [sum(1 << _FIELD * place for place, sort in enumerate(sorts) if byte in sort) for byte in range(256)]
    return np.array(ones, np.uint32)


_PLAIN = _counted(frozenset(string.ascii_letters.encode()), frozenset(string.digits.encode()), frozenset(b"_"))
_WIDE = _counted(frozenset(range(128, 256)), frozenset(byte for byte in range(256) if byte & 0xC0 != 0x80))


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
        parts = (self.lettered, self.digits, self.lines, self.wide, self.quotes, self.chars, self.sizes)
        return Looks(*(part[some] for part in parts))


def looks(texts: pa.Array) -> Looks:
    """What each of some texts of at most `CHARS` characters is made of."""
    bounds, data = bytes_of(texts)
    sizes = np.diff(bounds)
    count, nothing = len(sizes), np.zeros(len(sizes), bool)
    lettered, digits, lines = _edged(bounds, data), np.zeros(count, np.int64), nothing
    if not lettered.all():  # most values begin or end with a letter, and nothing in them need be counted
        letters, digits, low = _sums(bounds, data, _PLAIN, 3)
        lettered, lines = letters > 0, low > 0
    wide, chars = nothing, sizes
    if len(data) and data.max() >= 128:
        beyond, chars = _sums(bounds, data, _WIDE, 2)
        wide = beyond > 0
    quotes = nothing.copy()
    quotes[np.searchsorted(bounds, np.flatnonzero((data == ord('"')) | (data == ord("'"))), side="right") - 1] = True
    return Looks(lettered, digits, lines, wide, quotes, chars, sizes)


def _edged(bounds: np.ndarray, data: np.ndarray) -> np.ndarray:
    """Which texts begin or end with a letter of ASCII."""
    if not len(data):
        return np.zeros(len(bounds) - 1, bool)
    first, last = data[np.minimum(bounds[:-1], len(data) - 1)], data[np.maximum(bounds[1:] - 1, 0)]
    edged: np.ndarray = (_LETTERS[first] | _LETTERS[last]) & (np.diff(bounds) > 0)
    return edged


def _sums(bounds: np.ndarray, data: np.ndarray, ones: np.ndarray, sorts: int) -> Iterator[np.ndarray]:
    """How many bytes of each sort every text has."""
    sums = np.zeros(len(data) + 1, np.uint32)
    # numpy would sum in 64 bits without being told, and look at every number first whether it has a place
    np.cumsum(ones.take(data, mode="wrap"), dtype=np.uint32, out=sums[1:])
    counts = np.diff(sums[bounds])
    yield from ((counts >> np.uint32(_FIELD * place) & np.uint32((1 << _FIELD) - 1)).astype(np.int64) for place in range(sorts))


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
