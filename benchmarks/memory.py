#!/usr/bin/env python3
"""The most memory that a scan with two workers ever holds, beside the lid that is promised: large, wide, long and all different.

    python benchmarks/memory.py [--gigabytes 1,4,16] [--columns 10000] [--cell 100] [--rows 1000000] [--folder DIR] [--write]

CSV of so many GB (the same million customers again and again), a table of very many columns as Parquet and as CSV, cells of so
many MB, and a column of texts that all differ; without the model, and with it where one is installed (of CSV the first size alone:
the others are read likewise, and take as much longer). Proportional memory (PSS) of the whole process tree, looked at five times a
second; Linux only. It makes its data in DIR, or in a folder that goes with it. `--write` makes docs/memory.md. Ends with 1 where
the lid is not held.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]  # the checkout, from which this is run

from benchmarks.racing import stores  # noqa: E402
from benchmarks.racing.cost import LEAVE_OUT, Cost, Failed, ours  # noqa: E402
from benchmarks.tables import Table, as_markdown, as_text  # noqa: E402
from pii_scan.pipeline import installed_model  # noqa: E402

DOCS = Path(__file__).resolve().parents[1] / "docs"
LID = 600
"""MiB."""
PAGE = f"""\
# How much memory does it take?

A scan with two workers is meant to hold {LID} MiB at most, however large, wide or long its tables are. Every number on this page was
printed by one run of `python benchmarks/memory.py --write`: the most memory that all processes of the scan together held at once (PSS,
which counts what they share once).
"""
_PART = 1 << 26


def repeated(source: Path, size: int, to: Path) -> Path:
    """A CSV file as often as it takes, under one header."""
    with source.open("rb") as read, to.open("wb") as out:
        head = read.readline()
        out.write(head)
        while out.tell() < size:
            read.seek(len(head))
            while (part := read.read(_PART)) and out.tell() < size:
                out.write(part if out.tell() + len(part) < size else part[: part.rindex(b"\n") + 1])
    return to


def wide(source: Path, columns: int, to: Path) -> Path:
    """A hundred rows of the columns of the customers again and again, under names of their own."""
    table = pq.read_table(source).slice(0, 100)
    names = [f"{table.column_names[place % table.num_columns]}_{place}" for place in range(columns)]
    made = pa.table({name: table.column(place % table.num_columns) for place, name in enumerate(names)})
    write = pq.write_table if to.suffix == ".parquet" else pc.write_csv
    write(made, to)
    return to


def long_cells(megabytes: int, to: Path) -> Path:
    """Four cells of so many MB among short ones."""
    words = "The customer ada.lovelace@example.org called about order 12345678. "
    cells = [words * (megabytes * (1 << 20) // len(words)) if place % 8 == 3 else words for place in range(32)]
    pq.write_table(pa.table({"id": range(32), "note": cells}), to, row_group_size=8)
    return to


def all_different(rows: int, to: Path) -> Path:
    """Random texts of forty characters, none twice."""
    dice = np.random.default_rng(1)
    with pq.ParquetWriter(to, pa.schema([("token", pa.string()), ("other", pa.string())])) as writer:
        for _ in range(0, rows, 1 << 16):
            letters = dice.integers(97, 123, (2, (1 << 16) * 40), dtype=np.uint8)
            bounds = pa.py_buffer(np.arange(0, 40 * ((1 << 16) + 1), 40, dtype=np.int32))
            columns = [pa.StringArray.from_buffers(1 << 16, bounds, pa.py_buffer(one.tobytes())) for one in letters]
            writer.write_batch(pa.record_batch(columns, ["token", "other"]))
    return to


def cases(chosen: argparse.Namespace, folder: Path) -> Iterator[tuple[str, bool, Callable[[], Path]]]:
    """What is scanned, whether with the model, too, and what makes it."""
    customers = stores.parquet(folder, chosen.rows)
    yield f"Parquet, {chosen.rows:,} rows", True, lambda: customers
    for place, gigabytes in enumerate(chosen.gigabytes):
        make = partial(repeated, stores.csv(customers), gigabytes << 30, folder / "large.csv")
        yield f"CSV, {gigabytes} GB", place == 0, make
    for suffix in (".parquet", ".csv"):
        yield (
            f"{suffix[1:]}, {chosen.columns:,} columns",
            True,
            partial(wide, customers, chosen.columns, folder / f"wide{suffix}"),
        )
    yield f"cells of {chosen.cell} MB", True, lambda: long_cells(chosen.cell, folder / "long.parquet")
    yield f"{2 * chosen.rows:,} different texts", True, lambda: all_different(chosen.rows, folder / "different.parquet")


def measured(path: Path, *how: str) -> Cost:
    """The cost of a scan."""
    # what lies beyond the limit of a cell is told as left out
    return ours("scan", str(path), *how, "--workers", "2", "-q", "--format", "csv", well=(0, LEAVE_OUT))


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where the lid is not held."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--gigabytes", type=_numbers, default=[1, 4, 16])
    options.add_argument("--columns", type=int, default=10_000)
    options.add_argument("--cell", type=int, default=100)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--folder", type=Path, help="where the data is made; the customers are kept for the next run")
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args(words)
    ways = {"no NER": ("--no-ner",)} | ({"NER on a sample": ()} if installed_model() else {})
    lines: dict[str, list[tuple[str, ...]]] = {way: [] for way in ways}
    most = 0.0
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for what, also, make in cases(chosen, folder):
            path = make()
            for way, how in list(ways.items())[: 1 + also]:
                try:
                    cost = measured(path, *how)
                except Failed as error:
                    print(f"{what}, {way}: could not be measured: {error}", flush=True)
                    most = float("inf")
                    continue
                most = max(most, cost.memory)
                row = (what, f"{cost.memory:,.0f}", f"{cost.memory / LID:.2f}", f"{cost.cpu:,.1f}", f"{cost.wall:,.1f}")
                lines[way].append(row)
                print(way, *row, flush=True)
            if not path.name.startswith("customers"):
                path.unlink()
    tables = [Table(f"2 workers, {way}", ("", "MiB", "of the lid", "CPU s", "s"), rows) for way, rows in lines.items()]
    print(*map(as_text, tables), sep="\n")
    if chosen.write:
        (DOCS / "memory.md").write_text("\n".join([PAGE, *(f"{as_markdown(table)}\n" for table in tables)]), "utf-8")
    return int(most > LID)


if __name__ == "__main__":
    sys.exit(main())
