"""What is judged otherwise of special categories, and the remark on tables of children."""

import pyarrow as pa
import pytest

from pii_scan import weights as w
from pii_scan.children import remarks
from pii_scan.distinct import registers
from pii_scan.model import Column, ColumnEvidence, Entity, Evidence, Finding, TableFacts, Tally, Texture
from pii_scan.naming import Named
from pii_scan.special import coded, doubt, guessed
from pii_scan.weigh import Weight

HEADER, TWO_SENSES = Named(5.2, "religion", ""), Named(5.2, "race", "", "ambiguous")
SIGN, HINT = Named(5.2, "church tax", "", "sign"), Named(2.4, "belief", "", "hint")
STRONG, NOTHING = Weight(5.0, 1.0, 1.0, 5.0), Weight(0.0, 0.0, 0.0, 0.0)
TOLD, SUGGESTED = Entity("RELIGION", "religion", "name"), Entity("MEAL", "religion", "name", suggests=True)


def column(*values: str, type: str = "string", **tallies: Tally) -> ColumnEvidence:  # noqa: A002
    numeric = sum(value.replace(".", "").isdigit() for value in values)
    letters = sum(not any(char.isdigit() for char in value) for value in values)
    texture = Texture(len(values), len(values), sum(map(len, values)), 0, numeric, letters)
    return ColumnEvidence(type, len(values), 0, len(values), registers(pa.array(list(values))), texture, tallies)


@pytest.mark.parametrize("values", [("1", "2", "9"), ("Y", "N"), ("ja", "nein"), ("yes", "no", "unknown"), ("RK", "EV", "--")])
def test_few_short_values_are_codes(values: tuple[str, ...]) -> None:
    assert coded(column(*values))


@pytest.mark.parametrize("values", [("12.45", "99.10", "7.80", "3.15"), ("Monaco", "Silverstone"), tuple(map(str, range(99)))])
def test_amounts_and_words_are_not(values: tuple[str, ...]) -> None:
    assert not coded(column(*values))


def test_a_column_of_booleans_is_coded() -> None:
    assert coded(column("true", "false", type="bool"))


def test_codes_are_no_doubt_and_amounts_are() -> None:
    assert doubt("religion", HEADER, column("1", "2", "9"), 0.0) == 0.0
    assert doubt("religion", HEADER, column("12.45", "99.10", "70.80", "31.15"), 0.0) == w.CONTRADICTED


def test_a_name_of_two_senses_is_doubted_until_values_bear_it_out() -> None:
    words = column("Monaco", "Silverstone", "Le Mans")
    assert doubt("ethnicity", TWO_SENSES, words, 0.0) == w.NOT_BORNE_OUT
    assert doubt("ethnicity", TWO_SENSES, words, 0.5) == 0.0
    assert doubt("ethnicity", TWO_SENSES, column("1", "2"), 0.0) == w.NOT_BORNE_OUT_BY_CODES
    assert doubt("genetic", TWO_SENSES, column("active", "closed"), 0.0) == w.NOT_BORNE_OUT_BY_ANSWERS


@pytest.mark.parametrize(
    ("named", "value", "entity", "expected"),
    [
        (SIGN, None, None, True), (SIGN, NOTHING, None, True), (SIGN, STRONG, SUGGESTED, True), (None, STRONG, SUGGESTED, True),
        (HINT, STRONG, SUGGESTED, True), (HEADER, STRONG, SUGGESTED, False), (SIGN, STRONG, TOLD, False),
        (HEADER, None, None, False),
        (None, STRONG, TOLD, False), (HINT, None, None, False),
    ],
)  # fmt: skip
def test_a_guess_is_what_nothing_but_signs_speak_for(
    named: Named | None, value: Weight | None, entity: Entity | None, expected: bool
) -> None:
    assert guessed(named, value, entity) is expected


def of(name: str, kind: str, tier: str = "quasi") -> Finding:
    return Finding(Column("s", "t", name), kind, kind.upper(), "likely", 0.9, "values", 9, 9, 9, 1.0, tier=tier)  # type: ignore[arg-type]


def remarked(columns: dict[str, ColumnEvidence], *findings: Finding) -> list[str]:
    evidence = Evidence({Column("s", "t", name): seen for name, seen in columns.items()}, {("s", "t"): TableFacts(9)})
    return [remark.detail for remark in remarks(evidence, findings)]


def test_ages_below_18_are_remarked_on_and_others_not() -> None:
    young = column("7", "9", "11", "40", AGE_OF_CHILD=Tally(3, 4, 3, 3, 3))
    old = column("47", "9", "51", "40", AGE_OF_CHILD=Tally(1, 4, 1, 1, 1))
    assert remarked({"age": young}, of("age", "age")) == ["likely holds data of children: most values of age are below 18"]
    assert remarked({"age": old}, of("age", "age")) == []
    assert remarked({"stock": young}) == []


@pytest.mark.parametrize("names", ["guardian_name", "Klassenlehrer", "niveau_scolaire", "parent_phone", "school,grade", "保護者"])
def test_words_of_school_and_guardianship_beside_persons_are_remarked_on(names: str) -> None:
    columns = {name: column("x") for name in ("first_name", *names.split(","))}
    assert remarked(columns, of("first_name", "first_name", "direct"))


@pytest.mark.parametrize("names", ["class", "grade", "parent_id", "seat_class,fare", "guardian_angel_count,child_process"])
def test_one_ambiguous_word_is_not(names: str) -> None:
    columns = {name: column("x") for name in ("first_name", *names.split(","))}
    wanted = "guardian" in names  # the word itself is enough: a remark says "likely"
    assert bool(remarked(columns, of("first_name", "first_name", "direct"))) is wanted


def test_no_remark_without_a_person() -> None:
    assert remarked({"pupil": column("x"), "school": column("x")}) == []
