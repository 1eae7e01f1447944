"""The forms in which values stand in files as they are: UTF-8, UTF-16, quotes doubled, digits alone."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

DIGITS = 9
"""Digits that a value must have for them to be looked for without what stands between."""
CHARS = 128
"""Characters that are looked for of a longer value."""
LONGEST = 4 * CHARS
"""The most bytes that a form has."""
UTF_8, UTF_16_LE, UTF_16_BE, QUOTED, DIGITS_ONLY = range(5)
NAMES = ("utf-8", "utf-16-le", "utf-16-be", "utf-8", "digits")
"""What reports call each form."""

_FIELD = 10
"""Bits that count the bytes of one sort in a text: it has at most `LONGEST`."""
_SORTS_OF_BYTES: tuple[frozenset[int], ...] = (
    frozenset(string.ascii_letters.encode()),
    frozenset(string.digits.encode()),
    frozenset(range(128, 256)),
    frozenset(byte for byte in range(256) if byte & 0xC0 != 0x80),
    frozenset(b"_"),
    frozenset(b"\"'"),
)
_SORTS = np.array(
    [sum(1 << _FIELD * place for place, sort in enumerate(_SORTS_OF_BYTES) if byte in sort) for byte in range(256)], np.uint64
)
"""For each byte of UTF-8 a one in the fields of what it is: their sums over a text count its bytes of every sort at once."""


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
    """What texts are made of: how many bytes of each sort."""

    letters: np.ndarray
    """Letters of ASCII."""
    digits: np.ndarray
    wide: np.ndarray
    """Bytes beyond ASCII."""
    chars: np.ndarray
    lines: np.ndarray
    """Low lines, which are part of words."""
    quotes: np.ndarray
    sizes: np.ndarray
    """All bytes."""

    @property
    def numeric(self) -> np.ndarray:
        """Which texts are digits and nothing else."""
        same: np.ndarray = self.digits == self.sizes
        return same


def looks(texts: pa.Array) -> Looks:
    """What each of some texts of at most `CHARS` characters is made of."""
    bounds, data = _bytes(texts)
    sums = np.zeros(len(data) + 1, np.uint64)
    np.cumsum(_SORTS.take(data), out=sums[1:])
    counts = np.diff(sums[bounds])
    letters, digits, wide, chars, lines, quotes = (
        (counts >> np.uint64(_FIELD * place) & np.uint64((1 << _FIELD) - 1)).astype(np.int64)
        for place in range(len(_SORTS_OF_BYTES))
    )
    return Looks(letters, digits, wide, chars, lines, quotes, np.diff(bounds))


def strong(texts: pa.Array, seen: Looks) -> np.ndarray:
    """Which values stand nowhere by chance: eight characters with a letter among them, or so many digits."""
    lettered = seen.letters > 0
    unsure = np.flatnonzero(~lettered & (seen.wide > 0))
    if len(unsure):
        lettered[unsure] = np.asarray(pc.match_substring_regex(texts.take(pa.array(unsure)), r"\pL"), bool)
    numeric: np.ndarray = (seen.letters == 0) & (seen.lines == 0) & (seen.chars >= 13)
    stands: np.ndarray = (lettered & (seen.chars >= 8)) | numeric
    return stands


def written(texts: pa.Array, seen: Looks) -> Iterator[Form]:
    """Every form of some values of at most `CHARS` characters; a form that is like another one of the value is left out."""
    yield Form(UTF_8, texts.cast(pa.large_binary()), np.arange(len(texts)))
    # UTF-16 of ASCII is undone in what is searched, like any other encoding
    others = np.flatnonzero(seen.wide > 0)
    for number in (UTF_16_LE, UTF_16_BE) if len(others) else ():
        yield Form(number, _utf_16(texts.take(pa.array(others)), NAMES[number]), others)
    quoted = np.flatnonzero(seen.quotes > 0)
    for quote in ('"', "'"):
        owners = quoted[np.asarray(pc.match_substring(texts.take(pa.array(quoted)), quote), bool)]
        doubled = pc.replace_substring(texts.take(pa.array(owners)), quote, quote * 2)
        yield Form(QUOTED, pc.binary_slice(doubled.cast(pa.large_binary()), 0, LONGEST), owners)
    owners = np.flatnonzero((seen.letters == 0) & (seen.digits >= DIGITS) & ~seen.numeric)
    yield Form(DIGITS_ONLY, _digits(texts.take(pa.array(owners))), owners)


def is_wide(form: int) -> bool:
    """Whether a character takes two bytes in a form."""
    return form in {UTF_16_LE, UTF_16_BE}


def _digits(texts: pa.Array) -> pa.Array:
    """The digits of each text, without what parts them."""
    bounds, data = _bytes(texts)
    kept = data - np.uint8(48) < 10
    return _binary(np.concatenate([[0], np.cumsum(kept)])[bounds], data[kept].tobytes())


def _utf_16(texts: pa.Array, encoding: str) -> pa.Array:
    """Texts in UTF-16, all of them encoded as one."""
    bounds, data = _bytes(texts)
    units = (data & 0xC0 != 0x80).astype(np.int64) + (data >= 0xF0)
    ends = 2 * np.concatenate([[0], np.cumsum(units)])[bounds]
    blob = data.tobytes().decode("utf-8", "surrogatepass").encode(encoding, "surrogatepass")
    return _binary(ends, blob)


def _binary(bounds: np.ndarray, blob: bytes) -> pa.Array:
    """The stretches of some bytes that lie between bounds."""
    return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(bounds) - 1, [None, pa.py_buffer(bounds), pa.py_buffer(blob)])


def _bytes(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Where each text begins, and the last one ends; and their bytes."""
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return offsets - offsets[0], np.frombuffer(texts.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
