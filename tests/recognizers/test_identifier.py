from __future__ import annotations

import pytest

from pii_scan.recognizers import catalogue, documents, generic, identifiers, secrets
from pii_scan.recognizers.identifier import IdentifierRecognizer

ROWS = {row.entity.name: row for row in catalogue.load(*identifiers.FILES, *generic.FILES, *documents.FILES, *secrets.FILES)}


def found(entity: str, text: str) -> list[str]:
    recognizer = IdentifierRecognizer(ROWS[entity])
    return [text[hit.start : hit.end] for hit in recognizer.analyze(text, [entity], None)]


def test_a_passed_checksum_does_not_lift_the_score() -> None:
    row = ROWS["ES_DNI"]
    (hit,) = IdentifierRecognizer(row).analyze("DNI 54362315K", ["ES_DNI"], None)
    assert hit.score == row.score < 1
    assert IdentifierRecognizer.validate_result is IdentifierRecognizer.__mro__[1].validate_result


def test_a_failed_checksum_removes_the_find() -> None:
    assert found("ES_DNI", "DNI 54362315Z") == []


def test_a_shape_scores_lower_than_anything_checked() -> None:
    checked = [row.score for row in ROWS.values() if row.entity.proof == "checked"]
    assert max(row.score for row in ROWS.values() if row.entity.proof == "shape") < min(checked)


def test_recognizers_are_not_tied_to_a_language() -> None:
    row = ROWS["FR_NIR"]
    assert IdentifierRecognizer(row).supported_language == "en"
    assert IdentifierRecognizer(row, supported_language="fr").supported_language == "fr"


def test_presidio_takes_them_into_a_registry() -> None:
    from presidio_analyzer import RecognizerRegistry

    registry = RecognizerRegistry(recognizers=[IdentifierRecognizer(row) for row in ROWS.values()])
    assert set(ROWS) <= set(registry.get_supported_entities(languages=["en"]))


@pytest.mark.parametrize(
    ("entity", "text"),
    [
        ("PL_PESEL", "44051401359"),
        ("FR_NIR", "2 95 10 99 126 111 93"),
        ("BR_CPF", "390.533.447-05"),
        ("SE_PERSONNUMMER", "880320-0016"),
        ("TH_TNIN", "1-2345-45678-78-1"),
        ("CH_AHV", "756.9217.0769.85"),
        ("GB_NINO", "AB 12 34 56 C"),
        ("BD_NID", "19852691234567890"),
        ("MT_ID_CARD", "0123456M"),
        ("IBAN_CODE", "GB82 WEST 1234 5698 7654 32"),
        ("IBAN_CODE", "gb82west12345698765432"),
        ("CREDIT_CARD", "4111-1111-1111-1111"),
        ("EMAIL_ADDRESS", "ada+news@example.co.uk"),
        ("MAC_ADDRESS", "00:1A:2B:3C:4D:5E"),
        ("IP_ADDRESS", "2001:db8::8a2e:370:7334"),
        ("USER_AGENT", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15"),
        ("COOKIE_ID", "GA1.2.1234567890.1609459200"),
        ("GEO_COORD", "48.85837, 2.294481"),
        ("DATE_OF_BIRTH", "1980-02-29"),
        ("STREET_ADDRESS", "12 bis rue de la Paix"),
        ("PROFILE_URL", "https://www.linkedin.com/in/ada-lovelace"),
        ("PASSWORD_HASH", "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW"),
        ("SECRET", "postgresql://ada:correct-horse@db.example.org"),
    ],
)
def test_an_identifier_is_found_whole_and_inside_a_sentence(entity: str, text: str) -> None:
    assert found(entity, text) == [text]
    if entity != "USER_AGENT":  # which runs to the end of its line
        assert text in found(entity, f"noted: {text}, on file")[0]


def test_an_account_number_does_not_swallow_the_word_after_it() -> None:
    assert found("IBAN_CODE", "BE71 0961 2345 6769 BIC GEBABEBB") == ["BE71 0961 2345 6769"]


@pytest.mark.parametrize(
    ("entity", "text"),
    [
        ("EMAIL_ADDRESS", "ada@localhost"),
        ("IP_ADDRESS", "12:30:45"),
        ("IP_ADDRESS", "1.2.3.4.5"),
        ("CREDIT_CARD", "1234567812345670"),
        ("AGE", "4.2"),
        ("POSTAL_CODE", "order 75001"),
        ("CARD_CVV", "12345"),
        ("GEO_COORD", "98.8583,2.2944"),
        ("US_SSN", "666-12-3456"),
        ("FR_NIR", "295109912611194"),
        ("URL", "see https for more"),
    ],
)
def test_what_only_looks_like_one_is_not_found(entity: str, text: str) -> None:
    assert found(entity, text) == []


def test_gender_is_a_closed_list_of_whole_cells() -> None:
    (recognizer,) = [one for one in generic.part().recognizers() if one.supported_entities == ["GENDER"]]
    for text in ("M", "female", " Femme ", "WEIBLICH", "หญิง", "non-binary"):
        assert recognizer.analyze(text, ["GENDER"], None), text
        assert text.strip().casefold() in recognizer.terms
    for text in ("", "mailbox", "Malefemale", "M F"):
        assert not recognizer.analyze(text, ["GENDER"], None), text
