"""A page that holds one long cell is told from its begin, and such pages are read row by row, one process at a time."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pii_scan.connectors import parquet, parquet_pages, parquet_rows
from pii_scan.connectors.parquet import ParquetSource
from pii_scan.connectors.parquet_pages import huge

LONG = "a long cell " * 20_000
WRITTEN: Mapping[str, Mapping[str, object]] = {
    "as usual": {},
    "without a dictionary": {"use_dictionary": False},
    "pages of the second version": {"data_page_version": "2.0"},
    "not compressed": {"compression": "none"},
    "with bounds of the values": {"compression": "zstd", "write_page_index": True, "write_page_checksum": True},
}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are huge from 128 KiB on."""
    for room in (parquet_rows, parquet_pages):
        monkeypatch.setattr(room, "HUGE", 1 << 17)
    parquet._long_columns.cache_clear()


def written(path: Path, cells: list[str | None], **how: object) -> ParquetSource:
    """A file with a column of these texts between two others."""
    table = pa.table({"id": range(len(cells)), "note": cells, "other": [f"short {place}" for place in range(len(cells))]})
    pq.write_table(table, path, row_group_size=2_000, data_page_size=1 << 14, dictionary_pagesize_limit=1 << 14, **how)
    return ParquetSource(str(path))


def told(path: Path) -> list[list[str]]:
    """By row group, the columns that have a huge page."""
    found = pq.read_metadata(path)
    groups = [found.row_group(place) for place in range(found.num_row_groups)]
    return [
        [group.column(at).path_in_schema for at in range(group.num_columns) if huge(str(path), group.column(at))]
        for group in groups
    ]


@pytest.mark.parametrize("how", WRITTEN.values(), ids=WRITTEN.keys())
def test_the_row_group_and_column_of_a_long_cell_are_told_and_no_others(how: Mapping[str, object], tmp_path: Path) -> None:
    cells: list[str | None] = [f"a note about {place} " * 5 if place % 9 else None for place in range(6_000)]
    written(tmp_path / "plain.parquet", cells, **how)
    assert told(tmp_path / "plain.parquet") == [[], [], []]  # more than 128 KiB in each, in small pages
    cells[3_210] = LONG
    written(tmp_path / "long.parquet", cells, **how)
    assert told(tmp_path / "long.parquet") == [[], ["note"], []]


def test_pages_that_cannot_be_told_are_taken_for_huge(tmp_path: Path) -> None:
    written(tmp_path / "t.parquet", [f"a note about {place} " * 5 for place in range(2_000)], use_dictionary=False)
    chunk = pq.read_metadata(tmp_path / "t.parquet").row_group(0).column(1)
    data = bytearray((tmp_path / "t.parquet").read_bytes())
    data[chunk.data_page_offset : chunk.data_page_offset + 3] = b"\xff\xff\xff"
    (tmp_path / "t.parquet").write_bytes(data)
    assert huge(str(tmp_path / "t.parquet"), chunk)


def test_rows_beside_a_long_cell_come_one_by_one_and_all_of_them(tmp_path: Path) -> None:
    cells: list[str | None] = [f"note {place}" for place in range(4_000)]
    cells[2_500] = LONG
    source = written(tmp_path / "t.parquet", cells)
    (unit,) = source.units()
    batches = [one for one in source.only(["note"]).read(unit) if isinstance(one, pa.RecordBatch)]
    assert [cell for batch in batches for cell in batch.column("note").to_pylist()] == cells
    assert [batch.num_rows for batch in batches] == [2_000, *([1] * 2_000)]
    (other,) = {batch.num_rows for batch in source.only(["other"]).read(unit) if isinstance(batch, pa.RecordBatch)}
    assert other == 2_000


def test_a_source_is_heavy_where_a_column_that_is_read_has_a_long_cell_in_the_unit(tmp_path: Path) -> None:
    source = written(tmp_path / "t.parquet", [LONG, *("a note" for _ in range(100))])
    (unit,) = source.units()
    assert source.heavy(unit)
    assert source.only(["note"]).heavy(unit)
    assert not source.only(["id", "other"]).heavy(unit)
    plain = written(tmp_path / "plain.parquet", ["a note" for _ in range(100)])
    assert not plain.heavy(next(iter(plain.units())))
    (tmp_path / "t.parquet").unlink()
    parquet._long_columns.cache_clear()
    assert not source.heavy(unit)  # who reads it will say so
