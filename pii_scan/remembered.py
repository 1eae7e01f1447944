"""What was answered for texts that come again, without the texts: of each a hash is kept, which Python keys anew in a process."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.hashing import mixed
from pii_scan.sorts import Ids

_LONGEST = 512
"""Bytes beyond which a text is not remembered: it seldom comes twice."""
_SIZE = 1 << 19
"""Cells of the table, of which half are used before all is forgotten."""
_TOGETHER = 4_096
"""Texts that are Python strings at the same time."""


class Remembered:
    """Numbers, none below zero, by text: a table in which each key has its number in the first free cell from its own on."""

    def __init__(self) -> None:
        self._keys: Ids = np.zeros(0, np.int64)
        self._numbers = np.zeros(0, np.int32)
        self._held = 0

    def known(self, texts: pa.StringArray) -> tuple[Ids, Ids]:
        """The number of each text, below zero where none is known; and the keys that `learn` asks for, zero for a long text."""
        keys = _keys(texts)
        found = np.full(len(texts), -1, np.int64)
        if not self._held:
            return found, keys
        cells, left = _cells(keys), np.arange(len(keys))
        while len(left):
            held = self._keys[cells]
            same = (held == keys[left]) & (held != 0)
            found[left[same]] = self._numbers[cells[same]]
            on = np.flatnonzero((held != 0) & ~same)
            left, cells = left[on], (cells[on] + 1) & (_SIZE - 1)
        return found, keys

    def learn(self, keys: Ids, numbers: Ids) -> None:
        """Remember the numbers of texts that were not known; none comes twice."""
        left = np.flatnonzero(keys)[: _SIZE // 2]
        if not self._held or self._held + len(left) > _SIZE // 2:
            self._keys, self._numbers, self._held = np.zeros(_SIZE, np.int64), np.zeros(_SIZE, np.int32), 0
        self._held += len(left)
        cells = _cells(keys[left])
        while len(left):
            free = np.flatnonzero(self._keys[cells] == 0)
            self._keys[cells[free]] = keys[left[free]]  # of two that want the same cell the last one has it
            has = self._keys[cells] == keys[left]
            self._numbers[cells[has]] = numbers[left[has]]
            left, cells = left[~has], (cells[~has] + 1) & (_SIZE - 1)


def _keys(texts: pa.StringArray) -> Ids:
    short = np.asarray(pc.less_equal(pc.binary_length(texts), _LONGEST))
    some = texts if short.all() else texts.filter(pa.array(short))
    parts = (some.slice(start, _TOGETHER).to_pylist() for start in range(0, len(some), _TOGETHER))
    made = np.fromiter(map(hash, itertools.chain.from_iterable(parts)), np.int64, len(some))
    if len(some) == len(texts):
        return made
    keys = np.zeros(len(texts), np.int64)
    keys[short] = made
    return keys


def _cells(keys: Ids) -> Ids:
    """Where to look for each key first."""
    cells: Ids = (mixed(keys.view(np.uint64)) & np.uint64(_SIZE - 1)).view(np.int64)
    return cells
