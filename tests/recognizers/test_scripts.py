"""A pattern over any script finds in ASCII what it finds by `regex`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii_scan.recognizers import full_name, name_signs, number_in_text, one_name, wording
from pii_scan.recognizers.scripts import AnyScript, in_ascii

EVERY = {
    f"{room.__name__.rpartition('.')[2]}.{name}": found
    for room in (full_name, name_signs, number_in_text, one_name, wording)
    for name, found in vars(room).items()
    if isinstance(found, AnyScript)
} | {"full_name.prefilter": AnyScript(full_name.FullNameRecognizer.prefilter)}
NUMBERS = ("Tel.: ", "(212) 456-7890", "DNI ", "54362315K", "aged 42", "x 12", "1/2/2020")
PIECES = st.sampled_from((*NUMBERS, "O'Brien", "'s", "Mr. ", " ", "-", "\x1c", "\n"))
ASCII = st.lists(st.one_of(PIECES, st.text(st.characters(max_codepoint=127), max_size=6)), max_size=12).map("".join)


def test_there_are_patterns_to_compare() -> None:
    assert len(EVERY) > 8


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=200)
@given(text=ASCII)
def test_a_text_in_ascii_has_the_finds_of_regex(name: str, text: str) -> None:
    one = EVERY[name]
    by_regex = one._any
    assert [found.span() for found in one.finditer(text)] == [found.span() for found in by_regex.finditer(text)]
    assert bool(one.fullmatch(text)) == bool(by_regex.fullmatch(text))
    assert (first := one.search(text)) is None or first.span() == by_regex.search(text).span()


@pytest.mark.parametrize(
    ("pattern", "plain"),
    [
        (r"\p{L}+", "[A-Za-z]+"),
        (r"[\p{Lu}\d]", r"[A-Z\d]"),
        (r"[\pL\pM'-]*", "[A-Za-z'-]*"),
        (r"a|\p{Lo}", "a|(?!)"),
        (r"\[\p{N}\]", r"\[[0-9]\]"),
    ],
)
def test_a_property_becomes_what_ascii_holds_of_it(pattern: str, plain: str) -> None:
    assert in_ascii(pattern) == plain


@pytest.mark.parametrize(("text", "word"), [("Zoë", (0, 3)), ("12 Łódź", (3, 7)), ("42 Ана", (3, 6)), ("\u0661\u0662", None)])
def test_a_text_beyond_ascii_is_read_by_regex(text: str, word: tuple[int, int] | None) -> None:
    found = AnyScript(r"\p{L}+").search(text)
    assert (found and found.span()) == word
