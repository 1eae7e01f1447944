"""No byte of a planned cell comes through: every kind of source, every operator, every way to fail."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import logging
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pii_scan.contracts import Source
from pii_scan.errors import RedactionError
from pii_scan.keys import Key
from pii_scan.model import Catalogue, Entity, Kind, Unit
from pii_scan.plan import load_plan
from pii_scan.presidio import Span
from pii_scan.proof import search
from pii_scan.redaction import Redactor

if TYPE_CHECKING:
    from tests.servers import Database

pytest_plugins = ["tests.servers"]

ROWS = 300
CONNECTORS = {
    "csv": "csv:CsvConnector",
    "jsonlines": "jsonlines:JsonLinesConnector",
    "parquet": "parquet:ParquetConnector",
    "sql": "sql:SqlConnector",
}
KEPT = ("id", "city", "amount")
KEY = Key(bytes(range(32)))
CATALOGUE = Catalogue(
    {name: Kind(name, "", "", "direct") for name in ("email", "last_name", "date_of_birth", "street_address")},
    {"EMAIL_ADDRESS": Entity("EMAIL_ADDRESS", "email", "checked")},
)
PLAN = """
[[column]]
column = "email"
operator = "pseudonym"
kind = "email"
[[column]]
column = "name"
operator = "replace"
kind = "last_name"
[[column]]
column = "phone"
operator = "mask"
[[column]]
column = "passport"
operator = "redact"
[[column]]
column = "born"
operator = "replace"
kind = "date_of_birth"
[[column]]
column = "notes"
scope = "text"
[[column]]
column = "payload"
path = "user.mail"
kind = "email"
[[column]]
column = "address"
path = "street"
kind = "street_address"
[[table]]
columns = ["*"]
"""
MAIL = re.compile(r"[\w.-]+@[\w.]+")


def canary(column: str, row: int) -> str:
    """A value that stands nowhere by chance, with what quoting and encodings trip over."""
    return f"canary-{column}-{row:05d}-ß\"'x"


def mail(column: str, row: int) -> str:
    return f"canary.{column}.{row:05d}@example.org"


def finder(texts: Sequence[str]) -> list[list[Span] | None]:
    return [[Span(*found.span(), "EMAIL_ADDRESS", 1.0) for found in MAIL.finditer(text)] for text in texts]


@dataclass(repr=False)
class Planted:
    """Rows with canaries in every planned cell, some of them null or empty, and the list of all canaries."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    values: set[str] = field(default_factory=set)

    @classmethod
    def new(cls) -> Planted:
        planted = cls()
        for row in range(ROWS):
            values = {column: canary(column, row // 2) for column in ("name", "phone", "passport")}
            hidden = {"email": mail("email", row), "notes": mail("notes", row), "payload": mail("payload", row)}
            planted.values |= {*values.values(), *hidden.values()}
            planted.rows.append(
                {
                    "id": row,
                    **values,
                    "email": hidden["email"],
                    "city": f"city {row % 7}",
                    "notes": f'wrote from {hidden["notes"]}; line two, said "yes"',
                    "payload": json.dumps({"user": {"mail": hidden["payload"], "n": row}}),
                    "amount": f"{row}.50",
                }
            )
            if row % 10 == 3:
                planted.rows[-1] |= {"email": None, "phone": None, "notes": None}
            if row % 10 == 4:
                planted.rows[-1] |= {"email": "", "phone": "", "notes": ""}
        return planted


def csv_text(rows: Sequence[dict[str, Any]], delimiter: str = ",") -> str:
    def cell(value: Any) -> str:
        return "" if value is None else '"' + str(value).replace('"', '""') + '"'

    lines = [delimiter.join(rows[0]), *(delimiter.join(cell(value) for value in row.values()) for row in rows)]
    return "".join(f"{line}\r\n" for line in lines)


def write_csv(planted: Planted, folder: Path) -> Path:
    path = folder / "people.csv"
    path.write_bytes(csv_text(planted.rows).encode())
    return path


def write_long(planted: Planted, folder: Path) -> Path:
    """Some rows are longer than what is read at once, and no text is UTF-8."""
    for row in (0, ROWS // 2, ROWS - 1):
        planted.rows[row]["city"] = f"city {row}" + ", then another one" * 40_000
    path = folder / "people.csv"
    path.write_bytes(csv_text(planted.rows).encode("windows-1252"))
    return path


def write_utf16(planted: Planted, folder: Path) -> Path:
    path = folder / "people.csv"
    path.write_bytes(csv_text(planted.rows, ";").encode("utf-16"))
    return path


def write_gzip(planted: Planted, folder: Path) -> Path:
    path = folder / "people.csv.gz"
    path.write_bytes(gzip.compress(csv_text(planted.rows).encode()))
    return path


def write_jsonl(planted: Planted, folder: Path) -> Path:
    path = folder / "people.jsonl"
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=number % 2 == 0) + "\n" for number, row in enumerate(planted.rows)), "utf-8"
    )
    return path


def write_parquet(planted: Planted, folder: Path) -> Path:
    path = folder / "people.parquet"
    table = pa.Table.from_pylist(planted.rows)
    streets = [canary("street", row) for row in range(ROWS)]
    planted.values |= set(streets)
    address = pa.array([{"street": street, "zip": "1"} if row % 5 else None for row, street in enumerate(streets)])
    born = [dt.date(1871, 1, 1) + dt.timedelta(row * 17) for row in range(ROWS)]
    table = table.append_column("address", address).append_column("born", pa.array(born))
    table = table.set_column(2, "phone", table["phone"].dictionary_encode())
    table = table.replace_schema_metadata({"example": canary("name", 0), "pandas": json.dumps({"first": canary("name", 1)})})
    pq.write_table(table, path, row_group_size=70, compression="zstd", write_page_index=True, bloom_filter_options={})
    return path


def write_sqlite(planted: Planted, folder: Path) -> Path:
    path = folder / "people.sqlite"
    with closing(sqlite3.connect(path)) as database:
        for statement in statements(planted):
            database.execute(statement)
        database.commit()
    return path


def statements(planted: Planted) -> list[str]:
    def literal(value: Any) -> str:
        return "NULL" if value is None else str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"

    columns = ", ".join(f"{name} {'INTEGER PRIMARY KEY' if name == 'id' else 'TEXT'}" for name in planted.rows[0])
    rows = ", ".join(f"({', '.join(literal(value) for value in row.values())})" for row in planted.rows)
    return [f"CREATE TABLE people ({columns})", f"INSERT INTO people VALUES {rows}"]


FILES: dict[str, tuple[str, Callable[[Planted, Path], Path]]] = {
    "csv": ("csv", write_csv),
    "csv in Windows-1252 with long rows": ("csv", write_long),
    "csv in UTF-16 with semicolons": ("csv", write_utf16),
    "csv, gzip": ("csv", write_gzip),
    "json lines": ("jsonlines", write_jsonl),
    "parquet": ("parquet", write_parquet),
    "sqlite": ("sql", write_sqlite),
}


def opened(connector: str, address: str) -> Source:
    module, _, name = CONNECTORS[connector].partition(":")
    if connector == "sql" and "://" not in address:
        address = f"sqlite:///{address}"
    source: Source = getattr(import_module(f"pii_scan.connectors.{module}"), name)().open(address)
    return source


@pytest.fixture(params=FILES)
def planted_file(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Planted, Source]:
    connector, write = FILES[request.param]
    planted = Planted.new()
    (tmp_path / "in").mkdir()
    return planted, opened(connector, str(write(planted, tmp_path / "in")))


def redactor(**changes: Any) -> Redactor:
    given: dict[str, Any] = {"finder": finder, "key": KEY, "catalogue": CATALOGUE}
    return Redactor(load_plan(PLAN), **(given | changes))


def cells(source: Source) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for unit in source.units():
        assert isinstance(unit, Unit), unit
        for batch in source.read(unit):
            if isinstance(batch, pa.RecordBatch):
                for name, array in zip(batch.schema.names, batch.columns, strict=True):
                    found.setdefault(name, []).extend(array.to_pylist())
    return found


def assert_clean(before: dict[str, list[Any]], after: dict[str, list[Any]], removed: set[str]) -> None:
    """Rows and columns as they were, every cell that is not planned the same, every planned one told as removed."""
    assert list(before) == list(after)
    for column in KEPT:
        assert after[column] == before[column], column
    for column in ("email", "name", "phone", "passport", "notes"):
        changed = [(old, new) for old, new in zip(before[column], after[column], strict=True) if old]
        assert len(changed) >= ROWS * 0.8
        assert all(old != new for old, new in changed), column
        blanks = [(old, new) for old, new in zip(before[column], after[column], strict=True) if not old]
        assert all(not new for _, new in blanks), column
    assert after["email"][0] == KEY.token("email", before["email"][0])
    assert after["notes"][0] == 'wrote from <EMAIL>; line two, said "yes"'
    assert after["payload"][0] == '{"user": {"mail": "<EMAIL>", "n": 0}}'
    assert {*before["name"], *before["passport"]} <= removed


def test_a_copy_of_a_file_holds_no_canary_and_every_other_cell(
    planted_file: tuple[Planted, Source], tmp_path: Path, said: Said
) -> None:
    planted, source = planted_file
    before, removed = cells(source), set[str]()
    work = redactor(removed=removed)
    outputs = list(source.copy(str(tmp_path / "out"), work.editor(source.address)))
    (out,) = outputs
    assert isinstance(out, Path)
    assert search([tmp_path / "in"], planted.values) != []
    assert search([tmp_path / "out"], planted.values | removed) == []
    assert_clean(before, cells(opened(_connector(out), str(out))), removed)
    assert not any(value in said for value in planted.values)


def _connector(path: Path) -> str:
    return {".sqlite": "sql", ".parquet": "parquet", ".jsonl": "jsonlines"}.get(path.suffix, "csv")


COMMANDS = (
    ("scan", "{source}", "--dry-run", "--no-ner"),
    ("scan", "{source}", "--budget", "1h", "--no-ner"),
    ("scan", "{source}", "--ner-all", "--report", "{folder}/found.json", "--plan", "{folder}/drafted.toml"),
    ("redact", "{source}", "--plan", "{plan}", "--to", "{out}", "--no-ner"),
    ("verify", "{out}", "--against", "{source}", "--plan", "{plan}", "--no-ner", "--save", "{folder}/again.json"),
    ("verify", "{folder}/in", "--against", "{source}", "--plan", "{plan}", "--no-ner", "--save", "{folder}/leaking.json"),
    ("risk", "{source}"),
    ("restore", "{out}", "--to", "{folder}/back", "--key-file", "{folder}/wrong.key"),
)


@pytest.mark.parametrize("name", ["csv", "json lines", "parquet"])
def test_no_command_about_a_source_or_its_copy_tells_a_value(
    name: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pii_scan import shelf
    from pii_scan.cli import run
    from pii_scan.keys import create_key

    planted = Planted.new()
    (tmp_path / "in").mkdir()
    source = FILES[name][1](planted, tmp_path / "in")
    plan = "".join(
        part if "pseudonym" not in part else part.replace("pseudonym", "replace") for part in PLAN.splitlines(keepends=True)
    )
    (tmp_path / "plan.toml").write_text("version = 1\n" + plan, "utf-8")
    create_key(tmp_path / "wrong.key")
    places = {"source": source, "plan": tmp_path / "plan.toml", "out": tmp_path / "out", "folder": tmp_path}
    monkeypatch.setenv(shelf.VARIABLE, str(tmp_path / "cache"))
    caplog.set_level(logging.DEBUG)
    codes = [run([part.format(**places) for part in line]) for line in COMMANDS]
    shown = capfd.readouterr()
    assert codes == [0, 0, 0, 0, 0, 4, 1, 0], "the source itself is no clean copy, and its rows tell of single people"
    assert len(shown.out + shown.err) > 200, "nothing was told, so nothing is proved"
    files = [tmp_path / "drafted.toml", *tmp_path.glob("*.json"), *(tmp_path / "cache").iterdir()]
    assert len(files) >= 6
    told = [caplog.text, shown.out, shown.err, *(path.read_text("utf-8") for path in files)]
    for text in told:
        assert not [value for value in planted.values if value in text or json.dumps(value)[1:-1] in text]


@pytest.mark.parametrize("server", ["postgresql_database", "mariadb_database"])
def test_a_copy_of_a_server_holds_no_canary(server: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    database: Database = request.getfixturevalue(server)
    planted = Planted.new()
    for statement in statements(planted):
        database.run(statement.replace("\\", "\\\\"))
    source, removed = opened("sql", database.address), set[str]()
    before = cells(source)
    (out,) = [*source.copy(str(tmp_path / "out"), redactor(removed=removed).editor(source.address))]
    assert isinstance(out, Path)
    assert search([tmp_path / "out"], planted.values | removed) == []
    assert_clean(before, cells(opened("sql", str(out))), removed)


INTO_SERVERS = (
    ("redact", "{source}", "--plan", "{plan}", "--to", "{to}", "--no-ner"),
    ("redact", "{source}", "--plan", "{plan}", "--to", "{to}", "--no-ner"),
    ("verify", "{to}", "--against", "{source}", "--plan", "{plan}", "--no-ner", "--save", "{folder}/again.json"),
    ("verify", "{source}", "--against", "{to}", "--plan", "{plan}", "--no-ner", "--save", "{folder}/leaking.json"),
    ("scan", "{to}", "--ner-all", "--report", "{folder}/found.json"),
    ("risk", "{to}"),
)


@pytest.mark.parametrize("server", ["postgresql_database", "mariadb_database"])
def test_no_command_about_a_copy_in_a_server_tells_a_value_or_the_password(
    server: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    from pii_scan.cli import run

    database: Database = request.getfixturevalue(server)
    planted = Planted.new()
    (tmp_path / "in").mkdir()
    plan = "".join(part.replace("pseudonym", "replace") for part in PLAN.splitlines(keepends=True))
    (tmp_path / "plan.toml").write_text("version = 1\n" + plan, "utf-8")
    source = write_sqlite(planted, tmp_path / "in")
    places = {"source": source, "plan": tmp_path / "plan.toml", "to": database.address, "folder": tmp_path}
    caplog.set_level(logging.DEBUG)
    monkeypatch = request.getfixturevalue("monkeypatch")
    monkeypatch.chdir(tmp_path)
    codes = [run([part.format(**places) for part in line]) for line in INTO_SERVERS]
    shown = capfd.readouterr()
    assert codes[:4] == [0, 4, 0, 4], "what exists is left alone, and a source is no clean copy of its copy"
    assert database.rows("SELECT count(*) FROM people") == [(ROWS,)]
    assert not [path for path in tmp_path.iterdir() if ":" in path.name], "an address is no path"
    assert len(shown.out + shown.err) > 200, "nothing was told, so nothing is proved"
    written = [path for path in tmp_path.rglob("*.json") if path.is_file()]
    assert len(written) >= 4
    told = [caplog.text, shown.out, shown.err, *(path.read_text("utf-8") for path in written)]
    hidden = {*planted.values, database.password}
    for text in told:
        assert not [value for value in hidden if value in text or json.dumps(value)[1:-1] in text]


@pytest.mark.parametrize("server", ["postgresql_database", "mariadb_database"])
@pytest.mark.parametrize(
    "failure", ["a finder that fails", "a finder that finds too little", "a column that the plan does not know"]
)
def test_a_copy_into_a_server_that_fails_leaves_no_table_and_says_nothing_of_a_cell(
    server: str, failure: str, request: pytest.FixtureRequest, tmp_path: Path, said: Said
) -> None:
    database: Database = request.getfixturevalue(server)
    planted = Planted.new()
    source = opened("sql", str(write_sqlite(planted, tmp_path)))
    with pytest.raises(RedactionError) as caught:
        list(source.copy(database.address, FAILURES[failure]().editor(source.address)))
    assert not any(value in str(caught.value) or value in said for value in {*planted.values, database.password})
    schema = "public" if database.server.scheme == "postgresql" else database.name
    assert database.rows(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}'") == []


# Ways to fail


def failing(_: Sequence[str]) -> list[list[Span] | None]:
    raise ValueError(canary("name", 0), mail("notes", 0))


FAILURES: dict[str, Callable[[], Redactor]] = {
    "a finder that fails": lambda: redactor(finder=failing),
    "a finder that finds too little": lambda: redactor(finder=lambda _: []),
    "a column that the plan does not know": lambda: Redactor(
        load_plan(PLAN.partition("[[table]]")[0]), finder, KEY, catalogue=CATALOGUE
    ),
}


@dataclass
class Said:
    """Everything that a test's code printed or logged, at any level."""

    log: pytest.LogCaptureFixture
    streams: pytest.CaptureFixture[str]

    def __contains__(self, value: str) -> bool:
        return value in self._all

    @cached_property
    def _all(self) -> str:
        return f"{self.log.text}{self.streams.readouterr()}"


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Said:
    caplog.set_level(logging.DEBUG)
    return Said(caplog, capfd)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go, to be looked at afterwards."""
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    return tmp_path / "temp"


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.usefixtures("temporary")
def test_a_copy_that_fails_leaves_nothing_and_says_nothing_of_a_cell(
    failure: str, planted_file: tuple[Planted, Source], tmp_path: Path, said: Said
) -> None:
    planted, source = planted_file
    with pytest.raises(RedactionError) as caught:
        list(source.copy(str(tmp_path / "out"), FAILURES[failure]().editor(source.address)))
    assert not any(value in str(caught.value) or value in said for value in planted.values)
    assert left_behind(tmp_path) == []


@pytest.mark.usefixtures("temporary")
def test_a_copy_that_fails_on_its_last_batch_leaves_nothing(
    planted_file: tuple[Planted, Source], tmp_path: Path, said: Said
) -> None:
    planted, source = planted_file

    def find(texts: Sequence[str]) -> list[list[Span] | None]:
        return failing(texts) if any(mail("notes", ROWS - 1) in text for text in texts) else finder(texts)

    with pytest.raises(RedactionError) as caught:
        list(source.copy(str(tmp_path / "out"), redactor(finder=find).editor(source.address)))
    assert not any(value in str(caught.value) or value in said for value in planted.values)
    assert left_behind(tmp_path) == []


def left_behind(tmp_path: Path) -> list[Path]:
    """Files that a copy that failed left where it wrote, or where temporary files go."""
    return [path for folder in ("out", "temp") for path in (tmp_path / folder).rglob("*") if path.is_file()]


def test_a_copy_never_goes_over_what_is_there(planted_file: tuple[Planted, Source], tmp_path: Path) -> None:
    planted, source = planted_file
    (out,) = source.copy(str(tmp_path / "out"), redactor().editor(source.address))
    assert isinstance(out, Path)
    before = out.read_bytes()
    with pytest.raises(RedactionError, match="exists") as caught:
        list(source.copy(str(tmp_path / "out"), redactor().editor(source.address)))
    assert not any(value in str(caught.value) for value in planted.values)
    assert out.read_bytes() == before
    assert left_behind(tmp_path) == [out]


def test_a_place_that_is_no_folder_is_one_line(planted_file: tuple[Planted, Source], tmp_path: Path) -> None:
    planted, source = planted_file
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RedactionError) as caught:
        list(source.copy(str(tmp_path / "file"), redactor().editor(source.address)))
    assert not any(value in str(caught.value) for value in planted.values)
    assert (tmp_path / "file").read_text() == "in the way"


DISK_FULL = """
import logging, resource, sys
sys.path.insert(0, sys.argv[1])
logging.basicConfig(level=logging.DEBUG)
from functools import cached_property
from importlib import import_module
from pii_scan.errors import RedactionError
canary = import_module("tests.test_canary")
source = canary.opened(sys.argv[2], sys.argv[3])
edit = canary.redactor().editor(source.address)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[5]), int(sys.argv[5])))
try:
    list(source.copy(sys.argv[4], edit))
except RedactionError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


@pytest.mark.parametrize("name", FILES)
def test_a_full_disk_is_one_line_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    """No file may grow beyond 4 KiB, as on a disk that is full."""
    connector, write = FILES[name]
    planted = Planted.new()
    (tmp_path / "in").mkdir()
    (tmp_path / "temp").mkdir()
    path = write(planted, tmp_path / "in")
    root = str(Path(__file__).resolve().parents[1])
    done = subprocess.run(
        [sys.executable, "-c", DISK_FULL, root, connector, str(path), str(tmp_path / "out"), "4096"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(tmp_path / "temp")},
    )
    assert done.returncode == RedactionError.exit_code, done.stderr
    assert "Traceback" not in done.stderr
    assert not any(value in done.stdout + done.stderr for value in planted.values)
    assert left_behind(tmp_path) == []


# Folders of a partition: their names are cells of the rows below


REPORTS = ("html", "json", "csv", "md", "txt")
LAKE = (
    ("scan", "{lake}", "--no-ner", "--plan", "{folder}/plan.toml", *(f"--report={{folder}}/found.{end}" for end in REPORTS)),
    ("scan", "{lake}", "--no-ner", "--format", "json", "--quiet"),
    ("redact", "{lake}", "--plan", "{folder}/plan.toml", "--to", "{folder}/out", "--no-ner"),
    ("redact", "{lake}", "--plan", "{folder}/plan.toml", "--to", "{folder}/out", "--no-ner"),
    ("redact", "{lake}", "--plan", "{folder}/narrow.toml", "--to", "{folder}/none", "--no-ner"),
    (
        "verify",
        "{folder}/out",
        "--against",
        "{lake}",
        "--plan",
        "{folder}/plan.toml",
        "--save",
        "{folder}/again.json",
        "--no-ner",
    ),
    ("verify", "{lake}", "--against", "{lake}", "--plan", "{folder}/plan.toml", "--no-ner"),
    ("risk", "{lake}", "--format", "json"),
    ("audit", "{folder}/audit.toml"),
    ("audit", "{folder}/audit.toml", "--format", "json"),
)


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".jsonl"])
def test_no_command_tells_the_value_that_a_folder_of_a_partition_is_called_after(
    ending: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    from pii_scan.cli import run

    mails = [mail("folder", row) for row in range(4)]
    lake = tmp_path / "lake"
    table = pa.table({"id": [str(row) for row in range(20)], "note": ["none"] * 20})
    for address in mails:
        (lake / "country=FR" / f"email={address}").mkdir(parents=True)
        _write(table, lake / "country=FR" / f"email={address}" / f"part-0{ending}")
    # one that cannot be read, and one that no connector reads: what is skipped is named as well
    (lake / "country=FR" / f"email={mails[2]}" / "part-1.parquet").write_text("broken")
    (lake / "country=FR" / f"email={mails[3]}" / "part-0.zip").write_text("broken")
    (tmp_path / "narrow.toml").write_text('[[column]]\ncolumn = "email"\nkind = "email"\n')
    outputs = 'state = "state.sqlite"\nreport = "audited.json"\nplan = "audited.toml"'
    (tmp_path / "audit.toml").write_text(f'[audit]\n{outputs}\n[scan]\nner = false\n[[source]]\naddress = "{lake}"\n')
    places = {"lake": lake, "folder": tmp_path}
    caplog.set_level(logging.DEBUG)
    codes = []
    for number, line in enumerate(LAKE):
        if number == len(LAKE) - 1:  # one is gone, and one is new
            (lake / "country=FR" / f"email={mails[0]}").rename(lake / "country=FR" / f"email={mail('folder', 9)}")
        codes.append(run([part.format(**places) for part in line]))
    shown = capfd.readouterr()
    # the copy exists already; the narrow plan does not know a column; the source itself is no clean copy
    assert codes == [3, 3, 3, 4, 4, 3, 4, 3, 3, 3], shown.err
    written = [path for path in tmp_path.rglob("*") if path.is_file() and lake not in path.parents]
    assert len(written) > 12
    for path in written:
        assert not [one for one in (*mails, mail("folder", 9)) if one.encode() in path.read_bytes()], path
        assert "canary" not in str(path.relative_to(tmp_path))
    for text in (shown.out, shown.err, caplog.text):
        assert "canary.folder" not in text
    assert "email=***1" in shown.out
    assert "country=FR" in shown.out, "what millions share stays to be read"


def _write(table: pa.Table, path: Path) -> None:
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    else:
        path.write_text("".join(f"{row['id']},{row['note']}\n" for row in [{"id": "id", "note": "note"}, *table.to_pylist()]))
