"""RE2 asked directly finds what its wrapper finds."""

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from pii_scan.linear import Linear

PATTERNS = [r"\b[0-9]{2}\b", r"[0-9]+", "(a|ab)(c|bcd)", r"(?i)\bé?x[yz]", "^ab$", r"[^ ]+@[a-z]+", "a"]
TEXTS = st.text(alphabet="019abcdxyXé @-_\u0661𝟗", max_size=12)


@pytest.mark.parametrize("pattern", PATTERNS)
@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_the_first_find_is_the_wrappers(pattern: str, text: str) -> None:
    found, whole = re2.search(pattern, text), re2.fullmatch(pattern, text)
    assert Linear(pattern).search(text) == (found.span() if found else None)
    assert Linear(pattern).fullmatch(text) == (whole.span() if whole else None)


@pytest.mark.parametrize("pattern", PATTERNS)
@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="019abcdxyX @-_", max_size=12))
def test_so_are_all_of_them(pattern: str, text: str) -> None:
    assert Linear(pattern).finds(text.encode()) == [found.span() for found in re2.finditer(pattern, text)]


@pytest.mark.parametrize(
    ("pattern", "text", "finds"),
    [("x*", "xx", [(0, 2), (2, 2)]), ("x*", "ax", [(0, 0), (1, 2), (2, 2)]), (r"x*\b", "-", []), ("x*", "", [(0, 0)])],
)
def test_finds_without_length_are_counted_once(pattern: str, text: str, finds: list[tuple[int, int]]) -> None:
    assert Linear(pattern).finds(text.encode()) == finds


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"\1"])
def test_what_re2_refuses_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="refuses"):
        Linear(pattern)
