#!/usr/bin/env python3
"""What Presidio's own recognizers must and must not find, by its unit tests: Presidio's recognizers and ours, one scorer.

    python benchmarks/presidio_parity.py [--data DIR] [--misses | --markdown]

Reads `span_presidio_unit_tests.jsonl` from DIR, by default the folder `shared/data` beside the checkout; it is not part of the
project. Each text is given to the recognizers of the entity it is a test of, each recognizer by itself, as the unit tests do:
a must is met when every span is found exactly, a must-not when nothing is. Left out: names (`PERSON`), which need a model, and dates
that are nobody's birth date (`DATE_TIME`), which are no personal data here.

What ours answer otherwise and mean to stands in `presidio_disputed.toml`, each with the reason and a source: numbers whose
check digits are wrong, addresses that are no machine's, numbers glued to the word before them by a slip of the test.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from presidio_analyzer import EntityRecognizer

from pii_scan.finder import Finder
from pii_scan.presidio import engine
from pii_scan.recognizers import upstream
from pii_scan.registry import InstalledRules, recognizer_parts

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NEWER = dict.fromkeys(("PH_MOBILE_NUMBER", "TR_PHONE_NUMBER"), ("PHONE_NUMBER", "PHONE_DIGITS"))
"""Entities that the file has and the installed Presidio has not yet; who finds them here."""
DISPUTED = Path(__file__).with_name("presidio_disputed.toml")
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


@dataclass(frozen=True, slots=True)
class Miss:
    """A text that ours get wrong, and what the test wants: `find` or `quiet`."""

    entity: str
    wanted: str
    text: str

    def __str__(self) -> str:
        return f"{self.entity} {'misses' if self.wanted == 'find' else 'finds'}: {self.text!r}"


def disputed() -> dict[tuple[str, str], dict[str, str]]:
    """What an authority says against a test, by entity and what the test wants."""
    return {(row["entity"], row["says"]): row for row in tomllib.loads(DISPUTED.read_text("utf-8"))["disputed"]}


def examples(data: Path = DATA) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (data / "span_presidio_unit_tests.jsonl").read_text("utf-8").splitlines()]


def measure(rows: Iterable[Mapping[str, Any]], misses: list[Miss] | None = None) -> dict[str, tuple[Score, Score]]:
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
            misses.append(Miss(entity, "find" if wanted else "quiet", row["text"]))
    return dict(scores)


def found_all_the_same(data: Path, misses: Iterable[Miss]) -> tuple[int, int]:
    """Of the texts that the recognizers of their entity miss: in how many our finder, without a model, finds all that must be."""
    parts, catalogue = InstalledRules().load()
    finder = Finder(engine(parts, catalogue.entities, ner=False), catalogue)
    wanted = {(row["entity"], row["text"]): row["spans"] for row in examples(data) if row["spans"]}
    texts = [(miss.entity, miss.text) for miss in misses if miss.wanted == "find" and miss.entity not in NEWER]
    found = 0
    for key, spans_there in zip(texts, finder([text for _, text in texts]), strict=True):
        got = [(span.start, span.end) for span in spans_there or ()]
        must = [(span["start"] + 1, span["end"] - 1) for span in wanted[key]]  # some wanted spans take in a blank or a quote
        found += all(any(start <= low and end >= high for start, end in got) for low, high in must)
    return found, len(texts)


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
    arguments.add_argument("--markdown", action="store_true", help="print the sums and what is disputed, for docs/accuracy.md")
    given = arguments.parse_args()
    misses: list[Miss] = []
    scores = measure(examples(given.data), misses)
    if given.markdown:
        print(as_markdown(scores, misses))
        return 0
    for entity, (theirs, ours) in sorted(scores.items()):
        print(f"{entity:28} Presidio {theirs}   pii-scan {ours if ours.must or ours.must_not else '(by the optional part)'}")
    for title, chosen in (("all that Presidio has", scores.keys() - NEWER), ("all", scores.keys())):
        theirs, ours = total(scores, chosen)
        print(f"{title:28} Presidio {theirs}   pii-scan {ours}")
    covered = found_all_the_same(given.data, misses)
    print(
        f"of the {covered[1]} texts there that ours miss, a copy made by default loses {covered[0]} all the same, as something else"
    )
    told = disputed()
    left = [miss for miss in misses if miss.entity not in NEWER and (miss.entity, miss.wanted) not in told]
    print(f"of what ours get wrong there, {len(left)} are told by no row of {DISPUTED.name}")
    if given.misses:
        print("\n".join(map(str, misses)))
    return 0


def total(scores: Mapping[str, tuple[Score, Score]], chosen: Iterable[str]) -> tuple[Score, Score]:
    """Presidio's score and ours over some entities."""
    names = list(chosen)
    theirs, ours = (sum((scores[entity][side] for entity in names), Score()) for side in (0, 1))
    return theirs, ours


def as_markdown(scores: Mapping[str, tuple[Score, Score]], misses: Iterable[Miss]) -> str:
    """The sums, and where ours and the tests differ on purpose."""
    theirs, ours = total(scores, scores.keys() - NEWER)
    counted = Counter((miss.entity, miss.wanted) for miss in misses if miss.entity not in NEWER)
    told = disputed()
    lines = [
        "|  | found, of what must be | quiet, where nothing must be |",
        "| --- | ---: | ---: |",
        *(
            f"| {name} | {score.found} of {score.must} | {score.quiet} of {score.must_not} |"
            for name, score in (("pii-scan", ours), ("Presidio", theirs))
        ),
        "",
        "Where ours and the tests differ, and why ours stay as they are (mostly the publisher of the number says otherwise):",
        "",
        "| Presidio's entity | texts | the test wants | why not | source |",
        "| --- | ---: | --- | --- | --- |",
    ]
    for (entity, wanted), count in sorted(counted.items()):
        row = told.get((entity, wanted), {"why": "**ours are wrong**", "source": ""})
        lines.append(f"| {entity} | {count} | {wanted} | {row['why']} | {row['source']} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
