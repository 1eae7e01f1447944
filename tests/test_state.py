"""The state file: evidence comes back only while it holds, survives a kill, and is never thrown away in silence."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pii_scan.drift import Baseline, Mark
from pii_scan.errors import ConfigError, ReportError
from pii_scan.model import Column, ColumnEvidence, Evidence, Skipped, TableFacts, Tally, Unit
from pii_scan.state import State

UNIT = Unit("exports/a.csv", "a", "", "12-34", span=(0, 99))
EVIDENCE = Evidence(
    {Column("exports/a.csv", "a", "mail"): ColumnEvidence("string", 3, tallies={"EMAIL_ADDRESS": Tally(3, 3, 3, 3, 3)})},
    {("exports/a.csv", "a"): TableFacts(3)},
)
NOW = Baseline("2026-01-01T00:00:00Z", "r", (Mark(Column("exports/a.csv", "a", "mail"), "email", "EMAIL_ADDRESS", "certain"),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.sqlite"


def kept(path: Path, unit: Unit = UNIT, evidence: Evidence = EVIDENCE) -> None:
    with State(path) as state:
        state.begin()
        state.memory("r", {}).keep(unit, evidence)


def test_unchanged_evidence_comes_back_as_it_was(path: Path) -> None:
    kept(path)
    with State(path) as state:
        assert state.memory("r", {}).recall(UNIT) == EVIDENCE
        assert (state.units_read, state.units_recalled) == (0, 1)


@pytest.mark.parametrize(
    ("unit", "ruleset", "settings"),
    [
        (Unit("exports/a.csv", "a", "", "12-35"), "r", {}),
        (Unit("exports/a.csv", "a", "", ""), "r", {}),
        (Unit("exports/a.csv", "a", "row group 1", "12-34"), "r", {}),
        (Unit("exports/b.csv", "a", "", "12-34"), "r", {}),
        (UNIT, "other", {}),
        (UNIT, "r", {"ner": False}),
    ],
)
def test_evidence_of_another_unit_or_under_other_rules_does_not_come_back(
    path: Path, unit: Unit, ruleset: str, settings: dict[str, bool]
) -> None:
    kept(path)
    with State(path) as state:
        assert state.memory(ruleset, settings).recall(unit) is None


def test_a_unit_without_fingerprint_is_read_every_time(path: Path) -> None:
    bare = Unit("sqlite:///shop", "a")
    kept(path, bare)
    with State(path) as state:
        assert state.memory("r", {}).recall(bare) is None


@pytest.mark.parametrize(
    ("what", "again"), [("unit", True), ("file", True), ("rows", True), ("cells", False), ("sampled rows", False)]
)
def test_a_unit_that_was_not_read_to_its_end_is_tried_again(path: Path, what: str, again: bool) -> None:
    kept(path, UNIT, EVIDENCE + Evidence(skipped=(Skipped("exports/a.csv", what, "stopped", "a"),)))
    with State(path) as state:
        assert (state.memory("r", {}).recall(UNIT) is None) == again


def test_the_last_run_that_ended_is_remembered_and_a_killed_one_is_not(path: Path) -> None:
    with State(path) as state:
        state.begin()
        assert state.last() is None
        state.finish(NOW, ())
    with State(path) as state:
        state.begin()
    with State(path) as state:
        assert state.last() == NOW


def test_units_that_are_no_longer_there_are_forgotten_when_a_run_ends(path: Path) -> None:
    kept(path)
    with State(path) as state:
        state.begin()
        assert state.finish(NOW, ()) == 1
    with State(path) as state:
        assert state.memory("r", {}).recall(UNIT) is None


@pytest.mark.parametrize("place", ["exports/a.csv", "exports"])
def test_units_behind_a_source_that_is_out_of_reach_are_not_forgotten(path: Path, place: str) -> None:
    kept(path)
    with State(path) as state:
        state.begin()
        assert state.finish(NOW, (Skipped(place, "source", "cannot be reached"),)) == 0
    with State(path) as state:
        assert state.memory("r", {}).recall(UNIT) == EVIDENCE


def test_a_file_name_that_is_no_text_is_remembered(path: Path) -> None:
    odd = Unit("exports/caf\udce9.csv", "caf\udce9", "", "1-2")
    kept(path, odd)
    baseline = Baseline(
        "2026", "r", (Mark(Column(odd.source, odd.table, "mail"), "email", "", "likely"),), ((odd.source, odd.table),)
    )
    with State(path) as state:
        state.begin()
        assert state.memory("r", {}).recall(odd) == EVIDENCE
        state.finish(baseline, ())
        assert state.last() == baseline


def test_two_audits_at_once_are_refused(path: Path) -> None:
    with State(path), pytest.raises(ConfigError, match="another audit"):
        State(path)
    State(path).close()


def test_an_audit_in_another_process_is_refused_too(path: Path) -> None:
    code = f"import pathlib, pii_scan.state as s\ntry: s.State(pathlib.Path({str(path)!r}))\nexcept Exception as e: print(e)"
    with State(path):
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "another audit" in told


def test_what_was_kept_survives_a_kill(path: Path) -> None:
    code = f"""if True:
        import os, pathlib
        from pii_scan.model import Evidence, Unit
        from pii_scan.state import State
        state = State(pathlib.Path({str(path)!r}))
        state.begin()
        state.memory("r", {{}}).keep(Unit("s", "t", "", "1"), Evidence())
        os.kill(os.getpid(), 9)
    """
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    with State(path) as state:
        assert state.memory("r", {}).recall(Unit("s", "t", "", "1")) == Evidence()


def test_a_foreign_database_is_refused_and_left_alone(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE customers (mail)")
    database.close()
    with pytest.raises(ConfigError, match="is not a state file"):
        State(path)
    database = sqlite3.connect(path)
    assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("customers",)]
    database.close()


def test_a_state_of_a_later_version_is_refused(path: Path) -> None:
    State(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(ConfigError, match="version 99"):
        State(path)


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"name,mail\n" * 100)
    with pytest.raises(ConfigError, match=r"damaged.*move it away"):
        State(path)
    assert path.read_bytes() == b"name,mail\n" * 100


def test_a_damaged_state_is_refused_and_left_there(path: Path) -> None:
    with State(path) as state:
        memory = state.memory("r", {})
        for number in range(300):
            memory.keep(Unit("exports", f"t{number}", "", "1"), EVIDENCE)
    whole = bytearray(path.read_bytes())
    whole[5000:9000] = b"\xff" * 4000
    path.write_bytes(whole)
    with pytest.raises(ConfigError, match="damaged") as caught:
        State(path)
    assert "delete it" in str(caught.value)
    assert path.stat().st_size == len(whole)


def test_damaged_evidence_names_the_file_and_the_way_out(path: Path) -> None:
    kept(path)
    database = sqlite3.connect(path)
    database.execute("UPDATE units SET evidence = x'00'")
    database.commit()
    database.close()
    with State(path) as state, pytest.raises(ConfigError, match="stored evidence is damaged") as caught:
        state.memory("r", {}).recall(UNIT)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("place", ["nowhere/audit.sqlite", "."])
def test_a_state_that_cannot_be_made_is_one_clear_line(tmp_path: Path, place: str) -> None:
    with pytest.raises(ReportError, match="cannot be written") as caught:
        State(tmp_path / place)
    assert caught.value.exit_code == 4
