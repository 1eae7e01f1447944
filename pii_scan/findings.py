"""The outcome of a scan: what was found, what was covered, what was not, under which conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pii_scan.places import Column, Remark, Skipped
from pii_scan.sorts_of_data import Band, ColumnKind, Tier


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
