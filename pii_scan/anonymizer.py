"""The only user of Presidio's anonymizer engine: what an operator of a plan does to a cell, or to spans of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import ConflictResolutionStrategy, OperatorConfig, RecognizerResult
from presidio_anonymizer.operators import OperatorType

from pii_scan.errors import ConfigError
from pii_scan.keys import Key
from pii_scan.operators import OPERATORS
from pii_scan.presidio import Span

_PRESIDIO = {
    "replace": "replace",
    "mask": "mask_all_but",
    "redact": "redact",
    "keep": "keep",
    "pseudonym": "pseudonym",
}


@dataclass(frozen=True)
class Anonymizer:
    """Presidio's anonymizer with our operators, a key for pseudonyms, and how a mask looks."""

    key: Key | None = None
    keep_last: int = 4
    masking_char: str = "*"

    def operation(self, operator: str, kind: str) -> Callable[[str], str]:
        """What the operator does to a whole cell of that kind.

        Raises:
            ConfigError: it is `pseudonym`, and there is no key.
        """
        params = self._params(operator, kind)
        made = self._engine.operators_factory.create_operator_class(_PRESIDIO[operator], OperatorType.Anonymize)
        made.validate(params=params)
        return lambda text: str(made.operate(text=text, params=params))

    def spans(self, text: str, found: Iterable[Span], operators: Mapping[str, tuple[str, str]]) -> str:
        """The text with every span replaced as `operators` (entity -> operator and kind) say; all else as it was.

        Spans whose operator is `keep` shield nothing: what overlaps them is replaced all the same.
        """
        results = [
            RecognizerResult(entity_type=span.entity, start=span.start, end=span.end, score=span.score)
            for span in found
            if operators[span.entity][0] != "keep"
        ]
        if not results:
            return text
        configs = {
            entity: OperatorConfig(_PRESIDIO[operator], self._params(operator, kind))
            for entity, (operator, kind) in operators.items()
        }
        # two e-mail addresses side by side are two values with two pseudonyms: never merged
        return str(
            self._engine.anonymize(
                text,
                results,
                configs,
                conflict_resolution=ConflictResolutionStrategy.REMOVE_INTERSECTIONS,
                merge_entities_with_spaces=False,
            ).text
        )

    @cached_property
    def _engine(self) -> Any:
        engine: Any = AnonymizerEngine()  # type: ignore[no-untyped-call]
        for operator in OPERATORS:
            engine.add_anonymizer(operator)
        return engine

    def _params(self, operator: str, kind: str) -> dict[str, Any]:
        if operator == "pseudonym":
            if self.key is None:
                raise ConfigError(
                    "pseudonyms need a key", where="plan", way_out="make one with `pii-scan key new PATH` and name it as key_file"
                )
            return {"key": self.key, "kind": kind}
        if operator == "mask":
            return {"keep_last": self.keep_last, "masking_char": self.masking_char}
        return {"new_value": label(kind)} if operator == "replace" else {}


def label(kind: str) -> str:
    """What `replace` leaves in a value's place: `<EMAIL>`."""
    return f"<{(kind or 'redacted').upper()}>"
