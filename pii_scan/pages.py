"""The pages of a Parquet file as they are once decompressed: also what no cell shows, such as dictionary entries out of use.

pyarrow gives cells, not pages; a page's header (Thrift's compact protocol) tells where it ends and how large it becomes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    Fields = dict[int, "int | bytes | Fields | None"]

_HEADER = 1 << 16
"""Bytes that a header is looked for in; min and max of a page stand in it."""
_CODECS = {"LZ4": "lz4_raw", "LZ4_RAW": "lz4_raw"}
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 12


def pages(path: Path) -> Iterator[bytes]:
    """Every page of every column, decompressed, the dictionaries with them.

    Raises:
        ValueError: the file is not laid out as Parquet says.
    """
    with path.open("rb") as file, pq.ParquetFile(path, pre_buffer=False) as parsed:
        found = parsed.metadata
        for group in range(found.num_row_groups):
            for place in range(found.num_columns):
                yield from _chunk(file, found.row_group(group).column(place))


def footer(path: Path) -> Iterator[str]:
    """What the footer says as text: its own metadata, and the least and greatest value of each column."""
    with pq.ParquetFile(path, pre_buffer=False) as parsed:
        found = parsed.metadata
        yield from (cell.decode("utf-8", "replace") for pair in (found.metadata or {}).items() for cell in pair)
        for group in range(found.num_row_groups):
            for place in range(found.num_columns):
                seen = found.row_group(group).column(place).statistics
                if seen is not None and seen.has_min_max:
                    yield from (
                        cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell) for cell in (seen.min, seen.max)
                    )


def _chunk(file: BinaryIO, column: pq.ColumnChunkMetaData) -> Iterator[bytes]:
    # a column without rows may have no data page, or no page at all
    begins = (column.data_page_offset, column.dictionary_page_offset if column.has_dictionary_page else None)
    at = min((offset for offset in begins if offset), default=0)
    end = at + column.total_compressed_size if at else at
    while at < end:
        file.seek(at)
        reader = _Compact(file.read(min(_HEADER, end - at)))
        fields = reader.struct()
        whole, packed = _number(fields, 2), _number(fields, 3)
        file.seek(at + reader.at)
        body = file.read(packed)
        if packed < 0 or len(body) != packed:
            raise ValueError("a page is cut off")
        levels, is_packed = _second_version(fields)
        yield body[:levels] + _plain(body[levels:], whole - levels, column.compression if is_packed else "UNCOMPRESSED")
        at += reader.at + packed


def _second_version(fields: Fields) -> tuple[int, bool]:
    """The bytes of levels that stand uncompressed before the data, and whether the data is compressed at all."""
    header = fields.get(8)
    if not isinstance(header, dict):
        return 0, True
    return _number(header, 5) + _number(header, 6), header.get(7) != 0


def _plain(body: bytes, whole: int, codec: str) -> bytes:
    if codec == "UNCOMPRESSED" or not body:
        return body
    return pa.decompress(body, whole, codec=_CODECS.get(codec, codec.lower()), asbytes=True)  # type: ignore[no-any-return]


def _number(fields: Fields, place: int) -> int:
    value = fields.get(place)
    if not isinstance(value, int):
        raise ValueError("a page has no size")  # noqa: TRY004 - the file is wrong, not the caller
    return value


class _Compact:
    """Reads one Thrift struct of the compact protocol, and knows how long it was."""

    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def struct(self) -> Fields:
        """The fields by number; lists are passed over."""
        fields: Fields = {}
        number = 0
        while mark := self._byte():
            number = number + (mark >> 4) if mark >> 4 else self._zigzag()
            fields[number] = self._value(mark & 15)
        return fields

    def _value(self, kind: int) -> int | bytes | Fields | None:
        if kind in (_TRUE, _FALSE):
            return int(kind == _TRUE)
        if kind in (_BYTE, _DOUBLE):
            self.at += 1 if kind == _BYTE else 8
            return None
        if kind == _BINARY:
            long = self._varint()
            self.at += long
            return self._data[self.at - long : self.at]
        if kind == _STRUCT:
            return self.struct()
        if kind in (_LIST, _SET):
            head = self._byte()
            for _ in range(head >> 4 if head >> 4 < 15 else self._varint()):
                self._value(head & 15)
            return None
        if kind not in (4, 5, 6):
            raise ValueError("a page header holds what it may not")
        return self._zigzag()

    def _byte(self) -> int:
        if self.at >= len(self._data):
            raise ValueError("a page header is cut off")
        self.at += 1
        return self._data[self.at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)
