"""Thousands of examples from python-stdnum's own tests: found where valid, refused where not."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
import regex

from benchmarks.identifiers import Identifier
from pii_scan.folding import fold
from pii_scan.recognizers import catalogue, generic, identifiers

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "id_stdnum.jsonl"
CALLED_BY_OURS = {
    "hu.anum": "HU_ANUM",
    "pl.nip": "PL_NIP",
    "no.mva": "NO_MVA",
    "no.orgnr": "NO_MVA",
    "ch.uid": "CH_UID",
    "ch.vat": "CH_UID",
    "iban": "IBAN_CODE",
    "be.iban": "IBAN_CODE",
    "es.iban": "IBAN_CODE",
    "me.iban": "IBAN_CODE",
    "no.iban": "IBAN_CODE",
    "eu.vat": "EU_VAT",
    "imei": "IMEI",
    "mac": "MAC_ADDRESS",
    "ean": "EAN",
    "bitcoin": "BITCOIN_ADDRESS",
    "cr.cr": "CR_DIMEX",
    "de.handelsregisternummer": "DE_HANDELSREGISTER",
    "dz.nif": "DZ_NIF",
    "eg.tn": "EG_TN",
    "es.cif": "ES_NIF",
    "es.dni": "ES_DNI",
    "fi.hetu": "FI_HETU",
    "ke.pin": "KE_PIN",
    "kr.brn": "KR_BRN",
    "li.peid": "LI_PEID",
    "ro.cf": "RO_CIF",
    "th.pin": "TH_TNIN",
    "us.atin": "US_ATIN",
    "us.itin": "US_ITIN",
    "za.idnr": "ZA_ID",
}


@pytest.mark.skipif(not EXAMPLES.exists(), reason="no ../shared/data")
def test_valid_examples_are_found_and_invalid_ones_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    rows = catalogue.load(*identifiers.FILES, *generic.FILES)
    by_name = {row.entity.name: row for row in rows}
    by_kind = defaultdict(list)
    for row in rows:
        if row.validator.startswith("stdnum."):
            by_kind[row.validator.removeprefix("stdnum.")].append(row)
    for kind, name in CALLED_BY_OURS.items():
        by_kind[kind].append(by_name[name])
    seen = {True: [0, 0], False: [0, 0]}
    for line in EXAMPLES.read_text("utf-8").splitlines():
        example = json.loads(line)
        if example["kind"] in by_kind:
            counted = seen[example["valid"]]
            one = Identifier(example["kind"], example["value"].strip(), example["valid"])
            counted[0] += not one.elsewhere and any(_whole(row, fold(one.value)) for row in by_kind[one.kind])
            counted[1] += 1
    recall, false_accepts = seen[True][0] / seen[True][1], seen[False][0] / seen[False][1]
    with capsys.disabled():
        print(f"\nidentifiers: recall {recall:.4f} of {seen[True][1]}, false accepts {false_accepts:.4f} of {seen[False][1]}")  # noqa: T201
    assert recall >= 0.99
    assert false_accepts <= 0.01


def _whole(row: catalogue.Row, text: str) -> bool:
    rule = row.rule
    found = (hit for shape in row.shapes for hit in regex.finditer(shape, text, row.flags))
    return any(hit.span() == (0, len(text)) and (rule is None or rule(text)) for hit in found)
