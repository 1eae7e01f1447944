"""Column names are read by words, in any convention, and what stands beside a phrase can change its sense."""

import pytest

from pii_scan.model import Catalogue, Entity, Kind
from pii_scan.naming import Namer, silent

KINDS = [
    Kind("email", "E-mail", "", "direct", headers=("email", "e-mail", "courriel", "email address")),
    Kind("first_name", "First name", "", "direct", headers=("first name", "vorname", "prenom")),
    Kind("city", "City", "", "quasi", headers=("city", "ville")),
    Kind("date_of_birth", "Date of birth", "", "quasi", headers=("date of birth", "dob", "geburtsdatum")),
    Kind("tax_id", "Tax number", "", "direct", headers=("tax id",)),
    Kind("person_name", "Name", "", "direct", headers=("full name",), hints=("name",)),
    Kind("none", "Not personal", "", "none", headers=("product name",)),
]
NIF = Entity("ES_NIF", "tax_id", "checked", 0.04, "ES", headers=("nif",))
NAMER = Namer(Catalogue({kind.name: kind for kind in KINDS}, {"ES_NIF": NIF}))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("email", "email"),
        ("E-Mail", "email"),
        ("customerEmail", "email"),
        ("EMAIL_ADDRESS", "email"),
        ("firstname", "first_name"),
        ("first_name", "first_name"),
        ("Vorname", "first_name"),
        ("prénom", "first_name"),
        ("billing_city", "city"),
        ("dateOfBirth", "date_of_birth"),
        ("DOB", "date_of_birth"),
        ("geburtsdatum", "date_of_birth"),
        ("nif", "tax_id"),
        ("product_name", "none"),
        ("strFirstName", "first_name"),
        ("vchEmail", "email"),
        ("first_name_txt", "first_name"),
        ("Email__c", "email"),
        ("CUSTOMERFIRSTNAME", "first_name"),
        ("employeeemailaddress", "email"),
        ("homecity", "city"),
    ],
)
def test_the_weightiest_reading_is_the_kind(name: str, kind: str) -> None:
    read = NAMER.read(name)
    assert max(read, key=lambda found: read[found].weight) == kind
    assert read[kind].weight > 3.5


@pytest.mark.parametrize(
    "name", ["acid", "capacity", "velocity", "emailer", "scity", "unif", "personage", "ownership", "clientele", "velocitytxt"]
)
def test_words_inside_words_are_not_read(name: str) -> None:
    assert not NAMER.read(name)


@pytest.mark.parametrize("name", ["city_id", "email_verified", "email_sent_at", "has_email", "email_count"])
def test_words_about_a_datum_are_not_the_datum(name: str) -> None:
    assert all(named.weight < 0 for named in NAMER.read(name).values())


def test_a_hint_weighs_less_than_a_header() -> None:
    assert NAMER.read("name")["person_name"].weight < NAMER.read("full_name")["person_name"].weight


def test_a_national_word_names_its_entity() -> None:
    assert NAMER.read("nif")["tax_id"].entity == "ES_NIF"
    assert not NAMER.read("tax_id")["tax_id"].entity


SPECIAL = Kind(
    "religion", "Religion", "", "special", "Art. 9", headers=("religion", "faith"), ambiguous=("faith",), signs=("church tax",)
)
TELLER = Namer(Catalogue({"religion": SPECIAL}, {}))


@pytest.mark.parametrize("name", ["religion_id", "religion_code", "is_religion", "religion_type", "religion"])
def test_a_code_of_a_special_category_is_as_telling_as_the_word(name: str) -> None:
    assert TELLER.read(name)["religion"].weight > 3.5


@pytest.mark.parametrize(("name", "sort"), [("religion", "header"), ("faith", "ambiguous"), ("church_tax_rate", "sign")])
def test_a_phrase_says_in_which_way_it_speaks(name: str, sort: str) -> None:
    assert TELLER.read(name)["religion"].sort == sort


@pytest.mark.parametrize("name", ["faith_id", "religion_count", "religion_updated_at"])
def test_words_about_a_datum_still_turn_it(name: str) -> None:
    assert TELLER.read(name)["religion"].weight < 0


@pytest.mark.parametrize("name", ["c7", "field_12", "Unnamed: 3", "col", "X", "列3", "42", "value_1"])
def test_a_place_holder_is_no_name(name: str) -> None:
    assert silent(name)


@pytest.mark.parametrize("name", ["ip_range", "numero_commande", "colour_name", "dob", "столица", "c7_city"])
def test_a_name_that_is_not_understood_is_a_name_all_the_same(name: str) -> None:
    assert not silent(name)
