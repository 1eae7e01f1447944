"""The report for a terminal."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from pii_scan.model import Remark, Report
from pii_scan.reports.console import ConsoleWriter
from tests.reports import samples


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
@pytest.mark.parametrize(
    "report", [samples.rich(), samples.large(500), samples.incomplete()], ids=["rich", "large", "incomplete"]
)
def test_no_line_is_wider_than_the_terminal(report: Report, width: int) -> None:
    text = ConsoleWriter(width).render(report)
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_special_categories_come_before_all_other_findings() -> None:
    text = ConsoleWriter().render(samples.rich())
    places = [text.index(words) for words in ("Special categories", "trade_union Art. 9", "\nPersonal data", "EMAIL_ADDRESS")]
    assert places == sorted(places)


def test_a_finding_takes_one_row_and_one_line_of_reasons() -> None:
    text = ConsoleWriter(120).render(samples.calm())
    start = text.index("customers.csv\n")
    rows = text[start:].split("\n\n")[0].splitlines()[1:]
    assert re.fullmatch(r"certain +100 % +customers\.email +email", rows[0])
    assert rows[1].strip() == "EMAIL_ADDRESS: the header names email; 1,190 of 1,200 values have the shape"
    assert len(rows) == 2


def test_a_source_is_named_once_for_its_findings() -> None:
    text = ConsoleWriter(120).render(samples.large(500))
    assert text.count("region-3/") == 2  # once among special categories, once among the others


def test_the_country_stands_beside_an_entity_that_does_not_name_it() -> None:
    text = ConsoleWriter(120).render(samples.rich())
    assert "PHONE_NUMBER BD: " in text
    assert "BD_NID: " in text
    assert "BD_NID BD" not in text


def test_what_was_not_examined_is_listed_after_the_coverage_and_before_the_remarks() -> None:
    text = ConsoleWriter().render(samples.rich())
    places = [text.index(words) for words in ("examined 24,457,872 of", "\nNot examined: 4 parts", "\nRemarks")]
    assert places == sorted(places)


def test_equal_remarks_of_many_tables_stand_in_one_line_and_no_remark_is_dropped_in_silence() -> None:
    remark = Remark
    same = [remark("s", f"t{at}", "dialect", "comma") for at in range(30)]
    other = [remark("s", "u", "encoding", f"page {at}") for at in range(25)]
    text = ConsoleWriter().render(Report(samples.run(), remarks=(*same, *other)))
    assert "t0 and 29 more  dialect: comma" in text
    assert "6 more remarks are in the other forms of this report" in text


def test_color_is_off_unless_asked_for() -> None:
    report = samples.rich()
    plain, colored = ConsoleWriter().render(report), ConsoleWriter(color=True).render(report)
    assert "\x1b" not in plain
    assert "\x1b[1m" in colored
    assert _lines(re.sub(r"\x1b\[[0-9;]*m", "", colored)) == _lines(plain)


def test_markup_in_a_name_stays_text() -> None:
    assert "[bold red]markup[/bold red]" in ConsoleWriter(120).render(samples.rich())


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]
