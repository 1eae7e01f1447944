"""A recognizer of Presidio's whose finds go by another name."""

from __future__ import annotations

from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerResult


def renamed(recognizer: EntityRecognizer, entity: str) -> EntityRecognizer:
    """The recognizer itself where it has one entity and that is its name, else one that asks it and renames its finds."""
    return recognizer if recognizer.supported_entities == [entity] else _Renamed(recognizer, entity)


class _Renamed(EntityRecognizer):
    """Passes a text on. Its patterns stand in the open, so that the prefilter knows what it could find."""

    def __init__(self, inner: EntityRecognizer, entity: str) -> None:
        self._inner = inner
        if prefilter := getattr(inner, "prefilter", ""):
            self.prefilter: str = prefilter
        self.patterns = getattr(inner, "patterns", [])
        self.global_regex_flags = getattr(inner, "global_regex_flags", 0)
        super().__init__(supported_entities=[entity], name=f"{entity} of Presidio", supported_language=inner.supported_language)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002
        """What the inner recognizer finds, by the new name."""
        found: list[RecognizerResult] = self._inner.analyze(text, self._inner.supported_entities, nlp_artifacts)
        for result in found:
            result.entity_type = self.supported_entities[0]
        return found
