"""Codes of medicine: their check digits and groups, against published examples and neighbours of them."""

import pytest

from pii_scan.recognizers.rules import rule


@pytest.mark.parametrize("text", ["44054006", "38341003", "195967001", "370143000", "900000000000207008"])
def test_a_snomed_identifier_passes(text: str) -> None:
    assert rule("rules.snomed_ct")(text)


@pytest.mark.parametrize("text", ["44054007", "44054", "4405400a", "44054916", "1111111", "9000000000002070081"])
def test_other_digits_do_not(text: str) -> None:
    assert not rule("rules.snomed_ct")(text)


@pytest.mark.parametrize("text", ["4548-4", "2345-7", "718-7", "8867-4"])
def test_a_loinc_code_passes_luhn(text: str) -> None:
    assert rule("stdnum.luhn")(text)


@pytest.mark.parametrize("text", ["A10BA02", "V20AA01", "N07XX04"])
def test_an_atc_code_is_of_a_group_that_exists(text: str) -> None:
    assert rule("rules.atc")(text)


@pytest.mark.parametrize("text", ["A17BA02", "E10BA02", "B07AA01", "A00AA01", "A10BA2"])
def test_other_codes_are_not(text: str) -> None:
    assert not rule("rules.atc")(text)
