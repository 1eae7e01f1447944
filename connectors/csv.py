"""CSV and its relatives: every row once, every cell as text, and copies that differ only where cells were changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from pii_scan.connectors.ahead import ahead
from pii_scan.connectors.compression import SUFFIXES, packed
from pii_scan.connectors.edits import applied, places
from pii_scan.connectors.encoding import Narrowed, widened
from pii_scan.connectors.files import changed, fingerprint, fresh, reason, table_name, why
from pii_scan.connectors.layout import STDIN, EmptyError, Layout, Opened, check, opened
from pii_scan.connectors.partitions import partitioned
from pii_scan.connectors.ranges import LARGE, WIDE, ranges
from pii_scan.connectors.reading import Reading, cell_widths
from pii_scan.connectors.rows import Form, Rows, header_without, rows
from pii_scan.contracts import Edit
from pii_scan.errors import SourceError
from pii_scan.model import Remark, Skipped, Unit

_MARKS = frozenset(",;\t|")
"""Delimiters that no word, number or encoding of one has in it."""
_PLAIN = (".csv", ".tsv", ".tab", ".psv", ".txt")


class CsvConnector:
    """Opens delimited text, compressed or not; `-` is stdin."""

    schemes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = (*_PLAIN, *(plain + packing for plain in _PLAIN for packing in SUFFIXES))

    def open(self, address: str) -> CsvSource:
        """The file at that path; nothing is read yet."""
        return CsvSource(address)


@dataclass(slots=True)
class CsvSource:
    """One delimited file. Delimiter, quote, header and encoding are found out when its units are listed, or when it is read.

    Args:
        address: its path; `-` for stdin, which can be read once.
        layout: how a large file is to be read, whose units are ranges of bytes.
        columns: the only ones that are made of its fields; None for all.
    """

    address: str
    layout: Layout | None = field(default=None, repr=False, compare=False)
    columns: tuple[str, ...] | None = None
    readings: ClassVar[int] = 2
    """All fields of a row must be found to have one of them."""

    @property
    def portable(self) -> bool:
        """Whether another process can read it, too."""
        return self.address != STDIN

    @property
    def repeatable(self) -> bool:
        """Whether it can be read twice."""
        return self.address != STDIN

    def units(self) -> Iterator[Unit | Skipped]:
        """The file, or ranges of a large one; a `Skipped` where it cannot be opened, is empty or is no text."""
        if self.address == STDIN:
            yield Unit(STDIN, self._table)
            return
        try:
            mark = fingerprint(self.address)
            cells = check(self.address)
            spans = self._ranges(int(mark.partition(":")[0]), cells)
        except OSError as error:
            yield self._skipped("file", f"cannot be opened: {reason(error)}")
        except SourceError as error:
            yield self._skipped("file", why(error))
        else:
            apart = cell_widths(self.address, self.layout) if self.layout else ()
            if len(spans) < 2:
                span = spans[0] if apart else None
                yield Unit(self.address, self._table, "", mark, size=int(mark.partition(":")[0]), span=span, widths=apart)
                return
            for begin, end in spans:
                key, span = f"bytes {begin:,} to {end:,}", (begin, end)
                yield Unit(self.address, self._table, key, f"{mark}:{begin}", size=end - begin, span=span, widths=apart)

    def _ranges(self, size: int, cells: int) -> list[tuple[int, int]]:
        """The ranges of a large or a wide file, whose layout is then known; nothing for a small one."""
        if size < LARGE and cells < WIDE:
            return []
        with opened(self.address) as text:
            self.layout = text.layout
        return ranges(self.address, self.layout, size)

    def only(self, columns: Iterable[str]) -> CsvSource:
        """The same file, of which no more than some columns are handed on; partitions and extra cells are all told."""
        return replace(self, columns=tuple(columns))

    def laid(self) -> int | None:
        """The bytes before the first row, where behind them lie cells in UTF-8 between plain marks, and nothing else; or None."""
        try:
            with opened(self.address) as text:
                found = text.layout
        except SourceError:
            return None
        marks = found.dialect
        plain = marks.delimiter in _MARKS and (marks.quote, marks.escape) == ('"', "") and found.encoding.codec == "utf-8"
        # how a file of one column lies is told by it alone: its lines may be those of one text
        return found.skip if plain and not found.compression and len(found.names) > 1 else None

    def read(self, unit: Unit) -> Iterator[pa.RecordBatch | Skipped | Remark]:
        """The rows as text: what was found out first, then the batches, then what was odd.

        Rows that are too short end in nulls; cells beyond the last column stand in a list in a column of their own.
        """
        return partitioned(self.address, self._rows(unit))

    def _rows(self, unit: Unit) -> Iterator[pa.RecordBatch | Skipped | Remark]:
        part = (self.layout, unit.span) if self.layout and unit.span else None
        reading = Reading(self.address, self._table, part, self.columns)
        try:
            yield from reading.batches()
        except SourceError as error:
            if reading.done:
                yield self._skipped("rows", f"{why(error)}; nothing after row {reading.done:,} was examined", unit.key)
            else:
                yield self._skipped("unit" if part else "file", why(error), unit.key)
        yield from reading.remarks()
        if unit.fingerprint and changed(self.address, unit.fingerprint):
            yield self._skipped("file", "was changed while it was read (scan it again)")

    def copy(self, to: str, edit: Edit) -> Iterator[Path | Skipped]:
        """The file under its own name below `to`: a cell that `edit` did not change has the same bytes as before.

        Raises:
            RedactionError: the copy exists already, or cannot be written, or the edit failed.
        """
        target = Path(to) / ("stdin.csv" if self.address == STDIN else Path(self.address).name)
        try:
            with fresh(target) as sink, opened(self.address) as text, packed(sink, text.layout.compression) as out:
                for part in _rewritten(text, partial(applied, edit, self._table, where=str(target)), own=self.portable):
                    out.write(part)
        except EmptyError:
            with fresh(target) as sink:
                sink.write(Path(self.address).read_bytes())
        except SourceError as error:
            yield self._skipped("file", why(error))
            return
        yield target

    @property
    def _table(self) -> str:
        return "stdin" if self.address == STDIN else table_name(self.address, CsvConnector.suffixes)

    def _skipped(self, what: str, why: str, unit: str = "") -> Skipped:
        return Skipped(self.address, what, why, self._table, unit=unit)


def _rewritten(text: Opened, edit: partial[pa.RecordBatch], *, own: bool) -> Iterator[bytes]:
    """The bytes of the copy; `own` tells whether nobody waits for the next row, so that a thread may."""
    stream, begun = text.narrow, False
    parts = map(Rows.read, rows(stream, text.layout.form))
    for part in ahead(parts) if own else parts:
        made = part.rewritten(edit)
        if not begun:
            yield _header(text, part.gone if len(part) else _gone(text.layout.form, edit))
            begun = True
        yield widened(made, text.layout.encoding)
    if not begun:
        yield _header(text, _gone(text.layout.form, edit))
    text.ensure_whole()
    if isinstance(stream, Narrowed):
        yield stream.tail


def _header(text: Opened, gone: frozenset[int]) -> bytes:
    """The bytes before the first row, without the names of the columns that are left out."""
    if not gone or not text.layout.header:
        return text.prefix
    found = text.layout.encoding
    head = text.prefix.removeprefix(found.bom)
    plain = head.decode(found.codec, "surrogatepass").encode("utf-8", "surrogatepass") if found.wide else head
    made = widened(header_without(plain, text.layout.form, gone), found)
    return text.prefix[: len(text.prefix) - len(head)] + made


def _gone(form: Form, edit: partial[pa.RecordBatch]) -> frozenset[int]:
    """Which columns an edit leaves out of a file without rows."""
    names = list(form.names)
    left = edit(pa.RecordBatch.from_arrays([pa.array([], pa.string()) for _ in names], names)).schema.names
    return frozenset(range(len(names))) - frozenset(places(names, left) or [])
