"""Examples that the issuers of these numbers, or encyclopaedias, print; none belongs to anybody."""

from __future__ import annotations

import pytest

from pii_scan.recognizers.rules import rule

RIGHT = [
    ("card", "4111111111111111"),
    ("card", "5555 5555 5555 4444"),
    ("card", "3782-822463-10005"),
    ("card", "6011111111111117"),
    ("card", "30569309025904"),
    ("card", "3530111333300000"),
    ("iban", "GB29 NWBK 6016 1331 9268 19"),
    ("iban", "NO9386011117947"),
    ("ip_address", "192.0.2.1"),
    ("ip_address", "2001:db8::1"),
    ("vin", "1M8GDM9AXKP042788"),
    ("vin", "WVWZZZ1KZAW123456"),
    ("icao", "L898902C36"),
    ("gtin", "4006381333931"),
    ("ups", "1Z999AA10123456784"),
    ("s10", "RB123456785GB"),
    ("pl_id_card", "ABS123456"),
    ("de_health", "A123456780"),
    ("de_pension", "65 170839 J 003"),
    ("gb_driver", "MORGA657054SM9IJ"),
    ("gb_nino", "AB123456C"),
    ("br_cnh", "02650306461"),
    ("br_voter", "004356870906"),
    ("br_pis", "120.56410.54-2"),
    ("au_medicare", "2123456701"),
    ("sg_nric", "S1234567D"),
    ("sg_nric", "F1234567N"),
    ("hk_id", "G123456(A)"),
    ("hk_id", "AB987654(3)"),
    ("tw_id", "A123456789"),
    ("us_npi", "1234567893"),
    ("us_dea", "F91234563"),
    ("bd_nid", "19852691234567890"),
    ("hu_taj", "037 687 210"),
    ("ru_snils", "112-233-445 95"),
    ("mx_clabe", "032180000118359719"),
    ("uy_ci", "1.234.567-2"),
    ("lu_matricule", "1893120105732"),
    ("mt_id", "0123456M"),
    ("pt_bi", "12345678 9"),
    ("pt_niss", "11234567892"),
    ("es_nuss", "28/1234567840"),
    ("hu_tax", "8071592153"),
    ("birth_date", "29/02/1980"),
    ("birth_date", "2 décembre 1971"),
    ("birth_date", "15/01/2523"),
    ("coordinate_pair", "POINT(2.29 48.85)"),
    ("coordinate_pair", "48°51'29\" N, 2°17'40\" E"),
    ("jwt", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.abcdefgh"),
]
WRONG = [
    ("card", "4111111111111112"),
    ("card", "1111111111111117"),
    ("iban", "GB29 NWBK 6016 1331 9268 18"),
    ("ip_address", "256.0.0.1"),
    ("ip_address", "0.0.0.0"),
    ("vin", "1M8GDM9A1KP042788"),
    ("icao", "L898902C37"),
    ("gtin", "4006381333932"),
    ("ups", "1Z999AA10123456785"),
    ("s10", "RB123456784GB"),
    ("pl_id_card", "ABS123457"),
    ("de_health", "A123456781"),
    ("de_pension", "65 170839 J 004"),
    ("gb_driver", "MORGA699054SM9IJ"),
    ("gb_nino", "GB123456C"),
    ("br_cnh", "02650306462"),
    ("br_pis", "120.56410.54-1"),
    ("au_medicare", "2123456711"),
    ("sg_nric", "S1234567E"),
    ("hk_id", "G123456(9)"),
    ("tw_id", "A123456788"),
    ("us_npi", "1234567894"),
    ("us_dea", "F91234564"),
    ("bd_nid", "18852691234567890"),
    ("hu_taj", "037 687 211"),
    ("ru_snils", "112-233-445 96"),
    ("mx_clabe", "032180000118359718"),
    ("uy_ci", "1.234.567-3"),
    ("mt_id", "0000000M"),
    ("birth_date", "30/02/1980"),
    ("birth_date", "1899-12-31"),
    ("birth_date", "2999-01-01"),
    ("coordinate_pair", "91.0001, 2.0001"),
    ("jwt", "eyJub25l.eyJzdWIiOiIxIn0.abcdefgh"),
    ("luhn", "0000000000000000"),
]


@pytest.mark.parametrize(("name", "text"), RIGHT)
def test_a_printed_example_passes(name: str, text: str) -> None:
    assert rule(f"rules.{name}")(text)


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_a_broken_example_fails(name: str, text: str) -> None:
    assert not rule(f"rules.{name}")(text)
