"""The page in a real browser: it opens without a complaint and without a request, and shows what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from pii_scan.model import Report
from pii_scan.reports.html import HtmlWriter
from tests.browser import Browser, chromium, inked
from tests.reports import samples


def _written(report: Report, folder: Path) -> str:
    page = folder / "report.html"
    page.write_text(HtmlWriter().render(report), encoding="utf-8")
    return page.as_uri()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_opens_without_complaint_or_request_and_is_not_blank(
    browser: Browser, tmp_path: Path, width: int, dark: bool
) -> None:
    ask = "[getComputedStyle(document.body).backgroundColor, document.documentElement.scrollWidth, window.alerted ?? 'quiet']"
    page = browser.open(_written(samples.rich(), tmp_path), width=width, dark=dark, ask=ask)
    assert page.console == []
    assert page.requests == []
    assert page.answer == ["rgb(21, 23, 26)" if dark else "rgb(251, 250, 247)", width, "quiet"]
    assert inked(page.png) > 0.02


def test_the_browser_does_see_complaints_and_requests(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
    page.write_text(f"{policy}<p style='color:red'>x<script>1</script>")
    seen = browser.open(page.as_uri())
    assert len(seen.console) >= 2
    page.write_text("<img src='nothing.png'>")
    assert [Path(url).name for url in browser.open(page.as_uri()).requests] == ["nothing.png"]


def test_a_blank_page_has_no_ink(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "blank.html"
    page.write_text("<title>blank</title>")
    assert inked(browser.open(page.as_uri()).png) == 0


def test_the_heads_of_a_long_table_stay_in_sight(browser: Browser, tmp_path: Path) -> None:
    ask = """(() => {
        const rows = document.querySelectorAll('#findings tbody');
        rows[rows.length >> 1].scrollIntoView();
        return document.querySelector('#findings thead th').getBoundingClientRect().top;
    })()"""
    assert browser.open(_written(samples.large(1_000), tmp_path), ask=ask).answer == 0


def test_no_row_of_a_thousand_is_a_giant(browser: Browser, tmp_path: Path) -> None:
    ask = "Math.max(...[...document.querySelectorAll('.findings tr')].map(row => row.getBoundingClientRect().height))"
    assert browser.open(_written(samples.large(1_000), tmp_path), ask=ask).answer < 180


def test_reasons_that_are_folded_on_screen_are_printed(browser: Browser, tmp_path: Path) -> None:
    ask = "[...document.querySelectorAll('details li')].map(item => item.checkVisibility())"
    address = _written(samples.rich(), tmp_path)
    assert set(browser.open(address, ask=ask, media="print").answer) == {True}
    assert set(browser.open(address, ask=ask).answer) == {False}
    assert browser.open(address, pdf=True).pdf.startswith(b"%PDF")


@pytest.mark.parametrize(("required", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_a_missing_browser_is_told_and_fails_only_where_one_is_required(
    monkeypatch: pytest.MonkeyPatch, required: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PII_SCAN_REQUIRE_BROWSER", required)
    with pytest.raises(outcome, match="no chromium on this machine"):
        chromium()
