"""Keys of JSON objects that are data: no report names them, and a plan made from the report takes them out of the copy."""

import json
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pytest

import pii_scan
from pii_scan.plan import load_plan, plan_of
from pii_scan.redaction import Redactor
from pii_scan.registry import InstalledRules

MAILS = [f"{first}.{last}@mail.example" for first in ("ada", "bo", "cy", "dan") for last in ("lind", "moss", "nash", "orr")]


def documents() -> list[str]:
    return [
        json.dumps({"shop": 4, "members": {mail: {"points": n * 17 % 90, "iban": "DE89370400440532013000"}}})
        for n, mail in enumerate(MAILS)
    ]


def scanned(texts: list[str]) -> pii_scan.ScanReport:
    return pii_scan.scan(pa.table({"payload": texts}), ner=False)


def redacted(texts: list[str], report: Any) -> list[Any]:
    catalogue = InstalledRules().load()[1]
    work = Redactor(load_plan(plan_of(report).dump(), catalogue), lambda found: [[] for _ in found], catalogue=catalogue)
    source = report.tables[0].source
    batch = pa.RecordBatch.from_pydict({"payload": texts})
    return list(work.edit(source, report.tables[0].table, batch).column(0).to_pylist())


def test_no_report_and_no_plan_names_a_key_that_is_data() -> None:
    report = scanned(documents())
    said = f"{asdict(report)}{plan_of(report).dump()}"
    assert not any(mail in said for mail in MAILS)
    assert {(found.column.path, found.kind) for found in report.findings} >= {("members.*", "email"), ("members.*.iban", "iban")}


def test_a_plan_made_from_the_report_takes_the_keys_and_leaves_the_rest() -> None:
    report = scanned(documents())
    copy = redacted(documents(), report)
    assert not any(mail in text for mail in MAILS for text in copy)
    first = json.loads(copy[3])
    assert first == {"shop": 4, "members": {"<EMAIL>": {"points": 51, "iban": "<IBAN>"}}}


def test_keys_at_the_top_are_taken_and_plain_cells_beside_them_stay() -> None:
    texts = [*(json.dumps({mail: "seen"}) for mail in MAILS), "nothing to see"]
    copy = redacted(texts, scanned(texts))
    assert not any(mail in text for mail in MAILS for text in copy)
    assert copy[-1] == "nothing to see"
    assert json.loads(copy[0]).keys() == {"<EMAIL>"}


def test_names_that_fill_a_wide_object_are_taken_too() -> None:
    people = [f"{first} {last}" for first in FIRST for last in LAST]
    texts = [json.dumps({"ratings": {name: {"stars": 4}}}) for name in people]
    report = scanned(texts)
    assert [found.column.path for found in report.findings] == ["ratings.*"]
    assert not any(name in f"{asdict(report)}" for name in people)
    copy = redacted(texts, report)
    assert not any(name in text for name, text in zip(people, copy, strict=True))
    assert all(json.loads(text)["ratings"]["<PERSON_NAME>"] == {"stars": 4} for text in copy)


FIRST = "Anna Maria Peter Paul Julia Thomas Laura Martin Sofia David Emma Lucas Elena Daniel Clara Simon".split()
LAST = "Rossi Müller Garcia Martin Schmidt Lopez Fischer Weber Ferrari Meyer Wagner Becker Bianchi Moreau Laurent".split()


@pytest.mark.parametrize("order", [1, -1])
def test_a_rule_for_a_field_comes_before_the_rule_for_all_keys(order: int) -> None:
    report = scanned(documents()[::order])
    paths = [rule.path for rule in plan_of(report).rules]
    assert paths.index("members.*.iban") < paths.index("members.*")
    assert {"", "members.*.points"} - {*paths} == {""}, "only what a `*` means too is kept by name"
