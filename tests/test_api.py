"""What a notebook calls: frames of every library in, a report that shows itself, frames of the same library out."""

from __future__ import annotations

import doctest
import html
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import pii_scan
from pii_scan import api
from pii_scan.plan import load_plan

ROWS = 40
MAILS = [f"ada{row}@example.org" for row in range(ROWS)]
DATA: dict[str, list[Any]] = {"number": list(range(ROWS)), "mail": MAILS, "colour": ["red", "blue"] * (ROWS // 2)}


def duckdb_relation() -> Any:
    duckdb = pytest.importorskip("duckdb")
    return duckdb.connect().from_arrow(pa.table(DATA))


FRAMES: dict[str, Callable[[], Any]] = {
    "pandas": lambda: pd.DataFrame(DATA),
    "polars": lambda: pytest.importorskip("polars").DataFrame(DATA),
    "arrow": lambda: pa.table(DATA),
    "duckdb": duckdb_relation,
}


def columns(frame: Any) -> dict[str, list[Any]]:
    """The cells of a frame of any library."""
    return dict(pa.table(frame).to_pydict())


def scan(*data: Any, **options: Any) -> api.ScanReport:
    return pii_scan.scan(*data, ner=False, **options)


@pytest.fixture(scope="module")
def report() -> api.ScanReport:
    return scan(pd.DataFrame(DATA))


@pytest.mark.parametrize("library", FRAMES)
def test_a_frame_of_any_library_is_scanned(library: str) -> None:
    found = scan(FRAMES[library]())
    assert [(str(finding.column), finding.kind, finding.cells) for finding in found.findings] == [("frame.mail", "email", ROWS)]
    assert found.complete


@pytest.mark.parametrize("library", FRAMES)
def test_a_redacted_frame_is_of_the_same_library_and_only_planned_cells_differ(library: str, report: api.ScanReport) -> None:
    frame = FRAMES[library]()
    clean = pii_scan.redact(frame, report)
    assert type(clean) is type(frame)
    assert columns(clean) == {**DATA, "mail": ["<EMAIL>"] * ROWS}
    assert columns(frame) == DATA


def test_several_frames_are_told_apart() -> None:
    found = scan(pd.DataFrame({"c1": MAILS}), pa.table({"c2": MAILS}))
    assert [str(finding.column) for finding in found.findings] == ["frame.c1", "frame 2.c2"]


def test_frames_and_paths_go_together(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("\n".join(["mail", *MAILS]) + "\n")
    found = scan(tmp_path / "people.csv", pd.DataFrame(DATA), str(tmp_path / "missing.csv"))
    assert sorted(finding.column.table for finding in found.findings) == ["frame 2", "people"]
    assert [(part.source, part.what) for part in found.skipped] == [(str(tmp_path / "missing.csv"), "source")]


def test_a_second_scan_in_the_process_says_the_same(report: api.ScanReport) -> None:
    again = scan(pd.DataFrame(DATA))
    assert (again.findings, again.tables, again.remarks) == (report.findings, report.tables, report.remarks)


def test_a_notebook_shows_the_page_in_a_frame_of_its_own(report: api.ScanReport) -> None:
    shown = report._repr_html_()
    (page,) = re.findall(r'^<iframe srcdoc="([^"]*)" sandbox ', shown)
    assert html.unescape(page).startswith("<!doctype html>")
    assert "mail" in page
    assert not any(mail in shown for mail in MAILS)


def test_repr_is_the_table_for_people_and_holds_no_cell(report: api.ScanReport) -> None:
    assert repr(report) == str(report)
    assert "frame.mail" in repr(report)
    assert not any(mail in repr(report) for mail in MAILS)


def test_findings_as_a_frame_have_the_columns_of_the_format(report: api.ScanReport) -> None:
    frame = report.to_pandas()
    assert frame[["source", "table", "column", "path", "kind", "band", "cells", "share"]].to_dict("records") == [
        {
            "source": "frame",
            "table": "frame",
            "column": "mail",
            "path": "",
            "kind": "email",
            "band": report.findings[0].band,
            "cells": ROWS,
            "share": 1.0,
        }
    ]


def test_no_findings_are_a_frame_with_the_same_columns(report: api.ScanReport) -> None:
    empty = scan(pd.DataFrame({"colour": ["red", "blue"]}))
    assert len(empty.to_pandas()) == 0
    assert list(empty.to_pandas().columns) == list(report.to_pandas().columns)


def test_a_report_is_saved_in_the_form_of_the_ending(report: api.ScanReport, tmp_path: Path) -> None:
    report.save(tmp_path / "r.json", str(tmp_path / "r.html"))
    assert (tmp_path / "r.json").read_text().startswith('{\n  "schema": "pii-scan/findings@1"')
    assert (tmp_path / "r.html").read_text().startswith("<!doctype html>")


def test_a_plan_may_be_edited_as_text(report: api.ScanReport) -> None:
    plan = report.plan()
    assert load_plan(plan.dump()).model_dump() == plan.model_dump()
    clean = pii_scan.redact(pd.DataFrame(DATA), plan.dump().replace('operator = "replace"', 'operator = "mask"'))
    assert clean["mail"].str.contains("***", regex=False).all()
    assert not set(clean["mail"]) & set(MAILS)


def test_a_path_is_copied_to_a_folder(tmp_path: Path) -> None:
    source = tmp_path / "people.csv"
    source.write_text("\n".join(["mail", *MAILS]) + "\n")
    (copy,) = pii_scan.redact(source, scan(source), to=tmp_path / "out")
    assert copy == tmp_path / "out" / "people.csv"
    assert copy.read_text() == "mail\n" + "<EMAIL>\n" * ROWS


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (pii_scan.scan, "nothing to scan was given"),
        (lambda: pii_scan.scan(""), "an address is empty"),
        (lambda: pii_scan.scan("-", "-"), "stdin can be read only once"),
        (lambda: pii_scan.scan(pd.DataFrame(), sampel=3), "sampel: there is no such setting (did you mean sample?)"),
        (lambda: pii_scan.scan(pd.DataFrame(), countries="FR"), "countries: must be a list"),
        (lambda: pii_scan.redact("people.csv", "version = 1"), "a copy needs a place"),
    ],
)
def test_wrong_use_is_a_config_error(call: Callable[[], object], words: str) -> None:
    with pytest.raises(pii_scan.ConfigError) as caught:
        call()
    assert words in str(caught.value)


def test_a_name_that_no_file_system_has_is_a_source_that_cannot_be_opened() -> None:
    assert [part.what for part in scan("a\0b.csv").skipped] == ["source"]


def test_the_example_in_the_docstring_is_true() -> None:
    (example,) = doctest.DocTestFinder().find(api.scan, "scan", globs={})
    assert doctest.DocTestRunner().run(example).failed == 0


SCRIPT = """
import os, sys
print("body", os.getpid())
import pii_scan, pii_scan.pool
pii_scan.pool._POOL_BYTES = 0  # workers also for this little
report = pii_scan.scan(sys.argv[1], workers=2, ner=False)
print(sorted((f.column.table, f.kind, f.cells) for f in report.findings), report.complete)
print(type(pii_scan.redact(__import__("pandas").DataFrame({"mail": ["a@b.org"]}), "[[column]]\\ncolumn='mail'")).__name__)
"""


def test_a_script_without_a_main_guard_runs_once_with_workers(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    body = "".join(f"{row},user{row}@example.org\n" for row in range(3_000))
    for name in ("one", "two"):
        (tmp_path / "data" / f"{name}.csv").write_text("id,mail\n" + body)
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-W", "default", "script.py", "data"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert [line.startswith("body ") for line in lines] == [True, False, False]
    assert lines[1:] == ["[('one', 'email', 3000), ('two', 'email', 3000)] True", "DataFrame"]
