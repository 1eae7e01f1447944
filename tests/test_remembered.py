"""Answers for texts that come again are those that were given, and none for any other text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from pii_scan import remembered
from pii_scan.remembered import Remembered


def _texts(*texts: str) -> pa.StringArray:
    return pa.array(texts, pa.string())


def _asked(memory: Remembered, *texts: str) -> list[int]:
    """What is known of some texts; what is not is learned as the length of the text."""
    known, keys = memory.known(_texts(*texts))
    new = np.flatnonzero(known < 0)
    memory.learn(keys[new], np.array([len(texts[at]) for at in new.tolist()], np.int64))
    answers: list[int] = known.tolist()
    return answers


def test_a_text_is_known_by_its_number_once_it_was_learned() -> None:
    memory = Remembered()
    assert _asked(memory, "a", "bb", "") == [-1, -1, -1]
    assert _asked(memory, "bb", "ccc", "a") == [2, -1, 1]
    assert _asked(memory, "ccc", "dddd", "bb") == [3, -1, 2]


def test_a_long_text_is_asked_for_again() -> None:
    memory, long = Remembered(), "a" * 513
    assert _asked(memory, long, "a" * 512) == [-1, -1]
    assert _asked(memory, long, "a" * 512) == [-1, 512]


def test_an_empty_array_has_no_answers() -> None:
    memory = Remembered()
    assert _asked(memory) == []
    assert _asked(memory, "a") == [-1]
    assert _asked(memory) == []


def test_texts_that_want_the_same_cell_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_cells", lambda keys, _: np.zeros(len(keys), np.int64))
    memory, texts = Remembered(), ["x" * length for length in range(1, 41)]
    assert set(_asked(memory, *texts)) == {-1}
    assert _asked(memory, *texts, "y") == [*range(1, 41), -1]


def test_a_table_grows_with_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_FIRST", 8)
    memory, texts = Remembered(), ["x" * length for length in range(1, 401)]
    sizes = []
    for start in range(0, 400, 4):
        assert set(_asked(memory, *texts[start : start + 4])) == {-1}
        assert _asked(memory, *texts[: start + 4]) == [*range(1, start + 5)]
        sizes.append(len(memory._keys))
    assert sorted(set(sizes)) == [8, 32, 128, 512, 2048]


def test_what_is_too_much_is_forgotten_and_nothing_is_mistaken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_FIRST", 64)
    monkeypatch.setattr(remembered, "_MOST", 64)
    memory = Remembered()
    for start in range(1, 400, 20):
        texts = ["x" * length for length in range(start, start + 20)]
        assert set(_asked(memory, *texts)) == {-1}
        assert _asked(memory, *texts) == [*range(start, start + 20)]
    assert _asked(memory, "y") == [-1]
