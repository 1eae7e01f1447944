"""The categories of personal data by table: the part of a GDPR Art. 30 record that a scan can fill in."""

from __future__ import annotations

from dataclasses import dataclass

from pii_scan.model import Finding, Report, Tier
from pii_scan.reports.order import arranged

BLANKS = ("Data subjects", "Purposes", "Legal basis", "Recipients and transfers", "Retention")
"""What only the controller knows, for each entry."""

_TIERS: dict[Tier, str] = {
    "special": "special category",
    "direct": "identifies a person",
    "quasi": "identifies in combination",
    "attribute": "describes a person",
    "none": "not rated",
}


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of personal data in one table, and how it is to be handled."""

    kind: str
    category: str
    """The W3C DPV IRI."""
    article: str
    tier: Tier
    columns: tuple[str, ...]
    confirmed: bool
    """Whether a finding is certain or likely; a person confirms the others."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One table that holds personal data."""

    source: str
    table: str
    rows: int
    categories: tuple[Category, ...]
    """The most sensitive first."""

    @property
    def sensitivity(self) -> str:
        """The highest of its categories, in words."""
        articles = sorted({category.article for category in self.categories if category.article})
        if articles:
            return f"{_TIERS['special']} ({', '.join(articles)})"
        return next(words for tier, words in _TIERS.items() if tier in {category.tier for category in self.categories})


def inventory(report: Report) -> tuple[Entry, ...]:
    """An entry for each table with a finding, by source and table."""
    tables: dict[tuple[str, str], list[Finding]] = {}
    for finding in arranged(report.findings):
        tables.setdefault((finding.column.source, finding.column.table), []).append(finding)
    rows = {(table.source, table.table): table.rows for table in report.tables}
    return tuple(_entry(address, rows.get(address, found[0].rows), found) for address, found in sorted(tables.items()))


def _entry(address: tuple[str, str], rows: int, found: list[Finding]) -> Entry:
    kinds: dict[str, list[Finding]] = {}
    for finding in found:
        kinds.setdefault(finding.kind, []).append(finding)
    categories = sorted((_category(of_kind) for of_kind in kinds.values()), key=_weight)
    return Entry(*address, rows, tuple(categories))


def _category(found: list[Finding]) -> Category:
    first = found[0]
    columns = {".".join(part for part in (each.column.column, each.column.path) if part) for each in found}
    confirmed = any(each.band in {"certain", "likely"} for each in found)
    return Category(first.kind, first.category, first.article, first.tier, tuple(sorted(columns)), confirmed)


def _weight(category: Category) -> tuple[bool, int, bool, str]:
    return not category.article, list(_TIERS).index(category.tier), not category.confirmed, category.kind
