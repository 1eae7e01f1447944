"""Columns that look personal and are not stay unflagged; personal ones with odd names or none are still found.

The columns stand in `tests/hard_columns`, by theme, each with the reason why it is hard.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from pii_scan.classify import classify
from pii_scan.detect import Detector
from pii_scan.model import Catalogue, Evidence, Finding, Unit
from pii_scan.presidio import Engine
from pii_scan.settings import Settings, at_least

HERE = Path(__file__).parent / "hard_columns"

FLAGGED = {
    "codes/reagent_kits.blood_type_label": "blood groups, whoever they are of",
    "flags/lookup_ethnicity.ethnicity": "the very words of a special category; only the table's name says that they are nobody's",
    "flags/data_sources.contact_email": "addresses of offices; some offices are one person",
    "identifiers/companies.vat_number": "a sole trader's number is a person's",
    "identifiers/printing_plates.plate_number": "the name of a vehicle's plate, and no value that contradicts it",
    "names/disease_catalogue.disease": "the very words of a special category",
    "names/formulary.drug_name": "medicines tell of illness wherever a person stands near them",
    "systems/app_log.message": "sentences of a program, which may quote anything",
}
"""Columns of the first suite that are flagged all the same, and why that is borne."""
MISSED = {
    "values/agents.identifiant": "a word for a user and for a number, and a form that many codes have",
    "headers/members.dob_yr": "a bare year has no form of its own",
    "values/t.c23": "no name, and addresses of several networks",
}
"""Columns of the second suite that are not found, and why."""


@dataclass(frozen=True)
class Hard:
    """One column of a suite, and the empty ones that stand beside it."""

    theme: str
    name: str
    table: str
    why: str
    values: str
    kinds: str = ""
    beside: str = ""

    def __str__(self) -> str:
        """`theme/table.name`."""
        return f"{self.theme}/{self.table}.{self.name}"


def suite(folder: str) -> list[Hard]:
    return [
        Hard(path.stem, **row)
        for path in sorted((HERE / folder).glob("*.toml"))
        for row in tomllib.loads(path.read_text("utf-8"))["column"]
    ]


NEGATIVES, POSITIVES = suite("negatives"), suite("positives")


@pytest.fixture(scope="module")
def likely(whole_engine: Engine, known: Catalogue) -> Mapping[str, list[Finding]]:
    """By column, the findings of at least `likely` strength; each column is scanned as a table of its own."""
    detector = Detector(whole_engine, known, Settings(ner=False).detection)
    everything = Evidence()
    found: dict[str, list[Finding]] = {}
    for hard in NEGATIVES + POSITIVES:
        found[str(hard)] = []
        everything += detector.examine(Unit(str(hard), hard.table), [batch(hard)])
    for finding in classify(everything, known):
        hard_name, column = finding.column.source, finding.column
        if hard_name.endswith(f"{column.table}.{column.column}") and finding.tier != "none" and at_least(finding.band, "likely"):
            found[hard_name].append(finding)
    return found


def batch(hard: Hard) -> pa.RecordBatch:
    values = pa.array(hard.values.split(" | "), pa.string())
    nothing = pa.nulls(len(values), pa.string())
    return pa.record_batch({hard.name: values} | {name: nothing for name in hard.beside.split(" | ") if name})


def test_the_suites_are_large_and_each_column_is_there_once() -> None:
    assert len(NEGATIVES) >= 300
    assert len(POSITIVES) >= 150
    names = [str(hard) for hard in NEGATIVES + POSITIVES]
    assert len(set(names)) == len(names)
    assert all(8 <= len(hard.values.split(" | ")) <= 20 for hard in NEGATIVES + POSITIVES)
    assert all(hard.why for hard in NEGATIVES + POSITIVES)


def test_what_looks_personal_and_is_not_stays_unflagged(likely: Mapping[str, list[Finding]]) -> None:
    flagged = {str(hard): [finding.kind for finding in found] for hard in NEGATIVES if (found := likely[str(hard)])}
    assert {name: kinds for name, kinds in flagged.items() if name not in FLAGGED} == {}
    assert sorted(FLAGGED) == sorted(flagged), "an exception that is no longer needed goes from the list"


def test_what_is_personal_is_found_whatever_it_is_called(likely: Mapping[str, list[Finding]]) -> None:
    missed = {
        str(hard): [finding.kind for finding in likely[str(hard)]]
        for hard in POSITIVES
        if not {finding.kind for finding in likely[str(hard)]} & set(hard.kinds.split())
    }
    assert {name: kinds for name, kinds in missed.items() if name not in MISSED} == {}
    assert sorted(MISSED) == sorted(missed), "an exception that is no longer needed goes from the list"
