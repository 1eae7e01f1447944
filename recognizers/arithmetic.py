"""The sums that check digits are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from operator import mul

_NO_DIGITS = bytes({*range(256)} - {*b"0123456789"})
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""The cross sum of twice a digit."""


def digits(text: str) -> list[int]:
    """The ASCII digits of a text, in order; all else is skipped."""
    return [code - 48 for code in text.encode("ascii", "ignore").translate(None, _NO_DIGITS)]


def weighted(values: Iterable[int], weights: Iterable[int]) -> int:
    """The sum of products, as far as the shorter of both goes."""
    return sum(map(mul, values, weights))


def crossed(values: Iterable[int], weights: Iterable[int]) -> int:
    """The sum of the cross sums of products: 8 times 2 counts 1 + 6."""
    return sum(sum(divmod(value * weight, 10)) for value, weight in zip(values, weights, strict=False))


def luhn(text: str) -> bool:
    """Whether the digits of a text pass ISO/IEC 7812-1, the check of payment cards and much else."""
    values = digits(text)[::-1]
    return (sum(values[::2]) + sum(map(_DOUBLED.__getitem__, values[1::2]))) % 10 == 0


def values_of(text: str) -> list[int]:
    """Digits as they are, letters from A = 10 on."""
    return [int(char, 36) for char in text]


def icao_digit(text: str) -> str:
    """The check digit of ICAO 9303 part 3: weights 7, 3, 1 over digits, letters from A = 10, and `<` = 0."""
    return str(weighted(values_of(text.replace("<", "0")), (7, 3, 1) * (len(text) // 3 + 1)) % 10)


def elevens(values: Sequence[int], weights: Iterable[int]) -> int:
    """11 less the weighted sum modulo 11, where 10 and 11 count as 0."""
    rest = 11 - weighted(values, weights) % 11
    return 0 if rest >= 10 else rest


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()
