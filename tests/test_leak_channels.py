"""Every channel by which a value could stay in a copy has a guard: without it something is left, and the proof says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pii_scan import rebuild
from pii_scan.connectors import frames, parquet_copy, sql_copy, sql_target, types
from pii_scan.connectors.frames import FrameSource
from pii_scan.contracts import Source
from pii_scan.fates import Fates
from pii_scan.model import Catalogue, Kind
from pii_scan.pairing import pair
from pii_scan.plan import load_plan
from pii_scan.redaction import Redactor
from pii_scan.registry import sources
from pii_scan.verifying import Proof, prove

if TYPE_CHECKING:
    # at run time the plugin below brings it, with its assertions rewritten
    from tests.servers import Database

pytest_plugins = ["tests.servers"]
ROWS = 200
KNOWN = Catalogue({"email": Kind("email", "", "", "direct"), "person_id": Kind("person_id", "", "", "direct")}, {})
PLAN = load_plan("""
[[column]]
column = "mail"
kind = "email"
operator = "redact"
[[column]]
column = "number"
kind = "person_id"
operator = "redact"
[[column]]
column = "sort"
kind = "email"
operator = "replace"
[[table]]
columns = ["*"]
""")
MAILS = [f"ada.nr{row:04d}@example.org" for row in range(ROWS)]

Patch = pytest.MonkeyPatch


def people() -> pa.Table:
    return pa.table(
        {
            "mail": MAILS,
            "number": pa.array([f"4{row:015d}" for row in range(ROWS)], pa.string()),
            "sort": pa.array(MAILS).dictionary_encode(),
            "kept": [f"row {row}" for row in range(ROWS)],
        }
    )


def opened(path: Path) -> Source:
    (found,) = sources(str(path))
    assert isinstance(found, Source)
    return found


def of_file(folder: Path) -> Proof:
    """The proof of a Parquet file's copy."""
    (folder / "in").mkdir()
    table = people().replace_schema_metadata({"pandas": json.dumps({"example": MAILS[3]})})
    field = pa.field("kept", pa.string(), metadata={"note": MAILS[4]})
    table = table.set_column(3, field, table["kept"])
    pq.write_table(table, folder / "in" / "people.parquet", row_group_size=70, compression="zstd")
    place = opened(folder / "in" / "people.parquet")
    (copy,) = place.copy(str(folder / "out"), Redactor(PLAN, catalogue=KNOWN).editor(place.address))
    assert isinstance(copy, Path)
    return prove([pair(place, opened(copy))], {copy: copy.name}, Fates(PLAN, KNOWN), KNOWN)


def of_frame(_folder: Path) -> Proof:
    """The proof of an Arrow table's copy, whose memory whoever gets it can read."""
    place = FrameSource(people(), "frame")
    copy = FrameSource(place.edited(Redactor(PLAN, catalogue=KNOWN).editor("frame")), "frame")
    return prove([pair(place, copy)], {}, Fates(PLAN, KNOWN), KNOWN)


def nulls_over_the_old_cells(patch: Patch) -> None:
    """Nulls made by a mask alone keep what lies under them."""

    def masked(array: pa.Array) -> pa.Array:
        nothing = pa.py_buffer(bytes((len(array) + 7) // 8))
        return pa.Array.from_buffers(array.type, len(array), [nothing, *array.buffers()[1:]], null_count=len(array))

    patch.setattr(rebuild, "emptied", masked)
    _without_rebuilding(patch)


def slices_of_the_old_array(patch: Patch) -> None:
    """A slice holds the whole array that it is cut from."""
    honest = rebuild.emptied

    def sliced(array: pa.Array) -> pa.Array:
        return pa.concat_arrays([array, honest(array)]).slice(len(array))

    patch.setattr(rebuild, "emptied", sliced)
    _without_rebuilding(patch)


def dictionaries_with_the_old_entries(patch: Patch) -> None:
    """A dictionary keeps entries that no cell uses any more."""

    def relabelled(array: pa.Array, value: str) -> pa.Array:
        if not pa.types.is_dictionary(array.type):
            return pa.array([value] * len(array), pa.string())
        entries = pa.concat_arrays([array.dictionary, pa.array([value])])
        last = pa.array([len(entries) - 1] * len(array), array.type.index_type)
        return pa.DictionaryArray.from_arrays(last, entries)

    patch.setattr(rebuild, "constant", relabelled)
    _without_rebuilding(patch)


def _without_rebuilding(patch: Patch) -> None:
    """The second guard: the connectors make edited arrays anew."""
    honest = types.rebuilt

    def trusting(array: pa.Array, kind: pa.DataType) -> pa.Array:
        return array if array.type == kind else honest(array, kind)

    patch.setattr(types, "rebuilt", trusting)


def metadata_of_the_source(patch: Patch) -> None:
    """A schema's own metadata repeats values: pandas and others write examples and statistics into it."""
    honest = parquet_copy.bare_schema
    patch.setattr(parquet_copy, "bare_schema", lambda schema, *more: honest(schema, *more).with_metadata(schema.metadata))


def metadata_of_fields(patch: Patch) -> None:
    """And so does that of a field."""
    honest = parquet_copy.bare_schema

    def told(schema: pa.Schema, *more: Any) -> pa.Schema:
        bare = honest(schema, *more)
        return pa.schema([field.with_metadata(schema.field(place).metadata) for place, field in enumerate(bare)])

    patch.setattr(parquet_copy, "bare_schema", told)


def statistics_of_the_source(patch: Patch) -> None:
    """The least and greatest value of a column, as table formats copy them into their own logs."""
    honest = parquet_copy.bare_schema

    def told(schema: pa.Schema, *more: Any) -> pa.Schema:
        return honest(schema, *more).with_metadata({"stats": json.dumps({"minValues": MAILS[0], "maxValues": MAILS[-1]})})

    patch.setattr(parquet_copy, "bare_schema", told)


CHANNELS: dict[str, tuple[Callable[[Path], Proof], Callable[[Patch], None], str]] = {
    "nulls over the old cells": (of_frame, nulls_over_the_old_cells, "memory"),
    "slices of the old array": (of_frame, slices_of_the_old_array, "memory"),
    "dictionaries with the old entries, in memory": (of_frame, dictionaries_with_the_old_entries, "memory"),
    "dictionaries with the old entries, in a file": (of_file, dictionaries_with_the_old_entries, "bytes decompressed"),
    "metadata of the source": (of_file, metadata_of_the_source, "statistics"),
    "metadata of fields": (of_file, metadata_of_fields, "bytes"),
    "statistics of the source": (of_file, statistics_of_the_source, "statistics"),
}


@pytest.mark.parametrize("made", [of_file, of_frame])
def test_with_all_guards_nothing_is_left(tmp_path: Path, made: Callable[[Path], Proof]) -> None:
    proof = made(tmp_path)
    assert (proof.leaks, proof.faults, proof.standing) == ([], [], [])
    assert proof.searched == 2 * ROWS


@pytest.mark.parametrize("name", CHANNELS)
def test_without_its_guard_a_channel_leaks_and_the_proof_says_so(tmp_path: Path, monkeypatch: Patch, name: str) -> None:
    made, open_up, where = CHANNELS[name]
    open_up(monkeypatch)
    assert frames.refitted is types.refitted
    proof = made(tmp_path)
    assert where in {leak.where for leak in proof.leaks}, (proof.leaks, proof.faults)
    assert not any(mail in repr((proof.leaks, proof.faults)) for mail in MAILS)


# Copies in servers: what they say of tables beside rows, and what lies in their files

SERVERS = ("postgresql", "mariadb")
OTHERS = """
[[column]]
column = "mail"
kind = "email"
operator = "redact"
[[column]]
column = "sort"
kind = "email"
operator = "replace"
[[table]]
columns = ["*"]
"""


@pytest.fixture
def shops(request: pytest.FixtureRequest) -> Iterator[tuple[Database, str]]:
    """A database whose table names people in every place that a server has for it, and the address of another, empty one."""
    database: Database = request.getfixturevalue(f"{request.param}_database")
    first, last, listed = MAILS[0], MAILS[-1], ", ".join(f"'{mail}'" for mail in MAILS)
    rows = ", ".join(f"({row}, '{mail}', '{mail}')" for row, mail in enumerate(MAILS))
    postgresql = database.server.scheme == "postgresql"
    name = f"{database.name}_copy"
    if postgresql:
        database.run(
            f"CREATE TYPE sorts AS ENUM ({listed})",
            f"CREATE TABLE people (id int PRIMARY KEY, mail text DEFAULT '{first}' CHECK (mail <> '{last}x'), sort sorts)",
            f"INSERT INTO people VALUES {rows}",
            f"COMMENT ON TABLE people IS 'first {first}'",
            f"COMMENT ON COLUMN people.mail IS 'last {last}'",
            f"CREATE INDEX few ON people (id) WHERE mail = '{first}'",
            f"CREATE VIEW one AS SELECT id FROM people WHERE mail = '{first}'",
            "DELETE FROM people WHERE id = 7",
            "ANALYZE people",
        )
        database.server.run(f"CREATE DATABASE {name} OWNER {database.user}")
    else:
        database.run(
            f"CREATE TABLE people (id int PRIMARY KEY, mail varchar(80) DEFAULT '{first}' COMMENT 'last {last}', "
            f"sort ENUM({listed}), CHECK (mail <> '{last}x')) COMMENT 'first {first}'",
            f"INSERT INTO people VALUES {rows}",
            f"CREATE VIEW one AS SELECT id FROM people WHERE mail = '{first}'",
            "DELETE FROM people WHERE id = 7",
        )
        database.server.run(f"CREATE DATABASE {name}", f"GRANT ALL ON {name}.* TO {database.user}@'%'")
    yield database, database.server.address(name, database.user)
    database.server.run(f"DROP DATABASE {name}{' WITH (FORCE)' if postgresql else ''}")


def of_server(database: Database, to: str) -> Proof:
    (place,) = sources(database.address)
    assert isinstance(place, Source)
    plan = load_plan(OTHERS)
    for _ in place.copy(to, Redactor(plan, catalogue=KNOWN).editor(place.address)):
        pass
    (copy,) = sources(to)
    assert isinstance(copy, Source)
    return prove([pair(place, copy, left_out=frozenset({"one"}))], {}, Fates(plan, KNOWN), KNOWN)


@pytest.mark.parametrize("shops", SERVERS, indirect=True)
def test_nothing_is_left_in_a_server(shops: tuple[Database, str]) -> None:
    database, to = shops
    proof = of_server(database, to)
    assert (proof.leaks, proof.faults) == ([], [])
    assert proof.searched == ROWS - 1
    name = to.rpartition("/")[2]
    if database.server.scheme == "postgresql":
        database.server.run("ANALYZE people", "CHECKPOINT", database=name)
        ((oid, home),) = database.server.rows(
            f"SELECT oid, current_setting('data_directory') FROM pg_database WHERE datname = '{name}'"
        )
        folder = Path(home, "base", str(oid))
    else:
        database.server.run("FLUSH TABLES people FOR EXPORT", database=name)
        ((home,),) = database.server.rows("SELECT @@datadir")
        folder = Path(home, name)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    assert not [path.name for path in files if b"ada.nr" in path.read_bytes()], "dead rows, pages and catalogues hold nothing"


def types_that_list_their_values(patch: Patch) -> None:
    """An enumeration repeats every value that a column had."""
    honest = sql_target.Target.type

    def declared(self: Any, found: Any, **more: Any) -> str:
        return str(found.declared) if found.declared.startswith("enum") else honest(self, found, **more)

    patch.setattr(sql_target.Target, "type", declared)
    _blank(patch)


def _blank(patch: Patch) -> None:
    """An enumeration takes no label, so cells of the column are null."""
    honest = sql_copy._column

    def nothing(plan: Any, place: int, cells_of: Any, stored: list[Any]) -> list[Any]:
        made = honest(plan, place, cells_of, stored)
        return [None] * len(made) if plan.fields[place].name == "sort" else made

    patch.setattr(sql_copy, "_column", nothing)


def after_its_creation(*statements: str) -> Callable[[Patch], None]:
    """The table gets more than its columns."""

    def opened_up(patch: Patch) -> None:
        honest = sql_target.Target.create

        def created(self: Any, table: Any, *more: Any) -> None:
            honest(self, table, *more)
            for statement in statements:
                name = self.quoted(self.draft(table))
                self.connection.exec_driver_sql(statement.format(table=name, first=MAILS[0], last=MAILS[-1]))

        patch.setattr(sql_target.Target, "create", created)

    return opened_up


def rows_of_the_source_and_their_statistics(patch: Patch) -> None:
    """Rows that were written first, counted and deleted again: what the server learnt of them stays."""
    honest = sql_target.Target.create

    def created(self: Any, table: Any, *more: Any) -> None:
        honest(self, table, *more)
        name = self.quoted(self.draft(table))
        rows = ", ".join(f"({row}, '{mail}')" for row, mail in enumerate(MAILS))
        for statement in (f"INSERT INTO {name} (id, mail) VALUES {rows}", f"ANALYZE {name}", f"DELETE FROM {name}"):
            self.connection.exec_driver_sql(statement)

    patch.setattr(sql_target.Target, "create", created)


SERVER_CHANNELS: dict[str, tuple[str, Callable[[Patch], None]]] = {
    "comments, PostgreSQL": ("postgresql", after_its_creation("COMMENT ON COLUMN {table}.mail IS 'last {last}'")),
    "defaults, PostgreSQL": ("postgresql", after_its_creation("ALTER TABLE {table} ALTER mail SET DEFAULT '{first}'")),
    "conditions, PostgreSQL": ("postgresql", after_its_creation("ALTER TABLE {table} ADD CHECK (mail <> '{last}')")),
    "indexes, PostgreSQL": ("postgresql", after_its_creation("CREATE INDEX ON {table} (id) WHERE mail = '{first}'")),
    "types that list their values, PostgreSQL": (
        "postgresql",
        after_its_creation("CREATE TYPE sorts AS ENUM ('{first}')", "ALTER TABLE {table} ADD sorted sorts"),
    ),
    "statistics, PostgreSQL": ("postgresql", rows_of_the_source_and_their_statistics),
    "comments, MariaDB": ("mariadb", after_its_creation("ALTER TABLE {table} COMMENT 'last {last}'")),
    "defaults, MariaDB": ("mariadb", after_its_creation("ALTER TABLE {table} ALTER mail SET DEFAULT '{first}'")),
    "conditions, MariaDB": ("mariadb", after_its_creation("ALTER TABLE {table} ADD CHECK (mail <> '{last}')")),
    "types that list their values, MariaDB": ("mariadb", types_that_list_their_values),
}


@pytest.mark.parametrize(("shops", "name"), [(server, name) for name, (server, _) in SERVER_CHANNELS.items()], indirect=["shops"])
def test_without_its_guard_a_channel_of_a_server_leaks_and_the_proof_says_so(
    shops: tuple[Database, str], monkeypatch: Patch, name: str
) -> None:
    SERVER_CHANNELS[name][1](monkeypatch)
    proof = of_server(*shops)
    assert "catalogue" in {leak.where for leak in proof.leaks}, (proof.leaks, proof.faults)
    assert not any(mail in repr((proof.leaks, proof.faults)) for mail in MAILS)
