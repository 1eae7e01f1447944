"""JSON Lines: one object a line, its members as columns; copies differ only where cells were changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa

from pii_scan.connectors.compression import SUFFIXES, Readable, packed
from pii_scan.connectors.edits import applied
from pii_scan.connectors.files import changed, fingerprint, fresh, reason, table_name, why
from pii_scan.connectors.layout import expanded
from pii_scan.connectors.members import OTHER, Line
from pii_scan.connectors.partitions import partitioned
from pii_scan.contracts import Edit
from pii_scan.errors import SourceError
from pii_scan.model import Remark, Skipped, Unit

_PLAIN = (".jsonl", ".ndjson", ".jsonlines")
_BLOCK = 4 << 20
"""Bytes that are taken up at a time."""
_LONGEST = 64 << 20
"""The longest line that is held in memory, in bytes."""


class JsonLinesConnector:
    """Opens files of one JSON object a line, compressed or not."""

    schemes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = (*_PLAIN, *(plain + packing for plain in _PLAIN for packing in SUFFIXES))

    def open(self, address: str) -> JsonLinesSource:
        """The file at that path; nothing is read yet."""
        return JsonLinesSource(address)


@dataclass(frozen=True, slots=True)
class JsonLinesSource:
    """One file of JSON objects.

    Args:
        address: its path.
    """

    address: str

    def units(self) -> Iterator[Unit | Skipped]:
        """One unit: the file; or a `Skipped` where it cannot be opened or is empty."""
        try:
            mark = fingerprint(self.address)
            with expanded(self.address) as (stream, _):
                empty = not stream.read(1)
        except OSError as error:
            yield self._skipped("file", f"cannot be opened: {reason(error)}")
        except SourceError as error:
            yield self._skipped("file", why(error))
        else:
            if empty:
                yield self._skipped("file", why(stream.broken) if stream.broken else "is empty")
            else:
                yield Unit(self.address, self._table, fingerprint=mark, size=int(mark.partition(":")[0]))

    def read(self, unit: Unit) -> Iterator[pa.RecordBatch | Skipped | Remark]:
        """The members of each object as text, missing ones null, inner objects and lists as JSON texts.

        A line that holds no object stands as it is in a column of its own.
        """
        return partitioned(self.address, self._rows(unit))

    def _rows(self, unit: Unit) -> Iterator[pa.RecordBatch | Skipped | Remark]:
        seen = _Seen()
        try:
            with expanded(self.address) as (stream, _):
                for lines in _blocks(stream):
                    parsed = [seen.noted(line) for line in lines]
                    yield _batch([line for line in parsed if line.members], seen.names)
                if stream.broken:
                    raise stream.broken
        except SourceError as error:
            yield self._skipped("rows" if seen.lines else "file", f"{why(error)}; nothing after line {seen.lines:,} was examined")
        yield from seen.remarks(self.address, self._table)
        if unit.fingerprint and changed(self.address, unit.fingerprint):
            yield self._skipped("file", "was changed while it was read (scan it again)")

    def copy(self, to: str, edit: Edit) -> Iterator[Path | Skipped]:
        """The file under its own name below `to`: a member that `edit` did not change has the same bytes as before.

        Raises:
            RedactionError: the copy exists already, or cannot be written, or the edit failed.
        """
        target = Path(to) / Path(self.address).name
        change = partial(applied, edit, self._table, where=str(target))
        try:
            with fresh(target) as sink, expanded(self.address) as (stream, name), packed(sink, name) as out:
                seen = _Seen()
                for lines in _blocks(stream):
                    for part in _rewritten([seen.noted(line) for line in lines], seen.names, change):
                        out.write(part)
                if stream.broken:
                    raise stream.broken
        except SourceError as error:
            yield self._skipped("file", why(error))
            return
        yield target

    @property
    def _table(self) -> str:
        return table_name(self.address, JsonLinesConnector.suffixes)

    def _skipped(self, what: str, why: str) -> Skipped:
        return Skipped(self.address, what, why, self._table)


@dataclass(slots=True)
class _Seen:
    """What was met on the way through a file."""

    names: dict[str, None] = field(default_factory=dict)
    """Members, in order of appearance."""
    lines: int = 0
    others: list[int] = field(default_factory=list)
    other: int = 0
    damaged: int = 0

    def noted(self, raw: bytes) -> Line:
        """A line read, and what is odd about it counted."""
        self.lines += 1
        line = Line.of(raw)
        self.damaged += line.damaged
        if OTHER in line.members:
            self.other += 1
            self.others += [self.lines] if len(self.others) < 3 else []
        self.names |= dict.fromkeys(line.members)
        return line

    def remarks(self, source: str, table: str) -> Iterator[Remark]:
        """What was odd, for the report."""
        if self.other:
            at = ", ".join(f"{line:,}" for line in self.others)
            detail = f"{self.other:,} lines hold no JSON object; they were examined as they are; the first at line {at}"
            yield Remark(source, table, "lines that are no objects", detail)
        if self.damaged:
            detail = f"bytes on {self.damaged:,} lines are not UTF-8; they were read as U+FFFD"
            yield Remark(source, table, "encoding damage", detail)


def _blocks(stream: Readable) -> Iterator[list[bytes]]:
    """Whole lines with their ends, some at a time.

    Raises:
        SourceError: a line is longer than `_LONGEST`.
    """
    rest = b""
    while chunk := stream.read(_BLOCK):
        data = rest + chunk
        whole = data.rfind(b"\n") + 1
        rest = data[whole:]
        if whole:
            yield [line + b"\n" for line in data[:whole].split(b"\n")[:-1]]
        if len(rest) > _LONGEST:
            raise SourceError(f"has a line longer than {_LONGEST >> 20} MiB", way_out="is it one object a line?")
    if rest:
        yield [rest]


def _batch(lines: list[Line], names: dict[str, None]) -> pa.RecordBatch:
    """The members of the lines as columns."""
    return pa.RecordBatch.from_arrays([pa.array([line.cell(name) for line in lines], pa.string()) for name in names], list(names))


def _rewritten(lines: list[Line], names: dict[str, None], change: Callable[[pa.RecordBatch], pa.RecordBatch]) -> Iterator[bytes]:
    """The lines with what the edit changed in them."""
    filled = [line for line in lines if line.members]
    old = _batch(filled, names)
    new = change(old) if filled else old
    gone = {*old.schema.names} - {*new.schema.names}
    cells = {
        name: [None if cell is None else str(cell) for cell in column.to_pylist()]
        for name, column in zip(new.schema.names, new.columns, strict=True)
        if not column.equals(old.column(name))
    }
    rows = iter(range(len(filled)))
    for line in lines:
        if line.members:
            row = next(rows)
            yield line.rewritten({name: column[row] for name, column in cells.items()}, gone)
        else:
            yield line.raw
