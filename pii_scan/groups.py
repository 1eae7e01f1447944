"""Rows counted by 64-bit hashes: how many have each key, and how many values each key has."""

from __future__ import annotations

import numpy as np

from pii_scan.hashing import NULL, joined

_PENDING = 1 << 19
"""Rows that are held before they are put together, or half as many as there are groups."""


class Groups:
    """How many rows have each key; keys are held, rows are not."""

    def __init__(self) -> None:
        self._keys, self._rows = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        self._held: list[tuple[np.ndarray, np.ndarray]] = []
        self._pending = 0

    def add(self, keys: np.ndarray, weights: np.ndarray | None = None) -> None:
        """Count some rows, each once or by its weight."""
        if not len(keys):
            return
        order = np.argsort(keys)
        keys, first = _firsts(keys[order])
        counts = np.diff(np.append(first, len(order))) if weights is None else np.add.reduceat(weights[order], first)
        self._held.append((keys, counts))
        self._pending += len(keys)
        if self._pending > max(_PENDING, len(self._keys) // 2):
            self.sizes()

    def sizes(self) -> np.ndarray:
        """The size of each group, in no order."""
        if self._held:
            keys, rows = (np.concatenate(part) for part in zip((self._keys, self._rows), *self._held, strict=True))
            self._held = []
            order = np.argsort(keys)
            self._keys, first = _firsts(keys[order])
            self._rows = np.add.reduceat(rows[order], first)
        self._pending = 0
        return self._rows


class Pairs:
    """How many distinct values each group has in a column; empty cells are none."""

    def __init__(self) -> None:
        self._pairs, self._keys = np.zeros(0, np.uint64), np.zeros(0, np.uint64)
        self._held: list[tuple[np.ndarray, np.ndarray]] = []
        self._pending = 0

    def add(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Count the values of some rows, each for the key of its row."""
        there = values != NULL
        pairs, first = np.unique(joined(keys[there], values[there]), return_index=True)
        self._held.append((pairs, keys[there][first]))
        self._pending += len(pairs)
        if self._pending > max(_PENDING, len(self._pairs) // 2):
            self._settle()

    def fewest(self) -> int:
        """The smallest number; 0 where no group has a value at all."""
        self._settle()
        return int(np.unique(self._keys, return_counts=True)[1].min()) if len(self._keys) else 0

    def _settle(self) -> None:
        if self._held:
            pairs, keys = (np.concatenate(part) for part in zip((self._pairs, self._keys), *self._held, strict=True))
            self._held = []
            order = np.argsort(pairs)
            self._pairs, first = _firsts(pairs[order])
            self._keys = keys[order[first]]
        self._pending = 0


def _firsts(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of keys in order each once, and where it stands first."""
    first = np.flatnonzero(np.concatenate([np.ones(min(len(keys), 1), bool), keys[1:] != keys[:-1]]))
    return keys[first], first
