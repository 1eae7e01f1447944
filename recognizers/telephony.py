"""The recognizer of telephone numbers: libphonenumber's metadata, asked quickly.

`phonenumbers` itself needs 1 ms to look for a national number in thirty numbering plans. Here each plan is one compiled
pattern of its valid national numbers, so that the library parses and formats only what one of them has matched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import phonenumbers
from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult

from pii_scan.model import Entity

REGIONS = (
    "US GB FR DE IT ES IN BR PL NL BE CH AT SE PT IE AU IL TH BD MT CA MX DK NO FI CZ HU RO GR ZA TR AR CL CO JP KR SG MY ID NZ"
).split()
"""Numbering plans that a number without a country code is tried in, the most common ones first."""

_TRUNK_OFTEN_LEFT_OUT = frozenset(("US", "CA", "IN", "BR", "MX", "CO"))

WRITTEN = r"(?:\+ ?|\(|\b)[0-9](?:[ ().\-/]{0,2}[0-9]){6,15}(?: ?(?:x|ext\.? ?|#) ?[0-9]{1,6})?\b"
BARE = r"\b[1-9][0-9]{7,12}\b"

_EXTENSION = re.compile(r" ?(?:x|ext\.? ?|#) ?[0-9]{1,6}$")
_NOT_PHONES = re.compile(
    r"(?:19|20)[0-9]{2}[-./ ][0-9]{1,2}[-./ ][0-9]{1,2}.*"  # a date
    r"|[0-9]{1,2}[-./ ][0-9]{1,2}[-./ ](?:19|20)[0-9]{2}.*"
    r"|[0-9]{1,3}(?:\.[0-9]{1,3}){3}"  # an IP address
    r"|[0-9]+\.[0-9]+"  # a number
    r"|[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}"  # a Brazilian CPF
    r"|[0-9]{3}-[0-9]{2}-[0-9]{4}"  # an American SSN
)
_THREES = re.compile(r"[0-9]{3} [0-9]{3} [0-9]{3}")  # how people group nine digits, whatever their plan says
_TYPES = "fixed_line mobile toll_free premium_rate shared_cost personal_number voip uan voicemail pager".split()

Judge = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Plan:
    region: str
    code: int
    trunk: str
    national: re.Pattern[str]


def written(text: str) -> bool:
    """A valid number that is written as one: with a country code, a leading nought, brackets or its plan's groups."""
    number = _EXTENSION.sub("", text)
    if _NOT_PHONES.fullmatch(number) or len(set(_digits(number))) < 3:
        return False
    if number.startswith("+") or number.startswith("00"):
        return _international(_digits(number).removeprefix("00"))
    if _digits(number) == number and not (number.startswith("0") and len(number) in {10, 11}):
        return False
    return _national(number)


def digits(text: str) -> bool:
    """Bare digits that some plan knows as a national number, or that begin with a country code."""
    return len(set(text)) >= 3 and (any(plan.national.fullmatch(text) for plan in _plans()) or _international(text))


class PhoneRecognizer(LocalRecognizer):
    """Finds telephone numbers, international ones of every country and national ones of `REGIONS`.

    Args:
        entity: what a find is.
        judge: `written` or `digits`.
        supported_language: Presidio's language tag; numbers are of all languages.
    """

    prefilter: str
    """Matches every text that it could find something in (RE2)."""

    def __init__(self, entity: Entity, judge: Judge, supported_language: str = "en") -> None:
        self.entity, self._judge = entity, judge
        self.prefilter = WRITTEN if judge is written else BARE
        self._candidates = re.compile(self.prefilter, re.ASCII)
        self._score = 0.6 if entity.proof == "checked" else 0.2
        super().__init__(supported_entities=[entity.name], name=f"{entity.name} phones", supported_language=supported_language)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002
        """One find for each valid number."""
        why = AnalysisExplanation(recognizer=self.name, original_score=self._score, textual_explanation="a valid number")
        return [
            RecognizerResult(self.entity.name, found.start(), found.end(), self._score, why)
            for found in self._candidates.finditer(text)
            if self._judge(found.group())
        ]


def _international(number: str) -> bool:
    """Digits that begin with a country code and go on with a valid number there."""
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(f"+{number}")))
    except phonenumbers.NumberParseException:
        return False


def _national(number: str) -> bool:
    compact = _digits(number)
    for plan in _plans():
        significant = compact.removeprefix(plan.trunk)
        dialled = significant != compact
        if not plan.national.fullmatch(significant) or (plan.trunk and not dialled and plan.region not in _TRUNK_OFTEN_LEFT_OUT):
            continue
        if dialled or "(" in number or _THREES.fullmatch(number) or _grouped(number, significant, plan.code):
            return True
    return False


def _grouped(number: str, significant: str, code: int) -> bool:
    """Whether every separator stands where the plan's own way of writing has one."""
    own = phonenumbers.format_number(
        phonenumbers.PhoneNumber(country_code=code, national_number=int(significant)),
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    )
    return _breaks(number) <= _breaks(own.partition(" ")[2])


def _breaks(text: str) -> set[int]:
    """How many digits stand before each separator, counted from the end."""
    groups = re.findall(r"[0-9]+", text)
    return {sum(map(len, groups[-place:])) for place in range(1, len(groups))}


def _digits(text: str) -> str:
    return "".join(re.findall(r"[0-9]", text))


@cache
def _plans() -> tuple[_Plan, ...]:
    return tuple(map(_plan, REGIONS))


def _plan(region: str) -> _Plan:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    kinds = [getattr(metadata, kind) for kind in _TYPES]
    ways = [kind.national_number_pattern for kind in kinds if kind is not None and kind.national_number_pattern]
    return _Plan(
        region, metadata.country_code, metadata.national_prefix or "", re.compile("|".join(f"(?:{way})" for way in ways))
    )
