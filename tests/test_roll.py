"""Words sought one by one in few texts and in one search in many are the same words in the same texts."""

from collections.abc import Sequence

import pyarrow as pa
import pytest
from ahocorasick_rs import Implementation
from hypothesis import given, settings
from hypothesis import strategies as st

from pii_scan import roll
from pii_scan.arrays import projection
from pii_scan.factors import EDGE
from pii_scan.roll import Roll

OWNERS = {
    " ab": [1],
    "b": [2, 3],
    "abba": [4],
    f"{EDGE}baa{EDGE}": [5],
    "aaaa": [6],
    "abab ab9": [1, 7],
    f"a{EDGE}b": [8],
    "": [],
}


def spelled(word: str) -> Sequence[str]:
    return [word.replace(EDGE, border) for border in (" ", "\x01", "\x02")] if EDGE in word else [word]


def held(texts: list[str], monkeypatch: pytest.MonkeyPatch, *, few: bool, at_once: int = 1 << 18) -> set[tuple[int, int]]:
    monkeypatch.setattr(roll, "_LITTLE", 1 << 30 if few else -1)
    monkeypatch.setattr(roll, "_AT_ONCE", at_once)
    made = Roll({word: owners for word, owners in OWNERS.items() if word}, Implementation.DFA, "latin-1", spelled)
    listed = list(made.held(*projection(pa.array(texts, pa.string()))))
    assert (made._search is None) == few
    return {(owner, text) for owners, some in listed for owner in owners for text in some.tolist()}


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(st.text(alphabet="ab 9", max_size=14), min_size=1, max_size=6), at_once=st.integers(1, 40))
def test_few_texts_and_many_and_some_at_a_time(texts: list[str], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        few = held(texts, patch, few=True)
        assert few == held(texts, patch, few=False)
        assert few == held(texts, patch, few=False, at_once=at_once)


def test_a_word_is_found_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    assert held(["xx", "abba", "", "b baa"], monkeypatch, few=True) == {(1, 1), (2, 1), (3, 1), (4, 1), (2, 3), (3, 3), (5, 3)}


def test_texts_that_add_up_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roll, "_LITTLE", 30)
    made = Roll({"ab": [1]}, Implementation.DFA, "latin-1", spelled)
    few = [list(made.held(*projection(pa.array(["ab", "b"])))) for _ in range(9)]
    assert made._search is not None
    assert len({str([(owners, some.tolist()) for owners, some in found]) for found in few}) == 1
