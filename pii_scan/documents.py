"""JSON texts with chosen leaves edited, many at once: each change sees the values of all texts together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from pii_scan import jsontext


class Edits(Protocol):
    """What happens to some values."""

    def texts(self, values: Sequence[str], *, typed: bool = False) -> Sequence[str]:
        """Edited texts for distinct ones, none of them empty; where they are numbers, numbers if there are any."""


Choose = Callable[[jsontext.Node], "Edits | None"]


def parted(texts: Sequence[str], plain: Callable[[Sequence[str]], Sequence[str]], choose: Choose) -> Sequence[str]:
    """JSON texts with the chosen nodes edited, the other texts through `plain`; order stays."""
    sorts = [jsontext.is_json(text) for text in texts]
    others = iter(plain([text for text, json in zip(texts, sorts, strict=True) if not json]))
    documents = iter(_documents([text for text, json in zip(texts, sorts, strict=True) if json], choose))
    return [next(documents if json else others) for json in sorts]


def _documents(texts: Sequence[str], choose: Choose) -> Sequence[str]:
    """JSON texts with the chosen nodes edited; each change sees the values of all texts at once."""
    chosen = [jsontext.chosen(text, lambda node: choose(node) is not None) for text in texts]
    edited: dict[tuple[int, bool], tuple[Edits, dict[str, str]]] = {}

    def of(node: jsontext.Node) -> tuple[Edits, dict[str, str]]:
        change = choose(node)
        assert change is not None
        return edited.setdefault((id(change), node.what == "number"), (change, {}))

    for text, nodes in zip(texts, chosen, strict=True):
        for node in nodes:
            of(node)[1][node.value(text)] = ""
    for (_, typed), (change, values) in edited.items():
        filled = [value for value in values if value]
        values.update(zip(filled, change.texts(filled, typed=typed), strict=True))
    return [
        jsontext.replaced(text, list(_differing(text, nodes, lambda node: of(node)[1])))
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
