"""Names of towns and countries inside sentences of any language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult

from pii_scan.recognizers.wording import Sentence, Word, joined, sentence, vocabulary

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpArtifacts

_LONGEST = 5
_SHORT = frozenset({"uk", "usa", "uae"})
"""Countries that sentences call by their letters; as many others are words."""
LOOSE = 0.4


class PlaceInTextRecognizer(LocalRecognizer):
    """Finds countries by name, and towns after a word that places something (`in`, `aus`, `desde`) or beside another place.

    A reader: asked only of free text.

    Args:
        countries: names of countries, case-folded; short ones and codes are left out.
        towns: names of towns and regions, case-folded.
        people: first names, case-folded, which need more than a list.
    """

    name: str
    reads = True

    def __init__(self, countries: frozenset[str], towns: frozenset[str], people: frozenset[str]) -> None:
        self._countries = frozenset(name for name in countries if len(name) > 3)
        self._towns, self._people, self._known = towns, people, vocabulary()
        super().__init__(supported_entities=["LOCATION"], supported_language="en", name="LOCATION in sentences")

    def load(self) -> None:
        """Nothing to load: the lists came with the object."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """The places in a text, in order."""
        if entities and "LOCATION" not in entities:
            return []
        why = AnalysisExplanation(recognizer=self.name, original_score=LOOSE, textual_explanation="listed places")
        return [RecognizerResult("LOCATION", start, end, score, why) for start, end, score in self._places(sentence(text))]

    def _places(self, read: Sentence) -> Iterator[tuple[int, int, float]]:
        words, at, last = read.words, 0, -1
        while at < len(words):
            end, score = self._at(read, at, beside=last == at and words[at].gap.strip() in {",", "", "("})
            if not score:
                at += 1
                continue
            yield words[at].start, words[end - 1].end, score
            at = last = end

    def _at(self, read: Sentence, at: int, *, beside: bool) -> tuple[int, float]:
        """Where the place that begins with that word ends, and how sure it is one; 0 for none."""
        word = read.words[at]
        if word.number or not (word.capital or read.small):
            return at, 0.0
        placed = bool(read.before(at, self._known.phrases["in_a_place"]))
        run = self._run(read, at)
        for size in range(len(run), 0, -1):
            score = self._score(run[:size], read, placed=placed, beside=beside)
            if score:
                return at + size, score
        if (
            placed
            and not read.small
            and read.before(at, self._known.phrases["lives_in"])
            and word.folded not in self._known.words["no_names"]
        ):
            return at + len([one for one in run if one.capital]), 0.5
        return at, 0.0

    def _score(self, run: list[Word], read: Sentence, *, placed: bool, beside: bool) -> float:
        text = joined(run)
        common = len(run) == 1 and (text in self._known.words["no_names"] or len(text) < (5 if read.small else 3))
        if text in _SHORT and run[0].text.isupper() and not read.large:
            return 0.7
        if text in self._countries and not (common and not placed and not beside):
            return 0.9 if len(run) > 1 or not read.small else 0.7
        if text not in self._towns or common or not (run[-1].capital or read.small):
            return 0.0
        if (placed and not (read.large and len(run) == 1)) or beside:
            person = text in self._people
            return 0.3 if read.small and person else 0.55 if person else 0.7
        return 0.0

    @staticmethod
    def _run(read: Sentence, at: int) -> list[Word]:
        run = [read.words[at]]
        for word in read.words[at + 1 : at + _LONGEST]:
            if word.gap not in {" ", "-", ". ", "'", "’"} or word.number:
                break
            run.append(word)
        return run
