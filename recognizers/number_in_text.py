"""Numbers inside sentences that the words beside them name: telephone numbers, identifiers of any form, ages."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING

import regex as re
from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult

from pii_scan.recognizers.scripts import AnyScript
from pii_scan.recognizers.wording import Sentence, sentence, vocabulary

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpArtifacts

SCORE = 0.75
_PHONE = AnyScript(r"(?<![\p{L}\d])(?:\+|\(\+?)?\d(?:[ ().\-/]{0,2}\d){5,14}(?: ?(?:x|ext\.? ?) ?\d{1,6})?(?![\d\p{L}]|[.,]\d)")
_ID = AnyScript(
    r"(?<![\p{L}\d])(?=[\p{L} .\-/]{0,6}\d)(?:\p{Lu}{1,6}[ -]?)?\d(?:[ .\-/]?(?:[\d]|\p{Lu}(?!\p{Ll}))){2,24}(?![\p{L}\d])"
)
_LEAD = re.compile(r"(\p{Lu}{2,6})[ -]")
_AGE = AnyScript(r"(?<![\p{L}\d.,])(?:[1-9]?\d|1[01]\d)(?![\p{L}\d]|[.,]\d)")
_DATE = re.compile(r"(?:19|20)\d\d[-./ ]\d{1,2}[-./ ]\d{1,2}.*|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d\d.*|\d{1,3}(?:\.\d{1,3}){3}")
_THING = AnyScript(r"(?<![\p{L}\d])(?:\p{Lu}{1,4}-?)?\d{3,20}(?:[-/]\d{1,12}){0,3}(?![\p{L}\d])")
_start, _end = attrgetter("start"), attrgetter("end")
_SORTS = {
    "PHONE_NUMBER": (_PHONE, 6, "a_phone"),
    "NAMED_ID": (_ID, 4, "an_id"),
    "AGE": (_AGE, 1, "an_age"),
    "THING_NUMBER": (_THING, 3, "a_thing"),
}
_LISTED = re.compile(r"\s*(?:[,;/&+]|,?\s(?:and|or|und|oder|et|ou|y|o|e|och|og|en|of|i|и)\s)\s*")
"""What stands between two numbers that one phrase names: `passports AB1234567 and XY9876543`."""
_BETWEEN = re.compile(
    r"[\s:;,.#(\"'“«=-]*(?:(?:is|was|are|at|on|no|nr|num|number|n[º°o]|est|ist|es|è|é|is|:|der|die|el|la|le) ?[.:]?[\s:(]*){0,2}"
)


class NumberInTextRecognizer(LocalRecognizer):
    """Finds one sort of number by the phrase before it (`Tel.:`, `DNI`, `aged`) or the words after it (`years old`).

    A reader: asked only of free text.

    Args:
        entity: `PHONE_NUMBER`, `NAMED_ID`, `AGE` or `THING_NUMBER`.
    """

    name: str
    reads = True

    def __init__(self, entity: str) -> None:
        self.entity = entity
        self._shape, self._least, sort = _SORTS[entity]
        known = vocabulary().phrases
        self._before = known[f"names_{sort}"]
        self._after = known.get(f"follows_{sort}", frozenset())
        self._others = frozenset().union(*(known[f"names_{other}"] for _, _, other in _SORTS.values())) - self._before
        super().__init__(supported_entities=[entity], supported_language="en", name=f"{entity} in sentences")

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """The numbers that are named, in order."""
        if entities and self.entity not in entities:
            return []
        why = AnalysisExplanation(recognizer=self.name, original_score=SCORE, textual_explanation="named by the words beside it")
        return [RecognizerResult(self.entity, start, end, SCORE, why) for start, end in self._numbers(text)]

    def _numbers(self, text: str) -> Iterator[tuple[int, int]]:
        last: tuple[int, int] | None = None
        for found in self._shape.finditer(text):
            number = found.group()
            if sum(map(str.isdigit, number)) < self._least or (self.entity != "AGE" and _DATE.fullmatch(number)):
                continue
            read = sentence(text)
            start, end = found.span()
            lead = _LEAD.match(number)
            if lead and (lead.group(1).casefold(),) in self._before:
                yield start + lead.end(), end  # `DNI 54362315K`: the letters are the name
                last = start, end
                continue
            after = self._followed(read, end)
            if after or self._named(read, start) or (last and self._goes_on(text, last, (start, end))):
                yield start, after if after and self.entity == "AGE" else end
                last = start, end

    def _goes_on(self, text: str, last: tuple[int, int], now: tuple[int, int]) -> bool:
        """Whether a number is one more of those that a phrase names: it has as many digits."""
        one, other = (sum(map(str.isdigit, text[start:end])) for start, end in (last, now))
        return self.entity != "AGE" and one == other and _LISTED.fullmatch(text, last[1], now[0]) is not None

    def _named(self, read: Sentence, start: int) -> bool:
        """Whether one of the phrases ends just before it, `is` and `no.` aside."""
        place = bisect_right(read.words, start, key=_end)
        for back in range(min(place, 3)):
            at = place - back
            between = read.text[read.words[at - 1].end : start]
            if _BETWEEN.fullmatch(between.casefold()) is None:
                return False
            words = [word.folded for word in read.words[max(0, at - 5) : at]]
            named = next((size for size in range(len(words), 0, -1) if tuple(words[-size:]) in self._before), 0)
            if named:
                # `social security number` is said of an identifier, though `number` alone is said of telephones
                return not any(tuple(words[-size:]) in self._others for size in range(named + 1, len(words) + 1))
        return False

    def _followed(self, read: Sentence, end: int) -> int:
        """Where a phrase that follows it ends; 0 for none."""
        place = bisect_left(read.words, end, key=_start)
        if place == len(read.words) or read.words[place].start - end > 3:
            return 0
        words = [word.folded for word in read.words[place : place + 4]]
        size = next((size for size in range(len(words), 0, -1) if tuple(words[:size]) in self._after), 0)
        return read.words[place + size - 1].end if size else 0
