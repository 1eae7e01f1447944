"""What one process examines in one go: a strip of a unit; and the evidence of strips put together to that of units."""

from __future__ import annotations

import os
import pickle
import zlib
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pii_scan.contracts import Source
from pii_scan.model import Evidence, Unit
from pii_scan.strips import Strip, side_by_side, strips

if TYPE_CHECKING:
    from pii_scan.settings import Settings

UNTOLD = 16 << 20
"""Bytes that a unit of unknown size is taken to have."""
_FIRST, _FIRST_OF_COLUMN = 512 << 10, 128 << 10
"""What to examine the first texts of a task and of each column costs at least, as if there were so much more to read."""
_ROW_BYTES = 256
"""What a row is taken to cost where a connector knows no bytes."""
_SHORT = 32
"""Bytes of a cell that takes twice as long as its bytes do."""


class Work(NamedTuple):
    """A unit to read, where from, and how many of its rows to examine (None for all)."""

    source: Source
    unit: Unit
    rows: int | None


class Task(NamedTuple):
    """What one process examines in one go: a strip of a unit."""

    work: Work
    strip: Strip
    place: int
    """Its place among all tasks, on the meter too."""

    @property
    def size(self) -> float:
        """About how many bytes there are to read."""
        unit = self.work.unit
        if unit.size is None and unit.rows is None:
            return UNTOLD
        return self.strip.part * (unit.size if unit.size is not None else _ROW_BYTES * (unit.rows or 0))

    @property
    def cost(self) -> float:
        """About what it costs, in bytes to read."""
        return _FIRST + _FIRST_OF_COLUMN * len(self.strip.most or ()) + self.size

    @property
    def lasting(self) -> float:
        """About how long it lasts, beside others: a byte of a sentence takes longer than one of a number."""
        columns, rows = len(self.strip.columns), self.work.unit.rows
        return self.size * (1 + self.size / (rows * columns * _SHORT) if rows and columns else 1)


def workers_of(settings: Settings) -> int:
    """How many processes may examine at once."""
    return settings.workers or os.cpu_count() or 1


def tasks(work: Iterable[Work], settings: Settings) -> list[Task]:
    """The strips of all units."""
    every: list[Task] = []
    for one in work:
        bare = one._replace(unit=replace(one.unit, widths=()))
        parts = strips(one.source, one.unit, settings.detection.wants_column, alone=workers_of(settings) == 1)
        every += [Task(bare, strip, len(every) + at) for at, strip in enumerate(parts)]
    return every


def whole(every: Sequence[Task], arriving: Iterable[tuple[Task, Evidence]]) -> Generator[tuple[Unit, Evidence]]:
    """The evidence of each unit, once that of all of its strips has arrived.

    That of strips is packed until then, and that of the last unit until nothing more arrives, when no worker holds memory any
    more: of ten thousand columns it takes a hundred MB.
    """
    left = Counter(id(task.work) for task in every)
    parts: dict[int, list[tuple[Strip, bytes]]] = {}
    last: Work | None = None
    for task, found in arriving:
        unit = id(task.work)
        left[unit] -= 1
        if not left[unit] and unit not in parts:
            yield task.work.unit, side_by_side([(task.strip, found)])
            continue
        parts.setdefault(unit, []).append((task.strip, _packed(found)))
        if left[unit]:
            continue
        if any(left.values()):
            yield task.work.unit, _unpacked(parts.pop(unit))
        else:
            last = task.work
    if last:
        yield last.unit, _unpacked(parts.pop(id(last)))


def _packed(evidence: Evidence) -> bytes:
    return zlib.compress(pickle.dumps(evidence), 1)


def _unpacked(parts: Sequence[tuple[Strip, bytes]]) -> Evidence:
    """The evidence of a unit, from that of its strips."""
    # what this process has packed itself
    return side_by_side([(strip, pickle.loads(zlib.decompress(packed))) for strip, packed in parts])  # noqa: S301
