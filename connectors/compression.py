"""Compressed files, known by their first bytes: the name may say otherwise."""

from __future__ import annotations

from contextlib import closing
from typing import Any, BinaryIO, Protocol, cast

import pyarrow as pa

from pii_scan.connectors.files import reason
from pii_scan.errors import SourceError

SUFFIXES = (".gz", ".zst", ".bz2", ".xz", ".lz4")
_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bz2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x04\x22\x4d\x18", "lz4"),
)
HEAD = 8
"""Bytes that tell a compression."""


class Readable(Protocol):
    """The one thing that is asked of a stream here."""

    def read(self, size: int = -1, /) -> bytes:
        """At most that many bytes; none at the end."""


def compression(head: bytes) -> str:
    """The compression that the first bytes tell (`gzip`, `zstd` ...), or nothing."""
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "")


class Expanded:
    """The bytes of a stream, decompressed where it is compressed.

    Args:
        stream: the bytes as they are stored.
        where: the place, for errors.
        name: the compression, as `compression` tells it.
    """

    def __init__(self, stream: Readable, where: str, name: str) -> None:
        self._where = where
        self._source: Readable = _decompressor(stream, name)

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, fewer only at the end.

        Raises:
            SourceError: the stream breaks off, or is damaged.
        """
        try:
            return bytes(self._source.read(size))
        except OSError as error:
            why = reason(error) if error.errno else "its compressed data is damaged or cut off"
            raise SourceError(f"cannot be read: {why}", where=self._where) from None
        except Exception as error:  # noqa: BLE001 - zlib, lzma and Arrow each have errors of their own
            raise SourceError(f"cannot be decompressed: {type(error).__name__}", where=self._where) from None


def packed(sink: BinaryIO, name: str) -> closing[Any]:
    """A writer that compresses into the sink; closing it ends the compressed data and leaves the sink open."""
    if name == "xz":
        import lzma

        return closing(lzma.LZMAFile(sink, "wb"))
    if name:
        return closing(pa.CompressedOutputStream(_Kept(sink), name))
    return closing(_Kept(sink))


class _Kept:
    """A sink that stays open when its writer closes."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self.closed = False

    def write(self, data: bytes) -> int:
        return self._sink.write(data)

    def flush(self) -> None:
        self._sink.flush()

    def close(self) -> None:
        self.closed = True

    def writable(self) -> bool:
        return True


def _decompressor(stream: Readable, name: str) -> Readable:
    if name == "xz":
        import lzma

        return lzma.LZMAFile(cast("BinaryIO", stream))
    return pa.CompressedInputStream(pa.PythonFile(stream, "r"), name) if name else stream
