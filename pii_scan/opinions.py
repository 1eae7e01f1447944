"""What the recognizers of a sort say of one text: whether it has their shapes, what it is, and what lies inside it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pii_scan.model import Entity, Piece
from pii_scan.prefilter import Prefilter
from pii_scan.presidio import Engine, Span
from pii_scan.strata import Outcome, Stratum
from pii_scan.together import Texts

_FAR = 4
"""Times stricter that the check of a thing's number must be to explain an identifier away: eight digits and a letter are many."""
_NOTHING: frozenset[str] = frozenset()
_NO: tuple[Outcome, Sequence[Span]] = ((False, False, _NOTHING), ())
_SHAPED: tuple[tuple[Outcome, Sequence[Span]], ...] = (((True, False, _NOTHING), ()), ((True, True, _NOTHING), ()))
"""What a recognizer says that finds nothing: of a text without its shape, and of one that has it, in a part or as a whole."""


class Opinion(NamedTuple):
    """What recognizers say of one text."""

    fitting: dict[str, bool]
    """The entities whose shapes it has, each with whether as a whole."""
    whole: set[str]
    """Those that it is."""
    inside: list[Span]
    """What is found in a part of it."""


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

    def of(self, texts: Texts, sort: Iterable[int], stratum: Stratum) -> list[Opinion]:
        """What is said of each text; each recognizer is asked of all of them before the next one is.

        Args:
            texts: folded.
            sort: places of recognizers.
            stratum: that of the texts.
        """
        opinions = [Opinion({}, set(), []) for _ in texts.every]
        for place in sort:
            entities = self._entity_of[place]
            for opinion, (shaped, wholly, is_it) in zip(opinions, self._said(texts, place, stratum, opinions), strict=False):
                if shaped:
                    for entity in entities:
                        if wholly or entity not in opinion.fitting:
                            opinion.fitting[entity] = wholly
                if is_it:
                    opinion.whole.update(is_it)
        return opinions

    def clearest(self, whole: set[str]) -> set[str]:
        """Of the entities that one text is, those with the strictest check; one of a thing must be stricter by far."""
        if len(whole) < 2:
            return whole
        chances = self._chances
        least = min(chances[entity] for entity in whole)
        return {entity for entity in whole if chances[entity] <= least}

    def _said(self, texts: Texts, place: int, stratum: Stratum, opinions: Sequence[Opinion]) -> Iterable[Outcome]:
        """What one recognizer says of each text. What it finds inside them is added to the opinions."""
        known = stratum.foreseen.get(place)
        if known:
            return itertools.repeat(known)
        if place not in self._formal:
            return self._added(self._asked(texts, place), opinions)
        first, rest = texts.parted(stratum.unsaid(place))
        asked = self._asked(first, place)
        for outcome, parts in asked:
            stratum.said(place, None if any(span.entity not in outcome[2] for span in parts) else outcome)
        known = stratum.foreseen.get(place)
        if not known:
            return self._added([*asked, *self._asked(rest, place)], opinions)
        return itertools.chain(self._added(asked, opinions), itertools.repeat(known))

    @staticmethod
    def _added(asked: Sequence[tuple[Outcome, Sequence[Span]]], opinions: Sequence[Opinion]) -> list[Outcome]:
        for opinion, (_, parts) in zip(opinions, asked, strict=False):
            if parts:
                opinion.inside.extend(parts)
        return [outcome for outcome, _ in asked]

    def _asked(self, texts: Texts, place: int) -> list[tuple[Outcome, Sequence[Span]]]:
        """What one recognizer says of each text, and what it finds in a part of it."""
        return [
            self._taken(inner, piece, spans)
            if spans
            else (_SHAPED[piece[0] <= inner[0] and piece[1] >= inner[1]] if piece else _NO)
            for inner, (piece, spans) in zip(texts.inner, self._engine.look(texts, place, self._prefilter), strict=True)
        ]

    def _taken(self, inner: Piece, piece: Piece | None, spans: Iterable[Span]) -> tuple[Outcome, Sequence[Span]]:
        """The same where it finds something; `inner` is the text without what surrounds it."""
        start, end = inner
        is_it = _NOTHING
        parts: list[Span] = []
        for span in spans:
            if span.entity not in self._entities:
                continue
            if span.start <= start and span.end >= end:
                is_it = is_it | self._alone[span.entity] if is_it else self._alone[span.entity]
            else:
                parts.append(span)
        return (piece is not None, piece is not None and piece[0] <= start and piece[1] >= end, is_it), parts
