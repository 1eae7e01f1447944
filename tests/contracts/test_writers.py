"""What every registered form of report must hold, ours and a stranger's alike."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points

import pytest

from pii_scan.contracts import Writer
from pii_scan.model import Column, Remark, Report, Skipped, TableSummary
from tests.reports import samples

FORMS = sorted(entry_points(group="pii_scan.reports"), key=lambda point: point.name)
REPORTS = {
    "rich": samples.rich,
    "calm": samples.calm,
    "clean": samples.clean,
    "incomplete": samples.incomplete,
    "nothing": samples.nothing,
}


@pytest.fixture(params=FORMS, ids=lambda point: point.name)
def writer(request: pytest.FixtureRequest) -> Writer:
    point: EntryPoint = request.param
    made = point.load()()
    assert isinstance(made, Writer)
    return made


def test_the_five_forms_of_the_house_are_registered() -> None:
    assert {"table", "json", "csv", "html", "md"} <= {point.name for point in FORMS}


def test_no_two_forms_claim_one_file_ending() -> None:
    endings = [ending for point in FORMS for ending in point.load()().suffixes]
    assert len(endings) == len(set(endings))
    assert all(re.fullmatch(r"\.[a-z]+", ending) for ending in endings)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_renders_to_the_same_text_twice(writer: Writer, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = writer.render(REPORTS[name]())
    for variable, value in {"COLUMNS": "33", "NO_COLOR": "1", "FORCE_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(variable, value)
    assert type(writer)().render(REPORTS[name]()) == first


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_clean_text_that_ends_with_a_line(writer: Writer, name: str) -> None:
    text = writer.render(REPORTS[name]())
    text.encode("utf-8")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert _unseen(text) == set()


@pytest.mark.parametrize("place", ["source", "table", "column", "unit", "what", "why"])
def test_what_was_not_examined_is_told_with_its_place_and_reason(writer: Writer, place: str) -> None:
    part = Skipped("the-source", "thewhat", "thewhy", "thetable", "thecolumn", "theunit")
    told = writer.render(replace(samples.clean(), skipped=(part,)))
    assert f"the{'-' if place == 'source' else ''}{place}" in told.replace("<wbr>", "")


def test_every_finding_is_told_with_its_column_kind_and_band(writer: Writer) -> None:
    report = samples.large(60)
    told = writer.render(report).replace("<wbr>", "").replace("\n", "").replace(" ", "")
    for finding in report.findings:
        assert finding.column.column[-12:] in told or finding.column.column[:12] in told
    for kind in {finding.kind for finding in report.findings}:
        assert kind in told or kind.replace("_", "") in told.lower()
    assert {band for band in ("certain", "likely", "possible", "undetermined") if band in told} == {
        finding.band for finding in report.findings
    }


@pytest.mark.parametrize("name", ["incomplete", "nothing"])
def test_no_findings_is_never_said_of_what_was_not_examined(writer: Writer, name: str) -> None:
    told = writer.render(REPORTS[name]())
    assert not re.search(r"no findings(?! in what was examined; 2 parts were not examined)", told, re.IGNORECASE)


def test_a_report_without_samples_shows_none_and_one_with_samples_does(writer: Writer) -> None:
    calm = samples.calm()
    shown = replace(calm, findings=(replace(calm.findings[0], masked_sample=("q****z",)),))
    assert "q****z" in re.sub(r"&#42;", "*", writer.render(shown))
    assert "q****z" not in writer.render(calm)


def test_a_finding_of_an_empty_column_renders(writer: Writer) -> None:
    bare = replace(samples.calm().findings[0], entity="", category="", reasons=(), share=0.0, cells=0, column_kind="empty")
    unnamed = replace(bare, column=Column("s", "", "", ""))
    assert writer.render(replace(samples.calm(), findings=(bare, unnamed)))


@pytest.mark.parametrize("hostile", samples.HOSTILE)
def test_a_hostile_name_in_every_place_still_gives_clean_text(writer: Writer, hostile: str) -> None:
    assert _unseen(writer.render(_named(hostile))) == set()


def _named(name: str) -> Report:
    found = replace(
        samples.calm().findings[0],
        column=Column(name, name, name, name),
        kind=name,
        entity=name,
        country=name,
        category=name,
        runner_up=name,
        reasons=(name, name),
        masked_sample=(name,),
    )
    special = replace(found, article=name)
    return Report(
        replace(samples.run(name), version=name, ruleset=name, settings={name: [name]}),
        (TableSummary(name, name, 1, 1, 1, 1, (name,)),),
        (found, special),
        (Skipped(name, name, name, name, name, name),),
        (Remark(name, name, name, name),),
    )


def _unseen(text: str) -> set[str]:
    """Characters but newlines that a reader would not see: what a terminal obeys, what turns text around."""
    return {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} - {"\n"}
