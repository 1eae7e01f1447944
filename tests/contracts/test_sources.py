"""What every source keeps, whatever kind of place it reads."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pytest

from pii_scan.connectors.frames import FrameSource
from pii_scan.connectors.jsonlines import JsonLinesSource
from pii_scan.contracts import Source
from pii_scan.errors import PiiScanError, RedactionError
from pii_scan.model import Remark, Skipped, Unit
from pii_scan.registry import sources

Store = Callable[[pa.Table], Source]
CANARY = "canary-7f3a"
COUNT = 1_000


def people(count: int = COUNT) -> pa.Table:
    """A table of texts with everything that gets lost on the way: leading zeros, quotes, line breaks, letters, blanks."""
    return pa.table(
        {
            "id": [f"{number:06}" for number in range(count)],
            "name": [f"Zoë “{number}” 王, O'Neil" for number in range(count)],
            "note": [('say "hi"', "two\nlines", "a;b\tc|d", "", " padded ")[number % 5] for number in range(count)],
        },
        schema=pa.schema([(name, pa.string()) for name in ("id", "name", "note")]),
    )


def canaries(count: int = 50) -> pa.Table:
    """A table with the canary in every cell."""
    return pa.table({name: [f"{CANARY}-{name}-{number}" for number in range(count)] for name in ("id", "name", "note")})


def read(source: Source) -> tuple[list[list[pa.RecordBatch]], list[Skipped | Remark]]:
    """The batches of each unit, and everything else that was handed out."""
    batches: list[list[pa.RecordBatch]] = []
    others: list[Skipped | Remark] = []
    for unit in source.units():
        if isinstance(unit, Skipped):
            others.append(unit)
            continue
        items = list(source.read(unit))
        batches.append([item for item in items if isinstance(item, pa.RecordBatch)])
        others += [item for item in items if not isinstance(item, pa.RecordBatch)]
    return batches, others


def rows(source: Source) -> list[tuple[object, ...]]:
    """All rows, in order."""
    batches, others = read(source)
    assert not [item for item in others if isinstance(item, Skipped)]
    return [tuple(row.values()) for unit in batches for batch in unit for row in batch.to_pylist()]


def listed(table: pa.Table) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in table.to_pylist()]


def same(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


def reopened(made: Iterable[Path | Skipped]) -> Source:
    """The one copy that was made, as a source."""
    (path,) = made
    assert isinstance(path, Path)
    (source,) = sources(str(path))
    assert isinstance(source, Source)
    return source


def test_it_is_a_source(store: Store) -> None:
    assert isinstance(store(people(3)), Source)


def test_every_row_comes_once_and_in_order(store: Store) -> None:
    assert rows(store(people())) == listed(people())


def test_every_batch_has_the_column_names(store: Store) -> None:
    batches, _ = read(store(people()))
    assert {tuple(batch.schema.names) for unit in batches for batch in unit} == {("id", "name", "note")}


def test_some_columns_are_what_they_are_among_the_others(store: Store) -> None:
    source = store(people())
    if not hasattr(source, "only"):
        pytest.skip("it cannot leave columns out")
    for names in (["name"], ["note", "id"], ["id", "name", "note"]):
        wanted = [name for name in ("id", "name", "note") if name in names]
        assert rows(source.only(names)) == listed(people().select(wanted))


def test_an_empty_table_gives_one_batch_that_knows_its_columns(store: Store) -> None:
    source = store(people(0))
    if isinstance(source, JsonLinesSource):
        pytest.skip("where each row names its columns, none knows them without a row")
    batches, _ = read(source)
    ((batch,),) = batches
    assert (batch.num_rows, batch.schema.names) == (0, ["id", "name", "note"])


def test_the_units_come_in_the_same_order_each_time(store: Store) -> None:
    source = store(people())
    units = list(source.units())
    assert units == list(source.units())
    assert all(isinstance(unit, Unit) and unit.source == source.address and unit.table for unit in units)
    assert len({(unit.table, unit.key) for unit in units if isinstance(unit, Unit)}) == len(units)


def test_reading_twice_gives_equal_batches(store: Store) -> None:
    source = store(people())
    assert read(source) == read(source)


def test_a_unit_that_is_not_read_to_its_end_leaves_nothing_open(store: Store) -> None:
    source = store(people())
    for _ in range(20):
        for unit in source.units():
            assert isinstance(unit, Unit)
            items = source.read(unit)
            next(items)
            items.close()  # type: ignore[attr-defined]
    assert rows(source) == listed(people())


def test_it_travels_to_another_process(store: Store) -> None:
    source = pickle.loads(pickle.dumps(store(people())))
    units = [pickle.loads(pickle.dumps(unit)) for unit in source.units()]
    assert [
        tuple(row.values())
        for unit in units
        for item in source.read(unit)
        if isinstance(item, pa.RecordBatch)
        for row in item.to_pylist()
    ] == listed(people())


def test_a_copy_with_nothing_edited_equals_the_source(store: Store, tmp_path: Path) -> None:
    source = store(people())
    assert rows(reopened(source.copy(str(tmp_path / "out"), same))) == listed(people())


def test_a_copy_has_the_edited_cells_and_no_trace_of_the_old_ones(store: Store, tmp_path: Path) -> None:
    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        place = batch.schema.names.index("name")
        return batch.set_column(place, "name", pa.array(["<NAME>"] * batch.num_rows, pa.string()))

    source = store(canaries())
    copy = reopened(source.copy(str(tmp_path / "out"), edit))
    assert rows(copy) == [(old["id"], "<NAME>", old["note"]) for old in canaries().to_pylist()]
    for path in (tmp_path / "out").iterdir():
        assert f"{CANARY}-name".encode() not in unpacked(path)


def unpacked(path: Path) -> bytes:
    """The bytes of a copy as they are, or as they would be without compression."""
    import gzip

    import pyarrow.parquet as pq

    if path.suffix == ".parquet":
        sink = pa.BufferOutputStream()
        pq.write_table(pq.read_table(path), sink, compression="none", use_dictionary=False)
        return path.read_bytes() + bytes(sink.getvalue())
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data.replace(b"\0", b"")  # UTF-16


def test_a_copy_never_takes_the_place_of_a_file(store: Store, tmp_path: Path) -> None:
    source = store(people(3))
    (path,) = source.copy(str(tmp_path / "out"), same)
    assert isinstance(path, Path)
    before = path.read_bytes()
    with pytest.raises(RedactionError, match="exists already"):
        list(source.copy(str(tmp_path / "out"), same))
    assert path.read_bytes() == before


@pytest.mark.parametrize("failure", ["raises", "loses a row", "loses a column"])
def test_a_failed_copy_leaves_nothing_and_quotes_nothing(store: Store, tmp_path: Path, failure: str) -> None:
    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        if failure == "raises":
            raise ValueError(batch.column(0)[0].as_py())
        return batch.slice(1) if failure == "loses a row" else batch.remove_column(0) if batch.num_columns else batch

    source = store(canaries())
    with pytest.raises(PiiScanError) as caught:
        list(source.copy(str(tmp_path / "out"), edit))
    assert_silent(caught.value, caught.value.args, caught.value.__cause__)
    assert not any((tmp_path / "out").glob("*"))


def test_no_cell_shows_in_anything_that_is_printed(store: Store) -> None:
    source = store(canaries())
    _, others = read(source)
    assert_silent(source, *source.units(), *others)


def test_the_source_is_only_read(store: Store, tmp_path: Path) -> None:
    source = store(people())
    if isinstance(source, FrameSource):
        pytest.skip("a frame is not a file")
    folder = tmp_path / "stored"
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    read(source)
    list(source.copy(str(tmp_path / "out"), same))
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before


def assert_silent(*things: object) -> None:
    for thing in things:
        assert CANARY not in str(thing)
        assert CANARY not in repr(thing)
