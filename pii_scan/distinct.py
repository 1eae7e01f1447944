"""How many distinct texts there were: HyperLogLog registers, from which no value can be guessed back.

Flajolet et al., "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm" (2007).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pii_scan.arrays import hashes

_BITS = 10
_SIZE = 1 << _BITS
_TOGETHER = 1 << 14
"""Hashes that the registers see at once."""
_ALPHA = 0.7213 / (1 + 1.079 / _SIZE)


def registers(texts: pa.StringArray, into: bytes = b"") -> bytes:
    """The registers of `texts` joined with those of `into`: 1,024 bytes, the same for the same set of texts."""
    return fed(hashes(texts), into)


def fed(found: npt.NDArray[np.uint64], into: bytes = b"") -> bytes:
    """The registers that have seen some hashes, joined with those of `into`."""
    kept = np.frombuffer(into, dtype=np.uint8).copy() if into else np.zeros(_SIZE, dtype=np.uint8)
    for start in range(0, len(found), _TOGETHER):
        _feed(kept, found[start : start + _TOGETHER])
    return kept.tobytes()


def _feed(kept: npt.NDArray[np.uint8], found: npt.NDArray[np.uint64]) -> None:
    """Let the registers see some hashes."""
    least = int(kept.min())
    if least:  # of many texts few reach beyond what every register has
        found = found[found & np.uint64(((1 << least) - 1) << _BITS) == 0]
    places = (found & np.uint64(_SIZE - 1)).astype(np.intp)
    # position of the lowest set bit above the index bits, 1 + trailing zeros: the exponent of that bit as a float
    rest = found >> np.uint64(_BITS)
    lowest = (rest & (~rest + np.uint64(1))).astype(np.float64)
    ranks = np.where(rest == 0, 64 - _BITS + 1, (lowest.view(np.int64) >> 52) - 1022).astype(np.uint8)
    np.maximum.at(kept, places, ranks)


def estimate(kept: bytes) -> int:
    """About how many distinct texts the registers have seen; standard error 3 %."""
    if not kept:
        return 0
    values = np.frombuffer(kept, dtype=np.uint8).astype(np.float64)
    raw = _ALPHA * _SIZE * _SIZE / float(np.sum(np.exp2(-values)))
    zeros = int(np.count_nonzero(values == 0))
    if raw <= 2.5 * _SIZE and zeros:
        return round(_SIZE * math.log(_SIZE / zeros))
    return round(raw)
