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
        ("meta_value", ["post_id", "meta_key"], True),
        ("data", ["user_id", "property"], True),
        ("data", ["user_id", "created"], False),
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
    evidence = Detector(engine, known, Settings(ner=False).detection).examine(Unit("s", table), [batch])
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


PEOPLE = {
    "first_name": ["Sofia", "Erik", "Anna", "Jonas"] * 10,
    "Nachname": ["Rossi", "Weber", "Novak", "Moreau"] * 10,
    "birth_date": [f"19{50 + n}-0{1 + n % 9}-1{n % 10}" for n in range(40)],
    "newsletter": ["yes", "no"] * 20,
}
GOODS = {
    "colour": ["Ruby", "Amber", "Jade", "Olive"] * 10,
    "brand": ["Ford", "Nestle", "Johnson", "Philips"] * 10,
    "released": [f"19{50 + n}-0{1 + n % 9}-1{n % 10}" for n in range(40)],
}


def flat(records: dict[str, list[str]], attribute: str, value: str) -> dict[str, list[str]]:
    pairs = [(name, values[n]) for n in range(40) for name, values in records.items()]
    return {attribute: [name for name, _ in pairs], value: [value for _, value in pairs]}


@pytest.mark.parametrize(("attribute", "value"), [("attribute", "value"), ("merkmal", "wert")])
def test_names_and_dates_are_what_their_attributes_say(
    whole_engine: Engine, known: Catalogue, attribute: str, value: str
) -> None:
    seen = found(whole_engine, known, "records", flat(PEOPLE, attribute, value))
    assert {(value, kind) for kind in ("first_name", "last_name", "date_of_birth")} <= seen
    assert {column for column, _ in seen} == {value}, "the names of attributes are nobody's"


def test_words_and_dates_of_things_are_not(whole_engine: Engine, known: Catalogue) -> None:
    seen = found(whole_engine, known, "records", flat(GOODS, "attribute", "value"))
    assert seen.isdisjoint({("value", kind) for kind in ("first_name", "last_name", "person_name", "date_of_birth")})


def test_attributes_say_nothing_of_values_that_do_not_look_it(whole_engine: Engine, known: Catalogue) -> None:
    masked = {"first_name": ["***", "n/a"] * 20, "birth_date": ["hidden", "-"] * 20, "size": ["41", "42"] * 20}
    assert found(whole_engine, known, "records", flat(masked, "attribute", "value")) == set()


def test_measures_of_machines_are_nobodys(whole_engine: Engine, known: Catalogue) -> None:
    columns = {"measure": ["speed", "pressure"] * 40, "value": [f"{n * 1.37:.2f}" for n in range(80)]}
    assert found(whole_engine, known, "readings", columns) == set()
