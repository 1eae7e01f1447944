"""How many rows of a Parquet row group are read at once, so that what is held of them stays bounded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from pii_scan.connectors.parquet_pages import HUGE, huge
from pii_scan.connectors.types import size

_BATCH_BYTES = 4 << 20
_BATCH_ROWS = 65_536
_STRIP_BYTES, _STRIP_ROWS = 8 << 20, 1 << 17
"""The same where some columns are read only, to be examined as they come."""
_BATCH_CELLS = 4 << 20
"""Cells that are at most in a batch: a wide table of empty columns has no size, but its arrays have."""
_PROBE_ROWS = 256
_ALONE_ROWS = 1 << 16
"""Rows of a group that are read one by one, where a page is huge: of a long cell Arrow would hold several copies."""
_PLAIN = 6
"""Bytes that a text takes where there is no dictionary, its length among them, unless it is shorter than any worth one."""
_STEPS = 4
"""Steps in which the bytes of a cell double: groups whose cells take as many steps are alike."""


Widths = dict[tuple[object, ...], float]
"""Bytes of a row in memory as a few rows told them, by what the file says of a group that they are from."""


def long_columns(file: pq.ParquetFile, place: int, path: str, columns: Sequence[str] | None) -> Iterator[str]:
    """Those of some columns, or of all, that have a huge page in a row group."""
    group = file.metadata.row_group(place)
    if group.total_byte_size < HUGE:
        return
    for chunk in _chunks(file, group, columns):
        if huge(path, chunk):
            yield chunk.path_in_schema.partition(".")[0]


def repeating(file: pq.ParquetFile, groups: Sequence[int], columns: Sequence[str] | None) -> list[str]:
    """Those of some columns, or of all, whose texts take less in some row groups than they could without a dictionary."""
    names = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)] if groups else []
    for place in groups:
        chunks = _chunks(file, file.metadata.row_group(place), columns)
        coded = {chunk.path_in_schema for chunk in chunks if _is_coded(chunk)}
        names = [name for name in names if name in coded]
    return names


def _is_coded(chunk: pq.ColumnChunkMetaData) -> bool:
    return bool(chunk.has_dictionary_page and chunk.total_uncompressed_size < _PLAIN * chunk.num_values)


def rows_at_once(file: pq.ParquetFile, place: int, path: str, columns: Sequence[str] | None, known: Widths) -> int:
    """Rows for a batch of some columns or all: a few are looked at, because encodings hide how large cells are in memory.

    Raises:
        OSError, pyarrow.ArrowException: they cannot be read.
    """
    most, longest = (_BATCH_BYTES, _BATCH_ROWS) if columns is None else (_STRIP_BYTES, _STRIP_ROWS)
    group = file.metadata.row_group(place)
    if group.num_rows <= _ALONE_ROWS and any(long_columns(file, place, path, columns)):
        return 1
    told = _told(file, place, columns)
    if told not in known:
        known[told] = _looked_at(file, place, columns)
    average = max(known[told], group.total_byte_size / max(group.num_rows, 1) if columns is None else 0.0, 1.0)
    rows = min(most / average, _BATCH_CELLS / max(len(columns or ()) or group.num_columns, 1), longest)
    return max(int(rows), 1)


def _looked_at(file: pq.ParquetFile, place: int, columns: Sequence[str] | None) -> float:
    """Bytes of a row in memory, by a look at a few."""
    probe = next(file.iter_batches(_PROBE_ROWS, row_groups=[place], columns=columns, use_threads=False), None)
    if probe is None or not probe.num_rows:
        return 0.0
    # of a dictionary a row takes no more than a number, however many texts of other rows it has
    columns = [column.indices if pa.types.is_dictionary(column.type) else column for column in probe.columns]
    return float(size(pa.RecordBatch.from_arrays(columns, probe.schema.names)) / probe.num_rows)


def _told(file: pq.ParquetFile, place: int, columns: Sequence[str] | None) -> tuple[object, ...]:
    """What the file says of a group: how each column is encoded, and about how many bytes its cells take there."""
    group = file.metadata.row_group(place)
    rows = max(group.num_rows, 1)
    return tuple(
        (one.encodings, round(_STEPS * math.log2(1 + one.total_uncompressed_size / rows)))
        for one in _chunks(file, group, columns)
    )


def _chunks(file: pq.ParquetFile, group: pq.RowGroupMetaData, columns: Sequence[str] | None) -> Iterator[pq.ColumnChunkMetaData]:
    """Some columns of a group; all, where some are nested."""
    names, wanted = file.schema_arrow.names, frozenset(columns or ())
    every = columns is None or group.num_columns != len(names)
    return (group.column(at) for at in range(group.num_columns) if every or names[at] in wanted)
