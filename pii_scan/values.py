"""A record batch as the distinct texts of each column path, with their counts."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_JSON_DEPTH = 8
_MEDIA = (
    (b"\xff\xd8\xff", "data:image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "data:image/png"),
    (b"GIF8", "data:image/gif"),
    (b"BM", "data:image/bmp"),
    (b"II*\x00", "data:image/tiff"),
    (b"MM\x00*", "data:image/tiff"),
    (b"%PDF-", "data:application/pdf"),
)


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one column path in one batch; `texts` are distinct and hold neither null nor blank."""

    column: str
    path: str
    type: str
    cells: int
    nulls: int
    texts: list[str]
    counts: list[int]
    settled: bool = False
    """Whether the type alone says that text patterns are pointless beyond a sample (dates, fractions, flags)."""

    def __repr__(self) -> str:
        """The address and the size, never the texts."""
        return f"Cells({self.column!r}, {self.path!r}, {self.cells} cells)"


def cells(batch: pa.RecordBatch, wanted: Callable[[str], bool]) -> Iterator[Cells]:
    """Every wanted column of the batch, structs, lists, maps and JSON texts walked into paths."""
    for name, array in zip(batch.schema.names, batch.columns, strict=True):
        if wanted(name):
            for path, type_, leaf in _leaves("", array):
                yield from _texts(name, path, type_, leaf)


def _leaves(path: str, array: pa.Array) -> Iterator[tuple[str, pa.DataType, pa.Array]]:
    kind = array.type
    if isinstance(array, pa.ExtensionArray):
        yield from _leaves(path, array.storage)
    elif pa.types.is_struct(kind):
        for field, child in zip(kind, array.flatten(), strict=True):
            yield from _leaves(_join(path, field.name), child)
    elif pa.types.is_map(kind):
        yield from _leaves(_join(path, "key"), array.keys)
        yield from _leaves(_join(path, "value"), array.items)
    elif pa.types.is_nested(kind) and not pa.types.is_union(kind):
        yield from _leaves(path, array.flatten())
    elif pa.types.is_union(kind):
        yield path, pa.string(), pa.array([None if v is None else str(v) for v in array.to_pylist()], pa.string())
    else:
        yield path, kind, array


def _texts(column: str, path: str, kind: pa.DataType, array: pa.Array) -> Iterator[Cells]:
    texts, counts = _distinct(_as_text(array))
    blank = [place for place, text in enumerate(texts) if not text or text.isspace()]
    nulls = array.null_count + sum(counts[place] for place in blank)
    for place in reversed(blank):
        del texts[place], counts[place]
    if _is_text(kind) and any(text[0] in "{[" for text in texts):
        texts, counts, inner = _unfold(texts, counts)
        for at, found in inner.items():
            yield Cells(column, _join(path, at), "string", sum(found.values()), 0, list(found), list(found.values()))
    yield Cells(column, path, str(_value_type(kind)), len(array), nulls, texts, counts, _settles(kind))


def _distinct(array: pa.Array) -> tuple[list[str], list[int]]:
    if not len(array) or array.null_count == len(array):
        return [], []
    counted = pc.value_counts(array)
    texts, counts = counted.field("values"), counted.field("counts")
    known = texts.is_valid()
    if pc.all(known).as_py() is not True:
        texts, counts = texts.filter(known), counts.filter(known)
    return texts.to_pylist(), np.asarray(counts).tolist()


def _as_text(array: pa.Array) -> pa.Array:
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _as_text(array.dictionary_decode())
    if pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
        return array.cast(pa.large_string())
    if _is_binary(kind):
        return pa.array([None if cell is None else _media_or_text(cell) for cell in array.to_pylist()], pa.string())
    try:
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([None if cell is None else str(cell) for cell in array.to_pylist()], pa.string())


def _media_or_text(cell: bytes) -> str:
    """Text where the bytes are UTF-8, else the media type that their first bytes tell."""
    for magic, media in _MEDIA:
        if cell.startswith(magic):
            return media
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return "data:application/octet-stream"


def _unfold(texts: list[str], counts: list[int]) -> tuple[list[str], list[int], dict[str, Counter[str]]]:
    """JSON objects and arrays among the texts, walked into paths; the other texts as they were."""
    plain: list[tuple[str, int]] = []
    inner: dict[str, Counter[str]] = defaultdict(Counter)
    for text, count in zip(texts, counts, strict=True):
        if not _walk(text, count, inner):
            plain.append((text, count))
    return [text for text, _ in plain], [count for _, count in plain], dict(sorted(inner.items()))


def _walk(text: str, count: int, inner: dict[str, Counter[str]]) -> bool:
    if text[0] not in "{[" or text[-1] not in "}] \n\r\t":
        return False
    try:
        parsed = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    found = list(_json_leaves("", parsed, _JSON_DEPTH))
    if isinstance(parsed, list) and not any(path for path, _ in found):
        return False  # a bare list of scalars reads as well as text
    for path, leaf in found:
        inner[path][leaf] += count
    return True


def _json_leaves(path: str, node: object, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict) and depth:
        for name, child in node.items():
            yield from _json_leaves(_join(path, str(name)), child, depth - 1)
    elif isinstance(node, list) and depth:
        for child in node:
            yield from _json_leaves(path, child, depth - 1)
    elif node is not None and not isinstance(node, bool):
        text = node if isinstance(node, str) else json.dumps(node, ensure_ascii=False)
        if text and not text.isspace():
            yield path, text


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_text(kind: pa.DataType) -> bool:
    return str(_value_type(kind)) in {"string", "large_string", "string_view"}


def _is_binary(kind: pa.DataType) -> bool:
    return str(kind).startswith(("binary", "large_binary", "fixed_size_binary"))


def _value_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _settles(kind: pa.DataType) -> bool:
    return bool(pa.types.is_temporal(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))
