"""PostgreSQL: read-only sessions, the tables of every schema, and how each type is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from pii_scan.connectors.sql_engine import each_session
from pii_scan.connectors.sql_table import Ask, Field, Table, by_primary_key, label, names, query

DEFAULT_SCHEMA = "public"

NATIVE = {
    "bool": pa.bool_(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "text": pa.string(),
    "varchar": pa.string(),
    "bpchar": pa.string(),
    "bytea": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}
"""Types that arrive as they are. Every other one is cast to text by the server, arrays and rows to JSON."""

TABLES = """
SELECT n.nspname, c.relname, c.relkind::text, c.reltuples::bigint, row_security_active(c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname <> 'information_schema'
  AND n.nspname !~ '^pg_' AND CAST(:within AS text) IN ('', n.nspname)
  AND (CAST(:name AS text) IS NULL OR (n.nspname = :schema AND c.relname = :name))
ORDER BY n.nspname <> :default, n.nspname, c.relname
"""

COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), b.typname, b.typcategory::text,
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, tn.nspname = 'pg_catalog'
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
WHERE n.nspname = :schema AND c.relname = :name AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""

BEGIN = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
SESSION = (
    "SET default_transaction_read_only = on",
    "SET timezone = 'UTC'",
    "SET datestyle = 'ISO, YMD'",
    "SET intervalstyle = 'iso_8601'",
    # copies keep the order of the rows
    "SET synchronize_seqscans = off",
)


def engine(url: sa.URL) -> sa.Engine:
    """An engine whose sessions can only read."""
    options = {} if "connect_timeout" in url.query else {"connect_timeout": 10}
    made = sa.create_engine(
        url, poolclass=sa.pool.NullPool, hide_parameters=True, isolation_level="REPEATABLE READ", connect_args=options
    )
    return each_session(made, SESSION)


def tables(connection: sa.Connection, only: str = "") -> Iterator[Table]:
    """Tables, views, materialised views and foreign tables of every schema but the server's own, or of the one that is meant.

    A partitioned table is read as one table, and a table that others inherit from without their rows: every row once.
    """
    default = default_schema(connection)
    schema, name = names(only, default) if only else (None, None)
    within = connection.get_execution_options().get("schema", "")
    known = {"schema": schema, "name": name, "default": default, "within": within}
    found = connection.execute(sa.text(TABLES), known).all()
    for schema_name, table, kind, rows, secured in found:
        yield Table(
            schema_name,
            table,
            label(schema_name, table, default),
            view=kind in {"v", "m"},
            rows=rows if rows >= 0 and kind in {"r", "p", "m"} else None,
            partial="row-level security may hide rows from this user" if secured else "",
            lone=kind == "r",
        )


def fields(connection: sa.Connection, table: Table) -> list[Field]:
    """The columns of a table in their order."""
    found = connection.execute(sa.text(COLUMNS), {"schema": table.schema, "name": table.name})
    return [_field(row) for row in found]


def _field(row: Sequence[Any]) -> Field:
    name, declared, kind, category, modifier, builtin = row
    column: sa.ColumnElement[Any] = sa.column(name)
    written = declared if builtin else ""
    if category in {"A", "C"}:
        # arrays and rows as JSON, which is walked like nested data; the stored form is kept for copies
        return Field(name, pa.string(), sa.cast(sa.func.to_json(column), sa.Text), written, raw=sa.cast(column, sa.Text))
    if kind == "numeric" and modifier >= 0:
        precision, scale = (modifier - 4) >> 16, (modifier - 4) & 0x7FF
        if precision <= 38 and scale <= precision:
            return Field(name, pa.decimal128(precision, scale), column, written)
    if kind in NATIVE:
        return Field(name, NATIVE[kind], column, written)
    return Field(name, pa.string(), sa.cast(column, sa.Text), written)


def settle(found: list[Field], table: Table, span: tuple[int, int] | None, ask: Ask) -> list[Field]:
    """The same columns, read as text where a value has no place in its Arrow type (`infinity`, `NaN`, years before 1)."""
    tests = {field.name: test for field in found if (test := _stranger(field)) is not None}
    if not tests:
        return found
    if ask(query(table, [sa.literal(1)], span).where(sa.or_(*tests.values())).limit(1)) is None:
        return found
    row = ask(query(table, [sa.func.bool_or(test) for test in tests.values()], span))
    odd = {name for name, seen in zip(tests, row, strict=True) if seen}
    return [field.as_text(sa.cast(field.expression, sa.Text)) if field.name in odd else field for field in found]


def _stranger(field: Field) -> sa.ColumnElement[bool] | None:
    if pa.types.is_decimal(field.type):
        return field.expression == sa.literal_column("'NaN'::numeric")
    if pa.types.is_date(field.type) or pa.types.is_timestamp(field.type):
        # the last days of either end are left out: a time zone may move them over it
        early: sa.ColumnElement[Any] = sa.literal_column("'0001-01-02'::date")
        late: sa.ColumnElement[Any] = sa.literal_column("'9999-12-31'::date")
        return sa.or_(field.expression < early, field.expression >= late)
    return None


def default_schema(connection: sa.Connection) -> str:
    """The schema whose name is left out in reports."""
    return connection.get_execution_options().get("schema") or DEFAULT_SCHEMA


def keyed(connection: sa.Connection, table: Table) -> Table:
    """The table with the column to divide it by, if it has one."""
    return by_primary_key(connection, table, fields(connection, table))
