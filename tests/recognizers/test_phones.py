from __future__ import annotations

import json
from pathlib import Path

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.recognizers import phones

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "id_phones.jsonl"
RECOGNIZERS = {recognizer.supported_entities[0]: recognizer for recognizer in phones.part().recognizers()}
PHONE, DIGITS = RECOGNIZERS["PHONE_NUMBER"], RECOGNIZERS["PHONE_DIGITS"]


def spans(recognizer, text: str) -> list[str]:  # noqa: ANN001
    return [text[found.start : found.end] for found in recognizer.analyze(text, [], None)]


@pytest.mark.parametrize(
    "number",
    [
        "+1 212 456 7890",
        "+44 7400 123456",
        "+491701234567",
        "0033 6 12 34 56 78",
        "(212) 456-7890",
        "212-456-7890",
        "1-212-456-7890",
        "212-456-7890 x123",
        "06.12.34.56.78",
        "0151 12345678",
        "020 7946 0958",
        "01712-345678",
        "050-234-5678",
        "081 234 5678",
        "079 123 45 67",
        "tel:+33-6-12-34-56-78",
        "+356 9912 3456",
    ],
)
def test_a_number_written_as_one_is_found_whole(number: str) -> None:
    assert spans(PHONE, number) == [number]
    assert spans(PHONE, f"please call {number}, thanks") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "2020-01-15",
        "15/01/2020",
        "15.01.2020 12:30",
        "192.168.100.200",
        "536-90-4399",
        "123.456.789-09",
        "4111 1111 1111 1111",
        "1234567890",
        "12.345678",
        "000-000-0000",
        "+1 234",
        "GB82 WEST 1234 5698 7654 32",
        "978-3-16-148410-0",
    ],
)
def test_other_numbers_are_not_phones(text: str) -> None:
    assert spans(PHONE, text) == []


@pytest.mark.parametrize("number", ["2124567890", "612345678", "612 345 678", "98765 43210", "33612345678"])
def test_bare_digits_are_only_a_shape(number: str) -> None:
    assert spans(PHONE, number) == []
    assert spans(DIGITS, number) == [number]
    assert phones.PHONE_DIGITS.proof == "shape"


@pytest.mark.parametrize("number", ["222-1234", "312 345", "71 123 456", "131 2345 6789", "66 905 01 23", "20.12.34"])
def test_groups_that_only_a_local_reader_would_dial_are_a_shape(number: str) -> None:
    assert spans(PHONE, number) == []
    assert spans(DIGITS, number) == [number]


@pytest.mark.parametrize("text", ["1234567", "12345", "12 345", "1.234", "12.5", "2020-01-15", "4111 1111 1111 1111"])
def test_other_groups_are_not_even_that(text: str) -> None:
    assert spans(DIGITS, text) == []


@pytest.mark.skipif(not EXAMPLES.exists(), reason="no ../shared/data")
def test_numbers_of_every_region_are_found_in_each_notation(capsys: pytest.CaptureFixture[str]) -> None:
    seen: dict[str, list[int]] = {}
    for line in EXAMPLES.read_text("utf-8").splitlines():
        example = json.loads(line)
        counted = seen.setdefault(example["format"], [0, 0])
        counted[0] += any(spans(recognizer, example["value"]) == [example["value"]] for recognizer in RECOGNIZERS.values())
        counted[1] += 1
    with capsys.disabled():
        print("\nphones: " + ", ".join(f"{name} {found / every:.4f} of {every}" for name, (found, every) in sorted(seen.items())))  # noqa: T201
    assert all(found == every for name, (found, every) in seen.items() if name != "NATIONAL")
    assert seen["NATIONAL"][0] / seen["NATIONAL"][1] >= 0.95


@given(st.text(alphabet="+0123456789 ()-./x", max_size=24))
def test_the_prefilter_lets_through_all_that_is_found(text: str) -> None:
    for recognizer in RECOGNIZERS.values():
        if recognizer.analyze(text, [], None):
            assert re2.search(recognizer.prefilter, text)
