"""Parquet: one unit a few row groups, read in bounded batches; copies keep types, row groups and compression."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pii_scan.connectors.edits import applied, places
from pii_scan.connectors.files import changed, fingerprint, fresh, reason, table_name, why
from pii_scan.connectors.names import distinct
from pii_scan.connectors.shares import shares
from pii_scan.connectors.types import Changed, bare_schema, empty_batch, learnt, refitted, size
from pii_scan.contracts import Edit
from pii_scan.errors import SourceError
from pii_scan.model import Remark, Skipped, Unit

_UNIT_ROWS, _UNIT_BYTES = 1 << 19, 128 << 20
"""A unit has so many rows and stored bytes at most: what is learnt of a column is learnt once for each unit."""
_QUARTERS = 4
"""Parts of a row group that units may begin at: whoever reads the last one decodes the others in vain."""
_BUFFER = 128 << 10
"""Bytes that are read at once of each column, and held."""
_BATCH_BYTES = 2 << 20
_BATCH_ROWS = 65_536
_BATCH_CELLS = 4 << 20
"""Cells that are at most in a batch: a wide table of empty columns has no size, but its arrays have."""
_PROBE_ROWS = 256
_GROUP_BYTES = 256 << 20
"""How much of a row group a copy collects before it writes it; a larger one becomes several."""

Change = Callable[[pa.RecordBatch], pa.RecordBatch]


class ParquetConnector:
    """Opens Parquet files."""

    schemes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = (".parquet", ".pq")

    def open(self, address: str) -> ParquetSource:
        """The file at that path; nothing is read yet."""
        return ParquetSource(address)


@dataclass(frozen=True, slots=True)
class ParquetSource:
    """One Parquet file.

    Args:
        address: its path.
    """

    address: str

    def units(self) -> Iterator[Unit | Skipped]:
        """A unit for each row group, numbered from 1; an empty file has one unit without rows."""
        try:
            mark = fingerprint(self.address)
            with _opened(self.address) as file:
                found = file.metadata
                groups = [(found.row_group(place).num_rows, _stored(found, place)) for place in range(found.num_row_groups)]
        except OSError as error:
            yield self._skipped("file", f"cannot be opened: {reason(error)}")
        except SourceError as error:
            yield self._skipped("file", why(error))
        else:
            if not groups:
                yield Unit(self.address, self._table, fingerprint=mark, rows=0, size=0)
            whole, stored = max(1, sum(rows for rows, _ in groups)), sum(size for _, size in groups)
            for begin, end in _spans(groups):
                size = stored * end // whole - stored * begin // whole
                key = _told(groups, begin, end)
                yield Unit(self.address, self._table, key, f"{mark}:{begin}-{end}", end - begin, size, span=(begin, end))

    def read(self, unit: Unit) -> Iterator[pa.RecordBatch | Skipped | Remark]:
        """The rows of the unit (all, where it names none), nested columns as they are."""
        done = False
        try:
            with _opened(self.address) as file:
                for place, rows in _within(file.metadata, unit.span):
                    for found in self._group(file, place, rows):
                        done = True
                        yield found
                if not done:
                    yield _named(empty_batch(file.schema_arrow))
        except SourceError as error:
            yield self._skipped("unit" if unit.key else "file", f"{why(error)}; nothing of it was examined", unit.key)
        if unit.fingerprint and changed(self.address, unit.fingerprint):
            yield self._skipped("unit", "was changed while it was read (scan it again)", unit.key)

    def _group(self, file: pq.ParquetFile, place: int, rows: slice) -> Iterator[pa.RecordBatch | Skipped]:
        """Some rows of one row group; where it is damaged, the other groups are read all the same."""
        done = 0
        try:
            for batch in _batches(file, place, self.address):
                wanted = batch.slice(max(0, rows.start - done), max(0, rows.stop - max(done, rows.start)))
                done += batch.num_rows
                if wanted.num_rows:
                    yield wanted
                if done >= rows.stop:
                    return
        except SourceError as error:
            yield self._skipped("rows", f"{why(error)}; nothing after its row {done:,} was examined", f"row group {place + 1}")

    def copy(self, to: str, edit: Edit) -> Iterator[Path | Skipped]:
        """The file under its own name below `to`: same columns, row groups and compression, no metadata of the source.

        Raises:
            RedactionError: the copy exists already, or cannot be written, or the edit failed.
        """
        target = Path(to) / Path(self.address).name
        change = partial(applied, edit, self._table, where=str(target))
        try:
            with _opened(self.address) as file, fresh(target) as sink:
                shown = _Shown()
                while not _written(file, sink, change, shown, self.address):
                    sink.seek(0)
                    sink.truncate()
        except SourceError as error:
            yield self._skipped("file", why(error))
            return
        yield target

    @property
    def _table(self) -> str:
        return table_name(self.address, ParquetConnector.suffixes)

    def _skipped(self, what: str, why: str, unit: str = "") -> Skipped:
        return Skipped(self.address, what, why, self._table, unit=unit)


@contextmanager
def _opened(path: str) -> Iterator[pq.ParquetFile]:
    """The file; its errors quote cells, so they become a `SourceError` that does not."""
    with _guarded(path):
        if not Path(path).stat().st_size:
            raise SourceError("is empty", where=path)
        file = pq.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER)
    with file:
        yield file


@contextmanager
def _guarded(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"cannot be read: {reason(error)}" if error.errno else "is damaged"
        raise SourceError(what, where=path, way_out="check the path, or write it again from its source") from None
    except pa.ArrowNotImplementedError:
        raise SourceError("holds a type or feature that pyarrow cannot read", where=path) from None
    except pa.ArrowException as error:
        what = f"is no Parquet file, or is cut off or damaged ({type(error).__name__})"
        raise SourceError(what, where=path, way_out="write it again from its source") from None


def _batches(file: pq.ParquetFile, place: int, path: str) -> Iterator[pa.RecordBatch]:
    """The rows of a row group, in batches whose size in memory stays bounded, under distinct names."""
    with _guarded(path):
        for batch in file.iter_batches(_batch_rows(file, place), row_groups=[place], use_threads=False):
            yield _named(batch)


def _batch_rows(file: pq.ParquetFile, place: int) -> int:
    """Rows for a batch: a few are looked at, because encodings hide how large cells are in memory."""
    group = file.metadata.row_group(place)
    average = group.total_byte_size / max(group.num_rows, 1)
    probe = next(file.iter_batches(_PROBE_ROWS, row_groups=[place], use_threads=False), None)
    if probe is not None and probe.num_rows:
        average = max(average, size(probe) / probe.num_rows)
    rows = min(_BATCH_BYTES / max(average, 1), _BATCH_CELLS / max(group.num_columns, 1), _BATCH_ROWS)
    return max(int(rows), 1)


def _named(batch: pa.RecordBatch) -> pa.RecordBatch:
    names = list(distinct(batch.schema.names))
    return batch if names == batch.schema.names else batch.rename_columns(names)


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


def _written(file: pq.ParquetFile, sink: BinaryIO, change: Change, shown: _Shown, path: str) -> bool:
    """Write the copy; false where something was learnt of its columns, and it must begin again."""
    source = file.schema_arrow
    schema, kept = shown.schema(source)
    if not file.metadata.num_rows:
        nothing = _named(empty_batch(source))
        if shown.more(source, change(nothing), nothing, ()):
            return False
    order = _order(file, shown.edited)
    ordered = [one.column_index for one in order]
    moved = [pq.SortingColumn(kept.index(one.column_index), one.descending, one.nulls_first) for one in order]
    with pq.ParquetWriter(sink, schema, compression=_compression(file), sorting_columns=moved or None) as writer:
        for place in range(file.num_row_groups):
            held: list[pa.RecordBatch] = []
            for batch in _batches(file, place, path):
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


def _spans(groups: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The first row of each unit, and the one behind its last: like many in each, cut at row groups or quarters of them.

    Groups come with their rows and bytes.
    """
    begins = list(itertools.accumulate((rows for rows, _ in groups), initial=0))
    whole = begins[-1]
    parts = max(shares(whole, _UNIT_ROWS), shares(sum(stored for _, stored in groups), _UNIT_BYTES))
    places = [
        begin + rows * part // _QUARTERS for begin, (rows, _) in zip(begins, groups, strict=False) for part in range(_QUARTERS)
    ]
    cuts = {min(places, key=lambda place: abs(place - wanted)) for wanted in (whole * part // parts for part in range(1, parts))}
    if groups:
        yield from itertools.pairwise([0, *sorted(cuts - {0, whole}), whole])


def _told(groups: Sequence[tuple[int, int]], begin: int, end: int) -> str:
    """What reports call the rows from one to another."""
    begins = list(itertools.accumulate((rows for rows, _ in groups), initial=0))
    if begin not in begins or end not in begins:
        return f"rows {begin + 1:,} to {end:,}"
    first, last = begins.index(begin) + 1, len(begins) - 1 - begins[::-1].index(end)
    return f"row group {first}" if first >= last else f"row groups {first} to {last}"


def _within(found: pq.FileMetaData, span: tuple[int, int] | None) -> Iterator[tuple[int, slice]]:
    """The row groups that hold the rows from one to another, and which rows of each those are."""
    begin = 0
    for place in range(found.num_row_groups):
        rows = found.row_group(place).num_rows
        first, last = span or (0, found.num_rows)
        wanted = slice(max(0, first - begin), min(rows, last - begin))
        begin += rows
        if wanted.start < wanted.stop:
            yield place, wanted


def _stored(found: pq.FileMetaData, place: int) -> int:
    """The bytes that a row group takes in the file."""
    group = found.row_group(place)
    return sum(group.column(column).total_compressed_size for column in range(group.num_columns))


def _compression(file: pq.ParquetFile) -> str | dict[str, str]:
    """The compression of each column, or of all where they have the same."""
    if not file.num_row_groups:
        return "snappy"
    group = file.metadata.row_group(0)
    columns = [group.column(place) for place in range(group.num_columns)]
    named = {column.path_in_schema: _CODECS.get(column.compression, column.compression.lower()) for column in columns}
    return named if len(set(named.values())) > 1 else next(iter(named.values()), "snappy")


_CODECS = {"UNCOMPRESSED": "none", "LZ4_RAW": "lz4", "LZO": "snappy"}
