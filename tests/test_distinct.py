"""HyperLogLog registers count distinct texts, add by maximum, and hold no text."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan import distinct
from pii_scan.distinct import estimate


def registers(texts: list[str], into: bytes = b"") -> bytes:
    return distinct.registers(pa.array(texts, pa.string()), into)


@pytest.mark.parametrize("count", [0, 1, 5, 50, 500, 5_000, 50_000])
def test_the_estimate_is_within_a_tenth(count: int) -> None:
    kept = registers([f"value {number}" for number in range(count)]) if count else b""
    assert estimate(kept) == pytest.approx(count, rel=0.1)


@pytest.mark.parametrize("length", [3, 9, 40, 90, 300])
@pytest.mark.parametrize("place", [0, 0.3, 0.9, 1])
def test_texts_that_differ_anywhere_are_distinct(length: int, place: float) -> None:
    before = "x" * round(length * place)
    texts = [f"{before}{number:06d}{'x' * (length - len(before))}" for number in range(5_000)]
    assert estimate(registers(texts)) == pytest.approx(5_000, rel=0.13)


@given(st.lists(st.text()), st.lists(st.text()))
def test_two_halves_joined_are_the_whole(one: list[str], two: list[str]) -> None:
    apart = bytes(map(max, registers(one), registers(two)))
    assert apart == registers(one + two) == registers(two, registers(one))


def test_a_repeated_text_counts_once() -> None:
    assert registers(["a"] * 100) == registers(["a"])


def test_five_is_told_from_five_thousand() -> None:
    assert estimate(registers([str(number) for number in range(5)])) == 5
