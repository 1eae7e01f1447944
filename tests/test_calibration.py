"""A sum of evidence becomes a probability by a line that rises, keeps what is not worth a word, and is shipped as a table."""

from __future__ import annotations

import math

import pytest

from pii_scan import weights as w
from pii_scan.calibration import AS_SUMMED, LEAST, LIKELY, TOLD, Line, Source, calibrated, lines, probability

SOURCES: list[Source] = ["both", "name", "values", "against"]
SUMS = [step / 10 for step in range(-80, 150)]


def test_there_is_a_line_for_each_source() -> None:
    assert set(lines()) == set(TOLD) == set(SOURCES)


@pytest.mark.parametrize("source", SOURCES)
def test_more_evidence_is_never_less_probable(source: Source) -> None:
    held = [calibrated(raw, source) for raw in SUMS]
    assert held == sorted(held)
    assert all(0 <= one <= 1 for one in held)


@pytest.mark.parametrize("source", SOURCES)
def test_a_verdict_becomes_likely_at_the_knee(source: Source) -> None:
    least = next(least for name, least in w.BANDS if name == "likely")
    knee = lines()[source].knee
    assert calibrated(knee, source) == pytest.approx(least, abs=0.001)
    assert calibrated(knee - 0.1, source) < least < calibrated(knee + 0.1, source)


@pytest.mark.parametrize("source", SOURCES)
def test_a_sum_that_is_not_worth_a_word_is_not_raised(source: Source) -> None:
    assert probability(LEAST) == pytest.approx(w.BANDS[-1][1], abs=0.001)
    assert calibrated(LEAST - 0.01, source) <= probability(LEAST - 0.01)


@pytest.mark.parametrize("source", ["both", "name", "against"])
def test_no_name_is_made_likely_that_is_not_so_as_summed(source: Source) -> None:
    assert lines()[source].knee >= LIKELY - 0.01


def test_the_line_that_changes_nothing_changes_nothing() -> None:
    assert all(AS_SUMMED.at(raw) == pytest.approx(raw) for raw in SUMS)
    assert Line(0.5, 1.0, 2.0, 0.5, 2.0, 0.25).at(2.0) == pytest.approx(LIKELY + 2.0)
    assert Line(0.5, 1.0, 2.0, 0.5, 2.0, 0.25).at(4.0) == pytest.approx(LIKELY + 2.5)
    assert Line(0.5, 1.0, 2.0, 0.5, 2.0, 0.25).at(-0.5) == pytest.approx(LIKELY - 1.5)


def test_sums_of_any_size_have_a_probability() -> None:
    assert probability(-1e4) == 0
    assert probability(1e4) == 1
    assert probability(0) == pytest.approx(0.5)
    assert math.isclose(probability(2) + probability(-2), 1)
