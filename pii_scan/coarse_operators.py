"""Operators of ours for Presidio's anonymizer that leave something to reckon with: dates moved or coarsened, values in bands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from presidio_anonymizer.entities import InvalidParamError
from presidio_anonymizer.operators import Operator, OperatorType

from pii_scan import bands, dates
from pii_scan.keys import LEVELS, Key
from pii_scan.treatment import label

Params = Mapping[str, Any] | None
_YEAR = 365
_AGES, _OLDEST = 10.0, 90.0
_KM = 10.0


class DateShift(Operator):
    """Moves dates by some days, all of one subject by the same: the order and the distances of its dates stay.

    Parameters: `key`; `subject`, the text that tells whose date it is (else all are moved alike), or `level`, the step that
    `Key.level` gives it; `days`, how far at most (365); `order`, `dmy` or `mdy`, for dates that could be both.
    """

    def operate(self, text: str | None = None, params: Params = None) -> str:
        """The date in the form it had; a text that is no date gives its label."""
        given = params or {}
        key: Key = given["key"]
        level = given["level"] if given.get("level") is not None else key.level(str(given.get("subject", "")))
        days = dates.days_of(level, LEVELS, given.get("days") or _YEAR)
        return _made(dates.shifted(text or "", days, given.get("order") or "dmy"), given)

    def validate(self, params: Params = None) -> None:
        """Refuse to work without a key, or by no days."""
        no_key(params, "date_shift")
        days = (params or {}).get("days") or _YEAR
        if not isinstance(days, int) or days < 1:
            raise InvalidParamError("date_shift: the parameter days must be a whole number, 1 or more")

    def operator_name(self) -> str:
        """`date_shift`."""
        return "date_shift"

    def operator_type(self) -> OperatorType:
        """It anonymizes."""
        return OperatorType.Anonymize


class DateCoarsen(Operator):
    """Leaves the month, quarter, year or decade of a date.

    Parameters: `to` (`year`); `order`, as that of `date_shift`; `typed`: write the first day of it in the form of the date.
    """

    def operate(self, text: str | None = None, params: Params = None) -> str:
        """`1990-03`, `1990-Q1`, `1990` or `1990s`; a text that is no date gives its label."""
        given = params or {}
        return _made(_coarse_date(text or "", given), given)

    def validate(self, params: Params = None) -> None:
        """Check how coarse."""
        if ((params or {}).get("to") or "year") not in {"month", "quarter", "year", "decade"}:
            raise InvalidParamError("date_coarsen: the parameter to is month, quarter, year or decade")

    def operator_name(self) -> str:
        """`date_coarsen`."""
        return "date_coarsen"

    def operator_type(self) -> OperatorType:
        """It anonymizes."""
        return OperatorType.Anonymize


class Generalise(Operator):
    """Makes a value coarse: ages and numbers to bands, postal codes to their beginning, coordinates to a grid, dates to years.

    Parameters: `kind`, which decides how; `width`, `edges` and `top` of bands; `prefix`; `km`; `to`; `column`, whose name
    tells a latitude from a longitude; `typed`: numbers and dates only, the least of each band.
    """

    def operate(self, text: str | None = None, params: Params = None) -> str:
        """The coarse value; a kind or a text that nothing coarser is known for gives its label."""
        given = params or {}
        way = _WAYS.get(kind_of(given), _banded if given.get("width") or given.get("edges") else None)
        return _made(way(text or "", given) if way else None, given)

    def validate(self, params: Params = None) -> None:
        """Check that the numbers are numbers."""
        given = params or {}
        for name in ("width", "top", "km", "prefix"):
            if given.get(name) is not None and not isinstance(given[name], (int, float)):
                raise InvalidParamError(f"generalise: the parameter {name} must be a number")

    def operator_name(self) -> str:
        """`generalise`."""
        return "generalise"

    def operator_type(self) -> OperatorType:
        """It anonymizes."""
        return OperatorType.Anonymize


def kind_of(given: Mapping[str, Any]) -> str:
    """The kind that the parameters name, else the entity in lower case."""
    return str(given.get("kind") or str(given.get("entity_type", "value")).lower())


def no_key(params: Params, name: str) -> None:
    """Refuse parameters without a key.

    Raises:
        InvalidParamError: they have none; what stands in its place is not quoted.
    """
    if not isinstance((params or {}).get("key"), Key):
        raise InvalidParamError(f"{name}: the parameter key must be a pii_scan.keys.Key")


def _made(text: str | None, given: Mapping[str, Any]) -> str:
    """The outcome; where there is none, nothing in a column of numbers or dates, else the label."""
    return text if text is not None else "" if given.get("typed") else label(kind_of(given))


def _coarse_date(text: str, given: Mapping[str, Any]) -> str | None:
    to: dates.To = given.get("to") or "year"
    order: dates.Order = given.get("order") or "dmy"
    return dates.coarsened(text, to, order, keep_form=bool(given.get("typed")))


def _banded(text: str, given: Mapping[str, Any]) -> str | None:
    banded = bands.lowest if given.get("typed") else bands.band
    return banded(text, given.get("width"), given.get("edges") or (), given.get("top"))


def _of_ages(text: str, given: Mapping[str, Any]) -> str | None:
    """By tens, and all the oldest in one, unless the plan says otherwise."""
    top = given.get("top")
    edged = bool(given.get("edges"))
    return _banded(text, {**given, "width": given.get("width") or _AGES, "top": _OLDEST if top is None and not edged else top})


def _beginning(text: str, given: Mapping[str, Any]) -> str | None:
    prefix = given.get("prefix")
    return bands.beginning(text, 2 if prefix is None else prefix, "0" if given.get("typed") else "*")


def _gridded(text: str, given: Mapping[str, Any]) -> str | None:
    return bands.gridded(text, given.get("km") or _KM, latitude="lat" in str(given.get("column", "")).lower())


_WAYS: Mapping[str, Callable[[str, Mapping[str, Any]], str | None]] = {
    **dict.fromkeys(("date_of_birth", "date_of_death", "card_expiry"), _coarse_date),
    **dict.fromkeys(("income", "transaction", "household"), _banded),
    "age": _of_ages,
    "postal_code": _beginning,
    "geo_coord": _gridded,
    "ip_address": lambda text, _: bands.network(text),
}
"""How values of each kind are made coarse; others only where a width or edges of bands are given."""
