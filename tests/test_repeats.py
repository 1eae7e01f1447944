"""Texts are counted where they come twice; where hardly any does, each cell stands for itself."""

import pyarrow as pa
import pytest

from pii_scan.repeats import distinct, of_dictionary


def counted(texts: list[str | None]) -> tuple[int, dict[str, int]]:
    found, counts = distinct(pa.array(texts, pa.string()))
    assert not found.null_count
    total: dict[str, int] = {}
    for text, count in zip(found.to_pylist(), counts.tolist(), strict=True):
        total[text] = total.get(text, 0) + count
    return len(found), total


@pytest.mark.parametrize("times", [1, 3, 20_000])
def test_texts_that_come_twice_are_counted(times: int) -> None:
    assert counted(["a", None, "b", "a"] * times) == (2, {"a": 2 * times, "b": times})


def test_of_many_cells_that_all_come_twice_each_is_looked_at_once() -> None:
    texts = [f"{number * 7919 % 50_000}" for number in range(50_000)]
    assert counted(texts + texts)[0] == 50_000


@pytest.mark.parametrize("again", [0, 50])
@pytest.mark.parametrize("empty", ["", None])
def test_no_cell_is_lost_of_those_that_stand_for_themselves(again: int, empty: str | None) -> None:
    texts: list[str | None] = [f"{number}" for number in range(40_000)]
    found, total = counted([*texts, *texts[:again], *[empty] * 4_000])
    blanks = total.pop("", 0)
    assert found == sum(total.values()) + blanks == 40_000 + again + blanks
    assert blanks == (4_000 if empty == "" else 0)
    assert len(total) == 40_000


def test_few_cells_are_always_counted() -> None:
    assert counted([*map(str, range(9_000)), "0"])[0] == 9_000
    assert counted([None] * 40_000) == (0, {})
    assert counted([]) == (0, {})


def test_of_a_dictionary_those_entries_are_counted_that_stand_in_cells() -> None:
    coded = pa.DictionaryArray.from_arrays(pa.array([0, 2, None, 0, 3], pa.int32()), pa.array(["a", "unused", "b", None]))
    found, counts = of_dictionary(coded)
    assert dict(zip(found.to_pylist(), counts.tolist(), strict=True)) == {"a": 2, "b": 1}
    empty, none = of_dictionary(coded.slice(2, 1))
    assert (len(empty), len(none)) == (0, 0)
