#!/usr/bin/env python3
"""How many of a million removed values are left in copies of every form, and how many of them the proof would see.

    python benchmarks/left.py [--rows 25000] [--postgresql URL] [--mysql FROM TO]

Each form has its own distinct values under every operator that removes them: e-mail addresses (pseudonym), names (redact), card numbers
(replace), login names (encrypt), tax numbers (hash), notes (drop_column). Its copy is searched twice: by the proof that belongs to each
copy, and here by patterns that share no code with it, in the file's bytes, in these decompressed, and in every cell. Makes its own data;
with `--postgresql` a schema of that database is copied into another one, with `--mysql` a database into another; both are left as they end.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import json
import os
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import sqlalchemy as sa

from pii_scan.api import copies, opened
from pii_scan.compared import Pair
from pii_scan.connectors.sql_address import schema_of, server_url
from pii_scan.contracts import Source
from pii_scan.fates import Fates
from pii_scan.keys import new_key
from pii_scan.model import Skipped, Unit
from pii_scan.pages import pages
from pii_scan.pairing import Copying, paired
from pii_scan.plan import Plan, load_plan
from pii_scan.registry import catalogue
from pii_scan.settings import settings
from pii_scan.verifying import prove

COLUMNS = ("mail", "name", "card", "login", "tax", "note")
OPERATORS = dict(zip(COLUMNS, ("pseudonym", "redact", "replace", "encrypt", "hash", "drop_column"), strict=True))
KINDS = dict(zip(COLUMNS, ("email", "person_name", "payment_card", "username", "tax_id", "free_text"), strict=True))
MARK = re.compile(rb"kestrel[a-z]\d{7}|77[0-9]{2}[ -]?0000[ -]?00[0-9]{2}[ -]?[0-9]{4}")
"""Every value, and nothing else in a copy, reads like this."""
OWNERS = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found of one form."""

    form: str
    removed: int
    """Distinct values that the proof looked for."""
    left: int
    """Values that the proof found, or that a plain pattern finds."""
    wrong: int
    """Cells, types, columns or rows that are not as they should be."""
    seconds: float


def values(column: str, form: int, rows: int) -> list[str]:
    """Distinct values of a column; `form` tells those of two forms apart."""
    if column == "card":
        digits = (f"77{form:02}{row:012}" for row in range(rows))
        return [f"{one[:4]} {one[4:8]} {one[8:12]} {one[12:]}" if place % 2 else one for place, one in enumerate(digits)]
    letter = "abcdefg"[COLUMNS.index(column)]
    words = (f"kestrel{letter}{form * 1_000_000 + row:07}" for row in range(rows))
    how: Mapping[str, Callable[[str], str]] = {
        "mail": "{}@example.org".format,
        "name": "Zoë {} O'Hara".format,
        "login": "{}".format,
        "tax": "FR-{}".format,
        "note": 'met {}, "as agreed"; 100 % sure'.format,
    }
    return [how[column](word) for word in words]


def people(form: int, rows: int) -> pa.Table:
    """A flat table of people."""
    cells = {column: values(column, form, rows) for column in COLUMNS}
    return pa.table({"id": [f"r{row}" for row in range(rows)], **cells, "city": [f"town {row % 97}" for row in range(rows)]})


def nested(form: int, rows: int) -> pa.Table:
    """The same, in structs, lists and maps."""
    flat = people(form, rows)
    columns = {name: flat[name].combine_chunks() for name in flat.schema.names}
    bounds = pa.array(range(rows + 1), pa.int32())
    return pa.table(
        {
            "id": columns["id"],
            "person": pa.StructArray.from_arrays([columns["mail"], columns["name"], columns["city"]], ["mail", "name", "city"]),
            "card": pa.ListArray.from_arrays(bounds, columns["card"]),
            "more": pa.MapArray.from_arrays(bounds, pa.array(["login"] * rows), columns["login"]),
            "tax": columns["tax"].dictionary_encode(),
            "note": columns["note"],
        }
    )


def write_csv(folder: Path, form: int, rows: int) -> Path:
    pc.write_csv(people(form, rows), folder / "people.csv")
    return folder / "people.csv"


def write_gzip(folder: Path, form: int, rows: int) -> Path:
    plain = write_csv(folder, form, rows)
    (folder / "people.csv.gz").write_bytes(gzip.compress(plain.read_bytes(), 1))
    plain.unlink()
    return folder / "people.csv.gz"


def write_lines(folder: Path, form: int, rows: int) -> Path:
    text = "".join(
        json.dumps(row, ensure_ascii=bool(number % 2)) + "\n" for number, row in enumerate(people(form, rows).to_pylist())
    )
    (folder / "people.jsonl").write_text(text, "utf-8")
    return folder / "people.jsonl"


def write_parquet(folder: Path, form: int, rows: int) -> Path:
    table = people(form, rows).replace_schema_metadata({"example": values("mail", form, 1)[0]})
    pq.write_table(table, folder / "people.parquet", row_group_size=8_192, compression="zstd")
    return folder / "people.parquet"


def write_dictionary(folder: Path, form: int, rows: int) -> Path:
    table = people(form, rows)
    for place, name in enumerate(table.schema.names):
        table = table.set_column(place, name, table[name].combine_chunks().dictionary_encode())
    pq.write_table(table, folder / "people.parquet", row_group_size=8_192, compression="snappy")
    return folder / "people.parquet"


def write_nested(folder: Path, form: int, rows: int) -> Path:
    pq.write_table(nested(form, rows), folder / "people.parquet", row_group_size=8_192)
    return folder / "people.parquet"


def write_partitioned(folder: Path, form: int, rows: int) -> Path:
    table, step = people(form, rows), -(-rows // OWNERS)
    for number in range(OWNERS):
        owner = folder / "people" / f"mail=kestrela{form * 1_000_000 + 900_000 + number:07}@example.org"
        owner.mkdir(parents=True)
        pq.write_table(table.drop_columns(["mail"]).slice(number * step, step), owner / "part-0.parquet")
    return folder / "people"


def write_sqlite(folder: Path, form: int, rows: int) -> Path:
    table = people(form, rows)
    with closing(sqlite3.connect(folder / "people.sqlite")) as database, database:
        database.execute(f"CREATE TABLE people ({', '.join(f'{name} text' for name in table.schema.names)})")
        marks = ", ".join("?" * table.num_columns)
        database.executemany(f"INSERT INTO people VALUES ({marks})", (tuple(row.values()) for row in table.to_pylist()))
    return folder / "people.sqlite"


FORMS: dict[str, Callable[[Path, int, int], Path]] = {
    "CSV": write_csv,
    "CSV, gzip": write_gzip,
    "JSON Lines": write_lines,
    "Parquet": write_parquet,
    "Parquet, dictionaries": write_dictionary,
    "Parquet, nested": write_nested,
    "Parquet, partitioned": write_partitioned,
    "SQLite": write_sqlite,
}


def fill(address: str, form: int, rows: int) -> None:
    """A table of people in a server's database, in the schema of the address where it names one."""
    schema, table = schema_of(address), people(form, rows)
    engine = sa.create_engine(server_url(address), hide_parameters=True)
    made = sa.Table(
        "people", sa.MetaData(schema=schema or None), *(sa.Column(name, sa.String(200)) for name in table.schema.names)
    )
    with engine.begin() as connection:
        if schema:
            connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
        made.create(connection)
        connection.execute(made.insert(), table.to_pylist())
    engine.dispose()


def plan() -> Plan:
    """Every column of people, wherever it lies, under its operator."""
    paths = {"mail": ("person", "mail"), "name": ("person", "name"), "card": ("card", ""), "login": ("more", "value")}
    rules = [f'column = "{name}"\nkind = "{KINDS[name]}"\noperator = "{OPERATORS[name]}"' for name in COLUMNS]
    rules += [
        f'column = "{column}"\npath = "{path}"\nkind = "{KINDS[name]}"\noperator = "{OPERATORS[name]}"'
        for name, (column, path) in paths.items()
        if path
    ]
    listed = "\n".join(f"[[column]]\n{rule}" for rule in rules)
    return load_plan(f'key_env = "PII_SCAN_LEFT_KEY"\n{listed}\n[[table]]\ncolumns = ["*"]\n')


def tried(form: str, source: str, to: str) -> Outcome:
    """Copy a source, prove the copy, and search it once more."""
    start = time.perf_counter()
    os.environ.setdefault("PII_SCAN_LEFT_KEY", new_key())
    chosen, made = settings({"ner": False}, None), plan()
    run = Copying()
    for outcome in copies(list(opened([source])), made, to, chosen, run):
        if isinstance(outcome, Skipped):
            sys.exit(f"{form}: {outcome.what}: {outcome.why}")
    known = catalogue(chosen.countries, chosen.recognizers)
    pairs = [pair for pair in paired(run, to) if isinstance(pair, Pair)]
    outputs = {one.path: os.path.relpath(one.path, to) for one in run.made if one.path}
    proof = prove(pairs, outputs, Fates(made, known), known)
    plain = {found for pair in pairs for found in seen(pair.copy, outputs)}
    left = max(sum(leak.values for leak in proof.leaks), len(plain))
    return Outcome(form, proof.searched, left, len(proof.faults), time.perf_counter() - start)


def seen(copy: Source, outputs: Mapping[Path, str]) -> Iterator[bytes]:
    """What reads like a removed value, in the bytes, the names and the cells of a copy."""
    for path, way in outputs.items():
        yield from MARK.findall(way.encode())
        for blob in _blobs(path):
            yield from MARK.findall(blob)
    for unit in copy.units():
        for batch in copy.read(unit) if isinstance(unit, Unit) else ():
            if isinstance(batch, pa.RecordBatch):
                yield from MARK.findall(repr(batch.to_pydict()).encode())


def _blobs(path: Path) -> Iterable[bytes]:
    whole = path.read_bytes()
    yield whole
    if path.suffix == ".gz":
        yield gzip.decompress(whole)
    if path.suffix == ".bz2":
        yield bz2.decompress(whole)
    if path.suffix == ".parquet":
        yield from pages(path)


def main() -> None:
    """Print a line for each form, and the sum."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=25_000)
    options.add_argument("--postgresql", metavar="URL")
    options.add_argument("--mysql", nargs=2, metavar=("FROM", "TO"))
    chosen = options.parse_args()
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (form, write) in enumerate(FORMS.items()):
            home = Path(folder, str(number))
            (home / "in").mkdir(parents=True)
            found.append(tried(form, str(write(home / "in", number, chosen.rows)), str(home / "out")))
            tell(found[-1])
    servers = (
        [("PostgreSQL", f"{chosen.postgresql}?schema=people", f"{chosen.postgresql}?schema=masked")] if chosen.postgresql else []
    )
    servers += [("MySQL", *chosen.mysql)] if chosen.mysql else []
    for number, (form, source, to) in enumerate(servers, len(FORMS)):
        fill(source, number, chosen.rows)
        found.append(tried(form, source, to))
        tell(found[-1])
    left, wrong = sum(one.left for one in found), sum(one.wrong for one in found)
    print(f"{left:,} of {sum(one.removed for one in found):,} removed values are left; {wrong:,} cells are not as they should be")
    sys.exit(bool(left or wrong))


def tell(one: Outcome) -> None:
    """One line of the table."""
    print(f"{one.form:24}{one.removed:12,} removed{one.left:8,} left{one.wrong:8,} wrong{one.seconds:8.1f} s", flush=True)


if __name__ == "__main__":
    main()
