"""Which rows of a Parquet file a unit has: a few row groups, or quarters of large ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import pyarrow.parquet as pq

from pii_scan.connectors.shares import shares

_UNIT_ROWS, _UNIT_BYTES = 1 << 20, 512 << 20
"""A unit has so many rows and stored bytes at most: what is learnt of a column is learnt once for each unit."""
_OFFSET = 4
"""Bytes that Arrow takes for a text beside its own."""
_QUARTERS = 4
"""Parts of a row group that units may begin at: whoever reads the last one decodes the others in vain."""


def spans(groups: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The first row of each unit, and the one behind its last: like many in each, cut at row groups or quarters of them.

    Groups come with their rows and bytes.
    """
    begins = list(itertools.accumulate((rows for rows, _ in groups), initial=0))
    whole = begins[-1]
    parts = max(shares(whole, _UNIT_ROWS), shares(sum(stored for _, stored in groups), _UNIT_BYTES))
    places = [
        begin + rows * part // _QUARTERS for begin, (rows, _) in zip(begins, groups, strict=False) for part in range(_QUARTERS)
    ]
    cuts = {min(places, key=lambda place: abs(place - wanted)) for wanted in (whole * part // parts for part in range(1, parts))}
    if groups:
        yield from itertools.pairwise([0, *sorted(cuts - {0, whole}), whole])


def widths(found: pq.FileMetaData) -> tuple[tuple[str, float], ...]:
    """The columns of a file in order, each with the bytes that one cell takes in its longest row group, not compressed."""
    if not found.num_row_groups:
        return ()
    group = max((found.row_group(place) for place in range(found.num_row_groups)), key=lambda one: one.num_rows)
    sizes: dict[str, int] = {}
    for place in range(group.num_columns):
        leaf = group.column(place)
        name = leaf.path_in_schema.partition(".")[0]
        sizes[name] = sizes.get(name, 0) + leaf.total_uncompressed_size
    return tuple((name, _OFFSET + size / max(1, group.num_rows)) for name, size in sizes.items())


def told(groups: Sequence[tuple[int, int]], begin: int, end: int) -> str:
    """What reports call the rows from one to another."""
    begins = list(itertools.accumulate((rows for rows, _ in groups), initial=0))
    if begin not in begins or end not in begins:
        return f"rows {begin + 1:,} to {end:,}"
    first, last = begins.index(begin) + 1, len(begins) - 1 - begins[::-1].index(end)
    return f"row group {first}" if first >= last else f"row groups {first} to {last}"


def within(found: pq.FileMetaData, span: tuple[int, int] | None) -> Iterator[tuple[int, slice]]:
    """The row groups that hold the rows from one to another, and which rows of each those are."""
    begin = 0
    for place in range(found.num_row_groups):
        rows = found.row_group(place).num_rows
        first, last = span or (0, found.num_rows)
        wanted = slice(max(0, first - begin), min(rows, last - begin))
        begin += rows
        if wanted.start < wanted.stop:
            yield place, wanted
