"""Where one column says of each value what it is, the other is read as cells of many sorts."""

import pyarrow as pa
import pytest

from pii_scan.classify import classify
from pii_scan.detect import Detector
from pii_scan.model import Catalogue, Finding, Unit
from pii_scan.pairs import holds_values
from pii_scan.presidio import Engine
from pii_scan.settings import Settings, at_least


@pytest.mark.parametrize(
    ("column", "others", "holds"),
    [
        ("value", ["entity_id", "attribute"], True),
        ("attribute_value", ["attribute_name", "id"], True),
        ("valueText", ["metric", "at"], True),
        ("answer", ["respondent", "question"], True),
        ("wert", ["lfd_nr", "merkmal"], True),
        ("valor", ["id", "campo"], True),
        ("值", ["字段"], True),
        ("value", ["order_id", "currency"], False),
        ("value_date", ["attribute"], False),  # a date, not a value
        ("attribute", ["value"], False),
        ("answer", ["answer"], False),
    ],
)
def test_a_column_of_values_stands_beside_one_of_attributes(column: str, others: list[str], *, holds: bool) -> None:
    assert holds_values(column, others) is holds


def found(engine: Engine, known: Catalogue, table: str, columns: dict[str, list[str]]) -> set[tuple[str, str]]:
    batch = pa.record_batch({name: pa.array(values, pa.string()) for name, values in columns.items()})
    evidence = Detector(engine, known, Settings(ner=False)).examine(Unit("s", table), [batch])
    findings: tuple[Finding, ...] = classify(evidence, known)
    return {(one.column.column, one.kind) for one in findings if at_least(one.band, "likely") and one.tier != "none"}


RECORDS = {
    "email": [f"user{n}@mail.example" for n in range(40)],
    "phone": [f"+44 7400 12{n:04d}" for n in range(40)],
    "religion": ["catholic", "muslim", "hindu", "jewish"] * 10,
    "shoe size": ["41", "42", "38", "44"] * 10,
}


def test_what_a_minority_of_the_values_is_is_told(whole_engine: Engine, known: Catalogue) -> None:
    pairs = [(name, values[n]) for n in range(40) for name, values in RECORDS.items()]
    columns = {"attribute": [name for name, _ in pairs], "value": [value for _, value in pairs]}
    assert {("value", "email"), ("value", "phone"), ("value", "religion")} <= found(whole_engine, known, "records", columns)


def test_measures_of_machines_are_nobodys(whole_engine: Engine, known: Catalogue) -> None:
    columns = {"measure": ["speed", "pressure"] * 40, "value": [f"{n * 1.37:.2f}" for n in range(80)]}
    assert found(whole_engine, known, "readings", columns) == set()
