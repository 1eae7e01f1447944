"""Whatever is wrong with the input: one line or a `Skipped` that names the place and the way out, and never a cell."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pii_scan.cli import run
from pii_scan.connectors.sql import SqlSource

if TYPE_CHECKING:
    from tests.servers import Database

pytest_plugins = ["tests.servers"]

CANARY = "canary-7f3a9"
"""Stands in every cell of the data that is wrong, and in every password."""
ROWS = 400


def cells(count: int = ROWS) -> list[str]:
    return [f"{CANARY}.{row}@example.org" for row in range(count)]


class Told(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        return dict(json.loads(self.out))

    def skipped(self) -> list[str]:
        return [f"{part['source']} {part['what']}: {part['why']}" for part in self.report["skipped"]]


Command = Callable[..., Told]


def good(folder: Path) -> None:
    (folder / "good.csv").write_text("id,email\n" + "".join(f"{row},ada{row}@example.org\n" for row in range(40)), "utf-8")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with one source that is in order."""
    monkeypatch.chdir(tmp_path)
    good(tmp_path)
    return tmp_path


@pytest.fixture
def command(place: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Runs a command line in this process; what every ending must hold is looked at here."""

    def told(*arguments: str) -> Told:
        capfd.readouterr()
        code = run(arguments)
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        assert CANARY not in out + err
        return Told(code, out, err)

    yield told
    assert [path for path in place.rglob("*") if path.name.endswith(".part")] == []


def scanned(command: Command, *sources: str) -> Told:
    return command("scan", *sources, "good.csv", "--no-ner", "--format", "json")


def found_in_good(told: Told) -> bool:
    return ("good", "email", "email") in [(row["table"], row["column"], row["kind"]) for row in told.report["findings"]]


def damaged_parquet(path: Path) -> None:
    pq.write_table(pa.table({"email": cells()}), path)
    path.write_bytes(path.read_bytes()[:-200])


def parquet_with_a_broken_page(path: Path) -> None:
    pq.write_table(pa.table({"email": cells(5000)}), path, compression="none", use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[200:2000] = b"\xff" * 1800
    path.write_bytes(data)


def half_a_gzip(path: Path) -> None:
    packed = gzip.compress("\n".join(["email", *cells(20_000)]).encode())
    path.write_bytes(packed[: len(packed) // 2])


def broken_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE clients (email TEXT)")
        database.executemany("INSERT INTO clients VALUES (?)", [(cell,) for cell in cells(5000)])
        database.commit()
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)


BAD: dict[str, tuple[Callable[[Path], object] | None, str]] = {
    "missing.csv": (None, "source: cannot be opened: No such file or directory (check the path and its permissions)"),
    "missing": (None, "source: cannot be opened: No such file or directory (check the path and its permissions)"),
    "missing/*.csv": (None, "source: no file matches (check the pattern and the folder)"),
    "n" * 300: (None, "source: cannot be opened: File name too long (check the path and its permissions)"),
    "empty.csv": (Path.touch, "file: is empty"),
    "junk.csv": (lambda path: path.write_bytes(bytes(range(256)) * 40), "file: is not text (give it the ending of what it is"),
    "table.csv": (damaged_parquet, "file: is a Parquet file (give it the ending .parquet)"),
    "half.csv.gz": (half_a_gzip, "rows: "),
    "folder.csv": (Path.mkdir, "folder: holds no file"),
    "loop.csv": (lambda path: path.symlink_to(path), "source: cannot be opened: Too many levels of symbolic links (check the"),
    "empty.parquet": (Path.touch, "file: is empty"),
    "cut.parquet": (
        damaged_parquet,
        "file: is no Parquet file, or is cut off or damaged (ArrowInvalid) (write it again",
    ),
    "page.parquet": (parquet_with_a_broken_page, "rows: is no Parquet file, or is cut off or damaged"),
    "empty.sqlite": (Path.touch, "source: is empty"),
    "junk.sqlite": (lambda path: path.write_bytes(b"x" * 9000), "source: is not a SQLite database, or is encrypted"),
    "broken.sqlite": (broken_sqlite, "the file is damaged (DatabaseError, SQLITE_CORRUPT)"),
    "letter.docx": (lambda path: path.write_bytes(b"PK"), "source: no connector reads this kind of file (known endings: .csv"),
}


@pytest.fixture(scope="module")
def all_bad(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """One scan of everything that is wrong, and of one file that is not."""
    folder = tmp_path_factory.mktemp("bad")
    good(folder)
    for name, (make, _) in BAD.items():
        if make:
            make(folder / name)
    done = process("scan", *BAD, "good.csv", "--no-ner", "--format", "json", cwd=folder)
    out, err = done.communicate(timeout=60)
    return Told(done.returncode, out, err)


@pytest.mark.parametrize("name", BAD, ids=[name[:20] for name in BAD])
def test_a_file_that_is_wrong_is_named_with_the_way_out(all_bad: Told, name: str) -> None:
    why = [line.removeprefix(f"{name} ") for line in all_bad.skipped() if line.startswith(f"{name} ")]
    assert len(why) == 1
    assert BAD[name][1] in why[0]


def test_files_that_are_wrong_do_not_keep_the_others_from_being_scanned(all_bad: Told) -> None:
    assert found_in_good(all_bad)
    assert all_bad.code == 5


def test_each_source_that_cannot_be_opened_is_one_line_on_stderr(all_bad: Told) -> None:
    lines = [line.replace(" source", "", 1) for line in all_bad.skipped() if " source: " in line]
    rest = len(all_bad.skipped()) - len(lines)
    assert all_bad.err.splitlines() == [f"pii-scan: {line}" for line in lines] + [
        f"pii-scan: {rest} parts were not examined; the report says which, and why"
    ]


def test_no_cell_of_a_damaged_file_is_repeated(all_bad: Told) -> None:
    assert CANARY not in all_bad.out + all_bad.err


def test_a_file_of_a_header_only_is_examined(place: Path, command: Command) -> None:
    (place / "header.csv").write_text("id,email\n")
    told = command("scan", "header.csv", "--no-ner", "--format", "json")
    assert told.code == 0
    assert told.skipped() == []
    assert [(row["column"], row["cells"]) for row in told.report["findings"]] == [("email", 0)]


def test_what_is_wrong_in_a_folder_is_told_one_by_one(place: Path, command: Command) -> None:
    folder = place / "exports"
    (folder / "deep.csv").mkdir(parents=True)
    (folder / "letter.docx").write_bytes(b"PK")
    (folder / "noending").write_bytes(b"PK")
    damaged_parquet(folder / "cut.parquet")
    (folder / "deep.csv" / "empty.csv").touch()
    (folder / "gone.csv").symlink_to("nowhere")
    told = scanned(command, "exports")
    assert told.code == 3
    assert found_in_good(told)
    assert sorted(Path(part["source"]).name for part in told.report["skipped"]) == sorted(
        ["cut.parquet", "empty.csv", "gone.csv", "letter.docx", "noending"]
    )
    assert told.err == "pii-scan: 5 parts were not examined; the report says which, and why\n"


def test_a_file_name_that_is_no_text_is_shown_by_its_codes(place: Path, command: Command) -> None:
    name = os.fsencode(place) + b"/caf\xe9.csv"
    try:
        with open(name, "wb") as file:  # noqa: PTH123 - a path of bytes
            file.write((place / "good.csv").read_bytes())
    except OSError:
        pytest.skip("this file system has no such names")
    forms = ("txt", "json", "csv", "md", "html")
    (place / "out").mkdir()
    told = command("scan", ".", "--no-ner", "-q", *(word for form in forms for word in ("--report", f"out/report.{form}")))
    assert (told.code, told.err) == (0, "")
    assert all("caf" in (place / "out" / f"report.{form}").read_text("utf-8") for form in forms)


# addresses -----------------------------------------------------------------------------------------------------------


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


ADDRESSES = [
    ("ftp://host/file.csv", "ftp:// source: no connector opens this scheme (known schemes: "),
    ("sqlite:///missing.sqlite", "sqlite:///missing.sqlite source: there is no such file"),
    ("sqlite://", "sqlite:// source: names no file (write sqlite:///path/to/file.sqlite)"),
    (f"postgresql://me:{CANARY}@[::1/shop", "postgresql://... source: is not a database address (write it as "),
    (f"postgresql://me:{CANARY}@host:port/shop", "postgresql://... source: is not a database address (write it as "),
    (
        f"mysql://me:{CANARY}@127.0.0.1:{{closed}}/shop",
        "source: the server cannot be reached (OperationalError, 2003) (check host",
    ),
    (
        f"postgresql://me:{CANARY}@127.0.0.1:{{closed}}/shop",
        "source: the server cannot be reached (OperationalError) (check host",
    ),
]


@pytest.mark.parametrize(("address", "words"), ADDRESSES, ids=[row[0].replace(CANARY, "") for row in ADDRESSES])
@pytest.mark.usefixtures("place")
def test_an_address_that_leads_nowhere_is_told_on_both_streams(command: Command, address: str, words: str) -> None:
    told = scanned(command, address.format(closed=closed_port()))
    assert told.code == 5
    assert found_in_good(told)
    assert words in "".join(told.skipped())
    assert told.err.startswith("pii-scan: ")
    assert words.partition("source: ")[2] in told.err
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize("server", ["postgresql_database", "mariadb_database"])
def test_a_wrong_password_is_said_and_not_repeated(command: Command, server: str, request: pytest.FixtureRequest) -> None:
    database: Database = request.getfixturevalue(server)
    told = scanned(command, database.server.address(database.name, database.user, CANARY))
    assert told.code == 5
    assert found_in_good(told)
    assert "wrong user or password" in "".join(told.skipped())
    assert told.report["skipped"][0]["source"] == database.shown


def test_a_table_that_vanishes_is_skipped_and_the_others_are_read(
    place: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place / "shop.sqlite"
    with closing(sqlite3.connect(path)) as database:
        for table in ("clients", "staff"):
            database.execute(f"CREATE TABLE {table} (email TEXT)")
            database.executemany(f"INSERT INTO {table} VALUES (?)", [(cell,) for cell in cells()])
        database.commit()
    listed = SqlSource.units

    def listed_then_dropped(source: SqlSource) -> Iterator[Any]:
        units = list(listed(source))
        with closing(sqlite3.connect(path)) as database:
            database.execute("DROP TABLE clients")
        return iter(units)

    monkeypatch.setattr(SqlSource, "units", listed_then_dropped)
    told = scanned(command, "shop.sqlite")
    assert told.code == 3
    assert [part["table"] for part in told.report["skipped"]] == ["clients"]
    assert sorted(row["table"] for row in told.report["findings"]) == ["good", "staff"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("name", ["shut.csv", "shut.parquet", "shut.sqlite"])
def test_a_file_without_permission_is_skipped(place: Path, command: Command, name: str) -> None:
    (place / name).write_bytes((place / "good.csv").read_bytes())
    (place / name).chmod(0)
    told = scanned(command, name)
    assert told.code in {3, 5}
    assert found_in_good(told)
    assert "ermission denied" in "".join(told.skipped())


# wrong use -----------------------------------------------------------------------------------------------------------

USES = [
    ((), "Usage: pii-scan"),
    (("look",), "No such command 'look' (see `"),
    (("scan",), "Missing argument 'SOURCE' (see `"),
    (("scan", "good.csv", "--colour"), "No such option: --colour"),
    (("scan", "good.csv", "--workers", "two"), "Invalid value for '--workers'"),
    (("scan", "good.csv", "--workers", "-1"), "workers: must be greater than or equal to 0"),
    (("scan", "good.csv", "--sample", "0"), "sample: must be greater than or equal to 1"),
    (("scan", "good.csv", "--min-band", "sure"), "Invalid value for '--min-band'"),
    (("scan", "good.csv", "--format", "pdf"), "--format: 'pdf' is not a form of report (one of csv, html, json, md, table)"),
    (("scan", "good.csv", "--report", "findings.pdf"), "findings.pdf: no report has this ending (use one of .csv, "),
    (
        ("scan", "good.csv", "--report", "nowhere/findings.json"),
        "nowhere/findings.json: the folder for the report does not",
    ),
    (("scan", "good.csv", "--plan", "nowhere/plan.toml"), "nowhere/plan.toml: the folder for the plan does not exist"),
    (("scan", "good.csv", "--plan", "good.csv"), "good.csv: exists already (a person may have edited it"),
    (("scan", "good.csv", "--countries", "France"), "countries: countries are two letters each"),
    (("scan", "good.csv", "--countries", "FR,QQ"), "countries: no identifiers of QQ are known (one of AD, "),
    (("scan", ""), "sources: an address is empty"),
    (("scan", "-", "-"), "-: stdin can be read only once (name it once)"),
    (("scan", "-", "--redact", "out"), "-: stdin can be read only once, and --redact reads again (save it as a file"),
    (
        ("scan", "good.csv", "--config", "missing.toml"),
        "missing.toml: cannot be read: No such file or directory",
    ),
    (("scan", "good.csv", "--config", "bad.toml"), "bad.toml: is not valid TOML in UTF-8 (see docs/configuration.md)"),
    (("scan", "good.csv", "--config", "unknown.toml"), "unknown.toml: sampel: there is no such setting (did you mean sample?)"),
    (("scan", "good.csv", "--config", "value.toml"), "value.toml: table: must be a list, as in"),
    (("redact", "good.csv", "--to", "out"), "Missing option '--plan'"),
    (("redact", "good.csv", "--plan", "missing.toml", "--to", "out"), "missing.toml: cannot be read: No such file or directory"),
    (("redact", "good.csv", "--plan", "bad.toml", "--to", "out"), "bad.toml: is not valid TOML at line 1"),
    (("redact", "good.csv", "--plan", "explode.toml", "--to", "out"), "(good.email): operator is none of its choices (one of "),
    (("scan", "good.csv", "--report", "good.csv"), "good.csv: is a source, and a report would take its place (write it to"),
    (("audit", "missing.toml"), "missing.toml: "),
    (("audit", "bad.toml"), "bad.toml: "),
    (("audit", "value.toml", "--format", "pdf"), "Invalid value for '--format'"),
    (("key", "new", "good.csv"), "good.csv: exists already; a new key would give other pseudonyms"),
    (("key", "new", "nowhere/key"), "nowhere/key: the folder for the key does not exist (create it first)"),
]


@pytest.mark.parametrize(("arguments", "words"), USES, ids=[" ".join(row[0]) for row in USES])
def test_wrong_use_ends_in_one_line_before_anything_is_done(
    place: Path, command: Command, arguments: tuple[str, ...], words: str
) -> None:
    (place / "bad.toml").write_text(f"[{CANARY}")
    (place / "unknown.toml").write_text("sampel = 3")
    (place / "value.toml").write_text(f'table = "{CANARY}"')
    (place / "explode.toml").write_text('[[column]]\ntable = "good"\ncolumn = "email"\noperator = "explode"\n')
    before = sorted(place.rglob("*"))
    told = command(*arguments)
    assert told.code == 2
    assert told.out == ""
    assert words in told.err
    assert len(told.err.splitlines()) == 1 or words.startswith("Usage")
    assert sorted(place.rglob("*")) == before


# outputs -------------------------------------------------------------------------------------------------------------


PLAN = """
[[column]]
table = "mails"
column = "email"
kind = "email"
[[table]]
table = "mails"
columns = ["id", "email"]
"""


@pytest.fixture
def plan(place: Path) -> str:
    rows = [f"{row},{CANARY}.{row}@example.org" for row in range(40)]
    (place / "mails.csv").write_text("\n".join(["id,email", *rows]) + "\n")
    (place / "plan.toml").write_text(PLAN)
    return "plan.toml"


def test_a_copy_is_never_overwritten(place: Path, command: Command, plan: str) -> None:
    (place / "out").mkdir()
    (place / "out" / "mails.csv").write_text("mine")
    for line in (("scan", "mails.csv", "--no-ner", "--redact", "out"), ("redact", "mails.csv", "--plan", plan, "--to", "out")):
        told = command(*line)
        assert told.code == 4
        assert told.out == ""
        assert told.err == "pii-scan: out/mails.csv: exists already (choose another folder, or move it away)\n"
    assert (place / "out" / "mails.csv").read_text() == "mine"


def test_a_file_is_no_folder_for_copies(command: Command, plan: str) -> None:
    told = command("redact", "mails.csv", "--plan", plan, "--to", "good.csv")
    assert told.code == 4
    assert told.err == "pii-scan: good.csv: is no folder (choose another name for the copies' folder)\n"


def test_a_plan_does_not_fit_data_with_a_new_column(place: Path, command: Command, plan: str) -> None:
    (place / "mails.csv").write_text("id,email,second\n" + "".join(f"1,a@b.org,{cell}\n" for cell in cells(9)))
    told = command("redact", "mails.csv", "--plan", plan, "--to", "out")
    assert told.code == 4
    assert told.err.startswith("pii-scan: mails.csv mails.second: the plan does not know this column")
    assert len(told.err.splitlines()) == 1
    assert not (place / "out" / "mails.csv").exists()


def test_a_plan_of_other_tables_does_not_fit(command: Command, plan: str) -> None:
    told = command("redact", "good.csv", "--plan", plan, "--to", "out")
    assert told.code == 4
    assert told.err.startswith("pii-scan: good.csv good.id: the plan knows nothing of this table (name the source as when it was")


def test_what_cannot_be_copied_is_told_and_the_others_are_copied(place: Path, command: Command, plan: str) -> None:
    told = command("redact", "missing.csv", "mails.csv", "--plan", plan, "--to", "out")
    assert told.code == 5
    assert told.err.splitlines()[:2] == [
        "pii-scan: missing.csv: cannot be opened: No such file or directory (check the path and its permissions)",
        "wrote out/mails.csv",
    ]
    assert "none is left" in told.err.splitlines()[2]
    assert CANARY.encode() not in (place / "out" / "mails.csv").read_bytes()


def test_a_report_is_replaced_and_a_folder_in_its_place_is_not(place: Path, command: Command) -> None:
    (place / "findings.json").write_text("old")
    (place / "findings.csv").mkdir()
    assert command("scan", "good.csv", "--no-ner", "--report", "findings.json", "-q").code == 0
    assert json.loads((place / "findings.json").read_text())["findings"]
    told = command("scan", "good.csv", "--no-ner", "--report", "findings.csv")
    assert told.code == 4
    assert told.err == "pii-scan: findings.csv: is a folder, and a file should go there (choose another name)\n"


@pytest.fixture
def full_disk() -> Iterator[Callable[[], None]]:
    """From the call on, no file can grow beyond 16 KiB."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


WRITES = [
    ("scan", "good.csv", "--no-ner", "-q", "--report", "report.html"),
    *(("redact", name, "--plan", "all.toml", "--to", "out") for name in ("mails.csv", "mails.parquet", "shop.sqlite")),
]


@pytest.mark.parametrize("line", WRITES, ids=[" ".join(line[:2]) for line in WRITES])
def test_a_full_disk_leaves_nothing_half_written(
    place: Path, command: Command, full_disk: Callable[[], None], line: tuple[str, ...]
) -> None:
    noise = random.Random(7)
    rows = [(cell, noise.randbytes(64).hex()) for cell in cells()]
    with closing(sqlite3.connect(place / "shop.sqlite")) as database:
        database.execute("CREATE TABLE clients (email TEXT, noise TEXT)")
        database.executemany("INSERT INTO clients VALUES (?, ?)", rows)
        database.commit()
    pq.write_table(pa.table(dict(zip(("email", "noise"), zip(*rows, strict=True), strict=True))), place / "mails.parquet")
    (place / "mails.csv").write_text("email,noise\n" + "".join(",".join(row) + "\n" for row in rows))
    (place / "all.toml").write_text('[[column]]\ncolumn = "email"\nkind = "email"\n[[table]]\ncolumns = ["*"]\n')
    before = sorted(place.rglob("*"))
    full_disk()
    told = command(*line)
    assert told.code == 4
    assert len(told.err.splitlines()) == 1
    assert told.err.startswith(("pii-scan: out/", "pii-scan: report.html: cannot be written: File too large (check space"))
    assert [path for path in place.rglob("*") if path not in before] == []


def test_a_full_disk_leaves_nothing_half_restored_and_the_audit_says_so(
    place: Path, command: Command, full_disk: Callable[[], None]
) -> None:
    rows = [(cell, random.Random(7).randbytes(64).hex()) for cell in cells()]
    (place / "mails.csv").write_text("email,noise\n" + "".join(",".join(row) + "\n" for row in rows))
    assert command("key", "new", "k").code == 0
    sealing = 'key_file = "k"\n[[column]]\ncolumn = "email"\nkind = "email"\noperator = "encrypt"\n[[table]]\ncolumns = ["*"]\n'
    (place / "seal.toml").write_text(sealing)
    (place / "audit.toml").write_text('[audit]\nstate = "s.sqlite"\n[scan]\nner = false\n[[source]]\naddress = "mails.csv"\n')
    assert command("redact", "mails.csv", "--plan", "seal.toml", "--to", "sealed").code == 0
    before = sorted(place.rglob("*"))
    full_disk()
    told = command("restore", "sealed", "--to", "back", "--plan", "seal.toml")
    assert (told.code, told.err) == (
        4,
        "pii-scan: back/mails.csv: cannot be written: File too large (check space and permissions)\n",
    )
    assert sorted(place.rglob("*")) == before, "nor is the empty folder left"
    told = command("audit", "audit.toml")
    assert told.code == 4
    assert "s.sqlite: the state cannot be written (SQLITE_" in told.err
    assert CANARY not in told.err + told.out


def test_reports_and_plans_in_the_folder_that_is_scanned_are_no_sources(place: Path, command: Command) -> None:
    for _ in range(2):
        assert command("scan", ".", "--no-ner", "-q", "--report", "findings.json", "--report", "findings.html").code == 0
    (place / "findings.json").unlink()
    (place / "findings.html").unlink()
    assert command("scan", ".", "--no-ner", "-q", "--plan", "plan.toml").code == 0
    assert command("redact", ".", "--plan", "plan.toml", "--to", "out", "-q").code == 0
    assert [path.name for path in (place / "out").iterdir()] == ["good.csv"]


# real processes ------------------------------------------------------------------------------------------------------


def process(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen([sys.executable, "-m", "pii_scan", *arguments], text=True, **streams)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_stdout_that_takes_nothing_is_told_and_the_report_is_written(place: Path) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        one = process("scan", "good.csv", "--no-ner", "--report", "r.json", "-q", stdout=full)
        err = one.communicate(timeout=60)[1]
    assert one.returncode == 4
    assert err == "pii-scan: stdout: cannot be written: No space left on device\n"
    assert (place / "r.json").exists()


def test_a_reader_that_has_seen_enough_costs_no_report_and_no_word(place: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    one = process("scan", "good.csv", "--no-ner", "--report", "r.json", "-q", stdout=writing)
    os.close(writing)
    assert one.communicate(timeout=60)[1] == ""
    assert one.returncode == 141
    assert (place / "r.json").exists()


@pytest.fixture(scope="module")
def much(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough to be in the middle of it for some seconds, in several processes."""
    folder = tmp_path_factory.mktemp("much")
    text = "id,email,note\n" + "".join(f"{row},{cell},call {cell} back\n" for row, cell in enumerate(cells(150_000)))
    for number in range(4):
        (folder / f"part{number}.csv").write_text(text)
    return folder


def of_group(group: int) -> int:
    """How many processes of the group are alive."""
    count = 0
    for state in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = state.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        count += int(fields[2]) == group and fields[0] != "Z"
    return count


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc")
@pytest.mark.parametrize(
    ("number", "code", "words"), [(signal.SIGINT, 130, "pii-scan: interrupted\n"), (signal.SIGTERM, 143, "")], ids=["INT", "TERM"]
)
def test_a_signal_ends_it_at_once_with_nothing_left(much: Path, place: Path, number: int, code: int, words: str) -> None:
    line = ("scan", str(much), "--no-ner", "--workers", "2", "--report", "r.json", "--redact", "out")
    one = process(*line, start_new_session=True)
    deadline = time.monotonic() + 30
    while of_group(one.pid) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    assert one.poll() is None
    sent = time.monotonic()
    os.killpg(one.pid, number)
    out, err = one.communicate(timeout=30)
    assert time.monotonic() - sent < 3
    assert (one.returncode, out, err) == (code, "", words)
    while of_group(one.pid) and time.monotonic() < sent + 3:
        time.sleep(0.05)
    assert of_group(one.pid) == 0
    assert sorted(path.name for path in place.iterdir()) == ["good.csv"]


def test_a_copy_that_is_interrupted_leaves_no_part_of_it(much: Path, place: Path) -> None:
    (place / "all.toml").write_text('[[column]]\ncolumn = "*"\nscope = "cell"\nkind = "email"\n[[table]]\ncolumns = ["*"]\n')
    one = process("redact", str(much), "--plan", "all.toml", "--to", "out", start_new_session=True)
    deadline = time.monotonic() + 30
    while not list(place.glob("out/.*.part")) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert one.poll() is None
    os.killpg(one.pid, signal.SIGINT)
    err = one.communicate(timeout=30)[1]
    assert one.returncode == 130
    assert err.splitlines()[-1] == "pii-scan: interrupted"
    assert "Traceback" not in err
    assert list(place.glob("out/.*")) == []
