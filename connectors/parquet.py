"""Parquet: one unit a few row groups, read in bounded batches; copies keep types, row groups and compression."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pii_scan.connectors.edits import applied
from pii_scan.connectors.files import changed, fingerprint, reason, table_name, why
from pii_scan.connectors.names import distinct, meant
from pii_scan.connectors.parquet_rows import Widths, long_columns, repeating, rows_at_once
from pii_scan.connectors.partitions import partitioned
from pii_scan.connectors.row_groups import spans, told, widths, within
from pii_scan.connectors.types import empty_batch
from pii_scan.contracts import Edit
from pii_scan.errors import SourceError
from pii_scan.model import Remark, Skipped, Unit

_BUFFER = 512 << 10
"""Bytes that are read at once of each column, and held."""


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
        columns: the only ones that are read; None for all.
        dictionaries: whether columns that are stored as a few texts and their places are handed on so.
    """

    address: str
    columns: tuple[str, ...] | None = None
    dictionaries: bool = False

    def units(self) -> Iterator[Unit | Skipped]:
        """A unit for each row group, numbered from 1; an empty file has one unit without rows."""
        try:
            mark = fingerprint(self.address)
            with opened(self.address) as file:
                found = file.metadata
                groups = [(found.row_group(place).num_rows, _stored(found, place)) for place in range(found.num_row_groups)]
                apart = widths(found) if _wanted(file, ()) is not None else ()
        except OSError as error:
            yield self._skipped("file", f"cannot be opened: {reason(error)}")
        except SourceError as error:
            yield self._skipped("file", why(error))
        else:
            if not groups:
                yield Unit(self.address, self._table, fingerprint=mark, rows=0, size=0)
            whole, stored = max(1, sum(rows for rows, _ in groups)), sum(size for _, size in groups)
            for begin, end in spans(groups):
                size = stored * end // whole - stored * begin // whole
                key, span = told(groups, begin, end), (begin, end)
                yield Unit(self.address, self._table, key, f"{mark}:{begin}-{end}", end - begin, size, span=span, widths=apart)

    def read(self, unit: Unit) -> Iterator[pa.RecordBatch | Skipped | Remark]:
        """The rows of the unit (all, where it names none), nested columns as they are."""
        return partitioned(self.address, self._rows(unit))

    def only(self, columns: Iterable[str]) -> ParquetSource:
        """The same file, of which no more than some columns are read, and the paths in them; partitions are all told."""
        return replace(self, columns=tuple(columns))

    def with_dictionaries(self) -> ParquetSource:
        """The same file, its columns of few texts handed on as dictionaries."""
        return replace(self, dictionaries=True)

    def heavy(self, unit: Unit) -> bool:
        """Whether so much is held while some rows of the unit are read that nobody else should hold as much."""
        found = _long_columns(self.address, unit.fingerprint, unit.span)
        return bool(found) and (self.columns is None or not found.isdisjoint(self.columns))

    def _rows(self, unit: Unit) -> Iterator[pa.RecordBatch | Skipped]:
        done, known = False, Widths()
        try:
            with opened(self.address, self._repeating(unit)) as file:
                for place, rows in within(file.metadata, unit.span):
                    for found in self._group(file, place, rows, known):
                        done = True
                        yield found
                        del found  # whatever is read next, this is not held beside it
                if not done:
                    empty = named(empty_batch(file.schema_arrow))
                    wanted = _wanted(file, self.columns)
                    yield empty if wanted is None else empty.select(wanted)
        except SourceError as error:
            yield self._skipped("unit" if unit.key else "file", f"{why(error)}; nothing of it was examined", unit.key)
        if unit.fingerprint and changed(self.address, unit.fingerprint):
            yield self._skipped("unit", "was changed while it was read (scan it again)", unit.key)

    def _repeating(self, unit: Unit) -> Callable[[pq.ParquetFile], list[str]] | None:
        """What finds the columns of a file that are to be read as dictionaries."""

        def found(file: pq.ParquetFile) -> list[str]:
            groups = [place for place, _ in within(file.metadata, unit.span)]
            return repeating(file, groups, _wanted(file, self.columns))

        return found if self.dictionaries else None

    def _group(self, file: pq.ParquetFile, place: int, rows: slice, known: Widths) -> Iterator[pa.RecordBatch | Skipped]:
        """Some rows of one row group; where it is damaged, the other groups are read all the same."""
        done = 0
        try:
            for batch in batches(file, place, self.address, _wanted(file, self.columns), known):
                wanted = batch.slice(max(0, rows.start - done), max(0, rows.stop - max(done, rows.start)))
                done += batch.num_rows
                del batch
                if wanted.num_rows:
                    yield wanted
                del wanted
                if done >= rows.stop:
                    return
        except SourceError as error:
            yield self._skipped("rows", f"{why(error)}; nothing after its row {done:,} was examined", f"row group {place + 1}")

    def copy(self, to: str, edit: Edit) -> Iterator[Path | Skipped]:
        """The file under its own name below `to`: same columns, row groups and compression, no metadata of the source.

        Raises:
            RedactionError: the copy exists already, or cannot be written, or the edit failed.
        """
        from pii_scan.connectors.parquet_copy import copied

        target = Path(to) / Path(self.address).name
        try:
            copied(self.address, target, partial(applied, edit, self._table, where=str(target)))
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
def opened(path: str, dictionaries: Callable[[pq.ParquetFile], list[str]] | None = None) -> Iterator[pq.ParquetFile]:
    """The file; its errors quote cells, so they become a `SourceError` that does not.

    Args:
        path: where it is.
        dictionaries: finds the columns that are to be read as such.
    """
    with _guarded(path):
        if not Path(path).stat().st_size:
            raise SourceError("is empty", where=path)
        file = pq.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER)
        if dictionaries and (names := dictionaries(file)):
            told = file.metadata
            file.close()
            file = pq.ParquetFile(path, metadata=told, read_dictionary=names, pre_buffer=False, buffer_size=_BUFFER)
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


def batches(
    file: pq.ParquetFile, place: int, path: str, columns: Sequence[str] | None = None, known: Widths | None = None
) -> Iterator[pa.RecordBatch]:
    """The rows of a row group, in batches whose size in memory stays bounded, under distinct names.

    `known` remembers, from group to group, how wide their rows were found to be.
    """
    with _guarded(path):
        rows = rows_at_once(file, place, path, columns, Widths() if known is None else known)
        for batch in file.iter_batches(rows, row_groups=[place], columns=columns, use_threads=False):
            yield named(batch)
            del batch


def _wanted(file: pq.ParquetFile, columns: Sequence[str] | None) -> list[str] | None:
    """The file's own columns that are meant, None for all: also where names do not tell columns apart as Parquet reads them."""
    names = file.schema_arrow.names
    if columns is None or len(set(names)) < len(names) or any("." in name or not name for name in names):
        return None
    return meant(names, columns)


@lru_cache(maxsize=256)
def _long_columns(path: str, _mark: str, span: tuple[int, int] | None) -> frozenset[str]:
    """The columns that have a huge page in some rows of a file; asked for each strip of a unit, and known after the first."""
    try:
        with opened(path) as file:
            groups = [place for place, _ in within(file.metadata, span)]
            return frozenset(name for place in groups for name in long_columns(file, place, path, file.schema_arrow.names))
    except (SourceError, OSError):
        return frozenset()


def named(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch under names that can be told apart."""
    names = list(distinct(batch.schema.names))
    return batch if names == batch.schema.names else batch.rename_columns(names)


def _stored(found: pq.FileMetaData, place: int) -> int:
    """The bytes that a row group takes in the file."""
    group = found.row_group(place)
    return sum(group.column(column).total_compressed_size for column in range(group.num_columns))
