"""How far every unit of a scan has come, in memory that its processes share: each writes only what is its unit's."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing.sharedctypes import RawArray
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pii_scan.model import Unit

_Item = TypeVar("_Item")


class Meter:
    """Rows and bytes of each unit that were examined so far. No lock: a process that dies can hold none.

    Args:
        units: how many there are; each has its place.
    """

    def __init__(self, units: int) -> None:
        self._shared = RawArray("q", 2 * max(1, units))

    @property
    def _told(self) -> npt.NDArray[np.int64]:
        return np.frombuffer(self._shared, np.int64)

    @property
    def rows(self) -> int:
        """Rows of all units together."""
        return int(self._told[0::2].sum())

    @property
    def size(self) -> int:
        """Bytes of all units together, as far as can be told; those of a unit never exceed its own."""
        return int(self._told[1::2].sum())

    def through(self, batches: Iterator[_Item], unit: Unit, place: int, part: float = 1.0) -> Iterator[_Item]:
        """The batches of a part of a unit; when the next one is asked for, the one before has been examined.

        Rows of a part count in part, so that a unit in strips has its rows once.
        """
        rows, size, whole = 0, 0, round(part * (unit.size or 0))
        self._tell(place, 0, 0)  # the unit may be read for the second time, by the heir of a process that died
        for batch in batches:
            new = (batch.num_rows, batch.nbytes) if isinstance(batch, pa.RecordBatch) else None
            yield batch
            del batch  # it is not held while the next one is read
            if new:
                rows += new[0]
                size += new[1]
                self._tell(place, round(part * rows), min(whole, whole * rows // unit.rows if unit.rows else size))
        self._tell(place, round(part * rows), whole)

    def _tell(self, place: int, rows: int, size: int) -> None:
        self._shared[2 * place], self._shared[2 * place + 1] = rows, size
