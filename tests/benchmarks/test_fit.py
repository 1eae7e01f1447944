"""A line is fitted as the examples lie, never on the fold that it is judged on, and the project's own columns are examples."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from benchmarks import owned
from benchmarks.examples import Example, emptied, verdict_is_right
from benchmarks.fit import AS_SUMMED, FOLDS, KNEES, as_toml, crossed, fitted, line_of, reported, told_error
from benchmarks.sets import CELLS, NAMES, TABLES, Labelled
from pii_scan.calibration import Line, probability


def example(raw: float, group: str = "g", *, right: bool = True, cap: float = 1.0) -> Example:
    truth = Labelled(TABLES, f"{group}/t", "t", "c", (), "email", accepts=frozenset({"email"}))
    return Example("as it is", truth, "email", "both", raw, cap, right)


def drawn(line: Line, size: int = 6_000) -> list[tuple[float, bool, float]]:
    dice = random.Random(1)
    raws = [dice.uniform(-2, 4) for _ in range(size)]
    return [(raw, dice.random() < probability(line.at(raw)), 1.0) for raw in raws]


@pytest.mark.parametrize("line", [AS_SUMMED, Line(0.65, 1.25, 2.0, 0.7, 2.2, 0.5), Line(0.9, 0.9, 2.4, 1.5, 0.6, 1.0)])
def test_a_line_is_found_again(line: Line) -> None:
    found = line_of(drawn(line), KNEES["values"])
    off = [abs(probability(found.at(raw / 10)) - probability(line.at(raw / 10))) for raw in range(-20, 40)]
    assert max(off) < 0.08
    assert sum(off) / len(off) < 0.025


def test_few_examples_change_little() -> None:
    few = line_of([(3.0, True, 1.0), (-1.0, False, 1.0)], KNEES["both"])
    assert [few.at(raw) for raw in (-2.0, 0.0, 2.0)] == pytest.approx([-2.0, 0.0, 2.0], abs=1.0)


def test_signs_and_what_is_not_told_are_not_fitted_on() -> None:
    known = [example(1.0), example(-1.0, right=False)]
    noise = [example(3.0, right=False, cap=0.4)] * 50 + [example(-5.0, right=True)] * 50
    assert fitted(known)["both"] == fitted([*known, *noise])["both"]


def test_an_example_is_judged_by_lines_that_never_saw_its_source() -> None:
    known = [example(1.0, f"group {number}", right=True) for number in range(40)]
    odd = [example(1.0, "odd one", right=False)] * 40
    held = crossed([*known, *odd])
    assert held[-1] > held[0], "without the odd source, all of its like are right"
    assert len({one.fold for one in known}) == 40 > FOLDS


def test_columns_of_one_name_are_one_source() -> None:
    cell = Labelled(CELLS, "column 7", "table", "dob", (), "DATE_OF_BIRTH")
    one = example(1.0)._replace(truth=cell)
    assert one.fold == one._replace(truth=replace(cell, group="column 8")).fold
    assert one.fold != one._replace(truth=replace(cell, column="birthday")).fold


def test_the_report_and_the_table_say_what_was_fitted() -> None:
    known = [example(2.0, f"g{number}") for number in range(20)]
    table = reported(known, crossed(known))
    assert {len(row) for row in table.rows} == {len(table.head)}
    assert "[both]  # name and values\nfoot = " in as_toml(fitted(known), 20)
    assert told_error([(0.05, True), (0.8, True)]) == pytest.approx(0.2)


def test_a_verdict_is_right_by_its_family_where_the_set_can_tell() -> None:
    surname = Labelled(TABLES, "g", "t", "c", (), "last_name", accepts=frozenset({"last_name"}))
    nothing = replace(surname, label="none", accepts=frozenset())
    assert verdict_is_right(surname, "first_name")
    assert verdict_is_right(surname, "email") is False
    assert verdict_is_right(nothing, "email") is False
    assert verdict_is_right(nothing, "free_text") is None
    assert verdict_is_right(replace(nothing, set=CELLS), "city") is None
    assert verdict_is_right(replace(nothing, set=NAMES), "email") is False


def test_the_own_columns_are_examples_of_both_sorts() -> None:
    hard = [one for one in owned.hard() if one.scored]
    assert sum(not one.personal for one in hard) >= 300
    assert sum(one.personal for one in hard) >= 150
    listed = list(owned.lists())
    assert {one.set for one in listed} == {owned.PEOPLE_SET, owned.PLACES_SET, owned.THINGS_SET}
    assert not any(one.values for one in emptied(listed))
