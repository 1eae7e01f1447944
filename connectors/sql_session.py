"""Sessions that can only read, and how one is opened without a secret in any error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from pii_scan.connectors import sql_mysql, sql_postgresql, sql_sqlite
from pii_scan.connectors.sql_address import is_sqlite, schema_of, server_url, shown, sqlite_path
from pii_scan.connectors.sql_failure import reason
from pii_scan.errors import SourceError

if TYPE_CHECKING:
    from pii_scan.connectors.sql_table import Ask


def room(dialect: str) -> ModuleType:
    """The module that speaks a dialect of SQL, by SQLAlchemy's name for it."""
    return {"sqlite": sql_sqlite, "postgresql": sql_postgresql}.get(dialect, sql_mysql)


def reading(address: str) -> sa.Engine:
    """An engine that only reads; nothing is opened yet, but a file is looked at.

    Raises:
        SourceError: the file is missing or no SQLite database, the address malformed, the driver missing.
    """
    if is_sqlite(address):
        path = sqlite_path(address)
        sql_sqlite.check(path)
        return sql_sqlite.engine(path)
    url = server_url(address)
    made: sa.Engine = room(url.get_backend_name()).engine(url)
    return made.execution_options(schema=schema_of(address))


@contextmanager
def session(address: str, *, snapshot: bool = False) -> Iterator[sa.Connection]:
    """A read-only connection; with `snapshot` all it reads is of one moment, where the store can do that.

    Raises:
        SourceError: the place cannot be reached; the words of the driver are not repeated.
    """
    engine = reading(address)
    try:
        connection = engine.connect()
        if not snapshot:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        elif is_sqlite(address):
            connection.exec_driver_sql("BEGIN")
    except Exception as error:  # noqa: BLE001 - drivers raise far more than their own errors
        way_out = "check the file and who may read it" if is_sqlite(address) else "check host, port, database, user and password"
        raise SourceError(reason(error), where=shown(address), way_out=way_out) from None
    try:
        yield connection
    finally:
        _leave(connection)


def _leave(connection: sa.Connection) -> None:
    """Hang up at once: an orderly end would first fetch all rows that nobody wants any more."""
    try:
        connection.invalidate()
        connection.close()
    except Exception:  # noqa: BLE001, S110 - the connection is gone, which is what is wanted
        pass


def asking(connection: sa.Connection) -> Ask:
    """What runs a one-row query on the connection."""

    def ask(query: sa.Select[Any]) -> Any:
        return connection.execute(query).first()

    return ask
