"""A pattern asked of many texts by Arrow; of few by one kept ready, for making it ready costs more than they do."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.arrays import Places
from pii_scan.sets import One

_FEW, _MOST, _EACH = 64, 512, 4
"""Texts up to which each is asked by itself: so many, and one more for every few characters that make it costly to make."""
_KEPT, _MEMORY = 512, 2 << 20
"""Patterns kept ready, and bytes that each may use."""


class Ready:
    """Patterns in RE2 syntax, kept ready for a while."""

    def __init__(self) -> None:
        self._made: dict[str, One] = {}

    def matching(self, pattern: str, texts: pa.StringArray) -> Places:
        """The places of the texts that a pattern matches; all of them where RE2 has no room for it."""
        if len(texts) > min(_FEW + len(pattern) // _EACH, _MOST):
            try:
                return np.asarray(pc.indices_nonzero(pc.match_substring_regex(texts, pattern))).astype(np.int64)
            except pa.ArrowInvalid:
                return np.arange(len(texts))
        if not len(texts):
            return np.zeros(0, np.int64)
        made = self._made.get(pattern) or self._ready(pattern)
        return np.fromiter(itertools.compress(range(len(texts)), made.among(texts.to_pylist())), np.int64)

    def _ready(self, pattern: str) -> One:
        if len(self._made) >= _KEPT:
            self._made.clear()
        made = self._made[pattern] = One(pattern, _MEMORY)
        return made
