"""Names, numbers and kinds as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.reports.wording import count, label, percent, plural, printable, probability, shortened, term


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain name", "plain name"),
        ("顧客 電話番号", "顧客 電話番号"),
        ("نام\u200cخانوادگی", "نام\u200cخانوادگی"),
        ("two\nlines", r"two\nlines"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\ufeffid", r"\ufeffid"),
        ("\udcff", r"\udcff"),
        ("no\xa0break", r"no\xa0break"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_cannot_be_seen_is_shown(name: str, shown: str) -> None:
    assert printable(name) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_every_name_can_be_encoded_and_is_shown_once(name: str) -> None:
    shown = printable(name)
    assert shown.encode() or not name
    assert printable(shown) == shown


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0 %"),
        (0.000_001, "<0.1 %"),
        (0.001, "0.1 %"),
        (0.29, "29 %"),
        (0.57, "57 %"),
        (0.9999, "99.9 %"),
        (0.999_999_999_999, "99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_is_cut_so_that_only_all_is_all_and_only_nothing_is_nothing(share: float, words: str) -> None:
    assert percent(share) == words


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_no_part_is_called_all_or_nothing(share: float) -> None:
    assert percent(share) not in {"0 %", "100 %"}


@pytest.mark.parametrize(("value", "words"), [(1.0, "1.00"), (0.998, "0.99"), (0.29, "0.29"), (0.0, "0.00")])
def test_a_probability_is_not_rounded_up_to_certainty(value: float, words: str) -> None:
    assert probability(value) == words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("email", "Email"),
        ("ip_address", "IP address"),
        ("national_id", "National ID"),
        ("vin", "VIN"),
        ("genetic", "Genetic data"),
        ("", ""),
    ],
)
def test_a_kind_reads_as_words(kind: str, words: str) -> None:
    assert label(kind) == words


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("https://w3id.org/dpv/pd#PassportNumber", "pd:PassportNumber"),
        ("https://w3id.org/dpv/pd/#Health", "pd:Health"),
        ("something", "something"),
        ("", ""),
    ],
)
def test_a_category_is_told_by_its_short_name(category: str, name: str) -> None:
    assert term(category) == name


def test_numbers_are_grouped_and_their_nouns_agree() -> None:
    assert (count(1_234_567), plural(1, "table"), plural(0, "table"), plural(1_200, "row")) == (
        "1,234,567",
        "1 table",
        "0 tables",
        "1,200 rows",
    )


@given(st.text(max_size=300), st.integers(5, 200))
def test_a_shortened_name_keeps_its_ends_and_its_limit(name: str, limit: int) -> None:
    short = shortened(name, limit)
    assert len(short) <= limit or short == name
    assert len(name) > limit or short == name
    assert short[:2] == name[:2]
    assert short[-2:] == name[-2:]
