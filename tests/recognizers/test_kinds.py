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


NAMED = {
    "first_name": "FirstName, prénom, Vorname, fname, imię",
    "last_name": "apellidos, Nachname, lname, cognome, นามสกุล",
    "person_name": "customer_name, Nom et prénom, שם מלא",
    "maiden_name": "MothersMaiden, nom_de_naissance",
    "name_affix": "Anrede, TitleOfCourtesy",
    "email": "adresse_mail, E-Mail, correo electrónico",
    "phone": "msisdn, Handynummer, tel_no, numéro de téléphone, ফোন নম্বর",
    "street_address": "address_line1, Straße, dirección, indirizzo",
    "city": "ville, Wohnort",
    "region": "Bundesland",
    "postal_code": "plz, code_postal, zip, cp",
    "country": "pays",
    "date_of_birth": "dob, d_o_b, date de naissance, Geburtsdatum, fecha_nacimiento, data urodzenia",
    "birthplace": "luogo di nascita",
    "marital_status": "Familienstand",
    "nationality": "nationalité",
    "passport": "numero_passeport, passport_no",
    "national_id": "PESEL, personnummer",
    "social_security": "ssn, bsn",
    "tax_id": "codice fiscale, nip",
    "driving_licence": "Führerscheinnummer, n° permis",
    "vehicle_plate": "Kennzeichen",
    "vin": "vin",
    "iban": "IBAN",
    "bank_account": "Kontonummer, swift",
    "payment_card": "cc_number",
    "card_security_code": "cvv2",
    "card_expiry": "card_expiry_date",
    "income": "salaire",
    "password": "mot_de_passe",
    "secret": "api_key",
    "employer": "employeur",
    "job_title": "job_title, Beruf",
    "tax_residence": "résidence fiscale, tax_residence_country",
    "interests": "hobbies",
    "preferences": "newsletter_opt_in, marketing_consent",
    "behaviour": "last_login_at, attendance",
    "education": "Formation suivie, trainings",
    "free_text": "notes, Bemerkungen",
    "user_agent": "user_agent, browser, os",
    "device_id": "device_id, IMEI",
    "cookie_id": "cookie_id, session_id",
    "search_query": "referring_page, search_history",
    "locale": "preferred_language",
    "geo_coord": "lat, Longitude",
    "url_profile": "linkedin_url",
    "signature": "signature, Unterschrift",
    "photo": "photo",
    "scanned_document": "passport_scan",
    "ethnicity": "race, origine ethnique",
    "religion": "Konfession, religión",
    "political_opinion": "political_party, opinione politica",
    "trade_union": "Gewerkschaft, syndicat",
    "health": "diagnosis, remarque santé, Blutgruppe, discapacidad, health_note",
    "genetic": "DNA profile",
    "biometric": "empreinte digitale, face_template",
    "sex_life": "vie sexuelle",
    "sexual_orientation": "sexuelle Orientierung",
    "philosophical_belief": "Weltanschauung",
    "criminal_record": "casier judiciaire, Vorstrafen, criminal_record",
    "person_id": "customer_id, Mitgliedsnummer, matricule",
    "household": "spouse, nombre_de_hijos",
    "transaction": "purchase_history",
    "ip_address": "ip",
    "mac_address": "mac_address",
}
THINGS = """
product_name, ProductID, UnitPrice, Quantity, order_number, InvoiceDate, invoice_total, sku, status, created_at,
updated_at, version, file_name, host_name, album_title, TrackId, genre_name, media_type, currency, category, row_count,
is_active, email_verified, address_id, Artikelnummer, Bestelldatum, prix unitaire, numero_factura, quantità,
tracking_number, phone_type, password_changed_at, race_id, card_brand, company_size, image_width
"""
HEADERS, HINTS = _index("headers"), _index("hints")


def named(header: str) -> tuple[str, str]:
    """The kind that the longest phrase in a header names, and `headers` or `hints`; ("", "") for none at all."""
    name = words(header)
    spans = [name[start:end] for start in range(len(name)) for end in range(start + 1, len(name) + 1)]
    spans = sorted({*spans, ("".join(name),)}, key=lambda span: (-len(span), -len("".join(span))))
    for level, index in (("headers", HEADERS), ("hints", HINTS)):
        for span in spans:
            if found := index.get(span):
                return min(found), level
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


@pytest.mark.parametrize(("header", "kind"), [(header, kind) for kind, text in NAMED.items() for header in text.split(", ")])
def test_a_column_so_named_is_that_kind(header: str, kind: str) -> None:
    assert named(header) == (kind, "headers")


@pytest.mark.parametrize("header", [header.strip() for header in THINGS.split(",")])
def test_a_column_of_things_is_none(header: str) -> None:
    assert named(header) == ("none", "headers")


@pytest.mark.parametrize("header", "name title code number state company contact card id nombre nom".split())
def test_an_ambiguous_word_is_only_a_hint(header: str) -> None:
    assert named(header)[1] == "hints"


@pytest.mark.parametrize("table", "customers Employee kunden empleados clienti patients sales_reps user_accounts".split())
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
    assert found / people > 0.68, f"{found} of {people}"
    assert flagged / system < 0.11, f"{flagged} of {system}"


def test_header_only_verdicts_on_real_tables() -> None:
    rows = [row for row in _rows("col_tables_tune.jsonl") if not row["ambiguous"]]
    direct = [named(str(row["column"])) for row in rows if row["tier"] == "direct"]
    none = [named(str(row["column"])) for row in rows if row["tier"] == "none"]
    recall = sum(kind not in {"", "none"} for kind, _ in direct) / len(direct)
    false = sum(level == "headers" and KINDS[kind].tier != "none" for kind, level in none) / len(none)
    assert recall > 0.97
    assert false < 0.04
