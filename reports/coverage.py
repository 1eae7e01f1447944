"""What a scan covered, in numbers and in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from pii_scan.model import Report
from pii_scan.reports.wording import count, percent, plural


@dataclass(frozen=True, slots=True)
class Coverage:
    """Sums over all tables that were read. What could not be opened at all has no cells here: see `Report.skipped`."""

    sources: int
    """Sources of which at least one table was read."""
    tables: int
    columns: int
    rows: int
    cells: int
    cells_examined: int

    @property
    def share(self) -> float:
        """Examined cells over cells read; 1.0 where nothing was there to read."""
        return self.cells_examined / self.cells if self.cells else 1.0


def coverage(report: Report) -> Coverage:
    """The sums of the report's tables."""
    return Coverage(
        sources=len({table.source for table in report.tables}),
        tables=len(report.tables),
        columns=sum(table.columns for table in report.tables),
        rows=sum(table.rows for table in report.tables),
        cells=sum(table.cells for table in report.tables),
        cells_examined=sum(table.cells_examined for table in report.tables),
    )


def outcome(report: Report) -> str:
    """What was found, in one sentence; "no findings" alone only where everything was examined."""
    if report.findings:
        return _found(report)
    if not report.complete:
        parts = len(report.skipped)
        return f"no findings in what was examined; {plural(parts, 'part')} {_were(parts)} not examined"
    return "no findings" if report.tables else "nothing to examine: no table was found"


def examined(report: Report) -> str:
    """How much was examined, in one sentence."""
    sums = coverage(report)
    where = (
        f"{plural(sums.rows, 'row')}, {plural(sums.columns, 'column')}, {plural(sums.tables, 'table')}, "
        f"{plural(sums.sources, 'source')}"
    )
    if sums.cells_examined == sums.cells:
        return f"examined every cell read: {count(sums.cells)} ({where})"
    return f"examined {count(sums.cells_examined)} of {plural(sums.cells, 'cell')} read, {percent(sums.share)} ({where})"


def left_out(report: Report) -> str:
    """Which findings the settings keep out of the report; empty where none."""
    least = report.run.settings.get("min_band", "undetermined")
    return "" if least == "undetermined" else f"findings less sure than “{least}” are left out (min-band)"


def _found(report: Report) -> str:
    columns = len({finding.column for finding in report.findings})
    special = len({finding.column for finding in report.findings if finding.special})
    tail = f", {count(special)} with special-category data" if special else ""
    return f"{plural(len(report.findings), 'finding')} in {plural(columns, 'column')}{tail}"


def _were(parts: int) -> str:
    return "was" if parts == 1 else "were"
