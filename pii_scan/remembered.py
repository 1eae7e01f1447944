"""What was answered for texts that come again, without the texts: of each a hash is kept, which Python keys anew in a process."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.hashing import mixed
from pii_scan.sorts import Ids

_LONGEST = 512
"""Bytes beyond which a text is not remembered: it seldom comes twice."""
_FIRST, _MOST, _TIMES = 1 << 15, 1 << 19, 4
"""Cells of the first table and of the largest; half of them are used before there is a larger one, or all is forgotten."""
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
        cells, left = _cells(keys, len(self._keys)), np.arange(len(keys))
        while len(left):
            held = self._keys[cells]
            same = (held == keys[left]) & (held != 0)
            found[left[same]] = self._numbers[cells[same]]
            on = np.flatnonzero((held != 0) & ~same)
            left, cells = left[on], (cells[on] + 1) & (len(self._keys) - 1)
        return found, keys

    def learn(self, keys: Ids, numbers: Ids) -> None:
        """Remember the numbers of texts that were not known; none comes twice."""
        left = np.flatnonzero(keys)[: _MOST // 2]
        if self._held + len(left) > len(self._keys) // 2:
            self._grow(self._held + len(left))
        if len(left):
            self._add(keys, numbers, left)

    def _grow(self, wanted: int) -> None:
        """A table with room for so many, with all that is remembered; an empty one where there is none so large."""
        before, told = self._keys, self._numbers
        size = max(len(self._keys), _FIRST)
        while size // 2 < wanted and size < _MOST:
            size *= _TIMES
        self._keys, self._numbers, self._held = np.zeros(size, np.int64), np.zeros(size, np.int32), 0
        if wanted <= size // 2:
            self._add(before, told, np.flatnonzero(before))

    def _add(self, keys: Ids, numbers: npt.NDArray[np.integer[Any]], left: Ids) -> None:
        """Some keys, none of which is there, with their numbers."""
        self._held += len(left)
        cells = _cells(keys[left], len(self._keys))
        while len(left):
            free = np.flatnonzero(self._keys[cells] == 0)
            self._keys[cells[free]] = keys[left[free]]  # of two that want the same cell the last one has it
            has = self._keys[cells] == keys[left]
            self._numbers[cells[has]] = numbers[left[has]]
            left, cells = left[~has], (cells[~has] + 1) & (len(self._keys) - 1)


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


def _cells(keys: Ids, size: int) -> Ids:
    """Where to look for each key first."""
    cells: Ids = (mixed(keys.view(np.uint64)) & np.uint64(size - 1)).view(np.int64)
    return cells
