"""Full names as whole cells: `Anna Maria Rossi`, `ROSSI, Anna`, `Dr. A. Rossi`, told by lists of first and last names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re
from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult

from pii_scan.recognizers.lexicon import plain, term

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpArtifacts

_TOKEN = r"[\pL\pM][\pL\pM.'’-]*"
_PARTICLES = frozenset(
    "de da do dos das del della di du des la le van von der den ter ten zu zur af av bin ibn al el abu bint y e und".split()
)
_SUFFIXES = frozenset("jr sr ii iii iv md phd esq dds rn".split())


class FullNameRecognizer(LocalRecognizer):
    """Finds a text that is one full name: two to five words, one a first name, another a last or first name or an initial.

    Words in small letters count only when one is a first and another a last name. Spaceless scripts are left to the
    lists of first and last names.

    Args:
        first: first names, case-folded.
        last: last names, case-folded.
        affixes: forms of address (`dr`, `herr`), case-folded; they may lead and are not counted.
        places: cities and countries, case-folded; they look like names (`San Jose`) and are none.
        score: Presidio's score of a find.
        supported_language: Presidio wants one; the lists hold many.
    """

    prefilter = rf"^\s*{_TOKEN}(?:,?\s+{_TOKEN}){{1,5}},?\s*$"

    def __init__(
        self,
        first: frozenset[str],
        last: frozenset[str],
        affixes: frozenset[str],
        places: frozenset[str] = frozenset(),
        *,
        score: float = 0.5,
        supported_language: str = "en",
    ) -> None:
        self._first, self._last, self._affixes, self._places = first, last, affixes, places
        self.score = score
        super().__init__(supported_entities=["PERSON"], supported_language=supported_language, name="PERSON full names")

    def load(self) -> None:
        """Nothing to load: the lists came with the object."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """One find that spans the whole text, or none."""
        if (entities and "PERSON" not in entities) or len(text) > 80 or not self._is_name(text):
            return []
        inner = text.strip()
        start = text.index(inner)
        why = AnalysisExplanation(recognizer=self.name, original_score=self.score, textual_explanation="first and last names")
        return [RecognizerResult("PERSON", start, start + len(inner), self.score, why)]

    def _is_name(self, text: str) -> bool:
        if term(text) in self._places:
            return False
        tokens = text.replace(",", " , ").split()
        words = [word for word in tokens if word != "," and not self._around(word)]
        if not 2 <= len(words) <= 4 or tokens.count(",") > 1 or not all(re.fullmatch(_TOKEN, word) for word in words):
            return False
        forms = [_forms(word) for word in words]
        first = [bool(form & self._first) for form in forms]
        last = [bool(form & self._last) for form in forms]
        initial = [_is_initial(word) for word in words]
        if all(word[0].islower() for word in words):
            return _apart(first, last) and all(one or two for one, two in zip(first, last, strict=True))
        known = [any(three) for three in zip(first, last, initial, strict=True)]
        others = [one or two or three for one, two, three in zip(last, first, initial, strict=True)]
        return sum(known) * 2 > len(words) and _apart(first, others) and all(_lettered(word) for word in words)

    def _around(self, word: str) -> bool:
        """Whether the word only stands beside a name: a particle, a title, a suffix."""
        bare = term(word)
        return bare in _PARTICLES or bare in _SUFFIXES or bare in self._affixes


def _forms(word: str) -> frozenset[str]:
    """How a word may stand on a list: as it is, without accents, or by the parts of a double name."""
    bare = term(word)
    return frozenset({bare, plain(bare), *(part for part in re.split("[-'’]", bare) if len(part) > 2)})


def _apart(ones: list[bool], others: list[bool]) -> bool:
    """Whether one word is of the first sort and another of the second."""
    return any(one and two for at, one in enumerate(ones) for place, two in enumerate(others) if at != place)


def _is_initial(word: str) -> bool:
    return len(word.replace(".", "")) <= 2 and word[0].isupper() and (len(word) == 1 or "." in word)


def _lettered(word: str) -> bool:
    """Capitalised, all capitals, or of a script without them."""
    return not word[0].islower()
