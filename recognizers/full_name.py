"""Full names as whole cells: `Anna Maria Rossi`, `ROSSI, Anna`, `Dr. A. Rossi`, told by lists of first and last names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re
from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult

from pii_scan.recognizers.lexicon import plain, term

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpArtifacts

SCORE = 0.5
_WORD = r"[\pL\pM][\pL\pM.'’-]*"
_BRACKETED = re.compile(r"\([^()]*\)|\"[^\"]*\"")
_PARTICLES = frozenset(
    "de da do dos das del della di du des la le van von der den ter ten zu zur af av bin ibn al el abu bint y e und".split()
)
_SUFFIXES = frozenset("jr sr ii iii iv md phd esq dds rn".split())
_SURNAME_END = re.compile(
    r"\p{L}{3,}(?:s?son|sen|d[óo]ttir|[eo]v|[eo]v[aá]|sk[iay]|skaya|[iy]ć|vich|[eo]vic|enko|chuk|[iy]an|shvili|adze|opoulos|idis|akis"
    r"|escu|eanu|mann|stein|berg|feld|baum|[aeo]ttini|elli|etti|ucci|eau|ault|wala|zadeh|o[gğ]lu|str[öo]m|q[uv]ist|gren|inen)"
)
"""How family names end that no list holds in full."""


class FullNameRecognizer(LocalRecognizer):
    """Finds a text that is one full name: two to four words, one a first name, another a last or first name or an initial.

    Of two or three plain words one first name that leads is enough, for no list holds every family name; so it is after a
    comma or a form of address. Words in small letters count only when one is a first
    and another a last name. Spaceless scripts are left to the lists of first and last names.

    Args:
        first: first names, case-folded.
        last: last names, case-folded.
        affixes: forms of address (`dr`, `herr`), case-folded; they may lead and are not counted.
        places: cities and countries, case-folded; they look like names (`San Jose`) and are none.
    """

    name: str
    prefilter = rf"^\s*{_WORD}(?:[,\s]+[\"(]*{_WORD}[)\",]*){{1,9}}\s*$"

    def __init__(
        self, first: frozenset[str], last: frozenset[str], affixes: frozenset[str], places: frozenset[str] = frozenset()
    ) -> None:
        self._first, self._last, self._affixes, self._places = first, last, affixes, places
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
        if (entities and "PERSON" not in entities) or len(text) > 90 or not re.fullmatch(self.prefilter[1:-1], text):
            return []
        if not self._is_name(_BRACKETED.sub(" ", text)):
            return []
        inner = text.strip()
        start = text.index(inner)
        why = AnalysisExplanation(recognizer=self.name, original_score=SCORE, textual_explanation="first and last names")
        return [RecognizerResult("PERSON", start, start + len(inner), SCORE, why)]

    def _is_name(self, text: str) -> bool:
        tokens = text.replace(",", " , ").split()
        words = [word for word in tokens if word != "," and not self._beside(word)]
        if term(text) in self._places or not 2 <= len(words) <= 4 or tokens.count(",") > 1:
            return False
        first, last = self._on(self._first, words), self._on(self._last, words)
        small = sum(word[0].islower() for word in words)
        if small:
            known = [one or two for one, two in zip(first, last, strict=True)]
            return small == len(words) and all(known) and _apart(first, last)
        surname = [one or bool(_SURNAME_END.fullmatch(word.casefold())) for one, word in zip(last, words, strict=True)]
        others = [any(three) for three in zip(first, surname, map(_is_initial, words), strict=True)]
        return (
            self._introduced(tokens, words, first, surname)
            or (first[0] and len(words) <= 3 and "," not in tokens and all(map(_is_plain, words[1:])))
            or (sum(others) * 2 > len(words) and _apart(first, others))
        )

    def _introduced(self, tokens: list[str], words: list[str], first: list[bool], surname: list[bool]) -> bool:
        """Whether a first name follows a family name and a comma (`Braund, Owen`), or a form of address (`Herr Karl Braund`)."""
        addressed = any(term(word) in self._affixes and len(term(word)) > 1 for word in tokens)
        if "," not in tokens:
            return addressed and term(tokens[0]) in self._affixes and any(first)
        at = sum(not self._beside(word) for word in tokens[: tokens.index(",")])
        if not 0 < at < len(words) or at > 2 or not first[at]:
            return False
        return addressed or any(surname[:at]) or len(words) == 2

    def _beside(self, word: str) -> bool:
        """Whether the word only stands beside a name: a particle, a title, a suffix."""
        bare = term(word)
        return bare in _PARTICLES or bare in _SUFFIXES or (bare in self._affixes and len(bare) > 1)

    @staticmethod
    def _on(names: frozenset[str], words: list[str]) -> list[bool]:
        return [bool(_forms(word) & names) for word in words]


def _forms(word: str) -> frozenset[str]:
    """How a word may stand on a list: as it is, without accents, or by the parts of a double name."""
    bare = term(word)
    return frozenset({bare, plain(bare), *(part for part in re.split("[-'’]", bare) if len(part) > 2)})


def _apart(ones: list[bool], others: list[bool]) -> bool:
    """Whether one word is of the first sort and another of the second."""
    return any(one and two for at, one in enumerate(ones) for place, two in enumerate(others) if at != place)


def _is_plain(word: str) -> bool:
    """Whether it looks like a family name on its own: letters only, four at least, capitalised as one word."""
    return len(word) > 3 and word.isalpha() and (word.istitle() or word.isupper())


def _is_initial(word: str) -> bool:
    return word[0].isupper() and (len(word) == 1 or (len(word) <= 4 and word.endswith(".")))
