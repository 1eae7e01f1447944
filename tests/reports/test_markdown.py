"""The report as Markdown, read by a Markdown parser."""

from __future__ import annotations

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pii_scan.model import Report
from pii_scan.reports.markdown import MarkdownWriter
from pii_scan.reports.wording import printable, shortened
from tests.reports import samples

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _tokens(report: Report) -> list[Token]:
    return PARSER.parse(MarkdownWriter().render(report))


def _inner(tokens: list[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or ()]


def _cells(tokens: list[Token]) -> list[str]:
    """The text of each cell as a reader sees it."""
    inline = [token for before, token in pairwise(tokens) if before.type in {"td_open", "th_open"}]
    return ["".join(child.content for child in cell.children or () if child.type in {"text", "code_inline"}) for cell in inline]


def test_every_hostile_name_is_shown_as_it_is_and_in_one_cell() -> None:
    cells = {cell.strip() for cell in _cells(_tokens(samples.rich()))}
    for name in samples.HOSTILE:
        assert shortened(f"odd.{printable(name)}", 200).strip() in cells


def test_nothing_in_a_name_becomes_markup_a_link_or_an_image() -> None:
    inner = _inner(_tokens(samples.rich()))
    assert {token.type for token in inner} <= {
        "text", "code_inline", "strong_open", "strong_close", "em_open", "em_close", "html_inline", "softbreak",
    }  # fmt: skip
    assert {token.content for token in inner if token.type == "html_inline"} <= {"<code>", "</code>", "<!-- -->"}
    emphasised = {after.content for token, after in pairwise(inner) if token.type == "em_open"}
    assert emphasised == {"to be completed"}


def test_every_row_has_as_many_cells_as_its_head() -> None:
    for table in re.findall(r"(?:^\|.*\n)+", MarkdownWriter().render(samples.rich()), re.MULTILINE):
        widths = {line.count(" | ") for line in table.splitlines() if not line.startswith("|---")}
        assert len(widths) == 1


def test_github_calls_nobody_and_links_nothing_by_itself() -> None:
    outside = re.sub(r"`[^`]*`|<code>.*?</code>", "", MarkdownWriter().render(samples.rich()))
    assert not re.search(r"@\w|(?<!&)#\w|://|\bwww\.", outside)


def test_the_parts_stand_in_the_order_of_the_page() -> None:
    heads = re.findall(r"^##? (.*)", MarkdownWriter().render(samples.rich()), re.MULTILINE)
    assert heads == [
        "Personal data report",
        "Not examined: 4 parts",
        "Special categories (GDPR Art. 9, Art. 10)",
        "Personal data",
        "Inventory for a record of processing (GDPR Art. 30)",
        "Tables scanned: 6",
        "Remarks",
        "Run",
    ]


def test_the_inventory_is_a_table_with_blanks_for_the_controller() -> None:
    text = MarkdownWriter().render(samples.calm())
    row = "| `customers.csv` | `customers` | 120 | Email | identifies a person |"
    assert row + " _to be completed_ |" * 5 in text.splitlines()


def test_a_report_without_findings_has_no_empty_tables_of_them() -> None:
    text = MarkdownWriter().render(samples.incomplete())
    assert "**No findings in what was examined; 2 parts were not examined.**" in text
    assert "Inventory" not in text
