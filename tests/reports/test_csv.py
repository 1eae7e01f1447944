"""Findings as a flat table."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO

import pytest

from pii_scan.model import Column, Report, Skipped
from pii_scan.reports.csv import FIELDS, CsvWriter
from tests.reports import samples


def _rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(CsvWriter().render(report), newline=""), strict=True))


def test_there_is_one_line_for_each_finding_and_each_part_not_examined() -> None:
    rows = _rows(samples.rich())
    assert [row["record"] for row in rows] == ["finding"] * 46 + ["not_examined"] * 4
    assert len(CsvWriter().render(samples.rich()).splitlines()) == 51


def test_special_categories_come_first() -> None:
    assert [bool(row["article"]) for row in _rows(samples.rich())][:5] == [True] * 4 + [False]


def test_the_fields_of_a_finding_are_flat() -> None:
    row = next(row for row in _rows(samples.rich()) if row["column"] == "contact")
    assert row == dict.fromkeys(FIELDS, "") | {
        "record": "finding",
        "source": samples.MEMBERS,
        "table": "members",
        "column": "contact",
        "kind": "email",
        "entity": "EMAIL_ADDRESS",
        "category": "https://w3id.org/dpv/pd#Email",
        "tier": "direct",
        "band": "certain",
        "probability": "0.998",
        "column_kind": "values",
        "cells": "1190",
        "distinct": "1150",
        "rows": "1204",
        "share": "0.9917",
        "reasons": "1,190 of 1,200 values are addresses; the header does not name them",
        "masked_sample": "a****@e******.org; j***@m***.bd",
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_no_cell_begins_like_a_formula(start: str) -> None:
    name = f"{start}1+1"
    found = replace(
        samples.calm().findings[0], column=Column(name, name, name, name), entity=name, reasons=(name,), masked_sample=(name,)
    )
    skipped = Skipped(name, name, name, name, name, name)
    rows = _rows(Report(samples.run(), findings=(found,), skipped=(skipped,)))
    guarded = [value for row in rows for value in row.values() if "1+1" in value]
    assert len(guarded) == 13
    assert all(value.startswith("'") for value in guarded)


def test_a_name_that_only_contains_a_sign_is_left_alone() -> None:
    found = replace(samples.calm().findings[0], column=Column("s", "t", "a=b", ""))
    assert _rows(Report(samples.run(), findings=(found,)))[0]["column"] == "a=b"
