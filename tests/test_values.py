"""A batch becomes distinct texts with counts, nested data becomes paths, and nothing is lost on the way."""

import datetime as dt
import decimal
import json
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii_scan.values import DATA, NAMES, NAMES_MOST, Cells, Keys, cells


def walked(values: list[Any], kind: pa.DataType | None = None) -> dict[str, Cells]:
    batch = pa.RecordBatch.from_arrays([pa.array(values, kind)], names=["c"])
    return {found.path: found for found in cells(batch, lambda _: True)}


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(alphabet=st.characters(exclude_characters="{[", exclude_categories=["Cs"])))))
def test_counts_of_texts_and_nulls_add_up_to_the_cells(values: list[str | None]) -> None:
    found = walked(values, pa.string())[""]
    assert found.cells == len(values) == found.nulls + sum(found.counts)
    kept = Counter(value for value in values if value and not value.isspace())
    assert dict(zip(found.texts.to_pylist(), found.counts.tolist(), strict=True)) == dict(kept)


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
    assert dict(zip(found.texts.to_pylist(), found.counts.tolist(), strict=True)) == texts


def test_structs_lists_and_maps_are_walked_into_paths() -> None:
    nested = pa.struct([("address", pa.struct([("city", pa.string())])), ("tags", pa.list_(pa.string()))])
    found = walked([{"address": {"city": "Bern"}, "tags": ["x", "y"]}, None], nested)
    assert found["address.city"].texts.to_pylist() == ["Bern"]
    assert found["address.city"].nulls == 1
    assert sorted(found["tags"].texts.to_pylist()) == ["x", "y"]
    mapped = walked([[("home", "1"), ("work", "2")]], pa.map_(pa.string(), pa.string()))
    assert sorted(mapped["key"].texts.to_pylist()) == ["home", "work"]
    assert sorted(mapped["value"].texts.to_pylist()) == ["1", "2"]


def test_json_texts_are_walked_and_other_texts_stay() -> None:
    found = walked(['{"user": {"mail": "a@b.example", "tags": [1, 2]}}', '{"user": {"mail": "a@b.example"}}', "{broken", "plain"])
    assert dict(zip(found["user.mail"].texts.to_pylist(), found["user.mail"].counts.tolist(), strict=True)) == {"a@b.example": 2}
    assert sorted(found["user.tags"].texts.to_pylist()) == ["1", "2"]
    assert sorted(found[""].texts.to_pylist()) == ["plain", "{broken"]


def test_json_numbers_keep_their_digits() -> None:
    found = walked(['{"id": 12345678901234567890123, "zip": 0.10}'])
    assert found["id"].texts.to_pylist() == ["12345678901234567890123"]
    assert found["zip"].texts.to_pylist() == ["0.10"]


def test_deep_json_is_not_followed_without_end() -> None:
    deep = "[" * 5_000 + "]" * 5_000
    assert walked([deep])[""].texts.to_pylist() == [deep]


def test_sliced_arrays_show_their_slice_only() -> None:
    array = pa.array(["a", "b", "c", "d"]).slice(1, 2)
    batch = pa.RecordBatch.from_arrays([array], names=["c"])
    (found,) = cells(batch, lambda _: True)
    assert found.texts.to_pylist() == ["b", "c"]


def test_cells_never_show_their_texts() -> None:
    assert "canary" not in repr(walked(["canary"])[""])


def test_unwanted_columns_are_not_read() -> None:
    batch = pa.RecordBatch.from_pydict({"a": ["1"], "b": ["2"]})
    assert [found.column for found in cells(batch, lambda name: name == "b")] == ["b"]


@pytest.mark.parametrize(
    "key",
    [
        *("ada@x.example", "2024-05-01", "54362315K9", "+49 170 1234567", "a/b", "<x>", "", " ", "1", "x" * 65, "line\nbreak"),
        *("*", "[a]", "a?", "f47ac10b-58cc-4372-a567-0e02b2c3d479", "'; drop", "10.0.0.1", "a=b"),
    ],
)
def test_a_key_that_is_no_name_stays_out_of_paths_and_is_examined_itself(key: str) -> None:
    found = walked([json.dumps({"users": {key: {"age": 7}}})])
    assert sorted(found) == ["", "users.*.age"] if not key.strip() else ["", "users.*", "users.*.age"]
    assert found["users.*.age"].texts.to_pylist() == ["7"]
    if key.strip():
        assert found["users.*"].texts.to_pylist() == [key]


@pytest.mark.parametrize(
    "key",
    [
        *("mail", "first name", "firstName", "user_id", "é", "Größe", "ชื่อ", "นามสกุล", "address1", "_id", "line 1 2"),
        *("a.b", "x:y", "x-y"),
    ],
)
def test_a_name_of_a_field_stands_in_the_path(key: str) -> None:
    assert sorted(walked([json.dumps({key: "v"})])) == ["", key]


def letters(number: int) -> str:
    return f"{chr(97 + number // 26)}{chr(97 + number % 26)}"


def test_an_object_with_very_many_different_keys_holds_data_in_them() -> None:
    documents = [json.dumps({"by_name": {f"person {letters(n)}": {"age": n}}}) for n in range(NAMES + 50)]
    found = walked(documents)
    assert sorted(found) == ["", "by_name.*", "by_name.*.age"]
    assert found["by_name.*.age"].cells == len(documents)
    assert len(walked(documents[:NAMES])) == NAMES + 1


def test_what_was_read_before_an_object_turned_out_wide_is_known_by_the_same_path_after() -> None:
    keys = Keys()
    paths: set[str] = set()
    for start in range(0, NAMES + 100, 25):
        documents = [json.dumps({"a": {f"k{letters(n)}": {"b": {"x": n}}}}) for n in range(start, start + 25)]
        paths |= {found.path for found in cells(pa.RecordBatch.from_pydict({"c": documents}), lambda _: True, keys)}
    assert len(paths) > NAMES
    assert {keys.general("c", path) for path in paths} == {"", "a.*", "a.*.b.x"}
    assert keys.general("other", "a.kaa.b.x") == "a.kaa.b.x"


def test_the_number_of_paths_has_a_lid() -> None:
    documents = [json.dumps({f"g{letters(n)}": {f"k{chr(97 + m)}": m for m in range(20)}}) for n in range(190)]
    found = walked(documents)
    assert len(found) <= NAMES_MOST + 200
    assert sum(sum(cell.counts) for cell in found.values()) >= 190 * 20
    assert any(path.endswith(DATA) for path in found)


KEY = st.text(max_size=6)
DOCUMENT = st.dictionaries(KEY, st.dictionaries(KEY, st.text(min_size=1, max_size=4), max_size=3), max_size=3)


@settings(deadline=None)
@given(st.lists(DOCUMENT, max_size=6))
def test_no_text_of_a_json_document_is_lost_and_no_path_can_be_read_as_a_pattern(
    documents: list[dict[str, dict[str, str]]],
) -> None:
    found = walked([json.dumps(document) for document in documents], pa.string())
    leaves = Counter(text for document in documents for inner in document.values() for text in inner.values() if text.strip())
    seen: Counter[str] = Counter()
    for path, cell in found.items():
        seen.update(dict(zip(cell.texts.to_pylist(), cell.counts.tolist(), strict=True)) if path else {})
        assert not set(path) & set("@?[]/<>\n")
    assert leaves <= seen
