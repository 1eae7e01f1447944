"""The catalogue is complete: what python-stdnum validates, passports and licences of the world, and what numbers tell."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from typing import get_args

import pytest
import stdnum

from pii_scan.classify import classify
from pii_scan.errors import RecognizerError
from pii_scan.gather import report
from pii_scan.model import Catalogue, Column, ColumnEvidence, Evidence, TableFacts, Tally, Texture, Told
from pii_scan.reasons import told_reason
from pii_scan.recognizers import catalogue, documents, generic, identifiers, secrets
from pii_scan.settings import Settings

ROWS = catalogue.load(*identifiers.FILES, *generic.FILES, *documents.FILES, *secrets.FILES)
BY_NAME = {row.entity.name: row for row in ROWS}

BY_OUR_RULES = {
    "ar.dni": "AR_DNI", "at.businessid": "AT_FN", "be.ssn": "BE_NN", "bitcoin": "BITCOIN_ADDRESS",
    "ch.uid": "CH_UID", "ch.vat": "CH_UID", "cr.cr": "CR_DIMEX", "de.wkn": "DE_WKN", "fi.associationid": "FI_ASSOCIATION",
    "fr.accise": "EU_EXCISE", "nl.brin": "NL_BRIN", "de.handelsregisternummer": "DE_HANDELSREGISTER",
    "dz.nif": "DZ_NIF", "ean": "EAN", "eg.tn": "EG_TN", "es.cif": "ES_NIF", "es.dni": "ES_DNI", "es.iban": "IBAN_CODE",
    "be.iban": "IBAN_CODE", "me.iban": "IBAN_CODE", "no.iban": "IBAN_CODE", "iban": "IBAN_CODE", "fi.hetu": "FI_HETU",
    "hu.anum": "HU_ANUM", "meid": "MEID", "ke.pin": "KE_PIN", "kr.brn": "KR_BRN", "li.peid": "LI_PEID",
    "luhn": "CREDIT_CARD", "mac": "MAC_ADDRESS", "no.mva": "NO_MVA", "no.orgnr": "NO_MVA", "pl.nip": "PL_NIP",
    "ro.cf": "RO_CIF", "sm.coe": "SM_COE", "th.pin": "TH_TNIN", "us.atin": "US_ATIN", "us.itin": "US_ITIN", "us.tin": "US_SSN",
    "za.idnr": "ZA_ID",
}  # fmt: skip
"""Modules that are served by a row with a rule of ours, or by a shape because the module checks nothing else."""
NO_IDENTIFIER_OF_ANYONE = set(
    "at.postleitzahl damm es.postal_code iso7064.mod_11_10 iso7064.mod_11_2 iso7064.mod_37_2 iso7064.mod_37_36 "
    "iso7064.mod_97_10 nl.postcode se.postnummer vatin verhoeff".split()
)
"""Check-digit methods, places that the kinds know, and registers that repeat the national numbers."""

STATES = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO CH GB US CA AU NZ IN PK BD LK CN "
    "JP KR TH VN PH ID MY SG HK TW IL TR UA RU BR MX AR CL CO ZA NG KE EG MA SA AE QA KW BH OM"
).split()


def modules() -> list[str]:
    found = []
    for module in pkgutil.walk_packages(stdnum.__path__, "stdnum."):
        if module.name == "stdnum.iso9362":  # an old name of stdnum.bic that warns
            continue
        if not module.ispkg and hasattr(importlib.import_module(module.name), "is_valid"):
            found.append(module.name.removeprefix("stdnum."))
    return found


def test_every_number_that_python_stdnum_validates_has_a_row_or_is_nobodys() -> None:
    served = {row.validator.removeprefix("stdnum.") for row in ROWS if row.validator.startswith("stdnum.")}
    assert set(modules()) - served - BY_OUR_RULES.keys() - NO_IDENTIFIER_OF_ANYONE == set()
    assert set(BY_OUR_RULES.values()) <= BY_NAME.keys()


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_passport(state: str) -> None:
    row = BY_NAME[f"{state}_PASSPORT"]
    assert row.entity.kind == "passport"
    assert row.entity.headers


@pytest.mark.parametrize(
    "state",
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK GB US CA AU IN BR".split(),
)
def test_every_state_of_the_union_and_beyond_has_its_driving_licence(state: str) -> None:
    assert BY_NAME[f"{state}_DRIVER_LICENSE"].entity.kind == "driving_licence"


@pytest.mark.parametrize(
    "entity",
    "MT_ID_CARD BD_NID BD_TIN SG_NRIC_FIN HK_ID PH_PHILSYS NG_NIN KZ_IIN AE_EMIRATES_ID SA_ID KW_CIVIL_ID QA_QID BH_CPR "
    "OM_CIVIL_ID HU_PERSONAL_ID LU_NATIONAL_ID CY_ID_CARD EHIC DE_HEALTH_INSURANCE FR_NIR GB_NHS US_MBI US_NPI".split(),
)
def test_numbers_that_python_stdnum_lacks_have_a_row(entity: str) -> None:
    assert entity in BY_NAME


@pytest.mark.parametrize(("entity", "text"), [("PL_PASSPORT", "qb8995183"), ("ES_NIE", "x1234567l"), ("GB_NINO", "tw987654a")])
def test_small_letters_are_read_as_capitals(entity: str, text: str) -> None:
    row = BY_NAME[entity]
    assert row.rule is not None
    assert row.rule(text)
    assert any(re.fullmatch(shape, text, row.flags) for shape in row.shapes)


@pytest.mark.parametrize(
    ("entity", "told"),
    [
        ("PL_PESEL", {"birth_date", "sex"}),
        ("SE_PERSONNUMMER", {"birth_date", "sex"}),
        ("IT_FISCAL_CODE", {"birth_date", "sex", "region"}),
        ("FR_NIR", {"birth_date", "sex", "region"}),
        ("RO_CNP", {"birth_date", "sex", "region"}),
        ("CN_RIC", {"birth_date", "sex", "region"}),
        ("AE_EMIRATES_ID", {"birth_year"}),
        ("CH_AHV", set()),
        ("US_SSN", set()),
    ],
)
def test_rows_say_what_a_number_tells_of_its_owner(entity: str, told: set[Told]) -> None:
    assert set(BY_NAME[entity].entity.tells) == told
    assert set(get_args(Told)) >= told


def test_a_row_that_tells_what_is_not_known_does_not_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    row = '[[identifier]]\nentity = "X"\nkind = "k"\nlabel = "l"\nshape = "x"\nmatch = ["x"]\nreject = ["y"]\nsource = "https://x"\n'
    (tmp_path / "rows.toml").write_text(row + 'tells = ["mood"]\n', "utf-8")
    with pytest.raises(RecognizerError, match="tells what is not known: mood"):
        catalogue.load("rows.toml")


def test_the_words_name_each_thing_once() -> None:
    assert told_reason(BY_NAME["CH_AHV"].entity) == ""
    assert told_reason(BY_NAME["AT_SVNR"].entity) == "such a number tells its owner's birth date"
    assert told_reason(BY_NAME["PL_PESEL"].entity) == "such a number tells its owner's birth date and sex"
    assert told_reason(BY_NAME["FR_NIR"].entity) == "such a number tells its owner's birth date, sex and region"


def column(**tallies: Tally) -> Evidence:
    seen = ColumnEvidence("string", 1_000, 0, 1_000, b"", Texture(1_000, 1_000, 11_000, 0, 1_000), tallies)
    return Evidence({Column("s", "people", "pesel"): seen}, {("s", "people"): TableFacts(1_000)})


def test_a_column_of_telling_numbers_says_so_in_reasons_and_remarks(known: Catalogue) -> None:
    evidence = column(PL_PESEL=Tally(1_000, 200, 200, 200, 1_000, 200))
    (finding,) = classify(evidence, known)
    assert "such a number tells its owner's birth date and sex" in finding.reasons
    remarks = report(evidence, known, Settings(ner=False), ["s"]).remarks
    assert [(remark.table, remark.detail) for remark in remarks if remark.what == "telling numbers"] == [
        ("people", "pesel: such a number tells its owner's birth date and sex")
    ]


def test_a_column_that_only_has_the_name_tells_nothing(known: Catalogue) -> None:
    evidence = column(PL_PESEL=Tally(1_000, 200, 9, 9, 45))
    assert not any("tells" in reason for finding in classify(evidence, known) for reason in finding.reasons)
    assert not [
        remark for remark in report(evidence, known, Settings(ner=False), ["s"]).remarks if remark.what == "telling numbers"
    ]
