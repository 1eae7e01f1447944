"""Check digits of identifiers, asked of the recognizers that know them: what tells a good surrogate from a bad one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from pii_scan.contracts import Part
from pii_scan.drawn import Valid


class Checks:
    """For a kind, an entity and a value: what tells whether another value of that sort is as good as this one.

    Args:
        parts: where the recognizers come from.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts

    def __call__(self, kind: str, entity: str, text: str) -> Valid | None:
        """The check of the entity, else that of the most demanding identifier of the kind that the value is; None for none."""
        named = [look for _, name, _, look in self._checked if name == entity]
        others = [look for _, _, its, look in self._checked if its == kind]
        look = next((look for look in [*named, *others] if _whole(look, text)), None)
        return (lambda other: _whole(look, other)) if look else None

    @cached_property
    def _checked(self) -> list[tuple[float, str, str, Callable[[str], Any]]]:
        """Recognizers that check something: chance, entity, kind, and how they look; the least chance first."""
        rows = {entity.name: entity for part in self._parts for entity in part.entities if entity.proof == "checked"}
        found = [
            (rows[name].chance, name, rows[name].kind, recognizer.spans)
            for part in self._parts
            for recognizer in part.recognizers()
            if hasattr(recognizer, "spans")
            for name in recognizer.supported_entities
            if name in rows
        ]
        return sorted(found, key=lambda row: row[:3])


def _whole(look: Callable[[str], Any], text: str) -> bool:
    """Whether the recognizer finds its entity, and nothing beside it."""
    bare = text.strip()
    begin = text.find(bare)
    return any((start, end) == (begin, begin + len(bare)) for start, end, _ in look(text)[1])
