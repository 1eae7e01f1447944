"""A unit in strips has the evidence that it has as a whole, and what fails in one strip is told by its columns."""

import logging
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pii_scan import batches, pool, strips, tasks
from pii_scan.connectors import csv, parquet, reading, sql, sql_arrow, sql_plan
from pii_scan.connectors.frames import FrameSource
from pii_scan.contracts import Source
from pii_scan.detect import Detector
from pii_scan.gather import gather
from pii_scan.meter import Meter
from pii_scan.model import Catalogue, Evidence, Unit
from pii_scan.presidio import Engine
from pii_scan.settings import Settings
from tests.test_gather import Light

ONE, TWO = (Settings(ner=False, workers=workers) for workers in (1, 2))
"""Small files are examined in one process all the same; it is alone only where there may be one at most."""
MAILS = [f"u{number}@example.org" for number in range(400)]
TABLE = pa.table(
    {
        "id": range(400),
        "mail": MAILS,
        "note": [f"write to {mail} or call" for mail in MAILS],
        "nested": [{"mail": mail, "list": [mail, "x"]} for mail in MAILS],
        "json": [f'{{"a": "{mail}", "b": {{"c": 1}}}}' for mail in MAILS],
        "empty": [None] * 400,
    }
)


def as_parquet(folder: Path) -> Source:
    target = folder / "country=FR"
    target.mkdir()
    pq.write_table(TABLE, target / "t.parquet", row_group_size=90)
    return parquet.ParquetConnector().open(str(target / "t.parquet"))


def as_csv(folder: Path) -> Source:
    lines = ["id,mail,note,more", *(f'{number},{mail},"to {mail},\n now",é' for number, mail in enumerate(MAILS))]
    (folder / "t.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return csv.CsvConnector().open(str(folder / "t.csv"))


def as_ragged_csv(folder: Path) -> Source:
    lines = ["id,mail,note", *(f"{number},{mail},x" for number, mail in enumerate(MAILS)), "401", "402,a@b.org,y,more@x.org"]
    (folder / "ragged.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return csv.CsvConnector().open(str(folder / "ragged.csv"))


def as_sqlite(folder: Path) -> Source:
    with closing(sqlite3.connect(folder / "t.sqlite")) as made, made:
        made.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, mail TEXT, note, odd)")
        rows = [(number, mail, f"to {mail}", number if number % 3 else mail) for number, mail in enumerate(MAILS)]
        made.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
    return sql.SqlConnector().open(str(folder / "t.sqlite"))


def as_arrow(_folder: Path) -> Source:
    return FrameSource(TABLE)


def as_pandas(_folder: Path) -> Source:
    frame = TABLE.to_pandas().set_index("mail")
    frame["odd"] = [number if number % 2 else "a@b.org" for number in range(400)]
    frame.columns = ["id", "note", "nested", "json", "empty", "id"]
    return FrameSource(frame)


FORMS = [as_arrow, as_pandas, as_parquet, as_csv, as_ragged_csv, as_sqlite]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every column is a strip of its own, also of small files."""
    monkeypatch.setattr(csv, "LARGE", 1)
    monkeypatch.setattr(strips, "_BYTES", 1)
    monkeypatch.setattr(csv.CsvSource, "readings", 99)
    monkeypatch.setattr(sql.SqlSource, "readings", 99)
    monkeypatch.setattr(sql_plan, "_LARGE", 1)


def made(source: Source, unit: Unit) -> list[strips.Strip]:
    return strips.strips(source, unit, lambda _: True)


def units(source: Source) -> list[Unit]:
    return [unit for unit in source.units() if isinstance(unit, Unit)]


def whole(source: Source, settings: Settings) -> Evidence:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strips, "_BYTES", 1 << 40)
        patch.setattr(csv.CsvSource, "readings", 1)
        patch.setattr(sql.SqlSource, "readings", 1)
        assert len(made(source, units(source)[0])) == 1
        return gather([source], settings, Light())


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("settings", [TWO, TWO.model_copy(update={"sample": 40})], ids=["every row", "sample"])
def test_a_unit_in_strips_has_the_evidence_of_the_whole(
    form: Callable[[Path], Source], settings: Settings, tmp_path: Path
) -> None:
    source = form(tmp_path)
    (unit,) = units(source)
    assert len(made(source, unit)) > 2
    assert gather([source], settings, Light()) == whole(source, settings)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("form", FORMS)
def test_workers_share_the_strips_of_one_file(form: Callable[[Path], Source], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(pool, "_POOL_BYTES", 0)
    source = form(tmp_path)
    assert gather([source], Settings(ner=False, workers=2), Light()) == whole(source, ONE)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("form", [as_csv, as_ragged_csv, as_sqlite])
@pytest.mark.parametrize("waiting", [1, 500, 4_000])
def test_a_process_alone_reads_a_file_once_and_finds_what_two_find(
    form: Callable[[Path], Source], waiting: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "_WAITING", waiting)
    monkeypatch.setattr(reading, "BLOCK", 1 << 10)
    monkeypatch.setattr(sql_arrow, "BATCH_ROWS", 20)
    source = form(tmp_path)
    (unit,) = units(source)
    assert len(made(source, unit)) > 2
    (once,) = strips.strips(source, unit, lambda _: True, alone=True)
    assert set(once.most or ()) == {name for name, _ in unit.widths}
    assert gather([source], ONE, Light()) == gather([source], TWO, Light())


def test_a_process_alone_reads_a_very_wide_file_in_parts() -> None:
    unit = Unit("t.csv", "t", size=1 << 30, widths=tuple((f"c{number}", 8.0) for number in range(2_000)))
    assert len(strips.strips(csv.CsvSource("t.csv"), unit, lambda _: True, alone=True)) > 2


@pytest.mark.usefixtures("narrow")
def test_columns_that_are_not_wanted_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = as_parquet(tmp_path)
    asked: list[Any] = []
    reading = parquet.batches
    monkeypatch.setattr(parquet, "batches", lambda *of: asked.append(of[3]) or reading(*of))
    evidence = gather([source], ONE.model_copy(update={"column": ("mail", "note")}), Light())
    assert {column.column for column in evidence.columns} == {"mail", "note"}
    assert {name for names in asked for name in names} == {"mail", "note"}
    assert [facts.rows for facts in evidence.tables.values()] == [400]


@pytest.mark.usefixtures("narrow")
def test_a_column_that_is_damaged_takes_no_other_with_it(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(TABLE.select(["id", "mail", "note"]), path, compression="none", use_dictionary=False)
    chunk = pq.read_metadata(path).row_group(0).column(1)
    data = bytearray(path.read_bytes())
    data[chunk.data_page_offset : chunk.data_page_offset + 40] = b"\xff" * 40
    path.write_bytes(data)
    evidence = gather([parquet.ParquetConnector().open(str(path))], ONE, Light())
    assert {(skipped.what, skipped.column) for skipped in evidence.skipped} == {("rows", "mail")}
    seen = {column.column: found.cells for column, found in evidence.columns.items()}
    assert seen == {"id": 400, "note": 400}
    assert [facts.rows for facts in evidence.tables.values()] == [400]


@pytest.mark.usefixtures("narrow")
def test_what_every_strip_says_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = as_parquet(tmp_path)
    monkeypatch.setattr(parquet, "changed", lambda *_: True)
    evidence = gather([source], ONE, Light())
    assert [(skipped.why, skipped.column) for skipped in evidence.skipped] == [
        ("was changed while it was read (scan it again)", "")
    ]


class Deadly(parquet.ParquetSource):
    """Kills the process that reads its column of notes."""

    def read(self, unit: Unit) -> Iterator[Any]:
        import os

        if self.columns and "note" in self.columns:
            os._exit(9)
        return super().read(unit)


@pytest.mark.usefixtures("narrow")
def test_a_strip_whose_process_dies_is_told_by_its_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_POOL_BYTES", 0)
    pq.write_table(TABLE.select(["id", "mail", "note"]), tmp_path / "t.parquet")
    evidence = gather([Deadly(str(tmp_path / "t.parquet"))], Settings(ner=False, workers=2), Light())
    (lost,) = evidence.skipped
    assert (lost.what, lost.column) == ("unit", "note")
    assert "process that read it died" in lost.why
    assert {column.column for column in evidence.columns} == {"id", "mail"}


@pytest.mark.usefixtures("narrow")
def test_columns_whose_names_do_not_tell_them_apart_are_read_together(tmp_path: Path) -> None:
    twice = pa.table([TABLE["mail"], TABLE["note"]], ["a", "a"])
    dotted = pa.table([TABLE["mail"], TABLE["note"]], ["a.b", "a"])
    for number, table in enumerate((twice, dotted)):
        path = tmp_path / f"{number}.parquet"
        pq.write_table(table, path)
        source = parquet.ParquetConnector().open(str(path))
        assert len(made(source, units(source)[0])) == 1
        assert len(gather([source], ONE, Light()).columns) == 2


def test_wide_tables_are_read_in_strips_however_short_they_are() -> None:
    source = parquet.ParquetSource("t.parquet")
    unit = Unit("t.parquet", "t", rows=10, widths=tuple((f"c{number}", 8.0) for number in range(1_000)))
    found = made(source, unit)
    assert [name for strip in found for name in strip.columns] == [name for name, _ in unit.widths]
    assert max(len(strip.columns) for strip in found) <= 48
    assert sum(strip.part for strip in found) == pytest.approx(1.0)
    assert strips.told(found[0].columns) == "c0, c1, c2 and 45 more"


def test_rows_and_bytes_of_strips_count_in_part() -> None:
    meter, unit = Meter(2), Unit("s", "t", rows=100, size=1_000)
    batch = pa.record_batch({"a": ["x"] * 100})
    for place, part in enumerate((0.25, 0.75)):
        list(meter.through(iter([batch]), unit, place, part))
    assert (meter.rows, meter.size) == (100, 1_000)


# Nothing of a cell comes through


CANARIES = sorted({*MAILS, "a@b.org", "more@x.org"})


def tells(text: str) -> list[str]:
    """The values that stand in a text; a mask of one would be none."""
    return [value for value in CANARIES if value in text or value.partition("@")[0] + "@" in text]


@pytest.fixture
def shown(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[str]]:
    """All that a run printed, logged and wrote; temporary files lie among it."""
    caplog.set_level(logging.DEBUG)
    (tmp_path / "told").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "told"))

    def told() -> list[str]:
        streams = capfd.readouterr()
        files = [path.read_bytes().decode("utf-8", "replace") for path in (tmp_path / "told").rglob("*") if path.is_file()]
        return [streams.out + streams.err, caplog.text, *files]

    return told


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("form", [as_parquet, as_csv, as_ragged_csv, as_sqlite])
def test_no_report_on_a_source_in_strips_tells_a_cell(
    form: Callable[[Path], Source],
    workers: int,
    tmp_path: Path,
    shown: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pii_scan.cli import run

    used: list[int] = []
    cut = tasks.strips

    def counted(*of: Any, **how: Any) -> list[strips.Strip]:
        found = cut(*of, **how)
        used.append(len(found))
        return found

    monkeypatch.setattr(tasks, "strips", counted)
    monkeypatch.setattr(pool, "_POOL_BYTES", 0)
    source, to = form(tmp_path), tmp_path / "told"
    places = [f"--report={to / name}" for name in ("r.json", "r.html", "r.csv", "r.md", "r.txt")]
    assert run(["scan", source.address, "--no-ner", f"--workers={workers}", "--plan", str(to / "plan.toml"), *places]) == 0
    at_once = workers == 1 and hasattr(source, "readings")
    assert (max(used) == 1) if at_once else (max(used) > 2), "it was read in strips, or by one process at once"
    told = shown()
    assert len(told) >= 8
    assert sum(map(len, told)) > 2_000, "nothing was told, so nothing is proved"
    assert [value for text in told for value in tells(text)] == []


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_strip_that_fails_tells_no_cell(
    workers: int, tmp_path: Path, shown: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_POOL_BYTES", 0)
    pq.write_table(TABLE.select(["id", "mail", "note"]), tmp_path / "t.parquet")
    evidence = gather([Quoting(str(tmp_path / "t.parquet"))], Settings(ner=False, workers=workers), Light())
    assert {(one.column, one.why) for one in evidence.skipped} == {("mail", "reading stopped with ValueError")}
    assert {column.column for column in evidence.columns} == {"id", "note"}
    assert [value for text in (repr(evidence), *shown()) for value in tells(text)] == []


class Quoting(parquet.ParquetSource):
    """Fails on its column of mails, and quotes a cell."""

    def read(self, unit: Unit) -> Iterator[Any]:
        if self.columns and "mail" in self.columns:
            yield next(super().read(unit))
            raise ValueError(MAILS[0])
        yield from super().read(unit)


@pytest.mark.usefixtures("narrow", "nothing_remembered")
def test_no_cell_of_a_strip_outlives_its_batch(tmp_path: Path, whole_engine: Engine, known: Catalogue) -> None:
    from tests.test_detect import remembering

    detector = Detector(whole_engine, known, ONE.detection)
    source = as_parquet(tmp_path)
    (unit,) = units(source)
    parts = made(source, unit)
    assert len(parts) > 2
    for strip in parts:
        detector.examine(unit, strip.source.read(unit))
        assert remembering() == []


def test_a_file_that_is_read_whole_each_time_is_read_a_few_times_however_wide_it_is() -> None:
    unit = Unit("t.csv", "t", size=1 << 30, widths=tuple((f"c{number}", 8.0) for number in range(2_000)))
    found = made(csv.CsvSource("t.csv"), unit)
    assert [name for strip in found for name in strip.columns] == [name for name, _ in unit.widths]
    assert 2 <= len(found) <= 8


@pytest.mark.parametrize(("columns", "parts"), [(900, 1), (1_200, 25)])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_small_file_of_very_many_columns_is_examined_some_columns_at_a_time(
    columns: int, parts: int, mark: str, tmp_path: Path
) -> None:
    names = [f"c{number}" for number in range(columns)]
    rows = [[f"u{row}@example.org" if at == columns - 1 else str(row * at) for at in range(columns)] for row in range(12)]
    (tmp_path / "t.csv").write_text("\n".join(mark.join(row) for row in [names, *rows]) + "\n", "utf-8")
    source = csv.CsvConnector().open(str(tmp_path / "t.csv"))
    (unit,) = units(source)
    assert len(made(source, unit)) == parts
    evidence = gather([source], TWO, Light())
    assert [column.column for column in evidence.columns] == sorted(names)
    assert {facts.rows for facts in evidence.tables.values()} == {12}
    assert {seen.cells for seen in evidence.columns.values()} == {12}
    assert evidence.skipped == ()
