"""A record batch as the distinct texts of each column path, with their counts."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import regex

from pii_scan.celltypes import as_text, bits, is_counted, is_text, value_type
from pii_scan.repeats import Counts, distinct, of_dictionary

DATA = "*"
"""Stands in a path for the keys of an object that are data, not names of fields."""
NAMES = 200
"""Different keys of one JSON object in a column, beyond which they are data."""
NAMES_MOST = 2_000
"""Different paths of one column, beyond which further keys are taken for data: memory has a lid."""
SAMPLE = 1_000
"""Distinct values that become text in each batch, of a column whose type says what they are."""
_NAME = regex.compile(r"[^\W\d][\w .:-]{0,63}")
_JSON_DEPTH = 8


_SPACE, _OPENS = 1, 2
_KINDS = np.zeros(256, np.uint8)
"""By the first byte of a text: whether it may be nothing but space, or the opening of JSON."""
_KINDS[[*range(33), *range(128, 256)]] = _SPACE
_KINDS[[ord("{"), ord("[")]] = _OPENS


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one column path in one batch; `texts` hold neither null nor blank, and nearly all differ (see `repeats`).

    A million cells stay what Arrow made of them: only who looks at a text makes a Python string of it.
    """

    column: str
    path: str
    type: str
    cells: int
    nulls: int
    texts: pa.StringArray
    counts: Counts
    numbers: npt.NDArray[np.uint64] | None = None
    """The bits of every distinct value where the type alone says that text patterns are pointless beyond a sample (dates,
    fractions, flags); `texts` are then no more than that."""

    def __repr__(self) -> str:
        """The address and the size, never the texts."""
        return f"Cells({self.column!r}, {self.path!r}, {self.cells} cells)"


class Keys:
    """The keys of JSON objects, met while a unit is read: the names of fields stand in paths, keys that are data become `*`.

    A key is data where it does not read like a name (`ada@x.example`), or where its object has had more than `NAMES` different
    keys. It is then a text of the path `*`, examined like any other.
    """

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], set[str]] = {}
        self._wide: set[tuple[str, str]] = set()
        self._known: Counter[str] = Counter()

    def name(self, column: str, path: str, key: str) -> str:
        """What stands in the path for a key of the object at `path`."""
        if (column, path) in self._wide or not _NAME.fullmatch(key) or _mostly_digits(key):
            return DATA
        names = self._names.setdefault((column, path), set())
        if key in names:
            return key
        if len(names) >= NAMES:
            self._wide.add((column, path))
        if len(names) >= NAMES or self._known[column] >= NAMES_MOST:
            return DATA
        names.add(key)
        self._known[column] += 1
        return key

    def general(self, column: str, path: str) -> str:
        """A path as it would have been made had all keys been known before."""
        for wide in sorted((above for name, above in self._wide if name == column), key=len, reverse=True):
            begin = f"{wide}." if wide else ""
            if path.startswith(begin):
                rest = path[len(begin) :]
                first = max((key for key in self._names.get((column, wide), ()) if _leads(rest, key)), key=len, default="")
                if first:
                    return self.general(column, f"{begin}{DATA}{rest[len(first) :]}")
        return path


def cells(batch: pa.RecordBatch, wanted: Callable[[str], bool], keys: Keys | None = None) -> Iterator[Cells]:
    """Every wanted column of the batch, structs, lists, maps and JSON texts walked into paths.

    `keys` remembers the keys of JSON objects from batch to batch; without them each batch stands for itself.
    """
    keys = keys or Keys()
    names, arrays = batch.schema.names, batch.columns[::-1]
    del batch  # a column that has been walked is let go, if nobody else holds it
    for name in names:
        array = arrays.pop()
        if wanted(name):
            for path, type_, leaf in _leaves("", array):
                yield from _texts((name, path), type_, leaf, keys)


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


def _texts(place: tuple[str, str], kind: pa.DataType, array: pa.Array, keys: Keys) -> Iterator[Cells]:
    column, path = place
    if (settled := _settled(place, kind, array)) is not None:
        yield settled
        return
    if pa.types.is_dictionary(array.type) and len(array.dictionary) <= len(array):
        few, counts = of_dictionary(array)
        texts = as_text(few)
    else:
        texts, counts = distinct(as_text(array))
    blank, opens = _begun(texts)
    nulls = len(array) - int(counts[~blank].sum())
    texts, counts = _only(texts, counts, ~blank)
    if is_text(kind):
        opens = opens[~blank] if blank.any() else opens
        if opens.any():
            left, inner = _unfold(*_only(texts, counts, opens), _Walk(column, path, keys))
            for at, found in inner.items():
                yield Cells(column, at, "string", sum(found.values()), 0, *_counted(found))
            texts, counts = _only(texts, counts, ~opens)
            if left:
                more, more_counts = _counted(left)
                texts, counts = pa.concat_arrays([texts, more]), np.concatenate([counts, more_counts])
    yield Cells(column, path, str(value_type(kind)), len(array), nulls, texts, counts)


def _begun(texts: pa.StringArray) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which of them are empty or nothing but space, and which begin like JSON: most are told by their first byte."""
    _, offsets, data = texts.buffers()
    if not len(texts) or data is None:
        return np.ones(len(texts), np.bool_), np.zeros(len(texts), np.bool_)
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    blank = bounds[1:] == bounds[:-1]
    kinds = _KINDS[np.frombuffer(data, np.uint8).take(bounds[:-1], mode="clip")] if data.size else np.zeros(len(texts), np.uint8)
    likely = np.flatnonzero((kinds == _SPACE) & ~blank)
    if len(likely):
        blank[likely] = np.asarray(pc.utf8_is_space(texts.take(pa.array(likely))))
    return blank, (kinds == _OPENS) & ~blank


def _settled(place: tuple[str, str], kind: pa.DataType, array: pa.Array) -> Cells | None:
    """The cells of a type that says what they are, of which no more than a sample becomes text; None of any other."""
    if not is_counted(kind):
        return None
    values, counts = distinct(array)
    texts = as_text(values[:SAMPLE])
    return Cells(*place, str(kind), len(array), array.null_count, texts, counts[:SAMPLE], bits(values))


def _only(texts: pa.StringArray, counts: Counts, wanted: npt.NDArray[np.bool_]) -> tuple[pa.StringArray, Counts]:
    if wanted.all():
        return texts, counts
    return texts.filter(pa.array(wanted)), counts[wanted]


def _counted(found: Mapping[str, int]) -> tuple[pa.StringArray, Counts]:
    return pa.array(list(found), pa.string()), np.fromiter(found.values(), np.int64, len(found))


class _Walk(NamedTuple):
    """Where JSON texts stand, and what their keys are called."""

    column: str
    path: str
    keys: Keys

    def leaves(self, path: str, node: object, depth: int = _JSON_DEPTH) -> Iterator[tuple[str, str]]:
        """The texts in a JSON value, each with its path; keys that are data are texts too."""
        if isinstance(node, dict) and depth:
            for key, child in node.items():
                name = self.keys.name(self.column, path, key)
                if name == DATA and key and not key.isspace():
                    yield _join(path, name), key
                yield from self.leaves(_join(path, name), child, depth - 1)
        elif isinstance(node, list) and depth:
            for child in node:
                yield from self.leaves(path, child, depth - 1)
        elif node is not None and not isinstance(node, bool):
            text = node if isinstance(node, str) else json.dumps(node, ensure_ascii=False)
            if text and not text.isspace():
                yield path, text


def _unfold(texts: pa.StringArray, counts: Counts, walk: _Walk) -> tuple[dict[str, int], dict[str, Counter[str]]]:
    """The texts that are no JSON after all, with their counts; and what is in the others, by path."""
    plain: dict[str, int] = {}
    inner: dict[str, Counter[str]] = defaultdict(Counter)
    for text, count in zip(texts.to_pylist(), counts.tolist(), strict=True):
        found = _read(text, walk)
        if found is None:
            plain[text] = count
        for path, leaf in found or ():
            inner[path][leaf] += count
    return plain, _general(inner, walk)


def _general(inner: dict[str, Counter[str]], walk: _Walk) -> dict[str, Counter[str]]:
    """Paths in order, those of one object together once its keys turned out to be data."""
    made: dict[str, Counter[str]] = defaultdict(Counter)
    for path, found in sorted(inner.items()):
        made[walk.keys.general(walk.column, path)].update(found)
    return made


def _read(text: str, walk: _Walk) -> list[tuple[str, str]] | None:
    """The leaves of a JSON text; None for any other."""
    if text[0] not in "{[" or text[-1] not in "}] \n\r\t":
        return None
    try:
        parsed = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    found = list(walk.leaves(walk.path, parsed))
    if isinstance(parsed, list) and all(path == walk.path for path, _ in found):
        return None  # a bare list of scalars reads as well as text
    return found


def _leads(path: str, key: str) -> bool:
    return path == key or path.startswith(f"{key}.")


def _mostly_digits(key: str) -> bool:
    return 2 * sum(map(str.isdecimal, key)) > len(key)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
