"""A plan is for a source as it was: one that has changed is refused, or looked at cell by cell."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from pii_scan.api import opened, redact, scan
from pii_scan.cli import run
from pii_scan.errors import RedactionError
from pii_scan.fingerprints import changed, examining, fingerprint, stamped
from pii_scan.plan import Plan, load_plan

ROWS = "id,email,notes\n" + "".join(f"{n},user{n}@example.org,fine\n" for n in range(30))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "c.csv"
    path.write_text(ROWS)
    return path


@pytest.fixture
def plan(source: Path, tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    assert run(["scan", str(source), "--no-ner", "--plan", str(path), "-q"]) == 0
    return path


def test_a_plan_holds_the_fingerprint_of_a_file_and_it_is_that_of_its_bytes(source: Path, plan: Path) -> None:
    (seen,) = load_plan(plan).tables
    assert len(seen.fingerprint) == 64
    os.utime(source, (0, 0))
    assert not changed(load_plan(plan), opened([source]))
    source.write_text(ROWS + "31,a@b.cc,x\n")
    assert changed(load_plan(plan), opened([source])) == {(seen.source, "c")}


def test_a_source_as_it_was_is_copied(source: Path, plan: Path, tmp_path: Path) -> None:
    (made,) = redact(source, plan, to=tmp_path / "out", ner=False)
    assert "user1@" not in made.read_text()


def test_a_source_that_changed_is_refused_and_nothing_is_left(source: Path, plan: Path, tmp_path: Path) -> None:
    source.write_text(ROWS.replace("fine", "write to new@example.net", 1))
    with pytest.raises(RedactionError, match="has changed since the plan was made"):
        redact(source, plan, to=tmp_path / "out", ner=False)
    assert run(["redact", str(source), "--plan", str(plan), "--to", str(tmp_path / "out"), "--no-ner"]) == 4
    assert [*tmp_path.glob("out/**/*.csv")] == []


def test_on_request_what_is_new_is_looked_at_cell_by_cell(source: Path, plan: Path, tmp_path: Path) -> None:
    source.write_text(ROWS.replace("fine", "write to new@example.net", 1))
    command = ["redact", str(source), "--plan", str(plan), "--to", str(tmp_path / "out"), "--no-ner", "--changed"]
    assert run(command) == 0
    text = (tmp_path / "out" / "c.csv").read_text()
    assert "write to <EMAIL>" in text
    assert "fine" in text


def test_a_new_column_stops_the_copy_even_so(source: Path, plan: Path, tmp_path: Path) -> None:
    source.write_text(ROWS.replace("notes\n", "notes,phone\n").replace("fine", "fine,+41791234567"))
    for more in (False, True):
        with pytest.raises(RedactionError, match="appeared since the plan was made"):
            redact(source, plan, to=tmp_path / "out", ner=False, changed=more)


def test_a_line_without_a_fingerprint_lets_any_content_pass(source: Path, plan: Path, tmp_path: Path) -> None:
    text = "".join(line for line in plan.read_text().splitlines(keepends=True) if not line.startswith("fingerprint"))
    source.write_text(ROWS + "31,z@example.org,new\n")
    (made,) = redact(source, text, to=tmp_path / "out", ner=False)
    assert "new" in made.read_text()


def test_a_database_file_has_one_and_frames_have_none(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("create table t (email text)")
        base.execute("insert into t values ('ada@x.org')")
    marks = []
    for _ in range(2):
        (place,) = opened([f"sqlite:///{path}"])
        assert not hasattr(place, "why")
        marks.append(fingerprint(place))  # type: ignore[arg-type]
    assert marks[0] == marks[1]
    assert marks[0]
    (frame,) = opened([pd.DataFrame({"a": [1]})])
    assert fingerprint(frame) == ""  # type: ignore[arg-type]


def test_what_is_examined_is_only_what_changed() -> None:
    plan = load_plan(
        '[[table]]\nsource = "a"\ncolumns = ["x"]\nfingerprint = "1"\n[[table]]\nsource = "b"\ncolumns = ["x"]\nfingerprint = "2"'
    )
    made = examining(plan, {("a", "*")})
    assert [(seen.without_rule, seen.fingerprint) for seen in made.tables] == [("examine", ""), ("keep", "2")]


def test_a_plan_of_frames_is_stamped_with_nothing() -> None:
    frame = pd.DataFrame({"email": ["ada@example.org"] * 9})
    plan = scan(frame, ner=False).plan()
    assert stamped(plan, opened([frame])).model_dump() == plan.model_dump()
    assert stamped(Plan(), []) == Plan()
