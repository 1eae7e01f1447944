"""Labelled columns as examples of calibration: what the sum of evidence said of each, and whether it was right.

Each column is judged in up to three situations - as it is, its cells taken away, its name hidden - so that a verdict by names
alone and one by values alone are each held to what they promise. Hard columns keep their names: without them many would be what they
look like.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from benchmarks import owned
from benchmarks.judge import Judge, together
from benchmarks.sets import CELL_LABELS, CELLS, NAMES, TABLES, Labelled, scored_in_company, unnamed
from pii_scan.calibration import Source
from pii_scan.classify import judges
from pii_scan.verdict import same_family

Situation = Literal["as it is", "names alone", "values alone"]
SITUATIONS: tuple[Situation, ...] = ("as it is", "names alone", "values alone")


class Example(NamedTuple):
    """The likeliest kind of one column in one situation."""

    situation: Situation
    truth: Labelled
    kind: str
    source: Source
    raw: float
    """Log-odds as the evidence sums up, before any calibration."""
    cap: float
    """The most that may be said of it: little, where only a sign speaks."""
    right: bool

    @property
    def fold(self) -> str:
        """What must not be in two folds: a table's whole source, and single columns of one name."""
        truth = self.truth
        return f"{truth.set} {truth.column if truth.set == CELLS else truth.group.partition('/')[0]}"


def examples(judge: Judge, data: Path) -> Iterator[Example]:
    """All examples of the tuning sets and of the project's own columns."""
    columns = {name: scored_in_company(data, name) for name in (TABLES, CELLS, NAMES)}
    hard, listed = tuple(owned.hard()), tuple(owned.lists())
    for situation, parts in (
        ("as it is", (columns[TABLES], columns[CELLS], hard)),
        ("names alone", (*map(emptied, (columns[TABLES], columns[CELLS], hard)), columns[NAMES])),
        ("values alone", tuple(map(unnamed, (columns[TABLES], columns[CELLS], listed)))),
    ):
        for part in parts:
            yield from _judged(judge, situation, part)


def emptied(columns: Iterable[Labelled]) -> tuple[Labelled, ...]:
    """The same columns without a cell."""
    return tuple(replace(column, values=()) for column in columns)


def verdict_is_right(truth: Labelled, kind: str) -> bool | None:
    """Whether the family of a kind is right for a column; None where its set cannot tell."""
    if truth.set == NAMES:
        return truth.personal
    if not truth.personal and (kind == "free_text" or (truth.set == CELLS and not _in_space(kind))):
        return None
    if truth.set in {owned.PEOPLE_SET, owned.PLACES_SET, owned.THINGS_SET} and kind not in owned.HELD:
        return None
    return any(same_family(kind, accepted) for accepted in truth.accepts)


def _in_space(kind: str) -> bool:
    return any(kind in kinds for kinds in CELL_LABELS.values())


def _judged(judge: Judge, situation: Situation, columns: Sequence[Labelled]) -> Iterator[Example]:
    seen = list(judge.seen(columns))
    evidence = together({id(one.evidence): one.evidence for one in seen}.values())
    courts = {column: court for court in judges(evidence, judge.catalogue) for column in court.columns}
    for one in seen:
        verdict = courts[one.column].verdict(one.column) if one.truth.scored and one.column in courts else None
        if verdict is None:
            continue
        right = verdict_is_right(one.truth, verdict.case.kind)
        if right is not None:
            yield Example(situation, one.truth, verdict.case.kind, verdict.source, verdict.raw, verdict.cap, right)
