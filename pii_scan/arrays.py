"""Arrow arrays of texts seen as bytes: what can be told of a million texts without making one Python string.

All take a `StringArray` without nulls.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.factors import mark
from pii_scan.hashing import mixed, windows
from pii_scan.outline import OUTLINES

BETWEEN = " \n "
"""Stands between the projections of two texts: no factor holds the end of a line."""

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

_ASCII = "".join(map(chr, range(128)))
_OUTLINES: Bytes = np.frombuffer(_ASCII.translate(OUTLINES).encode("ascii") + bytes(range(128, 256)), np.uint8)
_MARKS: Bytes = np.frombuffer("".join(map(mark, _ASCII)).encode("ascii") + b" " * 128, np.uint8)


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


def in_ascii(texts: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Which of them are ASCII throughout."""
    bounds, data = bytes_of(texts)
    plain = np.ones(len(texts), np.bool_)
    plain[_owners(bounds, np.flatnonzero(data >= 128))] = False
    return plain


def with_digits(texts: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Which of them hold an ASCII digit."""
    return np.asarray(pc.match_substring_regex(texts, "[0-9]"))


def holding(texts: pa.StringArray, marks: str) -> dict[str, Places]:
    """By mark, a character of ASCII, the texts that hold it; at most 32 marks, and no text is empty."""
    bounds, data = bytes_of(texts)
    bits = np.zeros(256, np.uint32)
    for place, char in enumerate(marks):
        bits[ord(char)] = 1 << place
    held = np.bitwise_or.reduceat(bits[data], bounds[:-1]) if len(texts) else np.zeros(0, np.uint32)
    return {char: np.flatnonzero(held & (1 << place)) for place, char in enumerate(marks)}


def outlines(texts: pa.StringArray) -> pa.StringArray:
    """The outlines of texts in ASCII, as `outline.outline` makes them one by one."""
    bounds, data = bytes_of(texts)
    return made_of(bounds, _OUTLINES[data])


def projection(texts: pa.StringArray) -> tuple[bytes, Places]:
    """The projections of texts in ASCII (see `factors`), each between blanks on a line of its own; and where each begins."""
    bounds, data = bytes_of(texts)
    return lined(made_of(bounds, _MARKS[data]))


def lined(marks: pa.StringArray) -> tuple[bytes, Places]:
    """Marks as a projection has them, those of each text between blanks on a line of its own; and where each begins."""
    count = len(marks)
    bounds, _ = bytes_of(marks)
    listed = pa.ListArray.from_arrays(pa.array([0, count], pa.int32()), marks)
    lines = pc.binary_join(listed, BETWEEN)[0].as_buffer() if count else b""
    return b"".join([b" ", lines, b" "]), bounds[:-1] + len(BETWEEN) * np.arange(count) + 1


def hashes(texts: pa.StringArray) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of each text, of up to eight windows of eight bytes: all of a text of 64 bytes, a part of longer ones."""
    bounds, data = bytes_of(texts)
    lengths = np.diff(bounds)
    words = windows(data)
    made = lengths.astype(np.uint64) * _ODD[0]
    with np.errstate(over="ignore"):
        for place in range(8):
            some = np.flatnonzero(lengths > 8 * place)
            if not len(some):
                break
            length, start = lengths[some], bounds[some]
            at = np.where(length > 64, (length - 8) * place // 7, np.minimum(8 * place, np.maximum(length - 8, 0)))
            window = words[start + at]
            short = length < 8
            window = np.where(short, window & _BELOW[np.minimum(length, 8)], window)
            made[some] = mixed(made[some] ^ (window * _ODD[place + 1]))
    return mixed(made)


_ODD = np.array(
    [
        *(0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F),
        *(0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3, 0x1D8E4E27C47D124F),
    ],
    np.uint64,
)
_BELOW = np.array([(1 << (8 * count)) - 1 for count in range(9)], np.uint64)


def _owners(bounds: Places, places: Places) -> Places:
    """Which text each byte is part of."""
    return np.searchsorted(bounds, places, side="right") - 1
