"""The database that a copy goes into, opened so that the copy is complete or absent."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

import sqlalchemy as sa

from pii_scan.connectors.files import settle
from pii_scan.connectors.sql_address import is_sqlite, schema_of, server_url, shown, sqlite_path
from pii_scan.connectors.sql_failure import reason
from pii_scan.connectors.sql_target import Target
from pii_scan.errors import RedactionError, SourceError


@contextmanager
def writing(to: str, name: str) -> Iterator[Target]:
    """The database to copy into: a URL, or `<name>.sqlite` in a folder. It is complete on the way out, or absent.

    Raises:
        RedactionError: it cannot be opened or written, or the file exists already.
    """
    if not is_sqlite(to) or (to.startswith("sqlite:") and sqlite_path(to).exists()):
        with _opened(to) as target:
            yield target
        return
    path = sqlite_path(to) if to.startswith("sqlite:") else Path(to) / f"{name}.sqlite"
    with _beside(path) as part, _opened(f"sqlite:///{part}", path) as target:
        yield target


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file beside the wanted one, which takes its name at the end."""
    if path.exists():
        raise RedactionError("exists already", where=str(path), way_out="name another folder, or remove it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, made = mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
    except OSError as error:
        why = f"cannot be written: {error.strerror or type(error).__name__}"
        raise RedactionError(why, where=str(path.parent), way_out="check space and permissions") from None
    part = Path(made)
    try:
        yield part
        if path.exists():
            raise RedactionError("exists already", where=str(path), way_out="name another folder, or remove it")
        part.chmod(0o666 & ~_umask())
        part.replace(path)
        settle(path.parent)
    finally:
        for left in (part, part.with_name(part.name + "-journal")):
            left.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def _opened(to: str, path: Path | None = None) -> Iterator[Target]:
    """One transaction in the database; where its tables cannot be rolled back (MySQL) they are dropped."""
    place = str(path) if path else shown_target(to)
    try:
        engine = _engine(to)
        connection = engine.connect()
    except SourceError as error:
        raise RedactionError(error.what, where=error.where, way_out=error.way_out) from None
    except Exception as error:  # noqa: BLE001 - drivers raise far more than their own errors
        raise RedactionError(reason(error), where=place, way_out="check host, port, database, user and password") from None
    target = Target(connection, place, path or (sqlite_path(to) if is_sqlite(to) else None))
    try:
        if target.family == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield target
        connection.commit()
    except BaseException as error:
        _undo(target)
        if isinstance(error, (sa.exc.SQLAlchemyError, sqlite3.Error)):
            raise RedactionError(reason(error), where=place, way_out="nothing was written") from None
        raise
    finally:
        with suppress(Exception):
            connection.close()
        engine.dispose()


def _undo(target: Target) -> None:
    with suppress(Exception):
        target.connection.rollback()
    if target.family == "mysql":
        for name in reversed(target.created):
            with suppress(Exception):
                target.connection.exec_driver_sql(f"DROP TABLE {name}")


def _engine(to: str) -> sa.Engine:
    if not is_sqlite(to):
        made = sa.create_engine(server_url(to), poolclass=sa.pool.NullPool, hide_parameters=True)
        return made.execution_options(schema=schema_of(to))
    path = sqlite_path(to).absolute()

    def connect() -> sqlite3.Connection:
        # transactions are begun by hand, so that tables are part of them
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    return sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.NullPool, hide_parameters=True)


def shown_target(to: str) -> str:
    """The address of a copy as it may be printed."""
    try:
        return shown(to)
    except SourceError as error:
        raise RedactionError(error.what, where=error.where, way_out=error.way_out) from None
