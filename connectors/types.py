"""Arrow types and arrays made anew, so that a copy carries neither metadata nor values that were taken out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from pii_scan.connectors.edits import as_text, places
from pii_scan.connectors.names import distinct

_FIELD_ID = b"PARQUET:field_id"
_VIEWED = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}


Changed = dict[int, "pa.DataType | None"]
"""By their places, the columns that an edit gave another type, or left out."""


def bare_schema(schema: pa.Schema, changed: Mapping[int, pa.DataType | None] | None = None) -> pa.Schema:
    """The schema without its metadata, but for the field numbers that table formats go by.

    Args:
        schema: the schema of the source.
        changed: columns that get another type, or are left out.
    """
    types = {place: field.type for place, field in enumerate(schema)} | dict(changed or {})
    fields = (field.with_type(kind) for place, field in enumerate(schema) if (kind := types[place]) is not None)
    return pa.schema([_bare_field(field, top=True) for field in fields])


def learnt(schema: pa.Schema, edited: pa.RecordBatch, changed: Changed) -> bool:
    """Whether an edited batch shows something that `changed` did not tell yet; it then tells it.

    A column gets the type that it comes back with, and becomes text where a later batch comes with yet another.
    """
    kept = places(distinct(schema.names), edited.schema.names) or []
    fresh: Changed = {place: None for place in range(len(schema)) if place not in kept and changed.get(place, 0) is not None}
    for place, array in zip(kept, edited.columns, strict=True):
        kind = changed.get(place) or schema.field(place).type
        if changed.get(place) != pa.string() and not fits(array, kind):  # anything can become text
            text = place in changed or _is_text(plain(array.type)) or pa.types.is_null(array.type)
            fresh[place] = pa.string() if text else plain(array.type)
    changed |= fresh
    return bool(fresh)


def empty_batch(schema: pa.Schema) -> pa.RecordBatch:
    """A batch of no rows."""
    return pa.RecordBatch.from_arrays([_empty(field.type) for field in schema], schema=schema)


def fits(array: pa.Array, kind: pa.DataType) -> bool:
    """Whether an edited array can be kept as that type: it has it, or both are text."""
    return array.type.equals(kind) or plain(array.type).equals(plain(kind)) or (_is_text(array.type) and _is_text(kind))


def rebuilt(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """The array as that type, in buffers of its own: nothing is left of what a slice, a null or a dictionary hid."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    elif not plain(array.type).equals(array.type):
        array = array.cast(plain(array.type))
    if pa.types.is_dictionary(kind):
        return rebuilt(array, kind.value_type).dictionary_encode().cast(kind)
    if not array.type.equals(kind):
        array = as_text(array).cast(kind) if _is_text(kind) else array.cast(kind)
    try:
        return array.take(pa.array(np.arange(len(array))))
    except pa.ArrowNotImplementedError:  # Arrow cannot yet take from every type
        return pa.array(array.to_pylist(), kind)


def refitted(batch: pa.RecordBatch, edited: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The edited batch in the schema of the copy; a column that was not edited keeps its array."""
    before = batch.columns
    kept = places(batch.schema.names, edited.schema.names) or []
    columns = [
        old if new.equals(old) and old.type.equals(field.type) else rebuilt(new, field.type)
        for old, new, field in zip([before[place] for place in kept], edited.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def without_views(array: pa.Array) -> pa.Array:
    """Text and bytes in one buffer: views are new, and much of Arrow cannot work on them yet."""
    kind = _VIEWED.get(array.type)
    if kind is None:
        return array
    try:
        return array.cast(kind)
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return pa.array(array.to_pylist(), kind)


def size(batch: pa.RecordBatch | pa.Array) -> int:
    """The bytes of a batch or column in memory; where Arrow cannot tell those of a slice, of all that it is cut from."""
    try:
        return int(batch.nbytes)
    except pa.ArrowTypeError:
        return int(batch.get_total_buffer_size())


def widths(batch: pa.RecordBatch) -> tuple[tuple[str, float], ...]:
    """The columns of a batch, each with about the bytes of a cell."""
    rows = max(1, batch.num_rows)
    return tuple((name, size(column) / rows) for name, column in zip(batch.schema.names, batch.columns, strict=True))


def plain(kind: pa.DataType) -> pa.DataType:
    """The type with its dictionaries decoded, at any depth, and without the metadata of inner fields."""
    if pa.types.is_dictionary(kind):
        return plain(kind.value_type)
    make = next((make for check, make in _NESTED if check(kind)), None)
    return make(kind) if make and not isinstance(kind, pa.BaseExtensionType) else kind


_NESTED: tuple[tuple[Callable[[pa.DataType], bool], Callable[[Any], pa.DataType]], ...] = (
    (pa.types.is_struct, lambda kind: pa.struct([_bare_field(field) for field in kind])),
    (pa.types.is_map, lambda kind: pa.map_(_bare_field(kind.key_field), _bare_field(kind.item_field), kind.keys_sorted)),
    (pa.types.is_fixed_size_list, lambda kind: pa.list_(_bare_field(kind.value_field), kind.list_size)),
    (pa.types.is_list, lambda kind: pa.list_(_bare_field(kind.value_field))),
    (pa.types.is_large_list, lambda kind: pa.large_list(_bare_field(kind.value_field))),
    (pa.types.is_list_view, lambda kind: pa.list_view(_bare_field(kind.value_field))),
    (pa.types.is_large_list_view, lambda kind: pa.large_list_view(_bare_field(kind.value_field))),
)


def _bare_field(field: pa.Field, *, top: bool = False) -> pa.Field:
    number = (field.metadata or {}).get(_FIELD_ID)
    kind = field.type if top and pa.types.is_dictionary(field.type) else plain(field.type)
    return pa.field(field.name, kind, field.nullable, {_FIELD_ID: number} if number else None)


def _empty(kind: pa.DataType) -> pa.Array:
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, _empty(kind.storage_type))
    return pa.array([], kind)


def _is_text(kind: pa.DataType) -> bool:
    return any(check(plain(kind)) for check in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))
