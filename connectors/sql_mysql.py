"""MySQL and MariaDB: read-only sessions, the tables of the databases, and how each type is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from pii_scan.connectors.sql_engine import each_session
from pii_scan.connectors.sql_table import Ask, Field, Table, by_primary_key, label, names, query

NATIVE = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year"), pa.int64()),
    "double": pa.float64(),
    **dict.fromkeys(("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json"), pa.string()),
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), pa.binary()),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "timestamp": pa.timestamp("us"),
}
"""Types that arrive as they are. Every other one is cast to text by the server."""

GEOMETRY = frozenset(
    {
        "geometry",
        "point",
        "linestring",
        "polygon",
        "multipoint",
        "multilinestring",
        "multipolygon",
        "geometrycollection",
        "geomcollection",
    }
)

TABLES = """
SELECT table_schema, table_name, table_type, table_rows FROM information_schema.tables
WHERE table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')
  AND (:wanted IS NULL OR table_schema = :wanted) AND (:name IS NULL OR table_name = :name)
  AND table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
ORDER BY table_schema, table_name
"""

COLUMNS = """
SELECT column_name, column_type, data_type, numeric_precision, numeric_scale FROM information_schema.columns
WHERE table_schema = :schema AND table_name = :name ORDER BY ordinal_position
"""

SESSION = (
    "SET SESSION TRANSACTION READ ONLY",
    "SET time_zone = '+00:00'",
    # the server must not hang up while a batch is being examined
    "SET SESSION net_write_timeout = 600",
)


def engine(url: sa.URL) -> sa.Engine:
    """An engine whose sessions can only read."""
    return each_session(sa.create_engine(url, poolclass=sa.pool.NullPool, hide_parameters=True), SESSION)


def tables(connection: sa.Connection, only: str = "") -> Iterator[Table]:
    """Tables and views of the database the address names; of every one but the server's own where it names none."""
    wanted = default = connection.engine.url.database or None
    name = None
    if only:
        wanted, name = names(only, default or "")
    for schema, table, kind, rows in connection.execute(sa.text(TABLES), {"wanted": wanted, "name": name}).all():
        view = kind == "VIEW"
        yield Table(schema, table, label(schema, table, default or ""), view=view, rows=None if view else rows)


def fields(connection: sa.Connection, table: Table) -> list[Field]:
    """The columns of a table in their order."""
    found = connection.execute(sa.text(COLUMNS), {"schema": table.schema, "name": table.name})
    return [_field(*row) for row in found]


def _field(name: str, declared: str, kind: str, precision: int | None, scale: int | None) -> Field:
    column: sa.ColumnElement[object] = sa.column(name)
    if kind in NATIVE:
        wide = kind == "bigint" and "unsigned" in declared
        return Field(name, pa.uint64() if wide else NATIVE[kind], column, declared)
    if kind == "float":
        # printed as a float it would lose digits
        return Field(name, pa.float64(), column + sa.literal_column("0e0"), declared)
    if kind == "decimal" and precision is not None and precision <= 38:
        return Field(name, pa.decimal128(precision, scale or 0), column, declared)
    if kind == "bit":
        return Field(name, pa.uint64(), column + sa.literal_column("0"), declared)
    if kind in GEOMETRY:
        return Field(name, pa.string(), sa.func.ST_AsText(column), "")
    return Field(name, pa.string(), sa.cast(column, sa.CHAR), declared)


def settle(found: list[Field], table: Table, span: tuple[int, int] | None, ask: Ask) -> list[Field]:
    """The same columns, read as text where a date is none (`0000-00-00`)."""
    tests = {
        field.name: sa.or_(*(part(field.expression) == 0 for part in (sa.func.dayofmonth, sa.func.month, sa.func.year)))
        for field in found
        if pa.types.is_date(field.type) or pa.types.is_timestamp(field.type)
    }
    if not tests or ask(query(table, [sa.literal(1)], span).where(sa.or_(*tests.values())).limit(1)) is None:
        return found
    row = ask(query(table, [sa.func.max(test) for test in tests.values()], span))
    odd = {name for name, seen in zip(tests, row, strict=True) if seen}
    return [field.as_text(sa.cast(field.expression, sa.CHAR)) if field.name in odd else field for field in found]


def default_schema(connection: sa.Connection) -> str:
    """The schema whose name is left out in reports."""
    return connection.engine.url.database or ""


def keyed(connection: sa.Connection, table: Table) -> Table:
    """The table with the column to divide it by, if it has one."""
    return by_primary_key(connection, table, fields(connection, table))


def let_go(result: sa.CursorResult[Any]) -> None:
    """Make the driver forget rows that nobody will fetch.

    PyMySQL reads an abandoned result to its end, be it hours long, when it is closed or collected. Without it the
    connection just ends, and the server stops when it notices.
    """
    unread: Any = getattr(result.cursor, "_result", None)
    if hasattr(unread, "unbuffered_active"):
        unread.unbuffered_active = False
