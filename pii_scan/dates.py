"""Dates in texts: read in the forms that exports write them, and written back in the very same form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Order = Literal["dmy", "mdy"]
To = Literal["month", "quarter", "year", "decade"]

_CLOCK = r"(?P<rest>(?:[T ]\d{1,2}[0-9:.,+\-ZAPMapm ]*)?)"
_FORMS = [
    re.compile(form + _CLOCK, re.IGNORECASE)
    for form in (
        r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})",
        r"(?P<a>\d{1,2})(?P<s>[-/. ])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
        r"(?P<d>\d{1,2})\.?[ -](?:de )?(?P<n>[^\W\d_]{3,12})\.?,?[ -](?:de )?(?P<y>\d{4})",
        r"(?P<n>[^\W\d_]{3,12})\.? (?P<d>\d{1,2}),? (?P<y>\d{4})",
        r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})",
        r"(?P<m>\d{1,2})(?P<s>[-/.])(?P<y>\d{4})",
        r"(?P<y>\d{4})",
    )
]
_ISO = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})" + _CLOCK, re.IGNORECASE)
"""The form that most dates have, and all of a column of dates: a short cut through the others."""
_MONTHS = [
    names.split()
    for names in (
        "January February March April May June July August September October November December",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "januari februari maart april mei juni juli augustus september oktober november december",
    )
]
_PIVOT = 30
"""Years of two digits up to this are of the 21st century."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A date as a text writes it."""

    text: str
    day: date
    """Of a month or a year alone the middle."""
    places: tuple[tuple[str, int, int], ...]
    """Where year, month and day stand: `("y", 0, 4)`."""
    clock: int
    """Where the time of day begins; the length of the text where there is none."""
    months: tuple[str, ...] = ()
    """The names of the months that it uses."""

    @property
    def whole(self) -> bool:
        """Whether it names the day."""
        return len(self.places) == 3

    def written(self, day: date, clock: str | None = None) -> str:
        """Another date in the same form, with the same time of day or another."""
        out = self.text[: self.clock]
        for part, start, end in sorted(self.places, key=lambda place: -place[1]):
            out = out[:start] + self._part(part, day, self.text[start:end]) + out[end:]
        return out + (self.text[self.clock :] if clock is None else clock)

    def _part(self, part: str, day: date, old: str) -> str:
        if part == "n":
            name = self.months[day.month - 1]
            return name.upper() if old.isupper() else name.lower() if old.islower() else name[0].upper() + name[1:]
        number = {"y": day.year, "m": day.month, "d": day.day}[part]
        if part == "y":
            return f"{number % 100:02}" if len(old) == 2 else f"{number:04}"
        return f"{number:02}" if self._padded else str(number)

    @property
    def _padded(self) -> bool:
        """Whether the ninth is `09`: not beside a day or month of one digit, nor behind the name of a month."""
        numbers = [end - start for part, start, end in self.places if part in {"d", "m"}]
        named = [part for part, *_ in sorted(self.places, key=lambda place: place[1])][:2] == ["n", "d"]
        return 1 not in numbers and not named


def reading(text: str, order: Order = "dmy") -> Reading | None:
    """The date that the text is and nothing else, or None. `order` decides only where both could be: `02/03/1990`."""
    for form in _FORMS:
        if (found := form.fullmatch(text)) and (read := _read(found, order)):
            return read
    return None


def order_of(texts: Iterable[str]) -> Order:
    """Which of day and month stands first in some dates, by those that leave no doubt; the day where none does."""
    votes = {"dmy": 0, "mdy": 0}
    for text in texts:
        if found := _FORMS[1].fullmatch(text.strip()):
            first, second = int(found["a"]), int(found["b"])
            votes["dmy"] += first > 12 >= second
            votes["mdy"] += second > 12 >= first
    return "mdy" if votes["mdy"] > votes["dmy"] else "dmy"


def days_of(level: int, levels: int, days: int) -> int:
    """The shift that a step of a scale stands for: as many steps back as forth, never nought."""
    far = (level + 0.5) / levels * 2 - 1
    size = max(1, -(-round(abs(far) * days * 1000) // 1000))
    return size if far > 0 else -size


def shifted(text: str, days: int, order: Order = "dmy") -> str | None:
    """The date so many days later, written as it was; None where it is none, or would leave the calendar."""
    if (found := _ISO.fullmatch(text)) and (day := _day(found[1])):
        try:
            return (day + timedelta(days)).isoformat() + found["rest"]
        except OverflowError:
            return None
    head, bare, tail = _bared(text)
    if (read := reading(bare, order)) is None:
        return None
    try:
        return head + read.written(read.day + timedelta(days)) + tail
    except OverflowError:
        return None


def coarsened(text: str, to: To = "year", order: Order = "dmy", *, keep_form: bool = False) -> str | None:
    """The month, quarter, year or decade of a date; None where it is none.

    Args:
        text: the date.
        to: how coarse.
        order: see `reading`.
        keep_form: write the first day of that time in the form of the date, for columns that hold dates only.
    """
    read = reading(text.strip(), order)
    if read is None or (to in {"month", "quarter"} and len(read.places) < 2):
        return None
    day = _first_day(read.day, to)
    if keep_form:
        return read.written(day, _midnight(read.text[read.clock :]))
    quarter = f"{day.year:04}-Q{(day.month + 2) // 3}"
    return {"month": f"{day:%Y-%m}", "quarter": quarter, "year": f"{day.year:04}", "decade": f"{day.year:04}s"}[to]


def _first_day(day: date, to: To) -> date:
    if to == "month":
        return day.replace(day=1)
    if to == "quarter":
        return day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1)
    return day.replace(day=1, month=1, year=day.year if to == "year" else max(1, day.year // 10 * 10))


def _read(found: re.Match[str], order: Order) -> Reading | None:
    parts = {name: value for name, value in found.groupdict().items() if value and name not in {"s", "rest"}}
    places = {name: found.span(name) for name in parts}
    if "a" in parts:
        month_first = int(parts["b"]) > 12 or (order == "mdy" and int(parts["a"]) <= 12)
        for name, old in zip("md" if month_first else "dm", "ab", strict=True):
            parts[name], places[name] = parts.pop(old), places.pop(old)
    months = _months(parts["n"]) if "n" in parts else ()
    if "n" in parts and not months:
        return None
    month = [name.casefold() for name in months].index(parts["n"].casefold()) + 1 if months else int(parts.get("m", 7))
    try:
        day = date(_year(parts["y"]), month, int(parts.get("d", 15 if "m" in parts else 1)))
    except ValueError:
        return None
    where = tuple((name, start, end) for name, (start, end) in places.items())
    return Reading(found.string, day, where, found.start("rest"), tuple(months))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(clock: str) -> str:
    time, zone = re.fullmatch(r"(.*?)((?:Z|[+-]\d\d:?\d\d)?)", clock, re.DOTALL).groups()  # type: ignore[union-attr] # matches all
    return re.sub(r"\d", "0", time) + zone


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year <= _PIVOT else 1900)


def _months(name: str) -> Sequence[str]:
    return next((names for names in _MONTHS if name.casefold() in {one.casefold() for one in names}), ())


def _bared(text: str) -> tuple[str, str, str]:
    bare = text.strip()
    begin = text.find(bare) if bare else 0
    return text[:begin], bare, text[begin + len(bare) :]
