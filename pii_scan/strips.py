"""A unit in strips, some of its columns at a time: batches are long in little memory, and several processes share one file.

What is seen of a column does not depend on what is read with it, so the strips of a unit have its evidence side by side. How long
a column waits depends on the unit and what is wanted of it: a process alone may read several strips as one, and sees the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from pii_scan.batches import ROWS, waiting
from pii_scan.contracts import Source
from pii_scan.model import Column, ColumnEvidence, Evidence, Skipped, TableFacts, Unit

_BYTES = 4 << 20
"""What a strip takes of a batch, unless a single column takes more: little enough for as many strips as end together."""
_COLUMNS = 48
"""Columns of a strip at most: to examine the first texts of one costs the same however few rows there are."""
_OFTEN = 4
"""How many times as often as it is worth for its bytes a unit is read for its many columns, whatever its size."""
_WORTH = 256 << 10
"""Bytes that may be read again for each column of a small unit: its first texts cost much more."""
_TOGETHER = 4 * _COLUMNS
"""Columns of strips that one process reads in one go, where it examines all of them anyway."""
_NAMED = 3
"""Columns of a strip that are told by name."""


class Strip(NamedTuple):
    """Some columns of a unit, or all of them."""

    source: Source
    """Of which no more than these columns are read."""
    columns: tuple[str, ...] = ()
    """Empty for all."""
    part: float = 1.0
    """Their part of what there is to read of the unit."""
    most: Mapping[str, int] | None = None
    """How many bytes of each column may wait until it is examined, whatever is read with it; None where widths are unknown."""


def strips(source: Source, unit: Unit, wanted: Callable[[str], bool], *, alone: bool = False) -> list[Strip]:
    """The strips of a unit, of wanted columns only; one of all columns where its source does not read them apart.

    A process that is alone reads in one go what is read for each strip, where leaving columns out saves little.
    """
    if hasattr(source, "with_dictionaries"):
        source = source.with_dictionaries()
    widths = [(name, width) for name, width in unit.widths if wanted(name)]
    if not widths or not hasattr(source, "only"):
        return [Strip(source)]
    whole = sum(width for _, width in widths)
    times = readings(source)
    most = max(_BYTES / max(1, min(unit.rows or ROWS, ROWS)), whole / times)
    size = unit.size or whole * (unit.rows or ROWS)
    often = max(_OFTEN * times, _WORTH * len(widths) / max(1.0, size))
    groups = list(_groups(widths, most, max(_COLUMNS, math.ceil(len(widths) / often))))
    waits = {name: bytes_ for group in groups for name, bytes_ in waiting(group).items()}
    if alone and math.isfinite(times):
        groups = _together(groups)
    if len(groups) == 1 and len(widths) == len(unit.widths):
        return [Strip(source, most=waits)]
    named = [(tuple(name for name, _ in group), sum(width for _, width in group) / whole) for group in groups]
    return [Strip(source.only(names), names, part, {name: waits[name] for name in names}) for names, part in named]


def readings(source: Source) -> float:
    """How often a unit may be read at the most; as often as one likes where leaving columns out saves reading them."""
    return float(getattr(source, "readings", math.inf))


def _together(groups: Iterable[list[tuple[str, float]]]) -> list[list[tuple[str, float]]]:
    """Groups of a few columns as one."""
    made: list[list[tuple[str, float]]] = []
    for group in groups:
        if made and len(made[-1]) + len(group) <= _TOGETHER:
            made[-1] += group
        else:
            made.append(group)
    return made


def _groups(widths: Sequence[tuple[str, float]], most: float, columns: int) -> Iterator[list[tuple[str, float]]]:
    """Neighbouring columns, of so many bytes in a row together, or nearly, and no more than so many."""
    held: list[tuple[str, float]] = []
    size = 0.0
    for name, width in widths:
        if held and (size + width / 2 > most or len(held) == columns):
            yield held
            held, size = [], 0.0
        held.append((name, width))
        size += width
    yield held


def side_by_side(parts: Sequence[tuple[Strip, Evidence]]) -> Evidence:
    """The evidence of a unit from that of its strips: they have the same rows."""
    if len(parts) == 1:
        return parts[0][1]
    common = set.intersection(*(set(found.skipped) for _, found in parts))
    columns: dict[Column, ColumnEvidence] = {}
    tables: dict[tuple[str, str], TableFacts] = {}
    for _, found in parts:
        columns |= {column: seen for column, seen in found.columns.items() if column not in columns}
        for table, facts in found.tables.items():
            before = tables.get(table, TableFacts())
            tables[table] = replace(before + facts, rows=max(before.rows, facts.rows))
    skipped = {one if one in common else _of(strip, one) for strip, found in parts for one in found.skipped}
    remarks = {remark for _, found in parts for remark in found.remarks}
    return Evidence(columns, tables, tuple(skipped), tuple(remarks)) + Evidence()


def _of(strip: Strip, skipped: Skipped) -> Skipped:
    """What was not examined of one strip only, with its columns."""
    return skipped if skipped.column else replace(skipped, column=told(strip.columns))


def told(columns: Sequence[str]) -> str:
    """Some columns in few words."""
    more = len(columns) - _NAMED
    return ", ".join(columns[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
