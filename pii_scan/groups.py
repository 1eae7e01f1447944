"""Rows counted by 64-bit hashes: how many have each key, and how many values each key has."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.hashing import NULL

_PENDING = 1 << 19
"""Rows that are held before they are put together, or half as many as there are groups."""


class Groups:
    """How many rows have each key; keys are held, rows are not."""

    def __init__(self) -> None:
        self._held: list[pa.Table] = []
        self._pending = 0

    def add(self, keys: np.ndarray, weights: np.ndarray | None = None) -> None:
        """Count some rows, each once or by its weight."""
        counts = np.ones(len(keys), np.int64) if weights is None else weights
        self._held.append(_grouped(pa.table({"key": keys, "rows": counts})))
        self._pending += len(self._held[-1])
        if self._pending > max(_PENDING, len(self._held[0]) // 2):
            self.sizes()

    def sizes(self) -> np.ndarray:
        """The size of each group, in no order."""
        if len(self._held) > 1:
            self._held = [_grouped(pa.concat_tables(self._held))]
        self._pending = 0
        return np.asarray(self._held[0]["rows"]) if self._held else np.zeros(0, np.int64)


class Pairs:
    """How many distinct values each group has in a column; empty cells are none."""

    def __init__(self) -> None:
        self._held: list[pa.Table] = []
        self._pending = 0

    def add(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Count the values of some rows, each for the key of its row."""
        there = values != NULL
        pairs = pa.table({"key": keys[there], "value": values[there]}).group_by(["key", "value"]).aggregate([])
        self._held.append(pairs)
        self._pending += len(pairs)
        if self._pending > max(_PENDING, len(self._held[0]) // 2):
            self._settle()

    def fewest(self) -> int:
        """The smallest number; 0 where no group has a value at all."""
        self._settle()
        if not self._held or not len(self._held[0]):
            return 0
        found = self._held[0].group_by("key").aggregate([("value", "count")])
        return int(pc.min(found["value_count"]).as_py())

    def _settle(self) -> None:
        if len(self._held) > 1:
            self._held = [pa.concat_tables(self._held).group_by(["key", "value"]).aggregate([])]
        self._pending = 0


def _grouped(table: pa.Table) -> pa.Table:
    return table.group_by("key", use_threads=False).aggregate([("rows", "sum")]).rename_columns(["key", "rows"])
