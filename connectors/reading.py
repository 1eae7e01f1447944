"""One way through a delimited file: by pyarrow as long as every row has its cells, then block by block."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from threading import Semaphore

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from pii_scan.connectors.compression import Readable, Stream
from pii_scan.connectors.encoding import Clean
from pii_scan.connectors.layout import STDIN, Layout, Opened, opened
from pii_scan.connectors.names import meant
from pii_scan.connectors.ranges import lines_before, opened_range
from pii_scan.connectors.rows import BLOCK, Form, Rows, rows
from pii_scan.connectors.types import widths
from pii_scan.errors import SourceError
from pii_scan.model import Remark

_LINES_NAMED = 3
_BEGIN = 1 << 20
_BATCH = 2 * BLOCK
"""Bytes of a batch, made of several blocks."""
_AHEAD = 4
"""Blocks that Arrow may read ahead; left alone it takes 32 while the rows before are examined."""
_PATIENCE = 0.05
"""Seconds after which it gets another one, if rows are waited for: not every block has some."""


@dataclass(slots=True)
class Reading:
    """One way through a file, and what was odd on it.

    Args:
        address: the path of the file.
        table: what its table is called.
        part: the range to read of a large file, and how; else all of it, and how is found out.
        columns: the only ones that are handed on, beside extra cells; None for all.
        cut: whether the range ends anywhere, so that a quote may be left open.

    Attributes:
        done: rows that were handed on.
    """

    address: str
    table: str
    part: tuple[Layout, tuple[int, int]] | None = None
    columns: tuple[str, ...] | None = None
    cut: bool = False
    done: int = 0
    clean: Clean | None = None
    few: int = 0
    many: int = 0
    lines: list[int] = field(default_factory=list)

    def batches(self) -> Iterator[pa.RecordBatch | Remark]:
        """What was found out, then the rows.

        Raises:
            SourceError: the file cannot be opened, or breaks off; all rows before that were handed on.
        """
        # stdin cannot be begun again, so there the patient way is the only one
        ways = (self._patient,) if self.address == STDIN else (self._plain, self._strict, self._patient)
        for way in ways:
            with self._opened() as text:
                if way is ways[0]:
                    yield from text.layout.remarks(self.address, self.table)
                if (yield from way(text)):
                    break
        if not self.done:
            names = self._wanted(text.layout.form.names)
            yield pa.RecordBatch.from_arrays([pa.array([], pa.string()) for _ in names], names)
        text.ensure_whole()

    def _opened(self) -> AbstractContextManager[Opened]:
        return opened_range(self.address, *self.part) if self.part else opened(self.address)

    def remarks(self) -> Iterator[Remark]:
        """What was odd about the rows, counted."""
        if self.few or self.many:
            at = ", ".join(f"{line:,}" for line in self.lines)
            detail = f"{self.few:,} rows have too few cells, {self.many:,} too many; all were kept; the first at line {at}"
            yield Remark(self.address, self.table, "ragged rows", detail)
        if self.clean is not None and self.clean.damaged:
            detail = f"bytes on {self.clean.damaged:,} lines do not belong to the encoding; they were read as U+FFFD"
            yield Remark(self.address, self.table, "encoding damage", detail)
        if self.clean is not None and self.clean.nuls:
            yield Remark(self.address, self.table, "NUL characters", f"on {self.clean.nuls:,} lines; they were kept")

    def _plain(self, text: Opened) -> Generator[pa.RecordBatch, None, bool]:
        """The rows as `_strict` reads them, of a file without damage in UTF-8; pyarrow itself finds the damage."""
        if text.layout.form.codec != "utf-8":
            return False
        return (yield from self._by_arrow(text, _Whole(text.narrow), _block(text.layout.form)))

    def _strict(self, text: Opened) -> Generator[pa.RecordBatch, None, bool]:
        """The rows by pyarrow, as far as they have their cells and fit into a larger block; whether all of them did."""
        self.clean = Clean(text.narrow, text.layout.form.codec)
        return (yield from self._by_arrow(text, self.clean, max(_block(text.layout.form), BLOCK // 2)))

    def _by_arrow(self, text: Opened, stream: Readable, block: int) -> Generator[pa.RecordBatch, None, bool]:
        """The rows that were not handed on already, in blocks of so many bytes; whether that went well to the end."""
        form, passed = text.layout.form, 0
        try:
            paced = _Paced(stream if self.cut else _Paired(stream, form.dialect.quote.encode()))
            with pacsv.open_csv(paced, *_options(form, self._wanted(form.names), block)) as reader, paced.freed():
                for batch in _together(paced.through(reader), _BATCH // block):
                    fresh = batch.slice(max(0, self.done - passed))
                    passed += batch.num_rows
                    if fresh.num_rows:
                        self.done += fresh.num_rows
                        yield fresh
        except pa.ArrowInvalid:
            return False
        return True

    def _patient(self, text: Opened) -> Generator[pa.RecordBatch, None, bool]:
        """The rows block by block, whatever their number of cells, without those handed on already; always true."""
        self.clean = Clean(text.narrow, text.layout.form.codec)
        form = replace(text.layout.form, codec="utf-8")
        line = 1 + (text.prefix.count(b"\n") or text.prefix.count(b"\r"))
        line += lines_before(self.address, self.part[1][0]) if self.part else 0
        passed = 0
        for part in rows(self.clean, form):
            self._note(part, line)
            line += part.lines
            fresh_from = max(0, self.done - passed)
            passed += len(part)
            if fresh_from < len(part):
                batch = part.batch().slice(fresh_from)
                self.done += batch.num_rows
                yield batch.select(self._wanted(batch.schema.names, form.extra))
        return True

    def _wanted(self, names: Sequence[str], more: str = "") -> list[str]:
        """Of some columns those that are handed on."""
        return meant(names, None if self.columns is None else (*self.columns, more))

    def _note(self, part: Rows, line: int) -> None:
        short, long = part.short, part.long
        self.few += len(short)
        self.many += len(long)
        wanted = max(0, _LINES_NAMED - len(self.lines))
        self.lines += [line + part.line(row) for row in sorted([*short[:wanted], *long[:wanted]])[:wanted]]


class _Whole(Stream):
    """A stream that fails where there is a NUL, which pyarrow passes on without a word."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        if b"\0" in data:
            raise pa.ArrowInvalid("there is a NUL")
        return data


class _Paired(Stream):
    """A stream that fails at its end when its quotes do not come in pairs: then one of them is not what it seems."""

    def __init__(self, stream: Readable, quote: bytes) -> None:
        self._stream, self._quote = stream, ord(quote)
        self._quotes = 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self._quotes += int(np.count_nonzero(np.frombuffer(data, np.uint8) == self._quote))
        if not data and self._quotes % 2:
            raise pa.ArrowInvalid("a quote is not closed")
        return data


class _Paced(Stream):
    """A stream of which the thread that reads it ahead gets no more than a few blocks before they are used."""

    def __init__(self, stream: Readable) -> None:
        self._stream, self._left, self._waited_for = stream, Semaphore(_AHEAD), True

    def read(self, size: int = -1, /) -> bytes:
        while not self._left.acquire(timeout=_PATIENCE) and not self._waited_for:
            pass
        return self._stream.read(size)

    def through(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """What is made of the stream; when the next one is asked for, the one before has been used."""
        for batch in batches:
            self._waited_for = False
            yield batch
            del batch
            self._waited_for = True
            self._left.release()

    @contextmanager
    def freed(self) -> Iterator[None]:
        """At the end whoever waits for a block has it: nothing more is made of it."""
        try:
            yield
        finally:
            self._waited_for = True


def cell_widths(address: str, layout: Layout) -> tuple[tuple[str, float], ...]:
    """The columns of a file, each with about the bytes of a cell, as its beginning tells; nothing where that is unsure."""
    if layout.compression:
        return ()
    first = Reading(address, "", (layout, (layout.skip, layout.skip + _BEGIN)), cut=True)
    with suppress(SourceError):
        for found in first.batches():
            if isinstance(found, pa.RecordBatch) and found.num_rows:
                return widths(found.select(layout.names))
    return ()


def _together(batches: Iterable[pa.RecordBatch], count: int) -> Iterator[pa.RecordBatch]:
    """So many batches as one: each column of each batch has a price of its own, however few cells it has.

    Those before a failure are handed on.
    """
    held: list[pa.RecordBatch] = []
    failed: pa.ArrowInvalid | None = None
    try:
        for batch in batches:
            held.append(batch)
            del batch
            if len(held) == count:
                yield held[0] if count == 1 else pa.concat_batches(held)
                held.clear()
    except pa.ArrowInvalid as error:
        failed = error
    if held:
        yield pa.concat_batches(held)
    if failed:
        raise failed


def _block(form: Form) -> int:
    """Bytes of a block: what is made of it stays near; it has some rows of a wide table all the same."""
    return min(BLOCK, max(BLOCK // 8, len(form.names) << 13))


def _options(form: Form, wanted: list[str], block: int) -> tuple[pacsv.ReadOptions, pacsv.ParseOptions, pacsv.ConvertOptions]:
    """Every cell as text, every row with all its cells."""
    dialect = form.dialect
    return (
        pacsv.ReadOptions(block_size=block, use_threads=False, column_names=form.names),
        pacsv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote,
            escape_char=dialect.escape or False,
            newlines_in_values=True,
        ),
        pacsv.ConvertOptions(
            column_types=dict.fromkeys(form.names, pa.string()), strings_can_be_null=False, include_columns=wanted
        ),
    )
