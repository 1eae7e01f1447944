"""What a row's planned columns hold is gone from its notes too, whether or not a recognizer knows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

from pii_scan.keys import Key
from pii_scan.model import Catalogue, Entity, Kind
from pii_scan.plan import load_plan
from pii_scan.presidio import Span
from pii_scan.redaction import Redactor

KEY = Key(bytes(range(32)))
CATALOGUE = Catalogue(
    {name: Kind(name, name, "", "direct") for name in ("person_name", "phone", "gender", "email")},
    {"EMAIL_ADDRESS": Entity("EMAIL_ADDRESS", "email", "checked")},
)
PLAN = """
[[column]]
column = "name"
kind = "person_name"
operator = "{operator}"
[[column]]
column = "phone"
kind = "phone"
operator = "replace"
[[column]]
column = "sex"
kind = "gender"
operator = "replace"
[[column]]
column = "notes"
scope = "text"
[[table]]
columns = ["*"]
"""


def finder(texts: Sequence[str]) -> list[list[Span] | None]:
    return [[Span(at, at + 6, "EMAIL_ADDRESS", 1.0)] if (at := text.find("a@b.cc")) >= 0 else [] for text in texts]


def notes(rows: list[dict[str, Any]], operator: str = "replace", **given: Any) -> list[str]:
    work = Redactor(load_plan(PLAN.format(operator=operator)), finder, KEY, catalogue=CATALOGUE, **given)
    made: list[str] = work.edit("s", "t", pa.RecordBatch.from_pylist(rows)).column("notes").to_pylist()
    return made


ROW = {"name": "Graziella Vella-Żak", "phone": 79123456, "sex": "F"}
TEXTS = [
    ("Best, Graziella", "Best, <PERSON_NAME>"),
    ("GRAZIELLA VELLA-ŻAK called", "<PERSON_NAME> called"),
    ("Mrs Vella-Żak's dog", "Mrs <PERSON_NAME>'s dog"),
    ("call 79123456.", "call <PHONE>."),
    ("Graziella, a@b.cc, 79123456", "<PERSON_NAME>, <EMAIL>, <PHONE>"),
    ("Graziellas sister", "Graziellas sister"),
    ("plan F and 1791234567", "plan F and 1791234567"),
    ("Joseph Borg", "Joseph Borg"),
    ('{"from": "Graziella", "n": 79123456}', '{"from": "<PERSON_NAME>", "n": "<PHONE>"}'),
    ('{"from": "\\u0047raziella"}', '{"from": "<PERSON_NAME>"}'),
    ("", ""),
    (None, None),
]


@pytest.mark.parametrize(("before", "after"), TEXTS)
def test_a_rows_own_values_are_replaced_in_its_text(before: str, after: str) -> None:
    assert notes([ROW | {"notes": before}, ROW | {"notes": "other"}]) == [after, "other"]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("Vella, Graziella (Dr.)", "Graziella and Vella", "<PERSON_NAME> and <PERSON_NAME>"),
        ("O'Neil", "by O'Neil's", "by <PERSON_NAME>'s"),
        ("O'Neil", "by Neil", "by Neil"),
        ("Ann", "Annual plan, ann.", "Annual plan, <PERSON_NAME>."),
        ("Li Wu", "Li and Wu", "Li and Wu"),
        ("Li Wu", "Li Wu!", "<PERSON_NAME>!"),
        ("Katherine", "Kathy called", "Kathy called"),
        ("ab.*cd", "abxxcd ab.*cd", "abxxcd <PERSON_NAME>"),
        ("Łukasz", "łukasz,ŁUKASZ", "<PERSON_NAME>,<PERSON_NAME>"),
    ],
)
def test_a_name_is_found_whole_or_by_its_parts_and_never_inside_a_word(name: str, before: str, after: str) -> None:
    assert notes([{"name": name, "phone": None, "sex": None, "notes": before}]) == [after]


def test_a_name_in_a_struct_beside_is_found_too() -> None:
    plan = """
[[column]]
column = "who"
path = "first"
kind = "person_name"
operator = "replace"
[[column]]
column = "notes"
scope = "text"
[[table]]
columns = ["*"]
"""
    rows = [{"who": {"first": "Graziella", "age": 36}, "notes": "by Graziella"}, {"who": None, "notes": "by Graziella"}]
    made = Redactor(load_plan(plan), finder, KEY, catalogue=CATALOGUE).edit("s", "t", pa.RecordBatch.from_pylist(rows))
    assert made.column("notes").to_pylist() == ["by <PERSON_NAME>", "by Graziella"]


def test_a_names_options_go_with_it_into_the_text() -> None:
    plan = PLAN.format(operator="mask").replace('operator = "mask"', 'operator = "mask"\nwith = { keep = "nothing" }')
    work = Redactor(load_plan(plan), finder, KEY, catalogue=CATALOGUE)
    batch = pa.RecordBatch.from_pylist([{"name": "Graziella", "notes": "by Graziella"}])
    assert work.edit("s", "t", batch).column("notes").to_pylist() == ["by *********"]


def test_another_rows_values_are_not_its_own() -> None:
    rows: list[dict[str, Any]] = [
        {"name": "Joseph Borg", "phone": None, "sex": None, "notes": "hi"},
        ROW | {"notes": "met Joseph"},
    ]
    assert notes(rows) == ["hi", "met Joseph"]


def test_the_same_text_differs_by_row() -> None:
    rows = [{"name": name, "phone": 1, "sex": "M", "notes": "Joseph and Anna"} for name in ("Joseph", "Anna", None)]
    assert notes(rows) == ["<PERSON_NAME> and Anna", "Joseph and <PERSON_NAME>", "Joseph and Anna"]


@pytest.mark.parametrize(
    ("operator", "after"),
    [
        ("redact", "by ."),
        ("mask", "by ****ph."),
        ("pseudonym", f"by {KEY.token('person_name', 'Joseph')}."),
        ("keep", "by Joseph."),
    ],
)
def test_they_are_replaced_as_their_column_is(operator: str, after: str) -> None:
    (made,) = notes([{"name": "Joseph", "phone": 1, "sex": "M", "notes": "by Joseph."}], operator)
    assert made == after


def test_what_was_removed_from_texts_is_told_too() -> None:
    removed: set[str] = set()
    notes([{"name": "Joseph Borg", "phone": None, "sex": None, "notes": "by JOSEPH"}], removed=removed)
    assert removed == {"Joseph Borg", "JOSEPH"}


def test_the_finder_reads_each_text_once() -> None:
    read: list[str] = []

    def reading(texts: Sequence[str]) -> list[list[Span] | None]:
        read.extend(texts)
        return [[] for _ in texts]

    rows = [{"name": name, "notes": "Joseph and Anna"} for name in ("Joseph", "Anna", "Joseph")]
    plan = load_plan(PLAN.format(operator="replace"))
    Redactor(plan, reading, catalogue=CATALOGUE).edit("s", "t", pa.RecordBatch.from_pylist(rows))
    assert read == ["Joseph and Anna"]


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())], ids=str)
def test_the_type_of_the_text_stays(kind: pa.DataType) -> None:
    text = pa.array(["by Joseph", None])
    text = text.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else text.cast(kind)
    work = Redactor(load_plan(PLAN.format(operator="replace")), finder, catalogue=CATALOGUE)
    made = work.edit("s", "t", pa.record_batch({"name": ["Joseph", "x"], "notes": text})).column("notes")
    assert (made.type, made.to_pylist()) == (kind, ["by <PERSON_NAME>", None])


def test_what_a_json_text_loses_is_gone_from_the_notes_of_its_row() -> None:
    plan = load_plan(
        PLAN.format(operator="replace")
        + """[[column]]
column = "profile"
path = "who.name"
kind = "person_name"
operator = "replace"
"""
    )
    rows = [
        {"profile": '{"who": {"name": "Graziella Vella", "town": "Gozo"}}', "notes": "Graziella is from Gozo"},
        {"profile": "no JSON", "notes": "Graziella again"},
        {"profile": None, "notes": "nobody"},
    ]
    made = Redactor(plan, finder, KEY, catalogue=CATALOGUE).edit("s", "t", pa.RecordBatch.from_pylist(rows))
    assert made.column("notes").to_pylist() == ["<PERSON_NAME> is from Gozo", "Graziella again", "nobody"]
    assert made.column("profile")[0].as_py() == '{"who": {"name": "<PERSON_NAME>", "town": "Gozo"}}'
