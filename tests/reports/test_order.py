"""Order, coverage, the inventory and the chart: what all forms share."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pii_scan.model import Finding, Report, TableSummary
from pii_scan.reports.chart import BARS, ORDINARY, SPECIAL, chart
from pii_scan.reports.coverage import coverage, examined, left_out, outcome
from pii_scan.reports.inventory import inventory
from pii_scan.reports.order import arranged, by_column, by_source
from tests.reports import samples


def _shuffled(findings: tuple[Finding, ...]) -> list[Finding]:
    return random.Random(7).sample(findings, len(findings))


def test_special_comes_first_then_band_then_probability_then_address() -> None:
    def one(column: str, band: str, probability: float, article: str = "") -> Finding:
        return samples.finding("s", "t", column, "email", band=band, probability=probability, article=article)

    right = [
        one("z", "possible", 0.4, "Art. 9"),
        one("b", "certain", 0.99),
        one("a", "certain", 0.98),
        one("c", "certain", 0.98),
        one("a", "likely", 0.999),
        one("a", "undetermined", 0.5),
    ]
    assert arranged(reversed(right)) == right


def test_the_order_of_arrival_does_not_show() -> None:
    findings = samples.rich().findings
    assert arranged(_shuffled(findings)) == arranged(findings)
    assert list(by_source(_shuffled(findings))) == list(by_source(findings))


def test_the_findings_of_one_column_stand_together() -> None:
    first = samples.finding("s", "t", "notes", "email")
    second = samples.finding("s", "t", "notes", "phone", band="possible")
    between = samples.finding("s", "t", "name", "person_name", band="likely")
    assert by_column([second, between, first]) == [[first, second], [between]]


def test_coverage_adds_up_the_tables() -> None:
    sums = coverage(samples.rich())
    assert (sums.sources, sums.tables, sums.rows) == (5, 6, 1_089_357)
    assert sums.cells - sums.cells_examined == 1
    assert 0.9999 < sums.share < 1


def test_nothing_to_read_was_examined_wholly() -> None:
    assert coverage(samples.nothing()).share == 1.0


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (samples.clean(), "no findings"),
        (samples.incomplete(), "no findings in what was examined; 2 parts were not examined"),
        (
            replace(samples.incomplete(), skipped=samples.incomplete().skipped[:1]),
            "no findings in what was examined; 1 part was not examined",
        ),
        (samples.nothing(), "nothing to examine: no table was found"),
        (samples.calm(), "1 finding in 1 column"),
        (samples.rich(), "46 findings in 45 columns, 4 with special-category data"),
    ],
)
def test_the_outcome_is_one_honest_sentence(report: Report, words: str) -> None:
    assert outcome(report) == words


def test_what_was_examined_is_told_in_full_or_as_a_part() -> None:
    assert examined(samples.clean()) == "examined every cell read: 150 (50 rows, 3 columns, 1 table, 1 source)"
    assert examined(samples.incomplete()) == "examined 120 of 150 cells read, 80 % (50 rows, 3 columns, 1 table, 1 source)"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, ""),
        ({"min_band": "undetermined"}, ""),
        ({"min_band": "likely"}, "findings less sure than “likely” are left out (min-band)"),
    ],
)
def test_findings_that_the_settings_leave_out_are_mentioned(settings: dict[str, str], words: str) -> None:
    assert left_out(Report(replace(samples.run(), settings=settings))) == words


def test_the_inventory_has_an_entry_for_each_table_with_findings() -> None:
    entries = inventory(samples.rich())
    assert [(entry.source, entry.table) for entry in entries] == sorted(
        {(finding.column.source, finding.column.table) for finding in samples.rich().findings}
    )


def test_the_inventory_puts_the_most_sensitive_first_and_marks_what_is_unconfirmed() -> None:
    members = next(entry for entry in inventory(samples.rich()) if entry.table == "members")
    assert members.sensitivity == "special category (Art. 9)"
    assert [category.kind for category in members.categories] == [
        "health", "email", "national_id", "person_name", "phone", "date_of_birth",
    ]  # fmt: skip
    assert [category.kind for category in members.categories if not category.confirmed] == ["health", "date_of_birth"]
    assert members.rows == 1_204


def test_a_kind_counts_as_confirmed_by_its_surest_column() -> None:
    sure, unsure = samples.finding("s", "t", "a", "email"), samples.finding("s", "t", "b", "email", band="possible")
    (entry,) = inventory(Report(samples.run(), findings=(unsure, sure)))
    (category,) = entry.categories
    assert (category.confirmed, category.columns, entry.sensitivity) == (True, ("a", "b"), "identifies a person")


def test_the_rows_of_the_inventory_are_those_of_the_table() -> None:
    found = samples.finding("s", "t", "a", "email", rows=3)
    (entry,) = inventory(Report(samples.run(), (TableSummary("s", "t", 10, 1, 10, 10),), (found,)))
    assert entry.rows == 10


def test_bars_are_as_long_as_their_columns_and_segments_meet() -> None:
    drawn = chart(samples.rich())
    longest = drawn.bars[0].columns
    for bar in drawn.bars:
        assert bar.columns == sum(segment.columns for segment in bar.segments)
        end = 0.0
        for segment in bar.segments:
            assert segment.start == pytest.approx(end, abs=0.01)
            end = segment.start + segment.width
        assert end == pytest.approx(100 * bar.columns / longest, abs=0.01)


def test_special_kinds_have_hues_of_their_own_and_rare_kinds_share_one() -> None:
    kinds = [samples.finding("s", "t", f"c{at}", f"kind_{at}") for at in range(20)]
    special = [samples.finding("s", "t", f"d{at}", f"special_{at}", article="Art. 9") for at in range(5)]
    drawn = chart(Report(samples.run(), findings=(*kinds, *special)))
    names = [shade.name for shade in drawn.shades]
    assert names == [*(f"s{at}" for at in range(SPECIAL)), *(f"k{at}" for at in range(ORDINARY))]
    assert (drawn.shades[SPECIAL - 1].columns, drawn.shades[-1].columns) == (3, 14)
    assert sum(shade.columns for shade in drawn.shades) == 25


def test_sources_that_are_not_drawn_are_counted() -> None:
    many = tuple(samples.finding(f"s{at}", "t", "c", "email") for at in range(BARS + 3))
    drawn = chart(Report(samples.run(), findings=many))
    assert (len(drawn.bars), drawn.more) == (BARS, "3 sources")


def test_a_column_counts_once_for_each_kind() -> None:
    twice = tuple(samples.finding("s", "t", "c", "phone", entity) for entity in ("PHONE_NUMBER", "FR_PHONE"))
    assert chart(Report(samples.run(), findings=twice)).bars[0].columns == 1
