#!/usr/bin/env python3
"""Fits the lines of pii_scan/calibration.toml, one for each source of evidence, and says how well they hold on tables not fitted on.

    python benchmarks/fit.py [--data DIR] [--write | --check]

Each column of the tuning sets, of tests/hard_columns and of benchmarks/nameless is an example, in the situations of
benchmarks/examples.py. A line of three pieces is fitted by logistic regression, drawn towards the line that changes nothing; of
columns that were chosen for looking like somebody's, four count as one. It is judged on folds that share no source of tables. `--write` writes the table, `--check` fails where it is stale.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]  # the checkout, from which this is run

from benchmarks import owned  # noqa: E402
from benchmarks.examples import SITUATIONS, Example, Situation, examples  # noqa: E402
from benchmarks.judge import Judge  # noqa: E402
from benchmarks.promises import EDGES  # noqa: E402
from benchmarks.scoring import calibration_error, reliability  # noqa: E402
from benchmarks.sets import DATA  # noqa: E402
from benchmarks.tables import Table, as_text  # noqa: E402
from pii_scan.calibration import AS_SUMMED, LEAST, LIKELY, TABLE, TOLD, Line, Source, probability  # noqa: E402

Floats = npt.NDArray[np.float64]
FOLDS = 10
DRAWN = 1.0
"""How strongly a line is drawn towards the one that changes nothing, in examples of doubt."""
FEET = (0.0, 0.3, 0.6, 1.0)
"""How far before the knee the line may begin to be steep."""
KNEES: Mapping[Source, Floats] = {
    "both": np.array([LIKELY]),
    "name": np.array([LIKELY]),
    "values": np.arange(0.35, 1.7, 0.1),
    "against": np.arange(LIKELY, 1.7, 0.1),
}
"""Sums that are tried as the knee. Names of columns come from few sources, however many there are: what is likely with a name is what is so
as summed, whatever the fit, and none makes likely against a name what is not."""
TOPS = np.arange(1.2, 3.3, 0.4)
CHOSEN = {owned.THINGS_SET: 0.25}
"""What a column counts that was chosen for its looks: among those of a stranger's database that are nobody's, one in four is such."""
FLATTEST, STEEPEST = 0.2, 4.0
"""The least slope and the most: a surer sum is never a less sure verdict, and no step is a cliff."""
MOST = 3.3
"""A surer sum counts as this one: a fit must not hang on the labels of a few columns that look like what they are not."""
TOLERANCE = 0.35
"""By how much the log-odds that a line makes of a sum may differ from a new fit before the table is stale."""
HEAD = """\
# How log-odds that were summed up from evidence become log-odds that hold, by what a verdict rests on: a line of three pieces.
# Written by benchmarks/fit.py from {count} labelled columns.
"""

Lines = Mapping[Source, Line]
Pair = tuple[float, bool, float]
"""A sum of evidence, whether it was right, and how much the column counts."""


def main() -> int:
    """Fit, print, and write or check the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--write", action="store_true")
    options.add_argument("--check", action="store_true")
    chosen = options.parse_args()
    if not chosen.data.is_dir():
        print(f"no labelled data at {chosen.data}", file=sys.stderr)
        return 2
    known = [one for one in examples(Judge(), chosen.data) if abs(one.raw) < math.inf]
    lines = fitted(known)
    print(as_text(reported(known, crossed(known))))
    print(as_toml(lines, len(known)))
    if chosen.write:
        TABLE.write_text(as_toml(lines, len(known)), "utf-8")
    return int(chosen.check and stale(lines))


def fitted(known: Iterable[Example]) -> Lines:
    """The line of each source."""
    by_source: dict[Source, list[Pair]] = defaultdict(list)
    for one in known:
        if one.cap == 1.0 and one.raw >= LEAST:
            by_source[one.source].append((min(one.raw, MOST), one.right, CHOSEN.get(one.truth.set, 1.0)))
    return {source: line_of(by_source[source], KNEES[source]) for source in TOLD}


def line_of(pairs: Sequence[Pair], knees: Floats) -> Line:
    """The likeliest line for (log-odds, right, weight), drawn a little towards the one that changes nothing."""
    if not pairs:
        return AS_SUMMED
    raw, right, counts = (np.array(side, float) for side in zip(*pairs, strict=True))
    bends = [(knee - foot, knee, top) for knee in knees for foot in FEET for top in TOPS if top > knee]
    return min((bent(raw, right, counts, bend) for bend in bends), key=lambda found: found[0])[1]


def bent(raw: Floats, right: Floats, counts: Floats, bends: tuple[float, float, float]) -> tuple[float, Line]:
    """The best slopes of the pieces between foot, knee and top by Newton's method, and what they cost."""
    foot, knee, top = bends
    terms = np.stack([np.minimum(0.0, raw - foot), np.clip(raw, foot, top) - knee, np.maximum(0.0, raw - top)], axis=1)
    slopes = np.ones(3)
    for _ in range(30):
        held = 1 / (1 + np.exp(-LIKELY - terms @ slopes))
        gradient = terms.T @ (counts * (held - right)) + DRAWN * (slopes - 1)
        curvature = (terms * (counts * held * (1 - held))[:, None]).T @ terms + DRAWN * np.eye(3)
        step = np.linalg.solve(curvature, gradient)
        slopes = np.clip(slopes - step, FLATTEST, STEEPEST)
        if np.abs(step).sum() < 1e-6:
            break
    log_odds = LIKELY + terms @ slopes
    cost = (counts * np.logaddexp(0.0, np.where(right > 0, -log_odds, log_odds))).sum()
    drawn = DRAWN / 2 * (((slopes - 1) ** 2).sum() + (knee - AS_SUMMED.knee) ** 2)
    return float(cost + drawn), Line(*map(float, (*bends, *slopes)))


def crossed(known: Sequence[Example]) -> list[float]:
    """The probability of each example by lines that were fitted without its fold."""
    folds = [crc32(one.fold.encode()) % FOLDS for one in known]
    lines = [fitted(one for one, of in zip(known, folds, strict=True) if of != fold) for fold in range(FOLDS)]
    return [capped(one, probability(lines[of][one.source].at(one.raw))) for one, of in zip(known, folds, strict=True)]


def crossed_errors(known: Sequence[Example], sets: Iterable[str]) -> dict[Situation, float]:
    """The error in each situation on the columns of some sets, by lines that were fitted without their folds."""
    held = list(zip(known, crossed(known), strict=True))
    return {
        situation: told_error((sure, one.right) for one, sure in held if one.situation == situation and one.truth.set in sets)
        for situation in SITUATIONS
    }


def capped(one: Example, sure: float) -> float:
    """A sign stays a sign."""
    return min(sure, one.cap)


def reported(known: Sequence[Example], held: Sequence[float]) -> Table:
    """The expected calibration error by source and situation: as summed, and on folds that were not fitted on."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(known):
        for name in (TOLD[one.source], f"{one.truth.set}, {one.situation}", f"all, {one.situation}"):
            groups[name].append(place)
    order = [*TOLD.values(), *(f"all, {situation}" for situation in SITUATIONS)]
    rows = []
    for name in [*order, *sorted(groups.keys() - set(order))]:
        before = [(capped(known[place], probability(known[place].raw)), known[place].right) for place in groups[name]]
        after = [(held[place], known[place].right) for place in groups[name]]
        rows.append([name, str(len(after)), *(f"{told_error(pairs):.3f}" for pairs in (before, after)), sure_ones(after)])
    return Table(
        "Calibration, on folds that share no source of tables",
        ["examples of", "columns", "error as summed", "error fitted", "right at likely"],
        rows,
        "The expected calibration error of what is told (a probability of 0.10 and more); the share that is right from 0.70 on.",
    )


def told_error(pairs: Iterable[tuple[float, bool]]) -> float:
    """The expected calibration error of what is told."""
    return calibration_error([one for one in reliability(pairs, EDGES) if one.low >= 0.1])


def sure_ones(pairs: Iterable[tuple[float, bool]]) -> str:
    """How many of the likely ones are right."""
    sure = [right for held, right in pairs if held >= 0.7]
    return f"{sum(sure)} of {len(sure)}"


def as_toml(lines: Lines, count: int) -> str:
    """The table as it is shipped."""
    parts = [
        f"\n[{source}]  # {TOLD[source]}\n" + "".join(f"{name} = {value:.2f}\n" for name, value in line._asdict().items())
        for source, line in lines.items()
    ]
    return HEAD.format(count=count) + "".join(parts)


def stale(lines: Lines) -> bool:
    """Whether the shipped table differs from a new fit by more than rounding and a few columns would explain."""
    from pii_scan.calibration import lines as shipped

    far = [
        source
        for source, line in lines.items()
        if max(abs(line.at(raw) - shipped()[source].at(raw)) for raw in np.arange(LEAST, MOST, 0.1)) > TOLERANCE
    ]
    print(f"stale: {', '.join(far)}" if far else "the shipped table agrees")
    return bool(far)


if __name__ == "__main__":
    sys.exit(main())
