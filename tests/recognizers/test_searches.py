"""A shape finds the same whichever engine searches for it."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_analyzer import pattern_recognizer

from pii_scan.recognizers.catalogue import load
from pii_scan.recognizers.generic import FILES
from pii_scan.recognizers.searches import Search
from pii_scan.together import Texts

ROWS = list(load(*FILES))
SHAPES = [(shape, row.flags) for row in ROWS for shape in row.shapes]
SAMPLES = [text for row in ROWS for text in (*row.match, *row.reject)]
WIDE = st.text(alphabet="019aAzZ .-/:@_\t\n\x0b\x1cé\u0661\u0130\u0131", max_size=40)


def spans(shape: str, flags: int, text: str) -> list[tuple[int, int]]:
    return [found.span() for found in regex.compile(shape, flags).finditer(text)]


@pytest.mark.parametrize("around", ["{}", "call {}, please", "{0} {0}", "({0})/{0}.", "{}\n", "\t{}\x1c", "é{}ß"])
def test_samples_of_all_rows_are_found_by_all_shapes_alike(around: str) -> None:
    texts = [around.format(text) for text in SAMPLES[::7]]
    for shape, flags in SHAPES[::3]:
        search = Search(shape, flags)
        for text in texts:
            assert search.finds(text) == spans(shape, flags, text), (shape, text)


@settings(max_examples=300, deadline=None)
@given(text=WIDE, which=st.sampled_from(SHAPES))
def test_any_text(text: str, which: tuple[str, int]) -> None:
    assert Search(*which).finds(text) == spans(*which, text)


@pytest.mark.parametrize(
    ("shape", "text"),
    [("a{,2}b", "aab"), (r"ab\Z", "ab"), (r"(?<=x)1", "x1"), (r"x(?i)y", "xY"), ("a.c$", "abc"), (r"(?:ab){e<=1}", "ac")],
)
def test_what_re2_takes_for_something_else_is_left_to_the_other(shape: str, text: str) -> None:
    assert Search(shape, 0).finds(text) == spans(shape, 0, text) != []


ODD = "éßñйΩ番号でไ\u0e49\u0652\u0301\u0130\u0131\u017f\u212a\u00a0\u200d\u200b\u2019²Ⅷ_`~\n\t\x1c\u0663"


@settings(max_examples=400, deadline=None)
@given(
    which=st.sampled_from(SHAPES),
    sample=st.sampled_from(SAMPLES),
    before=st.text(alphabet=ODD + " a1", max_size=2),
    after=st.text(alphabet=ODD + " a1", max_size=2),
)
def test_samples_beside_letters_of_all_scripts(which: tuple[str, int], sample: str, before: str, after: str) -> None:
    text = f"{before}{sample}{after}"
    assert Search(*which).finds(text) == spans(*which, text)


@pytest.mark.parametrize(
    ("shape", "flags", "text"),
    [
        (r"\b[A-Z]{2}[0-9]{6}\b", 0, "éAB123456 AB123456é AB123456"),
        (r"\b[ΑΒΕ][0-9]{3}\b", 0, "Α123 Ж123"),
        (r"\b[A-Z]{2}[0-9]{2}\b", 2, "\u212as12 ab12 \u017fb12 ı\u013012"),
        (r"\b[A-z]{2}[0-9]{2}\b", 0, "é_12 __12"),
        (r"[0-9]{2}[!-~]", 0, "12é 12ñ 12!"),
        (r"[0-9]{2}`", 0, "12` 12×"),
    ],
)
def test_what_stands_for_a_letter_beyond_ascii_is_never_found(shape: str, flags: int, text: str) -> None:
    assert Search(shape, flags).finds(text) == spans(shape, flags, text)


def test_only_four_letters_beyond_ascii_are_one_of_it_without_case() -> None:
    every = "".join(map(chr, [*range(0x80, 0xD800), *range(0xE000, 0x30000)]))
    assert set(regex.findall("[ -~]", every, regex.IGNORECASE)) == set("\u0130\u0131\u017f\u212a")


def test_what_was_found_in_one_text_is_not_told_of_the_next() -> None:
    search = Search(r"[0-9]{2}", 0)
    assert [search.finds(text) for text in ("12", "a12", "", "12")] == [[(0, 2)], [(1, 3)], [], [(0, 2)]]


@settings(max_examples=200, deadline=None)
@given(which=st.sampled_from(SHAPES), texts=st.lists(st.one_of(WIDE, st.sampled_from(SAMPLES)), max_size=5))
def test_what_is_found_in_each_of_some_texts_is_what_is_found_in_it_alone(which: tuple[str, int], texts: list[str]) -> None:
    search, some = Search(*which), Texts(texts)
    alone = [search.finds(text) for text in texts]
    assert search.each(some) == alone
    assert search.each(some) == alone
    assert search.each(Texts(texts[1:])) == alone[1:]


def test_a_search_that_takes_too_long_finds_nothing_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern_recognizer, "REGEX_TIMEOUT_SECONDS", 0.01)
    search, slow = Search(r"(?<!x)(?:a+)+b", 0), "a" * 5_000
    assert search.finds(slow) is None
    assert search.each(Texts(["ab", slow, "c"])) == [[(0, 2)], None, []]
