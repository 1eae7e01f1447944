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
_PART = 1 << 18


class Readable(Protocol):
    """The one thing that is asked of a stream here."""

    def read(self, size: int = -1, /) -> bytes:
        """At most that many bytes; none at the end."""


class Stream:
    """What makes a reader pass for a file; whoever opened the file underneath closes it."""

    closed = False

    def readable(self) -> bool:
        """Always."""
        return True

    def writable(self) -> bool:
        """Never."""
        return False

    def seekable(self) -> bool:
        """Never."""
        return False

    def close(self) -> None:
        """Nothing."""


class Joined(Stream):
    """Bytes that were read already, then the rest of the stream."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, fewer only at the end."""
        given, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
        if size < 0 or len(given) < size:
            given += self._rest.read(-1 if size < 0 else size - len(given))
        return given


def compression(head: bytes) -> str:
    """The compression that the first bytes tell (`gzip`, `zstd` ...), or nothing."""
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "")


class Expanded(Stream):
    """The bytes of a stream, decompressed where it is compressed.

    A stream that is damaged or breaks off ends early, so that what came before is not lost; `broken` then says why.

    Args:
        stream: the bytes as they are stored.
        where: the place, for errors.
        name: the compression, as `compression` tells it.

    Attributes:
        broken: the error that ended it.
    """

    def __init__(self, stream: Readable, where: str, name: str) -> None:
        self._where, self._name = where, name
        self._source: Readable = _decompressor(stream, name)
        self.broken: SourceError | None = None

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, fewer only at the end."""
        most = _PART if self._name or size < 0 else size  # what is not packed comes as asked for
        parts: list[bytes] = []
        while size and not self.broken:
            part = self._part(most if size < 0 else min(most, size))
            if not part:
                break
            parts.append(part)
            size -= len(part) if size > 0 else 0
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _part(self, size: int) -> bytes:
        try:
            return bytes(self._source.read(size))
        except OSError as error:
            why = f"cannot be read: {reason(error)}" if error.errno else "is damaged or cut off"
            self.broken = SourceError(why, where=self._where)
        except Exception as error:  # noqa: BLE001 - zlib, lzma and Arrow each have errors of their own
            self.broken = SourceError(f"is damaged or cut off ({type(error).__name__})", where=self._where)
        return b""


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
