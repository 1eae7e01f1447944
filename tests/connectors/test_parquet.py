"""Claims about Parquet files."""

from __future__ import annotations

import datetime as dt
import decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pii_scan.connectors import parquet_rows, row_groups
from pii_scan.connectors.parquet import ParquetConnector, ParquetSource, opened
from pii_scan.contracts import Edit
from pii_scan.errors import RedactionError
from pii_scan.model import Skipped, Unit

DAY = dt.date(2020, 2, 3)
NOON = dt.datetime(2020, 2, 3, 12, tzinfo=dt.UTC)
COLUMNS = {
    "text": pa.array(["a", None, "c"]),
    "large": pa.array(["a", None, "c"], pa.large_string()),
    "view": pa.array(["a", None, "c"], pa.string_view()),
    "bytes": pa.array([b"a", None, b"\xff"]),
    "fixed": pa.array([b"ab", None, b"cd"], pa.binary(2)),
    "whole": pa.array([1, None, 3]),
    "tiny": pa.array([1, None, 3], pa.uint8()),
    "real": pa.array([1.5, None, float("nan")]),
    "half": pa.array([np.float16(1.5), None, np.float16(2.5)], pa.float16()),
    "flag": pa.array([True, None, False]),
    "money": pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("2.50")]),
    "day": pa.array([DAY, None, DAY]),
    "noon": pa.array([NOON, None, NOON], pa.timestamp("us", "UTC")),
    "clock": pa.array([NOON.time(), None, NOON.time()]),
    "span": pa.array([dt.timedelta(1), None, dt.timedelta(2)]),
    "nothing": pa.array([None, None, None], pa.null()),
    "word": pa.array(["a", None, "a"]).dictionary_encode(),
    "list": pa.array([["a"], None, []]),
    "struct": pa.array([{"city": "a", "zip": 1}, None, {"city": None, "zip": 2}]),
    "map": pa.array([[("k", "v")], None, []], pa.map_(pa.string(), pa.string())),
    "deep": pa.array([[{"to": ["a"]}], None, [{"to": []}]]),
}


def same(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


def replaced(name: str, array: pa.Array) -> object:
    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        return batch.set_column(batch.schema.names.index(name), name, array)

    return edit


def stored(folder: Path, table: pa.Table, **options: object) -> ParquetSource:
    pq.write_table(table, folder / "t.parquet", **options)
    source = ParquetConnector().open(str(folder / "t.parquet"))
    assert isinstance(source, ParquetSource)
    return source


def batches(source: ParquetSource) -> list[pa.RecordBatch]:
    return [
        item
        for unit in source.units()
        if isinstance(unit, Unit)
        for item in source.read(unit)
        if isinstance(item, pa.RecordBatch)
    ]


def copy(source: ParquetSource, folder: Path, edit: object = same) -> pq.ParquetFile:
    (made,) = source.copy(str(folder / "out"), edit)  # type: ignore[arg-type]
    assert isinstance(made, Path)
    return pq.ParquetFile(made)


@pytest.mark.parametrize("name", COLUMNS)
def test_every_type_comes_through_and_into_the_copy(tmp_path: Path, name: str) -> None:
    table = pa.table({name: COLUMNS[name]})
    source = stored(tmp_path, table)
    (batch,) = batches(source)
    kept = pq.read_table(tmp_path / "t.parquet")
    assert str(batch.column(0).to_pylist()) == str(kept.column(0).to_pylist()) == str(table.column(0).to_pylist())
    made = copy(source, tmp_path).read()
    assert made.schema.types == kept.schema.types
    assert str(made.to_pylist()) == str(table.to_pylist())


@pytest.mark.parametrize("name", COLUMNS)
def test_any_type_can_be_replaced_by_text(tmp_path: Path, name: str) -> None:
    table = pa.table({"id": [1, 2, 3], name: COLUMNS[name]})
    made = copy(stored(tmp_path, table), tmp_path, replaced(name, pa.array(["x", None, "y"]))).read()
    assert made.column("id").to_pylist() == [1, 2, 3]
    assert made.column(name).to_pylist() == ["x", None, "y"]


@pytest.mark.parametrize("name", COLUMNS)
def test_any_type_can_be_emptied_and_keeps_its_type(tmp_path: Path, name: str) -> None:
    kind = pq.read_schema(_written(tmp_path / "t.parquet", pa.table({name: COLUMNS[name]}))).field(0).type
    source = ParquetSource(str(tmp_path / "t.parquet"))
    made = copy(source, tmp_path, replaced(name, pa.array([None] * 3, kind))).read()
    assert made.column(0).null_count == 3
    assert made.schema.field(0).type == kind


def _written(path: Path, table: pa.Table) -> Path:
    pq.write_table(table, path)
    return path


def numbers(source: ParquetSource, unit: Unit) -> list[int]:
    batches = [batch for batch in source.read(unit) if isinstance(batch, pa.RecordBatch)]
    return [number for batch in batches for number in batch.column(0).to_pylist()]


def test_units_have_like_many_rows_and_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_groups, "_UNIT_ROWS", 10)
    source = stored(tmp_path, pa.table({"a": list(range(35))}), row_group_size=10)
    units = [unit for unit in source.units() if isinstance(unit, Unit)]
    assert [(unit.key, unit.rows) for unit in units] == [
        ("rows 1 to 7", 7),
        ("rows 8 to 17", 10),
        ("rows 18 to 25", 8),
        ("rows 26 to 35", 10),
    ]
    assert all(unit.size for unit in units)
    assert len({unit.fingerprint for unit in units}) == 4
    assert units == list(source.units())
    assert [numbers(source, unit) for unit in units] == [
        list(range(7)),
        list(range(7, 17)),
        list(range(17, 25)),
        list(range(25, 35)),
    ]


def test_a_changed_file_has_other_fingerprints(tmp_path: Path) -> None:
    before = {unit.fingerprint for unit in stored(tmp_path, pa.table({"a": [1, 2]})).units() if isinstance(unit, Unit)}
    after = {unit.fingerprint for unit in stored(tmp_path, pa.table({"a": [1, 2, 3]})).units() if isinstance(unit, Unit)}
    assert not before & after


def test_a_file_without_row_groups_still_tells_its_columns(tmp_path: Path) -> None:
    schema = pa.schema([("a", pa.string()), ("w", pa.dictionary(pa.int32(), pa.string())), ("s", pa.struct([("b", pa.int8())]))])
    pq.ParquetWriter(tmp_path / "t.parquet", schema).close()
    source = ParquetSource(str(tmp_path / "t.parquet"))
    (unit,) = source.units()
    assert isinstance(unit, Unit)
    (batch,) = source.read(unit)
    assert isinstance(batch, pa.RecordBatch)
    assert (batch.num_rows, batch.schema.names) == (0, ["a", "w", "s"])
    assert copy(source, tmp_path).metadata.num_rows == 0


def test_columns_of_one_name_are_told_apart_and_keep_it_in_the_copy(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array(["x"])], names=["a", "a"])
    source = stored(tmp_path, table)
    (batch,) = batches(source)
    assert batch.schema.names == ["a", "a_2"]
    assert copy(source, tmp_path).schema_arrow.names == ["a", "a"]


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
def test_a_copy_keeps_row_groups_and_compression(tmp_path: Path, codec: str) -> None:
    table = pa.table({"a": [f"text {number}" for number in range(25)]})
    source = stored(tmp_path, table, row_group_size=10, compression=codec)
    before, after = pq.ParquetFile(source.address).metadata, copy(source, tmp_path).metadata
    groups = range(before.num_row_groups)
    assert [after.row_group(at).num_rows for at in groups] == [before.row_group(at).num_rows for at in groups] == [10, 10, 5]
    assert after.row_group(0).column(0).compression == before.row_group(0).column(0).compression


def test_a_copy_has_no_metadata_of_its_source_but_field_numbers(tmp_path: Path) -> None:
    field = pa.field("a", pa.string(), metadata={"PARQUET:field_id": "7", "comment": "of Ada"})
    table = pa.table({"a": ["x"]}, schema=pa.schema([field], metadata={"pandas": "of Ada", "owner": "Ada"}))
    made = copy(stored(tmp_path, table), tmp_path)
    assert made.schema_arrow.metadata is None
    assert made.schema_arrow.field(0).metadata == {b"PARQUET:field_id": b"7"}
    assert b"Ada" not in (tmp_path / "out" / "t.parquet").read_bytes()


@pytest.mark.parametrize("dictionary", [True, False])
def test_no_byte_of_an_edited_column_is_left(tmp_path: Path, dictionary: bool) -> None:
    secret = pa.array([f"secret-{number}" for number in range(1_000)])
    table = pa.table({"a": secret.dictionary_encode() if dictionary else secret, "b": list(range(1_000))})

    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        old = batch.column(0)
        if dictionary:  # the indices are gone, the words are still there
            new: pa.Array = pa.DictionaryArray.from_arrays(pa.array([None] * len(old), pa.int32()), old.dictionary)
        else:
            new = pa.compute.if_else(pa.array([False] * len(old)), old, pa.scalar(None, pa.string()))
        return batch.set_column(0, "a", new)

    source = stored(tmp_path, table, compression="none")
    made = copy(source, tmp_path, edit)
    assert made.read().column("a").null_count == 1_000
    assert made.metadata.row_group(0).column(0).statistics.has_min_max is False
    assert b"secret-" not in (tmp_path / "out" / "t.parquet").read_bytes()
    assert b"secret-" in Path(source.address).read_bytes()


def test_a_column_that_turns_to_text_late_is_text_from_the_start(tmp_path: Path) -> None:
    source = stored(tmp_path, pa.table({"a": list(range(30))}), row_group_size=10)
    seen: list[int] = []

    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        seen.append(1)
        if batch.column(0)[0].as_py() < 20:
            return batch
        return batch.set_column(0, "a", pa.array(["x"] * batch.num_rows))

    made = copy(source, tmp_path, edit).read().column("a")
    assert made.to_pylist() == [str(number) for number in range(20)] + ["x"] * 10
    assert len(seen) == 6


def test_a_wide_table_comes_in_small_batches(tmp_path: Path) -> None:
    table = pa.table({f"c{place}": pa.nulls(2_000, pa.int64()) for place in range(4_000)})
    read = batches(stored(tmp_path, table))
    assert sum(batch.num_rows for batch in read) == 2_000
    assert max(batch.num_rows * batch.num_columns for batch in read) <= 4 << 20


def test_large_cells_come_in_small_batches_even_when_they_hide_in_a_dictionary(tmp_path: Path) -> None:
    cell = "x" * 100_000
    source = stored(tmp_path, pa.table({"a": [cell] * 5_000}))
    assert Path(source.address).stat().st_size < 1_000_000
    sizes = [batch.nbytes for batch in batches(source)]
    assert sum(sizes) >= 500_000_000
    assert max(sizes) <= 32 << 20


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda _: b"", "is empty"),
        (lambda data: data[: len(data) // 2], "is no Parquet file, or is cut off"),
        (lambda _: b"PAR1 junk PAR1", "is no Parquet file, or is cut off"),
        (lambda _: b"name,zip\nAda,1\n", "is no Parquet file, or is cut off"),
        (lambda data: data[:-200] + b"\xff" * 192 + data[-8:], "damaged"),
    ],
)
def test_what_is_no_parquet_is_skipped_without_a_word_of_it(tmp_path: Path, damage: object, why: str) -> None:
    source = stored(tmp_path, pa.table({"secret-name": ["secret-cell"] * 100}))
    path = Path(source.address)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    for skipped in (*source.units(), *source.read(Unit(source.address, "t")), *source.copy(str(tmp_path / "out"), same)):
        assert isinstance(skipped, Skipped)
        assert why in skipped.why
        assert "secret" not in repr(skipped)


def test_small_row_groups_are_one_unit_up_to_many_rows_or_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = stored(tmp_path, pa.table({"a": list(range(55))}), row_group_size=10)
    (whole,) = source.units()
    assert isinstance(whole, Unit)
    assert (whole.key, whole.rows) == ("row groups 1 to 6", 55)
    monkeypatch.setattr(row_groups, "_UNIT_ROWS", 20)
    units = [unit for unit in source.units() if isinstance(unit, Unit)]
    assert [(unit.key, unit.rows) for unit in units] == [
        ("rows 1 to 12", 12),
        ("rows 13 to 27", 15),
        ("rows 28 to 40", 13),
        ("row groups 5 to 6", 15),
    ]
    assert sum(unit.size or 0 for unit in units) == whole.size
    assert numbers(source, units[1]) == list(range(12, 27))
    monkeypatch.setattr(row_groups, "_UNIT_BYTES", 1)
    units = [unit for unit in source.units() if isinstance(unit, Unit)]
    assert len(units) > 6
    assert [number for unit in units for number in numbers(source, unit)] == list(range(55))


def test_one_large_row_group_is_several_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_groups, "_UNIT_ROWS", 50_000)
    source = stored(tmp_path, pa.table({"a": list(range(100_000))}), row_group_size=100_000)
    units = [unit for unit in source.units() if isinstance(unit, Unit)]
    assert [unit.rows for unit in units] == [50_000, 50_000]
    assert [number for unit in units for number in numbers(source, unit)] == list(range(100_000))


def test_damage_inside_a_row_group_leaves_the_others_readable(tmp_path: Path) -> None:
    source = stored(
        tmp_path, pa.table({"a": [f"secret-{number}" for number in range(3_000)]}), row_group_size=1_000, compression="zstd"
    )
    path = Path(source.address)
    data = bytearray(path.read_bytes())
    at = pq.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    data[at : at + 400] = bytes(400)
    path.write_bytes(data)
    (unit,) = source.units()
    assert isinstance(unit, Unit)
    found = list(source.read(unit))
    assert sum(item.num_rows for item in found if isinstance(item, pa.RecordBatch)) == 2_000
    (skipped,) = [item for item in found if isinstance(item, Skipped)]
    assert (skipped.what, skipped.unit) == ("rows", "row group 2")
    assert "secret" not in repr(skipped)
    (left_out,) = source.copy(str(tmp_path / "out"), same)
    assert isinstance(left_out, Skipped)
    assert not list((tmp_path / "out").iterdir())


def test_a_missing_file_is_skipped_with_the_systems_reason(tmp_path: Path) -> None:
    (skipped,) = ParquetSource(str(tmp_path / "gone.parquet")).units()
    assert isinstance(skipped, Skipped)
    assert "No such file or directory" in skipped.why


def test_an_output_that_exists_is_left_alone(tmp_path: Path) -> None:
    source = stored(tmp_path, pa.table({"a": [1]}))
    before = Path(source.address).read_bytes()
    with pytest.raises(RedactionError, match="exists already"):
        list(source.copy(str(tmp_path), same))
    assert Path(source.address).read_bytes() == before


def sorted_file(folder: Path) -> Path:
    table = pa.table({"year": [1, 1, 2, 2], "name": ["a", "b", "a", "b"], "n": [4, 3, 2, 1]})
    order = [pq.SortingColumn(0), pq.SortingColumn(1, descending=False)]
    pq.write_table(
        table,
        folder / "t.parquet",
        sorting_columns=order,
        row_group_size=2,
        compression={"year": "zstd", "name": "none", "n": "gzip"},
    )
    return folder / "t.parquet"


def column_set(place: int, cells: pa.Array) -> Edit:
    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = [*batch.columns]
        columns[place] = pa.concat_arrays([cells] * batch.num_rows).cast(cells.type)
        return pa.RecordBatch.from_arrays(columns, batch.schema.names)

    return edit


@pytest.mark.parametrize(("edited", "left"), [(2, [0, 1]), (1, [0]), (0, [])])
def test_the_sort_order_is_kept_as_far_as_it_is_true(tmp_path: Path, edited: int, left: list[int]) -> None:
    source = ParquetSource(str(sorted_file(tmp_path)))
    (copy,) = source.copy(str(tmp_path / "out"), column_set(edited, pa.array(["x"] if edited == 1 else [7], None)))
    found = pq.read_metadata(str(copy))
    for group in range(2):
        assert [one.column_index for one in found.row_group(group).sorting_columns] == left


def test_every_column_keeps_its_compression_and_row_groups_theirs(tmp_path: Path) -> None:
    source = ParquetSource(str(sorted_file(tmp_path)))
    (copy,) = source.copy(str(tmp_path / "out"), column_set(1, pa.array(["x"])))
    found = pq.read_metadata(str(copy))
    assert [found.row_group(0).column(place).compression for place in range(3)] == ["ZSTD", "UNCOMPRESSED", "GZIP"]
    assert [found.row_group(place).num_rows for place in range(2)] == [2, 2]


def test_statistics_are_those_of_the_copy(tmp_path: Path) -> None:
    source = ParquetSource(str(sorted_file(tmp_path)))
    (copy,) = source.copy(str(tmp_path / "out"), column_set(1, pa.array(["x"])))
    seen = pq.read_metadata(str(copy)).row_group(0).column(1).statistics
    assert (seen.min, seen.max) == ("x", "x")


def test_a_column_that_cannot_be_null_may_become_so(tmp_path: Path) -> None:
    schema = pa.schema([pa.field("id", pa.int64(), nullable=False), pa.field("born", pa.int32(), nullable=False)])
    pq.write_table(pa.table({"id": [1, 2], "born": pa.array([1, 2], pa.int32())}, schema=schema), tmp_path / "t.parquet")
    source = ParquetSource(str(tmp_path / "t.parquet"))
    (copy,) = source.copy(str(tmp_path / "out"), column_set(1, pa.nulls(1, pa.int32())))
    found = pq.read_table(str(copy))
    assert found["born"].null_count == 2
    assert [field.nullable for field in found.schema] == [False, True]


def test_a_look_at_a_row_group_serves_those_that_are_like_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.parquet"
    alike = [f"a note of some length {number:05d}" for number in range(500)]
    wide = [f"{number}{'x' * 5_000}" for number in range(500)]
    pq.write_table(pa.table({"note": [*alike, *alike, *wide, *alike, *wide]}), path, row_group_size=500)
    looked: list[int] = []
    looking = parquet_rows._looked_at
    monkeypatch.setattr(parquet_rows, "_looked_at", lambda *of: looked.append(of[1]) or looking(*of))
    with opened(str(path)) as file:
        known = parquet_rows.Widths()
        rows = [parquet_rows.rows_at_once(file, place, str(path), ["note"], known) for place in range(5)]
    assert looked == [0, 2]
    assert rows[0] == rows[1] == rows[3] > 10 * rows[2]
    assert rows[2] == rows[4]


def test_columns_of_few_texts_come_as_dictionaries_where_asked(tmp_path: Path) -> None:
    rows = 4_000
    table = pa.table(
        {
            "city": [f"a city of some length {number % 7}" for number in range(rows)],
            "mail": [f"u{number}@example.org" for number in range(rows)],
            "some": [None if number % 3 else "a text that comes again" for number in range(rows)],
            "number": [number % 3 for number in range(rows)],
        }
    )
    path = tmp_path / "few.parquet"
    pq.write_table(table, path, row_group_size=1_500)
    plain = ParquetConnector().open(str(path))
    coded = plain.with_dictionaries()
    (unit,) = (unit for unit in plain.units() if isinstance(unit, Unit))
    found = [batch for batch in coded.read(unit) if isinstance(batch, pa.RecordBatch)]
    kinds = {name for name in table.column_names if pa.types.is_dictionary(found[0].schema.field(name).type)}
    assert kinds == {"city", "some"}
    assert [row for batch in found for row in batch.to_pylist()] == table.to_pylist()
    assert not any(
        pa.types.is_dictionary(field.type)
        for batch in plain.read(unit)
        if isinstance(batch, pa.RecordBatch)
        for field in batch.schema
    )
    only = coded.only(["city"]).read(unit)
    assert [batch.schema.names for batch in only if isinstance(batch, pa.RecordBatch)] == [["city"]] * 3


def test_a_column_that_has_no_dictionary_in_some_row_group_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "some.parquet"
    few, many = (pa.table({"a": [f"a text of some length {number % most}" for number in range(2_000)]}) for most in (5, 2_000))
    with pq.ParquetWriter(path, few.schema) as writer:
        writer.write_table(few)
        writer.write_table(many)
    source = ParquetConnector().open(str(path)).with_dictionaries()
    (unit,) = (unit for unit in source.units() if isinstance(unit, Unit))
    found = [batch for batch in source.read(unit) if isinstance(batch, pa.RecordBatch)]
    assert {str(batch.schema.field("a").type) for batch in found} == {"string"}
    assert sum(batch.num_rows for batch in found) == 4_000
