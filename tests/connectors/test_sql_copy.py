"""Copies of databases: every cell that is not planned comes through unchanged, complete or absent."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pii_scan.connectors.sql import SqlConnector
from pii_scan.contracts import DROPPED, Edit
from pii_scan.errors import RedactionError
from pii_scan.model import Skipped, Unit

if TYPE_CHECKING:
    # at run time the plugin below brings it, with its assertions rewritten
    from tests.servers import Database

pytest_plugins = ["tests.servers"]

Second = tuple[str, Callable[[str], list[tuple[Any, ...]]]]
"""The address of a second database, and how to look into it."""

CHINOOK = Path(__file__).parents[3] / "shared" / "data" / "chinook.sqlite"


def unedited(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


def replacing(column: str, change: Callable[[pa.Array], pa.Array]) -> Edit:
    """An edit of one column, wherever it stands."""

    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = [change(batch.column(name)) if name == column else batch.column(name) for name in batch.schema.names]
        return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)

    return edit


def without(column: str) -> Edit:
    """An edit that leaves a column out."""

    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        if column not in batch.schema.names:
            return batch
        left = batch.drop_columns([column])
        return left.replace_schema_metadata({DROPPED: column.encode()})

    return edit


def constant(text: str) -> Callable[[pa.Array], pa.Array]:
    return lambda column: pa.array([text] * len(column), pa.string())


def nulls(column: pa.Array) -> pa.Array:
    return pa.nulls(len(column), column.type)


def copied(address: str, to: str, edit: Edit = unedited) -> list[Path | Skipped]:
    return list(SqlConnector().open(address).copy(to, edit))


def make(path: Path, *statements: str) -> Path:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    found = connection.execute(query).fetchall()
    connection.close()
    return found


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make(
        tmp_path / "shop.sqlite",
        "CREATE TABLE person (id INTEGER PRIMARY KEY, name NVARCHAR(40), born DATE, price NUMERIC(10,2), photo BLOB, note)",
        "CREATE TABLE pet (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES person (id), name TEXT)",
        "CREATE VIEW adults AS SELECT name FROM person",
        "INSERT INTO person VALUES (7, 'Ann', '1980-02-29', 1.10, x'00ff', 'text'), (3, 'Bob', NULL, 2, NULL, 12)",
        "INSERT INTO person VALUES (9, NULL, '', 9.5, x'', 1.5)",
        "INSERT INTO person VALUES (10, CAST(x'4ffc72' AS TEXT), 'x', 9007199254740993, x'ff', x'abcd')",
        "INSERT INTO person VALUES (11, '007', 'é', NULL, 'text', NULL)",
        "INSERT INTO pet VALUES (1, 7, 'Rex')",
    )


class TestSqliteToFolder:
    def test_every_cell_and_its_class_come_through(self, shop: Path, tmp_path: Path) -> None:
        *skipped, output = copied(str(shop), str(tmp_path / "out"))
        assert output == tmp_path / "out" / "shop.sqlite"
        assert [(one.what, one.table) for one in skipped if isinstance(one, Skipped)] == [("view", "adults")]
        assert list((tmp_path / "out").iterdir()) == [output]
        columns = ("id", "name", "born", "price", "photo", "note")
        query = f"SELECT {', '.join(columns)}, {', '.join(f'typeof({name})' for name in columns)} FROM person"
        assert rows(output, query) == rows(shop, query)
        assert rows(output, "SELECT * FROM pet") == rows(shop, "SELECT * FROM pet")

    def test_columns_types_and_keys_are_those_of_the_source(self, shop: Path, tmp_path: Path) -> None:
        *_, output = copied(str(shop), str(tmp_path / "out"))
        assert isinstance(output, Path)
        for table in ("person", "pet"):
            shape = f"SELECT name, type, pk FROM pragma_table_info('{table}')"
            assert rows(output, shape) == rows(shop, shape)
        keys = 'SELECT "from", "table", "to" FROM pragma_foreign_key_list(\'pet\')'
        assert rows(output, keys) == rows(shop, keys) == [(b"owner", b"person", b"id")]

    def test_an_edited_column_is_replaced_and_the_others_stay(self, shop: Path, tmp_path: Path) -> None:
        *_, output = copied(str(shop), str(tmp_path / "out"), replacing("name", constant("<NAME>")))
        assert isinstance(output, Path)
        assert {name for (name,) in rows(output, "SELECT name FROM person")} == {b"<NAME>"}
        assert rows(output, "SELECT id, born, price, photo, note FROM person") == rows(
            shop, "SELECT id, born, price, photo, note FROM person"
        )
        content = output.read_bytes()
        assert not [value for value in (b"Ann", b"Bob", b"Rex", b"O\xfcr") if value in content]

    def test_an_unchanged_cell_of_an_edited_column_keeps_its_class(self, shop: Path, tmp_path: Path) -> None:
        def only_text(column: pa.Array) -> pa.Array:
            return pc.if_else(pc.equal(column, "text"), "<NOTE>", column)

        *_, output = copied(str(shop), str(tmp_path / "out"), replacing("note", only_text))
        assert isinstance(output, Path)
        assert rows(output, "SELECT note FROM person ORDER BY id") == [(12,), (b"<NOTE>",), (1.5,), (b"\xab\xcd",), (None,)]

    def test_a_key_that_is_edited_to_one_value_or_to_null_is_no_key_any_more(self, shop: Path, tmp_path: Path) -> None:
        for place, change in enumerate((constant("<ID>"), nulls)):
            *_, output = copied(str(shop), str(tmp_path / f"out{place}"), replacing("id", change))
            assert isinstance(output, Path)
            values = rows(output, "SELECT id FROM person")
            assert values == [((b"<ID>",), (None,))[place]] * 5

    def test_a_foreign_key_to_what_is_no_key_any_more_is_left_out(self, shop: Path, tmp_path: Path) -> None:
        make(
            shop, "CREATE TABLE boss (id INTEGER PRIMARY KEY, up INTEGER REFERENCES boss (id))", "INSERT INTO boss VALUES (1, 1)"
        )
        *_, output = copied(str(shop), str(tmp_path / "out"), replacing("id", constant("<ID>")))
        assert isinstance(output, Path)
        assert rows(output, "SELECT * FROM pragma_foreign_key_list('pet')") == []
        assert rows(output, "PRAGMA foreign_key_check") == []
        *_, output = copied(str(shop), str(tmp_path / "all"))
        assert isinstance(output, Path)
        assert rows(output, "PRAGMA foreign_key_check") == []
        assert len(rows(output, "SELECT * FROM pragma_foreign_key_list('boss')")) == 1

    def test_a_key_that_stays_unique_stays_a_key(self, tmp_path: Path) -> None:
        shop = make(tmp_path / "s.db", "CREATE TABLE t (id TEXT PRIMARY KEY)", "INSERT INTO t VALUES ('a'), ('b')")
        *_, output = copied(
            str(shop), str(tmp_path / "out"), replacing("id", lambda column: pc.binary_join_element_wise("x", column, ""))
        )
        assert isinstance(output, Path)
        assert rows(output, "SELECT pk FROM pragma_table_info('t')") == [(1,)]
        assert rows(output, "SELECT id FROM t") == [(b"xa",), (b"xb",)]

    def test_odd_names_come_through(self, tmp_path: Path) -> None:
        shop = make(
            tmp_path / "s.db",
            'CREATE TABLE "a.b" ("100%" TEXT, "x:y" TEXT, "q""q" TEXT)',
            "INSERT INTO \"a.b\" VALUES ('1', '2', '3')",
        )
        *_, output = copied(str(shop), str(tmp_path / "out"))
        assert isinstance(output, Path)
        tables = [name.decode() for (name,) in rows(output, "SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert len(tables) == 1
        quoted = tables[0].replace('"', '""')
        assert rows(output, f'SELECT * FROM "{quoted}"') == [(b"1", b"2", b"3")]
        assert tables == ["a.b"]

    def test_an_index_that_holds_words_of_a_table_is_not_copied(self, tmp_path: Path) -> None:
        shop = make(tmp_path / "s.db", "CREATE VIRTUAL TABLE notes USING fts5(body)", "INSERT INTO notes VALUES ('canaryword')")
        *skipped, output = copied(str(shop), str(tmp_path / "out"), replacing("body", constant("<TEXT>")))
        assert isinstance(output, Path)
        assert b"canaryword" not in output.read_bytes()
        assert "notes_data" in {one.table for one in skipped if isinstance(one, Skipped)}
        assert rows(output, "SELECT body FROM notes") == [(b"<TEXT>",)]

    def test_the_source_is_not_touched(self, shop: Path, tmp_path: Path) -> None:
        before = (shop.read_bytes(), shop.stat().st_mtime_ns)
        copied(str(shop), str(tmp_path / "out"), replacing("name", nulls))
        assert (shop.read_bytes(), shop.stat().st_mtime_ns) == before

    @pytest.mark.skipif(not CHINOOK.exists(), reason="no ../shared/data")
    def test_chinook_comes_through_whole(self, tmp_path: Path) -> None:
        *_, output = copied(str(CHINOOK), str(tmp_path))
        assert isinstance(output, Path)
        tables = [name.decode() for (name,) in rows(CHINOOK, "SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert len(tables) == 11
        for table in tables:
            assert rows(output, f'SELECT * FROM "{table}"') == rows(CHINOOK, f'SELECT * FROM "{table}"')


class TestRefusals:
    def test_an_output_that_exists_is_left_alone(self, shop: Path, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "shop.sqlite").write_bytes(b"mine")
        with pytest.raises(RedactionError, match="exists already"):
            copied(str(shop), str(tmp_path / "out"))
        assert (tmp_path / "out" / "shop.sqlite").read_bytes() == b"mine"

    def test_the_source_is_never_the_target(self, shop: Path) -> None:
        before = shop.read_bytes()
        with pytest.raises(RedactionError, match="never changed in place"):
            copied(str(shop), f"sqlite:///{shop}")
        with pytest.raises(RedactionError, match="exists already"):
            copied(str(shop), str(shop.parent))
        assert shop.read_bytes() == before

    def test_a_table_that_exists_in_the_target_is_left_alone(self, shop: Path, tmp_path: Path) -> None:
        other = make(tmp_path / "other.db", "CREATE TABLE pet (mine)", "INSERT INTO pet VALUES ('keep')")
        with pytest.raises(RedactionError, match="table pet exists already"):
            copied(str(shop), f"sqlite:///{other}")
        assert rows(other, "SELECT name FROM sqlite_master") == [(b"pet",)]

    def test_an_existing_database_takes_new_tables_beside_its_own(self, shop: Path, tmp_path: Path) -> None:
        other = make(tmp_path / "other.db", "CREATE TABLE mine (s)")
        *_, output = copied(str(shop), f"sqlite:///{other}")
        assert output == other
        assert len(rows(other, "SELECT * FROM person")) == 5

    @pytest.mark.parametrize("existing", [True, False])
    def test_an_edit_that_fails_leaves_nothing_behind(self, shop: Path, tmp_path: Path, existing: bool) -> None:
        out = tmp_path / "out"
        out.mkdir()
        if existing:
            make(out / "other.db", "CREATE TABLE mine (s)")

        def failing(table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
            if table == "pet":
                raise RedactionError("no")
            return batch

        with pytest.raises(RedactionError, match="no"):
            copied(str(shop), f"sqlite:///{out / 'other.db'}" if existing else str(out), failing)
        assert [path.name for path in out.iterdir()] == (["other.db"] if existing else [])
        if existing:
            assert rows(out / "other.db", "SELECT name FROM sqlite_master") == [(b"mine",)]

    def test_a_copy_that_is_not_finished_is_not_there(self, shop: Path, tmp_path: Path) -> None:
        reader = SqlConnector().open(str(shop)).copy(str(tmp_path / "out"), unedited)
        assert not (tmp_path / "out").exists()
        list(reader)
        assert (tmp_path / "out" / "shop.sqlite").exists()

    def test_a_folder_that_cannot_be_made_is_a_clear_error(self, shop: Path, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(RedactionError, match="cannot be written"):
            copied(str(shop), str(tmp_path / "file" / "out"))

    @pytest.mark.parametrize(
        "url", ["postgresql://me:c4n4ry@127.0.0.1:1/db", "mysql://me:c4n4ry@127.0.0.1:1/db", "mysql://me:x@c4n4ry/z@h/d"]
    )
    def test_a_target_that_cannot_be_reached_tells_no_secret(self, shop: Path, url: str) -> None:
        with pytest.raises(RedactionError) as caught:
            copied(str(shop), url)
        assert "c4n4ry" not in str(caught.value)


ROWS = [
    (1, "Ann", True, Decimal("1.10"), 2.5, date(1980, 2, 29), datetime(2020, 1, 2, 3, 4, 5, 678000), b"\x00\xff"),  # noqa: DTZ001
    (2, None, None, None, None, None, None, None),
    (3, "é😀'\"\\%", False, Decimal("-99999.99"), -0.125, date(1, 1, 3), datetime(1999, 12, 31, 23, 59, 59), b""),  # noqa: DTZ001
]


def fill(database: Database) -> None:
    binary, boolean = ("bytea", "boolean") if database.server.scheme == "postgresql" else ("blob", "tinyint")
    moment = "timestamp" if database.server.scheme == "postgresql" else "datetime(6)"
    database.run(
        f"""CREATE TABLE person (id int PRIMARY KEY, name varchar(10), ok {boolean}, price numeric(10, 2), ratio double precision,
            born date, seen {moment}, photo {binary})""",
        "CREATE TABLE pet (id int PRIMARY KEY, owner int, FOREIGN KEY (owner) REFERENCES person (id))",
    )
    slash = "\\\\" if database.server.scheme == "mysql" else "\\"
    photo = ("'\\x00ff'", "''") if database.server.scheme == "postgresql" else ("x'00ff'", "''")
    database.run(
        f"INSERT INTO person VALUES (1, 'Ann', true, 1.10, 2.5, '1980-02-29', '2020-01-02 03:04:05.678', {photo[0]})",
        "INSERT INTO person (id) VALUES (2)",
        f"""INSERT INTO person VALUES
            (3, 'é😀''"{slash}%', false, -99999.99, -0.125, '0001-01-03', '1999-12-31 23:59:59', {photo[1]})""",
        "INSERT INTO pet VALUES (5, 3)",
    )


@pytest.fixture
def second() -> Iterator[Callable[[Database], Second]]:
    """Makes a second, empty database on a server, and removes it at the end."""
    made: list[tuple[Database, str]] = []

    def make_one(database: Database) -> Second:
        name = f"{database.name}_copy"
        made.append((database, name))
        if database.server.scheme == "postgresql":
            database.server.run(f"CREATE DATABASE {name}", f"GRANT ALL ON DATABASE {name} TO {database.user}")
            database.server.run(f"ALTER DATABASE {name} OWNER TO {database.server.admin}")
            database.server.run(f"GRANT ALL ON SCHEMA public TO {database.user}", database=name)
        else:
            database.server.run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4", f"GRANT ALL ON {name}.* TO {database.user}@'%'")
        return database.server.address(name, database.user), lambda query: database.server.rows(query, database=name)

    yield make_one
    for database, name in made:
        database.server.run(f"DROP DATABASE {name}{' WITH (FORCE)' if database.server.scheme == 'postgresql' else ''}")


@pytest.fixture(params=["postgresql", "mariadb"])
def filled(request: pytest.FixtureRequest) -> Database:
    database: Database = request.getfixturevalue(f"{request.param}_database")
    fill(database)
    return database


class TestServers:
    def test_a_copy_into_a_folder_holds_every_cell(self, filled: Database, tmp_path: Path) -> None:
        (output,) = copied(filled.address, str(tmp_path))
        assert output == tmp_path / f"{filled.name}.sqlite"
        connection = sqlite3.connect(output)
        assert connection.execute("SELECT id, name, ok, price, ratio, born, seen, photo FROM person ORDER BY id").fetchall() == [
            (1, "Ann", 1, 1.1, 2.5, "1980-02-29", "2020-01-02 03:04:05.678000", b"\x00\xff"),
            (2, None, None, None, None, None, None, None),
            (3, "é😀'\"\\%", 0, -99999.99, -0.125, "0001-01-03", "1999-12-31 23:59:59", b""),
        ]
        assert connection.execute("SELECT \"table\" FROM pragma_foreign_key_list('pet')").fetchall() == [("person",)]
        connection.close()

    def test_a_copy_on_the_same_kind_of_server_holds_every_cell_type_and_key(
        self, filled: Database, second: Callable[[Database], Second]
    ) -> None:
        to, look = second(filled)
        assert copied(filled.address, to) == []
        assert look("SELECT * FROM person ORDER BY id") == ROWS
        shape = "SELECT column_name, data_type, character_maximum_length FROM information_schema.columns {}"
        here = "WHERE table_name = 'person' AND table_schema = '{}' ORDER BY ordinal_position"
        schemas = ("public", "public") if filled.server.scheme == "postgresql" else (filled.name, f"{filled.name}_copy")
        assert look(shape.format(here.format(schemas[1]))) == filled.rows(shape.format(here.format(schemas[0])))
        keys = "SELECT constraint_type FROM information_schema.table_constraints WHERE table_schema = '{}' AND table_name = 'pet'"
        kinds = {kind for (kind,) in look(keys.format(schemas[1]))}
        assert {"PRIMARY KEY", "FOREIGN KEY"} <= kinds
        with pytest.raises(RedactionError, match="exists already"):
            copied(filled.address, to)

    def test_text_that_is_longer_than_its_column_fits(self, filled: Database, second: Callable[[Database], Second]) -> None:
        to, look = second(filled)
        copied(filled.address, to, replacing("name", constant("<A NAME THAT IS LONGER THAN TEN>")))
        assert {name for (name,) in look("SELECT name FROM person")} == {"<A NAME THAT IS LONGER THAN TEN>"}

    def test_a_number_that_became_text_and_a_key_that_is_none_fit(
        self, filled: Database, second: Callable[[Database], Second]
    ) -> None:
        to, look = second(filled)
        copied(filled.address, to, replacing("id", constant("<ID>")))
        assert look("SELECT id FROM person") == [("<ID>",)] * 3
        assert look("SELECT owner FROM pet") == [(3,)]

    def test_a_copy_that_fails_leaves_no_table(self, filled: Database, second: Callable[[Database], Second]) -> None:
        to, look = second(filled)

        def failing(table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
            if table == "pet":
                raise RedactionError("no")
            return batch

        with pytest.raises(RedactionError, match="no"):
            copied(filled.address, to, failing)
        with pytest.raises(Exception, match=r"(?i)exist"):
            look("SELECT * FROM person")

    def test_the_source_is_never_the_target(self, filled: Database) -> None:
        for address in (filled.address, filled.address.replace("127.0.0.1", "localhost")):
            with pytest.raises(RedactionError, match="never changed in place"):
                copied(filled.address, address)

    def test_a_file_goes_into_a_server(self, filled: Database, shop: Path, second: Callable[[Database], Second]) -> None:
        to, look = second(filled)
        copied(str(shop), to, replacing("note", constant("n")))
        assert look("SELECT count(*) FROM person") == [(5,)]
        assert [row[0] for row in look("SELECT id FROM person ORDER BY id")] == [3, 7, 9, 10, 11]
        assert look("SELECT name FROM pet") == [("Rex",)]

    def test_a_copy_between_two_makes_of_server_holds_every_cell(
        self, postgresql_database: Database, mariadb_database: Database
    ) -> None:
        fill(postgresql_database)
        copied(postgresql_database.address, mariadb_database.address)
        assert mariadb_database.rows("SELECT * FROM person ORDER BY id") == ROWS

    def test_a_table_that_cannot_be_read_is_told_and_the_others_are_copied(
        self, postgresql_database: Database, tmp_path: Path
    ) -> None:
        fill(postgresql_database)
        postgresql_database.govern("CREATE TABLE locked (s text)")
        skipped, output = copied(postgresql_database.address, str(tmp_path))
        assert isinstance(skipped, Skipped)
        assert (skipped.what, skipped.table) == ("table", "locked")
        assert isinstance(output, Path)
        assert len(rows(output, "SELECT * FROM person")) == 3

    def test_exotic_types_come_through_as_they_are(
        self, postgresql_database: Database, second: Callable[[Database], Second]
    ) -> None:
        database = postgresql_database
        database.run(
            "CREATE SCHEMA sales",
            "CREATE TABLE sales.t (u uuid, j jsonb, a text[], ip inet, iv interval, d date, n numeric)",
            """INSERT INTO sales.t VALUES ('12345678-1234-5678-1234-567812345678', '{"a": [1]}', '{a,"b c"}', '10.0.0.1',
                '1 day 2 hours', 'infinity', 1.2345678901234567890123456789012345678901)""",
        )
        to, look = second(database)
        copied(database.address, to)
        query = "SELECT u::text, j::text, a::text, ip::text, iv::text, d::text, n::text FROM sales.t"
        assert look(query) == database.rows(query)

    def test_a_schema_is_copied_beside_itself_and_read_as_one(self, postgresql_database: Database) -> None:
        database = postgresql_database
        fill(database)
        database.run("CREATE SCHEMA other", "CREATE TABLE other.secret (s text)")
        with pytest.raises(RedactionError, match="which means all of them"):
            copied(database.address, f"{database.address}?schema=masked")
        with pytest.raises(RedactionError, match="is the source itself"):
            copied(f"{database.address}?schema=public", f"{database.address}?schema=public")
        edit = replacing("name", constant("<NAME>"))
        assert copied(f"{database.address}?schema=public", f"{database.address}?schema=masked", edit) == []
        assert database.rows("SELECT DISTINCT name FROM masked.person") == [("<NAME>",)]
        assert ("Ann",) in database.rows("SELECT name FROM person")
        refers = "SELECT confrelid::regclass::text FROM pg_constraint WHERE conrelid = 'masked.pet'::regclass AND contype = 'f'"
        assert database.rows(refers) == [("masked.person",)]
        source = SqlConnector().open(f"{database.address}?schema=masked")
        assert source.address == f"{database.shown}?schema=masked"
        units = list(source.units())
        assert [unit.table for unit in units if isinstance(unit, Unit)] == ["person", "pet"]
        assert sum(batch.num_rows for unit in units if isinstance(unit, Unit) for batch in source.read(unit)) == 4  # type: ignore[union-attr]

    def test_what_is_not_finished_has_no_name_that_looks_like_it(
        self, filled: Database, second: Callable[[Database], Second]
    ) -> None:
        to, look = second(filled)
        here = "public" if filled.server.scheme == "postgresql" else f"{filled.name}_copy"
        query = f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{here}'"
        seen: list[str] = []

        def looking(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
            seen.extend(name for (name,) in look(query))
            return batch

        copied(filled.address, to, looking)
        assert all(name.startswith("pii_scan_unfinished_") for name in seen), seen
        assert sorted(name for (name,) in look(query)) == ["person", "pet"]

    def test_a_table_without_rows_loses_a_column_as_well(self, filled: Database, second: Callable[[Database], Second]) -> None:
        filled.run("DELETE FROM pet")
        to, look = second(filled)
        copied(filled.address, to, without("owner"))
        columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'pet' AND table_schema = '{}'"
        schema = "public" if filled.server.scheme == "postgresql" else f"{filled.name}_copy"
        assert look(columns.format(schema)) == [("id",)]

    def test_keys_that_became_text_still_refer_to_each_other(
        self, filled: Database, second: Callable[[Database], Second]
    ) -> None:
        to, look = second(filled)

        def tokens(table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
            name = "id" if table == "person" else "owner"
            return replacing(name, lambda cells: pa.array([f"token_{cell}" for cell in cells.to_pylist()]))(table, batch)

        copied(filled.address, to, tokens)
        assert look("SELECT owner FROM pet JOIN person ON person.id = pet.owner") == [("token_3",)]
        schema = "public" if filled.server.scheme == "postgresql" else f"{filled.name}_copy"
        keys = f"""SELECT constraint_type FROM information_schema.table_constraints
            WHERE table_schema = '{schema}' AND table_name IN ('person', 'pet') AND constraint_type <> 'CHECK' ORDER BY 1"""
        assert look(keys) == [("FOREIGN KEY",), ("PRIMARY KEY",), ("PRIMARY KEY",)]


def test_a_table_of_a_file_without_rows_loses_a_column_as_well(tmp_path: Path) -> None:
    place = make(tmp_path / "empty.db", "CREATE TABLE t (a integer, b text)")
    (output,) = copied(str(place), str(tmp_path / "out"), without("b"))
    assert isinstance(output, Path)
    assert rows(output, "SELECT name FROM pragma_table_info('t')") == [(b"a",)]


LINKED = (
    "CREATE TABLE person (id int PRIMARY KEY, mail varchar(60) NOT NULL UNIQUE)",
    "CREATE TABLE login (mail varchar(60) REFERENCES person (mail), at int)",
    "INSERT INTO person VALUES (1, 'ada@example.org'), (2, 'bob@example.org')",
    "INSERT INTO login VALUES ('bob@example.org', 7), (NULL, 8)",
)
PSEUDONYMS = replacing("mail", lambda cells: pa.array([cell and f"token_{cell[:3]}" for cell in cells.to_pylist()]))
LABELS = replacing("mail", lambda cells: pa.array([cell and "<EMAIL>" for cell in cells.to_pylist()]))


def test_a_reference_to_what_is_no_primary_key_holds_as_long_as_its_values_differ(tmp_path: Path) -> None:
    place = make(tmp_path / "shop.db", *LINKED)
    for name, edit, refers in (("one", PSEUDONYMS, [(b"mail",)]), ("two", LABELS, [])):
        (output,) = copied(str(place), str(tmp_path / name), edit)
        assert isinstance(output, Path)
        assert rows(output, "SELECT \"to\" FROM pragma_foreign_key_list('login')") == refers
        assert rows(output, "PRAGMA foreign_key_check") == []
        assert len(rows(output, "SELECT 1 FROM login JOIN person USING (mail)")) == (1 if refers else 2)


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_so_it_does_in_a_server(server: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    database: Database = request.getfixturevalue(f"{server}_database")
    second: Callable[[Database], Second] = request.getfixturevalue("second")
    source = make(tmp_path / "shop.db", *LINKED)
    to, look = second(database)
    copied(str(source), to, PSEUDONYMS)
    schema = "public" if server == "postgresql" else f"{database.name}_copy"
    keys = f"""SELECT constraint_type FROM information_schema.table_constraints
        WHERE table_schema = '{schema}' AND table_name IN ('person', 'login') AND constraint_type <> 'CHECK' ORDER BY 1"""
    assert look(keys) == [("FOREIGN KEY",), ("PRIMARY KEY",), ("UNIQUE",)]
