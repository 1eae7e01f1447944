"""Entities that the verdict on a column does not explain: those inside free text, and needles among other values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pii_scan import weights as w
from pii_scan.calibration import probability
from pii_scan.case import Case, View
from pii_scan.model import Catalogue, Entity, Finding, Tally
from pii_scan.needle import minority
from pii_scan.reasons import attribute_reason, minority_reason, told_reason
from pii_scan.verdict import finding_of, same_family


def minorities(view: View, catalogue: Catalogue, verdict: str, *, explained: bool) -> Iterator[Finding]:
    """The entities of other kinds than the verdict's, the surest of each kind.

    Args:
        view: the column.
        catalogue: the kinds and entities.
        verdict: the kind of the column, or empty.
        explained: whether check digits confirm that (nearly) all values are numbers of one sort of things.
    """
    for kind, (strength, name, tally) in sorted(_best(view, catalogue.entities, verdict, explained=explained).items()):
        sure = probability(strength - w.NEEDLE_AT)
        held = catalogue.entities[name]
        reasons = [minority_reason(held, tally, view.shape), *filter(None, [told_reason(held)])]
        case = Case(kind, entity=name, value=view.weights[name], reasons=reasons)
        if made := finding_of(catalogue, view, case, sure):
            yield replace(made, cells=tally.cells, share=round(min(1.0, tally.cells / max(1, view.filled)), 4))


def attributed(view: View, catalogue: Catalogue, said: Mapping[str, float]) -> Iterator[Finding]:
    """The kinds that a column of attributes says some of the values are of, where as many values look it."""
    for kind, share in sorted(said.items()):
        fits = {name: one.suits for name, one in view.weights.items() if catalogue.entities[name].kind == kind}
        best = max(fits, key=lambda name: (fits[name], name), default="")
        if not best or fits[best] < w.ATTRIBUTED_LEAST * share:
            continue
        case = Case(kind, entity=best, value=view.weights[best], reasons=[attribute_reason(share)])
        if made := finding_of(catalogue, view, case, w.ATTRIBUTED):
            yield replace(made, cells=round(share * view.filled), share=round(share, 4))


def _best(view: View, entities: Mapping[str, Entity], verdict: str, *, explained: bool) -> dict[str, tuple[float, str, Tally]]:
    """By kind, the nats, the name and the cells of the strongest entity that has its part in the column."""
    best: dict[str, tuple[float, str, Tally]] = {}
    for name in view.weights:
        entity = entities[name]
        if entity.kind != "none" and not same_family(entity.kind, verdict):
            nats, tally = minority(entity, view.seen, view.shape, explained=explained)
            if nats and (nats, name) > best.get(entity.kind, (0.0, ""))[:2]:
                best[entity.kind] = (nats, name, tally)
    return best
