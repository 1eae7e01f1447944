"""Units become one evidence: in one process or in several, whole or in part, whatever goes wrong in one of them."""

import json
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from presidio_analyzer import Pattern, PatternRecognizer

from pii_scan import pool
from pii_scan.contracts import Edit, Part
from pii_scan.errors import RecognizerError, SourceError
from pii_scan.gather import gather, report
from pii_scan.model import Catalogue, Entity, Evidence, Kind, Remark, Skipped, Unit
from pii_scan.registry import InstalledRules, sources
from pii_scan.reports.json import JsonWriter
from pii_scan.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
CANARY = "canary.7f3a9@leak.example"
KIND = Kind("mail", "E-mail", "https://example.org/mail", "direct")
MAIL = Entity("MAIL", "mail", "shape")


def recognizers() -> list[PatternRecognizer]:
    return [PatternRecognizer("MAIL", patterns=[Pattern("mail", r"[a-z0-9.]+@[a-z.]+", 0.5)], global_regex_flags=0)]


@dataclass(frozen=True)
class Light:
    """One recognizer: a worker process has it in a moment."""

    def load(self) -> tuple[Sequence[Part], Catalogue]:
        return [Part("light", (KIND,), (MAIL,), recognizers)], Catalogue({"mail": KIND}, {"MAIL": MAIL}, "1")


@dataclass(frozen=True)
class Place:
    """A source whose units do what their keys say."""

    keys: tuple[str, ...] = ("fine",)
    rows: int | None = 10
    address: str = "there"
    portable: bool = True
    size: int | None = None
    tables: tuple[str, ...] = ("t",)

    def units(self) -> Iterator[Unit | Skipped]:
        for table in self.tables:
            for key in self.keys:
                if key == "unlisted":
                    raise SourceError("cannot be listed", where="there", way_out="ask its owner")
                if key == "unlisted by a stranger":
                    raise ValueError(CANARY)
                if key == "skipped":
                    yield Skipped(self.address, "file", "is no file", table)
                    continue
                yield Unit(self.address, table, key, rows=self.rows, size=self.size)

    def read(self, unit: Unit) -> Iterator[pa.RecordBatch | Skipped | Remark]:
        if unit.key.startswith("dies"):
            os._exit(9)
        if unit.key.startswith("sleeps"):
            time.sleep(60)
        if unit.key.startswith("panics"):
            raise Panic(CANARY)
        count = self.rows if self.rows is not None else 10
        yield pa.RecordBatch.from_pydict({"c": [f"{unit.key}{number}@mail.example" for number in range(count)]})
        if unit.key.startswith("fails"):
            raise ValueError(CANARY)
        if unit.key.startswith("gives up"):
            raise SourceError("ended too soon", where="there")

    def copy(self, to: str, edit: Edit) -> Iterator[Path | Skipped]:
        raise NotImplementedError


class Panic(BaseException):
    """As Rust libraries raise it: no `Exception`."""


@pytest.fixture
def pooled(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(pool, "_POOL_BYTES", 0)
    return Settings(ner=False, workers=2)


ONE = Settings(ner=False, workers=1)
KEYS = tuple(f"unit {number}" for number in range(9))


def read_units(evidence: Evidence) -> int:
    return sum(column.cells for column in evidence.columns.values()) // 10


def told(evidence: Evidence) -> str:
    return repr(evidence) + json.dumps([asdict(skipped) for skipped in evidence.skipped])


# One process or several


def test_two_workers_say_byte_for_byte_what_one_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_POOL_BYTES", 0)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    table = pa.table(
        {
            "mail": [f"user{n}@mail.example" for n in range(6_000)],
            "note": [f"She wrote on day {n} that all was well, and that user{n}@mail.example will call." for n in range(6_000)],
            "iban": ["DE89370400440532013000" if n % 3 else "GB82WEST12345698765432" for n in range(6_000)],
        }
    )
    pq.write_table(table, tmp_path / "people.parquet", row_group_size=500)
    rules = InstalledRules()
    made = []
    for workers in (1, 2):
        settings = Settings(ner=False, workers=workers, show_samples=True, sample=4_000)
        evidence = gather(sources(str(tmp_path / "people.parquet")), settings, rules)
        made.append(JsonWriter().render(report(evidence, rules.load()[1], settings, ["people"])).encode())
    assert made[0] == made[1]
    assert b'"email"' in made[0]


def test_workers_read_every_unit_once_and_what_cannot_be_sent_to_them_is_told_or_read_here(pooled: Settings) -> None:
    @dataclass(frozen=True)
    class Local(Place):
        """Of a class that another process cannot import."""

    notebook = Notebook()
    places = [
        Place(KEYS),
        Local(address="local"),
        Place(KEYS, address="elsewhere"),
        Place(("x",), address="here", portable=False),
    ]
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(places[1])
    evidence = gather(places, pooled, Light(), memory=notebook)
    assert read_units(evidence) == 19
    assert sorted(notebook.kept) == sorted(notebook.asked) == sorted([*KEYS, *KEYS, "fine", "x"])
    assert [(skipped.source, skipped.what) for skipped in evidence.skipped] == [("local", "unit")]
    alone = gather([place for place in places if place.address != "local"], ONE, Light())
    assert (evidence.columns, evidence.tables) == (alone.columns, alone.tables)


# What goes wrong


def test_a_unit_that_fails_is_skipped_without_a_word_of_its_cells() -> None:
    evidence = gather([Place(("a", "fails", "panics", "gives up", "b"))], ONE, Light())
    assert read_units(evidence) == 2
    assert {(skipped.unit, skipped.what, skipped.why) for skipped in evidence.skipped} == FAILURES
    assert "canary" not in told(evidence)


FAILURES = {
    ("fails", "unit", "reading stopped with ValueError"),
    ("panics", "unit", "reading stopped with Panic"),
    ("gives up", "unit", "ended too soon"),
}


def test_a_worker_that_dies_loses_its_unit_only(pooled: Settings) -> None:
    keys = (*KEYS[:4], "dies", "fails", "panics", "gives up", *KEYS[4:])
    evidence = gather([Place(keys)], pooled, Light())
    assert read_units(evidence) == 9
    died = "the process that read it died, most likely for lack of memory"
    assert {(skipped.unit, skipped.what, skipped.why) for skipped in evidence.skipped} == FAILURES | {
        ("dies", "unit", died),
    }
    assert "canary" not in told(evidence)


@dataclass(frozen=True)
class Fragile(Light):
    """A recognizer that fails on some texts, and quotes them."""

    def load(self) -> tuple[Sequence[Part], Catalogue]:
        class Faulty(PatternRecognizer):
            def analyze(self, text: str, *args: Any, **kwargs: Any) -> Any:
                if text.startswith("b"):
                    raise KeyError(text)
                return super().analyze(text, *args, **kwargs)

        def made() -> list[PatternRecognizer]:
            return [Faulty("MAIL", patterns=[Pattern("mail", r"[a-z0-9.]+@[a-z.]+", 0.5)], global_regex_flags=0)]

        return [Part("fragile", (KIND,), (MAIL,), made)], Catalogue({"mail": KIND}, {"MAIL": MAIL}, "1")


def test_a_recognizer_that_fails_loses_its_unit_only(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(0)
    evidence = gather([Place(("a", "b", "c"))], ONE, Fragile())
    assert read_units(evidence) == 2
    (skipped,) = evidence.skipped
    assert (skipped.unit, skipped.why) == ("b", "reading stopped with KeyError")
    assert not any("mail.example" in text for text in (told(evidence), caplog.text, str(capfd.readouterr())))


@dataclass(frozen=True)
class Broken(Light):
    """Recognizers that cannot be made."""

    def load(self) -> tuple[Sequence[Part], Catalogue]:
        def made() -> list[PatternRecognizer]:
            raise RecognizerError("has no samples", where="row 3")

        return [Part("broken", (KIND,), (MAIL,), made)], Catalogue({"mail": KIND}, {"MAIL": MAIL}, "1")


@pytest.mark.parametrize("workers", [1, 2])
def test_recognizers_that_cannot_be_made_end_the_scan_with_their_own_words(monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    monkeypatch.setattr(pool, "_POOL_BYTES", 0)
    with pytest.raises(RecognizerError, match="row 3: has no samples"):
        gather([Place(KEYS)], Settings(ner=False, workers=workers), Broken())


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("unlisted", "cannot be listed (ask its owner)"),
        ("unlisted by a stranger", "listing its tables stopped with ValueError"),
    ],
)
def test_a_source_that_cannot_be_listed_is_skipped_and_the_others_go_on(key: str, why: str) -> None:
    evidence = gather([Place((key,), address="closed"), Place(("a",))], ONE, Light())
    assert evidence.skipped == (Skipped("closed", "source", why),)
    assert read_units(evidence) == 1
    assert "canary" not in told(evidence)


def test_what_a_registry_or_a_source_skips_is_kept() -> None:
    skipped = Skipped("elsewhere", "file", "no connector reads it")
    evidence = gather([skipped, Place(("skipped", "a"))], ONE, Light())
    assert evidence.skipped == (skipped, Skipped("there", "file", "is no file", "t"))


def test_only_wanted_tables_are_read_or_reported_as_skipped() -> None:
    settings = Settings(ner=False, workers=1, table=("t*", "!t2"))
    evidence = gather([Place(("skipped", "a"), tables=("t1", "t2", "other"))], settings, Light())
    assert {table for _, table in evidence.tables} == {"t1"}
    assert {skipped.table for skipped in evidence.skipped} == {"t1"}


# Ctrl-C

SCRIPT = """
    import sys
    sys.path.insert(0, {root!r})
    if __name__ == "__main__":
        from importlib import import_module
        from pii_scan import pool
        from pii_scan.settings import Settings
        from pii_scan.gather import gather
        pool._POOL_BYTES = 0
        tests = import_module("tests.test_gather")
        print("ready", flush=True)
        gather([tests.Place(("sleeps 1", "sleeps 2", "sleeps 3"))], Settings(ner=False, workers=2), tests.Light())
"""


@pytest.mark.skipif(sys.platform == "win32" or not Path("/proc").is_dir(), reason="reads /proc")
def test_ctrl_c_leaves_no_process_behind(tmp_path: Path) -> None:
    script = tmp_path / "long.py"
    script.write_text(textwrap.dedent(SCRIPT.format(root=str(ROOT))))
    running = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    group = running.pid
    deadline = time.monotonic() + 30
    while len(members(group)) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(members(group)) >= 3, "the workers have started"
    time.sleep(2)
    os.killpg(group, signal.SIGINT)
    running.communicate(timeout=30)
    deadline = time.monotonic() + 10
    while members(group) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert members(group) == []


def members(group: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = stat.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if int(after[3]) == group and after[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def test_whatever_the_caller_raises_ends_the_workers(pooled: Settings) -> None:
    @dataclass
    class Full(Notebook):
        def keep(self, unit: Unit, evidence: Evidence) -> None:  # noqa: ARG002
            raise OSError(28, "no space")

    before = children()
    with pytest.raises(OSError, match="no space"):
        gather([Place(KEYS)], pooled, Light(), memory=Full())
    assert children() <= before


def children() -> set[int]:
    import multiprocessing

    return {process.pid or 0 for process in multiprocessing.active_children()}


# Memory and progress


@dataclass
class Notebook:
    """Remembers what it was told, and what it was told of."""

    known: dict[Unit, Evidence] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    told: list[tuple[str, int]] = field(default_factory=list)

    def recall(self, unit: Unit) -> Evidence | None:
        self.asked.append(unit.key)
        return self.known.get(unit)

    def keep(self, unit: Unit, evidence: Evidence) -> None:
        self.kept.append(unit.key)
        self.known[unit] = evidence

    def planned(self, units: Sequence[Unit]) -> None:
        self.told.append(("planned", len(units)))

    def done(self, unit: Unit, rows: int) -> None:
        self.told.append((unit.key, rows))


def test_what_memory_knows_is_not_read_again() -> None:
    notebook = Notebook()
    first = gather([Place(KEYS)], ONE, Light(), memory=notebook)
    assert notebook.kept == notebook.asked == list(KEYS)
    notebook.kept.clear()
    notebook.known.pop(next(unit for unit in notebook.known if unit.key == "unit 4"))
    assert gather([Place(KEYS)], ONE, Light(), memory=notebook) == first
    assert notebook.kept == ["unit 4"]


def test_evidence_that_memory_hands_back_is_taken_as_it_is() -> None:
    notebook = Notebook()
    (unit,) = Place(("dies",)).units()
    assert isinstance(unit, Unit)
    notebook.known[unit] = gather([Place(("a",))], ONE, Light())
    assert read_units(gather([Place(("dies",))], ONE, Light(), memory=notebook)) == 1


def test_progress_hears_of_the_plan_and_then_of_each_unit() -> None:
    notebook = Notebook()
    gather([Place(("a", "fails"))], ONE, Light(), progress=notebook)
    assert notebook.told == [("planned", 2), ("a", 10), ("fails", 0)]


# Samples


@pytest.mark.parametrize(
    ("rows", "units", "sample", "read"), [(1_000, 5, 100, 100), (10, 30, 90, 90), (100, 3, 1, 3), (50, 2, 500, 100)]
)
def test_the_units_of_a_table_share_its_sample(rows: int, units: int, sample: int, read: int) -> None:
    settings = Settings(ner=False, workers=1, sample=sample)
    evidence = gather([Place(tuple(f"u{n}" for n in range(units)), rows=rows)], settings, Light())
    (facts,) = evidence.tables.values()
    assert read <= facts.rows <= read + units
    left = [skipped for skipped in evidence.skipped if skipped.what == "sampled rows"]
    assert len(left) == (units if sample < rows * units else 0)
    assert all("95 % confidence" in skipped.why and "were not examined" in skipped.why for skipped in left)


def test_each_table_has_a_sample_of_its_own() -> None:
    settings = Settings(ner=False, workers=1, sample=40)
    evidence = gather([Place(("a", "b"), rows=100, tables=("one", "two"))], settings, Light())
    assert [facts.rows for facts in evidence.tables.values()] == [40, 40]


def test_units_of_unknown_size_share_alike() -> None:
    evidence = gather([Place(("a", "b"), rows=None)], Settings(ner=False, workers=1, sample=8), Light())
    assert [facts.rows for facts in evidence.tables.values()] == [8]
