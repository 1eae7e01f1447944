"""What a finished file holds, in streams of bytes: as it lies on disk, and inside what it compresses."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pii_scan.errors import SourceError

READ = 1 << 20
"""Bytes that are read at a time."""
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"PAR1": "parquet",
    b"SQLite format 3\x00": "sqlite",
}

_OPEN: dict[str, Callable[[Path], Any]] = {"gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open}


@dataclass(frozen=True, slots=True)
class Stream:
    """Some bytes of a file.

    Attributes:
        where: `bytes`, `bytes decompressed`, `columns`, `rows` or `name`.
        text: whether it is text; in other bytes short values stand by chance.
        parts: the bytes in their order; a value may lie across the border of two.
        laid: the byte from which on it is looked at cell by cell, so that only what lies across cells is left to look for.
    """

    where: str
    text: bool
    parts: Iterable[bytes]
    laid: int | None = None


def files(paths: Iterable[str | Path]) -> Iterator[Path]:
    """Every file; folders are walked."""
    for path in map(Path, paths):
        yield from sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def streams(path: Path, *, cells: bool = True, laid: int | None = None) -> Iterator[Stream]:
    """All that a file holds.

    Args:
        path: the file.
        laid: of a file that from some byte on is cells and nothing else, which are looked at by themselves, that byte.
        cells: whether the columns and rows of Parquet and SQLite are among it, or only the bytes and pages that store them.
    """
    with guarded(path):
        with path.open("rb") as file:
            head = file.read(16)
        kind = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")
    yield Stream("bytes", text=not kind, parts=_guarded_parts(path, _raw), laid=laid)
    if kind == "parquet":
        from pii_scan.pages import pages

        yield Stream("bytes decompressed", text=False, parts=_guarded_parts(path, pages))
        yield Stream("statistics", text=True, parts=_guarded_parts(path, _footer))
        if cells:
            yield Stream("columns", text=True, parts=_guarded_parts(path, _columns))
    elif kind == "sqlite":
        yield Stream("rows", text=True, parts=_guarded_parts(path, _rows))
    elif kind:
        yield Stream("bytes decompressed", text=True, parts=_guarded_parts(path, _unpacker(kind)))


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Whatever goes wrong while a file is read: it then proves nothing."""
    try:
        yield
    except PermissionError as error:
        raise SourceError(f"cannot be opened: {error.strerror}", where=str(path), way_out="check its permissions") from None
    except (OSError, EOFError, zlib.error, lzma.LZMAError, sqlite3.Error, ValueError, pa.ArrowException) as error:
        raise SourceError(f"cannot be searched: {type(error).__name__}", where=str(path), way_out="write it again") from None


def _guarded_parts(path: Path, parts: Callable[[Path], Iterator[bytes]]) -> Iterator[bytes]:
    with guarded(path):
        yield from parts(path)


def _raw(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(READ):
            yield part


def _unpacker(kind: str) -> Callable[[Path], Iterator[bytes]]:
    def unpacked(path: Path) -> Iterator[bytes]:
        with _OPEN[kind](path) if kind in _OPEN else pa.CompressedInputStream(pa.OSFile(str(path)), kind) as file:
            while part := file.read(READ):
                yield part

    return unpacked


def _footer(path: Path) -> Iterator[bytes]:
    from pii_scan.pages import footer

    yield from (f"{text}\n".encode("utf-8", "replace") for text in footer(path))


def _columns(path: Path) -> Iterator[bytes]:
    """The cells of each column, one a line."""
    import pyarrow.parquet as pq

    from pii_scan.leaves import lines

    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(16_384):
            yield from lines(batch)


def _rows(path: Path) -> Iterator[bytes]:
    """Long texts are spread over pages, so that the raw bytes alone prove nothing."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        database.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        held: list[str] = []
        for line in database.iterdump():
            held.append(line)
            if len(held) == 4096:
                yield "\n".join([*held, ""]).encode("utf-8", "surrogateescape")
                held.clear()
        yield "\n".join(held).encode("utf-8", "surrogateescape")
