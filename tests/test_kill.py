"""A copy that is killed at any moment is complete or absent: nothing that looks finished is half there.

`PII_SCAN_KILLS=200 pytest tests/test_kill.py` kills as often as a release is tried.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

if TYPE_CHECKING:
    # at run time the plugin below brings it, with its assertions rewritten
    from tests.servers import Database

pytest_plugins = ["tests.servers"]
KILLS = int(os.environ.get("PII_SCAN_KILLS", "10"))
ROWS = 20_000
COPYING = """
import sys
import pyarrow as pa
from pii_scan.registry import sources
(place,) = sources(sys.argv[1])
def edit(table, batch):
    return batch.set_column(1, "mail", pa.array(["<EMAIL>"] * batch.num_rows))
print("ready", flush=True)
for number in range(10_000):
    list(place.copy(f"{sys.argv[2]}/{number}", edit))
    print("copied", flush=True)
"""


def table(mail: str) -> pa.Table:
    return pa.table({"id": [str(row) for row in range(ROWS)], "mail": [mail] * ROWS, "note": ["x" * 40] * ROWS})


def write_csv(path: Path) -> None:
    path.write_bytes(text("ada@example.org"))


def text(mail: str) -> bytes:
    return b"id,mail,note\n" + b"".join(f"{row},{mail},{'x' * 40}\n".encode() for row in range(ROWS))


def write_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(text("ada@example.org"), 1))


def write_lines(path: Path) -> None:
    path.write_text(lines("ada@example.org"), "utf-8")


def lines(mail: str) -> str:
    return "".join(json.dumps({"id": str(row), "mail": mail, "note": "x" * 40}) + "\n" for row in range(ROWS))


def write_parquet(path: Path) -> None:
    pq.write_table(table("ada@example.org"), path, row_group_size=4_000)


def write_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("create table people (id, mail, note)")
        rows = [(str(row), "ada@example.org", "x" * 40) for row in range(ROWS)]
        database.executemany("insert into people values (?, ?, ?)", rows)


def whole_csv(path: Path) -> bool:
    return path.read_bytes() == text("<EMAIL>")


def whole_gzip(path: Path) -> bool:
    return gzip.decompress(path.read_bytes()) == text("<EMAIL>")


def whole_lines(path: Path) -> bool:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] == [
        json.loads(line) for line in lines("<EMAIL>").splitlines()
    ]


def whole_parquet(path: Path) -> bool:
    return pq.read_table(path).equals(table("<EMAIL>"))


def whole_sqlite(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("select count(*), sum(mail = '<EMAIL>') from people").fetchone() == (ROWS, ROWS)


FORMS: dict[str, tuple[Callable[[Path], None], Callable[[Path], bool]]] = {
    "people.csv": (write_csv, whole_csv),
    "people.csv.gz": (write_gzip, whole_gzip),
    "people.jsonl": (write_lines, whole_lines),
    "people.parquet": (write_parquet, whole_parquet),
    "people.sqlite": (write_sqlite, whole_sqlite),
}


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
@pytest.mark.parametrize("name", FORMS)
def test_a_copy_that_is_killed_is_complete_or_absent(tmp_path: Path, name: str) -> None:
    write, is_whole = FORMS[name]
    write(tmp_path / name)
    draw, span = random.Random(name), 0.0
    cut_short = complete = 0
    for kill in range(-(-KILLS // len(FORMS))):
        out = tmp_path / f"out{kill}"
        command = [sys.executable, "-c", COPYING, str(tmp_path / name), str(out)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as copying:
            assert copying.stdout is not None
            copying.stdout.readline()
            if not span:  # how long a copy takes here, so that kills meet all of its moments
                start = time.monotonic()
                copying.stdout.readline()
                span = time.monotonic() - start
            time.sleep(draw.uniform(0.0, 2 * span))
            copying.send_signal(signal.SIGKILL)
        seen = [path for path in out.rglob("*") if path.is_file() and not path.name.startswith(".")]
        assert {path.name for path in seen} <= {name}
        assert all(map(is_whole, seen))
        complete += len(seen)
        cut_short += len(list(out.rglob(".*")))
    if KILLS >= 100:  # so many kills meet both
        assert complete
        assert cut_short


INTO = COPYING.replace('f"{sys.argv[2]}/{number}"', "sys.argv[2]").replace("range(10_000)", "range(1)")


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_a_copy_into_a_server_that_is_killed_is_complete_or_absent(
    request: pytest.FixtureRequest, tmp_path: Path, server: str
) -> None:
    database: Database = request.getfixturevalue(f"{server}_database")
    write_sqlite(tmp_path / "people.sqlite")
    draw, span = random.Random(server), 0.0
    for _ in range(max(KILLS // 5, 3)):
        with subprocess.Popen(
            [sys.executable, "-c", INTO, str(tmp_path / "people.sqlite"), database.address], stdout=subprocess.PIPE
        ) as copying:
            assert copying.stdout is not None
            copying.stdout.readline()
            if not span:
                start = time.monotonic()
                copying.stdout.readline()
                span = time.monotonic() - start
            time.sleep(draw.uniform(0.0, span))
            copying.send_signal(signal.SIGKILL)
        schema = "public" if server == "postgresql" else database.name
        here = f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}'"
        names = [name for (name,) in settled(database, here)]
        assert all(name == "people" or name.startswith("pii_scan_unfinished_") for name in names), names
        if "people" in names:
            whole = "SELECT count(*), sum(CASE WHEN mail = '<EMAIL>' THEN 1 ELSE 0 END) FROM people"
            ((rows, masked),) = database.rows(whole)
            assert (rows, int(masked)) == (ROWS, ROWS)
        database.run(*(f"DROP TABLE {name}" for name in names))


def settled(database: Database, query: str) -> list[tuple[str]]:
    """What a query tells once the server has noticed that its client is gone."""
    for _ in range(50):
        before = database.rows(query)
        time.sleep(0.1)
        if database.rows(query) == before:
            break
    return before
