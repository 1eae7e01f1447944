"""Claims about finding the fields of delimited text."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pii_scan.connectors import fields as module
from pii_scan.connectors.fields import Dialect, Fields, fields
from pii_scan.connectors.rows import Form, cells_of, rows

COMMA = Dialect()
SPARK = Dialect(escape="\\")
TEXTS = st.text(alphabet='ab,"\r\n', max_size=60) | st.text(alphabet='a,;"\n\\', max_size=40)


def cells(text: str, dialect: Dialect = COMMA) -> list[list[str]]:
    block = text.encode()
    return list(cells_of(block, fields(block, dialect, final=True), Form((), dialect, "utf-8")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n", [["a", "b"]]),
        ("a,b", [["a", "b"]]),
        ("a,\n", [["a", ""]]),
        ("a,", [["a", ""]]),
        (",", [["", ""]]),
        ("", []),
        ("\n\r\n\r", []),
        ("a\n\nb", [["a"], ["b"]]),
        ('""\n', [[""]]),
        ('"a,b",c\r\n', [["a,b", "c"]]),
        ('"a\nb\r\nc",d\n', [["a\nb\r\nc", "d"]]),
        ('"a""b"', [['a"b']]),
        ('""""', [['"']]),
        ('"a"b,c\n', [["ab", "c"]]),
        ('a"b,c"d\n', [['a"b', 'c"d']]),
        ('5" pipe,x\n6,y\n', [['5" pipe', "x"], ["6", "y"]]),
        ("a\rb\rc", [["a"], ["b"], ["c"]]),
        ("a,b\r\n\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
        ('1,"never closed\n2,x\n', [["1", '"never closed'], ["2", "x"]]),
        ('"', [['"']]),
    ],
)
def test_the_grammar_by_example(text: str, expected: list[list[str]]) -> None:
    assert cells(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'"{\"a\": 1, \"b\": 2}",x' + "\n", [['{"a": 1, "b": 2}', "x"]]),
        (r'"a\\",b' + "\n", [["a\\", "b"]]),
        (r"a\,b,c" + "\n", [["a,b", "c"]]),
        ("a\\", [["a\\"]]),
    ],
)
def test_an_escape_takes_the_meaning_of_the_next_character(text: str, expected: list[list[str]]) -> None:
    assert cells(text, SPARK) == expected


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example('a,"b"\r\n"c""d",e')
@example('a"b",c\n')
def test_cells_are_those_that_pythons_csv_reads(text: str) -> None:
    oracle = [row for row in csv.reader(io.StringIO(text + "\nEND", newline="")) if row]
    assume(oracle[-1] == ["END"])  # else a quote is left open, and there we mean to differ
    assert cells(text + "\nEND") == oracle


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_the_fast_way_and_the_patient_way_agree(text: str) -> None:
    block = text.encode()
    fast = module._by_parity(block, COMMA, final=True)
    slow = module._by_pattern(block, COMMA, final=True)
    if fast is not None:
        assert same(fast, slow)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.integers(1, 9))
def test_blocks_of_any_size_give_the_same_rows(text: str, size: int) -> None:
    form = Form(("a", "b"), COMMA, "utf-8")
    whole = cells(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pii_scan.connectors.rows.BLOCK", size)
        parts = list(rows(io.BytesIO(text.encode()), form))
    found = [row for part in parts for row in cells_of(part._block, part._found, form)]
    assert found == whole


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_every_byte_lies_in_a_field_or_after_one(text: str) -> None:
    block = text.encode()
    found = fields(block, COMMA, final=True)
    assert found.used == len(block)
    assert (np.diff(found.offsets) >= 0).all()
    assert found.offsets[-1] == len(block)


def test_a_quote_that_is_not_closed_within_the_limit_is_an_ordinary_character(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMIT", 100)
    monkeypatch.setattr("pii_scan.connectors.rows.BLOCK", 64)
    text = b'1,"open\n' + b"2,x\n" * 200 + b'3,"shut"\n'
    form = Form(("a", "b"), COMMA, "utf-8")
    found = [row for part in rows(io.BytesIO(text), form) for row in cells_of(part._block, part._found, form)]
    assert found == [["1", '"open'], *[["2", "x"]] * 200, ["3", "shut"]]


def same(one: Fields, two: Fields) -> bool:
    return (
        one.used == two.used
        and np.array_equal(one.offsets, two.offsets)
        and np.array_equal(one.rows, two.rows)
        and np.array_equal(one.widths, two.widths)
    )
