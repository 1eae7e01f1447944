"""Proof by search: whether any of some values is left in finished files, as bytes or inside what they compress."""

from __future__ import annotations

import bz2
import gzip
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pii_scan.errors import SourceError

_CHUNK = 4 << 20
_HEAD = 4
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


@dataclass(frozen=True, slots=True, order=True)
class Trace:
    """Values that were found where they must not be: how many, never which."""

    path: str
    where: str
    """`bytes`, `bytes decompressed`, `columns` or `rows`."""
    encoding: str
    values: int


def search(paths: Iterable[str | Path], values: Iterable[str], *, shortest: int = 4) -> list[Trace]:
    """Every file (folders are walked) in which a value is left, in UTF-8 or UTF-16, escaped for JSON or plain.

    Args:
        paths: finished outputs.
        values: what must be gone, such as `Redactor.removed`.
        shortest: values of fewer characters (4 at least) are not looked for: `F` or `42` are in any file by chance.

    Raises:
        SourceError: a file cannot be read, and so proves nothing.
    """
    wanted = frozenset(value for value in values if len(value) >= max(shortest, _HEAD))
    patterns = {encoding: _pattern(wanted, encoding) for encoding in _ENCODINGS}
    traces: list[Trace] = []
    for path in _files(paths):
        found: dict[tuple[str, str], set[bytes]] = {}
        for where, blob in _views(path):
            for encoding, pattern in patterns.items():
                hits = pattern(blob)
                if hits:
                    found.setdefault((where, encoding), set()).update(hits)
        traces += [Trace(str(path), where, encoding, len(hits)) for (where, encoding), hits in sorted(found.items())]
    return traces


def _pattern(values: frozenset[str], encoding: str) -> Callable[[bytes], set[bytes]]:
    needles = {needle for value in values for needle in _written(value, encoding)}
    lengths = sorted({len(needle) for needle in needles})
    heads = np.zeros(1 << 24, dtype=bool)
    for needle in needles:
        heads[_slots(np.frombuffer(needle[:_HEAD], dtype=np.uint8))] = True

    def hits(blob: bytes) -> set[bytes]:
        """A table of how needles begin picks the few places that are compared: the cost hardly grows with the needles."""
        found: set[bytes] = set()
        for start in range(0, len(blob) - _HEAD + 1, _CHUNK):
            part = np.frombuffer(blob, dtype=np.uint8, offset=start, count=min(_CHUNK + _HEAD - 1, len(blob) - start))
            for place in np.flatnonzero(heads[_slots(part)]).tolist():
                here = start + place
                found.update(piece for length in lengths if (piece := blob[here : here + length]) in needles)
        return found

    return hits


def _slots(part: np.ndarray) -> np.ndarray:
    """For each place the slot of the four bytes that begin there."""
    wide = part.astype(np.uint32)
    four = wide[:-3] | wide[1:-2] << 8 | wide[2:-1] << 16 | wide[3:] << 24
    return (four * np.uint32(2654435761)) >> np.uint32(8)


def _written(value: str, encoding: str) -> Iterator[bytes]:
    """The value, and how JSON, CSV and SQL write it."""
    import json

    yield value.encode(encoding, "surrogatepass")
    for mark in ('"', "'"):
        if mark in value:
            yield value.replace(mark, mark * 2).encode(encoding, "surrogatepass")
    for quoted in (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]):
        if quoted != value:
            yield quoted.encode(encoding, "surrogatepass")


def _files(paths: Iterable[str | Path]) -> Iterator[Path]:
    for path in map(Path, paths):
        yield from sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def _views(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        raw = path.read_bytes()
        yield "bytes", raw
        yield from _inside(path, raw)
    except (OSError, EOFError, zlib.error, sqlite3.Error, ValueError) as error:
        raise SourceError(f"cannot be searched: {type(error).__name__}", where=str(path), way_out="write it again") from None


def _inside(path: Path, raw: bytes) -> Iterator[tuple[str, bytes]]:
    if raw.startswith(b"\x1f\x8b"):
        yield "bytes decompressed", gzip.decompress(raw)
    elif raw.startswith(b"BZh"):
        yield "bytes decompressed", bz2.decompress(raw)
    elif raw.startswith(b"\x28\xb5\x2f\xfd"):
        import pyarrow as pa

        with pa.CompressedInputStream(pa.BufferReader(raw), "zstd") as stream:
            yield "bytes decompressed", stream.read()
    elif raw.startswith(b"PAR1"):
        yield from (("columns", blob) for blob in _parquet(path))
    elif raw.startswith(b"SQLite format 3\x00"):
        yield from (("rows", blob) for blob in _sqlite(path))


def _parquet(path: Path) -> Iterator[bytes]:
    """Every row group as plain Arrow buffers, dictionaries included; the footer and its statistics are in the raw bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches():
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as writer:
                writer.write_batch(batch)
            yield sink.getvalue().to_pybytes()


def _sqlite(path: Path) -> Iterator[bytes]:
    """Long texts are spread over pages, so that the raw bytes alone prove nothing."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        database.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        for line in database.iterdump():
            yield line.encode("utf-8", "surrogateescape")
