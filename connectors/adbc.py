"""The fast way out of a database: Arrow streams through ADBC, where a driver is installed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import sqlalchemy as sa

from pii_scan.connectors.sql_arrow import from_foreign, gathered

if TYPE_CHECKING:
    from pii_scan.connectors.sql_table import Field

SQLITE_ROWS = 1_024
"""Rows that the SQLite driver holds at once; more are not faster."""

_BYTES = 1 << 20
"""Bytes of a batch; a driver may hold some of them."""

SENTINELS = {pa.int64(): "1", pa.float64(): "1.5", pa.string(): "''", pa.binary(): "x''"}


def installed(family: str) -> bool:
    """Whether the ADBC driver for `sqlite` or `postgresql` is there."""
    return find_spec(f"adbc_driver_{family}") is not None


@contextmanager
def cursor(family: str, uri: str, commands: Sequence[str]) -> Iterator[Any]:
    """A cursor in a transaction that begins with the commands; it is rolled back and closed on the way out."""
    driver = import_module(f"adbc_driver_{family}.dbapi")
    connection = driver.connect(uri, autocommit=family == "sqlite")
    try:
        made = connection.cursor()
        try:
            for command in commands:
                made.execute(command)
            yield made
        finally:
            with suppress(Exception):
                made.close()
    finally:
        with suppress(Exception):
            connection.close()


def asking(made: Any, dialect: sa.Dialect) -> Any:
    """What runs a one-row query on the cursor."""

    def ask(query: sa.Select[Any]) -> Any:
        made.execute(written(query, dialect))
        return made.fetchone()

    return ask


def written(query: sa.Executable, dialect: sa.Dialect) -> str:
    """The query as text, its bounds written out."""
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]


def stream(made: Any, statement: str, fields: Sequence[Field]) -> Iterator[pa.RecordBatch]:
    """The rows of a query, in batches."""
    made.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(_BYTES)})
    made.execute(statement)
    with made.fetch_record_batch() as reader:
        yield from gathered((from_foreign(batch, fields) for batch in reader), _BYTES)


def sqlite_stream(made: Any, query: sa.Select[Any], fields: Sequence[Field], dialect: sa.Dialect) -> Iterator[pa.RecordBatch]:
    """The rows of a query on SQLite.

    The driver takes the type of a column from its first rows, so one row of the right types is put in front and
    dropped again: a column that begins with a thousand nulls would be one of integers otherwise.
    """
    made.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(SQLITE_ROWS)})
    samples: list[sa.ColumnElement[Any]] = [
        sa.literal_column(SENTINELS[one.type]).label(f"c{place}") for place, one in enumerate(fields)
    ]
    made.execute(f"{written(sa.select(*samples), dialect)} UNION ALL {written(query, dialect)}")
    with made.fetch_record_batch() as reader:
        yield from gathered(_without_first(from_foreign(batch, fields) for batch in reader), _BYTES)


def _without_first(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for place, batch in enumerate(batches):
        rest = batch if place else batch.slice(1)
        if rest.num_rows:
            yield rest
