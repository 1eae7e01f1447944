"""Two tables read side by side, batches cut to one length, and what is said of a table when both have ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from pii_scan.contracts import Source
from pii_scan.model import Skipped, Unit

_ROWS = 16_384
"""Rows that are compared together."""
_BYTES = 16 << 20
"""Bytes up to which small batches are put together."""


@dataclass(slots=True)
class Reading:
    """The rows of one table of a source.

    Attributes:
        columns: the only ones that are needed, None for all; a source that cannot leave others out gives all the same.
        rows: how many were read so far.
        unread: what could not be.
    """

    source: Source
    units: Sequence[Unit]
    columns: Sequence[str] | None = None
    rows: int = 0
    unread: list[Skipped] = field(default_factory=list)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Its batches, in order, those without rows left out but for the first."""
        first = True
        source = self.source
        if self.columns is not None and hasattr(source, "only"):
            source = source.only(self.columns)
        for unit in self.units:
            for found in source.read(unit):
                if isinstance(found, Skipped):
                    self.unread.append(found)
                elif isinstance(found, pa.RecordBatch) and (found.num_rows or first):
                    first = False
                    self.rows += found.num_rows
                    yield found


def tables(source: Source) -> dict[str, list[Unit]]:
    """The units of each table, by its label; what cannot be read is left to the reading of others."""
    found: dict[str, list[Unit]] = {}
    for unit in source.units():
        if isinstance(unit, Unit):
            found.setdefault(unit.table, []).append(unit)
    return found


def unreadable(source: Source) -> Iterator[Skipped]:
    """What of a source cannot be read at all."""
    yield from (unit for unit in source.units() if isinstance(unit, Skipped))


def side_by_side(one: Reading, two: Reading) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
    """Batches of as many rows from both, until one ends; the other is read to its end, so that its rows are counted."""
    left, right = larger(one.batches()), larger(two.batches())
    first, second = next(left, None), next(right, None)
    while first is not None and second is not None:
        rows = min(first.num_rows, second.num_rows, _ROWS)
        if rows or not (first.num_rows or second.num_rows):
            yield first.slice(0, rows), second.slice(0, rows)
        first = first.slice(rows) if first.num_rows > rows else next(left, None)
        second = second.slice(rows) if second.num_rows > rows else next(right, None)
    for _ in left:
        pass
    for _ in right:
        pass


def larger(batches: Iterable[pa.RecordBatch], most: int = _BYTES) -> Iterator[pa.RecordBatch]:
    """The batches, small ones of one schema put together: what is done to each costs a thousand calls, however few its rows."""
    held: list[pa.RecordBatch] = []
    rows = taken = 0
    for batch in batches:
        size = batch.get_total_buffer_size()
        if held and (
            rows + batch.num_rows > _ROWS or taken + size > most or not batch.num_columns or batch.schema != held[0].schema
        ):
            yield _together(held)
            held, rows, taken = [], 0, 0
        held.append(batch)
        rows, taken = rows + batch.num_rows, taken + size
    if held:
        yield _together(held)


def _together(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    (made,) = pa.Table.from_batches(batches).combine_chunks().to_batches()
    return made
