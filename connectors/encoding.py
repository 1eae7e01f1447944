"""Encodings: which one a file has, and its way to UTF-8 and back."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pii_scan.connectors.compression import Readable, Stream

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LABELS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
    "cp1252": "Windows-1252, because it is not UTF-8; letters of other alphabets would show wrong",
    "latin-1": "ISO 8859-1, because it is not UTF-8; letters of other alphabets would show wrong",
}
_CHUNK = 1 << 20
_LONGEST_CHARACTER = 4


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec's name, and the byte-order mark that the file begins with."""

    codec: str
    bom: bytes = b""

    def __str__(self) -> str:
        """As reports name it."""
        return _LABELS[self.codec] + (", with a byte-order mark" if self.bom else "")

    @property
    def wide(self) -> bool:
        """Whether a comma takes two bytes, so that fields are only found after decoding."""
        return self.codec.startswith("utf-16")

    @property
    def inner(self) -> str:
        """The codec of the bytes that `narrowed` gives."""
        return "utf-8" if self.wide else self.codec


def encoding(stream: Readable) -> Encoding:
    """The encoding of a text; it is read on until the first part that is not plain ASCII."""
    chunk = stream.read(_CHUNK)
    for bom, codec in _BOMS:
        if chunk.startswith(bom):
            return Encoding(codec, bom)
    if codec := _without_bom(chunk):
        return Encoding(codec)
    while chunk:
        ahead = stream.read(_CHUNK)
        if not chunk.isascii():
            return Encoding(_eight_bit(chunk, whole=not ahead))
        chunk = ahead
    return Encoding("utf-8")


def _without_bom(head: bytes) -> str:
    """UTF-16 of mostly Latin letters shows as a NUL in every other place."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half and odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    if half and even > 0.7 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _eight_bit(chunk: bytes, *, whole: bool) -> str:
    """UTF-8 also where one character in ten is damaged: other encodings hardly ever look like that."""
    decoder = codecs.getincrementaldecoder("utf-8")
    try:
        decoder().decode(chunk, final=whole)
    except UnicodeDecodeError:
        text = decoder("replace").decode(chunk, final=whole)
        if text.count("\ufffd") * 10 <= len(re.findall(r"[^\x00-\x7f]", text)):
            return "utf-8"
    else:
        return "utf-8"
    try:
        chunk.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


class Narrowed:
    """A UTF-16 stream as UTF-8, without loss: half a character passes through as Python's `surrogatepass` has it.

    Attributes:
        tail: the odd byte that the stream ended with, if it did.
    """

    def __init__(self, stream: Readable, codec: str) -> None:
        self._stream, self._codec = stream, codec
        self._rest = self._ready = b""
        self._ended = False
        self.tail = b""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._ready += self._next()
        if size < 0:
            size = len(self._ready)
        given, self._ready = self._ready[:size], self._ready[size:]
        return given

    def _next(self) -> bytes:
        chunk = self._stream.read(_CHUNK)
        self._ended = not chunk
        data = self._rest + chunk
        whole = len(data) if self._ended else self._boundary(data)
        if self._ended and whole % 2:
            whole -= 1
            self.tail = data[whole:]
        self._rest = data[whole:]
        return data[:whole].decode(self._codec, "surrogatepass").encode("utf-8", "surrogatepass")

    def _boundary(self, data: bytes) -> int:
        """The end of the last unit that does not wait for its other half."""
        whole = len(data) & ~1
        if whole:
            high = data[whole - 1] if self._codec == "utf-16-le" else data[whole - 2]
            whole -= 2 * (0xD8 <= high <= 0xDB)
        return whole


def widened(data: bytes, found: Encoding) -> bytes:
    """Bytes as `narrowed` gave them, in the encoding of the file again."""
    if not found.wide:
        return data
    return data.decode("utf-8", "surrogatepass").encode(found.codec, "surrogatepass")


class Clean(Stream):
    """A stream as valid UTF-8: what cannot be decoded becomes U+FFFD, and the lines it was on are counted.

    Attributes:
        damaged: lines with bytes that the encoding does not have.
        nuls: lines with NUL characters.
    """

    def __init__(self, stream: Readable, codec: str) -> None:
        self._stream, self._codec = stream, codec
        self._rest = b""
        self._ready = bytearray()
        self._ended = False
        self.damaged = self.nuls = 0

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._ready += self._next()
        if size < 0:
            size = len(self._ready)
        given = bytes(self._ready[:size])
        del self._ready[:size]
        return given

    def _next(self) -> bytes:
        chunk = self._stream.read(_CHUNK)
        self._ended = not chunk
        data = self._rest + chunk
        whole = len(data) if self._ended else self._boundary(data)
        self._rest = data[whole:]
        return self._cleaned(data[:whole])

    def _boundary(self, data: bytes) -> int:
        """The end of the last line; in a very long line, the end of a character."""
        whole = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if whole or len(data) < 4 * _CHUNK:
            return whole
        whole = len(data)
        if self._codec == "utf-8":
            for back in range(1, _LONGEST_CHARACTER):
                if data[-back] >= 0xC0:
                    return whole - back
                if data[-back] < 0x80:
                    break
        return whole

    def _cleaned(self, data: bytes) -> bytes:
        if b"\0" in data:
            self.nuls += sum(b"\0" in line for line in data.splitlines())
        if data.isascii():
            return data
        try:
            text = data.decode(self._codec)
        except UnicodeDecodeError:
            self.damaged += sum(not _decodes(line, self._codec) for line in data.splitlines())
            text = data.decode(self._codec, "replace")
        return text.encode("utf-8")


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def texts(raw: pa.BinaryArray, codec: str) -> pa.StringArray:
    """Cells as text, decoded one by one where need be; what cannot be decoded becomes U+FFFD."""
    if codec != "utf-8" and not _is_ascii(raw):
        return _recoded(raw, codec)
    try:
        return raw.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if cell is None else cell.decode(codec, "replace") for cell in raw.to_pylist()], pa.string())


def encoded(cells: pa.StringArray, codec: str) -> pa.BinaryArray:
    """Text as cells of a file; a character that its encoding lacks becomes `?`."""
    if codec == "utf-8":
        return cells.cast(pa.binary())
    return pa.array([None if cell is None else cell.encode(codec, "replace") for cell in cells.to_pylist()], pa.binary())


def _is_ascii(raw: pa.BinaryArray) -> bool:
    offsets, data = _content(raw)
    return bool((data[offsets[0] : offsets[-1]] < 0x80).all())


def _content(raw: pa.BinaryArray) -> tuple[np.ndarray, np.ndarray]:
    _, offsets, data = raw.buffers()
    every = np.frombuffer(offsets, np.int32)[raw.offset : raw.offset + len(raw) + 1]
    return every, np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)


def _recoded(raw: pa.BinaryArray, codec: str) -> pa.StringArray:
    """All cells of a single-byte encoding at once: each byte has one width in UTF-8, so the offsets can be counted."""
    characters = [bytes([byte]).decode(codec, "replace").encode() for byte in range(256)]
    widths = np.array([len(character) for character in characters], np.int64)
    offsets, data = _content(raw)
    used = data[offsets[0] : offsets[-1]]
    places = np.concatenate([[0], np.cumsum(widths[used])])[offsets - offsets[0]].astype(np.int32)
    text = used.tobytes().decode(codec, "replace").encode()
    validity = None if raw.null_count == 0 else pa.array(raw.is_valid()).buffers()[1]
    return pa.Array.from_buffers(pa.string(), len(raw), [validity, pa.py_buffer(places), pa.py_buffer(text)])
