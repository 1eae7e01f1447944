"""The word lists: special categories, names, places, and the words of a person's life."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from unicodedata import unidata_version

from pii_scan.contracts import Part
from pii_scan.model import Entity, Proof
from pii_scan.shelf import read_table, remembered

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

    from pii_scan.recognizers.one_name import Sort

_THEMES = ("health", "belief", "origin", "body", "life", "names", "places", "attributes")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One row of the lexicon tables: an entity, its words, and samples of what it finds."""

    entity: Entity
    score: float
    words: tuple[str, ...]
    """Found anywhere in a text; `*` lets letters follow."""
    cells: tuple[str, ...]
    """Found as the whole cell only."""
    lists: tuple[str, ...]
    """Shipped text files of further whole cells."""
    shapes: tuple[str, ...]
    """RE2 patterns found anywhere in a text."""
    match: tuple[str, ...]
    reject: tuple[str, ...]
    like: str = ""
    """The sort of name (`given`, `family`) whose likes count in a column's sample beside the cells of the lists."""


def part() -> Part:
    """Entities told by word lists; the lists themselves load when the recognizers are made."""
    return Part(
        name="lexicons",
        entities=tuple(lexicon.entity for lexicon in lexicons()),
        recognizers=recognizers,
        check=check,
    )


@lru_cache(maxsize=1)
def lexicons() -> tuple[Lexicon, ...]:
    """Every row of the lexicon tables, in the order of the files."""
    return tuple(_lexicon(row) for theme in _THEMES for row in _read(theme))


def recognizers() -> Iterable[EntityRecognizer]:
    """Two recognizers at most for each row: words within texts, and whole cells; then full names."""
    from pii_scan.recognizers.full_name import FullNameRecognizer

    made = [recognizer for lexicon in lexicons() for recognizer in _recognizers(lexicon)]
    first, last, affixes = map(listed, ("FIRST_NAME", "LAST_NAME", "NAME_AFFIX"))
    return [*made, FullNameRecognizer(first, last, affixes, listed("CITY", "REGION", "COUNTRY"))]


def check() -> Iterator[str]:
    """One line for each sample that is not found though it should be, or found though it should not."""
    found_by: dict[str, list[Any]] = {}
    for recognizer in recognizers():
        found_by.setdefault(recognizer.supported_entities[0], []).append(recognizer)
    for lexicon in lexicons():
        name = lexicon.entity.name
        if not lexicon.match or not lexicon.reject:
            yield f"{name}: a row needs samples to match and to reject"
        for samples, expected in ((lexicon.match, True), (lexicon.reject, False)):
            for place, sample in enumerate(samples, start=1):
                if any(recognizer.analyze(sample, [name], None) for recognizer in found_by[name]) != expected:
                    yield f"{name}: sample {place} to {'match' if expected else 'reject'} fails"


def _recognizers(lexicon: Lexicon) -> Iterator[EntityRecognizer]:
    from pii_scan.recognizers.lexicon import LexiconRecognizer
    from pii_scan.recognizers.one_name import OneNameRecognizer

    if lexicon.words or lexicon.shapes:
        pattern = _worked_out()["prefilters"].get("\n".join((*lexicon.words, "", *lexicon.shapes)), "")
        yield LexiconRecognizer(
            lexicon.entity.name, words=lexicon.words, shapes=lexicon.shapes, score=lexicon.score, pattern=pattern
        )
    if lexicon.cells or lexicon.lists:
        terms = listed(lexicon.entity.name)
        if lexicon.like:
            yield OneNameRecognizer(lexicon.entity.name, cast("Sort", lexicon.like), terms, lexicon.score)
        else:
            yield LexiconRecognizer(lexicon.entity.name, terms=terms, score=lexicon.score)


@lru_cache(maxsize=64)
def listed(*entities: str) -> frozenset[str]:
    """The whole cells of the rows of some entities, as `term` makes them; remembered, since several recognizers share a list."""
    if len(entities) > 1:
        return frozenset(chain.from_iterable(map(listed, entities)))
    lists = [name for lexicon in lexicons() if lexicon.entity.name == entities[0] for name in lexicon.lists]
    return frozenset(chain(_worked_out()["cells"].get(entities[0], ()), *map(_word_list, lists)))


@lru_cache(maxsize=1)
def _worked_out() -> Mapping[str, Mapping[str, Any]]:
    """What is made of the words of all rows: by words and shapes a prefilter, by entity the cells as `term` makes them."""
    from pii_scan.recognizers import lexicon as room

    def make() -> dict[str, dict[str, Any]]:
        worded = [row for row in lexicons() if row.words or row.shapes]
        cells: dict[str, dict[str, None]] = {}
        for row in lexicons():
            typed = list(map(room.term, row.cells))
            cells.setdefault(row.entity.name, {}).update(dict.fromkeys([*typed, *map(room.plain, typed)]))
        return {
            "prefilters": {"\n".join((*row.words, "", *row.shapes)): room.prefilter(row.words, row.shapes) for row in worded},
            "cells": {name: list(found) for name, found in cells.items()},
        }

    code = [Path(file).read_text("utf-8") for file in (__file__, room.__file__)]
    return cast("dict[str, Any]", remembered("\n".join((unidata_version, *code, *map(_text, _THEMES))), make))


def _word_list(name: str) -> list[str]:
    """A shipped list, one word a line, already as `term` makes them and with accents taken off beside those with."""
    return (files("pii_scan.recognizers") / f"lexicon_{name}.txt").read_text("utf-8").splitlines()


@lru_cache(maxsize=16)
def _text(theme: str) -> str:
    return (files("pii_scan.recognizers") / f"lexicon_{theme}.toml").read_text("utf-8")


def _read(theme: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", read_table(_text(theme))["lexicon"])


def _lexicon(row: Mapping[str, Any]) -> Lexicon:
    entity = Entity(
        name=row["entity"],
        kind=row["kind"],
        proof=cast("Proof", row.get("proof", "name")),
        label=row["label"],
        headers=tuple(row.get("headers", ())),
        source=row["source"],
        suggests=row.get("suggests", False),
    )
    return Lexicon(
        entity=entity,
        score=row.get("score", 0.5),
        words=_split(row.get("words", {})),
        cells=_split(row.get("cells", {})),
        lists=tuple(row.get("lists", ())),
        shapes=tuple(row.get("shapes", ())),
        like=row.get("like", ""),
        match=tuple(row.get("match", ())),
        reject=tuple(row.get("reject", ())),
    )


def _split(by_language: Mapping[str, str]) -> tuple[str, ...]:
    words = (" ".join(word.split()) for text in by_language.values() for word in text.split(","))
    return tuple(dict.fromkeys(word for word in words if word))
