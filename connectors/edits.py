"""Applying an edit: it is held to its promise, and its errors cannot quote a cell."""

from __future__ import annotations

import pyarrow as pa

from pii_scan.contracts import Edit
from pii_scan.errors import PiiScanError, RedactionError


def applied(edit: Edit, table: str, batch: pa.RecordBatch, where: str) -> pa.RecordBatch:
    """The edited batch, with the rows and columns of the one that went in.

    Args:
        edit: what changes the cells.
        table: the table that the batch is of.
        batch: some of its rows.
        where: the place that errors name.

    Raises:
        RedactionError: the edit failed, or broke its promise.
    """
    try:
        edited = edit(table, batch)
    except PiiScanError:
        raise
    except Exception as error:  # noqa: BLE001 - its message may quote a cell
        raise RedactionError(f"the edit failed with {type(error).__name__}", where=where) from None
    if edited.num_rows != batch.num_rows or edited.schema.names != batch.schema.names:
        raise RedactionError("the edit changed the rows or columns themselves", where=where)
    return edited


def as_text(array: pa.Array) -> pa.Array:
    """Any array as strings, nulls kept."""
    if pa.types.is_string(array.type):
        return array
    if pa.types.is_dictionary(array.type):
        return as_text(array.dictionary_decode())
    try:
        return array.cast(pa.string())
    except pa.ArrowException:
        return pa.array([None if cell is None else str(cell) for cell in array.to_pylist()], pa.string())
