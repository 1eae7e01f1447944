"""An audit reads only what changed, goes on after a kill, names the difference, and stores no value."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from pii_scan.auditing import AuditOutcome, audit
from pii_scan.drift import Mark
from pii_scan.errors import ConfigError, ReportError
from pii_scan.state import State

EPOCH = {"SOURCE_DATE_EPOCH": "1767225600"}
FILES = 80
CANARIES = ("canary.bird@example.org", "canary", "+33 1 99 00 47 11", "99 00 47 11")


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH["SOURCE_DATE_EPOCH"])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with three exports and an audit file."""
    exports = tmp_path / "exports"
    exports.mkdir()
    people(exports / "people.csv", 0)
    people(exports / "guests.csv", 50)
    (exports / "stock.csv").write_text("sku,left\n" + "".join(f"A{row:04d},{row % 7}\n" for row in range(40)))
    describe(tmp_path)
    return tmp_path


def people(path: Path, start: int, count: int = 40) -> None:
    rows = [
        f"Ada{row},ada{row}@example.org,{row % 28 + 1:02d}/0{row % 9 + 1}/19{row % 40 + 50}"
        for row in range(start, start + count)
    ]
    path.write_text("\n".join(["first_name,email,date_of_birth", *rows]) + "\n")


def describe(folder: Path, *, outputs: str = 'report = ["findings.json"]\n', sources: str = "", scan: str = "") -> Path:
    path = folder / "audit.toml"
    source = sources or '[[source]]\naddress = "exports"\n'
    path.write_text(f'[audit]\nstate = "audit.sqlite"\n{outputs}\n[scan]\nner = false\nworkers = 1\n{scan}\n{source}')
    return path


def run(folder: Path) -> tuple[AuditOutcome, bytes]:
    outcome = audit(folder / "audit.toml")
    return outcome, (folder / "findings.json").read_bytes()


def units(outcome: AuditOutcome) -> tuple[int, int, int]:
    return outcome.units_read, outcome.units_recalled, outcome.units_forgotten


def columns(marks: tuple[Mark, ...]) -> set[str]:
    return {f"{Path(mark.column.source).name}:{mark.column.column}:{mark.kind}" for mark in marks}


def test_the_second_run_reads_nothing_and_finds_the_same_byte_for_byte(place: Path) -> None:
    first, found = run(place)
    second, again = run(place)
    assert units(first) == (3, 0, 0)
    assert units(second) == (0, 3, 0)
    assert first.difference is None
    assert second.difference is not None
    assert not second.difference
    assert again == found
    assert {finding.kind for finding in second.report.findings} >= {"email", "first_name", "date_of_birth"}


def test_after_one_file_changed_only_that_one_is_read_and_the_difference_is_named(place: Path) -> None:
    run(place)
    path = place / "exports" / "stock.csv"
    path.write_text("sku,left,contact_email\n" + "".join(f"A{row:04d},3,bob{row}@example.org\n" for row in range(40)))
    outcome, _ = run(place)
    assert units(outcome) == (1, 2, 0)
    assert outcome.difference
    assert columns(outcome.difference.new) == {"stock.csv:contact_email:email"}
    assert not outcome.difference.gone
    assert "new: " in outcome.as_text()


def test_a_file_that_came_is_read_and_named(place: Path) -> None:
    run(place)
    people(place / "exports" / "late.csv", 200)
    outcome, _ = run(place)
    assert units(outcome) == (1, 3, 0)
    assert outcome.difference
    assert [Path(source).name for source, _ in outcome.difference.new_tables] == ["late.csv"]


def test_a_file_that_went_is_named_and_forgotten(place: Path) -> None:
    run(place)
    (place / "exports" / "guests.csv").unlink()
    outcome, _ = run(place)
    assert units(outcome) == (0, 2, 1)
    assert outcome.difference
    assert columns(outcome.difference.gone) >= {"guests.csv:email:email"}
    assert [Path(source).name for source, _ in outcome.difference.gone_tables] == ["guests.csv"]


def test_an_audit_after_a_change_finds_what_an_audit_from_nothing_finds(place: Path) -> None:
    run(place)
    people(place / "exports" / "people.csv", 500)
    _, found = run(place)
    (place / "audit.sqlite").unlink()
    fresh, anew = run(place)
    assert units(fresh) == (3, 0, 0)
    assert anew == found


def test_changed_settings_read_everything_again_and_say_so(place: Path) -> None:
    run(place)
    describe(place, scan='countries = ["FR"]')
    outcome, _ = run(place)
    assert units(outcome) == (3, 0, 0)
    assert outcome.difference is not None
    assert outcome.difference.rules_changed


def test_a_source_that_is_missing_stops_neither_the_others_nor_what_is_known_of_it(place: Path) -> None:
    both = '[[source]]\naddress = "exports"\n[[source]]\naddress = "more"\n'
    more = place / "more"
    more.mkdir()
    people(more / "more.csv", 900)
    describe(place, sources=both)
    run(place)
    more.rename(place / "away")
    blind, _ = run(place)
    assert units(blind) == (0, 3, 0)
    assert [skipped.what for skipped in blind.report.skipped] == ["source"]
    assert blind.difference is not None
    assert not blind.difference
    (place / "away").rename(more)
    back, _ = run(place)
    assert units(back) == (0, 4, 0)
    assert not back.difference


def test_sources_with_filters_of_their_own(place: Path) -> None:
    sources = (
        '[[source]]\naddress = "exports"\ntable = ["people"]\n[[source]]\naddress = "exports/guests.csv"\ncolumn = "!email"\n'
    )
    describe(place, sources=sources)
    outcome, found = run(place)
    assert units(outcome) == (2, 0, 0)
    assert {Path(finding.column.source).name for finding in outcome.report.findings if finding.kind == "email"} == {"people.csv"}
    told = json.loads(found)["run"]["settings"]["sources"]
    assert [row["address"] for row in told] == ["exports", "exports/guests.csv"]


def test_the_tables_of_a_changed_database_file_are_read_again(place: Path) -> None:
    clients(place / "exports" / "shop.sqlite", "eve")
    first, _ = run(place)
    again, _ = run(place)
    clients(place / "exports" / "shop.sqlite", "mallory")
    changed, _ = run(place)
    assert units(first) == (4, 0, 0)
    assert units(again) == (0, 4, 0)
    assert units(changed) == (1, 3, 0)


def clients(path: Path, name: str) -> None:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE IF NOT EXISTS clients (email)")
    database.executemany("INSERT INTO clients VALUES (?)", [(f"{name}{row}@example.org",) for row in range(40)])
    database.commit()
    database.close()


def test_a_plan_is_made_and_later_only_added_to(place: Path) -> None:
    describe(place, outputs='report = "findings.json"\nplan = "plan.toml"\n')
    run(place)
    path = place / "plan.toml"
    mine = path.read_text().replace('kind = "email"', 'kind = "email"  # settled with the works council', 1)
    path.write_text(mine)
    run(place)
    assert path.read_text() == mine
    people(place / "exports" / "late.csv", 200)
    run(place)
    assert "late" in path.read_text()
    assert "# settled with the works council" in path.read_text()


def test_a_report_that_has_no_place_is_told_before_anything_is_read(place: Path) -> None:
    run(place)
    people(place / "exports" / "late.csv", 200)
    (place / "findings.json").unlink()
    (place / "findings.json").mkdir()
    with pytest.raises(ReportError, match="is a folder"):
        run(place)
    (place / "findings.json").rmdir()
    outcome, _ = run(place)
    assert units(outcome) == (1, 3, 0)


def test_reports_that_cannot_be_written_leave_the_last_run_as_it_was(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(place)
    people(place / "exports" / "late.csv", 200)

    def full(*_: object) -> None:
        raise ReportError("cannot be written: No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pii_scan.auditing.publish", full)
        with pytest.raises(ReportError):
            run(place)
    outcome, _ = run(place)
    assert units(outcome) == (0, 4, 0)
    assert outcome.difference
    assert [Path(source).name for source, _ in outcome.difference.new_tables] == ["late.csv"]


def test_reports_without_a_form_are_refused_before_anything_is_read(place: Path) -> None:
    describe(place, outputs='report = "findings.docx"\n')
    with pytest.raises(ConfigError, match="docx"):
        audit(place / "audit.toml")
    assert not (place / "audit.sqlite").exists()


def test_no_value_reaches_the_state_the_reports_or_the_streams(place: Path) -> None:
    rows = "".join(f"Zoe,{CANARIES[0]},{CANARIES[2]},call {CANARIES[0]} or {CANARIES[2]} before noon\n" for _ in range(30))
    (place / "exports" / "people.csv").write_text(f"first_name,email,phone,note\n{rows}Zoe,{CANARIES[0]},ragged\n")
    (place / "exports" / "broken.parquet").write_bytes(b"PAR1 canary.bird@example.org PAR1")
    describe(place, outputs='report = ["findings.json", "report.html", "inventory.csv", "notes.md"]\nplan = "plan.toml"\n')
    told = command(place, check=False)
    written = [path for path in place.iterdir() if path.is_file()]
    assert {path.name for path in written} >= {
        "audit.sqlite",
        "findings.json",
        "report.html",
        "inventory.csv",
        "notes.md",
        "plan.toml",
    }
    everything = [path.read_bytes() for path in written] + evidence(place / "audit.sqlite") + [told.stdout, told.stderr]
    assert b"EMAIL_ADDRESS" in b"".join(everything)
    for canary in CANARIES:
        assert not any(canary.encode() in text for text in everything), canary


def test_a_password_from_the_environment_is_not_stored(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PII_TEST_LOGIN", "ada:hunter2")
    address = "postgresql://${PII_TEST_LOGIN}@127.0.0.1:9/nowhere"
    describe(place, sources=f'[[source]]\naddress = "exports"\n[[source]]\naddress = "{address}"\n')
    outcome, found = run(place)
    assert [skipped.what for skipped in outcome.report.skipped] == ["source"]
    texts = [found, (place / "audit.sqlite").read_bytes(), outcome.as_text().encode(), outcome.as_json().encode()]
    assert not any(b"hunter2" in text for text in texts)


def evidence(state: Path) -> list[bytes]:
    """What is inside the stored evidence, unpacked."""
    database = sqlite3.connect(state)
    try:
        return [zlib.decompress(blob) for (blob,) in database.execute("SELECT evidence FROM units")]
    finally:
        database.close()


def command(folder: Path, *options: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    call = [sys.executable, "-m", "pii_scan", "audit", str(folder / "audit.toml"), *options]
    return subprocess.run(call, capture_output=True, check=check, cwd="/", env=os.environ | EPOCH)


def test_the_command_tells_the_outcome_as_json(place: Path) -> None:
    told = json.loads(command(place, "--format", "json").stdout)
    assert told["schema"] == "pii-scan/audit@1"
    assert told["units"] == {"read": 3, "recalled": 0, "forgotten": 0}
    assert told["difference"] is None
    assert [Path(path).name for path in told["written"]] == ["findings.json"]


def test_a_killed_run_is_gone_on_with_and_ends_in_the_same_bytes(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    for number in range(FILES):
        people(exports / f"part{number:03d}.csv", number * 10, 60)
    describe(tmp_path)
    killed = subprocess.Popen(
        [sys.executable, "-m", "pii_scan", "audit", str(tmp_path / "audit.toml")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | EPOCH,
    )
    log = tmp_path / "audit.sqlite-wal"
    deadline = time.monotonic() + 60
    while (not log.exists() or log.stat().st_size < 150_000) and killed.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    assert not (tmp_path / "findings.json").exists()

    resumed, found = run(tmp_path)
    assert resumed.units_recalled > 5
    assert resumed.units_read > 5
    assert resumed.units_read + resumed.units_recalled == FILES
    (tmp_path / "audit.sqlite").unlink()
    unkilled, whole = run(tmp_path)
    assert unkilled.units_read == FILES
    assert found == whole


def test_the_exit_code_tells_a_scheduler_how_it_ended(place: Path) -> None:
    describe(place, outputs='fail_on = "likely"\n')
    assert command(place, check=False).returncode == 1
    describe(place, sources='[[source]]\naddress = "exports"\n[[source]]\naddress = "more"\n')
    assert command(place, check=False).returncode == 5
    with State(place / "audit.sqlite"):
        told = command(place, check=False)
    assert told.returncode == 2
    assert b"another audit is using this state" in told.stderr
    assert len(told.stderr.splitlines()) == 1
