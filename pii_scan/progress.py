"""How far a scan has come, on stderr: a tqdm bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from threading import Event, Lock, Thread
from typing import Any, Literal

from pii_scan.meter import Meter
from pii_scan.model import Unit

TICK = 0.5
"""Seconds between two looks at the meter."""

_Measure = Literal["B", "rows", "unit"]


class Bar:
    """A bar over the bytes of all units where every size is known, else over their rows, else over the units.

    It shows rows a second and the time left, and moves while a unit is being read.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._bar: Any = None
        self._measure: _Measure = "unit"
        self._meter: Meter | None = None
        self._ended, self._watcher, self._drawing = Event(), Thread(), Lock()
        self._begun = 0.0
        self._done, self._before = (0, 0), (0, 0)

    def planned(self, units: Sequence[Unit]) -> None:
        """Draw the empty bar, in place of one of an earlier scan."""
        self.close()
        if not self._shown:
            return
        from tqdm import tqdm

        self._measure = (
            "B" if _known([unit.size for unit in units]) else "rows" if _known([unit.rows for unit in units]) else "unit"
        )
        total = sum(self._weight(unit) for unit in units)
        self._begun, self._done, self._before = time.monotonic(), (0, 0), (0, 0)
        self._bar = tqdm(total=total, unit=self._measure, unit_scale=self._measure != "unit", leave=False, file=sys.stderr)

    def watch(self, meter: Meter) -> None:
        """Look at a meter from time to time, from now on: what was done before is not on it."""
        if self._bar is None:
            return
        self._meter, self._before = meter, self._done
        self._ended = Event()
        self._watcher = Thread(target=self._look, args=(self._ended,), daemon=True)
        self._watcher.start()

    def done(self, unit: Unit, rows: int) -> None:
        """Move on by one unit."""
        if self._bar is None:
            return
        self._done = self._done[0] + self._weight(unit), self._done[1] + rows
        self._show()

    def close(self) -> None:
        """Take the bar away."""
        self._ended.set()
        if self._watcher.is_alive():
            self._watcher.join()
        self._meter = None
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _weight(self, unit: Unit) -> int:
        return {"B": unit.size or 0, "rows": unit.rows or 0, "unit": 1}[self._measure]

    def _look(self, ended: Event) -> None:
        while not ended.wait(TICK):
            self._show()

    def _show(self) -> None:
        """Whole units, or what the meter says where that is more."""
        (come, rows), meter = self._done, self._meter
        if meter is not None:
            seen = {"B": meter.size, "rows": meter.rows, "unit": 0}[self._measure]
            come, rows = max(come, self._before[0] + seen), max(rows, self._before[1] + meter.rows)
        speed = (rows - self._before[1]) / max(1e-3, time.monotonic() - self._begun)
        with self._drawing:
            self._bar.set_postfix_str(f"{rows:,} rows, {speed:,.0f} rows/s", refresh=False)
            self._bar.update(max(0, min(come, self._bar.total) - self._bar.n))


def _known(numbers: Sequence[int | None]) -> bool:
    return bool(numbers) and all(numbers)
