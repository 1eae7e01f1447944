"""PostgreSQL and MariaDB: every type, every schema, sessions that cannot write, and errors that tell no secret."""

from __future__ import annotations

import datetime as dt
import pickle
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from pii_scan.connectors import adbc, sql_plan, sql_postgresql, sql_table
from pii_scan.connectors.sql import SqlConnector, SqlSource
from pii_scan.connectors.sql_address import server_url
from pii_scan.connectors.sql_session import session
from pii_scan.errors import SourceError
from pii_scan.model import Skipped, Unit

if TYPE_CHECKING:
    # at run time the plugin below brings it, with its assertions rewritten
    from tests.servers import Database, Server

pytest_plugins = ["tests.servers"]

BULK = 4_500


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 2,000 rows, so that a big table need not be big."""
    monkeypatch.setattr(sql_plan, "PART_ROWS", 2_000)
    monkeypatch.setattr(sql_table, "PART_ROWS", 2_000)


def opened(database: Database) -> SqlSource:
    return SqlConnector().open(database.address)


def units(source: SqlSource) -> list[Unit]:
    found = list(source.units())
    assert not [one for one in found if isinstance(one, Skipped)], found
    return [one for one in found if isinstance(one, Unit)]


def apart(source: SqlSource, names: list[str]) -> None:
    """Each column by itself is what it is among the others; a view, whose rows may be dear, is read at once."""
    planned = {unit.table: unit for unit in units(source)}
    assert not planned["v"].widths
    assert [name for name, _ in planned["t"].widths] == names
    assert all(width > 0 for _, width in planned["t"].widths)
    together = columns(source, "t")
    assert {name: columns(source.only([name]), "t") for name in names} == {name: {name: together[name]} for name in names}


def columns(source: SqlSource, table: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for unit in units(source):
        if unit.table == table:
            for batch in source.read(unit):
                assert isinstance(batch, pa.RecordBatch), batch
                for name, values in batch.to_pydict().items():
                    found.setdefault(name, []).extend(values)
    return found


def types(source: SqlSource, table: str) -> dict[str, str]:
    unit = next(unit for unit in units(source) if unit.table == table)
    batch = next(iter(source.read(unit)))
    assert isinstance(batch, pa.RecordBatch), batch
    return {field.name: str(field.type) for field in batch.schema}


@pytest.fixture(params=["adbc", "rows"])
def pg(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, postgresql_database: Database) -> Database:
    """A PostgreSQL database, read both ways."""
    if request.param == "rows":
        monkeypatch.setattr(adbc, "installed", lambda _family: False)
    return postgresql_database


class TestPostgresql:
    def test_every_type_arrives_as_its_nearest_arrow_type_or_text(self, pg: Database) -> None:
        pg.run(
            "CREATE TYPE mood AS ENUM ('glad')",
            "CREATE TYPE pair AS (a int, b text)",
            "CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%')",
            """CREATE TABLE t (
                b bool, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric(12, 3), nn numeric,
                c char(4), v varchar(9), x text, y bytea, d date, ts timestamp, tz timestamptz, h time, iv interval, u uuid,
                j jsonb, j1 json, ip inet, m macaddr, e mood, p pair, dm mail, ai int[],
                ax text[][], mo money, r int4range, o oid)""",
            r"""INSERT INTO t VALUES (true, 1, 2, 3, 1.5, 2.5, 1.250, 1.10, 'ab', 'cd', 'ef', '\x00ff', '1980-02-29',
                '2020-01-02 03:04:05.678', '2020-01-02 03:04:05+01', '24:00', '1 day', '12345678-1234-5678-1234-567812345678',
                '{"mail": "a@b.ch"}', '[1]', '10.0.0.1', '08:00:2b:01:02:03', 'glad', (1, 'x'), 'a@b.ch', '{1,null}', '{{a},{b}}',
                '1.5', '[1,3)', 42)""",
            "INSERT INTO t DEFAULT VALUES",
        )
        source = opened(pg)
        first = {name: values[0] for name, values in columns(source, "t").items()}
        assert {values[1] for values in columns(source, "t").values()} == {None}
        assert first == {
            "b": True,
            "i2": 1,
            "i4": 2,
            "i8": 3,
            "f4": 1.5,
            "f8": 2.5,
            "n": Decimal("1.250"),
            "nn": "1.10",
            "c": "ab  ",
            "v": "cd",
            "x": "ef",
            "y": b"\x00\xff",
            "d": dt.date(1980, 2, 29),
            "ts": dt.datetime(2020, 1, 2, 3, 4, 5, 678000),  # noqa: DTZ001
            "tz": dt.datetime(2020, 1, 2, 2, 4, 5, tzinfo=first["tz"].tzinfo),
            "h": "24:00:00",
            "iv": "P1D",
            "u": "12345678-1234-5678-1234-567812345678",
            "j": '{"mail": "a@b.ch"}',
            "j1": "[1]",
            "ip": "10.0.0.1/32",
            "m": "08:00:2b:01:02:03",
            "e": "glad",
            "p": '{"a":1,"b":"x"}',
            "dm": "a@b.ch",
            "ai": "[1,null]",
            "ax": '[["a"],["b"]]',
            "mo": "$1.50",
            "r": "[1,3)",
            "o": "42",
        }
        found = types(source, "t")
        assert {found[name] for name in ("i2", "i4", "i8")} == {"int16", "int32", "int64"}
        assert (found["n"], found["d"], found["tz"]) == ("decimal128(12, 3)", "date32[day]", "timestamp[us, tz=UTC]")

    def test_dates_that_arrow_has_no_place_for_are_read_as_text(self, pg: Database) -> None:
        pg.run(
            "CREATE TABLE t (d date, e date, ts timestamp, tz timestamptz, n numeric(5, 2))",
            "INSERT INTO t VALUES ('infinity', '2020-01-01', '0044-03-15 BC', '-infinity', 'NaN')",
            "INSERT INTO t VALUES (null, null, '20000-01-01', null, 1.5)",
        )
        found = columns(opened(pg), "t")
        assert found["d"] == ["infinity", None]
        assert found["e"] == [dt.date(2020, 1, 1), None]
        assert found["ts"] == ["0044-03-15 00:00:00 BC", "20000-01-01 00:00:00"]
        assert found["tz"] == ["-infinity", None]
        assert found["n"] == ["NaN", "1.50"]

    def test_every_schema_and_kind_of_table_is_read_and_no_row_twice(self, pg: Database) -> None:
        pg.run(
            "CREATE TABLE plain (id int primary key)",
            "INSERT INTO plain VALUES (1)",
            'CREATE SCHEMA "Sales"',
            'CREATE TABLE "Sales"."my.Orders" ("select" text, "100%%" text, "a:b" text)'.replace("%%", "%"),
            """INSERT INTO "Sales"."my.Orders" VALUES ('x', 'y', 'z')""",
            "CREATE TABLE parted (id int, s text) PARTITION BY RANGE (id)",
            "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10)",
            "INSERT INTO parted VALUES (1, 'a'), (2, 'b')",
            "CREATE TABLE animal (name text)",
            "CREATE TABLE dog (breed text) INHERITS (animal)",
            "INSERT INTO animal VALUES ('cat')",
            "INSERT INTO dog VALUES ('rex', 'lab')",
            "CREATE VIEW v AS SELECT id FROM plain",
            "CREATE MATERIALIZED VIEW mv AS SELECT id FROM plain",
            "CREATE TABLE nothing ()",
        )
        source = opened(pg)
        names = [unit.table for unit in units(source)]
        assert names == ["animal", "dog", "mv", "nothing", "parted", "plain", "v", 'Sales."my.Orders"']
        assert columns(source, 'Sales."my.Orders"') == {"select": ["x"], "100%": ["y"], "a:b": ["z"]}
        assert columns(source, "parted")["s"] == ["a", "b"]
        assert columns(source, "animal") == {"name": ["cat"]}
        assert columns(source, "mv") == columns(source, "v") == {"id": [1]}

    @pytest.mark.usefixtures("small_parts")
    def test_a_big_table_is_cut_by_its_key_and_every_row_is_read_once(self, pg: Database) -> None:
        pg.run(
            "CREATE TABLE t (id int primary key, s text)",
            f"INSERT INTO t SELECT i, 'n' || i FROM generate_series(1, {BULK}) i",
            "ANALYZE t",
        )
        source = opened(pg)
        planned = units(source)
        assert [unit.key for unit in planned] == [f"part {number} of 4" for number in (1, 2, 3, 4)]
        pg.run("INSERT INTO t VALUES (-9, 'below'), (2000000000, 'above')")
        ids = [value for unit in planned for batch in source.read(unit) for value in batch.column(0).to_pylist()]  # type: ignore[union-attr]
        assert sorted(ids) == [-9, *range(1, BULK + 1), 2000000000]

    def test_columns_of_a_big_table_are_read_apart(self, pg: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sql_plan, "_LARGE", 10)
        pg.run(
            "CREATE TABLE t (s text, a int[], j jsonb, d date)",
            f"INSERT INTO t SELECT 'n' || i, ARRAY[i, 2], '{{}}', '2020-01-02' FROM generate_series(1, {BULK}) i",
            "CREATE VIEW v AS SELECT * FROM t",
            "ANALYZE t",
        )
        apart(opened(pg), ["s", "a", "j", "d"])

    def test_foreign_keys_are_told(self, pg: Database) -> None:
        pg.run("CREATE TABLE p (id int primary key)", "CREATE SCHEMA x", "CREATE TABLE x.c (pid int REFERENCES p (id), s text)")
        (child,) = (unit for unit in units(opened(pg)) if unit.table == "x.c")
        assert child.foreign_keys == (("pid", "p.id"),)

    def test_a_table_without_permission_is_skipped_and_the_others_go_on(self, pg: Database) -> None:
        pg.govern("CREATE TABLE secret (s text)", "CREATE TABLE open (s text)", f"GRANT SELECT ON open TO {pg.user}")
        source = opened(pg)
        found = {unit.table: list(source.read(unit)) for unit in units(source)}
        (skipped,) = found["secret"]
        assert isinstance(skipped, Skipped)
        assert (skipped.what, skipped.source) == ("table", pg.shown)
        assert "permission denied" in skipped.why
        assert "42501" in skipped.why
        assert isinstance(found["open"][0], pa.RecordBatch)

    def test_rows_hidden_by_row_security_are_reported(self, pg: Database) -> None:
        pg.govern(
            "CREATE TABLE t (s text)",
            "INSERT INTO t VALUES ('mine'), ('hidden')",
            "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY p ON t USING (s = 'mine')",
            f"GRANT SELECT ON t TO {pg.user}",
        )
        source = opened(pg)
        (unit,) = units(source)
        batch, skipped = source.read(unit)
        assert isinstance(batch, pa.RecordBatch)
        assert batch.to_pydict() == {"s": ["mine"]}
        assert isinstance(skipped, Skipped)
        assert "row-level security" in skipped.why

    def test_an_error_in_a_cell_is_told_without_the_cell(self, pg: Database) -> None:
        pg.run("CREATE VIEW v AS SELECT ('cell-' || i)::int AS n FROM generate_series(1, 3) i")
        source = opened(pg)
        (unit,) = units(source)
        (skipped,) = source.read(unit)
        assert isinstance(skipped, Skipped)
        assert "22P02" in skipped.why or "in the middle of the query" in skipped.why
        assert "cell-" not in repr(skipped)

    def test_a_dropped_connection_keeps_the_rows_before_it(self, pg: Database) -> None:
        pg.run(
            "CREATE TABLE t (s text)",
            "INSERT INTO t SELECT repeat('x', 500) FROM generate_series(1, 100000)",
        )
        source = opened(pg)
        (unit,) = units(source)
        reader = source.read(unit)
        first = next(reader)
        assert isinstance(first, pa.RecordBatch)
        pg.govern(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{pg.user}'")
        *others, skipped = reader
        assert isinstance(skipped, Skipped)
        assert skipped.what == "rows"
        rows = first.num_rows + sum(batch.num_rows for batch in others if isinstance(batch, pa.RecordBatch))
        assert f"{rows:,} rows were read" in skipped.why
        assert pg.password not in repr(skipped)

    def test_a_reader_that_stops_early_does_not_read_the_rest(self, pg: Database) -> None:
        pg.run(
            "CREATE VIEW v AS SELECT i, repeat('x', 300) AS s FROM generate_series(1, 3000000) i",
        )
        source = opened(pg)
        (unit,) = units(source)
        reader = iter(source.read(unit))
        assert isinstance(next(reader), pa.RecordBatch)
        begun = time.monotonic()
        reader.close()  # type: ignore[attr-defined]
        assert time.monotonic() - begun < 5

    def test_no_session_can_write(self, pg: Database) -> None:
        pg.run("CREATE TABLE t (s text)")
        statements = ("INSERT INTO t VALUES ('x')", "CREATE TABLE u (s text)", "DROP TABLE t")
        for statement in statements:
            for snapshot in (True, False):
                with session(pg.address, snapshot=snapshot) as connection, pytest.raises(Exception, match="read-only"):
                    connection.exec_driver_sql(statement)
            commands = (sql_postgresql.BEGIN, *sql_postgresql.SESSION)
            uri = server_url(pg.address).set(drivername="postgresql").render_as_string(hide_password=False)
            with adbc.cursor("postgresql", uri, commands) as cursor, pytest.raises(Exception, match="read-only"):
                cursor.execute(statement)
        assert pg.rows("SELECT * FROM t") == []


class TestMariadb:
    def test_every_type_arrives_as_its_nearest_arrow_type_or_text(self, mariadb_database: Database) -> None:
        database = mariadb_database
        database.run(
            """CREATE TABLE t (ti tinyint(1), i int, big bigint unsigned, f float, d double, n decimal(20, 3),
                wide decimal(60, 2), bits bit(5), c char(4), v varchar(9), x longtext, bin varbinary(5), bl blob, da date,
                dtm datetime(6), ts timestamp NULL, h time, y year, e enum('a', 'b'), s set('a', 'b'),
                j json, g point, u uuid, ip inet6)""",
            """INSERT INTO t VALUES (1, 2, 18446744073709551615, 0.1, 2.5, 1.250, 7.25, b'101', 'ab', 'cd', 'é😀', x'00ff',
                x'ff00', '1980-02-29', '2020-01-02 03:04:05.678', '2020-01-02 03:04:05', '-100:00:00', 2020, 'b', 'a,b',
                '{"a": 1}', point(1, 2), '12345678-1234-5678-1234-567812345678', '::1')""",
            "INSERT INTO t (i) VALUES (NULL)",
        )
        found = columns(opened(database), "t")
        first = {name: values[0] for name, values in found.items()}
        assert {values[1] for values in found.values()} == {None}
        assert first.pop("f") == pytest.approx(0.1, rel=1e-6)
        assert first == {
            "ti": 1,
            "i": 2,
            "big": 18446744073709551615,
            "d": 2.5,
            "n": Decimal("1.250"),
            "wide": "7.25",
            "bits": 5,
            "c": "ab",
            "v": "cd",
            "x": "é😀",
            "bin": b"\x00\xff",
            "bl": b"\xff\x00",
            "da": dt.date(1980, 2, 29),
            "dtm": dt.datetime(2020, 1, 2, 3, 4, 5, 678000),  # noqa: DTZ001
            "ts": first["ts"],
            "h": "-100:00:00",
            "y": 2020,
            "e": "b",
            "s": "a,b",
            "j": '{"a": 1}',
            "g": "POINT(1 2)",
            "u": "12345678-1234-5678-1234-567812345678",
            "ip": "::1",
        }

    def test_dates_that_are_none_are_read_as_text(self, mariadb_database: Database) -> None:
        database = mariadb_database
        database.server.run("SET GLOBAL sql_mode = ''")
        database.run("CREATE TABLE t (d date, e date)", "INSERT INTO t VALUES ('0000-00-00', '2020-01-01'), ('1980-00-00', NULL)")
        found = columns(opened(database), "t")
        assert found == {"d": ["0000-00-00", "1980-00-00"], "e": [dt.date(2020, 1, 1), None]}

    def test_odd_names_views_and_foreign_keys(self, mariadb_database: Database) -> None:
        database = mariadb_database
        database.run(
            "CREATE TABLE p (id int primary key)",
            "CREATE TABLE `a.b` (`100%` text, `a:b` text, `sel``ect` text, pid int, FOREIGN KEY (pid) REFERENCES p (id))",
            "INSERT INTO p VALUES (1)",
            "INSERT INTO `a.b` VALUES ('x', 'y', 'z', 1)",
            "CREATE VIEW v AS SELECT id FROM p",
        )
        source = opened(database)
        assert [unit.table for unit in units(source)] == ['"a.b"', "p", "v"]
        assert columns(source, '"a.b"') == {"100%": ["x"], "a:b": ["y"], "sel`ect": ["z"], "pid": [1]}
        assert units(source)[0].foreign_keys == (("pid", "p.id"),)

    def test_without_a_database_every_one_is_read(self, mariadb_database: Database) -> None:
        database = mariadb_database
        database.run("CREATE TABLE t (s text)", "INSERT INTO t VALUES ('x')")
        source = SqlConnector().open(database.server.address("", database.user))
        assert [unit.table for unit in units(source)] == [f"{database.name}.t"]
        assert columns(source, f"{database.name}.t") == {"s": ["x"]}

    @pytest.mark.usefixtures("small_parts")
    def test_a_big_table_is_cut_by_its_key_and_every_row_is_read_once(self, mariadb_database: Database) -> None:
        database = mariadb_database
        database.run(
            "CREATE TABLE t (id bigint unsigned primary key, s text)",
            f"INSERT INTO t SELECT seq, concat('n', seq) FROM seq_1_to_{BULK}",
            "ANALYZE TABLE t",
        )
        source = opened(database)
        planned = units(source)
        assert len(planned) >= 2
        database.run("INSERT INTO t VALUES (0, 'below'), (18446744073709551615, 'above')")
        ids = [value for unit in planned for batch in source.read(unit) for value in batch.column(0).to_pylist()]  # type: ignore[union-attr]
        assert sorted(ids) == [*range(BULK + 1), 18446744073709551615]

    def test_columns_of_a_big_table_are_read_apart(self, mariadb_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sql_plan, "_LARGE", 10)
        mariadb_database.run(
            "CREATE TABLE t (s text, b varbinary(9), p point, d date)",
            f"INSERT INTO t SELECT concat('n', seq), x'ff', point(1, 2), '2020-01-02' FROM seq_1_to_{BULK}",
            "CREATE VIEW v AS SELECT * FROM t",
            "ANALYZE TABLE t",
        )
        apart(opened(mariadb_database), ["s", "b", "p", "d"])

    def test_broken_views_and_vanished_tables_are_skipped(self, mariadb_database: Database) -> None:
        database = mariadb_database
        database.run(
            "CREATE TABLE gone (s text)",
            "CREATE VIEW v AS SELECT s FROM gone",
            "CREATE TABLE later (s text)",
            "CREATE TABLE t (s text)",
            "DROP TABLE gone",
        )
        source = opened(database)
        planned = units(source)
        database.run("DROP TABLE later")
        found = {unit.table: list(source.read(unit)) for unit in planned}
        why = {table: one.why for table, (one,) in found.items() if isinstance(one, Skipped)}
        assert set(why) == {"v", "later"}
        assert "missing or forbidden" in why["v"]
        assert "no longer there" in why["later"]

    def test_a_dropped_connection_keeps_the_rows_before_it(self, mariadb_database: Database) -> None:
        database = mariadb_database
        database.run("CREATE TABLE t (s text)", "INSERT INTO t SELECT repeat('x', 500) FROM seq_1_to_100000")
        source = opened(database)
        reader = source.read(units(source)[0])
        first = next(reader)
        assert isinstance(first, pa.RecordBatch)
        database.govern(f"KILL USER {database.user}")
        *others, skipped = reader
        assert isinstance(skipped, Skipped)
        rows = first.num_rows + sum(batch.num_rows for batch in others if isinstance(batch, pa.RecordBatch))
        assert skipped.what == "rows"
        assert f"{rows:,} rows were read" in skipped.why

    def test_a_reader_that_stops_early_does_not_read_the_rest(self, mariadb_database: Database) -> None:
        database = mariadb_database
        database.run("CREATE VIEW v AS SELECT repeat('x', 300) AS s FROM seq_1_to_20000000")
        source = opened(database)
        reader = iter(source.read(units(source)[0]))
        assert isinstance(next(reader), pa.RecordBatch)
        begun = time.monotonic()
        reader.close()  # type: ignore[attr-defined]
        assert time.monotonic() - begun < 5

    def test_no_session_can_write(self, mariadb_database: Database) -> None:
        database = mariadb_database
        database.run("CREATE TABLE t (s text)")
        for statement in ("INSERT INTO t VALUES ('x')", "CREATE TABLE u (s text)", "DROP TABLE t"):
            for snapshot in (True, False):
                with session(database.address, snapshot=snapshot) as connection, pytest.raises(Exception, match="READ ONLY"):
                    connection.exec_driver_sql(statement)
        assert database.rows("SELECT * FROM t") == []


def failure(address: str) -> str:
    with pytest.raises(SourceError) as caught:
        list(SqlConnector().open(address).units())
    error = caught.value
    assert error.__suppress_context__ or error.__context__ is None
    return f"{error}|{error!r}|{error.args}"


class TestSecrets:
    """The password is a canary: it is in none of the ways in which a connection fails."""

    @pytest.mark.parametrize("server", ["postgresql", "mariadb"])
    def test_no_failure_tells_the_password(
        self, request: pytest.FixtureRequest, server: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        running: Server = request.getfixturevalue(server)
        canary = "c4n4ry-pass"
        there = f"127.0.0.1:{running.port}"
        for address, why in {
            f"{running.scheme}://nobody:{canary}@{there}/x": "wrong user or password",
            f"{running.scheme}://{running.admin}:{canary}@{there}/x": "wrong user or password",
            f"{running.scheme}://{running.admin}:{canary}@127.0.0.1:1/x": "cannot be reached",
            f"{running.scheme}://{running.admin}:{canary}@no-such-host.invalid/x": "",
            f"{running.scheme}://{running.admin}:{canary}@{there}/x?nonsense={canary}": "",
            f"{running.scheme}://{running.admin}:{running.password}@{there}/no_such_database": "no such database",
        }.items():
            told = failure(address)
            assert why in told, told
            assert canary not in told
            assert running.password not in told
            assert "\n" not in told
        printed = "".join(capfd.readouterr()) + caplog.text
        assert canary not in printed
        assert running.password not in printed

    @pytest.mark.parametrize(
        "address",
        [
            "postgresql://me:c4n4ry@host:not-a-port/db",
            "postgresql://me:c4n4ry@@host/db",
            "postgresql://me:x@c4n4ry/y@host/db",
            "mysql://me:x@c4n4ry:y@host/db",
            "postgresql://me:c4n4ry",
            "mysql://[c4n4ry/db",
        ],
    )
    def test_a_malformed_address_is_not_quoted(self, address: str) -> None:
        with pytest.raises(SourceError) as caught:
            SqlConnector().open(address)
        assert "c4n4ry" not in str(caught.value)
        assert "percent-encoded" in str(caught.value)

    @pytest.mark.parametrize(
        ("address", "shown"),
        [
            ("postgresql://me:c4n4ry@db.example.org/shop", "postgresql://db.example.org/shop"),
            ("postgres://me:c4n4ry@db:5433/shop", "postgres://db:5433/shop"),
            ("postgresql+psycopg://me@db/shop", "postgresql+psycopg://db/shop"),
            ("postgresql:///shop?host=/run/pg&password=c4n4ry&user=me", "postgresql:///shop?host=/run/pg"),
            ("postgresql://db/shop?sslmode=require&sslpassword=c4n4ry&sslkey=c4n4ry", "postgresql://db/shop?sslmode=require"),
            ("mysql://me:c4n4ry@db/shop?passwd=c4n4ry&charset=utf8mb4", "mysql://db/shop?charset=utf8mb4"),
            ("mariadb://me:c4n4ry%40x@[::1]:3307/shop", "mariadb://[::1]:3307/shop"),
        ],
    )
    def test_an_address_is_shown_without_its_secrets(self, address: str, shown: str) -> None:
        source = SqlConnector().open(address)
        assert source.address == shown
        assert "c4n4ry" not in repr(source)
        assert pickle.loads(pickle.dumps(source)) == source

    def test_a_missing_driver_names_its_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
        with pytest.raises(SourceError, match=r"pip install 'pii_scan\[postgresql\]'") as caught:
            SqlConnector().open("postgresql://me:c4n4ry@host/db")
        assert "c4n4ry" not in str(caught.value)
        with pytest.raises(SourceError, match=r"pii_scan\[mysql\]"):
            SqlConnector().open("mysql://me:c4n4ry@host/db")

    def test_a_database_without_tables_is_not_called_clean(self, postgresql_database: Database) -> None:
        (skipped,) = opened(postgresql_database).units()
        assert isinstance(skipped, Skipped)
        assert skipped.what == "tables"

    def test_a_server_that_goes_away_between_plan_and_reading_is_a_skip(self, postgresql_database: Database) -> None:
        database = postgresql_database
        database.run("CREATE TABLE t (s text)")
        (unit,) = units(opened(database))
        gone = SqlSource(database.shown, database.address.replace(f":{database.server.port}/", ":1/"))
        (skipped,) = gone.read(unit)
        assert isinstance(skipped, Skipped)
        assert "cannot be reached" in skipped.why
        assert database.password not in repr(skipped)
