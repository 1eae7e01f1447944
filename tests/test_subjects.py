"""Dates are shifted by whose they are: all of one subject alike, in every table, column and text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.errors import ConfigError, RedactionError
from pii_scan.keys import Key
from pii_scan.model import Catalogue, Entity, Kind
from pii_scan.plan import load_plan
from pii_scan.presidio import Span
from pii_scan.redaction import Redactor

KEY = Key(bytes(range(32)))
CATALOGUE = Catalogue(
    {"date_of_birth": Kind("date_of_birth", "", "", "quasi")}, {"DATE": Entity("DATE", "date_of_birth", "shape")}
)
PLAN = """
[entities]
default = "date_shift"
[[column]]
column = "at*"
operator = "date_shift"
[[column]]
column = "notes"
scope = "text"
[[table]]
columns = ["*"]
subject = "who"
"""
DAY = dt.date(1990, 5, 27)


def finder(texts: Sequence[str]) -> list[list[Span] | None]:
    return [[Span(at, at + 10, "DATE", 1.0)] if (at := text.find("1990-")) >= 0 else [] for text in texts]


def shifted(columns: dict[str, Any], table: str = "t", plan: str = PLAN) -> dict[str, list[Any]]:
    work = Redactor(load_plan(plan), finder, KEY, catalogue=CATALOGUE)
    made: dict[str, list[Any]] = work.edit("s", table, pa.record_batch(columns)).to_pydict()
    return made


def test_all_dates_of_a_subject_move_by_the_same_days_in_every_table() -> None:
    one = shifted(
        {"who": ["a", "b", "a", None], "at": [DAY] * 4, "at2": ["27/05/1990 10:00"] * 4, "notes": ["on 1990-05-27!"] * 4}
    )
    days = [(day - DAY).days for day in one["at"]]
    assert days[0] == days[2]
    assert len(set(days)) == 3
    assert [dt.datetime.strptime(text, "%d/%m/%Y %H:%M").date() for text in one["at2"]] == one["at"]  # noqa: DTZ007
    assert one["notes"] == [f"on {day}!" for day in one["at"]]
    two = shifted({"at": pa.array([DAY] * 2), "who": ["b", "a"]}, "other")
    assert two["at"] == [one["at"][1], one["at"][0]]


def test_a_number_is_the_same_subject_as_its_text() -> None:
    assert shifted({"who": [7], "at": [DAY]})["at"] == shifted({"who": ["7"], "at": [DAY]})["at"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.dates(dt.date(1950, 1, 1), dt.date(2020, 1, 1))), min_size=1))
def test_the_order_and_distances_of_a_subjects_dates_stay(rows: list[tuple[str, dt.date]]) -> None:
    made = shifted({"who": [who for who, _ in rows], "at": [day for _, day in rows]})["at"]
    moved = {(who, after - before) for (who, before), after in zip(rows, made, strict=True)}
    assert len(moved) == len({who for who, _ in rows})
    assert all(step.days for _, step in moved)


def test_without_a_subject_a_table_moves_as_one_and_another_otherwise() -> None:
    plan = PLAN.replace('subject = "who"\n', "")
    one = shifted({"who": ["a", "b"], "at": [DAY, DAY + dt.timedelta(9)], "notes": ["1990-05-27", ""]}, plan=plan)
    assert (one["at"][1] - one["at"][0]).days == 9
    assert one["notes"][0] == str(one["at"][0])
    assert shifted({"who": ["a"], "at": [DAY]}, "visits", plan)["at"] != one["at"][:1]


def test_nested_dates_and_those_in_json_move_with_their_row() -> None:
    plan = PLAN.replace('column = "at*"\n', 'column = "at*"\npath = "*"\n')
    array = pa.array([{"x": [DAY, None]}, {"x": [DAY]}, None])
    made = shifted(
        {"who": ["a", "b", "a"], "at": array, "at2": ['{"d": "1990-05-27"}'] * 3},
        plan=plan.replace('path = "*"', 'path = "x"') + '[[column]]\ncolumn = "at2"\npath = "d"\noperator = "date_shift"\n',
    )
    assert made["at"][0]["x"][1] is None
    assert made["at"][0]["x"][0] != made["at"][1]["x"][0]
    assert [text[7:17] for text in made["at2"][:2]] == [str(made["at"][row]["x"][0]) for row in (0, 1)]


def test_batches_without_rows_have_the_same_schema() -> None:
    work = Redactor(load_plan(PLAN), finder, KEY, catalogue=CATALOGUE)
    batch = pa.record_batch({"who": ["a", "b"], "at": [DAY, DAY], "notes": ["x", None]})
    assert work.edit("s", "t", batch[:0]).schema == work.edit("s", "t", batch).schema


def test_a_table_without_its_subject_is_refused() -> None:
    with pytest.raises(RedactionError, match="no column 'who'"):
        shifted({"at": [DAY]})


def test_a_subject_that_no_column_is_called_is_refused() -> None:
    with pytest.raises(ConfigError, match="which is none of its columns"):
        load_plan('[[table]]\ncolumns = ["a"]\nsubject = "b"')


def test_who_stays_in_the_copy_only_as_the_plan_says() -> None:
    plan = PLAN + '[[column]]\ncolumn = "who"\nkind = "date_of_birth"\noperator = "pseudonym"\n'
    made = shifted({"who": ["a"], "at": [DAY]}, plan=plan)
    assert made["who"] == [KEY.token("date_of_birth", "a")]
    assert made["at"] == shifted({"who": ["a"], "at": [DAY]})["at"]
