"""Byte ranges of one large delimited file, cut where a row surely begins, so that several processes can read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from pii_scan.connectors.compression import Expanded, Readable, Stream
from pii_scan.connectors.fields import fields
from pii_scan.connectors.files import to_read
from pii_scan.connectors.layout import Layout, Opened
from pii_scan.connectors.shares import shares

RANGE = 512 << 20
"""Bytes of a range at most, nearly: what is learnt of a column is learnt once for each."""
LARGE = 32 << 20
"""Bytes from which on it is worth finding out how a file is read before anybody reads it."""
WIDE = 1_000
"""Columns from which on it is: what is learnt of each takes memory until all rows have been read."""
_WINDOW = 256 << 10
"""Bytes after a cut whose rows must all have their cells before the cut is believed."""
_LEAST = 8
"""Rows that must."""
_TRIES = 24
"""Line ends at which a cut is tried; one within a quoted cell is none."""


def ranges(path: str, layout: Layout, size: int) -> list[tuple[int, int]]:
    """Where each range begins and ends; one range for a file that is small, packed, or not to be cut safely.

    Which ranges there are depends on the file alone.

    Raises:
        OSError: the file cannot be read.
    """
    cuts = [layout.skip]
    if _divisible(layout):
        with Path(path).open("rb") as file:
            parts = shares(size - layout.skip, RANGE)
            for part in range(1, parts):
                wanted = layout.skip + (size - layout.skip) * part // parts
                file.seek(wanted)
                cuts += [wanted + found for found in _row_after(file.read(2 * _WINDOW), layout)]
    return list(pairwise([*cuts, max(size, layout.skip)]))


@contextmanager
def opened_range(path: str, layout: Layout, span: tuple[int, int]) -> Iterator[Opened]:
    """One range of a file whose layout is known, open at its first row.

    Raises:
        SourceError: the file cannot be opened.
    """
    with to_read(path) as file:
        file.seek(span[0])
        stream = Expanded(_Limited(file, span[1] - span[0]), path, "")
        yield Opened(layout, b"", stream, stream)


def lines_before(path: str, place: int) -> int:
    """The line ends before a place of the file."""
    found = 0
    with Path(path).open("rb") as file:
        while place > 0 and (chunk := file.read(min(place, 1 << 20))):
            found += chunk.count(b"\n")
            place -= len(chunk)
    return found


def _divisible(layout: Layout) -> bool:
    """Whether the end of a row can be told from the bytes around it."""
    return not layout.compression and not layout.encoding.wide and not layout.dialect.escape and len(layout.names) > 1


def _row_after(data: bytes, layout: Layout) -> list[int]:
    """Where the first row in the data begins that is followed by nothing but whole rows; none where that is unsure."""
    at = 0
    for _ in range(_TRIES):
        at = data.find(b"\n", at) + 1
        if not at or len(data) - at < _WINDOW:
            return []
        found = fields(data[at : at + _WINDOW], layout.dialect, final=False)
        if found.plain and len(found.rows) >= _LEAST and (found.widths == len(layout.names)).all():
            return [at]
    return []


class _Limited(Stream):
    """The next so many bytes of a stream."""

    def __init__(self, stream: Readable, left: int) -> None:
        self._stream, self._left = stream, left

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""
        given = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(given)
        return given
