"""What a delimited file turns out to be, told from its beginning: compression, encoding, dialect, header."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import islice

from pii_scan.connectors.compression import HEAD, Expanded, Joined, Readable, compression
from pii_scan.connectors.dialect import DELIMITERS, dialect, has_header
from pii_scan.connectors.encoding import Encoding, Narrowed, encoding, widened
from pii_scan.connectors.fields import Dialect, fields
from pii_scan.connectors.files import fingerprint, to_read
from pii_scan.connectors.names import distinct
from pii_scan.connectors.rows import Form, cells_of
from pii_scan.errors import SourceError
from pii_scan.model import Remark

SAMPLE = 1 << 18
STDIN = "-"
_LOOKED_AT = 200
_JUNK = (
    (b"PAR1", "is a Parquet file", "give it the ending .parquet"),
    (b"SQLite format 3\0", "is a SQLite database", "scan it as sqlite:///PATH"),
    (b"PK\x03\x04", "is a ZIP archive or a spreadsheet", "unpack it, or save its sheets as CSV"),
    (b"%PDF-", "is a PDF document", "export its tables as CSV"),
    (b"\xff\xfe\0\0", "is UTF-32 text", "save it as UTF-8"),
    (b"\0\0\xfe\xff", "is UTF-32 text", "save it as UTF-8"),
)
_CONTROLS = bytes(sorted({*range(0x20), 0x7F} - {0, *b"\t\n\r\f\v\x1b\x01\x1f"}))
_NAMES = {"\t": "tab", "\x01": "control-A", "\x1f": "unit separator", ",": "comma", ";": "semicolon", "|": "pipe"}


class EmptyError(SourceError):
    """A file without a single cell."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delimited file is to be read.

    Attributes:
        skip: how many bytes, after decompression, come before the first row of data.
    """

    compression: str
    encoding: Encoding
    dialect: Dialect
    names: tuple[str, ...]
    header: bool
    skip: int

    @property
    def form(self) -> Form:
        """What is needed to read its rows."""
        return Form(self.names, self.dialect, self.encoding.inner)

    def remarks(self, source: str, table: str) -> Iterator[Remark]:
        """What was found out, for the report."""
        marks = _NAMES.get(self.dialect.delimiter, self.dialect.delimiter)
        parts = [f"{len(self.names)} columns", f"delimiter {marks}", f"quote {self.dialect.quote}"]
        if self.dialect.escape:
            parts.append(f"escape {self.dialect.escape}")
        parts.append("first row is the header" if self.header else "no header: columns are named c1, c2 ...")
        yield Remark(source, table, "dialect", ", ".join(parts))
        yield Remark(source, table, "encoding", str(self.encoding))
        if self.compression:
            yield Remark(source, table, "compression", self.compression)


@dataclass(frozen=True, slots=True)
class Opened:
    """A delimited file, open at its first row of data.

    Attributes:
        layout: what it turned out to be.
        prefix: the bytes before the first row.
        stream: what follows, as it is encoded in the file.
    """

    layout: Layout
    prefix: bytes
    stream: Readable
    _source: Expanded

    @property
    def narrow(self) -> Readable:
        """What follows, in an encoding that has ASCII at its own places."""
        codec = self.layout.encoding
        return Narrowed(self.stream, codec.codec) if codec.wide else self.stream

    def ensure_whole(self) -> None:
        """Make sure that the file was read to its end.

        Raises:
            SourceError: it broke off, or is damaged.
        """
        if self._source.broken:
            raise self._source.broken


@contextmanager
def opened(path: str) -> Iterator[Opened]:
    """The file at that path, or stdin for `-`, open at its first row.

    Its encoding is looked for in the whole file; that of stdin, which cannot be read twice, in its beginning.

    Raises:
        SourceError: it cannot be opened or decompressed, is empty, or is no text.
    """
    known = None if path == STDIN else _known(path)
    with expanded(path) as (stream, name):
        head, ahead = _head(stream), stream.read(1)
        found = _told(head, known or encoding(BytesIO(head)), name, path, whole=not ahead)
        text = Joined(head + ahead, stream)
        yield Opened(found, text.read(found.skip), text, stream)


def _known(path: str) -> Encoding:
    try:
        mark = fingerprint(path)
    except OSError:
        mark = ""
    return _encoding(path, mark)


@lru_cache(maxsize=256)
def _encoding(path: str, _mark: str) -> Encoding:
    """The encoding of a file in the state that its mark tells: a table is listed, read, compared and scanned again."""
    with expanded(path) as (stream, _):
        return encoding(stream)


def check(path: str) -> int:
    """How many cells the first line of a file may have at most, as its beginning tells.

    Raises:
        SourceError: it cannot be opened or decompressed, is empty, or is no text.
    """
    with expanded(path) as (stream, _):
        head = _head(stream)
        first = _sample(head, encoding(BytesIO(head)), path).lstrip().partition(b"\n")[0]
        return 1 + max(first.count(mark.encode()) for mark in DELIMITERS)


@contextmanager
def expanded(path: str) -> Iterator[tuple[Expanded, str]]:
    """The bytes of a file, or of stdin for `-`, decompressed; and the compression's name.

    Raises:
        SourceError: it cannot be opened.
    """
    file = sys.stdin.buffer if path == STDIN else to_read(path)
    try:
        head = Expanded(file, path, "").read(HEAD)
        name = compression(head)
        yield Expanded(Joined(head, file), path, name), name
    finally:
        if path != STDIN:
            file.close()


def _head(stream: Expanded) -> bytes:
    head = stream.read(SAMPLE)
    if stream.broken and not head:
        raise stream.broken
    return head


def _sample(head: bytes, found: Encoding, path: str) -> bytes:
    """The beginning of a text without its byte-order mark, in an encoding that has ASCII at its own places."""
    for magic, what, way_out in _JUNK:
        if head.startswith(magic):
            raise SourceError(what, where=path, way_out=way_out)
    sample = head[len(found.bom) :]
    if found.wide:
        sample = Narrowed(BytesIO(sample), found.codec).read()
    if not sample.strip():
        raise EmptyError("is empty", where=path)
    if len(sample) - len(sample.translate(None, _CONTROLS)) > max(8, len(sample) // 20):
        raise SourceError("is not text", where=path, way_out="give it the ending of what it is, or leave it out")
    return sample


def _told(head: bytes, found: Encoding, name: str, path: str, *, whole: bool) -> Layout:
    """The layout that the beginning of a text tells."""
    sample = _sample(head, found, path)
    preamble, hinted = _spreadsheet_hint(sample)
    body = sample[preamble:]
    if not body.strip(b"\r\n"):
        raise EmptyError("is empty", where=path)
    chosen = Dialect(hinted) if hinted else dialect(body, whole=whole, name=path)
    cut = fields(body, chosen, final=whole)
    if not len(cut.rows):
        cut = fields(body, chosen, final=True)  # a first row that is longer than the sample
    cells = list(islice(cells_of(body, cut, Form((), chosen, found.inner)), _LOOKED_AT))
    header = has_header(cells)
    wide = Counter(map(len, cells[header:] or cells)).most_common(1)[0][0]
    names = [name.strip() for name in cells[0]] if header else []
    names += [""] * (wide - len(names))
    if header:
        preamble += int(cut.offsets[2 * (cut.rows[0] + cut.widths[0])])
    return Layout(name, found, chosen, distinct(names), header, len(found.bom) + len(widened(sample[:preamble], found)))


def _spreadsheet_hint(sample: bytes) -> tuple[int, str]:
    """The length of a first line `sep=;`, as spreadsheets write it, and the delimiter it names."""
    line, mark, _ = sample.partition(b"\n")
    text = line.strip(b'"\r ')
    if mark and len(text) == 5 and text.lower().startswith(b"sep=") and text[4] < 0x80:
        return len(line) + 1, chr(text[4])
    return 0, ""
