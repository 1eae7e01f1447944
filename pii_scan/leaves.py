"""The leaves of a batch, nested data flattened, as the texts that a scan would read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.rebuild import as_text, join

_END = (pa.scalar("", pa.large_string()), pa.scalar("\n", pa.large_string()))


def leaves(array: pa.Array, path: str = "") -> Iterator[tuple[str, pa.Array]]:
    """Every leaf with its path, as `rebuild.leaf_paths` names them; a list gives the values of all its lists."""
    kind = array.type
    if isinstance(array, pa.ExtensionArray):
        yield from leaves(array.storage, path)
    elif pa.types.is_run_end_encoded(kind):
        yield from leaves(pc.run_end_decode(array), path)
    elif pa.types.is_map(kind):
        flat = array.cast(pa.list_(pa.struct([kind.key_field.with_name("key"), kind.item_field.with_name("value")]))).flatten()
        yield from leaves(flat, path)
    elif pa.types.is_struct(kind):
        for field, child in zip(kind, array.flatten(), strict=True):
            yield from leaves(child, join(path, field.name))
    elif hasattr(kind, "value_field"):
        yield from leaves(array.flatten(), path)
    else:
        yield path, array


def lines(batch: pa.RecordBatch) -> Iterator[bytes]:
    """The cells of each leaf of each column, one a line; text that is null or empty gives an empty line."""
    for column in batch.columns:
        for _, leaf in leaves(column):
            yield text_lines(as_text(leaf))


def distinct(leaf: pa.Array) -> pa.Array:
    """Each distinct cell of a leaf as text; what is text already is not copied before."""
    return as_text(leaf.unique()) if pa.types.is_string(leaf.type) else as_text(leaf).unique()


def text_lines(texts: pa.Array) -> bytes:
    """Texts, one a line, as UTF-8."""
    if not len(texts):
        return b""
    made = pc.binary_join_element_wise(pc.fill_null(texts.cast(pa.large_string()), ""), *_END)
    offsets = np.frombuffer(made.buffers()[1], np.int64)[made.offset : made.offset + len(made) + 1]
    data = made.buffers()[2]
    return bytes(memoryview(data)[offsets[0] : offsets[-1]]) if data is not None else b""
