"""What happens to cells: whole ones through an operator, or what a finder finds inside them; JSON texts leaf by leaf."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from pii_scan import rebuild
from pii_scan.anonymizer import Anonymizer
from pii_scan.celltypes import is_settled
from pii_scan.dates import order_of
from pii_scan.documents import parted
from pii_scan.presidio import Span
from pii_scan.treatment import NONE, Treatment, label

UNEXAMINED = label("redacted")
"""What stands in the place of a text that could not be examined."""
REMOVING: frozenset[str] = frozenset({"replace", "mask", "redact", "pseudonym", "hash", "encrypt", "drop_column"})
"""Operators after which a value must be nowhere; the others put values like it in its place, which may be another row's."""
_TYPED = frozenset({"date_shift", "date_coarsen", "generalise", "surrogate"})
READABLE = frozenset({"key", "string", "number"})


class Finder(Protocol):
    """Finds personal data inside texts."""

    def __call__(self, texts: Sequence[str], /) -> Sequence[Sequence[Span] | None]:
        """For each text its spans, or None where it could not be examined as a whole."""


class Change(Protocol):
    """What happens to the cells of one column path."""

    def texts(self, values: Sequence[str], *, typed: bool = False) -> Sequence[str]:
        """Edited texts for distinct ones, none of them empty; where they are numbers, numbers if there are any."""

    def array(self, array: pa.Array) -> pa.Array | None:
        """The whole array edited, or None to leave it."""


@dataclass
class Tally:
    """What could not be examined in a column, in distinct texts of each batch."""

    unexamined: int = 0


@dataclass(frozen=True)
class Whole:
    """Whole cells through one operator."""

    treatment: Treatment
    anonymizer: Anonymizer = field(repr=False)
    removed: set[str] | None = field(default=None, repr=False)
    keys: bool = False
    """Of a JSON object, its keys and its leaves, each by itself; not the object as one."""

    def check(self) -> None:
        """Find out before the first cell whether the operator can work.

        Raises:
            ConfigError: it lacks a key or a package.
        """
        self.anonymizer.operation(self.treatment)

    @property
    def shifts(self) -> bool:
        """Whether it depends on whose row it is."""
        return self.treatment.operator == "date_shift"

    def texts(self, values: Sequence[str], *, typed: bool = False) -> Sequence[str]:
        """Each value through the operator."""
        self._remember(values)
        return self._through(values, typed=typed, arrow="number" if typed else "")

    def array(self, array: pa.Array) -> pa.Array:
        """Every cell that is neither null nor empty; constant replacements never look at the cells."""
        if self.removed is not None and self.treatment.operator in REMOVING:
            self._remember([text for text in rebuild.as_text(array).unique().to_pylist() if text])
        if self.treatment.operator == "redact":
            return rebuild.emptied(array)
        if self.treatment.operator in {"replace", "drop_column"}:
            return rebuild.constant(array, label(self.treatment.kind))
        kind = rebuild.plain_type(array.type)
        if kind is not None and (target := _target(self.treatment, kind)) is not None:
            return rebuild.retyped(array, lambda texts: self._through(texts, typed=True), target)
        arrow = str(kind) if kind is not None else ""
        return rebuild.mapped(array, lambda texts: self._through(texts, arrow=arrow))

    def by_level(self, array: pa.Array, levels: Sequence[int]) -> pa.Array:
        """Every date of a flat column moved by the step of its row."""
        steps = pa.array([str(level) for level in levels], pa.large_string())
        pairs = pc.binary_join_element_wise(steps, rebuild.as_text(array), pa.scalar("\0", pa.large_string()))
        kind = rebuild.plain_type(array.type)

        def edit(texts: Sequence[str]) -> Sequence[str]:
            parted = [text.partition("\0")[::2] for text in texts]
            order = self.treatment.options.order or order_of(text for _, text in parted)
            known = {
                step: replace(self.anonymizer, level=int(step)).operation(self.treatment, typed=kind is not None, order=order)
                for step in {step for step, _ in parted}
            }
            return [known[step](text) if text else "" for step, text in parted]

        if kind is not None:
            return rebuild.retyped(pairs, edit, kind)
        return rebuild.restored(rebuild.mapped(pairs, edit), array.type)

    def _through(self, values: Sequence[str], **more: Any) -> Sequence[str]:
        if self.treatment.operator in _TYPED and self.treatment.options.order is None:
            more["order"] = order_of(values)
        treatment = replace(self.treatment, operator="date_coarsen", options=NONE) if self._years(**more) else self.treatment
        operation = self.anonymizer.operation(treatment, **more)
        return [operation(value) for value in values]

    def _years(self, *, typed: bool = False, **_: Any) -> bool:
        """Whether a mask that leaves the year is one of dates, which cannot hold stars."""
        return typed and self.treatment.operator == "mask" and self.treatment.options.keep == "year"

    def _remember(self, values: Sequence[str]) -> None:
        if self.removed is not None and self.treatment.operator in REMOVING:
            self.removed.update(values)


@dataclass(frozen=True)
class Inside:
    """What a finder finds inside texts, through each entity's operator and kind."""

    finder: Finder = field(repr=False)
    anonymizer: Anonymizer = field(repr=False)
    treatment: Callable[[str], Treatment]
    """By entity."""
    tally: Tally
    removed: set[str] | None = field(default=None, repr=False)
    only_texts: bool = False
    """Leave dates, fractions and flags as they are: nothing can be found in them."""
    shifts: bool = False
    """Whether it may depend on whose row it is."""

    def texts(self, values: Sequence[str], *, typed: bool = False) -> Sequence[str]:  # noqa: ARG002 - a number is a text here
        """Each text with what was found in it replaced, the rest as it was."""
        if not values:
            return []
        return [self._one(value, spans) for value, spans in zip(values, self.finder(values), strict=True)]

    def array(self, array: pa.Array) -> pa.Array | None:
        """Every cell, through `cells`."""
        return None if self.only_texts and is_settled(array.type) else rebuild.mapped(array, self.cells)

    def cells(self, texts: Sequence[str]) -> Sequence[str]:
        """Each cell; JSON texts leaf by leaf, so that escapes hide nothing."""
        return parted(texts, self.texts, lambda node: self if node.what in READABLE else None)

    def _one(self, text: str, spans: Sequence[Span] | None) -> str:
        if spans is None or any(not 0 <= span.start < span.end <= len(text) for span in spans):
            self.tally.unexamined += 1
            if self.removed is not None:
                self.removed.add(text)
            return UNEXAMINED
        treatments = {span.entity: self.treatment(span.entity) for span in spans}
        if self.removed is not None:
            self.removed.update(text[span.start : span.end] for span in spans if treatments[span.entity].operator in REMOVING)
        return self.anonymizer.spans(text, spans, treatments)


def _target(treatment: Treatment, kind: pa.DataType) -> pa.DataType | None:
    """The type that a column of numbers or dates keeps, or None where it becomes one of texts."""
    if treatment.operator in _TYPED or (treatment.operator, treatment.options.keep) == ("mask", "year"):
        # other digits may be a larger number
        return pa.int64() if treatment.operator == "surrogate" and pa.types.is_integer(kind) else kind
    number = pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind)
    if number and treatment.operator == "pseudonym" and treatment.options.type == "keep":
        return kind if kind.bit_width in {32, 64} and kind != pa.float32() else pa.int64()
    return None
