"""Record batches made larger: each pass over a column has a price of its own, whatever the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from pii_scan.memory import make_room
from pii_scan.model import Remark, Skipped

ROWS, BYTES = 1 << 17, 8 << 20
"""So many rows or bytes are enough for one batch. What works on one takes some six times its bytes for a moment."""


def gathered(items: Iterable[pa.RecordBatch | Skipped | Remark]) -> Iterator[pa.RecordBatch | Skipped | Remark]:
    """The same rows in fewer batches; what is no batch is handed on at once."""
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for item in items:
        if not isinstance(item, pa.RecordBatch):
            yield item
            continue
        if held and (rows + item.num_rows > ROWS or size + item.nbytes > BYTES or not item.schema.equals(held[0].schema)):
            made = _together(held)
            make_room()  # what reading took is not held beside what examining takes
            yield from _let_go(made)
            make_room()  # else the workers' peaks would add up: one examines a batch while another reads
            rows = size = 0
        held.append(item)
        rows, size = rows + item.num_rows, size + item.nbytes
    yield from _let_go(_together(held))


def _let_go(batches: list[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches, held no longer than whoever asks for them holds them."""
    while batches:
        yield batches.pop(0)


def _together(held: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """The batches as one, or as few as can be; they are held no longer."""
    if len(held) < 2:
        made = list(held)
        held.clear()
        return made
    schema, columns = held[0].schema, [batch.columns for batch in held]
    held.clear()
    joined = [_joined([part.pop(0) for part in columns]) for _ in schema]  # one by one: parts that are joined are let go
    if all(len(column.chunks) == 1 for column in joined):
        return [pa.RecordBatch.from_arrays([column.chunk(0) for column in joined], schema=schema)]
    return list(pa.Table.from_arrays(joined, schema=schema).to_batches())


def _joined(parts: list[pa.Array]) -> pa.ChunkedArray:
    if not pa.types.is_dictionary(parts[0].type):
        return pa.chunked_array([pa.concat_arrays(parts)])
    coded = pa.table([pa.chunked_array(parts)], [""])
    return coded.unify_dictionaries().combine_chunks().column(0)
