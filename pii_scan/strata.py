"""What is counted while a unit is read: the strata of a column, and what their examined texts showed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add
from typing import NamedTuple

from pii_scan.model import Tally, Texture

Outcome = tuple[bool, bool, frozenset[str]]
"""Whether a text has the shape that a recognizer looks for, whether as a whole, and the entities that it is as a whole."""

ALIKE = 4
"""Texts of one sort of which a recognizer without a rule says the same before it is taken at its word."""
STRATA = 4_096
"""Sorts of text kept apart in one column and unit; in further ones each recognizer looks by itself."""
_DIGIT = re.compile(r"\d")
_SENTENCE = 20
"""Characters that a sentence has at least."""


class Looks(NamedTuple):
    """How many distinct texts of a column are examined in a unit. The units of one table share them: their evidence adds up."""

    stratum: int = 24
    """Texts of one sort that recognizers examine."""
    column: int = 160
    """Texts that they examine before further sorts are held to few of them."""
    known: int = 64
    """Texts after which a recognizer with a loose check is asked of no further sorts of sentences."""
    sample: int = 1_000
    """Texts that word lists and the texture measure."""

    def shared(self, units: int) -> Looks:
        """The part of one of so many units: enough by itself to tell chance from a check."""
        return Looks(*(max(least, most // units) for least, most in zip(LEAST, self, strict=True)))


WHOLE = Looks()
"""Those of a column that is read in one unit."""
LEAST = Looks(stratum=8, column=48, known=16, sample=250)
"""Those of each unit, however many there are."""


@dataclass(slots=True)
class Stratum:
    """The texts of a column that the same recognizers could match."""

    cells: int = 0
    examined: int = 0
    examined_cells: int = 0
    fitting: dict[str, list[int]] = field(default_factory=dict)
    """By entity: examined texts of its very shape, and their cells; those that have it as a whole, and their cells."""
    passed: dict[str, int] = field(default_factory=dict)
    passed_cells: dict[str, int] = field(default_factory=dict)
    whole: dict[str, list[int]] = field(default_factory=dict)
    """By entity: examined texts that are it and nothing else, and their cells."""
    clear: dict[str, int] = field(default_factory=dict)
    foreseen: dict[int, Outcome] = field(default_factory=dict)
    """By place of a recognizer that knows forms only: what it says of each text, once it has said so of `ALIKE`."""
    _first: dict[int, list[Outcome | None]] = field(default_factory=dict)
    """By place of such a one: what it said of the first texts; None where it found a part of one."""
    passed_over: frozenset[int] = frozenset()
    """Places of recognizers that were not asked of it, since they had seen enough of the column."""

    def unsaid(self, place: int) -> int:
        """How many more texts such a recognizer is asked of before it is taken at its word, or not."""
        return ALIKE - len(self._first.get(place, ()))

    def said(self, place: int, outcome: Outcome | None) -> None:
        """A recognizer that knows forms only has said this of a text; None where it found a part of it."""
        first = self._first.setdefault(place, [])
        if len(first) < ALIKE:
            first.append(outcome)
            if outcome and first.count(outcome) == ALIKE:
                self.foreseen[place] = outcome

    def fits(self, shaped: Mapping[str, bool], whole: Container[str], cells: int) -> None:
        """An examined text has the shapes of these entities, in a part of it or as a whole; and is some of them."""
        fitting = self.fitting
        for entity, wholly in shaped.items():
            seen = fitting.get(entity)
            if seen is None:
                seen = fitting[entity] = [0, 0, 0, 0]
            seen[0] += 1
            seen[1] += cells
            if wholly or entity in whole:
                seen[2] += 1
                seen[3] += cells

    def passes(self, entity: str, cells: int) -> None:
        """An examined text holds the entity."""
        self.passed[entity] = self.passed.get(entity, 0) + 1
        self.passed_cells[entity] = self.passed_cells.get(entity, 0) + cells

    def is_wholly(self, entity: str, cells: int) -> None:
        """An examined text is the entity and nothing else."""
        counted(self.whole, entity, cells)

    def tally(self, entity: str, scale: float) -> tuple[int, ...]:
        """The fields of a `Tally`: a stratum's cells are projected from the texts examined, all of them where they are few."""
        texts, fitting, tried, forms = self.fitting.get(entity, (0, 0, 0, 0))
        whole, whole_cells = self.whole.get(entity, (0, 0))
        all_of_it = self.cells * scale / max(1, self.examined_cells)
        return (
            round(fitting * all_of_it),
            texts,
            self.passed.get(entity, 0),
            whole,
            round(self.passed_cells.get(entity, 0) * all_of_it),
            self.clear.get(entity, 0),
            round(forms * all_of_it),
            tried,
            round(whole_cells * all_of_it),
        )


@dataclass(slots=True)
class Watch:
    """One column path while a unit is read."""

    type: str
    at_most: Looks = WHOLE
    by_name: tuple[int, ...] = ()
    """Places of the recognizers that the column's name brings in."""
    cells: int = 0
    nulls: int = 0
    seen: int = 0
    """Non-empty cells whose text was looked at; below `cells - nulls` where the type settles the rest."""
    registers: bytes = b""
    strata: dict[tuple[int, ...], Stratum] = field(default_factory=dict)
    examined: int = 0
    looks: Counter[int] = field(default_factory=Counter)
    """By place: examined texts that the recognizer could match."""
    sampled: int = 0
    sampled_cells: int = 0
    listed: dict[str, list[int]] = field(default_factory=dict)
    """By entity: distinct texts and cells of the sample that a word list holds."""
    _texture: list[int] = field(default_factory=lambda: [0] * 6)
    prose_cells: int = 0
    long: int = 0
    masked: dict[str, set[str]] = field(default_factory=dict, repr=False)

    def of(self, sort: tuple[int, ...]) -> list[tuple[tuple[int, ...], Stratum]]:
        """The stratum of a sort; where there are too many, one for each of its recognizers."""
        sorts = (sort,) if sort in self.strata or len(self.strata) < STRATA else tuple((place,) for place in sort)
        return [(one, self.strata.setdefault(one, Stratum())) for one in sorts]

    def measure(self, text: str, cells: int, listed: Iterable[str]) -> None:
        """A text of the sample: its texture, and the word lists that hold it."""
        self.sampled += 1
        self.sampled_cells += cells
        for entity in listed:
            counted(self.listed, entity, cells)
        prose = is_prose(text)
        if prose:
            self.prose_cells += cells
        digits = _DIGIT.search(text) is not None
        seen = (1, len(text.split()), len(text), prose, digits and _is_number(text), not digits)
        self._texture = [*map(add, self._texture, seen)]

    @property
    def texture(self) -> Texture:
        """What the texts of the sample look like."""
        return Texture(*self._texture)

    def tallies(self, entities: Sequence[tuple[str, ...]]) -> dict[str, Tally]:
        """By entity what the strata and the sample showed; `entities` are those of each recognizer's place."""
        filled = self.cells - self.nulls
        scale = filled / self.seen if self.seen else 1.0
        sums: dict[str, list[int]] = {}
        asked: Counter[str] = Counter()
        passed_over: Counter[str] = Counter()
        for sort, stratum in self.strata.items():
            names = _names((place for place in sort if place not in stratum.passed_over), entities)
            for entity in names:
                tally = stratum.tally(entity, scale)
                sums[entity] = [*map(add, sums[entity], tally)] if entity in sums else [*tally]
                asked[entity] += stratum.cells
            passed_over.update(dict.fromkeys(_names(stratum.passed_over, entities) - names, stratum.cells))
        found = {entity: Tally(*fields) for entity, fields in sums.items()}
        for entity in passed_over:
            found[entity] = found[entity].times(1 + passed_over[entity] / max(1, asked[entity]))
        for entity, (texts, cells) in self.listed.items():
            projected = round(cells * filled / self.sampled_cells)
            found[entity] = found.get(entity, Tally()) + Tally(projected, self.sampled, texts, texts, projected)
        return found


def counted(seen: dict[str, list[int]], entity: str, cells: int) -> None:
    """One more text and its cells, beside an entity."""
    counts = seen.setdefault(entity, [0, 0])
    counts[0] += 1
    counts[1] += cells


def _names(places: Iterable[int], entities: Sequence[tuple[str, ...]]) -> set[str]:
    return {name for place in places for name in entities[place]}


def is_prose(text: str) -> bool:
    """Whether it reads as a sentence: six words, three of them in small letters, or forty letters of a script without spaces."""
    if len(text) < _SENTENCE:
        return False
    split = text.split()
    if len(split) >= 6:
        small = sum(1 for word in split if len(word) > 2 and word[0].isalpha() and not word[0].isupper())
        return small >= 3
    return len(text) >= 40 and not text.isascii() and len(split) <= len(text) // 20 and text[0].isalpha()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
