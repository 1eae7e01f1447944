"""The recognizer of telephone numbers: libphonenumber's metadata, asked quickly.

`phonenumbers` itself needs 1 ms to look for a national number in thirty numbering plans. Here the valid national numbers of all
plans are one RE2 set, so that the library parses and formats only what one of them has matched.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import phonenumbers
import re2
from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult

from pii_scan.model import Entity
from pii_scan.shelf import remembered

REGIONS = (
    "US GB FR DE IT ES IN BR PL NL BE CH AT SE PT IE AU IL TH BD MT CA MX DK NO FI CZ HU RO GR ZA TR AR CL CO JP KR SG MY ID NZ"
).split()
"""Numbering plans that a number without a country code is tried in, the most common ones first."""
MORE_REGIONS = (
    "CN RU UA NG PK VN PH EG IR IQ KE MA SA AE TW HK LK NP PE EC VE SK BG HR RS SI LT LV EE IS LU CY BY KZ UZ SN CI GH TN DZ JO "
    "LB KW QA UY BO PY CR GT DO PA"
).split()
"""Further plans, for groups of digits that are no more than the form of a number anyway."""

WRITTEN = r"(?:\btel: ?)?(?:\+ ?|\(|\b)[0-9](?:[ ().\-/]{0,2}[0-9]){6,15}(?: ?(?:x|ext\.? ?|#) ?[0-9]{1,6})?\b"
GROUPS = r"\b[1-9](?:[ ./\-]?[0-9]){5,12}\b"

_EXTENSION = re.compile(r" ?(?:x|ext\.? ?|#) ?[0-9]{1,6}$")
_NOT_PHONES = re.compile(
    r"(?:19|20)[0-9]{2}[-./ ][0-9]{1,2}[-./ ][0-9]{1,2}.*"  # a date
    r"|[0-9]{1,2}[-./ ][0-9]{1,2}[-./ ](?:19|20)[0-9]{2}.*"
    r"|[0-9]{1,3}(?:\.[0-9]{1,3}){3}"  # an IP address
    r"|[0-9]+\.[0-9]+"  # a number
    r"|[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}"  # a Brazilian CPF
    r"|[0-9]{3}-[0-9]{2}-[0-9]{4}"  # an American SSN
)
_AMERICAN = re.compile(r"(?:1[-. ])?[2-9][0-9]{2}[-.][2-9][0-9]{2}[-.][0-9]{4}")
_GROUP = re.compile(r"[0-9]+")
_LOCAL = re.compile(r"[1-9][0-9]{1,3}(?:[ .\-][0-9]{2,4}){1,2}")
"""How a number of six to eight digits is grouped where the area goes without saying."""
_THREES = re.compile(r"[0-9]{3} [0-9]{3} [0-9]{3}")  # how people group nine digits, whatever their plan says
_TYPES = "fixed_line mobile toll_free premium_rate shared_cost personal_number voip uan voicemail pager".split()

Judge = Callable[[str], bool]


class _Plan(NamedTuple):
    """The numbering plan of a region: its country code, its trunk prefix, and the pattern of its national numbers."""

    code: int
    trunk: str
    national: str


class _Plans:
    """Numbering plans, asked all at once which of them have a national number."""

    def __init__(self, regions: Sequence[str]) -> None:
        key = f"{phonenumbers.__version__} {_TYPES} {regions} plans"
        self._plans = [_Plan(*plan) for plan in remembered(key, lambda: [_plan(region) for region in regions])]
        self._trunks = sorted({plan.trunk for plan in self._plans})
        options = re2.Options()
        options.max_mem = 1 << 24
        self._set = re2.Set.FullMatchSet(options)
        self._set.Add("[0-9]*")  # always there: without it RE2 ran out of memory
        for plan in self._plans:
            self._set.Add(plan.national)
        self._set.Compile()

    def known(self, number: str) -> bool:
        """Whether some plan has the digits as they are."""
        return bool(self._having(number))

    def dialled(self, compact: str) -> Iterator[tuple[_Plan, str]]:
        """Every plan that has the digits without its trunk prefix, where they begin with it, and what they are then."""
        for trunk in self._trunks:
            significant = compact.removeprefix(trunk)
            for place in self._having(significant):
                if self._plans[place].trunk == trunk:
                    yield self._plans[place], significant

    def _having(self, number: str) -> Sequence[int]:
        found = self._set.Match(number)
        if not found:
            return [place for place, plan in enumerate(self._plans) if re.fullmatch(plan.national, number)]
        return [place - 1 for place in found if place]


def written(text: str) -> bool:
    """A number that is written as one: with a country code, a leading nought, brackets, or as Americans group it.

    After a `+` it is enough that the country exists and the length is possible there: plans change faster than
    metadata, and little else is written so.
    """
    number = _EXTENSION.sub("", text.removeprefix("tel:").lstrip())
    compact = _digits(number)
    if _NOT_PHONES.fullmatch(number) or len(set(compact)) < 3:
        return False
    if number.startswith("+"):
        return _international(compact, phonenumbers.is_possible_number if len(compact) >= 10 else phonenumbers.is_valid_number)
    if number.startswith("00"):
        return _international(compact.removeprefix("00"), phonenumbers.is_valid_number)
    if compact == number:
        return number.startswith("0") and len(number) in {10, 11} and _national(number, dialled_only=True)
    return _national(number, dialled_only="(" not in number and not _AMERICAN.fullmatch(number))


def digits(text: str) -> bool:
    """Digits or groups of digits that some plan knows as a national number, or that begin with a country code."""
    compact = _digits(text)
    if _NOT_PHONES.fullmatch(text) or len(set(compact)) < 3:
        return False
    if compact == text:
        if len(text) < 8:
            return False
        valid = phonenumbers.is_valid_number
        return _plans().known(text) or _international(text, valid)
    if len(compact) <= 8 and _LOCAL.fullmatch(text):
        return True
    return _national(text, dialled_only=False) or _national(text, dialled_only=False, plans=_more_plans())


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
        self.entity = entity
        self._judge = judge
        self.prefilter = WRITTEN if judge is written else GROUPS
        self._candidates = re.compile(self.prefilter, re.ASCII)
        self._score = 0.6 if entity.proof == "checked" else 0.2
        self._title = f"{entity.name} phones"
        super().__init__(supported_entities=[entity.name], name=self._title, supported_language=supported_language)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002
        """One find for each valid number."""
        found = [one.span() for one in self._candidates.finditer(text) if self._judge(one.group())]
        if not found:
            return []
        why = AnalysisExplanation(recognizer=self._title, original_score=self._score, textual_explanation="a valid number")
        return [RecognizerResult(self.entity.name, start, end, self._score, why) for start, end in found]


def _international(number: str, judge: Callable[[phonenumbers.PhoneNumber], bool]) -> bool:
    """Digits that begin with a country code and go on as `judge` wants."""
    try:
        return bool(judge(phonenumbers.parse(f"+{number}")))
    except phonenumbers.NumberParseException:
        return False


def _national(number: str, *, dialled_only: bool, plans: _Plans | None = None) -> bool:
    """Whether some plan has the number, its groups where the plan has them unless a trunk prefix was dialled."""
    compact = _digits(number)
    told = compact.startswith("0") or _AMERICAN.fullmatch(number) is not None
    free = "(" in number or _THREES.fullmatch(number) is not None
    for plan, significant in (plans or _plans()).dialled(compact):
        dialled = told and significant != compact
        if dialled_only and not dialled:
            continue
        if dialled or free or _grouped(number, significant, plan.code):
            return True
    return False


def _grouped(number: str, significant: str, code: int) -> bool:
    """Whether every separator stands where the plan's own way of writing has one."""
    breaks = _breaks(number)
    return not breaks or breaks <= _own_breaks(code, significant)


@lru_cache(maxsize=16)
def _own_breaks(code: int, significant: str) -> set[int]:
    """Where a plan's own way of writing a number has its separators; both recognizers ask for it, and plans share a code."""
    own = phonenumbers.format_number(
        phonenumbers.PhoneNumber(country_code=code, national_number=int(significant)),
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    )
    return _breaks(own.partition(" ")[2])


def _breaks(text: str) -> set[int]:
    """How many digits stand before each separator, counted from the end."""
    groups = _GROUP.findall(text)
    return set(itertools.accumulate(map(len, reversed(groups[1:]))))


def _digits(text: str) -> str:
    return "".join(_GROUP.findall(text))


@cache
def _plans() -> _Plans:
    return _Plans(REGIONS)


@cache
def _more_plans() -> _Plans:
    return _Plans(MORE_REGIONS)


def _plan(region: str) -> _Plan:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    assert metadata is not None, region
    kinds = [getattr(metadata, kind) for kind in _TYPES]
    ways = [kind.national_number_pattern for kind in kinds if kind is not None and kind.national_number_pattern]
    national = "|".join(f"(?:{way})" for way in ways)
    return _Plan(int(metadata.country_code or 0), metadata.national_prefix or "", national)
