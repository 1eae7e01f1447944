"""Special categories in columns: seen by name and by value in many languages, guessed from signs, not seen in look-alikes.

The columns are invented, and were written before the lists that are to know them. `benchmarks/special.py` prints the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from pii_scan.classify import classify
from pii_scan.detect import Detector
from pii_scan.model import Catalogue, Evidence, Finding, Unit
from pii_scan.presidio import Engine
from pii_scan.settings import Settings

SURE = {"certain", "likely"}
CODED_NAMES = "hiv_status pregnant is_smoker religion_code ethnicity_cd union_member has_disability".split()
CODES = ["1; 2; 9", "Y; N", "0; 1; 0", "a; b; c", "true; false"]
TWO_SENSES = "race stroke orientation party treatment cell culture conviction handicap".split()
THINGS = "blue widget; long spanner; old tractor; tall ladder; green bucket"
BORNE_OUT = [
    ("race", "White; Black or African American; Asian; Two or more races", "ethnicity"),
    ("treatment", "Metformin; Insulin; Chemotherapy; Dialysis; Ramipril", "health"),
    ("offence", "Burglary; Drink driving; Common assault; Theft from shop", "criminal_record"),
]
CHECKED = [
    ("44054006; 38341003; 195967001; 370143000; 13645005; 40930008; 49436004", "SNOMED_CT"),
    ("4548-4; 2345-7; 718-7; 2160-0; 2093-3; 8867-4; 8480-6", "LOINC"),
    ("A10BA02; C09AA05; N06AB06; C10AA05; A02BC01; R03AC02; H03AA01", "ATC"),
    ("E11.9; I10; J45.909; F32.1; C50.9; M54.5; K21.0; Z79.4", "ICD10_CODE"),
]
UNCHECKED = [
        "44054007; 38341004; 195967002; 370143001", "4548-5; 2345-8; 718-8; 2160-1", "12-15; 16-20; 21-25; 26-30",
        "A17BA02; B22CC14; C33DD01; X10YY07", "AA; AG; GG; BB", "A; B; AB; O",
]  # fmt: skip
Judge = Callable[[str, str, str], Sequence[Finding]]


def rows(name: str) -> list[tuple[str, ...]]:
    lines = (Path(__file__).parent / f"{name}_columns.txt").read_text("utf-8").splitlines()
    return [tuple(part.strip() for part in line.split(" | ")) for line in lines if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def judge(whole_engine: Engine, known: Catalogue) -> Judge:
    """The findings on a column by itself. All columns of this module are judged at once, each in a source of its own."""
    detector = Detector(whole_engine, known, Settings(ner=False).detection)
    cases = sorted(set(every_case()))
    units = [Unit(str(place), table) for place, (_, _, table) in enumerate(cases)]
    parts = [
        detector.examine(unit, [pa.RecordBatch.from_arrays([pa.array(values.split("; "))], names=[name])])
        for unit, (name, values, _) in zip(units, cases, strict=True)
    ]
    columns = {column: seen for part in parts for column, seen in part.columns.items()}
    tables = {key: facts for part in parts for key, facts in part.tables.items()}
    found: dict[tuple[str, str, str], list[Finding]] = {case: [] for case in cases}
    for finding in classify(Evidence(columns, tables), known):
        found[cases[int(finding.column.source)]].append(finding)
    return lambda name, values, table: found[name, values, table]


def every_case() -> Iterator[tuple[str, str, str]]:
    for _, _, _, name, values in rows("special"):
        yield from ((name, values, "t"), ("c7", values, "t"))
    for _, _, name, values in rows("sign"):
        yield name, values, "t"
    for table, name, values in rows("lookalike"):
        yield from ((name, values, table), ("c7", values, "t"))
    yield from ((name, values, "t") for name in CODED_NAMES for values in CODES)
    yield from ((name, THINGS, "t") for name in TWO_SENSES)
    yield from ((name, values, "t") for name, values, _ in BORNE_OUT)
    yield from (("c7", values, "t") for values in (*(values for values, _ in CHECKED), *UNCHECKED))


def bands(found: Sequence[Finding], kind: str = "") -> set[str]:
    return {finding.band for finding in found if finding.article and (not kind or finding.kind == kind)}


def test_the_tables_hold_every_category_and_at_least_twelve_languages() -> None:
    special = rows("special")
    assert len({kind for _, kind, *_ in special}) == 11
    for language in "en fr de es it pt nl pl sv th he bn ar ru tr zh ja".split():
        assert sum(row[0] == language for row in special) >= 5, language
    assert len(special) >= 150
    assert len(rows("lookalike")) >= 150


def test_names_and_values_together_are_likely_at_least(judge: Judge) -> None:
    found = {(kind, name): bands(judge(name, values, "t"), kind) for _, kind, _, name, values in rows("special")}
    assert sum(bool(seen & SURE) for seen in found.values()) >= 0.96 * len(found)
    assert [key for key, seen in found.items() if not seen & {*SURE, "possible"}] == []


def test_values_alone_are_seen(judge: Judge) -> None:
    found = [bands(judge("c7", values, "t"), kind) for _, kind, form, _, values in rows("special") if form == "words"]
    assert sum(bool(seen & SURE) for seen in found) >= 0.6 * len(found)
    assert sum(bool(seen & {*SURE, "possible"}) for seen in found) >= 0.88 * len(found)


def test_a_sign_is_possible_and_never_more_and_says_that_it_only_suggests(judge: Judge) -> None:
    found = {name: judge(name, values, "t") for _, _, name, values in rows("sign")}
    assert [name for name, findings in found.items() if bands(findings) & SURE] == []
    possible = [finding for findings in found.values() for finding in findings if finding.article and finding.band == "possible"]
    assert len(possible) >= 0.95 * len(found)
    assert sum("suggest" in " ".join(finding.reasons) for finding in possible) == len(possible)


def test_look_alikes_are_left_alone(judge: Judge) -> None:
    found = {(table, name): bands(judge(name, values, table)) for table, name, values in rows("lookalike")}
    likely = [key for key, seen in found.items() if seen & SURE]
    possible = [key for key, seen in found.items() if "possible" in seen]
    assert len(likely) <= 0.02 * len(found), likely
    assert len(likely) + len(possible) <= 0.08 * len(found), possible


def test_look_alikes_without_their_names_are_never_likely(judge: Judge) -> None:
    assert [name for _, name, values in rows("lookalike") if bands(judge("c7", values, "t")) & SURE] == []


@pytest.mark.parametrize("name", CODED_NAMES)
@pytest.mark.parametrize("values", CODES)
def test_codes_and_answers_contradict_no_special_name(judge: Judge, name: str, values: str) -> None:
    assert bands(judge(name, values, "t")) & SURE


@pytest.mark.parametrize("name", TWO_SENSES)
def test_a_name_of_two_senses_needs_values_that_bear_it_out(judge: Judge, name: str) -> None:
    assert not bands(judge(name, THINGS, "t")) & {*SURE, "possible"}


@pytest.mark.parametrize(("name", "values", "kind"), BORNE_OUT)
def test_values_bear_out_a_name_of_two_senses(judge: Judge, name: str, values: str, kind: str) -> None:
    assert bands(judge(name, values, "t"), kind) & SURE


@pytest.mark.parametrize(("values", "entity"), CHECKED)
def test_codes_that_have_a_check_are_seen_without_a_name(judge: Judge, values: str, entity: str) -> None:
    assert {finding.entity for finding in judge("c7", values, "t") if finding.band in {*SURE, "possible"}} == {entity}


@pytest.mark.parametrize("values", UNCHECKED)
def test_codes_that_fail_their_check_are_not(judge: Judge, values: str) -> None:
    assert not bands(judge("c7", values, "t")) & SURE
