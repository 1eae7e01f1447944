"""The copy of a Parquet file: columns, row groups, order, compression stay, statistics are made anew, foreign metadata goes."""

from __future__ import annotations

from collections.abc import Callable, Container, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pii_scan.connectors.edits import places
from pii_scan.connectors.files import fresh
from pii_scan.connectors.parquet import batches, named, opened
from pii_scan.connectors.types import Changed, bare_schema, empty_batch, learnt, refitted, size

_GROUP_BYTES = 256 << 20
"""How much of a row group a copy collects before it writes it; a larger one becomes several."""

Change = Callable[[pa.RecordBatch], pa.RecordBatch]


@dataclass(slots=True)
class _Shown:
    """What the edited batches have shown of the copy, by places of columns. When there is more of it, the copy begins again."""

    changed: Changed = field(default_factory=dict)
    nulled: set[int] = field(default_factory=set)
    """They hold nulls, though the source says that they cannot."""
    edited: set[int] = field(default_factory=set)
    """Of the sort order: they are not in it any more."""

    def more(self, schema: pa.Schema, edited: pa.RecordBatch, batch: pa.RecordBatch, ordered: Iterable[int]) -> bool:
        """Whether an edited batch shows something new; `schema` is that of the source."""
        fresh = learnt(schema, edited, self.changed)
        before = len(self.nulled), len(self.edited)
        kept = places(batch.schema.names, edited.schema.names) or []
        self.edited |= {*ordered} - {*kept}
        for place, new in zip(kept, edited.columns, strict=True):
            old = batch.column(place)
            if new.null_count and not schema.field(place).nullable:
                self.nulled.add(place)
            if place in ordered and new is not old and not new.equals(old):
                self.edited.add(place)
        return fresh or before != (len(self.nulled), len(self.edited))

    def schema(self, schema: pa.Schema) -> tuple[pa.Schema, list[int]]:
        """The schema of the copy, and where each of its columns stands in the source."""
        kept = [place for place in range(len(schema)) if self.changed.get(place, schema.field(place).type) is not None]
        made = bare_schema(schema, self.changed)
        for at, place in enumerate(kept):
            if place in self.nulled:
                made = made.set(at, made.field(at).with_nullable(True))  # noqa: FBT003 - a foreign name
        return made, kept


def copied(path: str, target: Path, change: Change) -> None:
    """Write the edited copy of a file; complete or absent.

    Raises:
        SourceError: the file cannot be read to its end.
        RedactionError: the copy exists already, or cannot be written, or the edit failed.
    """
    with opened(path) as file, fresh(target) as sink:
        shown = _Shown()
        while not _written(file, sink, change, shown, path):
            sink.seek(0)
            sink.truncate()


def _written(file: pq.ParquetFile, sink: BinaryIO, change: Change, shown: _Shown, path: str) -> bool:
    """Write the copy; false where something was learnt of its columns, and it must begin again."""
    source = file.schema_arrow
    schema, kept = shown.schema(source)
    if not file.metadata.num_rows:
        nothing = named(empty_batch(source))
        if shown.more(source, change(nothing), nothing, ()):
            return False
    order = _order(file, shown.edited)
    ordered = [one.column_index for one in order]
    moved = [pq.SortingColumn(kept.index(one.column_index), one.descending, one.nulls_first) for one in order]
    with pq.ParquetWriter(sink, schema, compression=_compression(file), sorting_columns=moved or None) as writer:
        for place in range(file.num_row_groups):
            held: list[pa.RecordBatch] = []
            with closing(_ahead(batches(file, place, path))) as coming:
                for batch in coming:
                    edited = change(batch)
                    if shown.more(source, edited, batch, ordered):
                        return False
                    held.append(refitted(batch, edited, schema))
                    if sum(map(size, held)) > _GROUP_BYTES:
                        _write(writer, held, schema)
                        held = []
            if held or not file.metadata.row_group(place).num_rows:
                _write(writer, held, schema)
    return True


def _ahead(parts: Iterator[pa.RecordBatch]) -> Generator[pa.RecordBatch]:
    """The batches, each read while the one before is worked on."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, parts, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, parts, None)
            yield batch


def _order(file: pq.ParquetFile, edited: Container[int]) -> tuple[pq.SortingColumn, ...]:
    """The sort order that all row groups declare, up to the first column that was edited; of flat tables only."""
    found = file.metadata
    if not found.num_row_groups or found.num_columns != len(file.schema_arrow):
        return ()
    orders = {tuple(found.row_group(place).sorting_columns) for place in range(found.num_row_groups)}
    kept: list[pq.SortingColumn] = []
    for one in orders.pop() if len(orders) == 1 else ():
        if one.column_index in edited:
            break
        kept.append(one)
    return tuple(kept)


def _write(writer: pq.ParquetWriter, held: list[pa.RecordBatch], schema: pa.Schema) -> None:
    table = pa.Table.from_batches(held, schema)
    writer.write_table(table, row_group_size=max(table.num_rows, 1))


def _compression(file: pq.ParquetFile) -> str | dict[str, str]:
    """The compression of each column, or of all where they have the same."""
    if not file.num_row_groups:
        return "snappy"
    group = file.metadata.row_group(0)
    columns = [group.column(place) for place in range(group.num_columns)]
    named = {column.path_in_schema: _CODECS.get(column.compression, column.compression.lower()) for column in columns}
    return named if len(set(named.values())) > 1 else next(iter(named.values()), "snappy")


_CODECS = {"UNCOMPRESSED": "none", "LZ4_RAW": "lz4", "LZO": "snappy"}
