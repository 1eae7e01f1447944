"""What happens to cells: whole ones through an operator, or what a finder finds inside them; JSON texts leaf by leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from pii_scan import jsontext, rebuild
from pii_scan.anonymizer import Anonymizer, label
from pii_scan.plan import Rule, fits
from pii_scan.presidio import Span

UNEXAMINED = label("redacted")
"""What stands in the place of a text that could not be examined."""
_READABLE = frozenset({"key", "string", "number"})


class Finder(Protocol):
    """Finds personal data inside texts."""

    def __call__(self, texts: Sequence[str], /) -> Sequence[Sequence[Span] | None]:
        """For each text its spans, or None where it could not be examined as a whole."""


class Change(Protocol):
    """What happens to the cells of one column path."""

    def texts(self, values: Sequence[str]) -> Sequence[str]:
        """Edited texts for distinct ones, none of them empty."""

    def array(self, array: pa.Array) -> pa.Array | None:
        """The whole array edited, or None to leave it."""


Choose = Callable[[jsontext.Node], "Change | None"]


@dataclass
class Tally:
    """What could not be examined in a column, in distinct texts of each batch."""

    unexamined: int = 0


@dataclass(frozen=True)
class Whole:
    """Whole cells through one operator."""

    operator: str
    kind: str
    operation: Callable[[str], str] = field(repr=False)
    removed: set[str] | None = field(default=None, repr=False)
    keys: bool = False
    """Of a JSON object, its keys and its leaves, each by itself; not the object as one."""

    def texts(self, values: Sequence[str]) -> Sequence[str]:
        """Each value through the operator."""
        if self.removed is not None:
            self.removed.update(values)
        return [self.operation(value) for value in values]

    def array(self, array: pa.Array) -> pa.Array:
        """Every cell that is neither null nor empty; constant replacements never look at the cells."""
        if self.removed is not None:
            self.removed.update(text for text in rebuild.as_text(array).unique().to_pylist() if text)
        if self.operator == "redact":
            return rebuild.emptied(array)
        if self.operator == "replace":
            return rebuild.constant(array, label(self.kind))
        return rebuild.mapped(array, self.texts)


@dataclass(frozen=True)
class Inside:
    """What a finder finds inside texts, through each entity's operator and kind."""

    finder: Finder = field(repr=False)
    anonymizer: Anonymizer = field(repr=False)
    operator: Callable[[str], tuple[str, str]]
    tally: Tally
    removed: set[str] | None = field(default=None, repr=False)
    only_texts: bool = False
    """Leave dates, fractions and flags as they are: nothing can be found in them."""

    def texts(self, values: Sequence[str]) -> Sequence[str]:
        """Each text with what was found in it replaced, the rest as it was."""
        if not values:
            return []
        return [self._one(value, spans) for value, spans in zip(values, self.finder(values), strict=True)]

    def array(self, array: pa.Array) -> pa.Array | None:
        """Every cell, through `cells`."""
        return None if self.only_texts and _settled(array.type) else rebuild.mapped(array, self.cells)

    def cells(self, texts: Sequence[str]) -> Sequence[str]:
        """Each cell; JSON texts leaf by leaf, so that escapes hide nothing."""
        return _parted(texts, self.texts, lambda node: self if node.what in _READABLE else None)

    def _one(self, text: str, spans: Sequence[Span] | None) -> str:
        if spans is None or any(not 0 <= span.start < span.end <= len(text) for span in spans):
            self.tally.unexamined += 1
            if self.removed is not None:
                self.removed.add(text)
            return UNEXAMINED
        operators = {span.entity: self.operator(span.entity) for span in spans}
        if self.removed is not None:
            self.removed.update(text[span.start : span.end] for span in spans if operators[span.entity][0] != "keep")
        return self.anonymizer.spans(text, spans, operators)


@dataclass(frozen=True)
class ColumnChange:
    """The rules of one column, each with its change (None keeps); the first that fits a path decides."""

    rules: Sequence[tuple[Rule, Change | None]]
    tally: Tally

    def array(self, array: pa.Array) -> pa.Array:
        """The column edited; the very same array where no rule is about anything in it."""
        return rebuild.walked(array, "", self._visit)

    def at_cell(self) -> Change | None:
        """What happens to the cell itself, as against paths in it."""
        return self._at("")[1]

    def _visit(self, path: str, array: pa.Array) -> pa.Array | None:
        ruled, change = self._at(path)
        if pa.types.is_struct(array.type):
            # what a finder finds is in the leaves; a whole struct goes as a whole
            return change.array(array) if change and not isinstance(change, Inside) else None
        if not ruled:
            change = self._above(path)
        if isinstance(change, Whole) or not (self._below(path) and rebuild.holds_text(array.type)):
            return change.array(array) if change else None
        return rebuild.mapped(array, lambda texts: self._json(path, change, texts))

    def _at(self, path: str) -> tuple[bool, Change | None]:
        return next(((True, change) for rule, change in self.rules if fits(rule.path, path)), (False, None))

    def _above(self, path: str) -> Change | None:
        """A rule that looks inside a struct looks inside all its leaves."""
        ruled = (self._at(above) for above in ways(path)[1:])
        change = next((change for found, change in ruled if found), None)
        return change if isinstance(change, Inside) else None

    def _below(self, path: str) -> bool:
        """Whether a rule is about a path inside the JSON texts of this one."""
        begin = f"{path}." if path else ""
        return any(rule.path != path and (rule.path.startswith(begin) or set(rule.path) & set("*?[")) for rule, _ in self.rules)

    def _json(self, path: str, here: Change | None, texts: Sequence[str]) -> Sequence[str]:
        """JSON texts leaf by leaf, other texts as the rule for the cell itself says."""
        rest = here if isinstance(here, Inside) else None

        def choose(node: jsontext.Node) -> Change | None:
            ruled, change = self._at(rebuild.join(path, node.path) if node.path else path)
            if not ruled or isinstance(change, Inside):
                return (change or rest) if node.what in _READABLE else None
            kept = {"object", "null"} if isinstance(change, Whole) and change.keys else {"key", "null"}
            return change if node.what not in kept else None

        return _parted(texts, here.texts if here else self._broken, choose)

    def _broken(self, texts: Sequence[str]) -> Sequence[str]:
        """Texts that no rule is about stay, but broken JSON does not: where its leaves are cannot be told."""
        self.tally.unexamined += sum(map(jsontext.opens, texts))
        return [UNEXAMINED if jsontext.opens(text) else text for text in texts]


def ways(path: str) -> list[str]:
    """The path, and every path above it, up to the cell itself."""
    parts = path.split(".") if path else []
    return [".".join(parts[:end]) for end in range(len(parts), -1, -1)]


def _parted(texts: Sequence[str], plain: Callable[[Sequence[str]], Sequence[str]], choose: Choose) -> Sequence[str]:
    """JSON texts with the chosen nodes edited, the other texts through `plain`; order stays."""
    sorts = [jsontext.is_json(text) for text in texts]
    others = iter(plain([text for text, json in zip(texts, sorts, strict=True) if not json]))
    documents = iter(_documents([text for text, json in zip(texts, sorts, strict=True) if json], choose))
    return [next(documents if json else others) for json in sorts]


def _documents(texts: Sequence[str], choose: Choose) -> Sequence[str]:
    """JSON texts with the chosen nodes edited; each change sees the values of all texts at once."""
    chosen = [jsontext.chosen(text, lambda node: choose(node) is not None) for text in texts]
    edited: dict[int, tuple[Change, dict[str, str]]] = {}
    for text, nodes in zip(texts, chosen, strict=True):
        for node in nodes:
            change = choose(node)
            assert change is not None
            edited.setdefault(id(change), (change, {}))[1][node.value(text)] = ""
    for change, values in edited.values():
        filled = [value for value in values if value]
        values.update(zip(filled, change.texts(filled), strict=True))
    return [
        jsontext.replaced(text, list(_differing(text, nodes, lambda node: edited[id(choose(node))][1])))
        for text, nodes in zip(texts, chosen, strict=True)
    ]


def _differing(
    text: str, nodes: Sequence[jsontext.Node], values: Callable[[jsontext.Node], Mapping[str, str]]
) -> Iterator[tuple[jsontext.Node, str | None]]:
    """The nodes that changed; a number that becomes nothing becomes null."""
    for node in nodes:
        old = node.value(text)
        new = values(node)[old]
        if new != old:
            yield node, new if new or node.what in {"key", "string"} else None


def _settled(kind: pa.DataType) -> bool:
    return bool(pa.types.is_temporal(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))
