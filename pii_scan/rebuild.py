"""Arrow arrays made anew from edited cells, so that no byte of an old cell is left in any buffer.

Arrow hides old bytes in many places: under null slots, before and after a slice, in unused dictionary entries, in the
losing side of `if_else`. Nothing here copies a buffer: texts are made new and taken by index.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Visit = Callable[[str, "pa.Array"], "pa.Array | None"]
"""`visit(path, array)`: the edited array, or None to leave it, and look into it where it is nested."""
Texts = Callable[[Sequence[str]], Sequence[str]]
"""Distinct texts, none empty, to as many edited ones."""


def walked(array: pa.Array, path: str, visit: Visit) -> pa.Array:
    """The array with every part edited that `visit` edits; the very same array where it edits none.

    Structs, lists and maps are walked as a scan walks them: a field adds its name to the path, a list adds nothing,
    a map adds `key` or `value`.
    """
    kind = array.type
    if isinstance(array, pa.ExtensionArray):
        return _extension(array, path, visit)
    if pa.types.is_run_end_encoded(kind):
        return _or_same(array, pc.run_end_decode(array), path, visit)
    if pa.types.is_map(kind):
        return _map(array, path, visit)
    if _is_list(kind):
        return _list(array, path, visit)
    edited = visit(path, array)
    if edited is not None:
        return edited
    return _struct(array, path, visit) if pa.types.is_struct(kind) else array


def constant(array: pa.Array, value: str) -> pa.Array:
    """Every cell replaced by one text; null stays null, empty stays empty. Numbers and the like become text."""
    if pa.types.is_null(array.type):
        return array
    plain = array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
    if holds_text(plain.type):
        filled = pc.greater(pc.binary_length(_sized(plain)), 0)
    else:
        filled = pc.if_else(plain.is_valid(), pa.scalar(value=True), pa.scalar(None, pa.bool_()))
    places = pc.if_else(filled, pa.scalar(1, pa.int8()), pa.scalar(0, pa.int8()))
    return restored(pa.array(["", value], pa.large_string()).take(places), array.type)


def emptied(array: pa.Array) -> pa.Array:
    """Nothing left: empty texts where the column is text, else nulls of its own type."""
    return constant(array, "") if holds_text(array.type) else pa.nulls(len(array), array.type)


def mapped(array: pa.Array, edit: Texts) -> pa.Array:
    """Every cell replaced by what `edit` makes of its text, each distinct text once; null and empty stay."""
    if pa.types.is_null(array.type):
        return array
    encoded = as_text(array).dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    filled = [text for text in distinct if text]
    edited = iter(edit(filled) if filled else ())
    texts = pa.array([next(edited) if text else text for text in distinct], pa.large_string())
    return restored(texts.take(encoded.indices), array.type)


def retyped(array: pa.Array, edit: Texts, kind: pa.DataType) -> pa.Array:
    """Every cell replaced by what `edit` makes of its text, in a type of numbers or dates; what that cannot hold is null."""
    encoded = as_text(array).dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    filled = [text for text in distinct if text]
    edited = iter(edit(filled) if filled else ())
    texts = pa.array([(next(edited) if text else None) or None for text in distinct], pa.large_string())
    return _cast(texts, kind).take(encoded.indices)


def plain_type(kind: pa.DataType) -> pa.DataType | None:
    """The type of numbers, dates or flags that a column holds, or None where it holds something else."""
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    return kind if pa.types.is_primitive(kind) or pa.types.is_decimal(kind) else None


def as_text(array: pa.Array) -> pa.Array:
    """The cells as text, as a scan reads them; bytes that are not UTF-8 as hexadecimal digits."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return as_text(array.dictionary_decode())
    if not _is_bytes(kind):
        try:
            return array.cast(pa.large_string())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return pa.array([None if cell is None else str(cell) for cell in array.to_pylist()], pa.large_string())
    return pa.array([None if cell is None else _decoded(cell) for cell in array.to_pylist()], pa.large_string())


def holds_text(kind: pa.DataType) -> bool:
    """Whether a column of this type can hold an edited text without changing type."""
    if pa.types.is_dictionary(kind):
        return holds_text(kind.value_type)
    return is_text(kind) or _is_bytes(kind)


def leaf_paths(kind: pa.DataType, path: str = "") -> list[str]:
    """The paths of all leaves of a type, as `walked` tells them."""
    if isinstance(kind, pa.BaseExtensionType):
        return leaf_paths(kind.storage_type, path)
    if pa.types.is_map(kind):
        return [*leaf_paths(kind.key_type, join(path, "key")), *leaf_paths(kind.item_type, join(path, "value"))]
    if _is_list(kind) or pa.types.is_run_end_encoded(kind):
        return leaf_paths(kind.value_type, path)
    if pa.types.is_struct(kind):
        return [leaf for field in kind for leaf in leaf_paths(field.type, join(path, field.name))]
    return [path]


def join(path: str, name: str) -> str:
    """One step further into nested data."""
    return f"{path}.{name}" if path else name


def ways(path: str) -> list[str]:
    """The path, and every path above it, up to the cell itself."""
    parts = path.split(".") if path else []
    return [".".join(parts[:end]) for end in range(len(parts), -1, -1)]


def _extension(array: pa.ExtensionArray, path: str, visit: Visit) -> pa.Array:
    storage = array.storage
    edited = walked(storage, path, visit)
    if edited is storage:
        return array
    return pa.ExtensionArray.from_storage(array.type, edited) if edited.type == storage.type else edited


def _or_same(array: pa.Array, plain: pa.Array, path: str, visit: Visit) -> pa.Array:
    edited = walked(plain, path, visit)
    return array if edited is plain else edited


def _struct(array: pa.StructArray, path: str, visit: Visit) -> pa.Array:
    old = array.flatten()  # a child under a null parent comes out null
    names = [join(path, field.name) for field in array.type]
    new = [walked(child, name, visit) for child, name in zip(old, names, strict=True)]
    if all(one is two for one, two in zip(old, new, strict=True)):
        return array
    fields = [
        field if before is after else field.with_type(after.type).with_nullable(True)  # noqa: FBT003 - a foreign name
        for field, before, after in zip(array.type, old, new, strict=True)
    ]
    return pa.StructArray.from_arrays(new, fields=fields, mask=array.is_null())


def _list(array: pa.Array, path: str, visit: Visit) -> pa.Array:
    kind = array.type
    values = array.flatten()
    edited = walked(values, path, visit)
    if edited is values:
        return array
    field = kind.value_field.with_type(edited.type)
    lengths = pc.fill_null(pc.list_value_length(array), 0)
    large = pa.types.is_large_list(kind) or pa.types.is_large_list_view(kind)
    made = pa.LargeListArray if large else pa.ListArray
    plain = made.from_arrays(
        _offsets(lengths, array, large=large), edited, type=pa.large_list(field) if large else pa.list_(field)
    )
    return plain.cast(pa.list_(field, kind.list_size)) if pa.types.is_fixed_size_list(kind) else plain


def _map(array: pa.MapArray, path: str, visit: Visit) -> pa.Array:
    bounds = np.asarray(array.offsets)
    lengths = np.where(np.asarray(array.is_valid()), np.diff(bounds), 0)
    starts = np.repeat(bounds[:-1] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    places = pa.array(starts + np.arange(len(starts)), pa.int64())
    keys, items = array.keys.take(places), array.items.take(places)
    new_keys, new_items = walked(keys, join(path, "key"), visit), walked(items, join(path, "value"), visit)
    if new_keys is keys and new_items is items:
        return array
    if new_keys.null_count:  # a map has no null keys
        new_keys = pc.fill_null(as_text(new_keys), "").cast(pa.string())
    kind = pa.map_(new_keys.type, array.type.item_field.with_type(new_items.type), keys_sorted=False)
    return pa.MapArray.from_arrays(_offsets(pa.array(lengths), array, large=False), new_keys, new_items, type=kind)


def _offsets(lengths: pa.Array, array: pa.Array, *, large: bool) -> pa.Array:
    """Where each list begins; a null there makes the list null."""
    sums = np.concatenate([[0], np.cumsum(np.asarray(lengths))])
    nulls = np.concatenate([np.asarray(array.is_null()), [False]])
    return pa.array(sums, pa.int64() if large else pa.int32(), mask=nulls)


def restored(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    """Texts in the type of the column they replace, or as plain text where that cannot hold text."""
    if not holds_text(kind):
        return texts.cast(pa.string())
    if pa.types.is_dictionary(kind):
        return restored(texts, kind.value_type).dictionary_encode().cast(kind)
    return texts.cast(pa.large_binary()).cast(kind) if not is_text(kind) else texts.cast(kind)


def _cast(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    try:
        return texts.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        if len(texts) == 1:
            return pa.nulls(1, kind)
    # somewhere among them is one that cannot be cast: it alone is lost
    half = len(texts) // 2
    return pa.concat_arrays([_cast(texts[:half], kind), _cast(texts[half:], kind)])


def _sized(array: pa.Array) -> pa.Array:
    """Views have no length kernel."""
    if pa.types.is_string_view(array.type):
        return array.cast(pa.large_string())
    return array.cast(pa.large_binary()) if pa.types.is_binary_view(array.type) else array


def _decoded(cell: bytes) -> str:
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return cell.hex()


def is_text(kind: pa.DataType) -> bool:
    """Whether it is a type of plain texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def _is_list(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
        or pa.types.is_list_view(kind)
        or pa.types.is_large_list_view(kind)
    )
