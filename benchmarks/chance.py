#!/usr/bin/env python3
"""Measure `chance`: the share of random text of a row's shape that its validator accepts.

    python benchmarks/chance.py            # a table of every row that has a validator
    python benchmarks/chance.py --check    # exit with 1 where the tables say something else
    python benchmarks/chance.py ES_NIF     # some rows only

Random text is drawn from the shape itself (or from `like`, where the row names wider shapes that it could be mistaken
for): every character class evenly, every alternative and repetition evenly. The seed is fixed, the numbers repeat.
"""

from __future__ import annotations

import argparse
import random
import string
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from re import _parser as parser  # type: ignore[attr-defined]  # the only reader of patterns in the standard library

import regex
from presidio_analyzer import EntityRecognizer

from pii_scan.model import Entity
from pii_scan.recognizers import catalogue, documents, generic, identifiers, phones, secrets
from pii_scan.recognizers.catalogue import Row

DRAWS = 20_000
PRINTABLE = string.ascii_letters + string.digits + " .-_/"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("entities", nargs="*")
    arguments.add_argument("--check", action="store_true", help="compare with the tables")
    arguments.add_argument("--draws", type=int, default=DRAWS)
    given = arguments.parse_args()
    wrong = 0
    for entity, measure in measures():
        if given.entities and entity.name not in given.entities:
            continue
        found = measure(given.draws)
        off = not agrees(entity.chance, found, given.draws)
        wrong += off
        if off or not given.check:
            print(f"{entity.name:28} {found:8.4f}   table {entity.chance:8.4f} {'  <-- differs' if off else ''}", flush=True)
    return 1 if given.check and wrong else 0


def measures() -> Iterator[tuple[Entity, Callable[[int], float]]]:
    """Every entity whose chance is a measured number, and what measures it."""
    for row in catalogue.load(*identifiers.FILES, *generic.FILES, *secrets.FILES, *documents.FILES):
        if row.validator or row.like:
            yield row.entity, partial(chance, row)
    for recognizer in phones.part().recognizers():
        yield recognizer.entity, partial(telephone_chance, recognizer)


def chance(row: Row, draws: int = DRAWS) -> float:
    """The share of random texts in which the row finds its entity, whole."""
    own = [regex.compile(shape, row.flags) for shape in row.shapes] if row.like else []
    rule = row.rule

    def passes(text: str) -> bool:
        return (not own or any(pattern.fullmatch(text) for pattern in own)) and (rule is None or rule(text))

    return _share(row.entity.name, row.like or row.shapes, passes, draws)


def telephone_chance(recognizer: EntityRecognizer, draws: int = DRAWS) -> float:
    """The same for the two recognizers of telephone numbers, which no table holds."""
    name = recognizer.supported_entities[0]
    return _share(name, phones.LIKE[name], lambda text: bool(recognizer.analyze(text, [name], None)), draws)


def _share(name: str, shapes: Iterable[str], passes: Callable[[str], bool], draws: int) -> float:
    source = random.Random(f"chance:{name}")
    trees = [parser.parse(shape) for shape in shapes]
    return sum(passes(_text(source.choice(trees), source)) for _ in range(draws)) / draws


def agrees(table: float, found: float, draws: int) -> bool:
    """Within five standard errors, or a fifth of the larger one; below two hits in all draws nothing is told apart."""
    error = (max(table, found) / draws) ** 0.5
    return abs(table - found) <= max(5 * error, 0.2 * max(table, found), 2 / draws)


def sample(row: Row, source: random.Random) -> str:
    """One random text of one of the row's own shapes."""
    return _text(parser.parse(source.choice(row.shapes)), source)


def _text(tree: object, source: random.Random) -> str:
    return "".join(_piece(str(name), value, source) for name, value in tree)  # type: ignore[attr-defined]


def _piece(name: str, value: object, source: random.Random) -> str:  # noqa: PLR0911 - one return a construct
    match name, value:
        case "LITERAL", int(code):
            return chr(code)
        case "NOT_LITERAL", int(code):
            return source.choice(PRINTABLE.replace(chr(code), ""))
        case "ANY", _:
            return source.choice(PRINTABLE)
        case "IN", list(members):
            return source.choice(_members(tuple(members)))
        case "MAX_REPEAT" | "MIN_REPEAT", (low, high, inner):
            return "".join(_text(inner, source) for _ in range(source.randint(int(low), min(int(high), int(low) + 64))))
        case "SUBPATTERN", (_, _, _, inner):
            return _text(inner, source)
        case "BRANCH", (_, list(ways)):
            return _text(source.choice(ways), source)
        case "AT", _:
            return ""
    raise ValueError(f"shapes do not use {name}")


@cache
def _members(members: tuple[tuple[object, object], ...]) -> str:
    chars: set[str] = set()
    for name, value in members:
        match str(name), value:
            case "LITERAL", int(code):
                chars.add(chr(code))
            case "RANGE", (int(low), int(high)):
                chars |= {chr(code) for code in range(low, high + 1)}
            case "CATEGORY", category:
                chars |= (
                    set(string.digits) if "DIGIT" in str(category) else set(" ") if "SPACE" in str(category) else set(PRINTABLE)
                )
    negated = any(str(name) == "NEGATE" for name, _ in members)
    return "".join(sorted(set(PRINTABLE) - chars if negated else chars))


if __name__ == "__main__":
    sys.exit(main())
