"""What was answered for texts that come again, without the texts: of each a hash is kept, which Python keys anew in a process."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.sorts import Ids

_LONGEST = 512
"""Bytes beyond which a text is not remembered: it seldom comes twice."""
_MOST = 1 << 18
"""Answers after which all are forgotten: 4 MiB."""
_TOGETHER = 4_096
"""Texts that are Python strings at the same time."""
_NONE = np.zeros(0, np.int64)


class Remembered:
    """Numbers, none below zero, by text."""

    def __init__(self) -> None:
        self._keys, self._numbers = _NONE, _NONE

    def known(self, texts: pa.StringArray) -> tuple[Ids, Ids]:
        """The number of each text, below zero where none is known; and the keys that `learn` asks for, zero for a long text."""
        keys = np.zeros(len(texts), np.int64)
        short = np.flatnonzero(np.asarray(pc.less_equal(pc.binary_length(texts), _LONGEST)))
        some = texts if len(short) == len(texts) else texts.take(pa.array(short))
        parts = (some.slice(start, _TOGETHER).to_pylist() for start in range(0, len(some), _TOGETHER))
        keys[short] = np.fromiter(map(hash, itertools.chain.from_iterable(parts)), np.int64, len(some))
        if not len(self._keys):
            return np.full(len(texts), -1, np.int64), keys
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where((self._keys[at] == keys) & (keys != 0), self._numbers[at], -1), keys

    def learn(self, keys: Ids, numbers: Ids) -> None:
        """Remember the numbers of texts that were not known; none comes twice."""
        some = np.flatnonzero(keys)[:_MOST]
        if len(self._keys) + len(some) > _MOST:
            self._keys, self._numbers = _NONE, _NONE
        keys, numbers = np.concatenate([self._keys, keys[some]]), np.concatenate([self._numbers, numbers[some]])
        order = np.argsort(keys, kind="stable")
        self._keys, self._numbers = keys[order], numbers[order]
