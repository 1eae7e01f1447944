"""Applying an edit: it is held to its promise, and its errors cannot quote a cell."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from pii_scan.contracts import DROPPED, Edit
from pii_scan.errors import PiiScanError, RedactionError


def applied(edit: Edit, table: str, batch: pa.RecordBatch, where: str) -> pa.RecordBatch:
    """The edited batch, with the rows of the one that went in and its columns in their order, but for those left out.

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
    if edited.num_rows != batch.num_rows or not keeps_columns(batch, edited):
        raise RedactionError("the edit changed the rows or columns themselves", where=where)
    return edited


def keeps_columns(batch: pa.RecordBatch, edited: pa.RecordBatch) -> bool:
    """Whether an edited batch has the columns that it had, in their order, but for those that it says it leaves out."""
    said = (edited.schema.metadata or {}).get(DROPPED, b"").decode("utf-8", "surrogatepass").split("\0")
    kept = places(batch.schema.names, edited.schema.names)
    return kept is not None and all(name in said for place, name in enumerate(batch.schema.names) if place not in kept)


def places(before: Sequence[str], after: Sequence[str]) -> list[int] | None:
    """Where the columns that an edit has left stood; None where they are not those, or in another order.

    >>> places(["id", "email", "notes"], ["id", "notes"])
    [0, 2]
    """
    found: list[int] = []
    for name in after:
        begin = found[-1] + 1 if found else 0
        if name not in before[begin:]:
            return None
        found.append(list(before).index(name, begin))
    return found if found or not before else None


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
