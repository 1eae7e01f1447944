"""What a scan would read and about how long it takes, measured on the first rows of its tables; and what fits into a budget."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from pii_scan.contracts import Source
from pii_scan.model import Skipped, Unit
from pii_scan.prepared import Rules, detector
from pii_scan.settings import Settings
from pii_scan.tasks import Work, tasks, workers_of

PROBED = 24
"""Tables that are measured; the others are taken to cost what these do on average."""
_ROWS = 8_192
"""Rows of a table that are measured at most."""
_PART = 5
"""The same is done with a fifth of them: the difference tells what a row costs, apart from what a unit does."""
_SHARE = 0.8
"""Share of a budget that is planned for; the rest is for what was guessed too low."""
_START = 3.0
"""Seconds that a worker process takes to begin."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one table costs in seconds on one core."""

    unit: float = 0.05
    read: float = 2e-6
    """A row, to read it."""
    row: float = 5e-5
    """A row, to examine it."""
    width: float = 0.0
    """Bytes of a row, where they are known."""


@dataclass(frozen=True, slots=True)
class TableEstimate:
    """One table: how much there is of it, and how long it takes."""

    source: str
    table: str
    units: int
    rows: int | None
    """None where the store does not tell and no row was read."""
    size: int | None
    """Bytes to read; None where the store does not tell."""
    cost: Cost

    def seconds(self, sample: int | None = None) -> float:
        """CPU seconds for every row, or for a sample of so many rows."""
        rows = self.rows or 0
        wanted = rows if sample is None else min(rows, sample)
        return self.units * self.cost.unit + rows * self.cost.read + wanted * self.cost.row


@dataclass(frozen=True, slots=True)
class Estimate:
    """Every table of a scan."""

    tables: tuple[TableEstimate, ...]
    skipped: tuple[Skipped, ...]
    workers: int

    def seconds(self, sample: int | None = None) -> float:
        """Seconds from begin to end, with as many processes as the scan would have."""
        total = sum(table.seconds(sample) for table in self.tables)
        return total / self.workers + (_START if self.workers > 1 else 0.0)

    def sample_for(self, budget: float) -> int | None:
        """Rows of each table that fit into so many seconds; None where all of them do, 1 where not even reading does."""
        within = budget * _SHARE
        if self.seconds() <= within:
            return None
        low, high = 1, max((table.rows or 1 for table in self.tables), default=1)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.seconds(middle) <= within else (low, middle - 1)
        return low


def estimate(work: Sequence[Work], skipped: Iterable[Skipped], settings: Settings, rules: Rules) -> Estimate:
    """Measure some tables, each on its first rows, in about a tenth of a second each."""
    made = detector(settings.detection, rules)
    tables: dict[tuple[str, str], list[Work]] = {}
    for task in work:
        tables.setdefault((task.unit.source, task.unit.table), []).append(task)
    known: dict[tuple[str, str], Cost] = {}
    for address in sorted(tables, key=_by_lot)[:PROBED]:
        source, unit, _ = tables[address][0]
        # stdin can be read only once
        found = _measured(source, unit, made.examine) if getattr(source, "repeatable", True) else None
        if found:
            known[address] = found
    usual = _mean(known.values())
    workers = max(1, min(workers_of(settings), len(tasks(work, settings))))
    estimates = (_of_table(address, parts, known.get(address, usual)) for address, parts in sorted(tables.items()))
    return Estimate(tuple(estimates), tuple(skipped), workers)


def _by_lot(address: tuple[str, str]) -> int:
    """A seeded order of tables."""
    return zlib.crc32("\0".join(address).encode())


def _of_table(address: tuple[str, str], parts: Sequence[Work], cost: Cost) -> TableEstimate:
    sizes = [task.unit.size for task in parts]
    size = None if None in sizes else sum(one or 0 for one in sizes)
    counts = [task.unit.rows for task in parts]
    rows = None if None in counts else sum(one or 0 for one in counts)
    if rows is None and size is not None and cost.width:
        rows = round(size / cost.width)
    return TableEstimate(*address, len(parts), rows, size, cost)


def _measured(source: Source, unit: Unit, examine: Callable[[Unit, Iterable[pa.RecordBatch]], object]) -> Cost | None:
    """What a table costs, or None where its first rows cannot be had."""
    begun = time.perf_counter()
    try:
        table = pa.Table.from_batches(list(_first(source, unit)))
    except Exception:  # noqa: BLE001 - foreign errors quote cells, and the scan itself will say what is wrong
        return None
    rows, read = table.num_rows, time.perf_counter() - begun
    if not rows:
        return Cost(row=0.0)
    few = max(1, rows // _PART)
    short, long = (_timed(examine, unit, table.slice(0, count).to_batches()) for count in (few, rows))
    row = max(0.0, long - short) / max(1, rows - few)
    return Cost(max(0.0, short - few * row), read / rows, row, _text_bytes(table) / rows)


def _timed(examine: Callable[[Unit, Iterable[pa.RecordBatch]], object], unit: Unit, batches: Sequence[pa.RecordBatch]) -> float:
    begun = time.perf_counter()
    examine(unit, batches)
    return time.perf_counter() - begun


def _first(source: Source, unit: Unit) -> Iterator[pa.RecordBatch]:
    left = _ROWS
    for batch in source.read(unit):
        if isinstance(batch, pa.RecordBatch) and batch.num_columns:
            yield batch.slice(0, left)
            left -= batch.num_rows
            if left <= 0:
                return


def _text_bytes(table: pa.Table) -> float:
    """About how many bytes the rows take as delimited text."""
    offsets = 4 * table.num_rows * sum(pa.types.is_string(kind) for kind in table.schema.types)
    return float(max(1, table.nbytes - offsets) + table.num_rows * table.num_columns)


def _mean(costs: Iterable[Cost]) -> Cost:
    known = list(costs)
    if not known:
        return Cost()
    count = len(known)
    return Cost(*(sum(getattr(cost, name) for cost in known) / count for name in ("unit", "read", "row", "width")))


def as_text(found: Estimate) -> str:
    """The estimate as a table for the eye."""
    lines = [f"{'source':<40} {'table':<24} {'units':>6} {'rows':>13} {'bytes':>15} {'seconds':>9}"]
    for one in found.tables:
        rows, size = ("?" if count is None else f"{count:,}" for count in (one.rows, one.size))
        lines.append(f"{one.source:<40} {one.table:<24} {one.units:>6,} {rows:>13} {size:>15} {one.seconds():>9,.1f}")
    lines += [f"not read: {skipped.source} {skipped.table}: {skipped.why}" for skipped in found.skipped]
    total = sum(one.size or 0 for one in found.tables)
    units = sum(one.units for one in found.tables)
    lines.append(
        f"{len(found.tables):,} tables, {units:,} units, {total:,} bytes: about {found.seconds():,.0f} s "
        f"with {found.workers} process{'es' if found.workers > 1 else ''} on this machine"
    )
    return "\n".join(lines) + "\n"
