"""Arrow arrays of texts seen as bytes: what can be told of a million texts without making one Python string.

All take a `StringArray` without nulls.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan import hashing
from pii_scan.factors import mark
from pii_scan.outline import OUTLINES

BETWEEN = " \n "
"""Stands between the projections of two texts: no factor holds the end of a line."""

_AT_ONCE = 1 << 18
"""Bytes of texts whose bits are looked up at once."""

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

_ASCII = "".join(map(chr, range(128)))
_OUTLINES = _ASCII.translate(OUTLINES).encode("ascii") + bytes(range(128, 256))
_MARKS = "".join(map(mark, _ASCII)).encode("ascii") + b" " * 128


def bytes_of(texts: pa.StringArray) -> tuple[Places, Bytes]:
    """Where each text begins (and the last one ends), and the UTF-8 of all of them, one behind the other."""
    _, offsets, data = texts.buffers()
    if not len(texts) or data is None:
        return np.zeros(len(texts) + 1, np.int64), np.zeros(0, np.uint8)
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    return bounds - bounds[0], np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]]


def made_of(bounds: Places, data: Bytes) -> pa.StringArray:
    """The texts that begin at `bounds` in `data`; the reverse of `bytes_of`."""
    return pa.StringArray.from_buffers(len(bounds) - 1, pa.py_buffer(bounds.astype(np.int32)), pa.py_buffer(data))


def stretches(texts: pa.StringArray, most: int) -> Iterator[slice]:
    """The texts in stretches of so many bytes, or of one text that is longer."""
    bounds, _ = bytes_of(texts)
    return itertools.starmap(slice, hashing.stretches(bounds, most))


def in_ascii(texts: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Which of them are ASCII throughout."""
    bounds, data = bytes_of(texts)
    plain = np.ones(len(texts), np.bool_)
    plain[_owners(bounds, np.flatnonzero(data >= 128))] = False
    return plain


def with_digits(texts: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Which of them hold an ASCII digit."""
    return _together(texts, lambda data: (data - np.uint8(ord("0")) < 10).view(np.uint8)) > 0  # below a nought bytes wrap around


def holding(texts: pa.StringArray, marks: str) -> dict[str, Places]:
    """By mark, a character of ASCII, the texts that hold it; at most 32 marks."""
    bits = np.zeros(256, np.uint32)
    for place, char in enumerate(marks):
        bits[ord(char)] = 1 << place
    held = _together(texts, bits.__getitem__)
    return {char: np.flatnonzero(held & (1 << place)) for place, char in enumerate(marks)}


def _together(texts: pa.StringArray, bits: Callable[[Bytes], npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """The bits that the bytes of each text have, all together; none for an empty text."""
    bounds, data = bytes_of(texts)
    held = np.zeros(len(texts), bits(data[:0]).dtype)
    for first, behind in hashing.stretches(bounds, _AT_ONCE):
        starts, end = bounds[first:behind], bounds[behind]
        found = np.append(bits(data[starts[0] : end]), held.dtype.type(0))
        held[first:behind] = np.bitwise_or.reduceat(found, starts - starts[0])
    held[np.diff(bounds) == 0] = 0
    return held


def outlines(texts: pa.StringArray) -> pa.StringArray:
    """The outlines of texts in ASCII, as `outline.outline` makes them one by one."""
    bounds, data = bytes_of(texts)
    return made_of(bounds, _mapped(data, _OUTLINES))


def projection(texts: pa.StringArray) -> tuple[bytes, Places]:
    """The projections of texts in ASCII (see `factors`), each between blanks on a line of its own; and where each begins."""
    bounds, data = bytes_of(texts)
    return lined(made_of(bounds, _mapped(data, _MARKS)))


def _mapped(data: Bytes, table: bytes) -> Bytes:
    return np.frombuffer(data.tobytes().translate(table), np.uint8)


def lined(marks: pa.StringArray) -> tuple[bytes, Places]:
    """Marks as a projection has them, those of each text between blanks on a line of its own; and where each begins."""
    count = len(marks)
    bounds, _ = bytes_of(marks)
    listed = pa.ListArray.from_arrays(pa.array([0, count], pa.int32()), marks)
    lines = pc.binary_join(listed, BETWEEN)[0].as_buffer() if count else b""
    return b"".join([b" ", lines, b" "]), bounds[:-1] + len(BETWEEN) * np.arange(count) + 1


def hashes(texts: pa.StringArray) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of each text, of all of its bytes."""
    bounds, data = bytes_of(texts)
    return hashing.whole(bounds, data)


def _owners(bounds: Places, places: Places) -> Places:
    """Which text each byte is part of."""
    return np.searchsorted(bounds, places, side="right") - 1
