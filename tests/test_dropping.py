"""`drop_column` in every form of copy: the column is gone, its neighbours are as they were."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pii_scan.api import opened, redact
from pii_scan.connectors.edits import places
from pii_scan.errors import RedactionError
from pii_scan.plan import load_plan
from pii_scan.redaction import Redactor

PLAN = """
[[column]]
column = "email"
operator = "drop_column"
[[table]]
columns = ["*"]
"""
ROWS = {"id": [1, 2], "email": ["ada@x.org", None], "notes": ["a, b", "c"]}


def copied(path: Path, to: Path, plan: str = PLAN) -> Path:
    made = redact(path, plan, to=to)
    assert len(made) == 1
    return Path(made[0])


CSV = [
    pytest.param(b'id,email,notes\r\n1,ada@x.org,"a, b"\r\n2,,c\r\n', b'id,notes\r\n1,"a, b"\r\n2,c\r\n', id="in the middle"),
    pytest.param(b"email;id\nada@x.org;1\n\nx;2", b"id\n1\n\n2", id="the first"),
    pytest.param(b"\xef\xbb\xbfemail,id\nada@x.org,1\n", b"\xef\xbb\xbfid\n1\n", id="behind a mark"),
    pytest.param(b'"id","email"\n"1","x"\n', b'"id"\n"1"\n', id="the last, quoted"),
    pytest.param(b"id,email\n", b"id\n", id="no rows"),
    pytest.param(b"id,email,n\n1\n2,b,c\n", b"id,n\n1\n2,c\n", id="a short row"),
    pytest.param("id,email\n1,ä\n".encode("utf-16"), "id\n1\n".encode("utf-16"), id="utf-16"),
]


@pytest.mark.parametrize(("before", "after"), CSV)
def test_of_delimited_text_nothing_else_changes(tmp_path: Path, before: bytes, after: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(before)
    assert copied(tmp_path / "t.csv", tmp_path / "out").read_bytes() == after


def test_of_parquet_neither_cells_nor_the_name_are_left(tmp_path: Path) -> None:
    pq.write_table(pa.table(ROWS), tmp_path / "t.parquet", row_group_size=1)
    out = copied(tmp_path / "t.parquet", tmp_path / "out")
    assert pq.read_table(out).to_pydict() == {"id": [1, 2], "notes": ["a, b", "c"]}
    assert b"email" not in out.read_bytes()


def test_of_parquet_without_rows_the_column_goes_too(tmp_path: Path) -> None:
    pq.write_table(pa.table(ROWS)[:0], tmp_path / "t.parquet")
    assert pq.read_schema(copied(tmp_path / "t.parquet", tmp_path / "out")).names == ["id", "notes"]


def test_of_a_database_table_the_column_goes_and_a_key_that_named_it(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "d.db")) as base, base:
        base.execute("create table p (email text primary key, id integer)")
        base.execute("create table q (email text references p (email), n integer)")
        base.execute("insert into p values ('ada@x.org', 1)")
        base.execute("insert into q values ('ada@x.org', 2)")
    redact(f"sqlite:///{tmp_path / 'd.db'}", PLAN, to=f"sqlite:///{tmp_path / 'e.db'}")
    with closing(sqlite3.connect(tmp_path / "e.db")) as base:
        assert base.execute("select * from p").fetchall() == [(1,)]
        assert base.execute("select * from q").fetchall() == [(2,)]
        assert [row[1] for row in base.execute("pragma table_info(q)")] == ["n"]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "arrow"])
def test_of_a_frame_the_column_goes(make: Any) -> None:
    made = redact(make(ROWS), PLAN)
    assert list(made.column_names if isinstance(made, pa.Table) else made.columns) == ["id", "notes"]
    assert type(made) is type(make(ROWS))


def test_of_a_pandas_frame_an_index_goes() -> None:
    frame = pd.DataFrame(ROWS).set_index("email")
    assert redact(frame, PLAN).index.tolist() == [0, 1]
    two = pd.DataFrame(ROWS).set_index(["email", "id"])
    assert redact(two, PLAN).index.names == ["id"]
    assert frame.index.name == "email"


def test_a_plan_that_drops_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("email\nx\n")
    with pytest.raises(RedactionError, match="drops every column"):
        redact(tmp_path / "t.csv", PLAN, to=tmp_path / "out")
    assert not (tmp_path / "out" / "t.csv").exists()


def test_a_dropped_value_is_looked_for_in_its_rows_notes_and_counted_as_removed() -> None:
    removed: set[str] = set()
    plan = load_plan(
        PLAN.replace('"drop_column"', '"drop_column"\nkind = "email"') + '[[column]]\ncolumn = "notes"\nscope = "text"\n'
    )
    work = Redactor(plan, lambda texts: [[] for _ in texts], removed=removed)
    batch = pa.record_batch({"email": ["ada@x.org"], "notes": ["to ada@x.org"]})
    assert work.edit("s", "t", batch).to_pydict() == {"notes": ["to <EMAIL>"]}
    assert removed == {"ada@x.org"}


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("abc", "abc", [0, 1, 2]),
        ("abc", "ac", [0, 2]),
        ("aab", "ab", [0, 2]),
        ("abc", "ca", None),
        ("abc", "d", None),
        ("a", "", None),
    ],
)
def test_what_an_edit_leaves_is_told_by_order(before: str, after: str, where: list[int] | None) -> None:
    assert places(list(before), list(after)) == where


def test_a_column_that_is_missing_unsaid_stops_the_copy(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,email\n1,x\n")
    (place,) = opened([tmp_path / "t.csv"])
    with pytest.raises(RedactionError, match="changed the rows or columns"):
        list(place.copy(str(tmp_path / "out"), lambda _, batch: batch.select(["email"])))  # type: ignore[union-attr]
    assert not (tmp_path / "out" / "t.csv").exists()


def test_no_copy_tells_what_it_has_left_out(tmp_path: Path) -> None:
    frame = pa.table(ROWS)
    assert redact(frame, PLAN).schema.metadata is None
    pq.write_table(frame, tmp_path / "t.parquet")
    assert b"dropped" not in copied(tmp_path / "t.parquet", tmp_path / "out").read_bytes()
