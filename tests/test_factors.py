"""Factors: where a text matches a pattern, one of the pattern's factors stands in the projection of the text."""

import re

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pii_scan.factors import exact_factors, exact_mark, factors, mark
from pii_scan.folding import fold


def projected(text: str) -> str:
    return f" {''.join(map(mark, text))} "


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\bdiabet", {" diabet"}),
        (r"\bmultiple[ _-]sclerosis\b", {" multiple sc"}),
        (r"(?i)TEL: ?[0-9]+", {"tel 9", "tel  9"}),
        (r"(?:cat|dog)s?[0-9]", {"cat9", "cats9", "dog9", "dogs9"}),
        (
            r"[0-9]{1,2}(?:st|th)?[ ]?(?:jan|feb)",
            {f"{end}{month}" for end in ("9", "9st", "9th", "9 ", "9st ", "9th ") for month in ("jan", "feb")},
        ),
        (r"[a-z]+\.(?:jpe?g|png)\b", {" jpg ", " jpeg ", " png "}),
        (r"\bst [0-9]", {" st 9"}),
        (r"(?:abc)?[0-9]", None),
        (r"\bab", None),
        (r"[A-Z]{9}", None),
        (r"stra(?:ß|ss)e", {"strasse"}),
        (r"straße", frozenset()),
        (r"\bcafé|bar", {"bar"}),
        (r"\bpass \p{L}{2}", {" pass "}),
        (r"\p{Lu}\p{L}+ \p{Lu}", None),
        (r"id\.?card", {"id card", "idcard"}),
    ],
)
def test_the_words_that_a_text_in_ascii_needs(pattern: str, words: set[str] | None) -> None:
    found = factors(pattern, foreign=False)
    assert (found is None) if words is None else found == frozenset(words)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\bcafé\b", {"\x03caf\x01\x03"}),
        (r"ул\.", {"\x02\x02 "}),
        (r"(?:straße|weg) [0-9]", {"stra\x01e 9", "weg 9"}),
        (r"é", None),
    ],
)
def test_the_words_that_a_text_beyond_ascii_needs(pattern: str, words: set[str] | None) -> None:
    found = factors(pattern, foreign=True)
    assert (found is None) if words is None else found == frozenset(words)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\bжена\b", {"\x03жена\x03"}),
        (r"(?i)\bЖЕНА|МУЖ\b", {"\x03жена", "муж\x03"}),
        (r"[女男]性", {"女性", "男性"}),
        (r"ул\. [а-я]{3}", {"ул  "}),
        (r"σίγμας", {"σίγμασ"}),
        (r"[\u4e00-\u9fff]{2}", None),
        (r"\bcafé\b", {"\x03caf\x01\x03"}),
    ],
)
def test_letters_beyond_latin_are_told_apart_in_an_exact_projection(pattern: str, words: set[str] | None) -> None:
    found = exact_factors(pattern)
    assert (found is None) if words is None else found == frozenset(words)


PATTERNS = [
    *(
        r"\b(?:diabet|asthma)\w*",
        r"(?i)\bsick[ _-]leave\b",
        r"[0-9]{1,2}(?:st|nd|th)?[ -]?(?:jan|feb|märz)[a-z]*",
        r"card ?no\.? ?\d+",
    ),
    *(r"\b[0-9]+ (?:[a-z]+ ){1,3}(?:st|rd|ave)\b", r"(?:pass(?:port|word)|pin)=\S+", r"(?:straße|platz) \d", r"x{3}y?z{2,4}"),
    *(
        r"(?:abc|de[fg]h)+i",
        r"(?:(?:one|two) ){2}three",
        r"ул\.? [а-я]{3}",
        r"\b(?:жена|муж|супруг[аи]?)\b",
        r"[女男]性? ?[0-9]|電話|ﾃﾞﾝﾜ",
        r"(?:ΣΊΓΜΑΣ|ώρα) \d",
        r"(?:ab|cd){2}ef\b",
        r"\bkm[ıi]le",
        r"(?:foo|\bbar)q",
    ),
]
AROUND = st.sampled_from(["", " ", "x", "7", "é", ".", "\n", "Ω", "a word "])


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PATTERNS), st.sampled_from([0, re.IGNORECASE]), AROUND, AROUND, st.data())
def test_whatever_matches_holds_a_factor(pattern: str, flags: int, before: str, after: str, choice: st.DataObject) -> None:
    text = fold(before + choice.draw(st.from_regex(re.compile(pattern, flags))) + after)
    if regex.search(pattern, text, flags):
        words = factors(pattern, flags, foreign=not text.isascii())
        assert words is None or any(re.search(word.replace("\x03", "[ \x01\x02]"), projected(text)) for word in words)
        apart = f" {''.join(map(exact_mark, text))} "
        words = exact_factors(pattern, flags)
        assert (
            text.isascii() or words is None or any(part in apart for word in words for part in [max(word.split("\x03"), key=len)])
        )
