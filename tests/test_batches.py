"""Columns are gathered from batches, each until it is worth a pass, and no cell is lost or waits for ever."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii_scan import batches
from pii_scan.batches import Gathering
from pii_scan.model import Remark, Skipped

Items = Sequence[pa.RecordBatch | Skipped | Remark]


def through(items: Items, most: Mapping[str, int] | None = None) -> tuple[int, list[pa.RecordBatch]]:
    """How many rows were counted, and what was handed on."""
    gathering = Gathering(most)
    found = [item for item in gathering.through(items) if isinstance(item, pa.RecordBatch)]
    return gathering.rows, found


def cells(found: Sequence[pa.RecordBatch]) -> dict[str, list[object]]:
    """The cells of each column in order."""
    told: dict[str, list[object]] = {}
    for batch in found:
        assert batch.num_columns == 1
        told.setdefault(batch.schema.names[0], []).extend(batch.column(0).to_pylist())
    return told


def test_small_batches_become_large_ones_and_all_else_is_handed_on_at_once() -> None:
    small = [pa.record_batch({"a": pa.array([str(number)] * 100)}) for number in range(5)]
    coded = [pa.record_batch({"a": pa.array([text]).dictionary_encode()}) for text in "xy"]
    skipped = Skipped("s", "rows", "why")
    gathering = Gathering()
    found = list(gathering.through([*small, skipped, *coded]))
    assert found[0] == skipped
    rows = [item for item in found if isinstance(item, pa.RecordBatch)]
    assert [batch.num_rows for batch in rows] == [500, 2]
    assert gathering.rows == 502
    assert cells(rows) == {"a": [*(text for batch in small for text in batch.column(0).to_pylist()), "x", "y"]}


def test_large_batches_stay_as_they_are() -> None:
    large = [pa.record_batch({"a": pa.array(range(300_000))}) for _ in range(2)]
    assert [batch.num_rows for batch in through(large)[1]] == [300_000, 300_000]


def test_a_wide_column_goes_on_often_and_a_narrow_one_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "HELD", 1 << 20)
    each = pa.record_batch({"long": ["x" * 1_000] * 100, "short": ["y"] * 100})
    rows, found = through([each] * 100)
    assert rows == 10_000
    long, short = ([batch.num_rows for batch in found if batch.schema.names == [name]] for name in ("long", "short"))
    assert sum(long) == sum(short) == 10_000
    assert len(long) >= 9
    assert len(short) == 1


WIDTHS = [("long", 1_000.0), ("short", 10.0), ("empty", 0.0)]


def test_room_goes_to_columns_by_the_square_root_of_their_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_WAITING", 1 << 20)
    most = batches.waiting(WIDTHS)
    assert most["long"] == pytest.approx(10 * most["short"], rel=0.01)
    assert most["empty"] == (1 << 20) // 12
    assert most["long"] + most["short"] == pytest.approx(1 << 20, rel=0.01)


def test_columns_that_need_little_have_the_room_of_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "ROWS", 1_000)
    monkeypatch.setattr(batches, "_WAITING", 100_000)
    assert batches.waiting([("a", 10.0), ("b", 30.0)]) == {"a": 25_000, "b": 75_000}
    assert batches.waiting([("a", 10.0), ("b", 1_000.0)])["a"] == 100_000 // 8, "a part of its part at least"


def test_how_long_a_column_waits_does_not_depend_on_its_neighbours_where_widths_are_known() -> None:
    each = pa.record_batch({"long": ["x" * 1_000] * 100, "short": ["y"] * 100, "untold": ["z" * 2_000] * 100})
    for name in each.schema.names:
        alone, among = (
            [
                batch.num_rows
                for batch in through([each.select(some)] * 100, {"long": 1 << 17, "short": 1 << 12})[1]
                if batch.schema.names == [name]
            ]
            for some in ([name], each.schema.names)
        )
        assert sum(alone) == 10_000
        assert len(alone) > 2
        assert alone == among


def test_a_column_of_another_type_takes_none_of_the_others_with_it() -> None:
    first, then = (pa.record_batch({"a": ["x"] * 10, "b": pa.array([None] * 10, kind)}) for kind in (pa.string(), pa.int64()))
    _, found = through([first, then, first])
    assert sorted((batch.schema.names[0], batch.num_rows) for batch in found) == [("a", 30), ("b", 10), ("b", 10), ("b", 10)]


def test_what_waits_has_a_lid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "HELD", 1 << 20)
    each = pa.record_batch({f"c{place}": ["x" * 90] * 100 for place in range(40)})
    came = gone = 0
    gathering = Gathering()
    for item in gathering.through([each] * 50):
        assert isinstance(item, pa.RecordBatch)
        came, gone = 40 * gathering.rows, gone + item.num_rows
        assert (came - gone) * 94 <= (1 << 20) + each.nbytes
    assert came == gone == 40 * 5_000


def test_rows_without_columns_are_counted() -> None:
    bare = pa.RecordBatch.from_struct_array(pa.array([{}] * 7, pa.struct([])))
    assert through([bare, bare]) == (14, [])


def test_columns_of_one_name_stay_apart() -> None:
    twice = pa.RecordBatch.from_arrays([pa.array(["a"]), pa.array([1])], ["n", "n"])
    _, found = through([twice, twice])
    assert [batch.column(0).to_pylist() for batch in found] == [["a", "a"], [1, 1]]


_CELLS = st.lists(st.lists(st.none() | st.text(max_size=3), max_size=4), max_size=12)


@settings(deadline=None)
@given(parts=_CELLS, held=st.integers(0, 60), rows=st.integers(1, 9))
def test_every_cell_comes_once_and_in_order(parts: list[list[str | None]], held: int, rows: int) -> None:
    whole = [
        pa.record_batch({"a": pa.array(part, pa.string()), "b": pa.array([len(part)] * len(part), pa.int8())}) for part in parts
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "HELD", held)
        patch.setattr(batches, "ROWS", rows)
        counted, found = through(whole)
    assert counted == sum(map(len, parts))
    told = cells(found)
    assert told.get("a", []) == [cell for part in parts for cell in part]
    assert told.get("b", []) == [len(part) for part in parts for _ in part]


def test_a_piece_of_a_large_block_does_not_hold_all_of_it() -> None:
    block = pa.array(["a text"] * 10_000)
    pieces = [pa.record_batch([block.slice(start, 100)], ["a"]) for start in (0, 5_000)]
    waiting = Gathering()
    held = waiting.through([*pieces, Skipped("s", "rows", "why")])
    assert isinstance(next(held), Skipped)
    assert sum(part.get_total_buffer_size() for part in waiting._columns[0].parts) < block.nbytes / 10
