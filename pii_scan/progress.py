"""How far a scan has come, on stderr: a tqdm bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from pii_scan.model import Unit


class Bar:
    """A bar over the bytes of all units where every size is known, else over the units."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._bar: Any = None
        self._bytes = False
        self._rows = 0

    def planned(self, units: Sequence[Unit]) -> None:
        """Draw the empty bar, in place of one of an earlier scan."""
        self.close()
        if not self._shown:
            return
        from tqdm import tqdm

        self._bytes = bool(units) and all(unit.size for unit in units)
        total = sum(unit.size or 0 for unit in units) if self._bytes else len(units)
        self._bar = tqdm(total=total, unit="B" if self._bytes else "unit", unit_scale=self._bytes, leave=False, file=sys.stderr)

    def done(self, unit: Unit, rows: int) -> None:
        """Move on by one unit."""
        if self._bar is None:
            return
        self._rows += rows
        self._bar.update((unit.size or 0) if self._bytes else 1)
        self._bar.set_postfix_str(f"{self._rows:,} rows", refresh=False)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
