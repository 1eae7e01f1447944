"""Databases: SQLite files, PostgreSQL, MySQL and MariaDB."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pii_scan.connectors.sql_address import SERVERS, is_sqlite, server_url, shown, sqlite_path
from pii_scan.contracts import Edit
from pii_scan.model import Remark, Skipped, Unit

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class SqlSource:
    """One database, read through sessions that cannot write.

    Picklable. The pickle carries the password, since a worker has to log in; nothing else does.
    """

    address: str
    """What reports show: no user, no password, no option that could hold a secret."""
    location: str = field(repr=False)
    """The address as it was given."""
    columns: tuple[str, ...] | None = None
    """The only ones that are read; None for all."""
    readings: ClassVar[int] = 2
    """The server goes through all of a table for each."""

    def units(self) -> Iterator[Unit | Skipped]:
        """Every table and view; a big table with an integer key in several parts.

        Raises:
            SourceError: the database cannot be reached, or the file is no database.
        """
        from pii_scan.connectors.sql_plan import units

        return units(self.location, self.address)

    def read(self, unit: Unit) -> Iterator[pa.RecordBatch | Skipped | Remark]:
        """The unit's rows as they were at one moment, in batches of at most some 4 MiB where single cells are smaller."""
        from pii_scan.connectors.sql_rows import read

        return read(self.location, unit, self.columns)

    def only(self, columns: Iterable[str]) -> SqlSource:
        """The same database, of whose tables no more than some columns are asked for."""
        return replace(self, columns=tuple(columns))

    def told(self, tables: Container[str]) -> Iterator[str]:
        """What a server says of some tables beside their rows; a file says nothing that its bytes do not hold.

        Raises:
            SourceError: the server cannot be reached.
        """
        from pii_scan.connectors.sql_told import told

        return iter(()) if is_sqlite(self.location) else told(self.location, tables)

    def copy(self, to: str, edit: Edit) -> Iterator[Path | Skipped]:
        """Copy all tables into `<name>.sqlite` in the folder `to`, or into the other database of the URL `to`.

        Raises:
            RedactionError: the output or one of its tables exists already, is the source itself, or cannot be written.
        """
        from pii_scan.connectors.sql_copy import copy

        return copy(self.location, self.address, to, edit)


class SqlConnector:
    """Opens databases by URL, and SQLite files by path."""

    schemes = ("sqlite", *SERVERS)
    suffixes = (".sqlite", ".sqlite3", ".db", ".db3")

    def open(self, address: str) -> SqlSource:
        """The database at that address; nothing is contacted yet.

        Raises:
            SourceError: the address is malformed, or its driver is not installed.
        """
        if is_sqlite(address):
            sqlite_path(address)
        else:
            server_url(address)
        return SqlSource(shown(address), address)
