"""Values made coarse: numbers to bands, postal codes to their beginning, coordinates to a grid, addresses to a network."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal, InvalidOperation

_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DEGREES = r"[+-]?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"(?P<a>{_DEGREES})(?P<s>\s*[,; ]\s*)(?P<b>{_DEGREES})")
_POINT = re.compile(rf"(?P<head>POINT\s*\(\s*)(?P<b>{_DEGREES})(?P<s>\s+)(?P<a>{_DEGREES})(?P<tail>\s*\))", re.IGNORECASE)
_KM_OF_A_DEGREE = Decimal("111.32")
_FARTHEST = 70
"""Where a longitude stands without its latitude, the grid is as coarse as it has to be this far north."""


def band(text: str, width: float | None = None, edges: Sequence[float] = (), top: float | None = None) -> str | None:
    """The band that a number lies in: `36` is in `30-39`; None where it is no number."""
    number = read_number(text)
    if number is None:
        return None
    if top is not None and number >= Decimal(str(top)):
        return f"{_plain(Decimal(str(top)))}+"
    if edges:
        marks = sorted(Decimal(str(edge)) for edge in edges)
        below = [mark for mark in marks if mark <= number]
        above = [mark for mark in marks if mark > number]
        if not above:
            return f"{_plain(marks[-1])}+"
        return f"{_plain(below[-1])} to <{_plain(above[0])}" if below else f"<{_plain(above[0])}"
    low, size = _floor(number, width)
    if size == size.to_integral_value() and low >= 0:
        return f"{_plain(low)}-{_plain(low + size - 1)}" if size > 1 else _plain(low)
    return f"{_plain(low)} to <{_plain(low + size)}"


def lowest(text: str, width: float | None = None, edges: Sequence[float] = (), top: float | None = None) -> str | None:
    """The least number of the band, for columns that hold numbers only; None where there is none."""
    number = read_number(text)
    if number is None:
        return None
    if top is not None and number >= Decimal(str(top)):
        return _plain(Decimal(str(top)))
    if edges:
        marks = sorted(Decimal(str(edge)) for edge in edges)
        return _plain(max((mark for mark in marks if mark <= number), default=marks[0]))
    return _plain(_floor(number, width)[0])


def read_number(text: str) -> Decimal | None:
    """The number that a text is and nothing else."""
    bare = text.strip()
    if not _NUMBER.fullmatch(bare):
        return None
    try:
        return Decimal(bare.replace(",", ""))
    except InvalidOperation:  # pragma: no cover - the pattern lets none through
        return None


def beginning(text: str, letters: int = 2, star: str = "*") -> str | None:
    """The first letters and digits, stars for the others: `75011` is `75***`. At least one is always hidden."""
    count = sum(map(str.isalnum, text))
    left = min(letters, count - 1)
    out = []
    for char in text:
        if char.isalnum():
            left -= 1
            out.append(char if left >= 0 else star)
        else:
            out.append(char)
    return "".join(out) if count > 1 else None


def gridded(text: str, km: float = 10, *, latitude: bool = False) -> str | None:
    """A coordinate, or a pair of them (`47.37, 8.54`, `POINT (8.54 47.37)`), moved to a grid of so many kilometres."""
    bare = text.strip()
    if found := _PAIR.fullmatch(bare) or _POINT.fullmatch(bare):
        parts = found.groupdict()
        # without the point's brackets latitude comes first, and an impossible one says that it does not
        swapped = abs(Decimal(parts["a"])) > 90
        lat, lon = (parts["b"], parts["a"]) if swapped else (parts["a"], parts["b"])
        if abs(Decimal(lat)) > 90 or abs(Decimal(lon)) > 180:
            return None
        lat, lon = _on_grid(lat, km), _on_grid(lon, km, at=float(_on_grid(lat, km)))
        a, b = (lon, lat) if swapped else (lat, lon)
        if "head" in parts:
            return f"{parts['head']}{b}{parts['s']}{a}{parts['tail']}"
        return f"{a}{parts['s']}{b}"
    if not re.fullmatch(_DEGREES + r"(?:[eE][+-]?\d+)?", bare) or abs(Decimal(bare)) > (90 if latitude else 180):
        return None
    return _on_grid(bare, km) if latitude else _on_grid(bare, km, at=_FARTHEST)


def network(text: str) -> str | None:
    """The network of an address: 24 bits of an IPv4, 48 of an IPv6."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


def _floor(number: Decimal, width: float | None) -> tuple[Decimal, Decimal]:
    """Where the band begins, and how wide it is; without a width one figure of the number stays."""
    size = Decimal(str(width)) if width else Decimal(1).scaleb(number.adjusted() if number else 0)
    return (number / size).to_integral_value(ROUND_FLOOR) * size, size


def _on_grid(degrees: str, km: float, at: float = 0.0) -> str:
    step = Decimal(str(km)) / (_KM_OF_A_DEGREE * Decimal(str(max(0.01, math.cos(math.radians(at))))))
    near = (Decimal(degrees) / step).to_integral_value() * step
    return _plain(round(near, 4))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
