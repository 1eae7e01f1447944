"""Which of many texts the patterns match that only a text itself can answer for, without asking each text for each pattern.

One search finds the words that patterns cannot match without (`factors`) in all texts at once. Each pattern is then asked of the
texts that hold a word of its own, all of them in one pass: of a hundred thousand sentences few hold any.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from ahocorasick_rs import BytesAhoCorasick

from pii_scan.arrays import BETWEEN, projection, with_digits
from pii_scan.factors import BLANK, DIGIT, EDGE, FOREIGN, LATIN, factors, mark
from pii_scan.runs import needs_digit
from pii_scan.superset import superset, uncounted
from pii_scan.tiers import Worded, letters

Places = npt.NDArray[np.int64]


class Telling:
    """Patterns that spell words, by the words that a text must hold for them to match.

    Args:
        patterns: as Presidio runs them, each with the place of its recognizer.
        foreign: for texts beyond ASCII, folded; else for texts in ASCII.
    """

    def __init__(self, patterns: Iterable[Worded], *, foreign: bool) -> None:
        self._foreign = foreign
        self._patterns = tuple(patterns)
        self._asked: dict[int, _Asked] = {}
        self._wordless: list[int] = []
        owners: dict[str, list[int]] = {}
        for number, (_, pattern, flags, words) in enumerate(self._patterns):
            found = factors(pattern, flags, foreign=True) if foreign else words
            if found is None:
                self._wordless.append(number)
            for word in itertools.chain.from_iterable(map(_spelled, found or ())):
                owners.setdefault(word, []).append(number)
        self._owners = list(owners.values())
        self._search = BytesAhoCorasick([word.encode("latin-1") for word in owners])

    def among(self, texts: pa.StringArray) -> dict[int, list[int]]:
        """By text, the places of the recognizers whose patterns match it; a place may come twice."""
        data, starts, digits = self._projected(texts)
        holding: dict[int, list[Places]] = {number: [np.arange(len(texts))] for number in self._wordless}
        for word, held in self._held(data, starts):
            for number in self._owners[word]:
                holding.setdefault(number, []).append(held)
        matching: dict[int, list[int]] = {}
        for number, parts in holding.items():
            place, pattern, digital = self._of(number)
            some = np.unique(np.concatenate(parts)) if len(parts) > 1 else parts[0]
            some = some[digits[some]] if digital else some
            try:
                hits = some[np.asarray(pc.match_substring_regex(texts.take(pa.array(some)), pattern))]
            except pa.ArrowInvalid:  # RE2 has no room for it: anything may match
                hits = some
            for text in hits.tolist():
                matching.setdefault(text, []).append(place)
        return matching

    def _projected(self, texts: pa.StringArray) -> tuple[bytes, Places, npt.NDArray[np.bool_]]:
        """The projections of texts, one behind the other; where each begins; which of them hold a digit."""
        if not self._foreign:
            return *projection(texts), with_digits(texts)
        marked = [text.translate(_MARKS) for text in texts.to_pylist()]
        starts = np.cumsum([1, *(len(text) + len(BETWEEN) for text in marked[:-1])])
        digits = np.fromiter((DIGIT in text for text in marked), np.bool_, len(marked))
        return f" {BETWEEN.join(marked)} ".encode("latin-1"), starts, digits

    def _held(self, data: bytes, starts: Places) -> Iterator[tuple[int, Places]]:
        """Each word that stands in some text, by its number, and the places of these texts."""
        hits = self._search.find_matches_as_indexes(data, overlapping=True)
        if not hits:
            return
        flat = np.fromiter(itertools.chain.from_iterable(hits), np.int64, 3 * len(hits))
        words, begins = flat[0::3], flat[1::3]
        texts = np.searchsorted(starts - 1, begins, side="right") - 1  # it may begin with the blank before a text
        order = np.lexsort((texts, words))
        words, texts = words[order], texts[order]
        bounds = np.flatnonzero(np.diff(words, prepend=-1))
        for begin, end in itertools.pairwise([*bounds.tolist(), len(words)]):
            yield int(words[begin]), np.unique(texts[begin:end])

    def _of(self, number: int) -> _Asked:
        asked = self._asked.get(number)
        if asked is None:
            place, pattern, flags, _ = self._patterns[number]
            lead = f"(?{letters(flags)})" if flags else ""
            wide = uncounted(superset(lead + pattern, loose=self._foreign))
            asked = self._asked[number] = _Asked(place, wide, needs_digit(pattern, flags))
        return asked


class _Asked(NamedTuple):
    """What to ask of a text that holds one of a pattern's words."""

    place: int
    pattern: str
    """In RE2 syntax."""
    digital: bool
    """Whether it needs a digit."""


def _spelled(word: str) -> Iterator[str]:
    """A word as it may stand in a projection: for an `EDGE` there is any border."""
    choices = ((BLANK, LATIN, FOREIGN) if mark == EDGE else (mark,) for mark in word)
    return map("".join, itertools.product(*choices))


class _Marks(dict[int, str]):
    """What each character becomes in a projection, found when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = mark(chr(code))
        return self[code]


_MARKS = _Marks()
