"""The distinct texts of a batch with their counts, where texts come twice: of ten million account numbers none does."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Counts = npt.NDArray[np.int64]
_MANY = 4_096
"""Cells of a batch that tell whether the texts of a column come twice."""
_ALONE = 0.98
"""Share of distinct texts from which on looking for those that are not costs more than examining them twice."""
_BATCHES = 3
"""Batches after such a one that are taken as they come."""


class Repeats:
    """Learns, while a unit is read, in which columns texts come twice."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, str], int] = {}

    def distinct(self, place: tuple[str, str], texts: pa.StringArray) -> tuple[pa.StringArray, Counts]:
        """The distinct texts of a column path and their counts, without nulls.

        In a batch after one in which nearly all were distinct each cell stands for itself.
        """
        if left := self._left.get(place, 0):
            self._left[place] = left - 1
            plain = texts.drop_null() if texts.null_count else texts
            return plain, np.ones(len(plain), np.int64)
        encoded = texts.dictionary_encode()
        indices = encoded.indices.drop_null() if encoded.indices.null_count else encoded.indices
        if len(indices) >= _MANY and len(encoded.dictionary) >= _ALONE * len(indices):
            self._left[place] = _BATCHES
        return encoded.dictionary, np.bincount(np.asarray(indices), minlength=len(encoded.dictionary))
