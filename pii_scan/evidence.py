"""What was seen in some rows: counts only, never a value. Evidence adds up, in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pii_scan.places import Column, Remark, Skipped


@dataclass(frozen=True, slots=True)
class Tally:
    """What one recognizer saw in one column. Adds up."""

    matched: int = 0
    """Cells that the recognizer's shape could match (the prefilter's yes)."""
    examined: int = 0
    """Distinct texts that the recognizer looked at."""
    passed: int = 0
    """Distinct texts in which it found its entity."""
    whole: int = 0
    """Distinct texts that are the entity and nothing else."""
    cells: int = 0
    """Cells that hold it: counted where all were examined, else projected from the share that passed."""
    clear: int = 0
    """Distinct texts among the passed in which nothing else that is checked more strictly was found whole."""
    forms: int = 0
    """Cells, among the matched, that have the shape as a whole: not those in which it stands inside something longer."""
    tried: int = 0
    """Distinct texts, among the examined, that have the shape as a whole."""
    whole_cells: int = 0
    """Cells, among those that hold it, that are the entity and nothing else."""

    def __add__(self, other: Tally) -> Tally:
        """Field by field."""
        return Tally(
            self.matched + other.matched,
            self.examined + other.examined,
            self.passed + other.passed,
            self.whole + other.whole,
            self.cells + other.cells,
            self.clear + other.clear,
            self.forms + other.forms,
            self.tried + other.tried,
            self.whole_cells + other.whole_cells,
        )

    def times(self, scale: float) -> Tally:
        """The same share of more cells, of which no further ones were examined."""
        names = ("matched", "cells", "forms", "whole_cells")
        return replace(self, **{name: round(getattr(self, name) * scale) for name in names})


@dataclass(frozen=True, slots=True)
class Texture:
    """How the distinct texts of a column look: counts that tell values from prose. Adds up."""

    texts: int = 0
    """Distinct texts measured."""
    words: int = 0
    chars: int = 0
    prose: int = 0
    """Texts of six words or more with at least one lower-case word: sentences."""
    numeric: int = 0
    """Texts that are one number."""
    letters: int = 0
    """Texts that hold no digit."""

    def __add__(self, other: Texture) -> Texture:
        """Field by field."""
        return Texture(
            self.texts + other.texts,
            self.words + other.words,
            self.chars + other.chars,
            self.prose + other.prose,
            self.numeric + other.numeric,
            self.letters + other.letters,
        )


@dataclass(frozen=True, slots=True)
class ColumnEvidence:
    """All that is known of one column's cells: counts only."""

    type: str
    """The Arrow type as text; `string` for text."""
    cells: int = 0
    nulls: int = 0
    """Cells that are null or empty; part of `cells`."""
    examined: int = 0
    """Cells whose text went through the prefilter, or whose type settles them; nulls included."""
    registers: bytes = b""
    """HyperLogLog registers of the distinct texts; adds by maximum."""
    texture: Texture = field(default_factory=Texture)
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    """By entity name."""
    masked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Masked examples by entity, only where the user asked for them."""

    def __add__(self, other: ColumnEvidence) -> ColumnEvidence:
        """Counts add, registers take the maximum, masked examples keep the first three in sort order."""
        names = sorted({*self.tallies, *other.tallies})
        none = Tally()
        return ColumnEvidence(
            _wider(self.type, other.type),
            self.cells + other.cells,
            self.nulls + other.nulls,
            self.examined + other.examined,
            _maximum(self.registers, other.registers),
            self.texture + other.texture,
            {name: self.tallies.get(name, none) + other.tallies.get(name, none) for name in names},
            {
                name: tuple(sorted({*self.masked.get(name, ()), *other.masked.get(name, ())})[:3])
                for name in sorted({*self.masked, *other.masked})
            },
        )


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What was read of one table. Adds up."""

    rows: int = 0
    foreign_keys: tuple[tuple[str, str], ...] = ()
    sentences: int = 0
    """Distinct free texts that the NER model was shown."""
    unsigned: int = 0
    """Distinct free texts that it was not shown, since nothing in them looks like a name."""

    def __add__(self, other: TableFacts) -> TableFacts:
        """Counts add; declared keys are joined."""
        return TableFacts(
            self.rows + other.rows,
            tuple(sorted({*self.foreign_keys, *other.foreign_keys})),
            self.sentences + other.sentences,
            self.unsigned + other.unsigned,
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen in some units: counts only, never a value. `Evidence + Evidence` is `Evidence`, in any order."""

    columns: Mapping[Column, ColumnEvidence] = field(default_factory=dict)
    tables: Mapping[tuple[str, str], TableFacts] = field(default_factory=dict)
    """By (source, table)."""
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def __add__(self, other: Evidence) -> Evidence:
        """The evidence of both; the order of addition does not show."""
        columns = dict(self.columns)
        for column, seen in other.columns.items():
            columns[column] = columns[column] + seen if column in columns else seen
        tables = dict(self.tables)
        for key, facts in other.tables.items():
            tables[key] = tables.get(key, TableFacts()) + facts
        return Evidence(
            {column: columns[column] for column in sorted(columns)},
            {key: tables[key] for key in sorted(tables)},
            tuple(sorted({*self.skipped, *other.skipped})),
            tuple(sorted({*self.remarks, *other.remarks})),
        )


def _maximum(one: bytes, two: bytes) -> bytes:
    if not one or not two:
        return one or two
    return bytes(map(max, one, two))


def _wider(one: str, two: str) -> str:
    """The type of a column whose parts differ: nulls give way, all else is text."""
    if two in {one, "null"}:
        return one
    return two if one == "null" else "string"
