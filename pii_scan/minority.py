"""Entities that the verdict on a column does not explain: those inside free text, and needles among other values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pii_scan import weights as w
from pii_scan.calibration import probability
from pii_scan.case import Case, View
from pii_scan.model import Catalogue, Entity, Finding, Tally
from pii_scan.reasons import minority_reason, told_reason
from pii_scan.verdict import finding_of, same_family


def minorities(view: View, catalogue: Catalogue, verdict: str, *, explained: bool) -> Iterator[Finding]:
    """The entities of other kinds than the verdict's, the surest of each kind.

    Args:
        view: the column.
        catalogue: the kinds and entities.
        verdict: the kind of the column, or empty.
        explained: whether check digits confirm that (nearly) all values are numbers of one sort of things.
    """
    for kind, (strength, name) in sorted(_best(view, catalogue.entities, verdict, explained=explained).items()):
        sure = probability(strength - w.NEEDLE_AT)
        tally, held = view.seen.tallies[name], catalogue.entities[name]
        reasons = [minority_reason(held, tally, view.shape), *filter(None, [told_reason(held)])]
        case = Case(kind, entity=name, value=view.weights[name], reasons=reasons)
        if made := finding_of(catalogue, view, case, sure):
            yield replace(made, cells=tally.cells, share=round(min(1.0, tally.cells / max(1, view.filled)), 4))


def _best(view: View, entities: Mapping[str, Entity], verdict: str, *, explained: bool) -> dict[str, tuple[float, str]]:
    """By kind, the nats and the name of the strongest entity that has its part in the column."""
    best: dict[str, tuple[float, str]] = {}
    for name in view.weights:
        entity = entities[name]
        strength = 0.0 if explained and entity.proof == "checked" else _strength(view, entity)
        if strength and entity.kind != "none" and not same_family(entity.kind, verdict):
            best[entity.kind] = max(best.get(entity.kind, (0.0, "")), (strength, name))
    return best


def _strength(view: View, entity: Entity) -> float:
    """Nats for a minority entity, 0 where it is not worth a word."""
    tally, weight = view.seen.tallies[entity.name], view.weights[entity.name]
    if not tally.passed:
        return 0.0
    in_text = view.shape in {"free_text", "mixed"}
    telling = entity.name in w.STRONG_SHAPES
    if in_text and (telling or (entity.proof == "name" and entity.name in w.IN_TEXT)):
        enough = tally.passed >= 3 or tally.passed >= 0.02 * tally.examined
        if enough and entity.proof == "name" and tally.cells < w.SELDOM * view.filled:
            return w.NEEDLE_AT
        return min(w.CHECKED_MOST, w.NEEDLE + 1.5 * math.log1p(tally.passed)) if enough else 0.0
    if (entity.proof == "checked" or telling) and (in_text or tally.whole):
        # most texts of its shape must pass, and pass nothing stricter: digits that follow a rule of their own are no needle
        pure = 2 * tally.passed >= tally.examined and 2 * tally.clear >= tally.passed
        strength = weight.beyond + (w.ALONE if entity.proof == "checked" and _alone(tally, view.filled) else 0.0)
        return strength if pure and strength >= w.NEEDLE else 0.0
    return 0.0


def _alone(tally: Tally, filled: int) -> bool:
    """Whether whole cells are of an entity, and nothing else in a large column is even of its form."""
    fits = tally.matched <= max(1, w.ALONE_SHARE * filled)
    return filled >= w.ALONE_AMONG and fits and 0 < tally.passed == tally.whole == tally.examined
