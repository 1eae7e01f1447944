"""The units of a database: whole tables, and parts of the big ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import sqlalchemy as sa

from pii_scan.connectors import sql_sqlite
from pii_scan.connectors.sql_address import is_sqlite, shown, sqlite_path
from pii_scan.connectors.sql_failure import reason
from pii_scan.connectors.sql_session import room, session
from pii_scan.connectors.sql_table import PART_ROWS, Table, ends, query, references, spans
from pii_scan.errors import SourceError
from pii_scan.model import Skipped, Unit

_LARGE = 20_000
"""Rows from which on it is worth asking how wide the columns of a table are."""
_FIRST = 256
"""Rows that tell."""
_TEXT = 4.0
"""Bytes that Arrow takes for a text beside its own."""


def units(location: str, address: str) -> Iterator[Unit | Skipped]:
    """Every unit, one table after the other."""
    with session(location) as connection:
        try:
            tables = list(room(connection.dialect.name).tables(connection))
        except Exception as error:  # noqa: BLE001 - drivers raise far more than their own errors
            raise SourceError(reason(error), where=shown(location), way_out="the list of its tables cannot be read") from None
        if not tables and not is_sqlite(location):
            yield Skipped(address, "tables", "this user sees no table: check the database's name and the user's rights")
        stamp = sql_sqlite.fingerprint(sqlite_path(location)) if is_sqlite(location) else ""
        for table in tables:
            yield from _units(connection, location, Unit(address, table.label, fingerprint=stamp, rows=table.rows), table)


def _units(connection: sa.Connection, location: str, unit: Unit, table: Table) -> Iterator[Unit | Skipped]:
    try:
        whole = replace(unit, foreign_keys=foreign_keys(connection, table))
        yield from _parts(connection, location, whole, table)
    except Exception as error:  # noqa: BLE001 - one table that cannot be described must not hide the others
        yield Skipped(unit.source, "table", reason(error), table=unit.table)


def foreign_keys(connection: sa.Connection, table: Table) -> tuple[tuple[str, str], ...]:
    """The keys the store declares, as (column, "table.column")."""
    home = room(connection.dialect.name).default_schema(connection)
    found: list[tuple[str, str]] = []
    with suppress(sa.exc.SQLAlchemyError):
        for key in references(connection, table, home):
            pairs = zip(key.columns, key.referred, strict=False)
            found += [(column, f"{key.table.label}.{referred}") for column, referred in pairs]
    return tuple(found)


def _parts(connection: sa.Connection, location: str, unit: Unit, table: Table) -> Iterator[Unit]:
    """The table as one unit, or a big one by ranges of its key."""
    dialect = room(connection.dialect.name)
    path = sqlite_path(location) if is_sqlite(location) else None
    cut = dialect.keyed(connection, table) if path or (table.rows or 0) > PART_ROWS else table
    found = ends(connection, cut) if cut.key else None
    if found is None:
        large = (table.rows or 0) >= _LARGE and not table.view
        yield replace(unit, widths=widths(connection, table)) if large else unit
        return
    rows = sql_sqlite.estimate(path, *found) if path else table.rows or 0
    apart = widths(connection, table) if rows >= _LARGE else ()
    if rows <= PART_ROWS:
        yield replace(unit, rows=rows, widths=apart)
        return
    ranges = spans(*found, rows)
    for place, span in enumerate(ranges, start=1):
        yield replace(unit, key=f"part {place} of {len(ranges)}", span=span, rows=rows // len(ranges), widths=apart)


def widths(connection: sa.Connection, table: Table) -> tuple[tuple[str, float], ...]:
    """The columns of a table, each with about the bytes of a cell, as the first rows tell; nothing where the store cannot say."""
    with suppress(Exception):  # the tables are read all the same
        fields = room(connection.dialect.name).fields(connection, table)
        rows = query(table, [field.expression for field in fields]).limit(_FIRST).subquery()
        row = connection.execute(sa.select(*(sa.func.avg(sa.func.length(sa.cast(cells, sa.Text))) for cells in rows.c))).one()
        return tuple((field.name, _TEXT + float(width or 0)) for field, width in zip(fields, row, strict=True))
    return ()
