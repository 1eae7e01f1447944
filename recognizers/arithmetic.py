"""The sums that check digits are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime


def digits(text: str) -> list[int]:
    """The ASCII digits of a text, in order; all else is skipped."""
    return [int(char) for char in text if char in "0123456789"]


def weighted(values: Iterable[int], weights: Iterable[int]) -> int:
    """The sum of products, as far as the shorter of both goes."""
    return sum(value * weight for value, weight in zip(values, weights, strict=False))


def crossed(values: Iterable[int], weights: Iterable[int]) -> int:
    """The sum of the cross sums of products: 8 times 2 counts 1 + 6."""
    return sum(sum(divmod(value * weight, 10)) for value, weight in zip(values, weights, strict=False))


def luhn(text: str) -> bool:
    """Whether the digits of a text pass ISO/IEC 7812-1, the check of payment cards and much else."""
    values = digits(text)[::-1]
    return crossed(values, (1, 2) * len(values)) % 10 == 0


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
