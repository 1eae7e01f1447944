"""A shape finds the same whichever engine searches for it."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from pii_scan.recognizers.catalogue import load
from pii_scan.recognizers.generic import FILES
from pii_scan.recognizers.searches import Search

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
            assert list(search.finds(text)) == spans(shape, flags, text), (shape, text)


@settings(max_examples=300, deadline=None)
@given(text=WIDE, which=st.sampled_from(SHAPES))
def test_any_text(text: str, which: tuple[str, int]) -> None:
    assert list(Search(*which).finds(text)) == spans(*which, text)


@pytest.mark.parametrize(
    ("shape", "text"),
    [("a{,2}b", "aab"), (r"ab\Z", "ab"), (r"(?<=x)1", "x1"), (r"x(?i)y", "xY"), ("a.c$", "abc"), (r"(?:ab){e<=1}", "ac")],
)
def test_what_re2_takes_for_something_else_is_left_to_the_other(shape: str, text: str) -> None:
    assert list(Search(shape, 0).finds(text)) == spans(shape, 0, text) != []
