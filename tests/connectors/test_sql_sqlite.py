"""SQLite: every cell of any storage class, every row once, and a file that is never touched."""

from __future__ import annotations

import pickle
import sqlite3
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pii_scan.connectors import adbc, sql_plan, sql_rows, sql_sqlite, sql_table
from pii_scan.connectors.sql import SqlConnector, SqlSource
from pii_scan.connectors.sql_session import session
from pii_scan.errors import SourceError
from pii_scan.model import Skipped, Unit

CHINOOK = Path(__file__).parents[3] / "shared" / "data" / "chinook.sqlite"


def make(path: Path, *statements: str) -> Path:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def opened(path: Path) -> SqlSource:
    return SqlConnector().open(str(path))


def unit_of(source: SqlSource, table: str) -> Unit:
    return next(unit for unit in source.units() if isinstance(unit, Unit) and unit.table == table)


def cells(source: SqlSource, table: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for unit in source.units():
        if isinstance(unit, Unit) and unit.table == table:
            for batch in source.read(unit):
                assert isinstance(batch, pa.RecordBatch), batch
                found += zip(*batch.to_pydict().values(), strict=True)
    return found


def types(source: SqlSource, table: str) -> list[str]:
    batch = next(iter(source.read(unit_of(source, table))))
    assert isinstance(batch, pa.RecordBatch)
    return [str(kind) for kind in batch.schema.types]


@pytest.fixture(params=[True, False], ids=["adbc", "rows"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways out of a file give the same cells."""
    if not request.param:
        monkeypatch.setattr(adbc, "installed", lambda _family: False)


@pytest.mark.usefixtures("way")
class TestCells:
    def test_pure_columns_keep_their_type(self, tmp_path: Path) -> None:
        path = make(
            tmp_path / "a.db",
            "CREATE TABLE t (i INTEGER, r REAL, s TEXT)",
            "INSERT INTO t VALUES (7, 1.5, '007'), (NULL, NULL, NULL)",
        )
        assert types(opened(path), "t") == ["int64", "double", "string"]
        assert cells(opened(path), "t") == [(7, 1.5, "007"), (None, None, None)]

    def test_a_column_of_mixed_classes_loses_no_cell(self, tmp_path: Path) -> None:
        path = make(
            tmp_path / "a.db",
            "CREATE TABLE t (n INTEGER, m)",
            "INSERT INTO t VALUES (1, 1), ('a@b.ch', 2.5), (NULL, 'x'), (4111111111111111, x'6369616f')",
        )
        assert cells(opened(path), "t") == [("1", "1"), ("a@b.ch", "2.5"), (None, "x"), ("4111111111111111", "ciao")]

    def test_a_stranger_after_many_rows_loses_no_cell(self, tmp_path: Path) -> None:
        path = make(
            tmp_path / "a.db",
            "CREATE TABLE t (n INTEGER, s TEXT)",
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5000) INSERT INTO t SELECT x, NULL FROM c",
            "INSERT INTO t VALUES ('late', 'text'), (x'00ff', x'ff')",
        )
        rows = cells(opened(path), "t")
        assert rows[:2] == [("1", None), ("2", None)]
        assert rows[-2:] == [("late", "text"), ("\0\ufffd", "\ufffd")]
        assert len(rows) == 5002

    def test_a_column_that_begins_with_nulls_is_text_later(self, tmp_path: Path) -> None:
        path = make(
            tmp_path / "a.db",
            "CREATE TABLE t (s TEXT)",
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5000) INSERT INTO t SELECT NULL FROM c",
            "INSERT INTO t VALUES ('here')",
        )
        assert types(opened(path), "t") == ["string"]
        assert cells(opened(path), "t")[-1] == ("here",)

    def test_integers_beside_floats_stay_exact(self, tmp_path: Path) -> None:
        path = make(
            tmp_path / "a.db",
            "CREATE TABLE t (small NUMERIC, big NUMERIC)",
            "INSERT INTO t VALUES (1, 9999999999999999), (2.5, 2.5)",
        )
        assert cells(opened(path), "t") == [(1.0, "9999999999999999"), (2.5, "2.5")]

    def test_text_that_is_not_utf8_is_read_with_marks(self, tmp_path: Path) -> None:
        path = make(tmp_path / "a.db", "CREATE TABLE t (s TEXT)", "INSERT INTO t VALUES (CAST(x'4ffc72' AS TEXT)), ('ok')")
        assert cells(opened(path), "t") == [("O\ufffdr",), ("ok",)]

    def test_blobs_stay_bytes(self, tmp_path: Path) -> None:
        path = make(tmp_path / "a.db", "CREATE TABLE t (b BLOB, s)", "INSERT INTO t VALUES (x'00ff', 'x'), (NULL, 'y')")
        assert cells(opened(path), "t") == [(b"\x00\xff", "x"), (None, "y")]

    def test_an_empty_table_still_names_its_columns(self, tmp_path: Path) -> None:
        source = opened(make(tmp_path / "a.db", "CREATE TABLE t (id INTEGER PRIMARY KEY, mail TEXT, price REAL, photo BLOB)"))
        (batch,) = source.read(unit_of(source, "t"))
        assert isinstance(batch, pa.RecordBatch)
        assert (batch.num_rows, batch.schema.names) == (0, ["id", "mail", "price", "photo"])
        assert [str(kind) for kind in batch.schema.types] == ["int64", "string", "double", "binary"]

    @pytest.mark.parametrize(
        "name", ['a"b', "a.b", "select", "a:b", "100%", "sp ace", "naïve", "a]b", "a`b", "x'y", "(c0)", "a\nb"]
    )
    def test_odd_names_are_quoted(self, tmp_path: Path, name: str) -> None:
        quoted = '"' + name.replace('"', '""') + '"'
        path = make(
            tmp_path / "a.db", f"CREATE TABLE {quoted} ({quoted} TEXT, b TEXT)", f"INSERT INTO {quoted} VALUES ('x', 'y')"
        )
        source = opened(path)
        (unit,) = source.units()
        assert isinstance(unit, Unit)
        (batch,) = source.read(unit)
        assert isinstance(batch, pa.RecordBatch)
        assert batch.to_pydict() == {name: ["x"], "b": ["y"]}

    def test_a_table_of_very_many_columns_is_read(self, tmp_path: Path) -> None:
        columns = ", ".join(f"c{place} TEXT" for place in range(1500))
        values = ", ".join("'x'" if place % 2 else "1.5" for place in range(1500))
        path = make(tmp_path / "a.db", f"CREATE TABLE t ({columns})", f"INSERT INTO t VALUES ({values})")
        assert len(cells(opened(path), "t")[0]) == 1500

    def test_a_row_id_column_of_the_users_is_just_a_column(self, tmp_path: Path) -> None:
        path = make(
            tmp_path / "a.db", "CREATE TABLE t (rowid TEXT, _rowid_ TEXT, oid TEXT)", "INSERT INTO t VALUES ('a', 'b', 'c')"
        )
        assert cells(opened(path), "t") == [("a", "b", "c")]

    def test_views_generated_columns_and_tables_without_row_ids_are_read(self, tmp_path: Path) -> None:
        path = make(
            tmp_path / "a.db",
            "CREATE TABLE t (k TEXT PRIMARY KEY, n INT, twice INT AS (n * 2)) WITHOUT ROWID",
            "INSERT INTO t (k, n) VALUES ('a', 2)",
            "CREATE VIEW v AS SELECT k, twice FROM t",
        )
        assert cells(opened(path), "t") == [("a", 2, 4)]
        assert cells(opened(path), "v") == [("a", 4)]


@given(
    st.lists(
        st.tuples(
            *[
                st.none()
                | st.integers(-(2**63), 2**63 - 1)
                | st.floats(allow_nan=False, allow_infinity=False)
                | st.text()
                | st.binary()
            ]
            * 2
        ),
        max_size=30,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_cell_is_lost_whatever_the_classes(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, Any]]) -> None:
    path = tmp_path_factory.mktemp("any") / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a, b INTEGER)")
    connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
    connection.commit()
    stored = connection.execute("SELECT a IS NULL, b IS NULL FROM t").fetchall()
    texts = {value for row in rows for value in row if isinstance(value, str)}
    connection.close()
    read = cells(opened(path), "t")
    assert [(a is None, b is None) for a, b in read] == [(bool(a), bool(b)) for a, b in stored]
    assert texts - {""} <= {value for row in read for value in row} | {text for text in texts if _numeric(text)}


def _numeric(text: str) -> bool:
    """What the affinity of an INTEGER column stores as a number."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (b INTEGER)")
    connection.execute("INSERT INTO t VALUES (?)", (text,))
    (kind,) = connection.execute("SELECT typeof(b) FROM t").fetchone()
    connection.close()
    return bool(kind != "text")


COUNT = "WITH RECURSIVE c(x) AS (SELECT {} UNION ALL SELECT x + 1 FROM c WHERE x < {})"


class TestParts:
    @pytest.fixture
    def big(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A table of four parts; parts are smaller here, so that a big table need not be big."""
        monkeypatch.setattr(sql_plan, "PART_ROWS", 2_000)
        monkeypatch.setattr(sql_table, "PART_ROWS", 2_000)
        return make(
            tmp_path / "big.db",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT)",
            COUNT.format(-1000, 3500) + " INSERT INTO t SELECT x, 'n' || x FROM c",
        )

    def test_a_big_table_is_cut_into_parts_that_hold_every_row_once(self, big: Path) -> None:
        source = opened(big)
        units = [unit for unit in source.units() if isinstance(unit, Unit)]
        assert [unit.key for unit in units] == [f"part {number} of 4" for number in (1, 2, 3, 4)]
        assert "span" not in repr(units[0])
        ids = [row[0] for row in cells(source, "t")]
        assert ids == list(range(-1000, 3501))

    def test_rows_added_beyond_the_planned_keys_are_read(self, big: Path) -> None:
        source = opened(big)
        units = [unit for unit in source.units() if isinstance(unit, Unit)]
        make(big, "INSERT INTO t VALUES (-5000000, 'below'), (900000000, 'above')")
        read = [batch for unit in units for batch in source.read(unit)]
        assert sum(batch.num_rows for batch in read if isinstance(batch, pa.RecordBatch)) == 4_503
        assert not [batch for batch in read if isinstance(batch, Skipped)]

    def test_batches_stay_under_the_lid(self, tmp_path: Path) -> None:
        path = make(
            tmp_path / "a.db",
            "CREATE TABLE t (b BLOB)",
            COUNT.format(1, 100) + " INSERT INTO t SELECT zeroblob(1000000) FROM c",
        )
        source = opened(path)
        sizes = [batch.nbytes for batch in source.read(unit_of(source, "t")) if isinstance(batch, pa.RecordBatch)]
        assert sum(sizes) > 100_000_000
        # one first fetch of unknown size, then at most 16 MiB at once
        assert max(sizes[1:], default=0) <= 17 << 20


class TestAddresses:
    def test_a_path_and_a_url_open_the_same_file(self, tmp_path: Path) -> None:
        path = make(tmp_path / "a b.db", "CREATE TABLE t (s)", "INSERT INTO t VALUES ('x')")
        for address in (
            str(path),
            f"sqlite:///{path}",
            f"sqlite:////{str(path).removeprefix('/')}",
            f"sqlite:///{path}?mode=rwc",
        ):
            assert cells(SqlConnector().open(address), "t") == [("x",)]

    @pytest.mark.parametrize("address", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
    def test_a_database_in_memory_is_no_source(self, address: str) -> None:
        with pytest.raises(SourceError, match="names no file"):
            SqlConnector().open(address)

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (None, "no such file"),
            (b"", "is empty"),
            (b"secret-cell,of,a,csv\n" * 9, "not a SQLite"),
            (b"SQLite format", "not a SQLite"),
        ],
    )
    def test_what_is_no_database_is_a_clear_error(self, tmp_path: Path, content: bytes | None, why: str) -> None:
        path = tmp_path / "x.db"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(SourceError, match=why) as caught:
            list(opened(path).units())
        assert "secret-cell" not in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_damaged_file_is_named_without_a_traceback(self, tmp_path: Path) -> None:
        path = make(tmp_path / "x.db", "CREATE TABLE t (s)", "INSERT INTO t VALUES ('x')")
        path.write_bytes(path.read_bytes()[:100] + b"\xff" * 5000)
        with pytest.raises(SourceError, match=r"x\.db"):
            list(opened(path).units())

    def test_a_source_survives_pickling(self, tmp_path: Path) -> None:
        source = opened(make(tmp_path / "a.db", "CREATE TABLE t (s)", "INSERT INTO t VALUES ('x')"))
        assert cells(pickle.loads(pickle.dumps(source)), "t") == [("x",)]


class TestReadOnly:
    def test_no_session_can_write(self, tmp_path: Path) -> None:
        path = make(tmp_path / "a.db", "CREATE TABLE t (s)")
        with session(str(path)) as connection:
            for statement in ("INSERT INTO t VALUES ('x')", "CREATE TEMP TABLE u (s)", "DROP TABLE t"):
                with pytest.raises(Exception, match=r"(?i)readonly|read-only"):
                    connection.exec_driver_sql(statement)
        with adbc.cursor("sqlite", sql_sqlite.uri(path), ()) as cursor, pytest.raises(Exception, match=r"(?i)readonly"):
            cursor.execute("INSERT INTO t VALUES ('x')")

    def test_reading_leaves_nothing_beside_the_file_and_its_bytes_alone(self, tmp_path: Path) -> None:
        path = make(tmp_path / "a.db", "PRAGMA journal_mode = WAL", "CREATE TABLE t (s)", "INSERT INTO t VALUES ('x')")
        before = (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir()))
        assert cells(opened(path), "t") == [("x",)]
        assert (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir())) == before

    def test_rows_in_a_log_that_is_still_open_are_read(self, tmp_path: Path) -> None:
        path = make(tmp_path / "a.db", "PRAGMA journal_mode = WAL", "CREATE TABLE t (s)")
        writer = sqlite3.connect(path)
        writer.execute("INSERT INTO t VALUES ('in the log')")
        writer.commit()
        assert cells(opened(path), "t") == [("in the log",)]
        writer.close()

    def test_a_file_that_changes_while_it_is_read_without_a_lock_is_reported(self, tmp_path: Path) -> None:
        path = make(tmp_path / "a.db", "PRAGMA journal_mode = WAL", "CREATE TABLE t (s)", "INSERT INTO t VALUES ('x')")
        source = opened(path)
        reader = source.read(unit_of(source, "t"))
        next(reader)
        make(path, "INSERT INTO t VALUES ('y')")
        (skipped,) = reader
        assert isinstance(skipped, Skipped)
        assert (skipped.what, skipped.table) == ("rows", "t")


class TestFailures:
    def test_a_broken_view_is_skipped_and_the_others_go_on(self, tmp_path: Path) -> None:
        path = make(
            tmp_path / "a.db",
            "CREATE TABLE t (s)",
            "INSERT INTO t VALUES ('x')",
            "CREATE TABLE gone (s)",
            "CREATE VIEW v AS SELECT * FROM gone",
        )
        make(path, "DROP TABLE gone")
        source = opened(path)
        found = [one for unit in source.units() for one in (source.read(unit) if isinstance(unit, Unit) else [unit])]
        assert [one.table for one in found if isinstance(one, Skipped)] == ["v"]
        assert sum(one.num_rows for one in found if isinstance(one, pa.RecordBatch)) == 1

    def test_a_table_that_vanishes_is_skipped(self, tmp_path: Path) -> None:
        path = make(tmp_path / "a.db", "CREATE TABLE t (s)")
        source = opened(path)
        unit = unit_of(source, "t")
        make(path, "DROP TABLE t")
        (skipped,) = source.read(unit)
        assert skipped == Skipped(source.address, "table", "the table is no longer there", table="t")

    def test_a_file_that_vanishes_is_skipped(self, tmp_path: Path) -> None:
        path = make(tmp_path / "a.db", "CREATE TABLE t (s)")
        source = opened(path)
        unit = unit_of(source, "t")
        path.unlink()
        (skipped,) = source.read(unit)
        assert isinstance(skipped, Skipped)
        assert "no such file" in skipped.why

    def test_an_error_in_the_middle_keeps_the_rows_before_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = make(
            tmp_path / "a.db",
            "CREATE TABLE t (n INTEGER)",
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 3000) INSERT INTO t SELECT x FROM c",
            "CREATE VIEW v AS SELECT CASE WHEN n < 2500 THEN 'cell-' || n ELSE json('cell-{' || n) END AS s FROM t",
        )
        monkeypatch.setattr(sql_sqlite, "settle", lambda fields, *_: fields)
        monkeypatch.setattr(sql_rows.adbc, "installed", lambda _family: False)
        source = opened(path)
        *batches, skipped = source.read(unit_of(source, "v"))
        assert isinstance(skipped, Skipped)
        assert skipped.what == "rows"
        assert "rows were read" in skipped.why
        assert "cell-" not in skipped.why
        assert sum(batch.num_rows for batch in batches if isinstance(batch, pa.RecordBatch)) > 0


class TestPlan:
    def test_foreign_keys_and_fingerprints_are_told(self, tmp_path: Path) -> None:
        path = make(
            tmp_path / "a.db",
            "CREATE TABLE p (id INTEGER PRIMARY KEY)",
            "CREATE TABLE c (pid REFERENCES p (id), other REFERENCES p, lost REFERENCES nowhere)",
        )
        source = opened(path)
        unit = unit_of(source, "c")
        assert {("pid", "p.id"), ("other", "p.id")} <= set(unit.foreign_keys)
        assert unit.fingerprint == unit_of(source, "p").fingerprint != ""
        time.sleep(0.01)
        make(path, "INSERT INTO p VALUES (1)")
        assert unit_of(source, "c").fingerprint != unit.fingerprint

    def test_a_full_text_table_and_its_shadows_are_read(self, tmp_path: Path) -> None:
        path = make(tmp_path / "a.db", "CREATE VIRTUAL TABLE notes USING fts5(body)", "INSERT INTO notes VALUES ('hello')")
        assert cells(opened(path), "notes") == [("hello",)]

    @pytest.mark.skipif(not CHINOOK.exists(), reason="no ../shared/data")
    def test_chinook_is_read_whole(self) -> None:
        source = opened(CHINOOK)
        connection = sqlite3.connect(f"file:{CHINOOK}?mode=ro", uri=True)
        units = [unit for unit in source.units() if isinstance(unit, Unit)]
        assert len(units) == 11
        for unit in units:
            (count,) = connection.execute(f'SELECT count(*) FROM "{unit.table}"').fetchone()
            assert sum(batch.num_rows for batch in source.read(unit) if isinstance(batch, pa.RecordBatch)) == count
        connection.close()
        assert ("SupportRepId", "Employee.EmployeeId") in unit_of(source, "Customer").foreign_keys
