"""Texts that are looked at together show each as it is alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.folding import apart
from pii_scan.together import Texts

GLUED = "番号1234です"


@given(st.lists(st.text(alphabet="a1 é番'\"\t\x1c", max_size=6)))
def test_each_text_is_seen_as_it_is_alone(texts: list[str]) -> None:
    some = Texts(texts)
    assert list(some.apart.every) == [apart(text) for text in texts]
    assert [None if data is None else data.decode() for data in some.encoded] == [
        text if text.isascii() and text.isprintable() else None for text in texts
    ]
    assert [text[start:end] for text, (start, end) in zip(texts, some.inner, strict=True)] == [
        text.strip(" \t\r\n\"'.,;") for text in texts
    ]
    assert some.size == len("".join(texts))


def test_texts_without_letters_glued_to_numbers_are_the_same_apart() -> None:
    some, glued = Texts(["a 1", "é"]), Texts(["a", GLUED])
    assert some.apart is some
    assert glued.apart is not glued
    assert glued.apart is glued.apart


@pytest.mark.parametrize("first", [0, 1, 3, 4])
def test_the_first_and_the_rest_are_made_once(first: int) -> None:
    some = Texts(["a", "b", "c"])
    begin, rest = some.parted(first)
    assert [*begin.every, *rest.every] == ["a", "b", "c"]
    assert len(begin.every) == min(first, 3)
    assert some.parted(first) is some.parted(first)
