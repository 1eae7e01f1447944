#!/usr/bin/env python3
"""What Presidio's own recognizers must and must not find, by its unit tests: Presidio's recognizers and ours, one scorer.

    python benchmarks/presidio_parity.py [--data DIR] [--misses]

Reads `span_presidio_unit_tests.jsonl` from DIR, by default the folder `shared/data` beside the checkout; it is not part of the
project. Each text is given to the recognizers of the entity it is a test of, each recognizer by itself, as the unit tests do:
a must is met when every span is found exactly, a must-not when nothing is. Left out: names (`PERSON`), which need a model, and dates
that are nobody's birth date (`DATE_TIME`), which are no personal data here.

What ours miss and mean to: numbers whose check digits are wrong (SG_NRIC_FIN, IN_PAN, DE_TAX_ID, IT_FISCAL_CODE), addresses that are no
machine's (`::`, `0.0.0.0`, broadcast, a net of everything), British passports with letters (they have nine digits), host names without a
scheme (things, and file names look like them), and numbers glued to the word before them by a slip of the test.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from presidio_analyzer import EntityRecognizer

from pii_scan.recognizers import upstream
from pii_scan.registry import recognizer_parts

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NEWER = dict.fromkeys(("PH_MOBILE_NUMBER", "TR_PHONE_NUMBER"), ("PHONE_NUMBER", "PHONE_DIGITS"))
"""Entities that the file has and the installed Presidio has not yet; who finds them here."""
NOT_SCORED = {"PERSON", "PATTERN", "DATE_TIME"}


@dataclass(slots=True)
class Score:
    found: int = 0
    must: int = 0
    quiet: int = 0
    must_not: int = 0

    def add(self, wanted: set[tuple[int, int]], got: set[tuple[int, int]]) -> bool:
        right = wanted <= got if wanted else not got
        if wanted:
            self.must += 1
            self.found += right
        else:
            self.must_not += 1
            self.quiet += right
        return right

    def __add__(self, other: Score) -> Score:
        return Score(self.found + other.found, self.must + other.must, self.quiet + other.quiet, self.must_not + other.must_not)

    def __str__(self) -> str:
        return f"{self.found:4} of {self.must:4}   quiet {self.quiet:4} of {self.must_not:4}"


def examples(data: Path = DATA) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (data / "span_presidio_unit_tests.jsonl").read_text("utf-8").splitlines()]


def measure(rows: Iterable[Mapping[str, Any]], misses: list[str] | None = None) -> dict[str, tuple[Score, Score]]:
    """By entity: Presidio's score and ours."""
    theirs: dict[str, list[EntityRecognizer]] = defaultdict(list)
    names: dict[str, tuple[str, ...]] = dict(NEWER)
    for row in upstream.rows():
        theirs[row.presidio].append(upstream.make(row))
        names[row.presidio] = (*names.get(row.presidio, ()), *row.ours)
    ours = dict(_ours({name for group in names.values() for name in group}))
    scores: dict[str, tuple[Score, Score]] = defaultdict(lambda: (Score(), Score()))
    for row in rows:
        entity = row["entity"]
        if entity in NOT_SCORED or not (theirs[entity] or names.get(entity)):
            continue
        wanted = {(span["start"], span["end"]) for span in row["spans"]}
        scores[entity][0].add(wanted, spans(theirs[entity], row["text"]))
        mine = [recognizer for name in names.get(entity, ()) for recognizer in ours[name]]
        if mine and not scores[entity][1].add(wanted, spans(mine, row["text"])) and misses is not None:
            misses.append(f"{entity} {'misses' if wanted else 'finds'}: {row['text']!r}")
    return dict(scores)


def spans(recognizers: Iterable[EntityRecognizer], text: str) -> set[tuple[int, int]]:
    nothing: Any = None
    return {
        (found.start, found.end)
        for recognizer in recognizers
        for found in recognizer.analyze(text, recognizer.supported_entities, nothing)
        if found.score > 0
    }


def _ours(wanted: set[str]) -> Iterator[tuple[str, list[EntityRecognizer]]]:
    made: dict[str, list[EntityRecognizer]] = {name: [] for name in wanted}
    for part in recognizer_parts():
        for recognizer in part.recognizers() if not part.optional else ():
            for name in wanted.intersection(recognizer.supported_entities):
                made[name].append(recognizer)
    yield from made.items()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, default=DATA)
    arguments.add_argument("--misses", action="store_true", help="print each text that ours get wrong")
    given = arguments.parse_args()
    misses: list[str] = []
    scores = measure(examples(given.data), misses)
    for entity, (theirs, ours) in sorted(scores.items()):
        print(f"{entity:28} Presidio {theirs}   pii-scan {ours if ours.must or ours.must_not else '(by the optional part)'}")
    for title, chosen in (("all that Presidio has", scores.keys() - NEWER), ("all", scores.keys())):
        theirs, ours = (sum((scores[entity][side] for entity in chosen), Score()) for side in (0, 1))
        print(f"{title:28} Presidio {theirs}   pii-scan {ours}")
    if given.misses:
        print("\n".join(misses))
    return 0


if __name__ == "__main__":
    sys.exit(main())
