"""Why a column was judged as it was: the sum of evidence, term by term, in words and numbers, never by a value."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from pii_scan.calibration import TOLD, lines, probability
from pii_scan.case import Case, column_kind
from pii_scan.classify import classify, cleared, judges
from pii_scan.distinct import estimate
from pii_scan.model import Catalogue, Column, ColumnEvidence, Evidence, Finding
from pii_scan.verdict import Verdict, band_of

_SHOWN = 6
"""Kinds that are shown: the likeliest ones."""
_ODDS_MOST = 30.0


@dataclass(frozen=True, slots=True)
class Explained:
    """A kind that was considered for a column."""

    kind: str
    label: str
    probability: float
    """Its share of the odds of all kinds; a finding's is that of its family of like kinds."""
    terms: tuple[tuple[float, str], ...]
    """Each in nats of log-likelihood, with what it is for; their sum is the odds' logarithm."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a verdict on one column came about."""

    column: Column
    facts: tuple[str, ...]
    """What was counted in the column."""
    calibration: tuple[str, ...]
    """How the sum of the likeliest kind became a probability, line by line."""
    kinds: tuple[Explained, ...]
    """The likeliest first; `none` stands for what is not personal."""
    findings: tuple[Finding, ...]
    cleared: tuple[str, ...]
    """Why it is known not to be personal, where it is."""

    def __str__(self) -> str:
        """The explanation as the console shows it."""
        return "\n".join(_lines(self))


def columns_named(evidence: Evidence, name: str) -> tuple[Column, ...]:
    """The columns of a `TABLE.COLUMN` (or `COLUMN`) name, case aside, paths into nested data included."""
    wanted = name.casefold()
    return tuple(
        column
        for column in evidence.columns
        if wanted in {str(column).casefold(), ".".join(part for part in (column.column, column.path) if part).casefold()}
    )


def explain(evidence: Evidence, catalogue: Catalogue, column: Column) -> Explanation:
    """The sum of evidence for one column of some evidence, judged in the light of its whole table."""
    judge = next(judge for judge in judges(evidence, catalogue) if column in judge.columns)
    cases = judge.cases(column)
    odds = {case.kind: math.exp(min(case.nats, _ODDS_MOST)) for case in cases}
    total = sum(odds.values()) + (0.0 if "none" in odds else 1.0)
    shown = [case for case in cases if len(case.terms) > 1][:_SHOWN]  # more than what is said of any column
    return Explanation(
        column,
        tuple(_facts(evidence.columns[column])),
        tuple(_calibration(judge.verdict(column))),
        tuple(_explained(case, catalogue, odds[case.kind] / total) for case in shown),
        tuple(finding for finding in classify(evidence, catalogue) if finding.column == column),
        next((clear.reasons or (clear.label,) for clear in cleared(evidence, catalogue) if clear.column == column), ()),
    )


def _explained(case: Case, catalogue: Catalogue, probability: float) -> Explained:
    return Explained(case.kind, catalogue.kinds[case.kind].label, round(probability, 4), tuple(case.terms))


def _facts(seen: ColumnEvidence) -> Iterator[str]:
    filled = seen.cells - seen.nulls
    distinct = min(estimate(seen.registers), filled)
    yield f"{seen.cells:,} cells of type {seen.type}, {seen.nulls:,} empty, about {distinct:,} distinct"
    texture = seen.texture
    if texture.texts:
        yield (
            f"of {texture.texts:,} texts measured {texture.prose:,} are sentences, {texture.numeric:,} are numbers, "
            f"{texture.letters:,} hold no digit: {column_kind(seen).replace('_', ' ')}"
        )


def _calibration(verdict: Verdict | None) -> Iterator[str]:
    """The step from the sum to the probability: what such sums have proved to be worth."""
    if verdict is None or band_of(probability(verdict.raw)) is None:
        return
    held = lines()[verdict.source].at(verdict.raw)
    change = round(held, 2) - round(verdict.raw, 2)  # so that the lines add up as they are read
    yield f"{verdict.raw:+6.2f}  log-odds of {verdict.case.kind} and its family against everything else"
    yield f"{change:+6.2f}  for what such sums by {TOLD[verdict.source]} have proved to be worth (calibration)"
    yield f"{held:+6.2f}  in all, a probability of {probability(held):.2f}"
    if verdict.cap < probability(held):
        yield f"        of which {verdict.cap:.2f} is the most that may be said"


def _lines(made: Explanation) -> Iterator[str]:
    yield f"{made.column}"
    yield from (f"  {fact}" for fact in made.facts)
    for finding in made.findings:
        yield f"  verdict: {finding.kind} ({finding.entity}), {finding.band}, probability {finding.probability:.2f}"
    if made.cleared:
        yield f"  known not to be personal: {'; '.join(made.cleared)}"
    elif not made.findings:
        yield "  verdict: nothing personal found"
    yield from (f"  {step}" for step in made.calibration)
    for kind in made.kinds:
        yield ""
        yield f"{kind.kind}  {kind.label}, {kind.probability:.1%} of the odds"
        yield from (f"  {nats:+6.2f}  {what}" for nats, what in kind.terms)
        yield f"  {sum(nats for nats, _ in kind.terms):+6.2f}  in all"
