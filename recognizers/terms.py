"""A recognizer of whole cells out of a closed list."""

from __future__ import annotations

from typing import Any

from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult

from pii_scan.model import Entity

SCORE = 0.2
"""As low as a mere shape's: single words mean little without a column name."""


class TermRecognizer(LocalRecognizer):
    """Finds a text that is, as a whole and whatever its case, one of the given terms.

    Args:
        entity: what a find is.
        terms: the texts, case-folded.
        supported_language: Presidio's language tag; the list is of all languages at once.
    """

    terms: frozenset[str]
    """What the prefilter looks whole cells up in."""

    def __init__(self, entity: Entity, terms: frozenset[str], supported_language: str = "en") -> None:
        self.entity, self.terms = entity, terms
        self._title = f"{entity.name} terms"
        super().__init__(supported_entities=[entity.name], name=self._title, supported_language=supported_language)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002
        """One find that spans the text without its outer white space, or none."""
        inner = text.strip()
        if inner.casefold() not in self.terms:
            return []
        start = text.index(inner)
        why = AnalysisExplanation(recognizer=self._title, original_score=SCORE, textual_explanation="one of a closed list")
        return [RecognizerResult(self.entity.name, start, start + len(inner), SCORE, why)]
