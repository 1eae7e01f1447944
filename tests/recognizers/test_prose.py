"""The readers find names, places, addresses and named numbers in sentences of any language, and leave the rest alone."""

import pytest
from presidio_analyzer import EntityRecognizer

from pii_scan.recognizers import prose
from pii_scan.recognizers.name_in_text import NameInTextRecognizer
from pii_scan.recognizers.wording import Sentence, sentence


@pytest.fixture(scope="module")
def readers() -> dict[str, EntityRecognizer]:
    return {reader.supported_entities[0]: reader for reader in prose.recognizers()}


def found(readers: dict[str, EntityRecognizer], entity: str, text: str, least: float = 0.5) -> list[str]:
    finds = readers[entity].analyze(text, [entity], None)  # type: ignore[arg-type]
    return [text[find.start : find.end] for find in finds if find.score >= least]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Spoke with Lorena Fogaça on Thursday, prefers post.", ["Lorena Fogaça"]),
        ("Gesprochen mit Sören Gnatz, er ruft zurück.", ["Sören Gnatz"]),
        ("Sehr geehrte Frau Quuxmann, danke für Ihr Schreiben.", ["Frau Quuxmann"]),
        ("Appelé par Mme Zorglub ce matin.", ["Mme Zorglub"]),
        ("Nombre: Adur. Apellidos: Larrea Etxea.", ["Adur", "Larrea Etxea"]),
        ("Il signor Quattrini ha chiamato per il router.", ["signor Quattrini"]),
        ("Rozmawiałem z Dorota Budner o fakturze.", ["Dorota Budner"]),
        ("Ligia Díaz van der Quux called about the lamp", ["Ligia Díaz van der Quux"]),
        ("my name is ada lovelace and i lost my card", ["ada lovelace"]),
        ("what's your name? mark pinto", ["mark pinto"]),
        ("Karen Smith's parcel came; Karen was pleased.", ["Karen Smith", "Karen"]),
        ("A note by J. Kowalski", ["J. Kowalski"]),
    ],
)
def test_names_are_found_by_lists_and_by_the_words_beside_them(
    readers: dict[str, EntityRecognizer], text: str, names: list[str]
) -> None:
    assert found(readers, "PERSON", text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Customer asked about delivery times for the standing desk; told 7 business days.",
        "Will call back on Friday morning. Price list 4.2 sent.",
        "Wants an invoice in PDF. Discount of 20% offered.",
        "Upgraded to the Gold plan after a demo on Monday in April.",
        "The Bill Gates Foundation Award was given in May",
        "Der Mai war kalt, und die Bestellung kam spät.",
        "we can may not will so long",
        "",
        "1843",
    ],
)
def test_sentences_without_a_name_have_none(readers: dict[str, EntityRecognizer], text: str) -> None:
    assert found(readers, "PERSON", text) == []


def test_one_first_name_alone_is_found_with_less_certainty(readers: dict[str, EntityRecognizer]) -> None:
    text = "I'm so jealous! shouted Oona at nobody"
    assert found(readers, "PERSON", text) == []
    assert found(readers, "PERSON", text, least=0.0) == ["Oona"]


@pytest.mark.parametrize(
    ("text", "span", "entity", "is_in_truth"),
    [
        ("we met Judy there", (7, 11), "LOCATION", "PERSON"),
        ("she flew from Slovenia", (14, 22), "PERSON", "LOCATION"),
        ("paid 41 EUR today", (8, 11), "PERSON", ""),
        ("closed on Monday then", (10, 16), "PERSON", ""),
        ("the Golden Award came", (4, 16), "PERSON", ""),
        ("we met Zanzibarina Quux", (7, 23), "PERSON", "PERSON"),
    ],
)
def test_finds_of_a_model_are_corrected(
    readers: dict[str, EntityRecognizer], text: str, span: tuple[int, int], entity: str, is_in_truth: str
) -> None:
    reader = readers["PERSON"]
    assert isinstance(reader, NameInTextRecognizer)
    assert reader.corrected(text, *span, entity) == is_in_truth


@pytest.mark.parametrize(
    ("entity", "text", "finds"),
    [
        ("LOCATION", "She moved here from Portugal to Sevilla", ["Portugal", "Sevilla"]),
        ("LOCATION", "mi amiga vive en Quuxburgo desde mayo", ["Quuxburgo"]),
        ("LOCATION", "from Monday in the morning to Friday", []),
        ("STREET_ADDRESS", "ship it to 12 Mill Lane, Leeds LS1 4AP please", ["12 Mill Lane, Leeds LS1 4AP"]),
        ("STREET_ADDRESS", "Domicilio: Calle de Boteros, 6.\nCP: 51003.", ["Calle de Boteros, 6", "51003"]),
        ("STREET_ADDRESS", "wohnhaft in Lange Gasse 5, 80331 München.", ["Lange Gasse 5, 80331 München"]),
        ("STREET_ADDRESS", "I keep getting address 203.0.113.77 blocked", []),
        ("STREET_ADDRESS", "we walked the street and were lucky", []),
        ("STREET_ADDRESS", "Order 4949155168 was split into 4 parcels", []),
        ("PHONE_NUMBER", "Tel.: 93 416 97 00 / call 469 34 883", ["93 416 97 00", "469 34 883"]),
        ("PHONE_NUMBER", "ticket number 0452251153 closed on 2024-05-06", []),
        ("PHONE_NUMBER", "his social security number is 752-52-8258", []),
        ("NAMED_ID", "Checked ID no. CP790916C for her; DNI 54362315K", ["CP790916C", "54362315K"]),
        ("NAMED_ID", "NASS: 26 63514095.", ["26 63514095"]),
        ("NAMED_ID", "the document of 2024-05-06 and order 20341", []),
        ("AGE", "a man of 70 años; she is 41 years old", ["70 años", "41 years old"]),
        ("AGE", "told 7 business days, 41 parcels", []),
        ("THING_NUMBER", "Order 4949155168 and Ticket #20341", ["4949155168", "20341"]),
    ],
)
def test_places_addresses_and_numbers_are_found_where_words_name_them(
    readers: dict[str, EntityRecognizer], entity: str, text: str, finds: list[str]
) -> None:
    assert found(readers, entity, text) == finds


def test_the_samples_of_the_part_hold() -> None:
    assert list(prose.check()) == []


def test_words_know_their_place_and_lose_the_possessive() -> None:
    read = sentence("Anna's and O'Neill's 12-14 cats")
    assert [word.text for word in read.words] == ["Anna", "and", "O'Neill", "12-14", "cats"]
    assert all(read.text[word.start : word.end] == word.text for word in read.words)


def test_a_text_of_another_language_is_told_by_its_small_words() -> None:
    assert Sentence("Se realiza tratamiento de la lesión con el paciente en el servicio").foreign
    assert not Sentence("The letter was sent to the office and it is lost").foreign


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Passports: QX1234567 and ZY9876543 were shown.", ["QX1234567", "ZY9876543"]),
        ("Reisepässe QX1234567", []),
        ("PAN: QXZND1234Z was typed wrongly", ["QXZND1234Z"]),
        ("Die IdNr. 98765432106 liegt vor.", ["98765432106"]),
        ("Numero di passaporto QX1234567, ZY7654321 e QZ1111222", ["QX1234567", "ZY7654321", "QZ1111222"]),
        ("fødselsnummer 01019012345 er registrert", ["01019012345"]),
        ("Η κάρτα με ΑΜΚΑ 01019012345 λείπει", ["01019012345"]),
        ("passport QX1234567 and 2024 was a good year", ["QX1234567"]),
        ("Heat the pan 20 cm above the fire", []),
        ("use pan number 4 for the sauce", []),
    ],
)
def test_a_phrase_names_an_identifier_of_any_form_and_those_listed_after_it(
    readers: dict[str, EntityRecognizer], text: str, numbers: list[str]
) -> None:
    assert found(readers, "NAMED_ID", text) == numbers
