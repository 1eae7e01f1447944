"""Arrow arrays of texts seen as code points: tables of characters applied to a million texts at once."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.arrays import Places, bytes_of, made_of

Codes = npt.NDArray[np.uint32]


class Table:
    """What each character becomes, asked of `change` when it is first met.

    Args:
        change: from a code point to another one, or to a small number.
    """

    def __init__(self, change: Callable[[int], int]) -> None:
        self._change = change
        self._made = np.zeros(0, np.uint32)
        self._known = np.zeros(0, np.bool_)

    def __call__(self, codes: Codes) -> Codes:
        """Every code point changed."""
        if not len(self._known):
            self._made, self._known = np.zeros(sys.maxunicode + 1, np.uint32), np.zeros(sys.maxunicode + 1, np.bool_)
        known = self._known[codes]
        if not known.all():
            for code in np.unique(codes[~known]).tolist():
                self._made[code], self._known[code] = self._change(code), True
        made: Codes = self._made[codes]
        return made


def codes_of(texts: pa.StringArray) -> tuple[Places, Codes]:
    """Where each text begins (and the last one ends), in characters, and the code points of all of them."""
    _, data = bytes_of(texts)
    codes = np.frombuffer(data.tobytes().decode("utf-8").encode("utf-32-le"), "<u4")
    return np.concatenate([[0], np.cumsum(np.asarray(pc.utf8_length(texts)), dtype=np.int64)]), codes


def texts_of(bounds: Places, codes: Codes) -> pa.StringArray:
    """The texts that begin at `bounds` in `codes`; the reverse of `codes_of`."""
    widths = 1 + (codes > 0x7F).astype(np.int8) + (codes > 0x7FF) + (codes > 0xFFFF)
    ends = np.concatenate([[0], np.cumsum(widths, dtype=np.int64)])
    data = codes.astype("<u4").tobytes().decode("utf-32-le").encode("utf-8")
    return made_of(ends[bounds], np.frombuffer(data, np.uint8))


def part_of(bounds: Places, codes: Codes, wanted: npt.NDArray[np.bool_]) -> tuple[Places, Codes]:
    """The wanted texts only."""
    lengths = np.diff(bounds)
    return np.concatenate([[0], np.cumsum(lengths[wanted])]), codes[np.repeat(wanted, lengths)]
