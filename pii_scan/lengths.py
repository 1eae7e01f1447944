"""Cells too long to be examined whole, cut before anything copies them: memory has a lid, whatever the size of a cell."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_WIDEST = 4
"""Bytes of a character in UTF-8, at the most."""


def shortened(batch: pa.RecordBatch, most: int) -> pa.RecordBatch:
    """The batch, each text in its columns no longer than `most` characters and one more, which tells that it went on."""
    before = batch.columns
    columns = [_cut(column, most) for column in before]
    if all(one is two for one, two in zip(before, columns, strict=True)):
        return batch
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def _cut(column: pa.Array, most: int) -> pa.Array:
    kind = column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)) or column.nbytes <= _WIDEST * most:
        return column
    longest = pc.max(pc.binary_length(column)).as_py() or 0
    return pc.utf8_slice_codeunits(column, 0, most + 1) if longest > _WIDEST * most else column
