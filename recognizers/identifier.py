"""The one recognizer that serves every row of the tables."""

from __future__ import annotations

from presidio_analyzer import Pattern, PatternRecognizer

from pii_scan.model import Entity
from pii_scan.recognizers.catalogue import Row


class IdentifierRecognizer(PatternRecognizer):
    """Finds what a row describes. A failed checksum removes a find; a passed one never lifts its score.

    `validate_result` stays untouched on purpose: it would raise the score to 1.0 on a check digit that one random
    number in eleven passes.

    Args:
        row: the row to serve.
        supported_language: Presidio's language tag; identifiers are not tied to the language of a text.
    """

    entity: Entity
    like: tuple[str, ...]
    """Further shapes on which the entity's chance is measured: what it could be mistaken for."""

    def __init__(self, row: Row, supported_language: str = "en") -> None:
        self.entity = row.entity
        self._rule = row.rule
        self.like = row.like
        super().__init__(
            supported_entity=row.entity.name,
            name=f"{row.entity.name} identifier",
            supported_language=supported_language,
            patterns=[_ShapePattern(f"{row.entity.name} {n}", shape, row.score) for n, shape in enumerate(row.shapes, 1)],
            context=list(row.entity.headers),
            global_regex_flags=row.flags,
        )

    def invalidate_result(self, pattern_text: str) -> bool:
        """Whether the row's rule refuses the matched text."""
        return self._rule is not None and not self._rule(pattern_text)


class _ShapePattern(Pattern):
    """A pattern that is compiled when it first meets a text: compiling all rows would take seconds."""

    def __init__(self, name: str, regex: str, score: float) -> None:
        self.name, self.regex, self.score = name, regex, score
        self.compiled_regex = None
        self.compiled_with_flags = None
