"""Telephone numbers, as the entry point sees them: two entities, no import of phonenumbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from pii_scan.contracts import Part
from pii_scan.model import Entity

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer
    from presidio_analyzer.nlp_engine import NlpArtifacts

_SOURCE = "https://github.com/google/libphonenumber"

PHONE_NUMBER = Entity(
    name="PHONE_NUMBER",
    kind="phone",
    proof="checked",
    chance=0.301,
    label="Telephone number, written as one: with a country code, a leading nought or groups",
    source=_SOURCE,
)
PHONE_DIGITS = Entity(
    name="PHONE_DIGITS",
    kind="phone",
    proof="shape",
    chance=0.966,
    label="Telephone number, written as digits that could be any other number",
    source=_SOURCE,
)

LIKE = {
    PHONE_NUMBER.name: (
        r"\+[1-9][0-9]{8,13}",
        r"00[0-9]{7,11}",
        r"0[0-9]{9}",
        r"[0-9]{1,5}(?:[ ./-][0-9]{2,5}){1,4}",
        r"[0-9]{2,4}-[0-9]{2,4}-[0-9]{2,5}",
    ),
    PHONE_DIGITS.name: (r"[1-9][0-9]{7,12}",),
}
"""Shapes of what could be mistaken for a number, which `chance` is measured on."""

MATCH = {
    PHONE_NUMBER.name: (
        "+1 212-456-7890", "+447400123456", "0033 6 12 34 56 78", "(415) 456-7890", "06 12 34 56 78", "0612345678",
        "0151 12345678", "+880 1712-345678", "+972 50-234-5678", "+66 81 234 5678",
        "+356 9912 3456", "+41 79 123 45 67", "212-456-7890 x123", "tel:+33-6-12-34-56-78",
    ),
    PHONE_DIGITS.name: (
        "2124567890", "33612345678", "612345678", "612 345 678", "98765 43210", "11 91234-5678", "131 2345 6789", "222-1234",
        "71 123 456",
    ),
}  # fmt: skip
REJECT = {
    PHONE_NUMBER.name: (
        "2020-01-15", "15.01.2020", "192.168.10.100", "536-90-4399", "4111 1111 1111 1111", "+1 234", "123.456.789-09",
        "1234.5678", "2024-05-06 12:30", "91-1144442",
    ),
    PHONE_DIGITS.name: ("1234", "0000000000", "1111111111", "12345678901234567"),
}  # fmt: skip


def part() -> Part:
    """The phones part."""
    return Part(name="phones", entities=(PHONE_NUMBER, PHONE_DIGITS), recognizers=_recognizers, check=_check)


def _recognizers() -> Iterator[EntityRecognizer]:
    from pii_scan.recognizers.telephony import PhoneRecognizer, digits, written

    yield PhoneRecognizer(PHONE_NUMBER, written)
    yield PhoneRecognizer(PHONE_DIGITS, digits)


def _check() -> Iterator[str]:
    for recognizer in _recognizers():
        name = recognizer.supported_entities[0]
        for text in MATCH[name]:
            if _spans(recognizer, text) != [(0, len(text))]:
                yield f"{name}: does not match {text!r}"
        for text in REJECT[name]:
            if _spans(recognizer, text):
                yield f"{name}: matches {text!r}"


def _spans(recognizer: EntityRecognizer, text: str) -> list[tuple[int, int]]:
    nothing = cast("NlpArtifacts", None)
    return [(found.start, found.end) for found in recognizer.analyze(text, recognizer.supported_entities, nothing)]
