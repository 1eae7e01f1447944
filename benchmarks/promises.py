"""Is 0.9 really 90 %? The probabilities of our findings against what was true, in each situation that a column can be in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise

from benchmarks.examples import SITUATIONS, Situation, verdict_is_right
from benchmarks.scoring import Bin, calibration_error, reliability
from benchmarks.sets import CELLS, NAMES, TABLES, Labelled
from benchmarks.tables import Table
from pii_scan.model import Finding

EDGES = (0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Bins of probability; the bands begin at 0.10, 0.35, 0.70 and 0.95."""

Promises = Mapping[Situation, Sequence[tuple[Labelled, Finding]]]
"""The surest finding on each column that has any, by situation."""


def of_calibration(promises: Promises, crossed: Mapping[Situation, float]) -> Table:
    """The reliability curve of each situation, its error, and the error on sources of tables that were not fitted on."""
    known = [situation for situation in SITUATIONS if situation in promises]
    bins = {of: calibration(promises[of], family=True) for of in known}
    head = ["probability", *(f"{of}: {what}" for of in known for what in ("columns", "promised", "right"))]
    rows = [
        [f"{low:.2f}-{high:.2f}", *(cell for of in known for cell in _cells(bins[of], low))]
        for low, high in pairwise(EDGES)
        if any(one.low == low for side in bins.values() for one in side)
    ]
    errors = [(str(sum(one.size for one in bins[of])), "", f"{calibration_error(bins[of]):.3f}") for of in known]
    rows.append(["expected calibration error", *chain.from_iterable(errors)])
    if crossed:
        rows.append(["on sources not fitted on", *(cell for of in known for cell in ("", "", _error(crossed.get(of))))])
    return Table(
        "Is 0.9 really 90 %?",
        head,
        rows,
        f"The surest finding of pii-scan on each scored column of {TABLES} and {CELLS}, whatever its band: as the columns are, by their "
        f"names alone (their cells taken away; with {NAMES}), and by their values alone (called `c7`, `c8` ...). It is *right* where its "
        "kind shares the family of a right one (first and last names, city and region ...): that is what the probability is of. The "
        "probabilities are calibrated by `benchmarks/fit.py`; its last row is measured on folds that share no source of tables with "
        "what was fitted.",
    )


def calibration(verdicts: Iterable[tuple[Labelled, Finding]], *, family: bool = False) -> list[Bin]:
    """The bins of a reliability curve; a finding that the set cannot judge is left out."""
    judged: list[tuple[float, bool]] = []
    for truth, finding in verdicts:
        right = verdict_is_right(truth, finding.kind)
        if right is not None:
            exact = truth.personal if truth.set == NAMES else finding.kind in truth.accepts
            judged.append((finding.probability, right if family else exact))
    return reliability(judged, EDGES)


def _cells(bins: Iterable[Bin], low: float) -> tuple[str, str, str]:
    one = next((one for one in bins if one.low == low), None)
    return (str(one.size), f"{one.promised:.3f}", f"{one.kept:.3f}") if one else ("-", "-", "-")


def _error(error: float | None) -> str:
    return "-" if error is None else f"{error:.3f}"
