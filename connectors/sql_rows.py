"""The rows of one unit, by the fastest way there is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from pii_scan.connectors import adbc, sql_mysql, sql_postgresql, sql_sqlite
from pii_scan.connectors.names import meant
from pii_scan.connectors.sql_address import is_sqlite, server_url, sqlite_path
from pii_scan.connectors.sql_arrow import FIRST_ROWS, from_rows, gathered, next_size
from pii_scan.connectors.sql_failure import reason
from pii_scan.connectors.sql_session import asking, room, session
from pii_scan.connectors.sql_table import Field, Table, query
from pii_scan.model import Skipped, Unit


@dataclass(frozen=True, slots=True)
class Rows:
    """What is to be read: a table, its columns, and where its rows are."""

    address: str
    table: Table
    fields: list[Field]
    span: tuple[int, int] | None


def read(address: str, unit: Unit, columns: Collection[str] | None = None) -> Iterator[pa.RecordBatch | Skipped]:
    """The unit's rows, or some columns of them; whatever goes wrong becomes a `Skipped` behind the rows that were read."""
    seen = 0
    before = _stamp(address)
    try:
        for batch in _read(address, unit, columns):
            seen += batch.num_rows if isinstance(batch, pa.RecordBatch) else 0
            yield batch
    except Exception as error:  # noqa: BLE001 - drivers raise far more than their own errors, and quote cells
        yield _skipped(unit, seen, reason(error))
    else:
        if before != _stamp(address):
            yield _skipped(unit, seen, "the file changed while it was read")


def _skipped(unit: Unit, seen: int, why: str) -> Skipped:
    if seen:
        return Skipped(unit.source, "rows", f"{why}; {seen:,} rows were read", table=unit.table, unit=unit.key)
    return Skipped(unit.source, "rows" if unit.key else "table", why, table=unit.table, unit=unit.key)


def _stamp(address: str) -> str:
    """What tells that a file changed which is read without a lock."""
    try:
        path = sqlite_path(address) if is_sqlite(address) else None
        return sql_sqlite.fingerprint(path) if path and "immutable" in sql_sqlite.uri(path) else ""
    except OSError:
        return ""


def _read(address: str, unit: Unit, columns: Collection[str] | None) -> Iterator[pa.RecordBatch | Skipped]:
    with session(address, snapshot=True) as connection:
        dialect = room(connection.dialect.name)
        table = next(dialect.tables(connection, unit.table), None)
        if table is None:
            yield _skipped(unit, 0, "the table is no longer there")
            return
        if unit.span:
            table = dialect.keyed(connection, table)
        fields = dialect.fields(connection, table)
        wanted = set(meant([field.name for field in fields], columns))
        rows = Rows(address, table, [field for field in fields if field.name in wanted], unit.span)
        yield from _all(rows, connection)
    if table.partial:
        yield Skipped(unit.source, "rows", table.partial, table=unit.table, unit=unit.key)


def _all(rows: Rows, connection: sa.Connection) -> Iterator[pa.RecordBatch]:
    """The rows, and one batch without any where there are none."""
    empty = True
    if not rows.fields:
        # a table can have no column at all; a view without one is mostly broken, and says so now
        connection.execute(query(rows.table, [sa.literal(1)], rows.span).limit(1)).all()
    else:
        for batch in _fast(rows, connection):
            empty = False
            yield batch
    if empty:
        yield from_rows([], rows.fields)


def _fast(rows: Rows, connection: sa.Connection) -> Iterator[pa.RecordBatch]:
    if is_sqlite(rows.address):
        return _sqlite(rows, connection)
    if server_url(rows.address).get_backend_name() == "postgresql" and adbc.installed("postgresql"):
        return _postgresql(rows)
    fields = room(connection.dialect.name).settle(rows.fields, rows.table, rows.span, asking(connection))
    return streamed(connection, query(rows.table, [field.expression for field in fields], rows.span), fields)


def _sqlite(rows: Rows, connection: sa.Connection) -> Iterator[pa.RecordBatch]:
    """Through ADBC, but row by row where there are blobs: their size has no bound, and ADBC holds many rows at once."""
    fields = sql_sqlite.settle(rows.fields, rows.table, rows.span, asking(connection))
    wanted = query(rows.table, [field.expression for field in fields], rows.span)
    if not adbc.installed("sqlite") or any(field.type == pa.binary() for field in fields):
        yield from streamed(connection, wanted, fields)
        return
    commands = ("PRAGMA query_only = ON",)
    with adbc.cursor("sqlite", sql_sqlite.uri(sqlite_path(rows.address)), commands) as made:
        yield from adbc.sqlite_stream(made, wanted, fields, connection.dialect)


def _postgresql(rows: Rows) -> Iterator[pa.RecordBatch]:
    from sqlalchemy.dialects import postgresql

    url = server_url(rows.address).set(drivername="postgresql").render_as_string(hide_password=False)
    # a dialect of named parameters does not double the percent signs in names
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    with adbc.cursor("postgresql", url, (sql_postgresql.BEGIN, *sql_postgresql.SESSION)) as made:
        fields = sql_postgresql.settle(rows.fields, rows.table, rows.span, adbc.asking(made, dialect))
        wanted = query(rows.table, [field.expression for field in fields], rows.span)
        yield from adbc.stream(made, adbc.written(wanted, dialect), fields)


def streamed(connection: sa.Connection, wanted: sa.Select[Any], fields: Sequence[Field]) -> Iterator[pa.RecordBatch]:
    """The rows of a query through the server's cursor, as many at once as fit under the lid on memory."""
    return gathered(batch for batch, _ in fetched(connection, wanted, fields))


def fetched(
    connection: sa.Connection, wanted: sa.Select[Any], fields: Sequence[Field]
) -> Iterator[tuple[pa.RecordBatch, Sequence[Sequence[Any]]]]:
    """The rows of a query as batches, each with the driver's own rows; columns behind the last field are in those only."""
    streaming = connection.execution_options(stream_results=True, max_row_buffer=FIRST_ROWS)
    result = streaming.execute(wanted)
    size = FIRST_ROWS
    try:
        while rows := result.fetchmany(size):
            batch = from_rows([row[: len(fields)] for row in rows], fields)
            yield batch, rows
            size = next_size(batch)
    finally:
        sql_mysql.let_go(result)
        with suppress(Exception):
            result.close()
