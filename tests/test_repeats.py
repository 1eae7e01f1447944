"""Texts are counted where they come twice; where none does, each cell stands for itself for a while."""

import pyarrow as pa

from pii_scan.repeats import Repeats

HERE = ("table", "column")


def counted(repeats: Repeats, texts: list[str | None]) -> dict[str, int]:
    found, counts = repeats.distinct(HERE, pa.array(texts, pa.string()))
    assert not found.null_count
    total: dict[str, int] = {}
    for text, count in zip(found.to_pylist(), counts.tolist(), strict=True):
        total[text] = total.get(text, 0) + count
    return total


def test_texts_that_come_twice_are_counted() -> None:
    repeats = Repeats()
    for _ in range(6):
        assert counted(repeats, ["a", None, "b", "a"] * 2_000) == {"a": 4_000, "b": 2_000}
        assert len(repeats.distinct(HERE, pa.array(["a", None, "b", "a"] * 2_000))[0]) == 2


def test_no_cell_is_lost_where_texts_begin_to_repeat() -> None:
    repeats = Repeats()
    alone = [f"{number}" for number in range(5_000)]
    counted(repeats, alone)
    seen = [len(repeats.distinct(HERE, pa.array(["x", None, "y", "x"] * 2_000))[0]) for _ in range(8)]
    assert seen == [6_000, 6_000, 6_000, 2, 2, 2, 2, 2], "it is looked for again after three batches"
    counted(repeats, alone)
    assert counted(repeats, ["x", None, "y", "x"] * 2_000) == {"x": 4_000, "y": 2_000}


def test_few_cells_tell_nothing() -> None:
    repeats = Repeats()
    counted(repeats, ["a", "b", "c"])
    assert len(repeats.distinct(HERE, pa.array(["x"] * 10))[0]) == 1
