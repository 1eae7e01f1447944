"""Evidence is gathered once and judged under any name, and labelled data is read as it is meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import identifiers
from benchmarks.identifiers import Identifier
from benchmarks.judge import Judge, claims
from benchmarks.measures import OURS, Results, all_tables
from benchmarks.promises import EDGES, Promises, calibration
from benchmarks.scoring import Claim, Outcome
from benchmarks.sets import CELLS, NAMES, TABLES, Labelled, load, unnamed
from benchmarks.tables import Table, as_markdown, as_text
from pii_scan.model import Column, Finding

MAILS = tuple(f"person{number}@example.org" for number in range(20))
TOWNS = tuple(f"plain words {number}" for number in range(20))


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(ner=False)


def column(name: str, values: tuple[str, ...], label: str = "none", group: str = "g") -> Labelled:
    return Labelled(TABLES, group, "customers", name, values, label, "direct", accepts=frozenset({label}) - {"none"})


def test_columns_are_judged_by_name_and_values_or_by_values_alone(judge: Judge) -> None:
    columns = (column("first_name", (), "first_name"), column("mail", MAILS, "email"), column("size", TOWNS))
    named = [claims(findings) for _, findings in judge.verdicts(judge.seen(columns))]
    alone = [claims(findings) for _, findings in judge.verdicts(judge.seen(unnamed(columns)))]
    assert named == [(Claim(("first_name",)),), (Claim(("email",)),), ()]
    assert alone == [(), (Claim(("email",)),), ()]


def test_what_was_seen_once_is_not_detected_again(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = (column("mail", MAILS, "email"), column("size", TOWNS))
    first = list(judge.seen(columns))
    monkeypatch.setattr(judge, "evidence", None)
    again = list(judge.seen(unnamed(columns)))
    assert [one.column.column for one in again] == ["c7", "c8"]
    for before, after in zip(first, again, strict=True):
        assert before.evidence.columns[before.column] == after.evidence.columns[after.column]


def test_tables_of_one_name_are_kept_apart(judge: Judge) -> None:
    columns = (column("x", MAILS, "email", group="one"), column("x", TOWNS, group="two"))
    assert [bool(findings) for _, findings in judge.verdicts(judge.seen(columns))] == [True, False]


def test_names_that_say_nothing_count_up_from_seven_in_each_table() -> None:
    columns = (column("a", ()), column("b", ()), column("a", (), group="other"))
    assert [(one.table, one.column) for one in unnamed(columns)] == [("t", "c7"), ("t", "c8"), ("t", "c7")]


def test_sets_are_read_with_the_kinds_that_are_right(tmp_path: Path) -> None:
    rows = {
        TABLES: {"set": "s", "table": "t", "column": "c", "values": [7], "label": "ssn", "tier": "direct", "ambiguous": True},
        CELLS: {"column": "c", "values": ["x"], "label": "GENERIC_ID"},
        NAMES: {"set": "s", "table": "t", "column": "c", "labels": ["system.operations", "user.name"]},
    }
    for name, row in rows.items():
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row), "utf-8")
    (table,), (cell,), (alone,) = (load(tmp_path, name) for name in rows)
    assert (table.values, table.label, table.scored) == (("7",), "social_security", False)
    assert table.accepts == {"social_security", "national_id", "tax_id"}
    assert not cell.scored
    assert alone.personal


@pytest.mark.parametrize(
    ("kind", "value", "entity", "header"),
    [
        ("es.nie", "x", "ES_NIE", "nie"),
        ("pl.nip", "x", "PL_NIP", "nip"),
        ("iban", "x", "IBAN_CODE", "iban"),
        ("is_.kennitala", "x", "IS_KENNITALA", "kennitala"),
        ("eu.vat", "BE0428759497", "BE_VAT", "vat"),
        ("phone_mobile", "x", "PHONE_NUMBER", "phone"),
    ],
)
def test_an_identifier_is_known_by_its_validator_or_its_name(kind: str, value: str, entity: str, header: str) -> None:
    identifier = Identifier(kind, value, valid=True)
    assert entity in identifiers.Known()(identifier)
    assert identifier.header == header


def test_an_identifier_that_no_row_knows_is_found_as_nothing(judge: Judge) -> None:
    asked = [
        Identifier("es.nie", "X2482300W", valid=True),
        Identifier("es.nie", "X2482300A", valid=False),
        Identifier("xx.no", "1", valid=True),
    ]
    found = list(identifiers.ours(judge, asked))
    assert [one.itself for one in found] == [True, False, False]
    assert [one.personal for one in found] == [True, True, False]
    assert identifiers.missed(found) == {"xx.no": (1, 1)}
    assert identifiers.missed(found, valid=False) == {}


def finding(kind: str, probability: float) -> Finding:
    return Finding(Column("s", "t", "c"), kind, kind.upper(), "likely", probability, "values", 1, 1, 1, 1.0)


def test_a_promise_is_kept_by_kind_or_by_family() -> None:
    verdicts = [
        (column("a", (), "last_name"), finding("first_name", 0.96)),
        (column("a", (), "email"), finding("email", 0.98)),
        (column("a", ()), finding("email", 0.4)),
        (column("a", ()), finding("free_text", 0.99)),
    ]
    assert [(one.size, one.kept) for one in calibration(verdicts)] == [(1, 0.0), (2, 0.5)]
    assert [one.kept for one in calibration(verdicts, family=True)] == [0.0, 1.0]
    assert EDGES[0] == 0
    assert EDGES[-1] == 1


def test_every_result_makes_a_table() -> None:
    columns = [column("a", (), "email"), column("b", ())]
    said = {OURS: [Outcome(truth, (Claim(("email",)),)) for truth in columns]}
    found = [identifiers.Found(Identifier("x", "1", valid=True), itself=True, anything=False, personal=True)]
    promises: Promises = {"as it is": [(columns[0], finding("email", 0.9))]}
    results = Results({TABLES: said, CELLS: said, NAMES: said}, {"id": {OURS: found}}, promises, {"as it is": 0.04})
    tables = all_tables(results)
    assert len(tables) == 7
    for table in tables:
        assert {len(row) for row in table.rows} == {len(table.head)}, table.title


def test_a_table_is_text_in_line_and_markdown() -> None:
    table = Table("T", ["", "n"], [["a", "1"], ["b|c", "22"]], "Note.")
    assert as_text(table) == "T\n        n\n  a     1\n  b|c  22\n"
    assert as_markdown(table) == "## T\n\nNote.\n\n|  | n |\n| --- | ---: |\n| a | 1 |\n| b&#124;c | 22 |"
