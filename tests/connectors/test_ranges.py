"""Ranges of a large file: every row once and in order, whatever the cells hold, and the same findings as of the whole."""

import itertools
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from pii_scan.connectors import csv, ranges, reading
from pii_scan.connectors.csv import CsvConnector, CsvSource
from pii_scan.model import Remark, Skipped, Unit


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "RANGE", 4_096)
    monkeypatch.setattr(csv, "LARGE", 2_048)
    monkeypatch.setattr(ranges, "_WINDOW", 1_024)


def units(source: CsvSource) -> list[Unit]:
    return [unit for unit in source.units() if isinstance(unit, Unit)]


def rows(source: CsvSource, parts: list[Unit]) -> list[dict[str, str | None]]:
    batches = [batch for unit in parts for batch in source.read(unit) if isinstance(batch, pa.RecordBatch)]
    return [row for batch in batches for row in batch.to_pylist()]


def plain(dice: random.Random, number: int) -> str:
    return f"{number},{dice.random()},word{dice.randrange(99)}\n"


def quoted(dice: random.Random, number: int) -> str:
    return f'{number},"{dice.random()},\n ""said"", {number}","x{dice.randrange(99)}"\r\n'


def long_cells(dice: random.Random, number: int) -> str:
    lines = "\n".join("1,2,3" for _ in range(dice.randrange(30)))
    return f'{number},"{lines}",z\n'


@pytest.mark.parametrize("line", [plain, quoted, long_cells])
def test_every_row_stands_in_one_range_and_in_order(line: Callable[[random.Random, int], str], tmp_path: Path) -> None:
    dice = random.Random(7)
    path = tmp_path / "large.csv"
    path.write_text("id,text,more\n" + "".join(line(dice, number) for number in range(2_000)), "utf-8", newline="")
    source = CsvConnector().open(str(path))
    parts = units(source)
    assert len(parts) > 3 or line is long_cells
    assert [row["id"] for row in rows(source, parts)] == [str(number) for number in range(2_000)]
    assert rows(source, parts) == rows(CsvConnector().open(str(path)), [Unit(str(path), "large")])


def test_ranges_cover_the_file_and_depend_on_it_alone(tmp_path: Path) -> None:
    dice = random.Random(8)
    path = tmp_path / "large.csv"
    path.write_text("id,text,more\n" + "".join(plain(dice, number) for number in range(3_000)), "utf-8")
    parts = units(CsvConnector().open(str(path)))
    spans = [unit.span for unit in parts if unit.span]
    assert spans[0][0] == len("id,text,more\n")
    assert spans[-1][1] == path.stat().st_size
    assert all(one[1] == two[0] for one, two in itertools.pairwise(spans))
    assert parts == units(CsvConnector().open(str(path)))
    assert sum(unit.size or 0 for unit in parts) == spans[-1][1] - spans[0][0]


@pytest.mark.parametrize(
    "text",
    [
        "a\n" + "one column only\n" * 3_000,
        "a,b\n" + '1,"never closed\n' + "x,y\n" * 2 + "only one\n" * 4_000,
    ],
)
def test_a_file_that_cannot_be_cut_surely_is_read_as_a_whole(text: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(text, "utf-8")
    source = CsvConnector().open(str(path))
    (unit,) = units(source)
    assert unit.key == ""
    assert rows(source, [unit])


def test_a_compressed_file_is_read_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "packed.csv.gz"
    dice = random.Random(9)
    import gzip

    path.write_bytes(gzip.compress("".join(["a,b,c\n", *(plain(dice, number) for number in range(20_000))]).encode()))
    (unit,) = units(CsvConnector().open(str(path)))
    assert unit.span is None


def test_ragged_rows_are_kept_and_named_by_their_line_in_the_file(tmp_path: Path) -> None:
    dice = random.Random(10)
    lines = [plain(dice, number) for number in range(3_000)]
    lines[2_500] = "2500,too short\n"
    path = tmp_path / "ragged.csv"
    path.write_text("id,text,more\n" + "".join(lines), "utf-8")
    source = CsvConnector().open(str(path))
    parts = units(source)
    assert len(rows(source, parts)) == 3_000
    told = [found for unit in parts for found in source.read(unit) if isinstance(found, Remark) and found.what == "ragged rows"]
    assert len(told) == 1
    assert "line 2,502" in told[0].detail


def test_a_range_of_a_file_that_was_changed_meanwhile_is_said(tmp_path: Path) -> None:
    dice = random.Random(11)
    path = tmp_path / "large.csv"
    path.write_text("id,text,more\n" + "".join(plain(dice, number) for number in range(3_000)), "utf-8")
    source = CsvConnector().open(str(path))
    parts = units(source)
    with path.open("a") as file:
        file.write("3000,x,y\n")
    assert [found.why for found in source.read(parts[0]) if isinstance(found, Skipped)]


def test_how_wide_columns_are_is_told_alike_though_the_first_bytes_end_in_a_quoted_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading.Reading, "_patient", lambda *_: pytest.fail("a quote that is cut off is no damage"))
    line = '{},"a note, which is quoted",{}\n'
    lines = [line.format(number, "x" * (number % 50)) for number in range(50_000)]
    (tmp_path / "t.csv").write_text("id,note,other\n" + "".join(lines), "utf-8")
    source = CsvConnector().open(str(tmp_path / "t.csv"))
    list(source.units())
    assert source.layout is not None
    for cut in range(40):  # wherever in a row
        monkeypatch.setattr(reading, "_BEGIN", (1 << 20) + cut)
        found = dict(reading.cell_widths(str(tmp_path / "t.csv"), source.layout))
        assert list(found) == ["id", "note", "other"]
        assert found == {name: pytest.approx(width, rel=0.01) for name, width in found.items()}
        assert 24 <= found["note"] <= 34


def test_a_file_is_read_a_few_blocks_ahead_of_the_rows_that_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    plain = reading._Paired.read
    for name in ("BLOCK", "_BATCH"):
        monkeypatch.setattr(reading, name, 1 << 14)
    monkeypatch.setattr(reading._Paired, "read", lambda self, size=-1: given.append(size) or plain(self, size))
    (tmp_path / "t.csv").write_text("id,note\n" + "".join(f"{number},a note\n" for number in range(200_000)), "utf-8")
    used = found = 0
    for batch in CsvSource(str(tmp_path / "t.csv")).read(Unit("", "t")):
        if not isinstance(batch, pa.RecordBatch):
            continue  # what was found out of the file
        used, found = used + 1, found + batch.num_rows
        if used in {10, 100}:
            threading.Event().wait(0.2)  # as if it were examined
        assert len(given) <= used + reading._AHEAD + 1
    assert found == 200_000


def test_blocks_without_rows_do_not_keep_a_reader_waiting_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BLOCK", 1 << 10)
    (tmp_path / "t.csv").write_text("id,note\n1,a\n" + "\n" * 20_000 + "2,b\n", "utf-8")
    source = CsvSource(str(tmp_path / "t.csv"))
    assert [row["id"] for row in rows(source, units(source))] == ["1", "2"]
