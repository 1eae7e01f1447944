"""SQLite: what a file holds, and of which storage class every column really is.

A SQLite column may hold any type in any row. The fast way out (ADBC) needs one type a column, so the classes are
sampled, the guess is proven over all rows by one cheap query, and a column that is truly mixed is read as text.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import sqlalchemy as sa

from pii_scan.connectors.sql_table import Ask, Field, Table, label, names, query
from pii_scan.errors import SourceError

DEFAULT_SCHEMA = "main"
MAGIC = b"SQLite format 3\0"
SAMPLE = 1_000
AT_ONCE = 200
"""Columns that one query asks about; SQLite limits the size of an expression."""

TYPES = {"integer": pa.int64(), "real": pa.float64(), "text": pa.string(), "blob": pa.binary()}
ROW_IDS = ("rowid", "_rowid_", "oid")


def check(path: Path) -> None:
    """Make sure that the file is a SQLite database.

    Raises:
        SourceError: it is missing, unreadable or something else.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        why = "there is no such file" if isinstance(error, FileNotFoundError) else f"cannot be opened: {error.strerror}"
        raise SourceError(why, where=str(path), way_out="check the path and its permissions") from None
    if head != MAGIC:
        why = "is empty" if not head else "is not a SQLite database, or is encrypted"
        raise SourceError(why, where=str(path), way_out="pii-scan opens .db files of SQLite 3 only")


def fingerprint(path: Path) -> str:
    """Size and time of the file and of its write-ahead log."""
    stats = [file.stat() for file in (path, path.with_name(path.name + "-wal")) if file.exists()]
    return "+".join(f"{stat.st_size}-{stat.st_mtime_ns}" for stat in stats)


def uri(path: Path) -> str:
    """The file as SQLite opens it to read only.

    A database in WAL mode that nobody has open would get two new files beside it even from a reader; opened as
    immutable it gets none. Whether it changed meanwhile is then told by its fingerprint.
    """
    with path.open("rb") as file:
        header = file.read(20)
    logged = path.with_name(path.name + "-wal")
    quiet = header[18:20] == b"\x02\x02" and not (logged.exists() and logged.stat().st_size)
    return f"file:{quote(str(path.absolute()))}?mode=ro" + ("&immutable=1" if quiet else "")


def engine(path: Path) -> sa.Engine:
    """An engine whose connections can only read the file."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(uri(path), uri=True, check_same_thread=False, timeout=30)
        connection.execute("PRAGMA query_only = ON")
        connection.text_factory = text
        return connection

    return sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.NullPool, hide_parameters=True)


class Undecodable(bytes):
    """A stored text that is not UTF-8, byte for byte."""

    __slots__ = ()

    def __str__(self) -> str:
        """The text with a replacement mark for each byte that is none."""
        return self.decode(errors="replace")


def text(stored: bytes) -> str | Undecodable:
    """A stored text, also where it is not UTF-8."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return Undecodable(stored)


def tables(connection: sa.Connection, only: str = "") -> Iterator[Table]:
    """The tables and views of the file, in the order they were made; `only` the one of that label."""
    known = {row[1]: row for row in connection.exec_driver_sql("PRAGMA main.table_list") if row[0] == DEFAULT_SCHEMA}
    listed = "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    for name, kind, statement in connection.exec_driver_sql(listed).all():
        if only and name != names(only, DEFAULT_SCHEMA)[1]:
            continue
        sort, rowless = (known[name][2], bool(known[name][4])) if name in known else (kind, True)
        virtual = (statement or "").lstrip().upper().startswith("CREATE VIRTUAL")
        yield Table(
            "",
            name,
            label(DEFAULT_SCHEMA, name, DEFAULT_SCHEMA),
            view=kind == "view",
            key="" if kind == "view" or virtual or rowless else _row_id(connection, name),
            derived=sort == "shadow",
        )


def _columns(connection: sa.Connection, name: str) -> list[tuple[str, str]]:
    """Names and declared types; the hidden columns of virtual tables are arguments, not data."""
    found = connection.exec_driver_sql("SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid", (name,))
    return [(column, declared) for column, declared in found]


def _row_id(connection: sa.Connection, name: str) -> str:
    taken = {column.lower() for column, _ in _columns(connection, name)}
    return next((word for word in ROW_IDS if word not in taken), "")


def fields(connection: sa.Connection, table: Table) -> list[Field]:
    """The columns of a table as they are declared; `settle` says what they really hold."""
    return [
        Field(column, _declared(declared), sa.column(column), declared) for column, declared in _columns(connection, table.name)
    ]


def _declared(declared: str) -> pa.DataType:
    """The type a column without any value is given, after SQLite's rules of affinity."""
    words = declared.upper()
    if "INT" in words:
        return pa.int64()
    if any(word in words for word in ("REAL", "FLOA", "DOUB")):
        return pa.float64()
    return pa.binary() if "BLOB" in words else pa.string()


def settle(found: list[Field], table: Table, span: tuple[int, int] | None, ask: Ask) -> list[Field]:
    """The same columns with the types that their values really have, in the rows of the span."""
    classes = _sampled(found, table, span, ask)
    guessed = [(field, kind) for field, kinds in zip(found, classes, strict=True) if len(kinds) == 1 for kind in kinds]
    if len(guessed) < len(found) or not _proven(guessed, table, span, ask):
        classes = _counted(found, table, span, ask)
    return [_settled(field, kinds) for field, kinds in zip(found, classes, strict=True)]


def _sampled(found: list[Field], table: Table, span: tuple[int, int] | None, ask: Ask) -> list[set[str]]:
    """The storage classes of the first rows, by column; a column without values counts as what it is declared."""
    kinds: list[set[str]] = []
    for place in range(0, len(found), AT_ONCE):
        some = found[place : place + AT_ONCE]
        rows = query(table, [field.expression for field in some], span).limit(SAMPLE).subquery()
        row = ask(sa.select(*(sa.func.group_concat(sa.distinct(sa.func.typeof(column))) for column in rows.c)))
        kinds += [set((value or "").split(",")) - {"null", ""} for value in row]
    names_of = {kind: name for name, kind in TYPES.items()}
    return [kind or {names_of[field.type]} for field, kind in zip(found, kinds, strict=True)]


def _proven(guessed: list[tuple[Field, str]], table: Table, span: tuple[int, int] | None, ask: Ask) -> bool:
    """Whether no cell is of another class. Reads no cell's content: the class stands in the row's header."""
    for place in range(0, len(guessed), AT_ONCE):
        strangers = [
            sa.and_(sa.func.typeof(field.expression) != sa.literal_column(f"'{kind}'"), field.expression.is_not(None))
            for field, kind in guessed[place : place + AT_ONCE]
        ]
        if ask(query(table, [sa.literal_column("1")], span).where(sa.or_(*strangers)).limit(1)) is not None:
            return False
    return True


def _counted(found: list[Field], table: Table, span: tuple[int, int] | None, ask: Ask) -> list[set[str]]:
    """Every storage class of every column; `long` where integers do not fit into a float."""
    kinds: list[set[str]] = []
    step = AT_ONCE // 5
    for place in range(0, len(found), step):
        tests: list[sa.ColumnElement[Any]] = []
        for field in found[place : place + step]:
            kind = sa.func.typeof(field.expression)
            tests += [sa.func.max(kind == sa.literal_column(f"'{name}'")) for name in TYPES]
            whole = sa.and_(kind == sa.literal_column("'integer'"), sa.not_(field.expression.between(-(2**53), 2**53)))
            tests.append(sa.func.max(whole))
        row = list(ask(query(table, tests, span)))
        seen = (row[first : first + 5] for first in range(0, len(row), 5))
        kinds += [{name for name, is_so in zip([*TYPES, "long"], column, strict=True) if is_so} for column in seen]
    return kinds


def _settled(field: Field, kinds: set[str]) -> Field:
    if not kinds:
        return field
    stored = kinds - {"long"}
    if len(stored) == 1:
        return Field(field.name, TYPES[stored.pop()], field.expression, field.declared)
    if kinds == {"integer", "real"}:
        real = sa.cast(field.expression, sa.REAL)
        return Field(field.name, pa.float64(), real, field.declared, raw=field.expression)
    return Field(field.name, pa.string(), sa.cast(field.expression, sa.Text), field.declared, raw=field.expression)


def default_schema(_connection: sa.Connection) -> str:
    """The schema whose name is left out in reports."""
    return ""


def keyed(_connection: sa.Connection, table: Table) -> Table:
    """The table with the column to divide it by: the row id, which `tables` has found."""
    return table


def estimate(path: Path, lowest: int, highest: int) -> int:
    """At most this many rows: as many as there are keys, or as fit into the file."""
    return min(highest - lowest + 1, path.stat().st_size // 8)
