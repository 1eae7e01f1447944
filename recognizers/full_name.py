"""Full names as whole cells: `Anna Maria Rossi`, `ROSSI, Anna`, `Dr. A. Rossi`, `王小明`, told by the letters of their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re
from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult

from pii_scan.recognizers.lexicon import term
from pii_scan.recognizers.likeness import Word, likeness
from pii_scan.recognizers.particles import JOINERS, PARTICLES, SUFFIXES
from pii_scan.recognizers.scripts import AnyScript

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpArtifacts

SCORE = 0.5
LIKE = 0.2
"""Nats a word, on average, from which words look like a given and a family name rather than other words."""
LIKE_SMALL = 1.2
"""The same for words in small letters, which phrases are written in."""
LIKE_ALONE = 0.6
"""The same for the one word beside initials."""
EASED = 1.0
"""What a comma or a form of address takes off."""
WORST = -2.5
"""Nats of the least likely word of a name."""
SHORT = 3
"""Letters of a word that is looked up in the lists as well."""
LISTED = 0.7
"""Nats of a short word on a list."""
_CLIP = 4.0
_WORD = r"[\pL\pM][\pL\pM.'’-]*"
_RUN = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]{2,7}"
_JOINED = AnyScript(rf"\s*{_RUN}\s*")
_BRACKETED = re.compile(r"\([^()]*\)|\"[^\"]*\"")


class FullNameRecognizer(LocalRecognizer):
    """Finds a text that is one full name: two to five words, as much like a given and a family name as words can be.

    In Chinese, Japanese and Korean script one word without a space may be all of it.

    Args:
        first: first names, case-folded.
        last: last names, case-folded; the letters of short names (`Jo`, `Li`) say little, so for them the lists count.
        affixes: forms of address (`dr`, `herr`), case-folded; they may lead and are not counted.
        places: cities and countries, case-folded; they look like names (`San Jose`) and are none.
    """

    name: str
    prefilter = rf"^\s*{_WORD}(?:[,\s]+[\"(]*{_WORD}[)\",]*){{1,9}}\s*$|^\s*{_RUN}\s*$"

    def __init__(
        self, first: frozenset[str], last: frozenset[str], affixes: frozenset[str], places: frozenset[str] = frozenset()
    ) -> None:
        self._first, self._last, self._affixes, self._places = first, last, affixes, places
        self._form = AnyScript(self.prefilter)
        super().__init__(supported_entities=["PERSON"], supported_language="en", name="PERSON full names")

    def load(self) -> None:
        """Nothing to load: the lists came with the object."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """One find that spans the whole text, or none."""
        if (entities and "PERSON" not in entities) or len(text) > 90 or not self._form.fullmatch(text):
            return []
        if not self._is_name(_BRACKETED.sub(" ", text)):
            return []
        inner = text.strip()
        start = text.index(inner)
        why = AnalysisExplanation(recognizer=self.name, original_score=SCORE, textual_explanation="words like names")
        return [RecognizerResult("PERSON", start, start + len(inner), SCORE, why)]

    def _is_name(self, text: str) -> bool:
        if term(text) in self._places:
            return False
        if _JOINED.fullmatch(text):
            word = likeness(text.strip())
            return word.whole - max(word.given, word.family, word.other) > LIKE
        tokens = text.replace(",", " , ").split()
        if tokens.count(",") > 1 or not JOINERS.isdisjoint(map(str.casefold, tokens)):
            return False
        words = [word for word in tokens if word != "," and not self._beside(word)]
        full = [word for word in words if not _is_initial(word)]
        addressed = any(len(term(word)) > 1 and term(word) in self._affixes for word in tokens)
        eased = EASED if addressed or "," in tokens else 0.0
        if not full or len(words) > 5 or len(words) + addressed < 2:
            return False
        likes = [self._like(word.strip(".")) for word in full]
        if len(full) == 1:
            return likes[0].name >= LIKE_ALONE - eased
        small = sum(word[0].islower() for word in full)
        least = LIKE_SMALL if small == len(full) else LIKE
        return small in {0, len(full)} and min(map(_clipped, likes)) >= WORST and together(likes) >= least - eased

    def _like(self, word: str) -> Word:
        like = likeness(word)
        if len(word) > SHORT:
            return like
        bare = term(word)
        given = max(like.given, like.other + LISTED if bare in self._first else like.given)
        family = max(like.family, like.other + LISTED if bare in self._last else like.family)
        return Word(given, family, like.whole, like.other)

    def _beside(self, word: str) -> bool:
        """Whether the word only stands beside a name: a particle, a title, a suffix."""
        bare = term(word)
        return bare in PARTICLES or bare in SUFFIXES or (bare in self._affixes and len(bare) > 1)


def together(words: list[Word]) -> float:
    """Nats a word by which some are given names and the others family names, in one order or the other."""
    given = [_within(word.given - word.other) for word in words]
    family = [_within(word.family - word.other) for word in words]
    cuts = range(1, len(words))
    first = max(sum(given[:cut]) + sum(family[cut:]) for cut in cuts)
    last = max(sum(family[:cut]) + sum(given[cut:]) for cut in cuts)
    return max(first, last) / len(words)


def _clipped(word: Word) -> float:
    return _within(word.name)


def _within(nats: float) -> float:
    return max(-_CLIP, min(_CLIP, nats))


def _is_initial(word: str) -> bool:
    return word[0].isupper() and (len(word) == 1 or (len(word) <= 4 and word.endswith(".")))
