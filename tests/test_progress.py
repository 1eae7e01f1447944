"""The bar moves while a unit is read, by bytes, and says how fast; whoever reads it, in this process or another."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from multiprocessing import get_context
from threading import Event
from typing import Any

import pyarrow as pa
import pytest

from pii_scan import progress
from pii_scan.meter import Meter
from pii_scan.model import Unit
from pii_scan.progress import Bar


def batches(count: int, rows: int = 100) -> Iterator[pa.RecordBatch]:
    for _ in range(count):
        yield pa.record_batch({"c": ["x" * 10] * rows})


class Terminal(io.StringIO):
    """What a person looks at."""

    def __init__(self) -> None:
        super().__init__()
        self.moved = Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if " rows" in text and "50%" in text:
            self.moved.set()
        return super().write(text)


@pytest.mark.parametrize(
    ("unit", "halfway"),
    [
        (Unit("s", "t", rows=1_000, size=5_000), 2_500),
        (Unit("s", "t", size=20_000), 7_020),  # batches are taken for their size in memory
        (Unit("s", "t", size=1_000), 1_000),  # and no more than there is of the unit
        (Unit("s", "t", rows=1_000), 0),
    ],
)
def test_the_meter_moves_with_each_batch_and_ends_at_the_size_of_the_unit(unit: Unit, halfway: int) -> None:
    meter = Meter(2)
    through = meter.through(batches(10), unit, 1)
    for _ in range(6):
        next(through)
    assert meter.rows == 500
    assert meter.size == pytest.approx(halfway, rel=0.01)
    assert len(list(through)) == 4
    assert (meter.rows, meter.size) == (1_000, unit.size or 0)


def test_a_unit_that_is_read_again_is_counted_once() -> None:
    meter, unit = Meter(1), Unit("s", "t", rows=500, size=50)
    for _ in range(2):
        list(meter.through(batches(5), unit, 0))
    assert (meter.rows, meter.size) == (500, 50)


def elsewhere(meter: Meter) -> None:
    list(meter.through(batches(3), Unit("s", "t", size=30), 1))


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_another_process_moves_the_same_meter(method: Any) -> None:
    if method == "forkserver" and sys.platform == "win32":
        pytest.skip("there is no fork here")
    meter = Meter(2)
    process = get_context(method).Process(target=elsewhere, args=(meter,))
    process.start()
    process.join(60)
    assert (meter.rows, meter.size) == (300, 30)


def test_the_bar_moves_within_a_unit_and_tells_bytes_rows_a_second_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "TICK", 0.01)
    bar, meter, unit = Bar(), Meter(1), Unit("s", "t", rows=1_000, size=4_000_000)
    bar.planned([unit])
    bar.watch(meter)
    through = meter.through(batches(10), unit, 0)
    for _ in range(6):
        next(through)
    assert terminal.moved.wait(20), "half of the unit was read, and the bar does not show it"
    list(through)
    bar.done(unit, 1_000)
    bar.close()
    drawn = terminal.getvalue()
    for told in ("2.00M/4.00M", "B/s", "500 rows, ", "rows/s", "<"):
        assert told in drawn, told


def test_what_an_audit_knew_before_counts_as_done(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    bar, meter = Bar(), Meter(1)
    units = [Unit("a", "a", size=50), Unit("b", "b", size=50)]
    bar.planned(units)
    bar.done(units[0], 7)
    bar.watch(meter)
    list(meter.through(batches(1), units[1], 0))
    bar.done(units[1], 100)
    assert (bar._bar.n, bar._bar.postfix.partition(" rows")[0]) == (100, "107")
    bar.close()
