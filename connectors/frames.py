"""Frames in memory: pandas, Polars, Arrow, DuckDB, and whatever else has the Arrow PyCapsule interface."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pii_scan.connectors.edits import applied, places
from pii_scan.connectors.files import fresh, why
from pii_scan.connectors.names import distinct, meant
from pii_scan.connectors.types import Changed, bare_schema, empty_batch, learnt, refitted, size, widths, without_views
from pii_scan.contracts import Edit
from pii_scan.errors import RedactionError, SourceError
from pii_scan.model import Remark, Skipped, Unit

_WAYS = ("__arrow_c_stream__", "__arrow_c_array__")
_BATCH_ROWS = 65_536
_BATCH_BYTES = 16 << 20
_FIRST = 256


@dataclass(frozen=True, eq=False, repr=False)
class FrameSource:
    """A frame as a source of one table. It is read where it is, without a copy where its library allows that.

    Columns get distinct names, as text; an index of pandas is read where it has a name; a column of mixed objects is
    read as text. A `RecordBatchReader`, and any other stream, can be read once.

    Args:
        frame: the frame.
        name: what reports call it.
        columns: the only ones that are read, by their distinct names; None for all.
    """

    frame: Any
    name: str = "frame"
    columns: tuple[str, ...] | None = None

    @property
    def address(self) -> str:
        """Its name."""
        return self.name

    @property
    def portable(self) -> bool:
        """Never: a frame is read in the process that holds it, rather than sent to another one."""
        return False

    def __repr__(self) -> str:
        """The name and the library, none of the cells."""
        return f"FrameSource({type(self.frame).__module__.partition('.')[0]}, {self.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels as an Arrow table."""
        return FrameSource, (pa.Table.from_batches(list(_batches(self.frame))), self.name, self.columns)

    def units(self) -> Iterator[Unit | Skipped]:
        """One unit: all of its rows.

        Raises:
            SourceError: it is no frame.
        """
        if not any(hasattr(self.frame, way) for way in _WAYS) and not _is_from(self.frame, "pandas"):
            way_out = "give a path, a URL, or a pandas, Polars, Arrow or DuckDB table; a lazy one must be collected first"
            raise SourceError(f"is a {type(self.frame).__name__}, not a frame", where=self.name, way_out=way_out)
        rows = len(self.frame) if hasattr(self.frame, "__len__") else None
        yield Unit(self.name, self.name, rows=rows, widths=_widths(self.frame))

    def only(self, columns: Iterable[str]) -> FrameSource:
        """The same frame, of which no more than some columns are read."""
        return FrameSource(self.frame, self.name, tuple(columns))

    def read(self, unit: Unit) -> Iterator[pa.RecordBatch | Skipped | Remark]:
        """The rows in batches; text of any Arrow type stays that type."""
        done = 0
        try:
            for batch in _batches(self.frame, self.columns):
                done += batch.num_rows
                yield batch
        except SourceError as error:
            yield Skipped(self.name, "rows" if done else "table", why(error), unit.table)

    def copy(self, to: str, edit: Edit) -> Iterator[Path | Skipped]:
        """The edited frame as a Parquet file `<name>.parquet` below `to`.

        Raises:
            RedactionError: the file exists already, or cannot be written, or the edit failed.
        """
        target = Path(to) / f"{self.name}.parquet"
        with fresh(target) as sink:
            pq.write_table(self.edited(edit), sink)
        yield target

    def edited(self, edit: Edit) -> pa.Table:
        """The edited frame as an Arrow table; edited columns have memory of their own, with nothing old behind it.

        Raises:
            RedactionError: the frame cannot be read, or the edit failed.
        """
        return self._tables(edit)[1]

    def copied(self, edit: Edit) -> Any:
        """The edited frame as a new frame of the same library; where that has no way back from Arrow, an Arrow table.

        pandas keeps its index, its labels, and the dtypes of the columns that were not edited.

        Raises:
            RedactionError: the frame cannot be read, or the edit failed.
        """
        before, after = self._tables(edit)
        return _as(self.frame, before, after)

    def _tables(self, edit: Edit) -> tuple[pa.Table, pa.Table]:
        try:
            parts = list(_batches(self.frame))
        except SourceError as error:
            raise RedactionError(error.what, where=self.name, way_out=error.way_out) from None
        return pa.Table.from_batches(parts), _rejoined(parts, [applied(edit, self.name, part, self.name) for part in parts])


def _widths(frame: Any) -> tuple[tuple[str, float], ...]:
    """The columns of a frame that is there as a whole, each with about the bytes of a cell, as its first rows tell."""
    if isinstance(frame, (pa.Table, pa.RecordBatch)):
        first = frame.slice(0, _FIRST)
    elif hasattr(frame, "columns") and (_is_from(frame, "pandas") or _is_from(frame, "polars")):
        first = frame.head(_FIRST)
    else:
        return ()  # a stream can be read once, and a query is made again each time
    try:
        return widths(next(_batches(first)))
    except SourceError:
        return ()


def _batches(frame: Any, columns: Collection[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of a frame, or some columns of them; none of its own errors gets out, because they quote cells."""
    rows = 0
    try:
        reader = _reader(frame, columns)
        names = list(distinct(reader.schema.names))
        wanted = meant(names, columns)
        for batch in reader:
            some = batch.select([names.index(name) for name in wanted])
            for part in _parts(some):
                rows += part.num_rows
                yield _plain(part, wanted)
    except Exception as error:  # noqa: BLE001 - each library has errors of its own
        raise SourceError(f"cannot be read as a table ({type(error).__name__})", where=type(frame).__name__) from None
    if not rows and isinstance(frame, pa.RecordBatchReader):
        raise SourceError("gives no rows: it is empty, or was read before", way_out="give it as a pyarrow.Table")
    if not rows:
        yield _plain(empty_batch(reader.schema), names).select(wanted)


def _plain(batch: pa.RecordBatch, names: list[str]) -> pa.RecordBatch:
    """The batch under distinct names, without metadata and views."""
    return pa.RecordBatch.from_arrays([without_views(column) for column in batch.columns], names)


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    step = max(1, int(min(_BATCH_ROWS, _BATCH_BYTES * batch.num_rows / max(size(batch), 1))))
    for start in range(0, batch.num_rows, step):
        yield batch.slice(start, step)


def _reader(frame: Any, columns: Collection[str] | None) -> pa.RecordBatchReader:
    """A reader of all columns, or of those that are made for it."""
    if _is_from(frame, "pandas"):
        from pii_scan.connectors.pandas_frames import to_arrow

        return to_arrow(frame, columns).to_reader()
    if _is_from(frame, "polars") and (objects := _objects(frame)) is not None:
        return objects.to_reader()
    if hasattr(frame, "__arrow_c_stream__"):
        return _streamed(frame)
    if hasattr(frame, "__arrow_c_array__"):
        found = pa.array(frame)
        batch = pa.RecordBatch.from_struct_array(found) if pa.types.is_struct(found.type) else _only(frame, found)
        return pa.Table.from_batches([batch]).to_reader()
    raise TypeError(type(frame).__name__)


def _streamed(frame: Any) -> pa.RecordBatchReader:
    """The frame's stream; that of a single column has no names, and is refused at first."""
    try:
        return pa.RecordBatchReader.from_stream(frame)
    except pa.ArrowException:
        if isinstance(frame, pa.RecordBatchReader):
            raise
    return pa.table({_name(frame): pa.chunked_array(frame)}).to_reader()


def _only(frame: Any, column: pa.Array) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([column], [_name(frame)])


def _name(frame: Any) -> str:
    return str(getattr(frame, "name", "") or "values")


def _objects(frame: Any) -> pa.Table | None:
    """A Polars frame with columns of Python objects, which Arrow would take for numbers; none where there are none."""
    import polars as pl

    columns = frame.get_columns() if isinstance(frame, pl.DataFrame) else [frame] if isinstance(frame, pl.Series) else []
    if not any(column.dtype == pl.Object for column in columns):
        return None
    from pii_scan.connectors.pandas_frames import texts

    return pa.table({column.name: texts(column) if column.dtype == pl.Object else column.to_arrow() for column in columns})


def _rejoined(parts: list[pa.RecordBatch], edited: list[pa.RecordBatch]) -> pa.Table:
    """The edited batches as one table: a column keeps its type where every batch of it does."""
    fields, changed = parts[0].schema, Changed()
    for batch in edited:
        learnt(fields, batch, changed)
    schema = bare_schema(fields, changed)
    return pa.Table.from_batches([refitted(*pair, schema) for pair in zip(parts, edited, strict=True)], schema)


def _as(frame: Any, before: pa.Table, after: pa.Table) -> Any:
    """A table in the library of the frame."""
    if _is_from(frame, "pandas"):
        from pii_scan.connectors.pandas_frames import from_arrow

        return from_arrow(frame, before, after)
    if _is_from(frame, "polars"):
        made = sys.modules["polars"].from_arrow(after)
        return made if hasattr(frame, "columns") else made.to_series()
    if _is_from(frame, "duckdb"):
        return sys.modules["duckdb"].from_arrow(after)
    if isinstance(frame, (pa.Table, pa.RecordBatch, pa.RecordBatchReader)):
        kept = places(before.schema.names, after.schema.names) or []
        after = after.rename_columns([frame.schema.names[place] for place in kept])
    if isinstance(frame, pa.RecordBatch):
        return after.combine_chunks().to_batches()[0] if after.num_rows else empty_batch(after.schema)
    return after.to_reader() if isinstance(frame, pa.RecordBatchReader) else after


def _is_from(frame: Any, library: str) -> bool:
    """Whether its class, or one it is made from, is of that library, which need not be installed."""
    return any(kind.__module__.partition(".")[0] == library for kind in type(frame).__mro__)
