"""What the recognizers of a sort say of one text: whether it has their shapes, what it is, and what lies inside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pii_scan.model import Entity, Piece
from pii_scan.prefilter import Prefilter
from pii_scan.presidio import Engine, Span
from pii_scan.strata import Outcome, Stratum

_FAR = 4
"""Times stricter that the check of a thing's number must be to explain an identifier away: eight digits and a letter are many."""
_NOTHING: frozenset[str] = frozenset()


class Opinions:
    """Asks recognizers about texts of a stratum, and those no more that say the same of each of its texts.

    Args:
        engine: the recognizers.
        prefilter: over the same recognizers.
        entities: those that are looked for.
        entity_of: by place of a recognizer, those of them that it finds.
    """

    def __init__(
        self, engine: Engine, prefilter: Prefilter, entities: Mapping[str, Entity], entity_of: Sequence[tuple[str, ...]]
    ) -> None:
        self._engine, self._prefilter, self._entities, self._entity_of = engine, prefilter, entities, entity_of
        self._formal = frozenset(place for place in range(len(entity_of)) if engine.formal(place))
        self._chances = {name: one.chance * (_FAR if one.kind == "none" else 1) for name, one in entities.items()}
        self._alone = {name: frozenset((name,)) for name in entities}

    def of(self, text: str, sort: Iterable[int], stratum: Stratum, inside: list[Span]) -> tuple[Mapping[str, bool], set[str]]:
        """The entities whose shapes the text has, each with whether as a whole; and those that it is.

        Args:
            text: folded.
            sort: places of recognizers.
            stratum: that of the text.
            inside: finds that are a part of it are added here.
        """
        inner = _inner(text)
        fitting: dict[str, bool] = {}
        whole: set[str] = set()
        foreseen, entity_of = stratum.foreseen, self._entity_of
        for place in sort:
            shaped, wholly, is_it = foreseen.get(place) or self._asked(text, inner, place, stratum, inside)
            if shaped:
                for entity in entity_of[place]:
                    if wholly or entity not in fitting:
                        fitting[entity] = wholly
            if is_it:
                whole |= is_it
        return fitting, whole

    def clearest(self, whole: set[str]) -> set[str]:
        """Of the entities that one text is, those with the strictest check; one of a thing must be stricter by far."""
        if len(whole) < 2:
            return whole
        chances = self._chances
        least = min(chances[entity] for entity in whole)
        return {entity for entity in whole if chances[entity] <= least}

    def _asked(self, text: str, inner: Piece, place: int, stratum: Stratum, inside: list[Span]) -> Outcome:
        """What one recognizer says; `inner` is the text without what surrounds it."""
        start, end = inner
        piece, spans = self._engine.look(text, place, self._prefilter)
        is_it = _NOTHING
        parts: list[Span] = []
        for span in spans:
            if span.entity not in self._entities:
                continue
            if span.start <= start and span.end >= end:
                is_it = is_it | self._alone[span.entity] if is_it else self._alone[span.entity]
            else:
                parts.append(span)
        if parts:
            inside += parts
        said = piece is not None, piece is not None and piece[0] <= start and piece[1] >= end, is_it
        if place in self._formal:
            stratum.said(place, None if any(span.entity not in is_it for span in parts) else said)
        return said


def _inner(text: str) -> Piece:
    """Where the text begins and ends without the space and quotes around it."""
    bare = text.strip(" \t\r\n\"'.,;")
    start = text.find(bare)
    return start, start + len(bare)
