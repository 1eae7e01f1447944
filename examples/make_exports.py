"""Writes the example exports and their truth: `python examples/make_exports.py [--to FOLDER]`.

Everything is made up from small word lists and seeded random numbers; the same bytes come out every time.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from making import contacts_app, formation, investors, retailer, somity
from making.shape import Controller, Field, Nest, Table

SQLITE_VERSION = slice(96, 100)
"""Where a SQLite file names the library that wrote it; zeroed, so that any library writes the same bytes."""


def main() -> None:
    """Write `exports/` and `truth.json` below a folder."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--to", type=Path, default=Path(__file__).parent, help="folder to write into")
    to: Path = words.parse_args().to
    controllers = [module.controller() for module in (somity, contacts_app, formation, retailer, investors)]
    tables = [table for controller in controllers for table in controller.tables]
    for file, group in groupby(tables, key=lambda table: table.file):
        path = to / "exports" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, list(group))
    (to / "truth.json").write_text(json.dumps(_truth(controllers), ensure_ascii=False, indent=1) + "\n", "utf-8")


def _write(path: Path, tables: list[Table]) -> None:
    match path.suffix:
        case ".sqlite":
            _write_sqlite(path, tables)
        case ".parquet":
            _write_parquet(path, tables[0])
        case _:
            _write_csv(path, tables[0])


def _rows(table: Table) -> Iterator[list[Any]]:
    """Rows for formats that know no structs: a record becomes a JSON text."""
    flat = [
        [json.dumps(record, ensure_ascii=False) for record in column.values] if isinstance(column, Nest) else column.values
        for column in table.columns
    ]
    return (list(row) for row in zip(*flat, strict=True))


def _write_csv(path: Path, table: Table) -> None:
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if table.quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=table.delimiter, quoting=quoting, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows(_rows(table))
    path.write_bytes(text.getvalue().encode(table.encoding))


def _write_parquet(path: Path, table: Table) -> None:
    arrays = {column.name: pa.array(column.values) for column in table.columns}
    pq.write_table(pa.table(arrays), path, compression="zstd", row_group_size=100, store_schema=False)


def _write_sqlite(path: Path, tables: list[Table]) -> None:
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("page_size = 4096", "auto_vacuum = NONE", "encoding = 'UTF-8'", "journal_mode = DELETE"):
            database.execute(f"PRAGMA {pragma}")
        database.execute("BEGIN")
        for table in tables:
            names = ", ".join(f'"{column.name}" {_sql_type(column)}' for column in table.columns)
            database.execute(f'CREATE TABLE "{table.name}" ({names})')
            insert = f'INSERT INTO "{table.name}" VALUES ({", ".join("?" * len(table.columns))})'  # noqa: S608 - our own names
            database.executemany(insert, _rows(table))
        database.execute("COMMIT")
    finally:
        database.close()
    written = bytearray(path.read_bytes())
    written[SQLITE_VERSION] = bytes(4)
    path.write_bytes(written)


def _sql_type(column: Field | Nest) -> str:
    if isinstance(column, Nest):
        return "TEXT"
    if column.name == "id":
        return "INTEGER PRIMARY KEY"
    known = {int: "INTEGER", float: "REAL"}
    return known.get(type(next(value for value in column.values if value is not None)), "TEXT")


def _truth(controllers: list[Controller]) -> dict[str, Any]:
    """What each column holds, and where each thing that a notice names is found."""
    columns: dict[str, dict[str, dict[str, Any]]] = {}
    notices = []
    for controller in controllers:
        for table in controller.tables:
            for name, field in _fields(table):
                kinds = {"kind": field.kind} | ({"also": sorted(field.also)} if field.also else {})
                columns.setdefault(table.file, {}).setdefault(table.name, {})[name] = kinds
                notices += [_promise(controller, words, field.kind, table, name) for words in field.named]
                notices += [_promise(controller, words, kind, table, name) for kind, said in field.also.items() for words in said]
    return {"columns": columns, "notices": notices}


def _promise(controller: Controller, named: str, kind: str, table: Table, column: str) -> dict[str, str]:
    place = {"file": table.file, "table": table.name, "column": column}
    return {"notice": controller.notice, "controller": controller.folder, "named": named, "kind": kind} | place


def _fields(table: Table) -> Iterator[tuple[str, Field]]:
    for column in table.columns:
        if isinstance(column, Field):
            yield column.name, column
        else:
            yield from ((f"{column.name}.{field.name}", field) for field in column.fields)


if __name__ == "__main__":
    main()
