"""The only user of Presidio's anonymizer engine: what an operator of a plan does to a cell, or to spans of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import ConflictResolutionStrategy, OperatorConfig, RecognizerResult
from presidio_anonymizer.operators import OperatorType

from pii_scan.errors import ConfigError
from pii_scan.keys import Key
from pii_scan.operators import OPERATORS
from pii_scan.presidio import Span
from pii_scan.treatment import KEYED, Treatment, label

_PRESIDIO = {
    "replace": "replace",
    "mask": "mask_all_but",
    "redact": "redact",
    "keep": "keep",
    "pseudonym": "pseudonym",
    "hash": "keyed_hash",
    "encrypt": "seal",
    "date_shift": "date_shift",
    "date_coarsen": "date_coarsen",
    "generalise": "generalise",
    "surrogate": "surrogate",
    # of a column that is gone, what its cells leave in a text
    "drop_column": "replace",
}
Checks = Callable[[str, str, str], "Callable[[str], bool] | None"]
"""`checks(kind, entity, text)`: what tells whether another text of that sort has a good check digit, as this one has."""


@dataclass(frozen=True)
class Anonymizer:
    """Presidio's anonymizer with our operators, a key, and how a mask looks."""

    key: Key | None = None
    keep_last: int = 4
    masking_char: str = "*"
    level: int | None = None
    """By which step dates are shifted; None for that of nobody in particular."""
    checks: Checks | None = field(default=None, repr=False)

    def operation(self, treatment: Treatment, **more: Any) -> Callable[[str], str]:
        """What a treatment does to a whole cell.

        Args:
            treatment: what.
            more: what is known of the column beside: `typed=True` for one of numbers or dates, `arrow` its type, `order`
                of its dates.

        Raises:
            ConfigError: it needs a key, and there is none; or a package that is not installed.
        """
        params = self._params(treatment) | {name: value for name, value in more.items() if value}
        made = _engine().operators_factory.create_operator_class(_PRESIDIO[treatment.operator], OperatorType.Anonymize)
        made.validate(params=params)
        return lambda text: str(made.operate(text=text, params=params))

    def spans(self, text: str, found: Iterable[Span], treatments: Mapping[str, Treatment]) -> str:
        """The text with every span replaced as its entity's treatment says; all else as it was.

        Spans whose operator is `keep` shield nothing: what overlaps them is replaced all the same.
        """
        results = [
            RecognizerResult(entity_type=span.entity, start=span.start, end=span.end, score=span.score)
            for span in found
            if treatments[span.entity].operator != "keep"
        ]
        if not results:
            return text
        configs = {
            entity: OperatorConfig(_PRESIDIO[treatment.operator], self._params(treatment))
            for entity, treatment in treatments.items()
        }
        # two e-mail addresses side by side are two values with two pseudonyms: never merged
        return str(
            _engine()
            .anonymize(
                text,
                results,
                configs,
                conflict_resolution=ConflictResolutionStrategy.REMOVE_INTERSECTIONS,
                merge_entities_with_spaces=False,
            )
            .text
        )

    def _params(self, treatment: Treatment) -> dict[str, Any]:
        operator, kind = treatment.operator, treatment.kind
        params: dict[str, Any] = {"kind": kind, "column": treatment.column, **treatment.options.given()}
        if operator in KEYED:
            if self.key is None:
                raise ConfigError(
                    f"{operator} needs a key",
                    where="plan",
                    way_out="make one with `pii-scan key new PATH` and name it as key_file",
                )
            params |= {"key": self.key, "level": self.level}
        if operator == "surrogate" and self.checks:
            params["check"] = partial(self.checks, kind, treatment.entity)
        if operator == "mask":
            char = params.pop("character", self.masking_char)
            params = {"keep_last": self.keep_last, "masking_char": char} | params
        return params | {"new_value": label(kind)} if operator in {"replace", "drop_column"} else params


@cache
def _engine() -> Any:
    engine: Any = AnonymizerEngine()  # type: ignore[no-untyped-call]
    for operator in OPERATORS:
        engine.add_anonymizer(operator)
    return engine
