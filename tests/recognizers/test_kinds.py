"""The kinds table: complete, mapped, and with words that tell people from things."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pii_scan.header import contains, words
from pii_scan.model import Kind
from pii_scan.recognizers.kinds import part

DATA = Path(__file__).parents[3] / "shared" / "data"
KINDS = {kind.name: kind for kind in part().kinds}
DESIGN = """
person_name first_name last_name middle_name maiden_name name_affix username email phone street_address city region postal_code
country geo_coord ip_address mac_address device_id user_agent cookie_id url_profile search_query locale date_of_birth age gender
birthplace date_of_death marital_status nationality language household passport national_id social_security tax_id driving_licence
other_id health_insurance_id vehicle_plate vin person_id iban bank_account payment_card card_expiry card_security_code income
transaction tax_residence password secret employer job_title education interests preferences behaviour company_name free_text
photo signature scanned_document ethnicity religion political_opinion trade_union health genetic biometric
sex_life sexual_orientation philosophical_belief criminal_record none
""".split()


def _index(level: str) -> dict[tuple[str, ...], set[str]]:
    found: dict[tuple[str, ...], set[str]] = {}
    for kind in KINDS.values():
        for phrase in getattr(kind, level):
            split = words(phrase)
            found.setdefault(split, set()).add(kind.name)
            found.setdefault(("".join(split),), set()).add(kind.name)
    return found


HEADERS, HINTS, TABLES = _index("headers"), _index("hints"), _index("tables")


def named(header: str) -> tuple[str, str]:
    """The kind that the longest phrase in a header names, and `headers` or `hints`; ("", "") for none at all."""
    name = words(header)
    spans = [name[start:end] for start in range(len(name)) for end in range(start + 1, len(name) + 1)]
    spans = sorted({*spans, ("".join(name),)}, key=lambda span: (-len(span), -len("".join(span))))
    for level, index in (("headers", HEADERS), ("hints", HINTS)):
        for span in spans:
            if found := index.get(span):
                return sorted(found)[0], level
    return "", ""


def _rows(name: str) -> list[dict[str, object]]:
    path = DATA / name
    if not path.exists():
        pytest.skip("no ../shared/data")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_kind_of_the_design_is_there_and_no_other() -> None:
    assert list(KINDS) == DESIGN


def test_the_table_passes_its_own_check() -> None:
    assert list(part().check()) == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_is_mapped_and_has_words_in_many_languages(kind: Kind) -> None:
    assert kind.label
    assert kind.tier in {"direct", "quasi", "attribute", "special", "none"}
    assert (kind.article != "") == (kind.tier == "special")
    assert len(kind.headers) >= 20
    assert kind.name == "none" or kind.category.startswith("https://w3id.org/dpv/pd#")


def test_every_category_is_a_term_of_the_vocabulary_and_special_ones_are_special_there() -> None:
    rows = {row["row"]["iri"]: row["row"] for row in _rows("taxonomy_dpv_pd.jsonl")}  # type: ignore[index]
    for kind in KINDS.values():
        if kind.name == "none":
            continue
        assert kind.category in rows, kind.name
        if kind.article == "Art. 9":
            assert "Special" in rows[kind.category]["dpvtype"], kind.name


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("FirstName", "first_name"), ("prénom", "first_name"), ("Vorname", "first_name"), ("fname", "first_name"), ("imię", "first_name"),
        ("apellidos", "last_name"), ("Nachname", "last_name"), ("lname", "last_name"), ("cognome", "last_name"), ("นามสกุล", "last_name"),
        ("customer_name", "person_name"), ("Nom et prénom", "person_name"), ("שם מלא", "person_name"), ("MothersMaiden", "maiden_name"),
        ("nom_de_naissance", "maiden_name"), ("Anrede", "name_affix"), ("TitleOfCourtesy", "name_affix"), ("adresse_mail", "email"),
        ("E-Mail", "email"), ("correo electrónico", "email"), ("msisdn", "phone"), ("Handynummer", "phone"), ("tel_no", "phone"),
        ("numéro de téléphone", "phone"), ("ফোন নম্বর", "phone"), ("address_line1", "street_address"), ("Straße", "street_address"),
        ("dirección", "street_address"), ("indirizzo", "street_address"), ("ville", "city"), ("Wohnort", "city"), ("Bundesland", "region"),
        ("plz", "postal_code"), ("code_postal", "postal_code"), ("zip", "postal_code"), ("cp", "postal_code"), ("pays", "country"),
        ("dob", "date_of_birth"), ("d_o_b", "date_of_birth"), ("date de naissance", "date_of_birth"), ("Geburtsdatum", "date_of_birth"),
        ("fecha_nacimiento", "date_of_birth"), ("data urodzenia", "date_of_birth"), ("luogo di nascita", "birthplace"),
        ("Familienstand", "marital_status"), ("nationalité", "nationality"), ("numero_passeport", "passport"), ("passport_no", "passport"),
        ("PESEL", "national_id"), ("personnummer", "national_id"), ("ssn", "social_security"), ("bsn", "social_security"),
        ("codice fiscale", "tax_id"), ("nip", "tax_id"), ("Führerscheinnummer", "driving_licence"), ("n° permis", "driving_licence"),
        ("Kennzeichen", "vehicle_plate"), ("vin", "vin"), ("IBAN", "iban"), ("Kontonummer", "bank_account"), ("swift", "bank_account"),
        ("cc_number", "payment_card"), ("cvv2", "card_security_code"), ("exp_month", "card_expiry"), ("salaire", "income"),
        ("mot_de_passe", "password"), ("api_key", "secret"), ("employeur", "employer"), ("job_title", "job_title"), ("Beruf", "job_title"),
        ("résidence fiscale", "tax_residence"), ("tax_residence_country", "tax_residence"), ("hobbies", "interests"),
        ("newsletter_opt_in", "preferences"), ("marketing_consent", "preferences"), ("last_login_at", "behaviour"), ("attendance", "behaviour"),
        ("Formation suivie", "education"), ("trainings", "education"), ("notes", "free_text"), ("Bemerkungen", "free_text"),
        ("user_agent", "user_agent"), ("browser", "user_agent"), ("os", "user_agent"), ("device_id", "device_id"), ("IMEI", "device_id"),
        ("cookie_id", "cookie_id"), ("session_id", "cookie_id"), ("referring_page", "search_query"), ("search_history", "search_query"),
        ("preferred_language", "locale"), ("lat", "geo_coord"), ("Longitude", "geo_coord"), ("linkedin_url", "url_profile"),
        ("signature", "signature"), ("Unterschrift", "signature"), ("photo", "photo"), ("passport_scan", "scanned_document"),
        ("race", "ethnicity"), ("origine ethnique", "ethnicity"), ("Konfession", "religion"), ("religión", "religion"),
        ("political_party", "political_opinion"), ("opinione politica", "political_opinion"), ("Gewerkschaft", "trade_union"),
        ("syndicat", "trade_union"), ("diagnosis", "health"), ("remarque santé", "health"), ("Blutgruppe", "health"), ("discapacidad", "health"),
        ("health_note", "health"), ("DNA profile", "genetic"), ("empreinte digitale", "biometric"), ("face_template", "biometric"),
        ("vie sexuelle", "sex_life"), ("sexuelle Orientierung", "sexual_orientation"), ("Weltanschauung", "philosophical_belief"),
        ("casier judiciaire", "criminal_record"), ("Vorstrafen", "criminal_record"), ("criminal_record", "criminal_record"),
        ("customer_id", "person_id"), ("Mitgliedsnummer", "person_id"), ("matricule", "person_id"), ("spouse", "household"),
        ("nombre_de_hijos", "household"), ("purchase_history", "transaction"), ("ip", "ip_address"), ("mac_address", "mac_address"),
    ],
)  # fmt: skip
def test_a_column_so_named_is_that_kind(header: str, kind: str) -> None:
    assert named(header) == (kind, "headers")


@pytest.mark.parametrize(
    "header",
    [
        "product_name", "ProductID", "UnitPrice", "Quantity", "order_number", "InvoiceDate", "invoice_total", "sku", "status", "created_at",
        "updated_at", "version", "file_name", "host_name", "album_title", "TrackId", "genre_name", "media_type", "currency", "category",
        "row_count", "is_active", "email_verified", "address_id", "Artikelnummer", "Bestelldatum", "prix unitaire", "numero_factura",
        "quantità", "tracking_number", "phone_type", "password_changed_at", "race_id", "card_brand", "company_size", "image_width",
    ],
)  # fmt: skip
def test_a_column_of_things_is_none(header: str) -> None:
    assert named(header) == ("none", "headers")


@pytest.mark.parametrize(
    "header", ["name", "title", "code", "number", "state", "company", "contact", "card", "id", "nombre", "nom"]
)
def test_an_ambiguous_word_is_only_a_hint(header: str) -> None:
    assert named(header)[1] == "hints"


@pytest.mark.parametrize(
    "table", ["customers", "Employee", "kunden", "empleados", "clienti", "patients", "sales_reps", "user_accounts"]
)
def test_a_table_of_people_speaks_for_names(table: str) -> None:
    assert any(contains(words(table), words(phrase)) for phrase in KINDS["person_name"].tables)


@pytest.mark.parametrize("table", ["products", "Album", "tracks", "invoice_lines", "inventory", "Artikel", "productos"])
def test_a_table_of_things_speaks_for_none(table: str) -> None:
    assert any(contains(words(table), words(phrase)) for phrase in KINDS["none"].tables)


def test_header_only_recall_on_real_column_names() -> None:
    """Fides marks 897 columns as of the user or of the system; names alone find most of the one and spare most of the other."""
    found, people, flagged, system = 0, 0, 0, 0
    for row in _rows("colnames_fides.jsonl"):
        kind, level = named(str(row["column"]))
        personal = any(str(label).startswith("user") for label in row["labels"])  # type: ignore[attr-defined]
        hit = kind not in {"", "none"} and level == "headers"
        people, found = people + personal, found + (hit and personal)
        system, flagged = system + (not personal), flagged + (hit and not personal)
    print(f"fides: {found}/{people} personal columns named, {flagged}/{system} system columns flagged")
    assert found / people > 0.60
    assert flagged / system < 0.20


def test_header_only_verdicts_on_real_tables() -> None:
    rows = [row for row in _rows("col_tables_tune.jsonl") if not row["ambiguous"]]
    direct = [named(str(row["column"])) for row in rows if row["tier"] == "direct"]
    none = [named(str(row["column"])) for row in rows if row["tier"] == "none"]
    recall = sum(kind not in {"", "none"} for kind, _ in direct) / len(direct)
    false = sum(kind not in {"", "none"} and level == "headers" for kind, level in none) / len(none)
    print(f"tables: direct {recall:.2f}, none flagged {false:.2f}")
    assert recall > 0.95
    assert false < 0.05
