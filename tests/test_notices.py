"""Every kind of data that a notice names is found in the export of its controller, and what is not personal is left alone.

The table notice -> named datum -> kind -> place stands in `examples/truth.json`; each row is a test here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from pii_scan import registry
from pii_scan.api import scan
from pii_scan.model import Finding, Report
from pii_scan.settings import at_least

EXAMPLES = Path(__file__).parents[1] / "examples"
TRUTH = json.loads((EXAMPLES / "truth.json").read_text("utf-8"))
PROMISES: list[dict[str, str]] = TRUTH["notices"]
Address = tuple[str, str, str]

NAMED = {
    "000": "person_name email phone photo company_name free_text preferences",
    "001": "person_name username email password phone street_address ip_address user_agent preferences person_id secret "
    "free_text cookie_id behaviour search_query city region country payment_card",
    "002": "last_name first_name street_address phone email username password iban name_affix employer education health "
    "behaviour signature city ip_address user_agent locale device_id cookie_id search_query",
    "003": "person_name first_name email phone street_address country username locale photo preferences job_title ip_address "
    "user_agent search_query region cookie_id device_id transaction education free_text",
    "004": "first_name person_name gender date_of_birth email phone street_address passport national_id social_security "
    "driving_licence other_id tax_residence interests education job_title employer photo scanned_document ip_address geo_coord "
    "user_agent behaviour search_query cookie_id payment_card transaction free_text preferences",
}
"""What each notice names, in kinds, as a person read it: cooperative, contacts app, training, retailer, investors."""


@pytest.fixture(scope="module")
def report() -> Report:
    """The scan of all five exports, without a language model: none is needed for what the notices name."""
    return scan(EXAMPLES / "exports", ner=False)


@pytest.fixture(scope="module")
def found(report: Report) -> Mapping[Address, list[Finding]]:
    """Findings by file, table and dotted column."""
    by_address: dict[Address, list[Finding]] = {}
    for finding in report.findings:
        column = finding.column
        path = Path(column.source.removeprefix("sqlite:///"))
        file = f"{path.parent.name}/{path.name}"
        name = ".".join(part for part in (column.column, column.path) if part)
        by_address.setdefault((file, column.table, name), []).append(finding)
    return by_address


def place(row: Mapping[str, str]) -> Address:
    return row["file"], row["table"], row["column"]


def least(promise: Mapping[str, str]) -> str:
    """Direct identifiers that fill their column must be found for sure; all else, and needles in text, at least suspected."""
    kind = registry.catalogue().kinds[promise["kind"]]
    fills = TRUTH["columns"][promise["file"]][promise["table"]][promise["column"]]["kind"] == promise["kind"]
    return "likely" if kind.tier == "direct" and fills else "possible"


@pytest.mark.parametrize("notice", sorted(NAMED))
def test_an_export_holds_every_kind_that_its_notice_names(notice: str) -> None:
    assert {promise["kind"] for promise in PROMISES if promise["notice"] == notice} == set(NAMED[notice].split())


@pytest.mark.parametrize(
    "promise",
    [pytest.param(row, id=f"{row['notice']}: {row['named']} -> {row['kind']} -> {'.'.join(place(row))}") for row in PROMISES],
)
def test_what_a_notice_names_is_found(promise: dict[str, str], found: Mapping[Address, list[Finding]]) -> None:
    findings = found.get(place(promise), [])
    sure = [finding for finding in findings if finding.kind == promise["kind"] and at_least(finding.band, least(promise))]
    assert sure, f"found instead: {[(finding.kind, finding.band) for finding in findings]}"


@pytest.mark.parametrize(
    "address",
    [
        pytest.param((file, table, column), id=f"{file}.{table}.{column}")
        for file, tables in TRUTH["columns"].items()
        for table, columns in tables.items()
        for column, truth in columns.items()
        if truth["kind"] == "none"
    ],
)
def test_what_is_not_personal_is_not_flagged(address: Address, found: Mapping[Address, list[Finding]]) -> None:
    flagged = [finding for finding in found.get(address, []) if at_least(finding.band, "likely")]
    assert [(finding.kind, finding.band) for finding in flagged] == []


def test_the_health_note_is_marked_with_its_article(found: Mapping[Address, list[Finding]]) -> None:
    notes = found["formation/participants.csv", "participants", "observations"]
    assert [finding.article for finding in notes if finding.kind == "health"] == ["Art. 9"]


def test_every_row_of_every_table_was_examined(report: Report) -> None:
    assert report.skipped == ()
    tables = [(file, table) for file, tables in TRUTH["columns"].items() for table in tables]
    assert len(report.tables) == len(tables)
    assert all(table.cells == table.cells_examined for table in report.tables)


def test_no_other_column_is_called_special(found: Mapping[Address, list[Finding]]) -> None:
    special = {address for address, findings in found.items() if any(finding.special for finding in findings)}
    assert special == {("formation/participants.csv", "participants", "observations")}
