"""Coarse patterns of many recognizers asked of many outlines at once, in few passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.arrays import Places

_TOGETHER = 16
"""Recognizers whose patterns are asked for in one pass; only where one of them is there, each is asked by itself."""
_LENGTHY = 1_000
"""Characters from which on a pattern has states enough for a pass of its own."""


class Wide:
    """Coarse patterns, each with the place of its recognizer.

    Args:
        patterns: in RE2 syntax, for outlines that are sure of their word borders.
    """

    def __init__(self, patterns: Iterable[tuple[int, str]]) -> None:
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
            yield from _hits(group, outlines)


def _hits(group: Sequence[tuple[int, str]], outlines: pa.StringArray) -> Iterator[tuple[int, Places]]:
    if len(group) == 1:
        ((place, pattern),) = group
        yield place, _matching(outlines, pattern)
        return
    some = _matching(outlines, "|".join(pattern for _, pattern in group))
    if len(some):
        asked = outlines.take(pa.array(some))
        for place, pattern in group:
            yield place, some[_matching(asked, pattern)]


def _matching(outlines: pa.StringArray, pattern: str) -> Places:
    return np.asarray(pc.indices_nonzero(pc.match_substring_regex(outlines, pattern))).astype(np.int64)
