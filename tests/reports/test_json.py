"""The findings file: its schema, and the way there and back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pii_scan.errors import ConfigError
from pii_scan.model import BANDS, Column, Finding, Remark, Report, Run, Skipped, TableSummary
from pii_scan.reports.json import SCHEMA, JsonWriter, load
from tests.reports import samples

PUBLISHED = json.loads(files("pii_scan.reports").joinpath("findings-1.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(PUBLISHED)

names = st.text(st.characters(exclude_categories=()), max_size=12)
counts = st.integers(0, 10**12)
plain = st.recursive(st.none() | st.booleans() | counts | names, lambda inner: st.lists(inner, max_size=2), max_leaves=3)
runs = st.builds(Run, names, names, names, st.dictionaries(names, plain, max_size=3), st.lists(names, max_size=2).map(tuple))
findings = st.builds(
    Finding,
    column=st.builds(Column, names, names, names, names),
    kind=names,
    entity=names,
    band=st.sampled_from(BANDS),
    probability=st.integers(0, 1000).map(lambda whole: whole / 1000),
    column_kind=st.sampled_from(("values", "free_text", "mixed", "empty")),
    cells=counts,
    distinct=counts,
    rows=counts,
    share=st.integers(0, 10_000).map(lambda whole: whole / 10_000),
    country=st.sampled_from(("", "FR")),
    category=names,
    article=st.sampled_from(("", "Art. 9", "Art. 10")),
    tier=st.sampled_from(("direct", "quasi", "attribute", "special", "none")),
    runner_up=names,
    reasons=st.lists(names, max_size=2).map(tuple),
    masked_sample=st.lists(names, max_size=2).map(tuple),
)
tables = st.builds(TableSummary, names, names, counts, counts, counts, counts, st.lists(names, max_size=2).map(tuple))
reports = st.builds(
    Report,
    runs,
    st.lists(tables, max_size=2).map(tuple),
    st.lists(findings, max_size=2).map(tuple),
    st.lists(st.builds(Skipped, names, names, names, names, names, names), max_size=2).map(tuple),
    st.lists(st.builds(Remark, names, names, names, names), max_size=2).map(tuple),
)


@given(reports)
@settings(deadline=None)
def test_what_is_written_is_read_back(report: Report) -> None:
    text = JsonWriter().render(report)
    assert load(text) == report
    assert text.encode().decode() == text


@given(reports)
@settings(deadline=None)
def test_what_is_written_holds_to_the_published_schema(report: Report) -> None:
    VALIDATOR.validate(json.loads(JsonWriter().render(report)))


def test_the_schema_is_itself_valid_and_closed_and_says_what_each_field_means() -> None:
    Draft202012Validator.check_schema(PUBLISHED)
    assert PUBLISHED["$id"]
    for part in _objects(PUBLISHED):
        assert part["additionalProperties"] is False
        assert all("$ref" in field or field.get("description") for field in part["properties"].values())


@pytest.mark.parametrize("part", ["run", "coverage", "tables", "findings", "skipped", "remarks", "schema"])
def test_the_schema_refuses_a_document_without_a_part(part: str) -> None:
    document = json.loads(JsonWriter().render(samples.rich()))
    del document[part]
    assert not VALIDATOR.is_valid(document)


def test_the_schema_refuses_unknown_fields() -> None:
    document = json.loads(JsonWriter().render(samples.rich()))
    document["findings"][0]["value"] = "x"
    assert not VALIDATOR.is_valid(document)


def test_the_example_of_the_manual_holds_to_the_schema_and_is_read() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "findings.md").read_text("utf-8")
    example = re.search(r"```json\n(.*?)```", manual, re.DOTALL)
    assert example is not None
    VALIDATOR.validate(json.loads(example[1]))
    assert load(example[1]).findings[0].kind == "email"


def test_the_fields_stand_in_the_order_of_the_format() -> None:
    document = json.loads(JsonWriter().render(samples.rich()))
    assert list(document) == ["schema", "run", "coverage", "tables", "findings", "skipped", "remarks"]
    assert document["schema"] == SCHEMA == "pii-scan/findings@1"
    assert list(document["coverage"]) == ["sources", "tables", "columns", "rows", "cells", "cells_examined"]
    assert list(document["findings"][0])[:4] == ["source", "table", "column", "path"]


def test_numbers_are_rounded_and_samples_are_absent_unless_taken() -> None:
    calm = samples.calm()
    odd = replace(calm.findings[0], probability=0.123456, share=0.987654)
    written = json.loads(JsonWriter().render(replace(calm, findings=(odd,))))["findings"][0]
    assert (written["probability"], written["share"]) == (0.123, 0.9877)
    assert "masked_sample" not in written


def test_a_skipped_part_names_only_what_it_concerns() -> None:
    written = json.loads(JsonWriter().render(samples.rich()))["skipped"][0]
    assert list(written) == ["source", "what", "why"]


def test_fields_of_a_later_minor_version_are_passed_over() -> None:
    document = json.loads(JsonWriter().render(samples.calm()))
    document["later"] = document["findings"][0]["later"] = 1
    assert load(json.dumps(document)) == samples.calm()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: text[:-9], "is not JSON"),
        (lambda _: "[" * 100_000, "is not JSON"),
        (lambda _: "[]", "is not a pii-scan/findings@1 document"),
        (lambda text: text.replace("findings@1", "findings@2"), "is not a pii-scan/findings@1 document"),
        (lambda text: text.replace('"certain"', '"sure"'), "has an unusable findings.0.band: literal_error"),
        (lambda text: text.replace('"cells": 120', '"cells": "many secrets"'), "has an unusable findings.0.cells: int_parsing"),
        (lambda text: text.replace('"column": ', '"colum": '), "has an unusable findings.0.column.column: missing"),
        (lambda text: text.replace('"findings": [', '"findings": ["row", '), "has an unusable findings.0: dataclass_type"),
        (lambda text: text.replace('"tables": [', '"tabels": ['), "has an unusable tables: tuple_type"),
        (lambda text: text.replace('"run": {', '"ran": {'), "has an unusable run: dataclass_type"),
    ],
)
def test_what_is_no_findings_file_is_refused_by_place_and_never_quoted(spoil: Any, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(spoil(JsonWriter().render(samples.calm())))
    assert words in str(caught.value)
    assert "secrets" not in str(caught.value)
    assert caught.value.__cause__ is None


def _objects(part: Any) -> list[dict[str, Any]]:
    inner = [found for value in part.values() if isinstance(value, dict) for found in _objects(value)]
    own = [part] if isinstance(part.get("properties"), dict) and "type" in part else []
    return own + inner
