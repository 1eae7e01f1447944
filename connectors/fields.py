"""Where the fields of delimited text begin and end, as byte offsets: nothing is decoded, nothing is lost.

The grammar is that of pyarrow and of Python's `csv`: a quote opens only at the start of a field, a doubled quote stands for
one, what follows the closing quote belongs to the field, and a blank line is no row. One thing is added: a quote that is
never closed, or not within `LIMIT` bytes, is an ordinary character, so that one stray quote cannot swallow a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

LIMIT = 16 << 20
"""The longest record in which the end of a quoted cell is looked for, in bytes."""
_NEWLINE, _RETURN = 10, 13


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a delimited text are parted and quoted; each is one ASCII character, `escape` may be none."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of some whole records.

    Attributes:
        offsets: field `i` lies between `offsets[2 * i]` and `offsets[2 * i + 1]`; its separator follows.
        rows: the number of each row's first field; blank lines are left out.
        widths: how many fields each row has.
        used: bytes of the block that these records take.
        plain: whether every quoted field is quoted from its first to its last byte, and nothing is escaped.
    """

    offsets: np.ndarray
    rows: np.ndarray
    widths: np.ndarray
    used: int
    plain: bool


def fields(block: bytes, dialect: Dialect, *, final: bool) -> Fields:
    """The fields of every record that is complete in the block, which begins at the start of a record.

    Args:
        block: some bytes in an encoding that has ASCII at its own places.
        dialect: how cells are parted and quoted.
        final: whether the text ends with the block, so that its last record is complete.
    """
    if not (dialect.escape and dialect.escape.encode() in block):
        found = _by_parity(block, dialect, final=final)
        if found is not None and (found.used or not block):
            return found
    return _by_pattern(block, dialect, final=final)


def _by_parity(block: bytes, dialect: Dialect, *, final: bool) -> Fields | None:
    """All fields at once: a separator is outside quotes where an even number of quotes comes before it."""
    data = np.frombuffer(block, np.uint8)
    delimiter, quote = ord(dialect.delimiter), ord(dialect.quote)
    # numpy would make a number of eight bytes of each byte to look it up
    marks = np.flatnonzero(np.frombuffer(block.translate(_marks(delimiter, quote).tobytes()), bool))
    kinds = data.take(marks)
    quotes = kinds == quote
    outside = ~quotes & (np.cumsum(quotes, dtype=np.uint8) & 1 == 0)
    ends, kinds = marks[outside], kinds[outside]
    lines = np.flatnonzero(kinds != delimiter)
    if not final:
        if len(lines) and ends[lines[-1]] == len(block) - 1 and kinds[lines[-1]] == _RETURN:
            lines = lines[:-1]  # its line feed may come with the next block
        if not len(lines):
            return None
        ends, kinds = ends[: lines[-1] + 1], kinds[: lines[-1] + 1]
    used = len(block) if final else int(ends[-1]) + 1
    if not _well_quoted(data[:used], marks[quotes], quote, delimiter):
        return None
    return _laid_out(data, ends, kinds == delimiter, used)


@cache
def _marks(delimiter: int, quote: int) -> np.ndarray:
    table = np.zeros(256, bool)
    table[[delimiter, quote, _NEWLINE, _RETURN]] = True
    return table


def _well_quoted(data: np.ndarray, quotes: np.ndarray, quote: int, delimiter: int) -> bool:
    """Whether quotes come in pairs, each opening at the start of a field (or doubled) and closing at its end."""
    quotes = quotes[: np.searchsorted(quotes, len(data))]
    if len(quotes) % 2:
        return False
    bounds = _marks(delimiter, quote)
    before, after = quotes[0::2] - 1, quotes[1::2] + 1
    if len(before) and before[0] < 0:
        before = before[1:]
    if len(after) and after[-1] == len(data):
        after = after[:-1]
    return bool(bounds[data[before]].all() and bounds[data[after]].all())


def _laid_out(data: np.ndarray, ends: np.ndarray, inner: np.ndarray, used: int) -> Fields:
    """Offsets and rows from the places of the separators; `inner` tells a delimiter from the end of a line."""
    second = np.zeros(len(ends), bool)
    second[1:] = (data[ends[1:]] == _NEWLINE) & (data[ends[:-1]] == _RETURN) & (ends[1:] == ends[:-1] + 1)
    wide = np.zeros(len(ends), bool)
    wide[:-1] = second[1:]
    ends, inner, wide = ends[~second], inner[~second], wide[~second]
    if (int(ends[-1]) + 1 + int(wide[-1]) if len(ends) else 0) < used or (len(ends) and inner[-1]):
        ends, inner, wide = np.append(ends, used), np.append(inner, False), np.append(wide, False)
    return _rows(ends, np.minimum(ends + 1 + wide, used), inner, used, plain=True)


def _rows(ends: np.ndarray, nexts: np.ndarray, inner: np.ndarray, used: int, *, plain: bool) -> Fields:
    offsets = np.zeros(2 * len(ends) + 1, np.int32)
    offsets[1::2], offsets[2::2] = ends, nexts
    first = np.concatenate([[0], np.flatnonzero(~inner) + 1])
    rows, widths = first[:-1], np.diff(first)
    blank = (widths == 1) & (offsets[2 * rows] == offsets[2 * rows + 1])
    if blank.any():
        rows, widths = rows[~blank], widths[~blank]
    return Fields(offsets, rows, widths, used, plain)


def _by_pattern(block: bytes, dialect: Dialect, *, final: bool) -> Fields:
    """Field by field: slower, and right for quotes and escapes wherever they stand."""
    pattern, quote = _field(dialect), ord(dialect.quote)
    ends: list[int] = []
    nexts: list[int] = []
    inner: list[bool] = []
    whole = position = 0
    while position < len(block) or (final and inner and inner[-1]):
        match = pattern.match(block, position)
        assert match is not None  # an empty field always matches
        unclosed = match.start(1) < 0 and match.end(2) > position and block[position] == quote
        if not final and ((unclosed and len(block) - position < LIMIT) or _may_go_on(block, match)):
            break
        position = match.end()
        ends.append(match.start(3))
        nexts.append(position)
        inner.append(match[3] == dialect.delimiter.encode())
        if not inner[-1]:
            whole = len(ends)
    used = nexts[whole - 1] if whole else 0
    cut = np.array([ends[:whole], nexts[:whole], inner[:whole]], np.int64)
    return _rows(cut[0], cut[1], cut[2].astype(bool), used, plain=False)


def _may_go_on(block: bytes, match: re.Match[bytes]) -> bool:
    return match.end() == len(block) and match[3] in {b"", b"\r"}


@cache
def _field(dialect: Dialect) -> re.Pattern[bytes]:
    """A field and its separator: group 1 where it is quoted, else group 2; group 3 is the separator."""
    quote, delimiter = re.escape(dialect.quote.encode()), re.escape(dialect.delimiter.encode())
    bare = _run(delimiter + rb"\r\n", dialect)
    inside = _run(quote, dialect, quote + quote)
    return re.compile(
        rb"(?:(" + quote + inside + quote + bare + rb")|(" + bare + rb"))(" + delimiter + rb"|\r\n|[\r\n]|\Z)", re.DOTALL
    )


@cache
def quoted(dialect: Dialect) -> re.Pattern[bytes]:
    """A field that begins with a quote which is closed: group 1 is what stands in quotes, group 2 what follows."""
    quote = re.escape(dialect.quote.encode())
    return re.compile(quote + rb"(" + _run(quote, dialect, quote + quote) + rb")" + quote + rb"(.*)", re.DOTALL)


def _run(stops: bytes, dialect: Dialect, *also: bytes) -> bytes:
    """As many bytes as there are before one of `stops`, unless it is escaped or is part of what is allowed `also`."""
    escape = re.escape(dialect.escape.encode())
    ways = [rb"[^" + stops + escape + rb"]++", *also]
    if escape:
        ways.append(escape + rb"(?:.|\Z)")
    return rb"(?:" + rb"|".join(ways) + rb")*+"
