"""The one recognizer that serves every row of the tables."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from presidio_analyzer import (
    AnalysisExplanation,
    EntityRecognizer,
    Pattern,
    PatternRecognizer,
    RecognizerResult,
)

from pii_scan.folding import apart, holds_unspaced
from pii_scan.linear import Span
from pii_scan.model import Entity, Piece
from pii_scan.recognizers.catalogue import Row
from pii_scan.recognizers.rules import Rule
from pii_scan.recognizers.searches import Search, search
from pii_scan.together import Texts

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpArtifacts

Told = tuple[Piece | None, list[tuple[int, int, float]]]
"""The longest piece of a text that has a shape, and begin, end and score of what is found."""
Found = tuple[int, int, Any]
"""Begin and end of a find, and its pattern."""
_NOTHING: Told = (None, [])
_LOG = logging.getLogger("presidio-analyzer")


class IdentifierRecognizer(PatternRecognizer):
    """Finds what a row describes. A failed checksum removes a find; a passed one never lifts its score.

    `validate_result` stays untouched on purpose: it would raise the score to 1.0 on a check digit that one random
    number in eleven passes.

    Args:
        row: the row to serve.
        supported_language: Presidio's language tag; identifiers are not tied to the language of a text.
    """

    name: str
    patterns: list[Any]
    entity: Entity
    named: bool
    """Whether it is asked only where the name of a column names its entity."""
    like: tuple[str, ...]
    """Further shapes on which the entity's chance is measured: what it could be mistaken for."""

    def __init__(self, row: Row, supported_language: str = "en") -> None:
        self.entity = row.entity
        self._row = row
        self.like, self.named = row.like, row.named
        self._searches: dict[int, Search] = {}
        super().__init__(
            supported_entity=row.entity.name,
            name=f"{row.entity.name} identifier",
            supported_language=supported_language,
            patterns=[_ShapePattern(f"{row.entity.name} {n}", shape, row.score) for n, shape in enumerate(row.shapes, 1)],
            context=list(row.entity.headers),
            global_regex_flags=row.flags,
        )
        self._numbers = range(len(row.shapes) + len(row.like))

    @property
    def formal(self) -> bool:
        """Whether the row has no rule: what has its shape is found."""
        return not self._row.validator and not self.like

    @cached_property
    def _rule(self) -> Rule | None:
        """What confirms a match; found when there is one: to import the validators of all countries takes a while."""
        return self._row.rule

    def invalidate_result(self, pattern_text: str) -> bool:
        """Whether the row's rule refuses the matched text."""
        return self._rule is not None and not self._rule(pattern_text)

    def spans(self, text: str, wanted: Sequence[int] | None = None) -> Told:
        """The longest piece of the text that has one of the row's shapes, and begin, end and score of what its rule leaves.

        These are the finds of `analyze`, without their explanations: what is asked for millions of times.

        Args:
            text: folded.
            wanted: numbers of the shapes (then of `like`) that the text may have; None for all.
        """
        return self._told(text, *self._found(text, wanted))

    def each(self, texts: Texts) -> list[Told]:
        """The `spans` of each of some texts: every shape is sought in all of them before the next one is."""
        seen = texts.apart if self._spaced else texts
        finds = zip(*(self._search(number).each(seen) for number in self._numbers), strict=True)
        return [
            self._told(text, *self._kept(shown, enumerate(some))) if any(some) or None in some else _NOTHING
            for text, shown, some in zip(texts.every, seen.every, finds, strict=True)
        ]

    def forget(self) -> None:
        """Hold no text any more."""
        for made in self._searches.values():
            made.forget()

    def _results(self, found: Sequence[Found]) -> list[RecognizerResult]:
        results = [self._result(pattern, start, end) for start, end, pattern in found]
        return EntityRecognizer.remove_duplicates(results) if len(results) > 1 else results

    def _told(self, text: str, piece: Piece | None, found: Sequence[Found]) -> Told:  # noqa: ARG002 - who reads on needs the text
        """A piece, and what stands of the finds in a text."""
        if len(found) > 1:
            return piece, [(one.start, one.end, one.score) for one in self._results(found)]
        return piece, [(start, end, pattern.score) for start, end, pattern in found]

    def _found(self, text: str, wanted: Sequence[int] | None = None) -> tuple[Piece | None, list[Found]]:
        """The longest piece of the text that has one of the row's shapes, and what its rule leaves of the finds."""
        seen = apart(text) if self._spaced else text
        numbers = self._numbers if wanted is None else wanted
        return self._kept(seen, ((number, self._search(number).finds(seen)) for number in numbers))

    def _kept(self, text: str, finds: Iterable[tuple[int, Sequence[Span] | None]]) -> tuple[Piece | None, list[Found]]:
        """The same of the finds of some shapes, each with its number; None where it was not sought to the end."""
        found: list[Found] = []
        longest: Piece | None = None
        length, patterns = -1, self.patterns
        for number, spans in finds:
            if spans is None:
                _LOG.warning("a search timed out")  # whoever set Presidio up counts these
                longest, length = (0, len(text)), len(text)
                continue
            for start, end in spans:
                if end - start > length:
                    longest, length = (start, end), end - start
                if number < len(patterns) and end > start and ((rule := self._rule) is None or rule(text[start:end])):
                    found.append((start, end, patterns[number]))
        return longest, found

    def _search(self, number: int) -> Search:
        """A shape, made ready when it first meets a text: making all of them ready would take a second."""
        made = self._searches.get(number)
        if made is None:
            patterns = len(self.patterns)
            if number < patterns:
                made = search(self.patterns[number].regex, self.global_regex_flags or 0)
            else:
                made = search(self.like[number - patterns], 0)
            self._searches[number] = made
        return made

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002
        regex_flags: int | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """As Presidio's own, at a tenth of its cost: the same finds with the same scores."""
        return self._results(self._found(text)[1]) if not entities or self.entity.name in entities else []

    @cached_property
    def _spaced(self) -> bool:
        """Whether no shape holds letters of a script without spaces, so that these are borders to it and nothing else."""
        return not any(holds_unspaced(pattern.regex) for pattern in self.patterns)

    def _result(self, pattern: Any, start: int, end: int) -> RecognizerResult:
        name = pattern.name
        why = AnalysisExplanation(recognizer=self.name, original_score=pattern.score, pattern_name=name, pattern=pattern.regex)
        names = {RecognizerResult.RECOGNIZER_NAME_KEY: self.name, RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id}
        return RecognizerResult(self.entity.name, start, end, pattern.score, why, names)


class _ShapePattern(Pattern):
    """A pattern that is not compiled: `Search` does that when it first meets a text."""

    def __init__(self, name: str, regex: str, score: float) -> None:
        self.name, self.regex, self.score = name, regex, score
        self.compiled_regex: Any = None
        self.compiled_with_flags: Any = None
