#!/usr/bin/env python3
"""How many special-category columns are seen, with their names and without, and how many look-alikes are flagged.

    python benchmarks/special.py [--misses] [--half even|odd]

Reads the invented columns of `tests/recognizers/*_columns.txt`. `--half` looks at every second column only, so that the
other half stays unseen while lists are being written.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.judge import Judge, together
from pii_scan.model import Finding

TABLES = Path(__file__).resolve().parents[1] / "tests" / "recognizers"
UNTOLD = "c7"
"""A column name that says nothing."""


def rows(name: str) -> list[list[str]]:
    """The fields of each line of a table of columns; the last field is the values."""
    lines = (TABLES / f"{name}_columns.txt").read_text("utf-8").splitlines()
    return [[part.strip() for part in line.split(" | ")] for line in lines if line and not line.startswith("#")]


def best(found: Iterable[Finding], kind: str = "") -> str:
    """The surest band in which a special category is found: that of the kind, or any."""
    return next((finding.band for finding in found if finding.article and (not kind or finding.kind == kind)), "-")


class Asked(NamedTuple):
    """A column by itself, each value as often as it stands there."""

    name: str
    values: str
    table: str = "t"


def judged(judge: Judge, asked: Sequence[Asked]) -> list[list[Finding]]:
    """The findings on each column; all are classified in one call, as a scan does."""
    parts = []
    for place, column in enumerate(asked):
        seen = judge.evidence(column.table, {column.name: column.values.split("; ")})
        parts.append(
            replace(seen, columns={replace(at, source=str(place)): what for at, what in seen.columns.items()}, tables={})
        )
    found: list[list[Finding]] = [[] for _ in asked]
    for finding in judge.classified(together(parts)):
        found[int(finding.column.source)].append(finding)
    return found


def report(title: str, bands: Sequence[str]) -> None:
    """A line for one suite."""
    sure = sum(band in {"certain", "likely"} for band in bands)
    seen = sure + bands.count("possible")
    print(f"{title:28} {len(bands):4}  likely+ {sure / len(bands):.3f}  possible+ {seen / len(bands):.3f}  {Counter(bands)}")


def show(title: str, asked: Sequence[tuple[Asked, str]], judge: Judge, expected: set[str], *, misses: bool) -> None:
    """A line for one suite of columns, each with the kind that is looked for (none for any), and those that are not as expected."""
    found = judged(judge, [column for column, _ in asked])
    bands = [best(findings, kind) for (_, kind), findings in zip(asked, found, strict=True)]
    for (column, kind), findings, band in zip(asked, found, bands, strict=True):
        if misses and band not in expected:
            print(f"  {title}: {kind} {column.table}.{column.name}: {[(one.kind, one.band) for one in findings]}")
    report(title, bands)


def main() -> int:
    """Print recall and false flags."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--half", choices=("even", "odd"))
    chosen = parser.parse_args()
    judge = Judge(ner=False)
    start, step = {"even": (0, 2), "odd": (1, 2), None: (0, 1)}[chosen.half]
    told, signs, alike = (rows(name)[start::step] for name in ("special", "sign", "lookalike"))
    sure, unflagged = {"certain", "likely"}, {"-", "undetermined"}
    words = [(Asked(UNTOLD, values), kind) for _, kind, form, _, values in told if form == "words"]
    suites: tuple[tuple[str, list[tuple[Asked, str]], set[str]], ...] = (
        ("special, by name and values", [(Asked(name, values), kind) for _, kind, _, name, values in told], sure),
        ("special, by values alone", words, sure),
        ("signs", [(Asked(name, values), kind) for _, kind, name, values in signs], {"possible"}),
        ("look-alikes", [(Asked(name, values, table), "") for table, name, values in alike], unflagged),
        ("look-alikes, values alone", [(Asked(UNTOLD, values), "") for _, _, values in alike], {*unflagged, "possible"}),
    )
    for title, asked, expected in suites:
        show(title, asked, judge, expected, misses=chosen.misses)
    return 0


if __name__ == "__main__":
    sys.exit(main())
