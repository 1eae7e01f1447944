"""The nouns of a scan. All are frozen, none does I/O, none can hold a cell value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Band = Literal["certain", "likely", "possible", "undetermined"]
ColumnKind = Literal["values", "free_text", "mixed", "empty"]
Proof = Literal["checked", "shape", "name"]
Tier = Literal["direct", "quasi", "attribute", "special", "none"]
Told = Literal["birth_date", "birth_year", "sex", "region", "nationality"]

BANDS: tuple[Band, ...] = ("certain", "likely", "possible", "undetermined")
"""From the surest to the least sure."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of personal data, as users read it and policies name it (`passport`, `health`)."""

    name: str
    label: str
    """Words for people: `Passport number`."""
    category: str
    """The W3C DPV `pd` IRI it maps to."""
    tier: Tier
    article: str = ""
    """`Art. 9` or `Art. 10` of the GDPR, or empty."""
    headers: tuple[str, ...] = ()
    """Phrases that name it in a column header, any language, as `header.words` splits them."""
    hints: tuple[str, ...] = ()
    """Phrases that only suggest it (`title` for a job title); weighed less."""
    ambiguous: tuple[str, ...] = ()
    """Those of its headers that name other things as well (`race`, `stroke`): values of another sort refute them."""
    signs: tuple[str, ...] = ()
    """Phrases of something else that lets one guess it (`church tax` for a religion): never more than `possible`."""
    tables: tuple[str, ...] = ()
    """Table-name phrases that make it likelier."""


@dataclass(frozen=True, slots=True)
class Entity:
    """What one recognizer finds, in Presidio's style of name (`ES_NIF`), and how much a find is worth."""

    name: str
    kind: str
    """The name of a `Kind`; `none` for the identifiers of things (an ISBN, a company number)."""
    proof: Proof
    """`checked`: a checksum or a closed rule confirms it; `shape`: only its form; `name`: a word list or a model."""
    chance: float = 1.0
    """Share of random text of this shape that passes; 1.0 where nothing is checked."""
    country: str = ""
    """ISO 3166-1 alpha-2, or empty for an international entity."""
    headers: tuple[str, ...] = ()
    """Header phrases of this very entity (`nif`), over and above those of its kind."""
    label: str = ""
    """What it is, in words: `Spanish tax number (NIF)`."""
    source: str = ""
    """Where the shape and the rule are published."""
    suggests: bool = False
    """Whether a find only lets one guess the kind (a kosher meal for a religion): never more than `possible`."""
    tells: tuple[Told, ...] = ()
    """What the number itself gives away of its owner (a PESEL the birth date and sex); never what it says of whom."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every kind and entity that a scan knows, and the version of that knowledge."""

    kinds: Mapping[str, Kind]
    entities: Mapping[str, Entity]
    version: str = ""
    """A hash of all rows: evidence gathered under another version is not reused."""


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """The address of a column: `path` is the way into nested data (`address.city`), empty in flat data."""

    source: str
    table: str
    column: str
    path: str = ""

    def __str__(self) -> str:
        """`table.column.path`."""
        return ".".join(part for part in (self.table, self.column, self.path) if part)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of work: a file, a row group, a key range. What is read, skipped or redone as a whole."""

    source: str
    """The printable address of its source."""
    table: str
    key: str = ""
    """Which part of the table it is, told by the connector (`row group 3`); empty for the whole."""
    fingerprint: str = ""
    """Changes when the bytes do; empty where that cannot be told, and the unit is then read every time."""
    rows: int | None = None
    size: int | None = None
    """Bytes to read, for progress; None where unknown."""
    foreign_keys: tuple[tuple[str, str], ...] = ()
    """`(column, "table.column")` pairs the store declares."""
    share: int = 1
    """How many units share what is examined of each column of its table; set where all of them are known."""
    span: tuple[int, int] | None = field(default=None, repr=False)
    """Bounds for the connector that made the unit (offsets, key values); never printed, never stored."""
    widths: tuple[tuple[str, float], ...] = field(default=(), repr=False, compare=False)
    """The columns that its source reads apart from the others, with about the bytes of a cell; empty where it cannot."""


@dataclass(frozen=True, slots=True, order=True)
class Skipped:
    """Something that was not examined, and why. It reaches every report and the exit code."""

    source: str
    what: str
    """`file`, `table`, `rows`, `cells`, `unit` ..."""
    why: str
    table: str = ""
    column: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """Something a reader should know that left nothing unexamined: a dialect found, ragged rows kept."""

    source: str
    table: str
    what: str
    """`dialect`, `encoding`, `ragged rows`, `names in free text` ..."""
    detail: str


Piece = tuple[int, int]
"""Where something stands in a text: character offsets, end exclusive."""


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


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on one column: which kind of personal data it holds, how sure, and why."""

    column: Column
    kind: str
    entity: str
    band: Band
    probability: float
    column_kind: ColumnKind
    cells: int
    """Cells that hold it (projected where stated in the reasons)."""
    distinct: int
    """Distinct texts of the column, an estimate within about 7 %."""
    rows: int
    """Rows of the table that were read."""
    share: float
    """`cells` over the column's non-empty cells, 0 to 1."""
    country: str = ""
    category: str = ""
    article: str = ""
    tier: Tier = "none"
    runner_up: str = ""
    """The kind or entity that came second, where one was close."""
    reasons: tuple[str, ...] = ()
    masked_sample: tuple[str, ...] = ()

    @property
    def special(self) -> bool:
        """Whether it is special-category or criminal-offence data (GDPR Art. 9, Art. 10)."""
        return bool(self.article)


@dataclass(frozen=True, slots=True, order=True)
class Cleared:
    """A column of which it is known that it is not personal, and why."""

    column: Column
    entity: str = ""
    """The sort of thing its values are numbers of (`ISBN`), or empty where its name alone says what it is."""
    label: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSummary:
    """One table as the report lists it."""

    source: str
    table: str
    rows: int
    columns: int
    cells: int
    cells_examined: int
    names: tuple[str, ...] = ()
    """The columns that were read, fields of nested data as `column.path`; a plan made from the report knows these."""
    foreign_keys: tuple[tuple[str, str], ...] = ()
    """`(column, "table.column")` pairs the store declares."""


@dataclass(frozen=True, slots=True)
class Run:
    """Under which conditions a report was made."""

    started: str
    """UTC, ISO 8601, seconds; the only field that may differ between two equal runs."""
    version: str
    ruleset: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a scan: findings, what was covered, what was not."""

    run: Run
    tables: tuple[TableSummary, ...] = ()
    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything was examined; only then may "no findings" be said."""
        return not self.skipped

    def of(self, column: Column) -> Iterator[Finding]:
        """The findings of one column, the surest first."""
        return (finding for finding in self.findings if finding.column == column)


def _maximum(one: bytes, two: bytes) -> bytes:
    if not one or not two:
        return one or two
    return bytes(map(max, one, two))


def _wider(one: str, two: str) -> str:
    """The type of a column whose parts differ: nulls give way, all else is text."""
    if two in {one, "null"}:
        return one
    return two if one == "null" else "string"
