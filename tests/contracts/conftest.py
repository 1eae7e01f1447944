"""The sources that the contract suite runs over. One function adds one: it stores a table in a folder and opens it."""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pii_scan.contracts import Source
from pii_scan.registry import sources

Place = Callable[[Path, pa.Table], Source]
PLACES: list[Place] = []


def place(store: Place) -> Place:
    """Let the suite run over the source that this function makes of a table of texts named `people`."""
    PLACES.append(store)
    return store


def opened(path: Path) -> Source:
    """The source at a path, as the registry finds it."""
    (source,) = sources(str(path))
    assert isinstance(source, Source)
    return source


def written(path: Path, table: pa.Table, **dialect: object) -> Path:
    """The table as delimited text, its columns named in the first row."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, **dialect)  # type: ignore[arg-type]
        writer.writerow(table.schema.names)
        writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return path


@place
def comma_separated(folder: Path, table: pa.Table) -> Source:
    return opened(written(folder / "people.csv", table))


@place
def tab_separated_and_packed(folder: Path, table: pa.Table) -> Source:
    plain = written(folder / "people.tsv", table, delimiter="\t", quoting=csv.QUOTE_ALL)
    packed = folder / "people.tsv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    return opened(packed)


@place
def utf_16(folder: Path, table: pa.Table) -> Source:
    path = written(folder / "people.csv", table, delimiter=";")
    path.write_bytes(path.read_bytes().decode("utf-8").encode("utf-16"))
    return opened(path)


@place
def json_lines(folder: Path, table: pa.Table) -> Source:
    path = folder / "people.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist()), "utf-8")
    return opened(path)


@place
def parquet(folder: Path, table: pa.Table) -> Source:
    pq.write_table(table, folder / "people.parquet", row_group_size=100)
    return opened(folder / "people.parquet")


@place
def arrow_table(_folder: Path, table: pa.Table) -> Source:
    return frame(table)


@place
def pandas_frame(_folder: Path, table: pa.Table) -> Source:
    return frame(table.to_pandas())


@place
def polars_frame(_folder: Path, table: pa.Table) -> Source:
    import polars as pl

    return frame(pl.from_arrow(table))


@place
def duckdb_relation(_folder: Path, table: pa.Table) -> Source:
    import duckdb

    return frame(duckdb.from_arrow(table))


@place
def sqlite(folder: Path, table: pa.Table) -> Source:
    names = ", ".join(f'"{name}" TEXT' for name in table.schema.names)
    marks = ", ".join("?" * table.num_columns)
    connection = sqlite3.connect(folder / "people.sqlite")
    with connection:
        connection.execute(f"CREATE TABLE people ({names})")
        connection.executemany(f"INSERT INTO people VALUES ({marks})", zip(*(c.to_pylist() for c in table.columns), strict=True))
    connection.close()
    return opened(folder / "people.sqlite")


def frame(data: object) -> Source:
    from pii_scan.connectors.frames import FrameSource

    return FrameSource(data, "people")


@pytest.fixture(params=PLACES, ids=lambda store: store.__name__)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[pa.Table], Source]:
    """Stores a table in a new folder, as one of the kinds of source, and opens it."""
    folder = tmp_path / "stored"
    folder.mkdir()
    return lambda table: request.param(folder, table)
