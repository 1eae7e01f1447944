"""Rows and foreign batches as Arrow batches of the types that the fields ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.connectors.sql_table import Field

BATCH_ROWS = 32_768
BATCH_BYTES = 4 << 20
FIRST_ROWS = 256


def from_rows(rows: Sequence[Sequence[Any]], fields: Sequence[Field]) -> pa.RecordBatch:
    """A batch out of rows of Python values."""
    columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else [()] * len(fields)
    arrays = [_array(values, field.type) for values, field in zip(columns, fields, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=[field.name for field in fields])


def _array(values: Sequence[Any], wanted: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, wanted)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return pa.array([as_text(value) for value in values], pa.string())


def as_text(value: Any) -> str | None:
    """A cell as text: bytes that are no UTF-8 with a replacement mark for each."""
    if value is None or isinstance(value, str):
        return value
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def from_foreign(batch: pa.RecordBatch, fields: Sequence[Field]) -> pa.RecordBatch:
    """A driver's batch with our names, our types, and valid UTF-8 in every text."""
    arrays = [_fitted(column, field.type) for column, field in zip(batch.columns, fields, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=[field.name for field in fields])


def _fitted(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_string(column.type):
        column = _valid(column)
    return column if column.type == wanted else pc.cast(column, wanted)


def _valid(column: pa.StringArray) -> pa.Array:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return pa.array([as_text(value) for value in column.view(pa.binary()).to_pylist()], pa.string())
    return column


def gathered(batches: Iterable[pa.RecordBatch], most: int = BATCH_BYTES) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of so many bytes: small ones cost more to examine than to read.

    Their columns are copies, since a driver frees all columns of a batch together. An error comes out after the rows that were
    read before it.
    """
    held: list[pa.RecordBatch] = []
    rows = size = 0
    try:
        for batch in batches:
            taken = batch.nbytes
            if held and (rows + batch.num_rows > BATCH_ROWS or size + taken > most):
                yield _joined(held)
                held, rows, size = [], 0, 0
            held.append(batch)
            rows, size = rows + batch.num_rows, size + taken
    except Exception:
        if held:
            yield _joined(held)
        raise
    if held:
        yield _joined(held)


def _joined(held: list[pa.RecordBatch]) -> pa.RecordBatch:
    columns = zip(*(batch.columns for batch in held), strict=True)
    copied = [pa.concat_arrays([*parts, parts[0].slice(0, 0)]) for parts in columns]
    return pa.RecordBatch.from_arrays(copied, schema=held[0].schema) if copied else held[0]


def next_size(batch: pa.RecordBatch) -> int:
    """How many rows to fetch next so that they stay under the lid on memory."""
    each = max(batch.nbytes // max(batch.num_rows, 1), 1)
    fitting: int = min(BATCH_ROWS, BATCH_BYTES // each, batch.num_rows * 8)
    return max(1, fitting)
