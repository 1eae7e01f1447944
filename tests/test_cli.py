"""What a user types does what the README says: data on stdout, words on stderr, the right exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pii_scan import ending
from pii_scan.cli import run
from pii_scan.errors import ConfigError, RedactionError, SourceError
from pii_scan.model import Unit
from pii_scan.progress import Bar

ROWS = 60
MAILS = [f"ada{row}@example.org" for row in range(ROWS)]
HEAVY = ("pandas", "numpy", "pyarrow", "presidio_analyzer", "spacy", "sqlalchemy", "jinja2", "rich", "regex", "tqdm")

BOTH = {"clients.email", "clients.internal_email", "old_clients.email", "old_clients.internal_email"}


class Told(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        return dict(json.loads(self.out))

    def columns(self) -> set[str]:
        return {f"{row['table']}.{row['column']}" for row in self.report["findings"]}


def told(*arguments: str) -> Told:
    """A command line, run in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(arguments)
    return Told(code, out.getvalue(), err.getvalue())


def scanned(*arguments: str) -> Told:
    return told("scan", *arguments, "--no-ner", "--format", "json", "-q")


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], text=True, capture_output=True, timeout=60, check=False, **options)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with an export of each sort, and the working directory of every test here."""
    folder = tmp_path_factory.mktemp("cli")
    exports = folder / "exports"
    (exports / "2025").mkdir(parents=True)
    rows = [f"{row};{mail};{['red', 'blue', 'green'][row % 3]}" for row, mail in enumerate(MAILS)]
    (exports / "people.csv").write_text("\n".join(["row;email;colour", *rows]) + "\n")
    (exports / "2025" / "people.csv").write_text("\n".join(["row;email;colour", *rows]) + "\n")
    visits = pa.table({"visit": list(range(ROWS)), "ip_address": [f"203.0.113.{row}" for row in range(ROWS)]})
    pq.write_table(visits, exports / "visits.parquet")
    with closing(sqlite3.connect(exports / "shop.sqlite")) as database:
        for table in ("clients", "old_clients"):
            database.execute(f"CREATE TABLE {table} (number INTEGER PRIMARY KEY, email TEXT, internal_email TEXT)")
            database.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", [(at, mail, mail) for at, mail in enumerate(MAILS)])
        database.commit()
    before = Path.cwd()
    os.chdir(folder)
    yield folder
    os.chdir(before)


@pytest.fixture(scope="module")
def whole(place: Path) -> Told:
    """One scan with everything that it can write."""
    assert sorted(path.name for path in place.iterdir()) == ["exports"]
    reports = [word for form in ("json", "csv", "html", "md") for word in ("--report", f"report.{form}")]
    return told("scan", "exports", "--no-ner", "--format", "json", *reports, "--redact", "out", "--plan", "plan.toml")


# sources -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "columns"),
    [
        ("exports/2025", {"people.email"}),
        ("exports/people.csv", {"people.email"}),
        ("exports/*.csv", {"people.email"}),
        ("exports/**/*.parquet", {"visits.ip_address"}),
        ("sqlite:///exports/shop.sqlite", BOTH),
        ("exports/shop.sqlite", BOTH),
    ],
)
@pytest.mark.usefixtures("place")
def test_every_form_of_source_is_read(source: str, columns: set[str]) -> None:
    done = scanned(source)
    assert (done.code, done.err) == (0, "")
    assert done.columns() == columns


def test_a_pipe_is_read_as_csv_and_nothing_foreign_reaches_the_streams(place: Path) -> None:
    """A real process with every warning switched on, as `python -m pii_scan`."""
    with (place / "exports" / "people.csv").open() as pipe:
        done = process("-W", "default", "-m", "pii_scan", "scan", "-", "--format", "csv", stdin=pipe)
    assert (done.returncode, done.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["table"], row["column"], row["kind"]) for row in rows if row["record"] == "finding"] == [
        ("stdin", "email", "email")
    ]


# what is written -----------------------------------------------------------------------------------------------------


def test_the_folder_is_scanned_whole(whole: Told) -> None:
    assert whole.code == 0
    assert whole.report["coverage"]["tables"] == 5
    assert whole.columns() == {"people.email", "visits.ip_address"} | BOTH


def test_stderr_tells_what_was_written_and_stdout_holds_the_data_alone(whole: Told) -> None:
    copies = ["2025/people.csv", "people.csv", "shop.sqlite", "visits.parquet"]
    written = ["report.json", "report.csv", "report.html", "report.md", "plan.toml"]
    lines = whole.err.splitlines()
    assert lines[:5] == [f"wrote {name}" for name in written]
    assert sorted(lines[5 : 5 + len(copies)]) == sorted(f"wrote out/{name}" for name in copies)
    assert "removed values were searched for in the copy: none is left" in lines[5 + len(copies)]
    assert lines[-1].endswith("out.manifest.json")


def test_each_report_has_the_form_of_its_ending(place: Path, whole: Told) -> None:
    assert json.loads((place / "report.json").read_text())["findings"] == whole.report["findings"]
    assert (place / "report.csv").read_text().startswith("record,source,table,column,")
    assert (place / "report.html").read_text().startswith("<!doctype html>")
    assert (place / "report.md").read_text().startswith("# ")


def test_copies_keep_their_folders_and_lose_what_was_found(place: Path, whole: Told) -> None:
    assert whole.code == 0
    copied = place / "out"
    old = (place / "exports" / "people.csv").read_text().splitlines()
    for name in ("people.csv", "2025/people.csv"):
        new = (copied / name).read_text().splitlines()
        assert new[0] == old[0]
        assert [line.split(";")[1] for line in new[1:]] == ["<EMAIL>"] * ROWS
        assert [line.split(";")[::2] for line in new] == [line.split(";")[::2] for line in old]
    table = pq.read_table(copied / "visits.parquet")
    assert table["visit"].to_pylist() == list(range(ROWS))
    assert set(table["ip_address"].to_pylist()) == {"<IP_ADDRESS>"}
    assert b"@example.org" not in (copied / "shop.sqlite").read_bytes()


def test_an_edited_plan_decides_what_a_copy_loses(place: Path, whole: Told) -> None:
    assert whole.code == 0
    text = (place / "plan.toml").read_text()
    assert 'operator = "replace"' in text
    (place / "edited.toml").write_text(text.replace('operator = "replace"', 'operator = "keep"'))
    done = told("redact", "exports/people.csv", "--plan", "edited.toml", "--to", "kept")
    assert (done.code, done.out) == (0, "")
    wrote, proved, manifest = done.err.splitlines()
    assert (wrote, manifest) == ("wrote kept/people.csv", f"wrote {place / 'kept.manifest.json'}")
    assert proved.startswith("proved: 0 removed values were searched for in the copy: none is left; 60 rows compared")
    assert (place / "kept" / "people.csv").read_bytes() == (place / "exports" / "people.csv").read_bytes()


def test_quiet_leaves_stderr_empty(place: Path) -> None:
    done = told("scan", "exports/people.csv", "--no-ner", "-q", "--report", "quiet.json", "--redact", "quiet")
    assert (done.code, done.err) == (0, "")
    assert (place / "quiet.json").exists()


def test_the_table_for_people_is_the_default(place: Path) -> None:
    done = told("scan", "exports/people.csv", "--no-ner")
    assert done.code == 0
    assert done.out.startswith("1 finding in 1 column")
    assert f"{place.name}" not in done.out
    assert "people.email" in done.out
    assert "\x1b" not in done.out


# options -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "columns"),
    [
        (["--table", "clients"], {"clients.email", "clients.internal_email"}),
        (["--table", "!old_*"], {"clients.email", "clients.internal_email"}),
        (["--column", "!internal_*"], {"clients.email", "old_clients.email"}),
        (["--column", "*email", "--column", "!internal_*", "--table", "o*"], {"old_clients.email"}),
        (["--countries", "fr,CH"], BOTH),
        (["--min-band", "certain", "--workers", "1"], BOTH),
        (["--config", "settings.toml"], {"clients.email"}),
        (["--config", "settings.toml", "--table", "old*"], {"old_clients.email"}),
    ],
    ids=lambda value: " ".join(sorted(value) if isinstance(value, set) else value),
)
def test_options_limit_what_is_looked_at(place: Path, options: list[str], columns: set[str]) -> None:
    (place / "settings.toml").write_text('table = ["clients"]\ncolumn = ["email"]\nmin-band = "likely"\nner = false\n')
    done = scanned("exports/shop.sqlite", *options)
    assert (done.code, done.err) == (0, "")
    assert done.columns() == columns


@pytest.mark.parametrize(("limit", "code"), [("certain", 1), ("possible", 1), ("special", 0)])
@pytest.mark.usefixtures("place")
def test_fail_on_makes_the_exit_code(limit: str, code: int) -> None:
    done = told("scan", "exports/people.csv", "--no-ner", "--fail-on", limit)
    assert done.code == code
    assert done.err == ("pii-scan: 1 finding at or over --fail-on " + limit + "\n" if code else "")


def test_special_categories_fail_on_special(place: Path) -> None:
    (place / "health.csv").write_text(
        "id,religion\n" + "".join(f"{row},{['Catholic', 'Muslim'][row % 2]}\n" for row in range(40))
    )
    done = told("scan", "health.csv", "--no-ner", "--fail-on", "special", "-q")
    assert (done.code, done.err) == (1, "")


@pytest.mark.usefixtures("place")
def test_a_sample_is_incomplete_and_says_what_it_may_have_missed() -> None:
    done = told("scan", "exports/people.csv", "--no-ner", "--sample", "20", "--format", "json")
    assert done.code == 3
    assert done.report["findings"][0]["rows"] == 20
    (part,) = done.report["skipped"]
    assert part["what"] == "sampled rows"
    assert part["why"].startswith(
        "20 of 60 rows were sampled, 40 were not examined; data that is in more than 15.00% of the rows"
    )


@pytest.mark.parametrize("form", ["table", "json", "csv", "md", "html"])
@pytest.mark.usefixtures("place")
def test_samples_are_shown_only_when_asked_for_and_masked(form: str) -> None:
    shown = told("scan", "exports/people.csv", "--no-ner", "--format", form, "--show-samples").out
    assert "a**" in shown
    assert not any(mail in shown for mail in MAILS)


# the other commands --------------------------------------------------------------------------------------------------


def test_recognizers_are_listed_with_country_kind_and_source() -> None:
    done = told("recognizers", "--countries", "fr")
    assert (done.code, done.err) == (0, "")
    head, *rows = (line.split() for line in done.out.splitlines())
    assert head == ["entity", "country", "kind", "proof", "chance", "tells", "source"]
    assert {row[1] for row in rows} == {"-", "FR"}
    assert ["EMAIL_ADDRESS", "-", "email", "checked"] in [row[:4] for row in rows]


def test_recognizers_check_runs_every_sample() -> None:
    done = told("recognizers", "--check")
    assert (done.code, done.out) == (0, "")
    assert done.err.endswith("entities checked, 0 samples failed\n")


def test_a_new_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    done = told("key", "new", str(tmp_path / "key"))
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("wrote a new key to ")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


def test_the_version_names_the_model_for_names() -> None:
    done = told("--version")
    assert done.code == 0
    assert done.out.startswith("pii-scan ")
    assert "names in free text: " in done.out


def test_help_names_every_option_and_loads_nothing_heavy() -> None:
    script = f"""
import sys
from pii_scan.cli import run
code = run(["scan", "--help"])
print(code, sorted(set(sys.modules) & {set(HEAVY)!r}))
"""
    done = process("-c", script)
    assert done.stdout.splitlines()[-1] == "0 []"
    options = (
        "--report --format --redact --plan --countries --min-band --fail-on --table --column --sample --no-ner --workers "
        "--show-samples --quiet --config"
    )
    assert [option for option in options.split() if option not in done.stdout] == []


def test_completion_knows_commands_and_choices() -> None:
    script = "import sys; sys.argv = ['pii-scan']; from pii_scan.command import main; main()"

    def complete(words: str) -> list[str]:
        env = {**os.environ, "_PII_SCAN_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        return process("-c", script, env=env).stdout.split()

    assert sorted(complete("pii-scan re")) == ["recognizers", "redact", "restore"]
    assert "special" in complete("pii-scan scan --fail-on ")
    assert "--install-completion" in told("--help").out


# how a command ends --------------------------------------------------------------------------------------------------


def raising(error: BaseException) -> Callable[[], object]:
    def command() -> object:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ConfigError("is wrong", where="x", way_out="mend it"), 2, "pii-scan: x: is wrong (mend it)"),
        (RedactionError("line one\nline two"), 4, "pii-scan: line one line two"),
        (SourceError("is gone"), 5, "pii-scan: is gone"),
        (KeyboardInterrupt(), 130, "pii-scan: interrupted"),
        (ValueError("ada@example.org"), 70, "pii-scan: internal error: ValueError at test_cli.py:"),
        (OSError(28, "ada@example.org"), 70, "pii-scan: internal error: OSError at test_cli.py:"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_whatever_ends_a_command_is_one_line_without_a_cell(
    error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending.ended(raising(error)) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(words)
    assert err.count("\n") == 1
    assert "ada@" not in err


@pytest.mark.parametrize(
    ("codes", "gravest"), [((), 0), ((0, 0), 0), ((0, 1), 1), ((1, 3), 3), ((3, 5), 5), ((5, 4, 3), 4), ((141, 3), 141)]
)
def test_the_gravest_exit_code_wins(codes: tuple[int, ...], gravest: int) -> None:
    assert ending.gravest(*codes) == gravest


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "quiet", "drawn"), [(Terminal(), False, True), (Terminal(), True, False), (io.StringIO(), False, False)]
)
def test_progress_is_drawn_on_a_terminal_only(
    stream: io.StringIO, quiet: bool, drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    units = [Unit("a.csv", "a", size=10), Unit("b.csv", "b", size=20)]
    bar = Bar(quiet=quiet)
    for _ in range(2):
        bar.planned(units)
        for unit in units:
            bar.done(unit, 5)
    bar.close()
    assert bool(stream.getvalue()) is drawn


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.usefixtures("place")
def test_a_stream_that_is_closed_is_no_reason_to_fail(stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, stream, None)
    assert run(["scan", "exports/people.csv", "missing.csv", "--no-ner"]) == 5


def test_every_text_is_read_where_that_is_asked(tmp_path: Path) -> None:
    words = "Karen Smith called from Boston about the lamp {}."
    (tmp_path / "notes.csv").write_text("note\n" + "".join(f"{words.format(number)}\n" for number in range(600)), "utf-8")
    for asked, many in (
        (["--ner", "all"], "every distinct text"),
        (["--ner-all"], "every distinct text"),
        (["--ner"], "the first"),
    ):
        done = told("scan", *asked, str(tmp_path / "notes.csv"), "--format", "json", "-q")
        (how,) = [remark["detail"] for remark in done.report["remarks"] if remark["what"] == "names in free text"]
        assert many in how, asked
