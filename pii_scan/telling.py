"""Which of many texts the patterns match that only a text itself can answer for, without asking each text for each pattern.

One search finds the words that patterns cannot match without (`factors`) in all texts at once. Each pattern is then asked of the
texts that hold a word of its own, all of them in one pass: of a hundred thousand sentences few hold any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ahocorasick_rs import Implementation

from pii_scan.arrays import Places, lined, made_of, projection, with_digits
from pii_scan.factors import BLANK, EDGE, FOREIGN, LATIN, exact_mark, is_plain_word, mark
from pii_scan.glyphs import Table, codes_of, texts_of
from pii_scan.ready import Ready
from pii_scan.roll import Roll
from pii_scan.runs import needs_digit
from pii_scan.sorts import Hits, merged
from pii_scan.superset import superset, uncounted
from pii_scan.syntax import letters
from pii_scan.tiers import Worded

_SEARCHES = {False: Implementation.DFA, True: Implementation.ContiguousNFA}
"""The words for texts beyond ASCII are so many that the faster search would take 50 MB for them."""


class Telling:
    """Patterns that spell words, by the words that a text must hold for them to match.

    Args:
        patterns: as Presidio runs them, each with the place of its recognizer.
        foreign: for texts beyond ASCII, folded; else for texts in ASCII.
    """

    def __init__(self, patterns: Iterable[Worded], *, foreign: bool) -> None:
        self._foreign = foreign
        self._patterns: list[tuple[int, str, int]] = []
        """Without their words, of which the rolls hold what is needed."""
        self._asked: dict[int, _Asked] = {}
        self._digital: dict[int, bool] = {}
        self._ready = Ready()
        self._wordless: list[int] = []
        owners: tuple[dict[str, list[int]], dict[str, list[int]]] = ({}, {})
        for number, one in enumerate(patterns):
            self._patterns.append(one[:3])
            exact = one.exact if foreign else None
            found = exact or (one.abroad if foreign else one.words)
            if found is None:
                self._wordless.append(number)
            for word in found or ():
                owners[bool(exact)].setdefault(word, []).append(number)
        self._search = Roll(owners[False], _SEARCHES[foreign], "latin-1", _spelled)
        self._exact = Roll(owners[True], Implementation.ContiguousNFA, "utf-8", lambda word: (word,)) if owners[True] else None

    def warm(self) -> None:
        """Make what only many texts need."""
        for roll in (self._search, *([self._exact] if self._exact else ())):
            roll.made()

    def among(self, texts: pa.StringArray) -> Iterator[Hits]:
        """The places of the recognizers whose patterns match some text, each with these texts; a place may come twice."""
        holding: dict[int, list[Places]] = {number: [np.arange(len(texts))] for number in self._wordless}
        for owners, held in self._held(texts):
            for number in owners:
                holding.setdefault(number, []).append(held)
        found = {number: merged(parts, len(texts)) for number, parts in holding.items()}
        digits = _with_digits(texts, list(found.values()))
        for number, held in found.items():
            asked = self._of(number)
            some = held[digits[held]] if not digits[held].all() and self._needs_digit(number) else held
            if not asked.is_word and len(some):
                some = some[self._ready.matching(asked.pattern, texts.take(pa.array(some)))]
            yield asked.place, some

    def _held(self, texts: pa.StringArray) -> Iterator[tuple[list[int], Places]]:
        """The owners of each word that stands in some text, and these texts."""
        if not self._foreign:
            yield from self._search.held(*projection(texts))
            return
        bounds, codes = codes_of(texts)
        yield from self._search.held(*lined(made_of(bounds, _MARKS(codes).astype(np.uint8))))
        if self._exact:
            yield from self._exact.held(*lined(texts_of(bounds, _EXACT_MARKS(codes))))

    def _of(self, number: int) -> _Asked:
        asked = self._asked.get(number)
        if asked is None:
            place, pattern, flags = self._patterns[number]
            lead = f"(?{letters(flags)})" if flags else ""
            wide = uncounted(superset(lead + pattern, loose=self._foreign))
            asked = self._asked[number] = _Asked(place, wide, is_plain_word(pattern))
        return asked

    def _needs_digit(self, number: int) -> bool:
        """Whether a text without a digit need not be asked; it takes a while to find out."""
        known = self._digital.get(number)
        if known is None:
            known = self._digital[number] = needs_digit(*self._patterns[number][1:])
        return known


def _with_digits(texts: pa.StringArray, asked: Sequence[Places]) -> npt.NDArray[np.bool_]:
    """Which of the texts that are asked for hold a digit."""
    some = merged(asked, len(texts)) if asked else np.zeros(0, np.int64)
    held = np.zeros(len(texts), np.bool_)
    held[some] = with_digits(texts if len(some) == len(texts) else texts.take(pa.array(some)))
    return held


class _Asked(NamedTuple):
    """What to ask of a text that holds one of a pattern's words."""

    place: int
    pattern: str
    """In RE2 syntax."""
    is_word: bool
    """Whether the words that a text holds tell all there is to ask."""


def _spelled(word: str) -> Sequence[str]:
    """A word as it may stand in a projection: for an `EDGE` there is any border."""
    begin, *rest = word.split(EDGE)
    made = [begin]
    for part in rest:
        made = [f"{before}{border}{part}" for before in made for border in (BLANK, LATIN, FOREIGN)]
    return made


_MARKS = Table(lambda code: ord(mark(chr(code))))
_EXACT_MARKS = Table(lambda code: ord(exact_mark(chr(code))))
