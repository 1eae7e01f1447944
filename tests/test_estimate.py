"""What a scan would read is told without scanning; a budget of time is kept, and what it leaves out is said."""

import itertools
import time
from pathlib import Path

import pandas as pd
import pytest

import pii_scan
from pii_scan.api import opened, outlook
from pii_scan.cli import run
from pii_scan.connectors import row_groups
from pii_scan.errors import ConfigError
from pii_scan.estimate import Cost, Estimate, TableEstimate
from pii_scan.settings import Settings, settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(row_groups, "_UNIT_ROWS", 1_000)
    frame = pd.DataFrame({"email": [f"ada{number}@mail.example" for number in range(3_000)], "n": range(3_000)})
    frame.to_csv(tmp_path / "people.csv", index=False)
    frame.to_parquet(tmp_path / "more.parquet", row_group_size=1_000)
    return tmp_path


def test_every_table_is_listed_with_its_units_rows_and_bytes(folder: Path) -> None:
    found = outlook(list(opened([str(folder)])), Settings(ner=False))
    by_table = {one.table: one for one in found.tables}
    assert by_table["more"].units == 4
    assert by_table["more"].rows == 3_000
    assert by_table["people"].size == (folder / "people.csv").stat().st_size
    assert 0.8 * 3_000 <= (by_table["people"].rows or 0) <= 1.2 * 3_000
    assert found.seconds() > 0


def test_a_dry_run_reports_nothing_and_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = folder / "out" / "report.html"
    assert run(["scan", str(folder), "--dry-run", "--no-ner", "--report", str(report)]) == 0
    shown = capsys.readouterr().out
    assert "people" in shown
    assert "2 tables, 5 units" in shown
    assert "email" not in shown
    assert not report.exists()


def test_a_dry_run_says_what_cannot_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken.parquet").write_bytes(b"PAR1 and nothing more")
    assert run(["scan", str(folder), "--dry-run", "--no-ner"]) == 3
    assert "not read:" in capsys.readouterr().out


def _estimate(*rows: int, row: float = 0.001) -> Estimate:
    tables = (TableEstimate("s", f"t{place}", 1, count, None, Cost(0.0, 0.0, row)) for place, count in enumerate(rows))
    return Estimate(tuple(tables), (), 1)


def test_a_budget_becomes_as_large_a_sample_as_fits() -> None:
    found = _estimate(100, 10_000, 100_000)
    assert found.sample_for(1_000) is None
    rows = found.sample_for(10)
    assert rows is not None
    assert found.seconds(rows) <= 8 < found.seconds(rows + 100)
    assert found.sample_for(0.001) == 1


@pytest.mark.parametrize(("said", "seconds"), [("90s", 90), ("10m", 600), ("1.5h", 5_400), ("45", 45), (30, 30)])
def test_a_time_is_read_as_people_write_it(said: object, seconds: float) -> None:
    assert settings({"budget": said}).budget == seconds


@pytest.mark.parametrize("said", ["soon", "10 minutes", "-5m", "0", "nan", "1e999", ""])
def test_what_is_no_time_is_refused(said: str) -> None:
    with pytest.raises(ConfigError, match="budget"):
        settings({"budget": said})


def test_what_did_not_fit_is_said_with_its_bound(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Estimate, "sample_for", lambda _self, _budget: 200)
    report = pii_scan.scan(str(folder), ner=False, budget="1m")
    sampled = [skipped for skipped in report.skipped if skipped.what == "sampled rows"]
    assert sampled
    assert all("95 % confidence" in skipped.why for skipped in sampled)
    assert {finding.kind for finding in report.findings} == {"email"}


def test_units_that_there_was_no_time_for_are_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.chain([0.0, 0.0], itertools.repeat(1e9))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    report = pii_scan.scan(str(folder / "more.parquet"), ner=False, budget="1m", workers=1)
    (left,) = [skipped for skipped in report.skipped if skipped.what == "units"]
    assert left.why == "3 of 4 units were not read: the time budget was used up"
    assert not report.complete


def test_a_budget_that_fits_all_changes_nothing(folder: Path) -> None:
    plain = pii_scan.scan(str(folder), ner=False)
    within = pii_scan.scan(str(folder), ner=False, budget="10h")
    assert within.findings == plain.findings
    assert within.complete
