"""A pass rate counts against chance: noise is noise, certainty is certainty."""

import pytest

from pii_scan.model import ColumnEvidence, Entity, Tally, Texture
from pii_scan.weigh import completed, weigh

LUHN = Entity("CARD", "payment_card", "checked", chance=0.1)
EMAIL = Entity("EMAIL_ADDRESS", "email", "shape")
NAMES = Entity("FIRST_NAME", "first_name", "name")
SEXES = Entity("GENDER", "gender", "name")
NINE_DIGITS = Entity("XX_PASSPORT", "passport", "shape")


def column(cells: int = 1_000) -> ColumnEvidence:
    return ColumnEvidence("string", cells, 0, cells, texture=Texture(cells))


def test_nine_percent_of_luhn_passes_is_noise() -> None:
    weight = weigh(LUHN, Tally(1_000, 1_000, 90, 90, 90), column())
    assert weight.nats <= 0
    assert weight.share == 0


def test_all_of_a_thousand_is_certainty() -> None:
    weight = weigh(LUHN, Tally(1_000, 1_000, 1_000, 1_000, 1_000), column())
    assert weight.nats == pytest.approx(9.0)
    assert weight.share == pytest.approx(1.0)


def test_three_passes_of_three_are_not_certainty_yet() -> None:
    few = weigh(LUHN, Tally(3, 3, 3, 3, 3), column(3)).nats
    many = weigh(LUHN, Tally(30, 30, 30, 30, 30), column(30)).nats
    assert 0 < few < 7 <= many


def test_the_share_is_corrected_for_those_that_pass_by_chance() -> None:
    weight = weigh(LUHN, Tally(1_000, 1_000, 550, 550, 550), column())
    assert weight.share == pytest.approx(0.5)


def test_a_tenth_of_the_column_makes_no_verdict_but_is_beyond_chance() -> None:
    weight = weigh(LUHN, Tally(100, 100, 100, 100, 100), column())
    assert weight.nats == 0
    assert weight.beyond > 100


def test_a_form_that_proves_little_adds_little() -> None:
    assert weigh(NINE_DIGITS, Tally(1_000, 200, 200, 200, 1_000), column()).nats < 1
    assert weigh(EMAIL, Tally(1_000, 200, 200, 200, 1_000), column()).nats > 8


def test_a_list_that_holds_a_fifth_of_the_words_says_nothing() -> None:
    assert weigh(NAMES, Tally(200, 1_000, 200, 200, 200), column()).nats == 0
    assert weigh(NAMES, Tally(900, 1_000, 900, 900, 900), column()).nats > 4


def test_nothing_passed_is_no_evidence() -> None:
    assert weigh(LUHN, Tally(500, 500, 0, 0, 0), column()).nats == 0


def test_a_closed_list_is_full_with_two_of_its_words_and_an_open_one_is_not() -> None:
    two = Tally(1_000, 2, 2, 2, 1_000)
    assert weigh(SEXES, two, column()).nats > 4
    assert weigh(NAMES, two, column()).nats < 3
    assert weigh(SEXES, Tally(1_000, 1, 1, 1, 1_000), column()).nats < 3  # all of one sex, or of one letter


def test_plainer_forms_complete_a_telling_one() -> None:
    phones = weigh(EMAIL, Tally(600, 600, 600, 600, 600), column())
    digits = weigh(NINE_DIGITS, Tally(400, 400, 400, 400, 400), column())
    both = completed(phones, 9.0, [digits])
    assert both.share == pytest.approx(1.0)
    assert phones.nats < both.nats <= 9.0
    assert completed(phones, 9.0, []) == phones
