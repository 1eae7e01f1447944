"""Columns of numbers and dates keep their type where the operator leaves a number or a date."""

from __future__ import annotations

import datetime as dt
import decimal
import json
from typing import Any

import pyarrow as pa
import pytest

from pii_scan.keys import Key
from pii_scan.plan import load_plan
from pii_scan.redaction import Redactor

KEY = Key(bytes(range(32)))
D, S = dt.date, dt.datetime


def edited(array: pa.Array, rule: str, removed: set[str] | None = None) -> pa.Array:
    plan = load_plan(f'[[column]]\ncolumn = "a"\n{rule}\n[[table]]\ncolumns = ["*"]')
    return Redactor(plan, key=KEY, removed=removed).edit("s", "t", pa.record_batch({"a": array})).column(0)


SEVEN = KEY.number("person_id", 7)
TOKENS = 'kind = "person_id"\noperator = "pseudonym"\nwith = { type = "keep" }'
KEPT: list[tuple[str, pa.Array, list[Any]]] = [
    ('kind = "age"\noperator = "generalise"', pa.array([36, None, 91], pa.int8()), [30, None, 90]),
    ('kind = "age"\noperator = "generalise"\nwith = { width = 5 }', pa.array([36.5]), [35.0]),
    ('kind = "income"\noperator = "generalise"', pa.array([decimal.Decimal("1234.50")]), [decimal.Decimal("1000.00")]),
    ('kind = "postal_code"\noperator = "generalise"', pa.array([75011], pa.int32()), [75000]),
    ('kind = "date_of_birth"\noperator = "date_coarsen"', pa.array([D(1990, 5, 27), None]), [D(1990, 1, 1), None]),
    ('kind = "date_of_birth"\noperator = "generalise"\nwith = { to = "month" }', pa.array([D(1990, 5, 27)]), [D(1990, 5, 1)]),
    (
        'kind = "date_of_birth"\noperator = "date_coarsen"\nwith = { to = "quarter" }',
        pa.array([S(1990, 5, 27, 10, 11, 12, tzinfo=dt.UTC)], pa.timestamp("us", "UTC")),
        [S(1990, 4, 1, tzinfo=dt.UTC)],
    ),
    ('kind = "date_of_birth"\noperator = "mask"\nwith = { keep = "year" }', pa.array([D(1990, 5, 27)]), [D(1990, 1, 1)]),
    ('operator = "date_coarsen"', pa.array([dt.time(3, 4)]), [None]),
    ('operator = "date_coarsen"', pa.array([True]), [None]),
    ('kind = "email"\noperator = "generalise"', pa.array([1]), [None]),
    (TOKENS, pa.array([7, -7, 0], pa.int32()), [SEVEN, -SEVEN, KEY.number("person_id", 0)]),
    (TOKENS, pa.array([7.0, None]), [float(SEVEN), None]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "array", "cells"), KEPT)
@pytest.mark.parametrize("encoded", [False, True])
def test_numbers_stay_numbers_and_dates_dates(rule: str, array: pa.Array, cells: list[Any], *, encoded: bool) -> None:
    made = edited(array.dictionary_encode() if encoded else array, rule)
    assert (made.type, made.to_pylist()) == (array.type, cells)
    made.validate(full=True)


@pytest.mark.parametrize(
    "array", [pa.array([D(1990, 2, 3), None]), pa.array([S(1990, 2, 3, 4, 5), None])], ids=lambda a: str(a.type)
)
def test_a_shift_of_a_typed_date_is_that_of_its_text(array: pa.Array) -> None:
    made = edited(array, 'operator = "date_shift"')
    text = edited(pa.array(["1990-02-03"]), 'operator = "date_shift"').to_pylist()[0]
    assert made.type == array.type
    assert str(made.to_pylist()[0])[:10] == text != "1990-02-03"
    assert made.to_pylist()[1] is None


def test_a_whole_number_has_one_token_in_columns_of_numbers_and_of_texts() -> None:
    rule = TOKENS
    numbers = edited(pa.array([7, 42]), rule).to_pylist()
    assert edited(pa.array(["7", "42", "007"]), rule).to_pylist() == [*map(str, numbers), KEY.token("person_id", "007")]
    assert edited(pa.array([7, 42], pa.uint64()), rule).to_pylist() == numbers


@pytest.mark.parametrize("kind", [pa.int16(), pa.decimal128(5, 0)], ids=str)
def test_a_token_that_its_column_cannot_hold_makes_the_column_wider(kind: pa.DataType) -> None:
    made = edited(pa.array([decimal.Decimal(7)]).cast(kind), TOKENS)
    assert (made.type, made.to_pylist()) == (pa.int64(), [SEVEN])


def test_surrogates_of_numbers_have_as_many_digits() -> None:
    made = edited(pa.array([2147483647, 10, None], pa.int32()), 'kind = "person_id"\noperator = "surrogate"')
    assert [len(str(cell)) for cell in made.to_pylist()] == [10, 2, 4]
    assert made.type == pa.int64()


@pytest.mark.parametrize("operator", ["hash", "encrypt", "mask", "replace", "pseudonym"])
def test_other_operators_make_a_column_one_of_texts(operator: str) -> None:
    assert edited(pa.array([123456]), f'kind = "person_id"\noperator = "{operator}"').type == pa.string()


def test_numbers_in_json_stay_numbers() -> None:
    plan = load_plan(
        '[[column]]\ncolumn = "a"\npath = "age"\nkind = "age"\noperator = "generalise"\n'
        '[[column]]\ncolumn = "a"\npath = "id"\nkind = "person_id"\noperator = "pseudonym"\nwith = { type = "keep" }\n'
        '[[column]]\ncolumn = "a"\npath = "mail"\nkind = "email"\noperator = "generalise"\n[[table]]\ncolumns = ["*"]'
    )
    text = '{"age": 36, "id": 7, "mail": 5, "other": 36}'
    cell = Redactor(plan, key=KEY).edit("s", "t", pa.record_batch({"a": [text, text.replace("36,", '"36",', 1)]})).column(0)
    one, two = cell.to_pylist()
    assert json.loads(one) == {"age": 30, "id": SEVEN, "mail": None, "other": 36}
    assert json.loads(two)["age"] == "30-39"


def test_numbers_in_structs_and_lists_stay_numbers() -> None:
    array = pa.array([{"ages": [36, None], "x": 1}, None])
    made = edited(array, 'path = "ages"\nkind = "age"\noperator = "generalise"')
    assert (made.type, made.to_pylist()) == (array.type, [{"ages": [30, None], "x": 1}, None])


@pytest.mark.parametrize(
    ("rule", "removed"),
    [
        ('kind = "email"\noperator = "hash"', {"2000"}),
        ('kind = "email"\noperator = "encrypt"', {"2000"}),
        ('kind = "income"\noperator = "generalise"', set()),
        ('operator = "date_shift"', set()),
        ('kind = "person_id"\noperator = "surrogate"', set()),
    ],
)
def test_only_what_must_be_nowhere_counts_as_removed(rule: str, removed: set[str]) -> None:
    found: set[str] = set()
    edited(pa.array(["2000"]), rule, found)
    assert found == removed


def test_no_byte_of_a_typed_cell_is_left() -> None:
    canary = 0x4142434445464748
    for rule in (
        TOKENS,
        'kind = "income"\noperator = "generalise"',
    ):
        array = pa.array([canary, 5, canary])
        hidden = pa.Array.from_buffers(pa.int64(), 3, [pa.array([False, True, False]).buffers()[1], array.buffers()[1]])
        made = edited(hidden, rule)
        assert canary.to_bytes(8, "little") not in b"".join(buffer.to_pybytes() for buffer in made.buffers() if buffer)
        assert made.null_count == 2
