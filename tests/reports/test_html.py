"""The page, read by an HTML parser: inert, whole, and legible by its colours."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from pii_scan.model import Report
from pii_scan.reports.html import HtmlWriter
from pii_scan.reports.wording import printable, shortened
from tests.reports import samples

VOID = {"meta", "link", "wbr", "col"}
CSS = files("pii_scan.reports").joinpath("report.css").read_text("utf-8")


class _Reader(HTMLParser):
    """Notes tags, attributes and text, and holds that every tag is closed in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _read(report: Report) -> _Reader:
    reader = _Reader()
    reader.feed(HtmlWriter().render(report))
    reader.close()
    assert reader.open == []
    return reader


@cache
def _rich() -> _Reader:
    return _read(samples.rich())


def test_hostile_names_make_no_element_and_no_attribute() -> None:
    allowed = (
        "html head meta title link style body header p h1 h2 code bdi wbr span time dl div dt dd nav ul li a main section "
        "table caption colgroup col thead tbody tr th td svg g rect text details summary footer"
    )
    assert {tag for tag, _ in _rich().tags} <= set(allowed.split())
    attributes = {name for _, found in _rich().tags for name in found}
    assert not {name for name in attributes if name.startswith("on") or name in {"style", "src", "srcset", "action"}}
    assert {found["rel"] for found in _rich().named("a") if "rel" in found} == {"noreferrer"}
    assert all(re.match(r"#|https://w3id\.org/", found["href"] or "") for found in _rich().named("a"))


def test_every_name_is_on_the_page_as_it_is() -> None:
    for name in samples.HOSTILE:
        assert shortened(f"odd.{printable(name)}") in _rich().text


def test_a_long_name_is_shortened_and_whole_in_its_tooltip() -> None:
    titles = [found["title"] for found in _rich().named("bdi") if "title" in found]
    assert f"odd.{'n' * 400}" in titles
    assert "n" * 200 not in re.sub(r'title="[^"]*"', "", HtmlWriter().render(samples.rich()).replace("<wbr>", ""))


def test_a_category_that_is_no_web_address_is_no_link() -> None:
    calm = samples.calm()
    odd = replace(calm, findings=(replace(calm.findings[0], category="javascript:alert(1)#x"),))
    assert all((found["href"] or "").startswith("#") for found in _read(odd).named("a"))


def test_a_framed_page_has_no_link_that_could_lead_out_of_its_frame() -> None:
    reader = _Reader()
    reader.feed(HtmlWriter(framed=True).render(samples.rich()))
    assert reader.named("a") == reader.named("nav") == []
    assert "pd:Email" in reader.text


def test_the_policy_allows_this_style_and_nothing_else() -> None:
    page = HtmlWriter().render(samples.rich())
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = next(found["content"] for found in _rich().named("meta") if found.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_no_identifier_is_given_twice_and_every_anchor_leads_somewhere() -> None:
    ids = [found["id"] for _, found in _rich().tags if "id" in found]
    assert len(ids) == len(set(ids))
    assert {(found["href"] or "")[1:] for found in _rich().named("a") if (found["href"] or "").startswith("#")} <= set(ids)
    assert {found["aria-labelledby"] for found in _rich().named("section")} <= set(ids)


def test_the_page_has_landmarks_and_its_tables_have_captions_and_scoped_heads() -> None:
    tags = [tag for tag, _ in _rich().tags]
    assert all(tags.count(landmark) == 1 for landmark in ("header", "nav", "main", "footer", "h1"))
    assert tags.count("caption") == tags.count("table")
    assert all(found.get("scope") in {"col", "row", "rowgroup"} for found in _rich().named("th"))


def test_every_bar_of_the_chart_says_what_it_shows() -> None:
    labels = [found["aria-label"] for found in _rich().named("svg") if found.get("role") == "img"]
    assert "Other special categories 2, IBAN 1, Other kinds 3" in labels
    assert len(labels) == 5


def test_two_findings_of_one_column_share_its_cell() -> None:
    calm = samples.calm()
    both = replace(calm, findings=(*calm.findings, replace(calm.findings[0], kind="phone", band="possible")))
    assert [found["rowspan"] for found in _read(both).named("th") if "rowspan" in found] == ["2"]


@pytest.mark.parametrize(
    ("report", "there", "not_there"),
    [
        (
            samples.rich(),
            ("4 parts were not examined", "permission denied", "Art. 10", "Runner-up:"),
            ("Everything was examined",),
        ),
        (samples.clean(), ("Everything was examined: all 150 cells of 1 table.", "no findings."), ("to be completed",)),
        (samples.incomplete(), ("no findings in what was examined; 2 parts were not examined",), ("Everything was examined",)),
        (samples.nothing(), ("nothing to examine: no table was found",), ("Everything was examined",)),
        (samples.calm(), ("1 finding in 1 column", "to be completed", "Everything was examined"), ("Special categories",)),
    ],
    ids=["rich", "clean", "incomplete", "nothing", "calm"],
)
def test_the_page_says_what_is_so_and_not_what_is_not(report: Report, there: tuple[str, ...], not_there: tuple[str, ...]) -> None:
    text = " ".join(_read(report).text.split())
    assert all(words in text for words in there)
    assert not any(words in text for words in not_there)


def test_settings_version_and_ruleset_are_told() -> None:
    text = _rich().text
    assert all(words in text for words in ("min_band", '"possible"', "3f9a2c71d0be", "0.1.0", "2026-11-23T06:30:00Z"))


def test_a_thousand_findings_make_a_page_of_about_a_megabyte() -> None:
    assert len(HtmlWriter().render(samples.large(1_000))) < 1_500_000


PAIRS = [
    *((ink, ground, 4.5) for ink in ("ink", "quiet", "accent", "special", "good") for ground in ("page",)),
    ("special", "special-wash", 4.5),
    *((ink, "amber-wash", 4.5) for ink in ("amber", "ink", "quiet")),
    ("page", "accent", 4.5),
    *(("on", f"k{at}", 4.5) for at in range(7)),
    *(("on", f"s{at}", 4.5) for at in range(3)),
    *((f"k{at}", "page", 3.0) for at in range(7)),
    *((f"s{at}", "page", 3.0) for at in range(3)),
    ("fill", "page", 3.0),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS, ids=str)
def test_colours_have_the_contrast_of_wcag_aa(theme: str, ink: str, ground: str, least: float) -> None:
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light if theme == "light" else dark))
    bright, dim = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= least


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
