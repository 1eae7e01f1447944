"""What is told of a pattern without a text: words it needs, marks it needs, how far it reaches, how it is read at all."""

import re

import pytest
import regex
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pii_scan.outline import coarse, outline
from pii_scan.runs import LETTERS, LONG, alternatives, needed, needs_digit, reaches_across
from pii_scan.syntax import differs, read


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        (r"[a-z]+\d", True),
        (r"(?:a1|b2)", True),
        (r"a[0-9]?", False),
        (r"a|1", False),
        (r"word", False),
        (r"x{2}[1-9]{1,3}", True),
    ],
)
def test_a_pattern_needs_a_digit_where_every_match_has_one(pattern: str, *, needs: bool) -> None:
    assert needs_digit(pattern) is needs


@pytest.mark.parametrize(
    ("pattern", "flags", "reaches"),
    [
        (r"[0-9]{4}-[0-9]{4}", 0, False),
        (r"[A-Z]{10}", 0, False),
        (r"[A-Z]{10}", re.IGNORECASE, True),
        (r"(?i)[A-Z]{10}", 0, True),
        (r"(?s-i:x)(?i:[A-Z]{4})", 0, True),
        (r"[a-z]{3}", 0, False),
        (r"[a-z]{4}", 0, True),
        (r"[a-z]{2}[A-Z]?[a-z]{2}", 0, True),
        (r"[a-z]{2}-[a-z]{2}", 0, False),
        (r"(?:[a-z]-?){4}", 0, True),
        (r"[^0-9]+", 0, True),
        (r"\w{3}", 0, False),
        (r"\w+", 0, True),
        (r"(a)\1", 0, True),
        (r"[\d\s]+", 0, False),
        (r"Ж{4}", 0, False),
        (r"ж{4}", 0, True),
    ],
)
def test_a_pattern_reaches_across_where_a_match_may_hold_a_word(pattern: str, flags: int, *, reaches: bool) -> None:
    assert reaches_across(pattern, flags) is reaches


@pytest.mark.parametrize(
    ("pattern", "mark"),
    [
        (r"[^\s@]+@[^\s@]+", "@"),
        (r"(?:@|at)[a-z]+", ""),
        (r"https?://[a-z.]+", ":"),
        (r"[a-z]+\.[a-z]+", "."),
        (r"[a-z]+[0-9]", "9"),
        (r"[a-z]+[0-9]?", ""),
        (r"[0-9a-f]{32}", "long"),
        (r"(?:[0-9a-f]{2}:){5}", ":"),
        (r"\$2[aby]\$[0-9]{2}\$", "$"),
        (r"[a-z]{11}", ""),
        (r"[a-z]{12}", "long"),
    ],
)
def test_the_mark_that_every_match_holds_is_told(pattern: str, mark: str) -> None:
    assert needed(pattern) == mark


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("(?:a|b)", ["a", "b"]),
        ("(?i)(?:a|b)", ["(?i)a", "(?i)b"]),
        ("(?:a|(?:b|c)d)", ["a", "(?:b|c)d"]),
        (r"(?:a\||[|)]b|[]|]c)", [r"a\|", "[|)]b", "[]|]c"]),
        ("(?:a|b)+", ["(?:a|b)+"]),
        ("(?:a)|(?:b)", ["(?:a)|(?:b)"]),
        ("a|b", ["a|b"]),
        ("(?x)(?:a|b)", ["(?x)(?:a|b)"]),
    ],
)
def test_a_group_of_alternatives_is_taken_apart(pattern: str, parts: list[str]) -> None:
    assert alternatives(pattern) == parts


@pytest.mark.parametrize(
    ("pattern", "flags"),
    [
        (r"(unclosed", 0),
        (r"[[:alpha:]]{3}", 0),
        (r"(?:cat){e<=1}", 0),
        (r"(?:cat){1i+1d<=2}", 0),
        (r"a(?i)b", 0),
        (r"(?a)\bx", 0),
        (r"x", regex.ASCII),
        (r"\p{Lao}+", 0),
        (r"(?|a|b)", 0),
    ],
)
def test_a_pattern_that_regex_reads_otherwise_is_not_read(pattern: str, flags: int) -> None:
    assert read(pattern, flags) is None


@pytest.mark.parametrize(
    "pattern", [r"a{2,3}", r"\{id\}", r"\p{L}+", r"\P{L}", r"(?i)abc", r"(?i:abc)", "[:-]", r"\x41", r"{,3}"]
)
def test_common_constructs_mean_the_same_to_all(pattern: str) -> None:
    assert not differs(pattern)


@pytest.mark.parametrize(
    ("pattern", "text"), [(r"\p{Han}{2}路", "南京路"), (r"\p{Hangul}+ [0-9]", "종로 1"), (r"[\p{Thai}x]{3}", "ถนน")]
)
def test_scripts_are_read_as_letters_of_theirs(pattern: str, text: str) -> None:
    assert regex.search(pattern, text)
    wide = coarse(pattern)
    assert wide is not None
    assert re.search(wide.replace(r"\z", r"\Z"), outline(text))


PATTERNS = [
    *(
        r"[A-Za-z]{2}\d{2,4}(?:-[a-f]+)?",
        r"(?:abc|\d{3})[x-z]*@?\w",
        r"\bfoo(?:bar)+\d\b",
        r"[^\d\s]{1,5}:\d",
        r"(?i)id[ -]?[a-z]\d{12}",
    ),
    *(r"[a-f0-9]{14}", r"(\w)\1\d", r"é\w{2}", r"(?:straße|platz) \d", r"\w+\.\w+"),
]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PATTERNS), st.sampled_from([0, re.IGNORECASE]), st.data())
def test_what_is_told_of_a_pattern_holds_for_every_match(pattern: str, flags: int, choice: st.DataObject) -> None:
    text = choice.draw(st.from_regex(re.compile(pattern, flags)))
    found = regex.search(pattern, text, flags)
    assume(found is not None)
    assert found is not None
    form = outline(found.group())
    if needs_digit(pattern, flags):
        assert "9" in form
    if not reaches_across(pattern, flags):
        assert not re.search(f"a{{{LETTERS}}}", form)
    mark = needed(pattern, flags)
    assert re.search(f"[9Aa]{{{LONG}}}", form) if mark == "long" else mark in form
