"""Findings as `pii-scan/findings@1`: the JSON form, and the way back from it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pii_scan.errors import ConfigError
from pii_scan.model import Finding, Remark, Report, Run, Skipped, TableSummary
from pii_scan.reports.coverage import coverage
from pii_scan.reports.wording import printable

SCHEMA = "pii-scan/findings@1"
_NOT_ASCII = re.compile(r"[^\n\x20-\x7e]")


class JsonWriter:
    """Writes the findings file. Findings keep the report's order, so that reading it back gives the same report."""

    suffixes: tuple[str, ...] = (".json",)

    def render(self, report: Report) -> str:
        """The whole report as JSON, indented; unseen characters of names are escaped."""
        text = json.dumps(_document(report), ensure_ascii=False, allow_nan=False, indent=2)
        return _NOT_ASCII.sub(_escaped, text) + "\n"


def load(text: str) -> Report:
    """The report that a findings file holds; probabilities and shares are as the file rounds them.

    Raises:
        ConfigError: the text is not a findings file of this format.
    """
    document = _parsed(text)
    return Report(
        run=_validated(Run, document.get("run"), "run"),
        tables=_validated(tuple[TableSummary, ...], document.get("tables"), "tables"),
        findings=_validated(tuple[Finding, ...], _addressed(document.get("findings")), "findings"),
        skipped=_validated(tuple[Skipped, ...], document.get("skipped"), "skipped"),
        remarks=_validated(tuple[Remark, ...], document.get("remarks"), "remarks"),
    )


def _document(report: Report) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "run": asdict(report.run),
        "coverage": asdict(coverage(report)),
        "tables": [_table(table) for table in report.tables],
        "findings": [_finding(finding) for finding in report.findings],
        "skipped": [_skipped(skipped) for skipped in report.skipped],
        "remarks": [asdict(remark) for remark in report.remarks],
    }


def _table(table: TableSummary) -> dict[str, Any]:
    row = asdict(table)
    return row if table.foreign_keys else {name: value for name, value in row.items() if name != "foreign_keys"}


def _finding(finding: Finding) -> dict[str, Any]:
    row = asdict(finding.column) | {
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
        "reasons": list(finding.reasons),
    }
    return row | {"masked_sample": list(finding.masked_sample)} if finding.masked_sample else row


def _skipped(skipped: Skipped) -> dict[str, str]:
    names = ("source", "table", "column", "unit", "what", "why")
    row = {name: getattr(skipped, name) for name in names}
    return {name: value for name, value in row.items() if value or name in {"source", "what", "why"}}


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _unusable("is not JSON") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _unusable(f"is not a {SCHEMA} document")
    return document


def _addressed(rows: object) -> object:
    """The rows of findings with each address in one piece, as the model has it."""
    if not isinstance(rows, list):
        return rows
    return [_with_column(row) if isinstance(row, dict) else row for row in rows]


def _with_column(row: Mapping[str, Any]) -> dict[str, Any]:
    address = {name: row[name] for name in ("source", "table", "column", "path") if name in row}
    return {name: value for name, value in row.items() if name not in address} | {"column": address}


def _validated(form: Any, value: object, part: str) -> Any:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(form).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join((part, *map(str, first["loc"])))
        raise _unusable(f"has an unusable {where}: {first['type']}") from None


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    if printable(char) == char:
        return char
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _unusable(what: str) -> ConfigError:
    return ConfigError(what, where="findings file", way_out="write one with `pii-scan scan ... --report findings.json`")
