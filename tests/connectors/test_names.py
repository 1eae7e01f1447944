"""Claims about column names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.connectors.names import distinct


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ()),
        (["a", "b"], ("a", "b")),
        (["", ""], ("c1", "c2")),
        (["a", "a", "a"], ("a", "a_2", "a_3")),
        (["a", "a", "a_2"], ("a", "a_3", "a_2")),
        (["c2", ""], ("c2", "c2_2")),
    ],
)
def test_names_are_made_distinct(names: list[str], expected: tuple[str, ...]) -> None:
    assert distinct(names) == expected


@given(st.lists(st.sampled_from(["a", "a_2", "a_3", "", "c1", "c2_2"])))
def test_no_two_names_are_alike_and_distinct_ones_stay(names: list[str]) -> None:
    found = distinct(names)
    assert len(set(found)) == len(found) == len(names)
    assert distinct(found) == found
