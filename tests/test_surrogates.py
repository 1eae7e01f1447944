"""Surrogates: of the same kind and shape, as valid as the value they stand for, one for each value under a key."""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Callable
from typing import Any

import phonenumbers
import pytest
import stdnum.iban
import stdnum.luhn

from pii_scan import surrogates
from pii_scan.anonymizer import Anonymizer
from pii_scan.categories import CATEGORIES
from pii_scan.checks import Checks
from pii_scan.errors import ConfigError
from pii_scan.keys import Key
from pii_scan.registry import InstalledRules
from pii_scan.treatment import Options, Treatment

KEY = Key(bytes(range(32)))


@pytest.fixture(scope="module")
def checks() -> Checks:
    return Checks(InstalledRules().load()[0])


def maker(kind: str, entity: str = "", key: Key = KEY, checks: Checks | None = None, **options: Any) -> Callable[[str], str]:
    return Anonymizer(key, checks=checks).operation(Treatment("surrogate", kind, Options(**options), entity))


def luhn(text: str) -> bool:
    return bool(stdnum.luhn.is_valid(re.sub(r"\D", "", text)))


def phone(text: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(text, "FR"))


SHAPED: list[tuple[str, list[str], Callable[[str], bool]]] = [
    ("iban", ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "NO9386011117947", "DE00 0000"], stdnum.iban.is_valid),
    ("payment_card", ["4111 1111 1111 1111", "378282246310005", "4111-1111-1111-1112"], luhn),
    ("phone", ["+33 6 12 34 56 78", "+1 (212) 555-2368", "06 12 34 56 78", "+44 20 7946 0958"], phone),
]


@pytest.mark.parametrize(("kind", "values", "valid"), SHAPED)
def test_shape_country_and_validity_stay(kind: str, values: list[str], valid: Callable[[str], bool]) -> None:
    for value in values:
        made = maker(kind, country="FR")(value)
        assert made != value
        assert re.sub(r"\d", "0", re.sub("[A-Z]", "A", made)) == re.sub(r"\d", "0", re.sub("[A-Z]", "A", value))
        assert valid(made) == valid(value)
        assert made[:2] == value[:2] if kind != "payment_card" else made[0] == value[0]


IDENTIFIERS = [
    ("tax_id", "ES_NIF", "54362315K", "54362315Z"),
    ("national_id", "PL_PESEL", "44051401359", "44051401358"),
    ("vin", "", "1HGCM82633A004352", "1HGCM82633A004353"),
    ("social_security", "", "185057800608491", "185057800608492"),
]


@pytest.mark.parametrize(("kind", "entity", "good", "bad"), IDENTIFIERS)
def test_an_identifier_keeps_its_check_digit(checks: Checks, kind: str, entity: str, good: str, bad: str) -> None:
    valid = checks(kind, entity, good)
    assert valid is not None
    assert valid(good)
    assert not valid(bad)
    assert valid(maker(kind, entity, checks=checks)(good))
    assert maker(kind, entity, checks=checks)(good) != good


def test_what_no_recognizer_accepts_has_no_check(checks: Checks) -> None:
    assert checks("tax_id", "ES_NIF", "hello") is None
    assert checks("person_id", "", "1234567") is None


@pytest.mark.parametrize(
    ("kind", "value", "form"),
    [
        ("person_name", "Ada Lovelace", r"[\w'-]+ [\w' -]+"),
        ("person_name", "LOVELACE, ADA", r"[A-Z' -]+, [A-Z' -]+"),
        ("first_name", "ada", r"[a-z'-]+"),
        ("person_name", "Иван Петров", r"[А-Яа-яё]+ [А-Яа-яё]+"),
        ("email", "ada@example.com", r"[a-z0-9._]+@example\.org"),
        ("city", "Paris", r".+"),
        ("street_address", "10 Downing Street", r".+"),
        ("job_title", "Nurse", r".+"),
        ("free_text", "She called twice.", r".+"),
        ("url_profile", "https://x.com/ada", r"https://example\.org/[0-9a-f]{12}"),
        ("ip_address", "8.8.8.8", r"198\.1[89]\.\d+\.\d+"),
        ("ip_address", "2a00::1", r"2001:db8:.*"),
        ("geo_coord", "47.37, 8.54", r"-?\d+\.\d\d, -?\d+\.\d\d"),
        ("date_of_birth", "03/02/1990", r"\d\d/\d\d/19(8|9)\d"),
        ("device_id", "550e8400-e29b-41d4-a716-446655440000", r"[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}"),
        ("person_id", "C-10023", r"[A-Z]-[1-9]\d{4}"),
        ("health", "HIV", "<HEALTH>"),
        ("age", "old", "<AGE>"),
    ],
)
def test_a_surrogate_is_of_the_kind(kind: str, value: str, form: str) -> None:
    made = maker(kind)(value)
    assert re.fullmatch(form, made), made
    assert made != value


@pytest.mark.parametrize(
    ("kind", "value", "choice"),
    [
        ("gender", "M", {"F", "M"}),
        ("gender", "weiblich", {"weiblich", "männlich"}),
        ("gender", "1", {"0", "1"}),
        ("marital_status", "VERHEIRATET", {"LEDIG", "VERHEIRATET", "GESCHIEDEN", "VERWITWET"}),
        ("political_opinion", "Republican", {"Democrat", "Republican", "Independent"}),
        ("sexual_orientation", "something else", {"heterosexual", "homosexual", "bisexual", "asexual"}),
    ],
)
def test_a_category_is_drawn_from_the_list_that_it_is_on(kind: str, value: str, choice: set[str]) -> None:
    made = {maker(kind, key=Key(bytes([number]) * 32))(value) for number in range(60)}
    assert made == choice
    assert maker(kind)(value) == maker(kind)(f" {value} ").strip()


def test_every_list_of_categories_is_written_as_it_is_read() -> None:
    for kind, groups in CATEGORIES.items():
        for group in groups:
            assert all(word == word.casefold().strip() for word in group), (kind, group)
            assert len(set(group)) == len(group) > 1


def test_one_value_has_one_surrogate_and_another_key_another() -> None:
    values = ["Ada Lovelace", "Alan Turing", "Grace Hopper", "Joan Clarke"]
    first = [maker("person_name")(value) for value in values]
    assert [maker("person_name")(value) for value in reversed(values)] == first[::-1]
    assert maker("person_name")(" ada lovelace").lower() == first[0].lower()
    assert [maker("person_name", key=Key(bytes(32)))(value) for value in values] != first


def test_two_ways_to_write_a_number_have_one_stand_in() -> None:
    cards = {re.sub(r"\D", "", maker("payment_card")(text)) for text in ("4111 1111 1111 1111", "4111111111111111")}
    assert len(cards) == 1
    phones = {maker("phone", country="FR")(text)[-8:] for text in ("+33 6 12 34 56 78", "06 12 34 56 78")}
    assert len(phones) == 1


def test_addresses_do_not_meet() -> None:
    make = maker("email")
    assert len({make(f"user{number}@x.org") for number in range(2000)}) == 2000


def test_the_country_of_a_rule_chooses_the_names() -> None:
    japanese = maker("last_name", country="JP")("Smith")
    assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", japanese)


def test_without_faker_it_says_what_to_install_before_any_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    surrogates._faker.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "faker"]:
        monkeypatch.delitem(sys.modules, name)
    real = builtins.__import__

    def refusing(name: str, *more: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "faker":
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", refusing)
    try:
        with pytest.raises(ConfigError, match=r"pip install 'pii_scan\[surrogates\]'"):
            maker("person_name")
        assert maker("iban")("DE89370400440532013000").startswith("DE")
    finally:
        surrogates._faker.cache_clear()
