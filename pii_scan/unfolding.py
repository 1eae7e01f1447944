"""What bytes say once their escapes are undone: base64, hexadecimal, percent, JSON, digits without what parts them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import numpy as np

from pii_scan.hashing import runs
from pii_scan.written import CHARS, DIGITS, LONGEST

_ESCAPE = re.compile(rb'\\(?:x[0-9a-fA-F]{2}|["\\/\'])')
_UNITS = re.compile(rb"(?:\\u[0-9a-fA-F]{4})+")
_LEAST = 8
"""Bytes that a value must have to be looked for in base64 and hexadecimal."""
_SHORTEST = 4
"""Characters of UTF-16 that are a text."""
_WRAPPED = 60
"""Letters of base64 that a line must have for the next one to go on with it."""
_BETWEEN = 3
"""Characters that may part the digits of one number."""


def _table(letters: bytes, values: Iterable[int]) -> np.ndarray:
    """What each byte stands for; 255 for those that stand for nothing."""
    table = np.full(256, 255, np.uint8)
    table[list(letters)] = list(values)
    return table


def _mapped(block: bytes, table: np.ndarray) -> np.ndarray:
    """What each byte of a block stands for; numpy would make a number of eight bytes of each of them first."""
    return np.frombuffer(block.translate(table.tobytes()), np.uint8)


_SEXTETS = _table(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_", [*range(64), 62, 63])
_NIBBLES = _table(b"0123456789abcdefABCDEF", [*range(16), *range(10, 16)])
_NO_NIBBLES = (_NIBBLES > 15).astype(np.uint8)
_PLAIN = frozenset({"utf-16-le", "utf-16-be", "percent", "json"})
"""Ways that make no noise: what they undo was text."""
_LETTERS = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_WRITTEN = np.isin(np.arange(256), list(_LETTERS))
_ESCAPED = np.isin(np.arange(256), list(b"xu\"\\/'"))
_ESCAPES = 12 * CHARS
"""Bytes that a value may take in JSON: two units of UTF-16 for each character."""
_CUT, _EDGE = b"\xff", b"\xff\n\xff"
_PARTS = np.isin(np.arange(256), list(b" .-/()_\xa0\xc2"))


@dataclass(frozen=True, slots=True)
class View:
    """A block of bytes read in one way.

    Attributes:
        name: the way, as reports call it; empty for the bytes as they are.
        short: whether short values mean anything in it: decoded noise holds all of them.
        digits: whether only values of digits are looked for in it.
    """

    name: str
    blob: bytes
    short: bool = True
    digits: bool = False


def views(block: bytes, ways: Mapping[str, Callable[[bytes], bytes]] | None = None) -> Iterator[View]:
    """The block as it is, then in each way in which it could be read otherwise."""
    yield View("", block)
    for name, unfold in (WAYS if ways is None else ways).items():
        blob = unfold(block)
        if name in {"base64", "hex"} and b"\0" in blob:
            for width in (1, 0):
                wide = _wide(blob, width)
                if wide:
                    yield View(f"{name} utf-16-{'le' if width else 'be'}", wide, short=False)
        if blob:
            yield View(name, blob, short=name in _PLAIN, digits=name == "digits")


def _base64(block: bytes) -> bytes:
    """Every run of base64 letters, standard or for URLs, decoded from each of the four places a group may begin at.

    Runs are decoded as if they were one: no value becomes longer or shorter by that.
    """
    data, sextets = np.frombuffer(block, np.uint8), _mapped(block, _SEXTETS)
    starts, ends = runs(sextets < 64)
    wrapped = (ends - starts)[:-1] >= _WRAPPED
    wrapped &= (starts[1:] - ends[:-1] <= 2) & ((data[ends[:-1]] == 10) | (data[ends[:-1]] == 13))
    enough = ends - starts >= _LEAST * 4 // 3 + 1
    enough[1:] |= wrapped
    starts, ends = starts[enough], ends[enough]
    if len(starts):
        # hexadecimal tokens are everywhere, and no text has a base64 form of their letters only
        others = np.zeros(len(data) + 1, np.int32)
        np.cumsum(_mapped(block, _NO_NIBBLES), dtype=np.int32, out=others[1:])
        mixed = others[ends] > others[starts]
        starts, ends = starts[mixed], ends[mixed]
    letters = _kept(sextets, starts, ends)
    return b"\n".join(_decoded(letters[shift:]) for shift in range(4)) if len(letters) else b""


def _decoded(sextets: np.ndarray) -> bytes:
    padded = np.concatenate([sextets, np.zeros(-len(sextets) % 4, np.uint8)]).reshape(-1, 4)
    whole = np.empty((len(padded), 3), np.uint8)
    whole[:, 0] = padded[:, 0] << 2 | padded[:, 1] >> 4
    whole[:, 1] = padded[:, 1] << 4 | padded[:, 2] >> 2
    whole[:, 2] = padded[:, 2] << 6 | padded[:, 3]
    return whole.tobytes()


def _hexadecimal(block: bytes) -> bytes:
    """Every run of hexadecimal digits, from its first and from its second digit."""
    nibbles = _mapped(block, _NIBBLES)
    starts, ends = runs(nibbles < 16)
    enough = ends - starts >= 2 * _LEAST
    digits = _kept(nibbles, starts[enough], ends[enough])
    pairs = [digits[shift : shift + (len(digits) - shift) // 2 * 2].reshape(-1, 2) for shift in range(2) if len(digits)]
    return b"\n".join((pair[:, 0] << 4 | pair[:, 1]).tobytes() for pair in pairs)


def _wide(block: bytes, high: int) -> bytes:
    """The ASCII texts that stand in it as UTF-16, whichever byte they begin at; `high` is the place of the byte that is null."""
    if block.count(0) < _SHORTEST:
        return b""
    data = np.frombuffer(block, np.uint8)
    null = data == 0
    if len(null) < 2 * _SHORTEST or not (null[:-6] & null[2:-4] & null[4:-2] & null[6:]).any():
        return b""
    parts = []
    for shift in range(2):
        pairs = data[shift : shift + (len(data) - shift) // 2 * 2].reshape(-1, 2)
        starts, ends = runs((pairs[:, high] == 0) & (pairs[:, 1 - high] > 0) & (pairs[:, 1 - high] < 128))
        enough = ends - starts >= _SHORTEST
        # the pair behind each run keeps two texts apart
        parts.append(_kept(pairs[:, 1 - high], starts[enough], np.minimum(ends[enough] + 1, len(pairs))).tobytes())
    return b"\n".join(parts).strip(b"\n")


def _percent(block: bytes) -> bytes:
    """What stands about escapes such as `%C3`, undone; and about each `+` between letters, which is a blank in forms."""
    if b"%" not in block and b"+" not in block:
        return b""
    data = np.frombuffer(block, np.uint8)
    marks = np.flatnonzero(data[:-2] == ord("%"))
    marks = marks[(_NIBBLES[data[marks + 1]] < 16) & (_NIBBLES[data[marks + 2]] < 16)]
    plain = _about(block, marks, 3 * LONGEST, unquote_to_bytes)
    joined = np.flatnonzero(data[1:-1] == ord("+"))
    joined = joined[_WRITTEN[data[joined]] & _WRITTEN[data[joined + 2]]] + 1
    spaced = _about(block, joined, LONGEST, lambda piece: piece.replace(b"+", b" "))
    return _EDGE.join(part for part in (plain, plain.replace(b"+", b" ") if b"+" in plain else b"", spaced) if part)


def _escapes(block: bytes) -> bytes:
    """What stands about the escapes of JSON, undone."""
    if b"\\" not in block:
        return b""
    data = np.frombuffer(block, np.uint8)
    marks = np.flatnonzero(data[:-1] == ord("\\"))
    return _about(block, marks[_ESCAPED[data[marks + 1]]], _ESCAPES, _unescape)


def _unescape(piece: bytes) -> bytes:
    plain = _ESCAPE.sub(_unescaped, _UNITS.sub(_characters, piece))
    return b"" if plain == piece else plain


def _about(block: bytes, places: np.ndarray, reach: int, undo: Callable[[bytes], bytes]) -> bytes:
    """What `undo` makes of all that is no further from one of some places than a value can be long.

    What is cut off is told by a byte that is no text: a number that goes on there does not stand by itself.
    """
    if not len(places):
        return b""
    apart = np.flatnonzero(np.diff(places) > 2 * reach)
    starts = np.maximum(places[np.concatenate([[0], apart + 1])] - reach, 0).tolist()
    ends = np.minimum(places[np.append(apart, len(places) - 1)] + reach, len(block)).tolist()
    parts = (
        _CUT[: start > 0] + plain + _CUT[: end < len(block)]
        for start, end in zip(starts, ends, strict=True)
        if (plain := undo(block[start:end]))
    )
    return b"\n".join(parts)


def _characters(found: re.Match[bytes]) -> bytes:
    """A run of escaped UTF-16 units: two of them may be one character."""
    text: str = json.loads(b'"' + found[0] + b'"')
    return text.encode("utf-8", "surrogatepass")


def _unescaped(found: re.Match[bytes]) -> bytes:
    mark = found[0][1:2]
    return bytes.fromhex(found[0][2:].decode()) if mark == b"x" else mark


def _digits(block: bytes) -> bytes:
    """The numbers that are written in groups, each without what parts them."""
    data = np.frombuffer(block, np.uint8)
    starts, ends = runs(data - np.uint8(48) < 10)
    if len(starts) < 2:
        return b""
    gaps = starts[1:] - ends[:-1]
    joined = gaps <= _BETWEEN
    for at in range(_BETWEEN):
        near = np.flatnonzero(joined)
        joined[near] = (gaps[near] <= at) | _PARTS[data[np.minimum(ends[near] + at, len(data) - 1)]]
    if not joined.any():
        return b""
    # runs that belong together are a group
    group = np.concatenate([[0], np.cumsum(~joined)])
    first = np.flatnonzero(np.concatenate([[True], ~joined]))
    many, digits = np.diff(np.append(first, len(starts))), np.add.reduceat(ends - starts, first)
    chosen = ((many > 1) & (digits >= DIGITS))[group]
    # the bytes about each number keep it apart, and tell whether it stands by itself; within a number they go
    begins, last = np.insert(~joined, 0, True), np.append(~joined, True)
    return _kept(data, np.maximum(starts - begins, 0)[chosen], np.minimum(ends + last, len(data))[chosen]).tobytes()


def _covered(length: int, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Which places lie in a run."""
    steps = np.zeros(length + 1, np.int8)
    steps[starts] = 1
    steps[ends] -= 1
    covered: np.ndarray = np.cumsum(steps[:-1], dtype=np.int8) > 0
    return covered


def _kept(data: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    return data[_covered(len(data), starts, ends)] if len(starts) else data[:0]


WAYS: Mapping[str, Callable[[bytes], bytes]] = {
    "utf-16-le": lambda block: _wide(block, 1),
    "utf-16-be": lambda block: _wide(block, 0),
    "base64": _base64,
    "hex": _hexadecimal,
    "percent": _percent,
    "json": _escapes,
    "digits": _digits,
}
ACROSS = {name: WAYS[name] for name in ("percent", "json")}
"""Ways that leave the marks between cells as they are; the others read over none, and base64 only over the end of a line."""
