"""The likeliest kind of a column and how likely it is, from the sums that speak for each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pii_scan import weights as w
from pii_scan.calibration import Source, calibrated
from pii_scan.case import Case, View
from pii_scan.distinct import estimate
from pii_scan.model import Band, Catalogue, Finding
from pii_scan.naming import silent
from pii_scan.special import guessed
from pii_scan.surroundings import full_name

_MOST = 30.0
"""Nats beyond which a sum is as good as certain."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The likeliest kind, and its odds before and after they are calibrated."""

    case: Case
    source: Source
    raw: float
    """Log-odds of its family against everything else, as the evidence sums up."""
    probability: float
    """What holds: calibrated, and capped where nothing but a sign speaks."""
    cap: float
    """The most that may be said: little, where nothing but a sign speaks, or a mere key."""
    runner_up: str


def verdict_of(view: View, cases: Mapping[str, Case], catalogue: Catalogue) -> Verdict | None:
    """The likeliest kind; its probability is that of its family, since members of one share their shapes."""
    order = {kind: place for place, kind in enumerate(catalogue.kinds)}
    personal = sorted((case for kind, case in cases.items() if kind != "none"), key=lambda case: (-case.nats, order[case.kind]))
    if not personal:
        return None
    best = personal[0]
    raw, source = log_odds(cases.values(), best.kind), _source(view, best, cases.values())
    sign = guessed(best.named, best.value, catalogue.entities.get(best.entity))
    cap = min(best.most, w.GUESSED if sign else 1.0)
    rival = next((case.kind for case in personal[1:] if case.nats > best.nats - 2.5), "")
    return Verdict(best, source, raw, min(calibrated(raw, source), cap), cap, rival)


def log_odds(cases: Iterable[Case], kind: str) -> float:
    """The log-odds of a kind's family against every other case, and against none where no case is for it."""
    odds = {case.kind: math.exp(min(case.nats, _MOST)) for case in cases}
    family = sum(value for name, value in odds.items() if same_family(name, kind))
    return math.log(family / (sum(odds.values()) - family + (0.0 if "none" in odds else 1.0)))


def _source(view: View, best: Case, cases: Iterable[Case]) -> Source:
    """What the verdict rests on."""
    if view.shape == "empty":
        return "name"
    if _is_named(best):
        return "both"
    return "values" if silent(full_name(view.column)) and not any(map(_is_named, cases)) else "against"


def _is_named(case: Case) -> bool:
    return case.named is not None and case.named.weight > 0


def band_of(probability: float) -> Band | None:
    """The band of a probability; None where it is too small to speak of."""
    return next((name for name, least in w.BANDS if probability >= least), None)


def same_family(one: str, two: str) -> bool:
    """Whether two kinds are one, or share their shapes."""
    return one == two or any(one in members and two in members for members in w.FAMILIES)


def finding_of(catalogue: Catalogue, view: View, case: Case, probability: float, runner_up: str = "") -> Finding | None:
    """The finding that a case amounts to; None where it is too unlikely to speak of."""
    band = band_of(probability)
    if band is None:
        return None
    if view.shape == "empty" and band == "certain":
        band = "likely"  # nobody has seen a cell of it
    kind = catalogue.kinds[case.kind]
    entity = catalogue.entities.get(case.entity)
    held = round(case.value.share * view.filled) if case.value and case.value.nats > 0 else view.filled
    return Finding(
        column=view.column,
        kind=case.kind,
        entity=case.entity or case.kind.upper(),
        band=band,
        probability=round(probability, 4),
        column_kind=view.shape,
        cells=held,
        distinct=min(estimate(view.seen.registers), view.filled),
        rows=view.rows,
        share=round(held / view.filled, 4) if view.filled else 0.0,
        country=entity.country if entity and not case.mixed else "",
        category=kind.category,
        article=kind.article,
        tier=kind.tier,
        runner_up=runner_up,
        reasons=tuple(case.reasons),
        masked_sample=tuple(view.seen.masked.get(case.entity, ())),
    )
