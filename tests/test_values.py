"""A batch becomes distinct texts with counts, nested data becomes paths, and nothing is lost on the way."""

import datetime as dt
import decimal
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.values import Cells, cells


def walked(values: list[Any], kind: pa.DataType | None = None) -> dict[str, Cells]:
    batch = pa.RecordBatch.from_arrays([pa.array(values, kind)], names=["c"])
    return {found.path: found for found in cells(batch, lambda _: True)}


@given(st.lists(st.one_of(st.none(), st.text(alphabet=st.characters(exclude_characters="{[", exclude_categories=["Cs"])))))
def test_counts_of_texts_and_nulls_add_up_to_the_cells(values: list[str | None]) -> None:
    found = walked(values, pa.string())[""]
    assert found.cells == len(values) == found.nulls + sum(found.counts)
    kept = Counter(value for value in values if value and not value.isspace())
    assert dict(zip(found.texts, found.counts, strict=True)) == dict(kept)


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([1, 2, 2], pa.int64(), {"1": 1, "2": 2}),
        ([dt.date(1980, 2, 1)], pa.date32(), {"1980-02-01": 1}),
        ([decimal.Decimal("1.50")], pa.decimal128(5, 2), {"1.50": 1}),
        ([b"abc", None], pa.binary(), {"abc": 1}),
        ([b"\xff\xd8\xff\xe0rest"], pa.binary(), {"data:image/jpeg": 1}),
        ([b"\xfe\xfa\x00"], pa.binary(), {"data:application/octet-stream": 1}),
        (["a", "b", "a"], pa.dictionary(pa.int8(), pa.string()), {"a": 2, "b": 1}),
        (["a", "a"], pa.large_string(), {"a": 2}),
        (["a", None], pa.string_view(), {"a": 1}),
        ([True, False], pa.bool_(), {"true": 1, "false": 1}),
        ([None, None], pa.null(), {}),
        ([dt.timedelta(seconds=5)], pa.duration("s"), {"5": 1}),
    ],
    ids=lambda value: str(value)[:30],
)
def test_every_arrow_type_is_read_as_text(values: list[Any], kind: pa.DataType, texts: dict[str, int]) -> None:
    found = walked(values, kind)[""]
    assert dict(zip(found.texts, found.counts, strict=True)) == texts


def test_structs_lists_and_maps_are_walked_into_paths() -> None:
    nested = pa.struct([("address", pa.struct([("city", pa.string())])), ("tags", pa.list_(pa.string()))])
    found = walked([{"address": {"city": "Bern"}, "tags": ["x", "y"]}, None], nested)
    assert found["address.city"].texts == ["Bern"]
    assert found["address.city"].nulls == 1
    assert sorted(found["tags"].texts) == ["x", "y"]
    mapped = walked([[("home", "1"), ("work", "2")]], pa.map_(pa.string(), pa.string()))
    assert sorted(mapped["key"].texts) == ["home", "work"]
    assert sorted(mapped["value"].texts) == ["1", "2"]


def test_json_texts_are_walked_and_other_texts_stay() -> None:
    found = walked(['{"user": {"mail": "a@b.example", "tags": [1, 2]}}', '{"user": {"mail": "a@b.example"}}', "{broken", "plain"])
    assert dict(zip(found["user.mail"].texts, found["user.mail"].counts, strict=True)) == {"a@b.example": 2}
    assert sorted(found["user.tags"].texts) == ["1", "2"]
    assert sorted(found[""].texts) == ["plain", "{broken"]


def test_json_numbers_keep_their_digits() -> None:
    found = walked(['{"id": 12345678901234567890123, "zip": 0.10}'])
    assert found["id"].texts == ["12345678901234567890123"]
    assert found["zip"].texts == ["0.10"]


def test_deep_json_is_not_followed_without_end() -> None:
    deep = "[" * 5_000 + "]" * 5_000
    assert walked([deep])[""].texts == [deep]


def test_sliced_arrays_show_their_slice_only() -> None:
    array = pa.array(["a", "b", "c", "d"]).slice(1, 2)
    batch = pa.RecordBatch.from_arrays([array], names=["c"])
    (found,) = cells(batch, lambda _: True)
    assert found.texts == ["b", "c"]


def test_cells_never_show_their_texts() -> None:
    assert "canary" not in repr(walked(["canary"])[""])


def test_unwanted_columns_are_not_read() -> None:
    batch = pa.RecordBatch.from_pydict({"a": ["1"], "b": ["2"]})
    assert [found.column for found in cells(batch, lambda name: name == "b")] == ["b"]
