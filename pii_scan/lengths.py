"""Cells too long to be examined whole, cut before anything copies them: memory has a lid, whatever the size of a cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.model import Remark, Skipped

_WIDEST = 4
"""Bytes of a character in UTF-8, at the most."""


def shorter(items: Iterable[pa.RecordBatch | Skipped | Remark], most: int) -> Iterator[pa.RecordBatch | Skipped | Remark]:
    """The batches, each `shortened` as it comes: none of them is held whole beside the next."""
    for item in items:
        yield shortened(item, most) if isinstance(item, pa.RecordBatch) else item
        del item


def shortened(batch: pa.RecordBatch, most: int) -> pa.RecordBatch:
    """The batch, each text in its columns no longer than `most` characters and one more, which tells that it went on."""
    before = batch.columns
    columns = [_cut(column, most) for column in before]
    if all(one is two for one, two in zip(before, columns, strict=True)):
        return batch
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def _cut(column: pa.Array, most: int) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        cut = _cut(column.dictionary, most)
        return column if cut is column.dictionary else pa.DictionaryArray.from_arrays(column.indices, cut)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)) or column.nbytes <= _WIDEST * most:
        return column
    longest = pc.max(pc.binary_length(column)).as_py() or 0
    return pc.utf8_slice_codeunits(column, 0, most + 1) if longest > _WIDEST * most else column
