"""CSV and its relatives: every row once, every cell as text, and copies that differ only where cells were changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from pii_scan.connectors.compression import SUFFIXES, Readable, packed
from pii_scan.connectors.edits import applied
from pii_scan.connectors.encoding import Clean, Narrowed, widened
from pii_scan.connectors.files import fingerprint, fresh, reason, table_name
from pii_scan.connectors.layout import STDIN, EmptyError, Layout, Opened, check, opened
from pii_scan.connectors.rows import BLOCK, Form, Rows, rows
from pii_scan.contracts import Edit
from pii_scan.errors import SourceError
from pii_scan.model import Remark, Skipped, Unit

_PLAIN = (".csv", ".tsv", ".tab", ".psv", ".txt")
_LINES_NAMED = 3


class CsvConnector:
    """Opens delimited text, compressed or not; `-` is stdin."""

    schemes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = (*_PLAIN, *(plain + packing for plain in _PLAIN for packing in SUFFIXES))

    def open(self, address: str) -> CsvSource:
        """The file at that path; nothing is read yet."""
        return CsvSource(address)


@dataclass(frozen=True, slots=True)
class CsvSource:
    """One delimited file. Delimiter, quote, header and encoding are found out each time it is read.

    Args:
        address: its path; `-` for stdin, which can be read once.
    """

    address: str

    @property
    def portable(self) -> bool:
        """Whether another process can read it, too."""
        return self.address != STDIN

    def units(self) -> Iterator[Unit | Skipped]:
        """One unit: the file; or a `Skipped` where it cannot be opened, is empty or is no text."""
        if self.address == STDIN:
            yield Unit(STDIN, self._table)
            return
        try:
            mark = fingerprint(self.address)
            check(self.address)
        except OSError as error:
            yield self._skipped("file", f"cannot be opened: {reason(error)}")
        except SourceError as error:
            yield self._skipped("file", _why(error))
        else:
            yield Unit(self.address, self._table, fingerprint=mark, size=int(mark.partition(":")[0]))

    def read(self, unit: Unit) -> Iterator[pa.RecordBatch | Skipped | Remark]:
        """The rows as text: what was found out first, then the batches, then what was odd.

        Rows that are too short end in nulls; cells beyond the last column stand in a list in a column of their own.
        """
        reading = _Reading(self.address, self._table)
        try:
            yield from reading.batches()
        except SourceError as error:
            if reading.done:
                yield self._skipped("rows", f"{_why(error)}; nothing after row {reading.done:,} was examined")
            else:
                yield self._skipped("file", _why(error))
        yield from reading.remarks()
        if unit.fingerprint and self._changed(unit.fingerprint):
            yield self._skipped("file", "was changed while it was read (scan it again)")

    def copy(self, to: str, edit: Edit) -> Iterator[Path | Skipped]:
        """The file under its own name below `to`: a cell that `edit` did not change has the same bytes as before.

        Raises:
            RedactionError: the copy exists already, or cannot be written, or the edit failed.
        """
        target = Path(to) / ("stdin.csv" if self.address == STDIN else Path(self.address).name)
        try:
            with fresh(target) as sink, opened(self.address) as text, packed(sink, text.layout.compression) as out:
                for part in _rewritten(text, partial(applied, edit, self._table, where=str(target))):
                    out.write(part)
        except EmptyError:
            with fresh(target) as sink:
                sink.write(Path(self.address).read_bytes())
        except SourceError as error:
            yield self._skipped("file", _why(error))
            return
        yield target

    @property
    def _table(self) -> str:
        return "stdin" if self.address == STDIN else table_name(self.address, CsvConnector.suffixes)

    def _skipped(self, what: str, why: str) -> Skipped:
        return Skipped(self.address, what, why, self._table)

    def _changed(self, before: str) -> bool:
        try:
            return fingerprint(self.address) != before
        except OSError:
            return True


@dataclass(slots=True)
class _Reading:
    """One way through a file: pyarrow as long as every row has its cells, then row by row.

    Attributes:
        done: rows that were handed on.
    """

    address: str
    table: str
    done: int = 0
    clean: Clean | None = None
    few: int = 0
    many: int = 0
    lines: list[int] = field(default_factory=list)

    def batches(self) -> Iterator[pa.RecordBatch | Remark]:
        with opened(self.address) as text:
            yield from text.layout.remarks(self.address, self.table)
            if self.address == STDIN:
                yield from self._patient(text)
                return
            self.clean = _clean(text)
            try:
                yield from self._strict(text.layout)
            except pa.ArrowInvalid:
                uneven = True
            else:
                uneven = False
        if uneven:
            with opened(self.address) as text:
                yield from self._patient(text)

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

    def _strict(self, layout: Layout) -> Iterator[pa.RecordBatch]:
        """The rows by pyarrow, which refuses a row with too few or too many cells."""
        assert self.clean is not None
        form = layout.form
        reader = pacsv.open_csv(
            _Paired(self.clean, form.dialect.quote.encode()),
            pacsv.ReadOptions(block_size=BLOCK, use_threads=False, column_names=form.names),
            pacsv.ParseOptions(
                delimiter=form.dialect.delimiter,
                quote_char=form.dialect.quote,
                escape_char=form.dialect.escape or False,
                newlines_in_values=True,
            ),
            pacsv.ConvertOptions(column_types=dict.fromkeys(form.names, pa.string()), strings_can_be_null=False),
        )
        with reader:
            for batch in reader:
                if batch.num_rows:
                    self.done += batch.num_rows
                    yield batch

    def _patient(self, text: Opened) -> Iterator[pa.RecordBatch]:
        """The rows one block after the other, whatever their number of cells; those handed on already are left out."""
        self.clean = _clean(text)
        form = Form(text.layout.names, text.layout.dialect, "utf-8")
        line = 1 + (text.prefix.count(b"\n") or text.prefix.count(b"\r"))
        passed = 0
        for part in rows(self.clean, form):
            self._note(part, line)
            line += part.lines
            fresh_from = max(0, self.done - passed)
            passed += len(part)
            if fresh_from < len(part):
                batch = part.batch().slice(fresh_from)
                self.done += batch.num_rows
                yield batch
        if not passed:
            yield pa.RecordBatch.from_arrays([pa.array([], pa.string()) for _ in form.names], list(form.names))

    def _note(self, part: Rows, line: int) -> None:
        short, long = part.short, part.long
        self.few += len(short)
        self.many += len(long)
        wanted = max(0, _LINES_NAMED - len(self.lines))
        self.lines += [line + part.line(row) for row in sorted([*short[:wanted], *long[:wanted]])[:wanted]]


class _Paired:
    """A stream that fails at its end when its quotes do not come in pairs: then one of them is not what it seems."""

    closed = False

    def __init__(self, stream: Clean, quote: bytes) -> None:
        self._stream, self._quote = stream, quote
        self._quotes = 0

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing; whoever opened the file closes it."""

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self._quotes += data.count(self._quote)
        if not data and self._quotes % 2:
            raise pa.ArrowInvalid("a quote is not closed")
        return data


def _clean(text: Opened) -> Clean:
    return Clean(_narrow(text), text.layout.encoding.inner)


def _narrow(text: Opened) -> Readable:
    return Narrowed(text.stream, text.layout.encoding.codec) if text.layout.encoding.wide else text.stream


def _rewritten(text: Opened, edit: partial[pa.RecordBatch]) -> Iterator[bytes]:
    """The bytes of the copy."""
    found = text.layout.encoding
    stream = _narrow(text)
    yield text.prefix
    for part in rows(stream, text.layout.form):
        yield widened(part.rewritten(edit), found)
    if isinstance(stream, Narrowed):
        yield stream.tail


def _why(error: SourceError) -> str:
    return f"{error.what} ({error.way_out})" if error.way_out else error.what
