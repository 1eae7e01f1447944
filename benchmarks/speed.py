#!/usr/bin/env python3
"""Rows per CPU second of whole scans, beside Presidio, DataProfiler and the least that reading alone costs, in one run.

    python benchmarks/speed.py [--quick] [--rows 1000000] [--file FILE.parquet] [--prefix 200] [--grow 10000,100000,1000000]
                               [--wide 10,100,1000] [--rounds 3] [--no-peers] [--folder DIR] [--write]

Every cell of `customers` (24 columns), which it makes itself (`--file` takes another Parquet file instead): ours over Parquet, CSV,
SQLite and PostgreSQL, with one and two workers, with and without the NER model, scans and scans with redacted copies. CPU is
user plus system time of the whole process tree, start included, so the number of cores does not matter; the CPU of a database
server is nobody's. What is compared is run in some rounds, each with what ran next to it: machines have slow moments. `--quick` takes
20,000 rows and ends within five minutes; `--write` makes docs/speed.md and docs/speed.svg.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]  # the checkout, from which this is run

from benchmarks.peers.running import CACHE, Absent, Runner, peers  # noqa: E402
from benchmarks.racing import chart, stores  # noqa: E402
from benchmarks.racing.cost import Cost, Failed, inside, least, ours  # noqa: E402
from benchmarks.tables import Table, as_markdown, as_text  # noqa: E402

DOCS = Path(__file__).resolve().parents[1] / "docs"
QUICK_ROWS, QUICK_PREFIX = 20_000, 60
FLOOR = "limit: the first three together (the floor)"
HEAD = ("", "rows / CPU s", "CPU s", "s", "MiB", "of the floor", "of Presidio")


@dataclass
class Race:
    """What was measured so far, line by line."""

    rows: int
    presidio: float = 0.0
    """Rows per CPU second of Presidio with its model."""
    measured: dict[str, tuple[float, Cost, str]] = field(default_factory=dict)
    """By what it is: rows per CPU second, its cost, and the colour of its bar."""
    runs: dict[str, list[Cost]] = field(default_factory=dict)
    """The cost of every run of it, in order."""
    absent: list[str] = field(default_factory=list)
    alone: float = math.inf
    """Seconds in which one process takes the steps of the floor."""
    beside: float = math.inf
    """Those in which two do beside each other, each over the whole table."""

    @property
    def floor(self) -> float:
        """CPU seconds of the limits together; 0 where they could not be measured."""
        return self.measured[FLOOR][1].cpu if FLOOR in self.measured else 0.0

    def run(self, what: str, measured: Callable[[], Cost], rows: int = 0, colour: str = chart.OURS) -> Cost | None:
        """Measure one thing and say so, the least of it where it comes again; where it fails, the others still run."""
        try:
            cost = measured()
        except (Failed, Absent, ImportError) as error:
            self.absent.append(f"{what}: {error or type(error).__name__}")
            print(f"{what}: could not be measured: {error}", flush=True)
            return None
        self.runs.setdefault(what, []).append(cost)
        if what in self.measured:
            cost = least(cost, self.measured[what][1])
        rate = cost.rate(rows or self.rows)
        self.measured[what] = (rate, cost, colour)
        print(
            f"{what:44} {rate:12,.1f} rows / CPU s   {cost.cpu:8.1f} CPU s {cost.wall:8.1f} s {cost.memory:6.0f} MiB", flush=True
        )
        return cost

    def table(self) -> Table:
        """All of it, with the ratios."""
        limit = self.rows / self.floor if self.floor else 0.0
        rows = [
            (
                what,
                f"{rate:,.1f}" if rate < 1_000 else f"{rate:,.0f}",
                f"{cost.cpu:,.1f}",
                f"{cost.wall:,.1f}" if cost.wall else "-",
                f"{cost.memory:,.0f}" if cost.memory else "-",
                f"{rate / limit:.3g}" if limit else "-",
                f"{rate / self.presidio:,.3g}" if self.presidio else "-",
            )
            for what, (rate, cost, _) in self.measured.items()
        ]
        return Table(f"{self.rows:,} rows x 24 columns, every cell", HEAD, rows)


def limits(race: Race, path: Path) -> None:
    """The floor: read, encode and match, each by itself and together."""
    try:
        steps = inside("floor.py", str(path))
        with ThreadPoolExecutor(2) as pool:
            both = [*pool.map(lambda _: inside("floor.py", str(path))["wall"], range(2))]
    except Failed as error:
        race.absent.append(f"the floor: {error}")
        return
    race.alone, race.beside = min(race.alone, steps["wall"]), min(race.beside, max(both))
    for step, words in (
        ("read", "limit: Arrow reads Parquet"),
        ("encode", "limit: dictionary-encode"),
        ("match", "limit: one RE2 pass over every text"),
        ("few", "limit: the same over distinct texts"),
    ):
        race.run(words, lambda step=step: Cost(steps[step], 0.0), colour=chart.LIMIT)
    whole = steps["read"] + steps["encode"] + steps["match"]
    race.run(FLOOR, lambda: Cost(whole, 0.0), colour=chart.LIMIT)


def a_round(race: Race, path: Path) -> None:
    """A round of what is compared with each other, one after the other."""
    for store, address, workers in (("Parquet", path, "1"), ("Parquet", path, "2"), ("CSV", stores.csv(path), "1")):
        _scan(race, store, str(address), workers, "--no-ner")
    limits(race, path)


def others(race: Race, path: Path, prefix: int) -> None:
    """Presidio and DataProfiler on a prefix."""
    from pii_scan.pipeline import installed_model

    model = installed_model()

    def presidio(name: str) -> Cost:
        said = inside("presidio.py", str(path), str(prefix), name)
        return Cost(said["cpu"] * race.rows / said["rows"], 0.0)

    if model:
        cost = race.run(f"Presidio, batch of 256, NER (first {prefix} rows)", lambda: presidio(model), colour=chart.OTHER)
        race.presidio = cost.rate(race.rows) if cost else 0.0
    else:
        race.absent.append("Presidio with its model: no spaCy model is installed (pip install 'pii_scan[ner]')")
    race.run(f"Presidio, batch of 256, patterns (first {prefix} rows)", lambda: presidio(""), colour=chart.OTHER)

    def profiler() -> Cost:
        python = Runner(peers()["dataprofiler"], CACHE).python
        said = inside("data_profiler.py", str(stores.csv(path)), str(prefix), python=str(python))
        return Cost(said["cpu"] * race.rows / said["rows"], 0.0)

    race.run(f"DataProfiler's labeler (first {prefix} rows)", profiler, colour=chart.OTHER)


def scans(race: Race, path: Path, folder: Path, rounds: int, *, quick: bool) -> None:
    """Ours over each store."""
    pairs = [("1", "--no-ner"), ("2", "--no-ner"), ("1", "--ner"), ("2", "--ner")]
    table = stores.csv(path)
    limits(race, path)
    for _ in range(rounds):
        a_round(race, path)
    for workers, ner in pairs[2:]:
        _scan(race, "Parquet", str(path), workers, ner)
    _copied(race, "Parquet", str(path), folder)
    few = pairs[:1] if quick else pairs
    for workers, ner in few[1:]:
        _scan(race, "CSV", str(table), workers, ner)
    _copied(race, "CSV", str(table), folder)
    database = stores.sqlite(path)
    race.run("limit: ADBC reads SQLite", lambda: _adbc(database), colour=chart.LIMIT)
    for workers, ner in few:
        _scan(race, "SQLite", database, workers, ner)
    try:
        with stores.postgresql(path) as address:
            race.run("limit: ADBC reads PostgreSQL", lambda: _adbc(address), colour=chart.LIMIT)
            race.run("PostgreSQL, read by our connector", lambda: Cost(inside("reading.py", address)["read"], 0.0))
            race.run("limit: ADBC reads PostgreSQL", lambda: _adbc(address), colour=chart.LIMIT)
            for workers, ner in few:
                _scan(race, "PostgreSQL", address, workers, ner)
    except Exception as error:  # noqa: BLE001 - a server that does not start must not lose the rest
        race.absent.append(f"PostgreSQL: {type(error).__name__}: {str(error)[:160]}")


def _adbc(address: str) -> Cost:
    return Cost(inside("floor.py", address, "customers")["read"], 0.0)


def _scan(race: Race, store: str, address: str, workers: str, ner: str) -> None:
    told = f"{store}, {workers} worker{'s' if workers != '1' else ''}{', NER on a sample' if ner == '--ner' else ''}"
    race.run(told, lambda: ours("scan", address, ner, "--workers", workers, "-q", "--format", "csv"))


def _copied(race: Race, store: str, address: str, folder: Path) -> None:
    """A scan that writes a redacted copy, without the proof that reads it again."""
    copies = folder / "copies"
    words = ("scan", address, "--no-ner", "--workers", "2", "-q", "--format", "csv", "--redact", str(copies), "--no-verify")
    race.run(f"{store}, 2 workers, scan + redact", lambda: ours(*words))
    shutil.rmtree(copies, ignore_errors=True)


def growth(folder: Path, steps: Sequence[int], widths: Sequence[int]) -> list[Table]:
    """How the cost grows with rows and with columns; what a row costs leaves the start out, which the smallest table tells."""
    start = _plain(stores.parquet(folder, 1)).cpu
    tables = []
    by_rows = []
    for rows in steps:
        cost = _plain(stores.parquet(folder, rows))
        by_rows.append((f"{rows:,} rows", f"{cost.cpu:,.1f}", f"{(cost.cpu - start) / rows * 1e6:,.1f}", f"{cost.memory:,.0f}"))
    tables.append(Table("By rows (Parquet, 24 columns, 2 workers, no NER)", ("", "CPU s", "us a row", "MiB"), by_rows))
    by_columns = []
    for columns in widths:
        path, rows = stores.wide(folder, columns, 24 * max(steps[0], QUICK_ROWS))
        cost, cells = _plain(path), rows * columns
        spent = (cost.cpu - start) / cells * 1e6
        by_columns.append((f"{columns:,} columns x {rows:,} rows", f"{cost.cpu:,.1f}", f"{spent:,.2f}", f"{cost.memory:,.0f}"))
    head = ("", "CPU s", "us a cell", "MiB")
    tables.append(Table("By columns (Parquet, the same number of cells, 2 workers, no NER)", head, by_columns))
    for table in tables:
        print(as_text(table), flush=True)
    return tables


def _plain(path: Path) -> Cost:
    return ours("scan", str(path), "--no-ner", "--workers", "2", "-q", "--format", "csv")


RATIOS = (
    ("Parquet to the floor, CPU", "Parquet, 1 worker", FLOOR, "at most 3"),
    ("two workers to one, speed", "Parquet, 1 worker", "Parquet, 2 workers", "at least 1.8"),
    ("CSV to Parquet, CPU", "CSV, 1 worker", "Parquet, 1 worker", "at most 1.3"),
    ("PostgreSQL to what ADBC needs to read it, CPU", "PostgreSQL, 1 worker", "limit: ADBC reads PostgreSQL", "at most 1.5"),
    ("scan and redacted copy to a scan, CPU", "Parquet, 2 workers, scan + redact", "Parquet, 2 workers", "at most 2.5"),
    ("NER on a sample to none, CPU", "Parquet, 1 worker, NER on a sample", "Parquet, 1 worker", "at most 1.5"),
)
"""What is compared: two lines of the table, and what is wanted. A speed is told by time, all else by CPU."""


def ratios(race: Race) -> Table:
    """The figures that the whole is judged by."""
    rows = [
        (
            words,
            f"{_times(race.runs[one], race.runs[two], 'wall' if 'speed' in words else 'cpu', floor=two == FLOOR):.2f}",
            wanted,
        )
        for words, one, two, wanted in RATIOS
        if one in race.runs and two in race.runs
    ]
    return Table("What is compared in this run", ("", "times", "wanted"), rows)


def _times(ones: Sequence[Cost], others: Sequence[Cost], measure: str, *, floor: bool) -> float:
    """The median over rounds of how much more one costs than what ran beside it: the floor before and after it, or the other."""
    mine, theirs = ([float(getattr(cost, measure)) for cost in costs] for costs in (ones, others))
    if floor:
        theirs = [(before + after) / 2 for before, after in itertools.pairwise(theirs)][-len(mine) :]
    return statistics.median(one / other for one, other in zip(mine, theirs, strict=False))


def bounds(race: Race) -> Table:
    """What bounds some of these figures on the machine of this run."""
    costs = {what: cost.cpu for what, (_, cost, _) in race.measured.items()}
    rows = [("two processes of the floor to one, speed", f"{2 * race.alone / race.beside:.2f}")]
    adbc = costs.get("limit: ADBC reads PostgreSQL")
    if adbc and FLOOR in costs:
        read = costs["limit: Arrow reads Parquet"]
        rows.append(("the floor over PostgreSQL to what ADBC needs to read it, CPU", f"{1 + (costs[FLOOR] - read) / adbc:.2f}"))
        if "PostgreSQL, read by our connector" in costs:
            rows.append(
                (
                    "reading PostgreSQL to what ADBC needs to read it, CPU",
                    f"{costs['PostgreSQL, read by our connector'] / adbc:.2f}",
                )
            )
    return Table("What bounds these figures", ("", "times"), rows)


def page(race: Race, grown: Sequence[Table], rounds: int) -> str:
    """docs/speed.md."""
    software = ", ".join(f"{name} {version(name)}" for name in ("pii_scan", "presidio-analyzer", "pyarrow"))
    absent = "".join(f"\n- not measured: {words}" for words in race.absent)
    introduction = f"""\
# How fast is it?

Every number on this page was printed by one run of `python benchmarks/speed.py --write` on {os.cpu_count()} cores ({software},
Python {sys.version.split()[0]}). Rows per CPU second count the user and system time of the whole process tree, start included; what Presidio and
DataProfiler would need for all rows is projected from a prefix, their start left out. *The floor* is what reading, dictionary-encoding and
one RE2 pass of eleven patterns over every text cell cost on one core. MiB is the most memory that all processes held at once. The floor,
Parquet without the model and CSV with one worker were run {rounds} times in turn, and the table has the least of each; all else was run
once. What is compared is the median of these rounds, each with what ran next to it (the floor before and after it).
The tables that grow are always of the benchmark's own making. Two workers cannot gain more than two processes of the floor do, which
start nothing and share nothing; and no scan of PostgreSQL can be nearer to ADBC's reading than the floor is.
{absent}
![Rows per CPU second](speed.svg)"""
    return "\n\n".join([introduction, *map(as_markdown, (race.table(), ratios(race), bounds(race), *grown))]) + "\n"


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.replace("_", "").split(",") if part]


def main() -> None:
    """Race, print, and write the page where that is asked."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--rows", type=int)
    options.add_argument("--file", type=Path)
    options.add_argument("--prefix", type=int)
    options.add_argument("--grow", type=_numbers, help="rows of each step, as 10000,100000")
    options.add_argument("--wide", type=_numbers, help="columns of each step, as 10,100,1000")
    options.add_argument("--folder", type=Path, help="where the data is made, and kept for the next run")
    options.add_argument("--rounds", type=int, default=3, help="how often what is compared is run")
    options.add_argument("--no-peers", action="store_true")
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        path = chosen.file or stores.parquet(folder, chosen.rows or (QUICK_ROWS if chosen.quick else 1_000_000))
        if chosen.file:  # its CSV and SQLite are made beside it, and apart from the tables that grow
            path = folder / "given" / chosen.file.name
            path.parent.mkdir(exist_ok=True)
            path.unlink(missing_ok=True)
            path.symlink_to(chosen.file.resolve())
        race = Race(pq.ParquetFile(path).metadata.num_rows)
        limits(race, path)
        if not chosen.no_peers:
            others(race, path, chosen.prefix or (QUICK_PREFIX if chosen.quick else 200))
        scans(race, path, folder, chosen.rounds, quick=chosen.quick)
        steps = chosen.grow if chosen.grow is not None else [5_000, 20_000] if chosen.quick else [10_000, 100_000, 1_000_000]
        widths = chosen.wide if chosen.wide is not None else [10, 100] if chosen.quick else [10, 100, 1_000]
        grown = growth(folder, steps, widths) if steps else []
        print(as_text(race.table()))
        print(as_text(ratios(race)))
        print(as_text(bounds(race)))
        print(*race.absent, sep="\n")
        if chosen.write:
            (DOCS / "speed.md").write_text(page(race, grown, chosen.rounds), "utf-8")
            drawn = [(what, rate, colour) for what, (rate, _, colour) in race.measured.items()]
            (DOCS / "speed.svg").write_text(chart.bars("Rows per CPU second (logarithmic)", drawn), "utf-8")


if __name__ == "__main__":
    main()
