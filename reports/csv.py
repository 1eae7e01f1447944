"""Findings as CSV: one line a finding, then one line for each part that was not examined."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from pii_scan.model import Finding, Report, Skipped
from pii_scan.reports.order import arranged
from pii_scan.reports.wording import printable

FIELDS = (
    "record",
    "source",
    "table",
    "column",
    "path",
    "kind",
    "entity",
    "country",
    "category",
    "article",
    "tier",
    "band",
    "probability",
    "column_kind",
    "cells",
    "distinct",
    "rows",
    "share",
    "runner_up",
    "reasons",
    "masked_sample",
    "unit",
    "what",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class CsvWriter:
    """Writes a flat table for spreadsheets; `record` tells a `finding` from what was `not_examined`.

    No cell can start a formula: one that begins like a formula gets a leading apostrophe.
    """

    suffixes: tuple[str, ...] = (".csv",)

    def render(self, report: Report) -> str:
        """The header, the findings, and what was not examined."""
        text = StringIO()
        writer = csv.DictWriter(text, FIELDS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(_lines(report))
        return text.getvalue()


def _lines(report: Report) -> Iterator[dict[str, object]]:
    for finding in arranged(report.findings):
        yield _guarded(_finding(finding))
    for skipped in report.skipped:
        yield _guarded(_skipped(skipped))


def _finding(finding: Finding) -> dict[str, object]:
    column = finding.column
    return {
        "record": "finding",
        "source": column.source,
        "table": column.table,
        "column": column.column,
        "path": column.path,
        "kind": finding.kind,
        "entity": finding.entity,
        "country": finding.country,
        "category": finding.category,
        "article": finding.article,
        "tier": finding.tier,
        "band": finding.band,
        "probability": round(finding.probability, 3),
        "column_kind": finding.column_kind,
        "cells": finding.cells,
        "distinct": finding.distinct,
        "rows": finding.rows,
        "share": round(finding.share, 4),
        "runner_up": finding.runner_up,
        "reasons": "; ".join(finding.reasons),
        "masked_sample": "; ".join(finding.masked_sample),
    }


def _skipped(skipped: Skipped) -> dict[str, object]:
    return {
        "record": "not_examined",
        "source": skipped.source,
        "table": skipped.table,
        "column": skipped.column,
        "reasons": skipped.why,
        "unit": skipped.unit,
        "what": skipped.what,
    }


def _guarded(line: dict[str, object]) -> dict[str, object]:
    return {field: _guard(value) if isinstance(value, str) else value for field, value in line.items()}


def _guard(text: str) -> str:
    return f"'{printable(text)}" if text.startswith(_FORMULA) else printable(text)
