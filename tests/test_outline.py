"""A coarse pattern matches the outline of every text that the pattern matches."""

import re

import pytest
import re2
import regex
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.outline import UNSURE, borderless, coarse, outline

PATTERNS = [
    r"\b[0-9]{8}[A-Z]\b",
    r"\b(?:[A-CEGHJ-PR-TW-Z]{2}) ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])",
    r"^[^\s@]+@[^\s@]+$",
    r"\b[^\W\d_]\d{2,}+[-/]?\w*\b",
    r"(\d)\1{3}",
    r"\b\d{4}\B.",
    r"é\d",
]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("AB-12 cd", "AA-99 aa"),
        ("Ünï9_", "Aaa9_"),
        ("১২", "99"),
        ("名前", "aa"),
        ("a\u00a0b\t", "a a "),
        ("€5", "\x019"),
        ("e\u0301", "a\x02"),
        ("", ""),
    ],
)
def test_an_outline_keeps_punctuation_and_tells_letters_from_digits(text: str, form: str) -> None:
    assert outline(text) == form


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("flags", [0, re.IGNORECASE])
@given(choice=st.data())
def test_a_coarse_pattern_is_a_superset(pattern: str, flags: int, choice: st.DataObject) -> None:
    around = st.text(max_size=3)
    text = choice.draw(around) + choice.draw(st.from_regex(re.compile(pattern, flags))) + choice.draw(around)
    wide = coarse(pattern, flags)
    assert wide is not None
    form = outline(text)
    if regex.search(pattern, text, flags):
        assert re2.search(borderless(wide) if UNSURE in form else wide, form)


def test_a_pattern_that_cannot_be_read_has_no_coarse_form() -> None:
    assert coarse(r"(unclosed") is None
