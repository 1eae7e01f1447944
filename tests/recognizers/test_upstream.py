"""Presidio's own recognizers stay within reach, and count nothing twice."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pii_scan.errors import ConfigError
from pii_scan.model import Catalogue
from pii_scan.presidio import engine
from pii_scan.recognizers import upstream
from pii_scan.registry import InstalledRules, catalogue

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "span_presidio_unit_tests.jsonl"
NOT_OFFERED = {"HuggingFaceNerRecognizer", "BasicLangExtractRecognizer"}


def listed() -> Iterator[str]:
    """The classes in Presidio's own list of recognizers."""
    conf = files("presidio_analyzer").joinpath("conf/default_recognizers.yaml").read_text("utf-8")
    for line in conf.splitlines():
        if line.strip().startswith("- name:"):
            yield line.partition("name:")[2].strip()


@pytest.fixture(scope="module")
def parity() -> ModuleType:
    spec = importlib.util.spec_from_file_location("parity", Path(__file__).parents[2] / "benchmarks" / "presidio_parity.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["parity"] = module
    spec.loader.exec_module(module)
    return module


def test_every_recognizer_of_presidio_is_offered_but_for_two_that_need_the_network() -> None:
    assert set(listed()) - {row.type for row in upstream.rows()} == NOT_OFFERED


def test_each_finds_the_entity_that_the_table_says() -> None:
    assert list(upstream.part().check()) == []


def test_what_the_table_calls_ours_is_ours(known: Catalogue) -> None:
    assert {name for row in upstream.rows() for name in row.ours} <= known.entities.keys()


def test_nothing_of_it_is_looked_for_unless_asked(known: Catalogue) -> None:
    assert known.entities.keys().isdisjoint(entity.name for entity in upstream.part().entities)


def test_the_part_as_a_whole_adds_only_what_ours_do_not_find(known: Catalogue) -> None:
    added = catalogue(recognizers=("presidio",)).entities.keys() - known.entities.keys()
    assert added == {row.presidio for row in upstream.rows() if not row.ours}
    assert {"US_CLAIM_NUMBER", "ZA_LICENSE_PLATE"} <= added


@pytest.mark.parametrize(
    ("asked", "there", "absent"),
    [
        ("PRESIDIO_US_SSN", "PRESIDIO_US_SSN", "PRESIDIO_US_ITIN"),
        ("PRESIDIO_UK_*", "PRESIDIO_UK_NHS", "PRESIDIO_US_SSN"),
        ("US_CLAIM_NUMBER", "US_CLAIM_NUMBER", "US_REFERRAL_NUMBER"),
    ],
)
def test_single_ones_are_asked_for_by_name(asked: str, there: str, absent: str) -> None:
    entities = catalogue(recognizers=(asked,)).entities
    assert there in entities
    assert absent not in entities


def test_a_name_that_no_optional_part_has_is_refused() -> None:
    with pytest.raises(ConfigError, match="no optional recognizers 'EMAIL_ADDRESS'"):
        catalogue(recognizers=("EMAIL_ADDRESS",))


def test_other_knowledge_is_another_version(known: Catalogue) -> None:
    assert catalogue(recognizers=("presidio",)).version != known.version


def test_their_finds_go_by_the_name_that_was_asked_for() -> None:
    parts, known = InstalledRules(recognizers=("PRESIDIO_US_SSN", "US_CLAIM_NUMBER")).load()
    made = engine(parts, known.entities, ner=False)
    places = [
        place
        for place, recognizer in enumerate(made.recognizers)
        if {"PRESIDIO_US_SSN", "US_CLAIM_NUMBER"} & set(recognizer.supported_entities)
    ]
    assert len(places) == 2
    found = {span.entity for _, span in made.confirm("claim number CLM-123456789, ssn 536-90-4399", places)}
    assert found == {"PRESIDIO_US_SSN", "US_CLAIM_NUMBER"}


@pytest.mark.skipif(not EXAMPLES.exists(), reason="no ../shared/data")
def test_ours_find_what_presidios_must_find_but_where_an_authority_says_otherwise(
    parity: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    misses: list[Any] = []
    scores = parity.measure(parity.examples(EXAMPLES.parent), misses)
    theirs, ours = parity.total(scores, scores.keys() - parity.NEWER)
    with capsys.disabled():
        print(f"\nPresidio {theirs}; pii-scan {ours}")  # noqa: T201
    told = parity.disputed()
    wrong = [str(miss) for miss in misses if miss.entity not in parity.NEWER and (miss.entity, miss.wanted) not in told]
    assert wrong == []
    assert ours.found / ours.must >= 0.94
    assert ours.quiet / ours.must_not >= 0.96


@pytest.mark.skipif(not EXAMPLES.exists(), reason="no ../shared/data")
def test_the_optional_part_finds_exactly_what_presidio_finds(parity: ModuleType) -> None:
    theirs = {row.entity.name: (row, upstream.make(row)) for row in upstream.rows()}
    by_entity: dict[str, list[str]] = {}
    for example in parity.examples(EXAMPLES.parent):
        by_entity.setdefault(example["entity"], []).append(example["text"])
    differing: list[str] = []
    for recognizer in upstream.part().recognizers():
        row, original = theirs[recognizer.supported_entities[0]]
        texts = by_entity.get(row.presidio, ())
        differing += [row.presidio for text in texts if parity.spans([recognizer], text) != parity.spans([original], text)]
    assert differing == []
