"""Which of the finds in a free text stand: the words before them, and overlaps resolved by evidence."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from pii_scan import weights as w
from pii_scan.folding import holds_unspaced
from pii_scan.header import split, words
from pii_scan.model import Catalogue
from pii_scan.presidio import Span

_BEFORE = 60
"""Characters before a find that may name it."""
_TELLING = 4.0
"""A form that weighs as much by itself needs none either."""
_BORNE_OUT = 0.5
"""The least score of a name that stands in a verdict; a first name alone has less, and is taken out of copies only."""
_OWN_WORDS, _WORDS = 5.0, 2.0
"""What words of the very entity before a find add, and what a reader's do: of rivals of one shape the named one stands."""
_SHORTEST, _LONGEST = 2, 16
"""Letters of a phrase in a script without spaces that is looked for inside a longer run of letters."""
_SURE = 0.02
"""A check that fewer random texts pass needs no naming word beside it."""
_BY_THEMSELVES = frozenset({"CREDIT_CARD"})
"""Little else in a sentence has their length, an issuer's first digits and the check digit: they leave a copy without a word."""


class Context:
    """Knows the words that name an entity, and tells which finds in a text are borne out by them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._phrases: dict[str, frozenset[tuple[str, ...]]] = {}
        self._of_kinds: dict[str, frozenset[tuple[str, ...]]] = {}
        self._longest = 1
        self._any: set[tuple[str, ...]] = set()

    def stand(self, text: str, found: Iterable[Span], *, strict: bool = True) -> list[Span]:
        """The finds that stand, without overlap, in order of their place in the text.

        Loosely, street addresses and card numbers need no naming word: rather too much is taken out of a copy than too little.
        """
        near: dict[int, list[tuple[str, ...]]] = {}
        bare, every = len(text.strip()), list(found)
        for name in {span.entity for span in every} - self._phrases.keys():
            self._learn(name)
        weighed = [(self._weight(text, bare, span, near, strict=strict), span) for span in every]
        return apart(span for weight, span in sorted(weighed, key=lambda pair: (-pair[0], pair[1])) if weight > 0)

    def _learn(self, name: str) -> None:
        """The words that name an entity, read when it is first found: to read those of all takes a while."""
        entity = self._catalogue.entities.get(name)
        if entity is None:
            return
        kind = self._catalogue.kinds.get(entity.kind)
        if entity.kind not in self._of_kinds:
            self._of_kinds[entity.kind] = _split((*kind.headers, *kind.hints)) if kind else frozenset()
        self._phrases[name] = _split(entity.headers) | self._of_kinds[entity.kind]
        self._any |= self._phrases[name]
        self._longest = max(self._longest, *map(len, self._phrases[name]), 1)

    def _weight(self, text: str, bare: int, span: Span, near: dict[int, list[tuple[str, ...]]], *, strict: bool) -> float:
        """Evidence in nats that the find is what it says, 0 where it does not stand by itself."""
        entity = self._catalogue.entities.get(span.entity)
        if entity is None:
            return 0.0
        length = 0.01 * (span.end - span.start)
        if entity.proof == "name":
            return 0.0 if strict and span.score < _BORNE_OUT else 0.5 + span.score + length
        checked = -math.log(max(entity.chance, 1e-9)) if entity.proof == "checked" else 0.0
        if span.start not in near:
            near[span.start] = self._runs(text[max(0, span.start - _BEFORE) : span.start])
        own = not self._phrases[span.entity].isdisjoint(near[span.start])
        named = span.named or own
        if not named and span.entity in w.NAMED_DIGITS and text[span.start : span.end].isdigit() and bare > length * 100:
            return 0.0
        telling = 0.0 if strict and span.entity in w.NAMED_IN_TEXT else w.STRONG_SHAPES.get(span.entity, 0.0)
        sure = _SURE if strict or span.entity not in _BY_THEMSELVES else 1.0
        if not named and telling < _TELLING and (entity.proof != "checked" or entity.chance > sure):
            return 0.0
        return max(checked, telling) + (_OWN_WORDS if own else _WORDS if named else 0.0) + length

    def _runs(self, before: str) -> list[tuple[str, ...]]:
        """Every run of words in a text that is a phrase of some entity: what is held of thousands of finds is little."""
        near = split(before)
        runs = (
            near[start:end] for start in range(len(near)) for end in range(start + 1, min(len(near), start + self._longest) + 1)
        )
        parts = ((part,) for word in near if holds_unspaced(word) for part in _parts(word))
        return [run for some in (runs, parts) for run in some if run in self._any]


def apart(spans: Iterable[Span]) -> list[Span]:
    """Of spans that overlap the first one that comes; those that are left in order of their place, of a long text thousands."""
    kept: list[Span] = []
    for span in spans:
        at = bisect_right(kept, span.start, key=lambda one: one.start)
        if (not at or kept[at - 1].end <= span.start) and (at == len(kept) or span.end <= kept[at].start):
            kept.insert(at, span)
    return kept


def _parts(word: str) -> Iterator[str]:
    """What a word of a script without spaces may hold: 的身份证号码 is three."""
    for start in range(len(word)):
        for end in range(start + _SHORTEST, min(len(word), start + _LONGEST) + 1):
            yield word[start:end]


def _split(phrases: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(found for phrase in phrases if (found := words(phrase)))
