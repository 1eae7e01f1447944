"""How large the pages of a Parquet file are: one is held whole while it is read, and a single long cell makes it long.

Only the begin of each page is read. It is a struct in Thrift's compact protocol, whose first three fields are the kind of the
page and its sizes, expanded and stored: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow.parquet as pq

HUGE = 24 << 20
"""Bytes of a page that is read alone; writers make pages of about a mebibyte."""
_AT_ONCE = 1 << 10
_LONGEST = 16 << 20
"""Bytes of a page's begin at most: bounds of its values may stand in it."""
_DEPTH = 8
_FIXED = {1: 0, 2: 0, 3: 1, 7: 8}
"""Bytes of the kinds that have always as many: true, false, a byte, a number with a point."""
_INTEGERS, _BYTES, _LISTS, _STRUCT = {4, 5, 6}, 8, {9, 10}, 12


def huge(path: str, chunk: pq.ColumnChunkMetaData) -> bool:
    """Whether a page of the chunk is huge; taken to be so where its pages cannot be told.

    Raises:
        OSError: the file cannot be read.
    """
    if chunk.total_uncompressed_size < HUGE:
        return False
    try:
        with Path(path).open("rb") as file:
            return any(size >= HUGE for size in _sizes(file, chunk))
    except ValueError:
        return True


def _sizes(file: BinaryIO, chunk: pq.ColumnChunkMetaData) -> Iterator[int]:
    """The expanded size of each page."""
    place = chunk.data_page_offset
    if chunk.has_dictionary_page and chunk.dictionary_page_offset is not None:
        place = min(place, chunk.dictionary_page_offset)
    end = place + chunk.total_compressed_size
    while place < end:
        begin, expanded, stored = _page(file, place)
        yield expanded
        place += begin + stored


def _page(file: BinaryIO, place: int) -> tuple[int, int, int]:
    """The size of a page's begin, and of what follows it, expanded and stored."""
    size = _AT_ONCE
    while size <= _LONGEST:
        file.seek(place)
        begin = _Begin(file.read(size))
        try:
            expanded, stored = begin.sizes()
        except IndexError:  # it goes on
            size *= 16
        else:
            return begin.place, expanded, stored
    raise ValueError


class _Begin:
    """The begin of a page, read field by field.

    Attributes:
        place: how much of it was read.
    """

    def __init__(self, data: bytes) -> None:
        self._data, self.place = data, 0

    def sizes(self) -> tuple[int, int]:
        """How large the page is, expanded and stored.

        Raises:
            IndexError: the data ends too early.
            ValueError: it is no begin of a page.
        """
        found: list[int] = []
        while kind := self._byte():
            if kind >> 4 == 1 and kind & 15 in _INTEGERS and len(found) < 3:
                number = self._number()
                found.append((number >> 1) ^ -(number & 1))
            else:
                self._pass(kind & 15, kind >> 4, _DEPTH)
        if len(found) < 3 or min(found) < 0:
            raise ValueError
        return found[1], found[2]

    def _pass(self, kind: int, step: int, depth: int) -> None:
        """Pass over a field whose begin was read."""
        if not step:
            self._number()
        self._pass_value(kind, depth)

    def _pass_value(self, kind: int, depth: int) -> None:
        if kind in _FIXED:
            self._on(_FIXED[kind])
        elif kind in _INTEGERS:
            self._number()
        elif kind == _BYTES:
            self._on(self._number())
        elif kind in _LISTS and depth:
            head = self._byte()
            for _ in range(head >> 4 if head >> 4 < 15 else self._number()):
                self._on(1) if head & 15 in {1, 2} else self._pass_value(head & 15, depth - 1)
        elif kind == _STRUCT and depth:
            while inner := self._byte():
                self._pass(inner & 15, inner >> 4, depth - 1)
        else:
            raise ValueError

    def _on(self, by: int) -> None:
        self.place += by
        if self.place > len(self._data):
            raise IndexError

    def _byte(self) -> int:
        self._on(1)
        return self._data[self.place - 1]

    def _number(self) -> int:
        number = shift = 0
        while (byte := self._byte()) & 128:
            number, shift = number | (byte & 127) << shift, shift + 7
        return number | byte << shift
