"""Coarse patterns of many recognizers asked of many outlines at once, in few passes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from pii_scan.arrays import bytes_of
from pii_scan.ready import Ready
from pii_scan.sorts import Hits

_TOGETHER = 16
"""Recognizers whose patterns are asked for in one pass; only where one of them is there, each is asked by itself."""
_MANY = 1_024
"""Outlines that one of a group's patterns matches, from which on it pays to learn which ones it is."""
_LOOK, _OFTEN = 32, 8
"""Outlines that tell it, and the part of them that a pattern seldom matches."""
_LENGTHY = 1_000
"""Characters from which on a pattern has states enough for a pass of its own."""

_LINE, _TEXT = r"(?:(?ms)^", r"(?:(?ms)\A"
"""How a pattern begins that matches from the begin of a line on; the same for texts of one line."""

_One = tuple[int, str]


class Wide:
    """Coarse patterns, each with the place of its recognizer.

    Args:
        patterns: in RE2 syntax, for outlines that are sure of their word borders.
        ready: what keeps them ready; several may share it.
    """

    def __init__(self, patterns: Iterable[tuple[int, str]], ready: Ready) -> None:
        self._ready = ready
        by_place: dict[int, dict[str, None]] = {}
        for place, wide in patterns:
            by_place.setdefault(place, {})[f"(?:{wide})"] = None
        first = [place for place, wide in by_place.items() if all(one.startswith(_LINE) for one in wide)]
        self._groups = _groups((place, "|".join(wide)) for place, wide in by_place.items() if place not in first)
        self._lines, self._texts = (
            _groups((place, "|".join(by_place[place]).replace(_LINE, begin)) for place in first) for begin in (_LINE, _TEXT)
        )

    def hits(self, outlines: pa.StringArray) -> Iterator[Hits]:
        """Each recognizer, and the outlines that one of its patterns matches."""
        if not len(outlines):
            return
        first = self._lines
        if first and not (bytes_of(outlines)[1] == ord("\n")).any():
            first = self._texts  # RE2 looks no further than where such a pattern fails
        for group in itertools.chain(first, self._groups):
            yield from self._of_group(group, outlines)

    def _of_group(self, group: Sequence[_One], outlines: pa.StringArray) -> Iterator[Hits]:
        some = self._ready.matching("|".join(pattern for _, pattern in group), outlines)
        if len(group) == 1 or not len(some):
            yield group[0][0], some
            return
        asked = outlines if len(some) == len(outlines) else outlines.take(pa.array(some))
        rest = self._seldom(group, asked) if len(some) > _MANY else []
        for place, pattern in (one for one in group if one not in rest):
            yield place, some[self._ready.matching(pattern, asked)]
        if rest:
            yield from ((place, some[found]) for place, found in self._of_group(rest, asked))

    def _seldom(self, group: Sequence[_One], outlines: pa.StringArray) -> list[_One]:
        """Those of a group that match few of so many outlines, by a look at some: they are asked for in one pass again."""
        few = outlines.take(pa.array(range(0, len(outlines), -(-len(outlines) // _LOOK))))
        rest = [one for one in group if len(self._ready.matching(one[1], few)) * _OFTEN <= len(few)]
        return rest if len(rest) < len(group) else []


def _groups(patterns: Iterable[_One]) -> list[list[_One]]:
    """Those that are asked for in one pass each."""
    each = list(patterns)
    short = [one for one in each if len(one[1]) < _LENGTHY]
    together = [short[start : start + _TOGETHER] for start in range(0, len(short), _TOGETHER)]
    return [*([one] for one in each if len(one[1]) >= _LENGTHY), *together]
