"""Dates are read in the forms that exports write them, and written back in the very same form."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.dates import coarsened, days_of, order_of, reading, shifted
from pii_scan.keys import LEVELS

TEN_LATER = [
    ("1990-02-27", "1990-03-09"),
    ("1990/2/7", "1990/2/17"),
    ("1990.02.27", "1990.03.09"),
    ("27.02.1990", "09.03.1990"),
    ("27/02/90", "09/03/90"),
    ("2/27/1990", "3/9/1990"),
    ("31-12-1999", "10-01-2000"),
    ("19900227", "19900309"),
    ("1990-02-27T23:59:59.123Z", "1990-03-09T23:59:59.123Z"),
    ("1990-02-27 01:02:03+02:00", "1990-03-09 01:02:03+02:00"),
    ("27 Feb 1990", "09 Mar 1990"),
    ("February 27, 1990", "March 9, 1990"),
    ("27 FÉVRIER 1990", "09 MARS 1990"),
    ("27. Dezember 1990", "06. Januar 1991"),
    ("27 de febrero de 1990", "09 de marzo de 1990"),
    (" 1990-02-27\n", " 1990-03-09\n"),
    ("1990-02", "1990-02"),
    ("2000-02-29", "2000-03-10"),
]
NO_DATES = [
    "",
    "soon",
    "1990-13-01",
    "1990-02-30",
    "12345",
    "10.0.0.1",
    "27 Foo 1990",
    "1990-02-27 and more",
    "2/3",
    "٢٠٠٠-٠١-٠١x",
]


@pytest.mark.parametrize(("before", "after"), TEN_LATER)
def test_a_date_ten_days_later_has_the_form_it_had(before: str, after: str) -> None:
    assert shifted(before, 10) == after


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_is_none(text: str) -> None:
    assert shifted(text, 10) is None
    assert coarsened(text) is None


@pytest.mark.parametrize(("text", "days"), [("9999-12-31", 1), ("0001-01-01", -1)])
def test_a_date_that_would_leave_the_calendar_is_none(text: str, days: int) -> None:
    assert shifted(text, days) is None


@given(
    st.dates(date(1940, 1, 1), date(2020, 12, 31)),
    st.integers(-365, 365),
    st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%Y%m%d"]),
)
def test_a_shift_there_and_back_is_none_at_all(day: date, days: int, form: str) -> None:
    text = day.strftime(form)
    there = shifted(text, days)
    assert there == (day + timedelta(days)).strftime(form)
    assert shifted(there or "", -days) == text


COARSE = [
    ("1990-05-27", "month", "1990-05", "1990-05-01"),
    ("27/05/1990 10:11", "quarter", "1990-Q2", "01/04/1990 00:00"),
    ("27 May 1990", "year", "1990", "01 Jan 1990"),
    ("1990-05-27T10:11:12.5+01:00", "year", "1990", "1990-01-01T00:00:00.0+01:00"),
    ("1990-05-27", "decade", "1990s", "1990-01-01"),
    ("1990", "year", "1990", "1990"),
    ("1990-05", "quarter", "1990-Q2", "1990-04"),
]


@pytest.mark.parametrize(("text", "to", "coarse", "first"), COARSE)
def test_a_date_is_coarsened(text: str, to: object, coarse: str, first: str) -> None:
    assert coarsened(text, to) == coarse  # type: ignore[arg-type]
    written = coarsened(text, to, keep_form=True)  # type: ignore[arg-type]
    assert written == first.replace("Jan", "January") if "May" in text else written == first


def test_a_year_alone_has_no_month() -> None:
    assert coarsened("1990", "month") is None


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["02/03/1990", "13/01/1990"], "dmy"),
        (["02/03/1990", "01/13/1990"], "mdy"),
        (["02/03/1990"], "dmy"),
        ([], "dmy"),
        (["x"], "dmy"),
    ],
)
def test_what_stands_first_is_told_by_dates_that_leave_no_doubt(texts: list[str], order: str) -> None:
    assert order_of(texts) == order


def test_a_doubtful_date_is_read_as_its_column_is() -> None:
    assert [reading("02/03/1990", order).day.month for order in ("dmy", "mdy")] == [3, 2]  # type: ignore[arg-type, union-attr]


@pytest.mark.parametrize("days", [1, 30, 365, 1000])
def test_the_steps_of_a_shift_go_both_ways_alike_and_are_never_nought(days: int) -> None:
    steps = [days_of(level, LEVELS, days) for level in range(LEVELS)]
    assert steps == sorted(steps)
    assert steps == [-step for step in reversed(steps)]
    assert 0 not in steps
    assert max(steps) == days if days <= LEVELS // 2 else 0.99 * days < max(steps) <= days
    assert days != 365 or len(set(steps)) == LEVELS
