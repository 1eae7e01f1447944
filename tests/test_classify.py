"""Verdicts: a header alone, values alone, both, and either against the other; every one with its reasons."""

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.case import column_kind
from pii_scan.classify import classify, summaries
from pii_scan.distinct import registers
from pii_scan.model import Catalogue, Column, ColumnEvidence, Evidence, Finding, Report, Run, TableFacts, Tally, Texture
from pii_scan.verdict import band_of

ROWS = 1_000


def seen(texture: Texture | None = None, kind: str = "string", nulls: int = 0, **tallies: Tally) -> ColumnEvidence:
    kept = registers(pa.array([str(number) for number in range(ROWS)]))
    return ColumnEvidence(kind, ROWS, nulls, ROWS, kept, texture or Texture(ROWS, ROWS, 9 * ROWS), tallies)


def verdicts(known: Catalogue, columns: dict[str, ColumnEvidence], table: str = "t") -> dict[str, list[Finding]]:
    evidence = Evidence({Column("s", table, name): what for name, what in columns.items()}, {("s", table): TableFacts(ROWS)})
    found: dict[str, list[Finding]] = {name: [] for name in columns}
    for finding in classify(evidence, known):
        found[finding.column.column].append(finding)
    return found


def full(share: float = 1.0) -> Tally:
    cells = int(ROWS * share)
    return Tally(cells, 200, 200, 200, cells)


def test_a_header_alone_is_likely_and_never_certain(known: Catalogue) -> None:
    empty = seen(Texture(), nulls=ROWS)
    (finding,) = verdicts(known, {"date_of_birth": empty})["date_of_birth"]
    assert (finding.kind, finding.band, finding.column_kind) == ("date_of_birth", "likely", "empty")
    assert finding.probability < 0.97, "one name in some thirty says something else than it seems to"
    assert "date birth" in finding.reasons[0]


def test_values_alone_are_enough_where_they_prove_themselves(known: Catalogue) -> None:
    (finding,) = verdicts(known, {"c7": seen(EMAIL_ADDRESS=full())})["c7"]
    assert (finding.kind, finding.band, finding.share) == ("email", "certain", 1.0)


def test_header_and_values_together_are_certain(known: Catalogue) -> None:
    (finding,) = verdicts(known, {"e_mail": seen(EMAIL_ADDRESS=full())})["e_mail"]
    assert finding.band == "certain"
    assert finding.probability > 0.99
    assert len(finding.reasons) == 2


def test_a_header_that_the_values_contradict_loses(known: Catalogue) -> None:
    numbers = Texture(ROWS, ROWS, 4 * ROWS, 0, ROWS)
    found = verdicts(known, {"email": seen(numbers), "city": seen(numbers)})
    assert not [finding for finding in found["email"] + found["city"] if finding.band in {"certain", "likely"}]


def test_a_column_of_nothing_known_has_no_finding(known: Catalogue) -> None:
    assert verdicts(known, {"c7": seen()}) == {"c7": []}


def test_a_needle_among_other_values_is_reported_beside_the_verdict(known: Catalogue) -> None:
    column = seen(EMAIL_ADDRESS=Tally(1, 1, 1, 1, 1, 1))
    (finding,) = verdicts(known, {"order_number": column})["order_number"]
    assert (finding.kind, finding.cells) == ("email", 1)
    assert finding.share == pytest.approx(0.001)
    assert "among the other values" in finding.reasons[0]


def test_special_categories_carry_their_article(known: Catalogue) -> None:
    found = verdicts(known, {"religion": seen(), "diagnosis": seen(), "criminal_record": seen()})
    assert [found[name][0].article for name in found] == ["Art. 9", "Art. 9", "Art. 10"]


def test_free_text_names_what_is_inside(known: Catalogue) -> None:
    prose = Texture(ROWS, 12 * ROWS, 60 * ROWS, ROWS)
    found = verdicts(known, {"notes": seen(prose, EMAIL_ADDRESS=Tally(90, 90, 90, 0, 90))})["notes"]
    assert {finding.kind for finding in found} == {"free_text", "email"}
    assert {finding.column_kind for finding in found} == {"free_text"}


@pytest.mark.parametrize(
    ("probability", "band"),
    [(1.0, "certain"), (0.95, "certain"), (0.8, "likely"), (0.5, "possible"), (0.2, "undetermined"), (0.05, None)],
)
def test_bands_cut_the_probability(probability: float, band: str | None) -> None:
    assert band_of(probability) == band


def test_the_kind_of_a_column_is_told_by_its_sentences() -> None:
    assert column_kind(seen(nulls=ROWS)) == "empty"
    assert column_kind(seen(Texture(10, prose=8))) == "free_text"
    assert column_kind(seen(Texture(10, prose=2))) == "mixed"
    assert column_kind(seen(Texture(10))) == "values"


def test_a_table_with_rows_and_no_columns_is_still_listed() -> None:
    assert summaries(Evidence({}, {("s", "t"): TableFacts(3)}))[0].rows == 3


tallies = st.builds(Tally, *[st.integers(0, 9)] * 5)
evidences = st.builds(
    lambda names, cells, tally: Evidence(
        {
            Column("s", "t", name): ColumnEvidence(
                "string", cells, 0, cells, registers(pa.array([name])), Texture(cells), {"E": tally}
            )
            for name in names
        },
        {("s", "t"): TableFacts(cells)},
    ),
    st.sets(st.sampled_from("abc")),
    st.integers(0, 9),
    tallies,
)


@given(evidences, evidences, evidences)
def test_evidence_adds_up_in_any_order(one: Evidence, two: Evidence, three: Evidence) -> None:
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert Evidence() + one == one + Evidence()


def test_a_report_with_something_skipped_is_not_complete() -> None:
    report = Report(Run("", "", ""))
    assert report.complete
    assert not replace(report, skipped=(object(),)).complete  # type: ignore[arg-type]


ALONE = Tally(matched=1, examined=1, passed=1, whole=1, cells=1, clear=1)


@pytest.mark.parametrize(
    ("tally", "reported"),
    [
        (ALONE, True),
        (replace(ALONE, whole=0), False),  # a part of a longer text
        (replace(ALONE, matched=40, examined=32), False),  # others have the form, and fail the check
        (replace(ALONE, clear=0), False),  # it is something else that is checked more strictly
    ],
)
def test_one_identifier_alone_of_its_form_in_a_large_column_is_reported(
    known: Catalogue, tally: Tally, *, reported: bool
) -> None:
    found = verdicts(known, {"value": seen(CREDIT_CARD=tally)})["value"]
    assert [(finding.kind, finding.cells) for finding in found] == [("payment_card", 1)] * reported


def test_one_word_of_a_list_is_no_needle(known: Catalogue) -> None:
    assert verdicts(known, {"value": seen(RELIGION=ALONE)})["value"] == []
