"""The prefilter is a superset of every recognizer: where one finds something, it was a candidate."""

import pytest
import regex
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from presidio_analyzer import Pattern, PatternRecognizer

from pii_scan.folding import fold
from pii_scan.prefilter import Prefilter
from pii_scan.presidio import Engine
from pii_scan.superset import superset

ODD = "é ß 你 ٣ ৪ ๕ － \u00a0 \u2011 x"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("plain", "plain"),
        ("১৯৯০", "1990"),
        ("๑-๒", "1-2"),
        ("+49\u00a0170\u20111234", "+49 170-1234"),
        ("١٢٣", "123"),
        ("é", "é"),
    ],
)
def test_digits_dashes_and_spaces_of_every_script_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?<![\w.])\d{4}(?!\w)", "1234"),
        (r"(?<=\()\d+(?=\))", "(12)"),
        (r"\b[\w.]+@\w+\b", "é@ü"),
        (r"[^\W\d]+-\d", "ab-1"),
        (r"(?=.*[A-Z])[A-Z0-9]{3}(?![)(])", "A1B"),
        (r"\bstraße\b", "die straße 1"),
    ],
)
@pytest.mark.parametrize("loose", [False, True])
def test_look_around_and_borders_only_loosen(pattern: str, text: str, *, loose: bool) -> None:
    import re2

    if loose or text.isascii():
        assert regex.search(pattern, text)
        assert re2.search(superset(pattern, loose=loose), text)


def test_a_pattern_that_re2_refuses_makes_its_recognizer_a_candidate_always() -> None:
    odd = PatternRecognizer("X", patterns=[Pattern("back", r"(a)\1", 0.5)], global_regex_flags=0)
    assert Prefilter([odd]).candidates("anything") == (0,)


def test_whole_cell_terms_are_found_folded_and_trimmed() -> None:
    class Words(PatternRecognizer):
        terms = frozenset({"männlich"})

    listed = Words("GENDER", patterns=[Pattern("never", r"\bzzzzzzzz\b", 0.1)])
    prefilter = Prefilter([listed])
    assert prefilter.terms(" MÄNNLICH. ") == (0,)
    assert prefilter.terms("weiblich") == ()


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(choice=st.data())
def test_whatever_a_recognizer_finds_the_prefilter_let_through(whole_engine: Engine, choice: st.DataObject) -> None:
    prefilter = _prefilter(whole_engine)
    place = choice.draw(st.sampled_from(_patterned(whole_engine)))
    recognizer = whole_engine.recognizers[place]
    pattern = choice.draw(st.sampled_from(recognizer.patterns))
    try:
        import re

        shape = re.compile(pattern.regex, recognizer.global_regex_flags or 0)
    except re.error:
        assume(condition=False)
    text = choice.draw(st.from_regex(shape))
    around = choice.draw(st.sampled_from(["", " ", *ODD.split(" ")]))
    text = fold(f"{around}{text}{around}")
    if list(whole_engine.confirm(text, [place])):
        assert place in prefilter.candidates(text)


def test_every_sample_of_every_pattern_recognizer_passes_the_prefilter(whole_engine: Engine) -> None:
    prefilter = _prefilter(whole_engine)
    checked = 0
    for place in range(len(whole_engine.recognizers)):
        entity = getattr(whole_engine.recognizers[place], "entity", None)
        for sample in getattr(whole_engine.recognizers[place], "samples", ()):
            checked += 1
            assert place in prefilter.candidates(fold(sample)), entity
    assert prefilter.candidates("") == prefilter.candidates(" ")


_MADE: dict[int, Prefilter] = {}


def _prefilter(engine: Engine) -> Prefilter:
    return _MADE.setdefault(id(engine), Prefilter(engine.recognizers))


def _patterned(engine: Engine) -> list[int]:
    return [place for place, recognizer in enumerate(engine.recognizers) if getattr(recognizer, "patterns", ())]
