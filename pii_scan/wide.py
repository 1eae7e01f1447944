"""Coarse patterns of many recognizers asked of many outlines at once, in few passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from pii_scan.arrays import Places
from pii_scan.ready import Ready

_TOGETHER = 16
"""Recognizers whose patterns are asked for in one pass; only where one of them is there, each is asked by itself."""
_LENGTHY = 1_000
"""Characters from which on a pattern has states enough for a pass of its own."""


class Wide:
    """Coarse patterns, each with the place of its recognizer.

    Args:
        patterns: in RE2 syntax, for outlines that are sure of their word borders.
        ready: what keeps them ready; several may share it.
    """

    def __init__(self, patterns: Iterable[tuple[int, str]], ready: Ready) -> None:
        self._ready = ready
        by_place: dict[int, list[str]] = {}
        for place, wide in patterns:
            by_place.setdefault(place, []).append(f"(?:{wide})")
        each = [(place, "|".join(wide)) for place, wide in by_place.items()]
        short = [one for one in each if len(one[1]) < _LENGTHY]
        self._groups = [[one] for one in each if len(one[1]) >= _LENGTHY]
        self._groups += [short[start : start + _TOGETHER] for start in range(0, len(short), _TOGETHER)]

    def hits(self, outlines: pa.StringArray) -> Iterator[tuple[int, Places]]:
        """Each recognizer, and the outlines that one of its patterns matches."""
        for group in self._groups if len(outlines) else ():
            some = self._ready.matching("|".join(pattern for _, pattern in group), outlines)
            if len(group) == 1 or not len(some):
                yield group[0][0], some
                continue
            asked = outlines.take(pa.array(some))
            for place, pattern in group:
                yield place, some[self._ready.matching(pattern, asked)]
