"""The scorer of benchmarks/ gives the answers that can be worked out by hand."""

from __future__ import annotations

import pytest

from benchmarks.scoring import (
    Claim,
    Outcome,
    bootstrap,
    by_label,
    calibration_error,
    personal,
    reliability,
    weighted_f1,
)
from benchmarks.sets import Labelled

EMAIL, DATE, NAME = Claim(("email",)), Claim(("date_of_birth",), neutral=True), Claim(("person_name", "first_name"))


def column(label: str, *kinds: str, group: str = "t") -> Labelled:
    return Labelled("set", group, "table", "column", (), label, accepts=frozenset(kinds))


def test_f1_by_label_counts_what_was_wanted_given_and_right() -> None:
    rates = by_label([("a", "a"), ("a", "b"), ("a", "none"), ("none", "none"), ("none", "a")])
    assert rates["a"] == (3, 2, 1)
    assert (rates["a"].precision, rates["a"].recall, rates["a"].f1) == (1 / 2, 1 / 3, 2 / 5)
    assert rates["b"] == (0, 1, 0)
    assert rates["b"].f1 == 0
    assert list(rates) == ["a", "none", "b"]


def test_weighted_f1_weighs_a_label_by_its_columns() -> None:
    pairs = [("a", "a"), ("a", "a"), ("a", "a"), ("b", "a")]
    assert weighted_f1(pairs) == pytest.approx(3 / 4 * (6 / 7) + 1 / 4 * 0)
    assert weighted_f1([]) == 0


@pytest.mark.parametrize(
    ("truth", "claims", "said"),
    [
        (column("email", "email"), (EMAIL,), "email"),
        (column("first_name", "first_name"), (NAME,), "first_name"),
        (column("first_name", "first_name"), (EMAIL, NAME), "email"),
        (column("first_name", "first_name"), (), "none"),
        (column("none"), (EMAIL,), "email"),
        (column("none"), (DATE,), "none"),
        (column("date_of_birth", "date_of_birth"), (DATE,), "date_of_birth"),
        (column("email", "email"), (DATE, EMAIL), "email"),
    ],
)
def test_the_strongest_claim_that_counts_is_what_was_said(truth: Labelled, claims: tuple[Claim, ...], said: str) -> None:
    assert Outcome(truth, claims).said() == said


def test_a_kind_outside_of_a_sets_labels_is_no_mistake_on_an_impersonal_column_only() -> None:
    space = {"EMAIL_ADDRESS": ("email",), "AGE": ("age",)}
    user = (Claim(("username",)),)
    assert Outcome(column("none"), user).said(space) == "none"
    assert Outcome(column("AGE", "age"), user).said(space) == "other"
    assert Outcome(column("AGE", "age"), (EMAIL,)).said(space) == "EMAIL_ADDRESS"
    assert Outcome(column("none"), user).flagged


def test_any_claim_may_be_right_but_a_neutral_one_flags_only_where_it_is() -> None:
    assert Outcome(column("first_name", "first_name"), (EMAIL, NAME)).right
    assert not Outcome(column("age", "age"), (EMAIL, NAME)).right
    assert not Outcome(column("none"), (DATE,)).flagged
    assert Outcome(column("date_of_birth", "date_of_birth"), (DATE,)).flagged


def test_personal_or_not_does_not_look_at_the_kind() -> None:
    outcomes = [
        Outcome(column("email", "email"), (NAME,)),
        Outcome(column("age", "age"), ()),
        Outcome(column("none"), (EMAIL,)),
        Outcome(column("none"), (DATE,)),
    ]
    rates = personal(outcomes)
    assert rates == (2, 2, 1)
    assert rates.f1 == 0.5


def test_reliability_sets_what_was_promised_beside_what_was_kept() -> None:
    bins = reliability([(0.2, False), (0.4, True), (0.9, True), (1.0, True), (1.0, False)], [0.0, 0.5, 0.7, 1.0])
    assert [(one.low, one.high, one.size) for one in bins] == [(0.0, 0.5, 2), (0.7, 1.0, 3)]
    assert [one.promised for one in bins] == pytest.approx([0.3, 2.9 / 3])
    assert [one.kept for one in bins] == pytest.approx([0.5, 2 / 3])
    assert calibration_error(bins) == pytest.approx((2 * 0.2 + 3 * 0.3) / 5)


def test_a_perfect_promise_has_no_calibration_error() -> None:
    verdicts = [(0.75, place % 4 != 0) for place in range(100)]
    assert calibration_error(reliability(verdicts, [0.0, 0.5, 1.0])) == pytest.approx(0)
    assert calibration_error([]) == 0


def test_the_bootstrap_draws_whole_groups() -> None:
    """Two tables, one all right and one all wrong: by table the share may be 0 or 1, by column it hardly can."""
    items = [("one", 1)] * 50 + [("two", 0)] * 50

    def mean(some: object) -> float:
        assert isinstance(some, list)
        return float(sum(value for _, value in some) / len(some))

    by_table = bootstrap(items, lambda item: item[0], mean)
    singly = bootstrap(list(enumerate(items)), lambda item: str(item[0]), lambda some: mean([item for _, item in some]))
    assert (by_table.score, by_table.low, by_table.high) == (0.5, 0.0, 1.0)
    assert singly.score == 0.5
    assert 0.35 < singly.low < 0.45
    assert 0.55 < singly.high < 0.65


def test_the_bootstrap_of_like_things_is_a_point_and_of_nothing_is_zero() -> None:
    assert bootstrap([1, 1, 1], str, lambda some: sum(some) / len(some)) == (1.0, 1.0, 1.0)
    assert bootstrap([], str, lambda _: 1.0) == (0.0, 0.0, 0.0)


def test_the_bootstrap_says_the_same_each_time() -> None:
    numbers = list(range(30))
    first, second = (bootstrap(numbers, str, lambda some: sum(some) / len(some)) for _ in range(2))
    assert first == second
    assert first.low < 14.5 < first.high
