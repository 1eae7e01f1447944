"""Each kind of data that privacy notices name is found in the columns of an export, in the languages of its users."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pytest

from pii_scan.classify import classify
from pii_scan.detect import Detector
from pii_scan.model import Catalogue, Unit
from pii_scan.presidio import Engine
from pii_scan.settings import Settings, at_least
from pii_scan.verdict import same_family

ALIKE: Mapping[str, frozenset[str]] = {
    "employer": frozenset({"company_name"}),
    "company_name": frozenset({"employer"}),
    "education": frozenset({"job_title"}),
    "iban": frozenset({"bank_account"}),
    "city": frozenset({"region"}),
}
"""Kinds that a name may as well mean."""


class Held(NamedTuple):
    """One column of an export."""

    language: str
    kind: str
    name: str
    values: tuple[str, ...]


def columns() -> list[Held]:
    lines = (Path(__file__).parent / "notice_columns.txt").read_text("utf-8").splitlines()
    parts = [line.split(" | ") for line in lines if not line.startswith("#")]
    return [Held(language, kind, name, tuple(values.split("; "))) for language, kind, name, values in parts]


COLUMNS = columns()


@pytest.fixture(scope="module")
def kinds(whole_engine: Engine, known: Catalogue) -> Mapping[Held, set[str]]:
    """By column the kinds that are `likely` or surer; each stands in a table of its own."""
    detector = Detector(whole_engine, known, Settings(ner=False).detection)
    found: dict[Held, set[str]] = {}
    for held in COLUMNS:
        beside = pa.array([f"user{place}@mail.example" for place in range(len(held.values))])
        batch = pa.RecordBatch.from_arrays([pa.array(held.values), beside], names=[held.name, "mail_x"])
        findings = classify(detector.examine(Unit("export", "export"), [batch]), known)
        found[held] = {
            finding.kind for finding in findings if finding.column.column == held.name and at_least(finding.band, "likely")
        }
    return found


@pytest.mark.parametrize("held", COLUMNS, ids=[f"{held.language}-{held.kind}-{held.name}" for held in COLUMNS])
def test_what_notices_name_is_found(held: Held, kinds: Mapping[Held, set[str]]) -> None:
    said = kinds[held]
    assert said
    assert any(same_family(kind, held.kind) or kind in ALIKE.get(held.kind, ()) for kind in said), said
