"""The database that a copy is written into: new tables only, all of them or none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from secrets import token_hex
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from pii_scan.connectors.sql_sqlite import Undecodable
from pii_scan.connectors.sql_table import Field, Table, names
from pii_scan.errors import RedactionError

_UNFINISHED = "pii_scan_unfinished_"
_KEY_CHARS = 191
"""Characters that a key may have on any MySQL."""
PLAIN_TYPE = re.compile(r"[A-Za-z_][\w ]*(\([\w ,'.-]*\))?[\w ]*(\[\])*")


@dataclass(frozen=True, slots=True)
class Target:
    """An open database, and what was created in it so far."""

    connection: sa.Connection
    shown: str
    path: Path | None = None
    created: list[str] = field(default_factory=list)
    drafts: dict[str, str] = field(default_factory=dict)
    mark: str = field(default_factory=lambda: token_hex(4))

    @property
    def family(self) -> str:
        """The dialect; MariaDB speaks that of MySQL."""
        return family(self.connection)

    def place(self, table: Table) -> sa.TableClause:
        """Where a table of the source goes: into the schema of its name where there are schemas."""
        schema, name = names(table.label, "")
        meant = self.connection.get_execution_options().get("schema", "")
        if self.family == "postgresql" and (schema or meant):
            return sa.table(f"{schema}.{name}" if schema and meant else name, schema=meant or schema)
        return sa.table(f"{schema}.{name}" if schema else name)

    def draft(self, table: Table) -> sa.TableClause:
        """Where it is written: in its place, but on MySQL, which cannot undo tables, under a name that says it is unfinished."""
        if self.family != "mysql":
            return self.place(table)
        known = self.drafts.setdefault(table.label, f"{_UNFINISHED}{self.mark}_{len(self.drafts) + 1}")
        return sa.table(known)

    def finish(self, tables: Sequence[Table]) -> None:
        """Give all tables their names at once, where they were written under others."""
        pairs = [(self.quoted(self.draft(table)), self.quoted(self.place(table))) for table in tables]
        made = [f"{draft} TO {place}" for draft, place in pairs if draft in self.created and draft != place]
        if made:
            self.connection.exec_driver_sql(f"RENAME TABLE {', '.join(made)}")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What happens inside is undone where it fails; MySQL cannot undo that a table was created."""
        if self.family == "mysql":
            yield
            return
        with self.connection.begin_nested():
            yield

    def quoted(self, table: sa.TableClause) -> str:
        """The table's name as the target quotes it."""
        return self.connection.dialect.identifier_preparer.format_table(table)

    def column(self, name: str) -> str:
        """A column's name as the target quotes it."""
        return self.connection.dialect.identifier_preparer.quote(name)

    def refuse_existing(self, tables: Sequence[Table]) -> None:
        """Make sure that no table of the copy is there already.

        Raises:
            RedactionError: one is.
        """
        for table in tables:
            place = self.place(table)
            if sa.inspect(self.connection).has_table(place.name, schema=place.schema):
                why = f"the table {table.label} exists already"
                raise RedactionError(why, where=self.shown, way_out="name an empty database")

    def create(self, table: Table, columns: Sequence[str], constraints: Sequence[str]) -> None:
        """Create a table out of its column definitions and constraints."""
        place = self.draft(table)
        if place.schema:
            schema = self.connection.dialect.identifier_preparer.quote_schema(place.schema)
            self.connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        name = self.quoted(place)
        ending = " DEFAULT CHARSET = utf8mb4" if self.family == "mysql" else ""
        self.connection.exec_driver_sql(f"CREATE TABLE {name} ({', '.join([*columns, *constraints])}){ending}")
        self.created.append(name)

    def forget(self, table: Table) -> None:
        """Remove what is left of an attempt that was rolled back: MySQL keeps the table."""
        name = self.quoted(self.draft(table))
        if name in self.created:
            self.created.remove(name)
            if self.family == "mysql":
                self.connection.exec_driver_sql(f"DROP TABLE {name}")

    def insert(self, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, in their order."""
        for group in _runs(rows):
            odd = [isinstance(value, Undecodable) for value in group[0]] if len(group) == 1 else [False] * len(names)
            mark = "?" if self.family == "sqlite" else "%s"
            marks = ", ".join(f"CAST({mark} AS TEXT)" if is_odd and self.family == "sqlite" else mark for is_odd in odd)
            into = f"{self.quoted(self.draft(table))} ({', '.join(map(self.column, names))})"
            values = [tuple(self._bound(value) for value in row) for row in group]
            self.connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({marks})", values)  # noqa: S608 - names are quoted

    def _bound(self, value: Any) -> Any:
        """A cell as the driver takes it."""
        if isinstance(value, Undecodable):
            if self.family == "sqlite":
                return bytes(value)
            value = str(value)
        if isinstance(value, (list, dict)):
            return json.dumps(value, ensure_ascii=False, default=str)
        if isinstance(value, str) and self.family == "postgresql":
            # PostgreSQL stores every character but this one
            return value.replace("\0", "\ufffd")
        return _for_sqlite(value) if self.family == "sqlite" else value

    def type(self, found: Field, *, alike: bool, edited: pa.DataType | None, short: bool = False) -> str:
        """The type of a column: the source's own where both speak one dialect, else the nearest; TEXT for new text.

        Texts are `short` where they are part of a key, which MySQL has none of for TEXT.
        """
        retyped = edited is not None and (self.family != "sqlite" or edited != found.type)
        if alike and not retyped and _plain(found.declared):
            return found.declared.replace(" GENERATED ALWAYS", "").replace("%", "%%" if self.family != "sqlite" else "%")
        if alike and self.family == "sqlite" and not found.declared:
            return ""
        made = _nearest(edited or found.type, self.family)
        if short and self.family == "mysql" and isinstance(made, mysql.LONGTEXT):
            made = sa.String(_KEY_CHARS)
        return str(made.compile(self.connection.dialect))


def family(connection: sa.Connection) -> str:
    """The dialect of a connection: `sqlite`, `postgresql` or `mysql`."""
    return {"mariadb": "mysql"}.get(connection.dialect.name, connection.dialect.name)


def _plain(declared: str) -> bool:
    return PLAIN_TYPE.fullmatch(declared) is not None


def _runs(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows in runs that one statement can take: a row with an undecodable text goes alone."""
    start = 0
    for place, row in enumerate(rows):
        if any(type(value) is Undecodable for value in row):
            if rows[start:place]:
                yield rows[start:place]
            yield rows[place : place + 1]
            start = place + 1
    if rows[start:]:
        yield rows[start:]


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, bool):
        return int(value)
    too_long = isinstance(value, int) and not -(2**63) <= value < 2**63
    return str(value) if too_long or isinstance(value, (Decimal, timedelta)) else value


def _nearest(kind: pa.DataType, family: str) -> sa.types.TypeEngine[Any]:
    """The type of SQLAlchemy that holds every value of an Arrow type."""
    is_mysql, types = family == "mysql", pa.types
    chosen: tuple[tuple[bool, Callable[[], sa.types.TypeEngine[Any]]], ...] = (
        (types.is_boolean(kind), sa.Boolean),
        (types.is_uint64(kind), lambda: mysql.BIGINT(unsigned=True) if is_mysql else sa.Numeric(20, 0)),
        (types.is_integer(kind), sa.Integer if family == "sqlite" else sa.BigInteger),
        (types.is_floating(kind), sa.Double),
        (types.is_decimal(kind), lambda: sa.Numeric(kind.precision, kind.scale)),
        (types.is_date(kind), sa.Date),
        (types.is_timestamp(kind), lambda: mysql.DATETIME(fsp=6) if is_mysql else sa.DateTime(timezone=kind.tz is not None)),
        (types.is_binary(kind) or types.is_large_binary(kind), mysql.LONGBLOB if is_mysql else sa.LargeBinary),
    )
    text = mysql.LONGTEXT if is_mysql else sa.Text
    return next((make for fits, make in chosen if fits), text)()
