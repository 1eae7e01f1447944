"""Rules of the numbers of patients, health cards and health professionals that python-stdnum does not have."""

from __future__ import annotations

from pii_scan.recognizers.arithmetic import digits, luhn, weighted

_EHIC_STATES = frozenset(
    "040 056 100 191 196 203 208 233 246 250 276 300 348 352 372 380 428 438 440 442 470 528 578 616 620 642 703 705 724 752 "
    "756 826".split()
)
"""ISO 3166-1 numbers of the states that issue the European card."""
_NHI = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def au_ihi(text: str) -> bool:
    """Australian individual healthcare identifier: Luhn, behind the prefix that its shape demands."""
    return luhn(text)


def br_cns(text: str) -> bool:
    """Brazilian health card: weights 15 to 1 modulo 11; the first digit tells a lasting from a passing number."""
    number = digits(text)
    return number[0] in {1, 2, 7, 8, 9} and weighted(number, range(15, 0, -1)) % 11 == 0


def de_lanr(text: str) -> bool:
    """German physician number: weights 4 and 9, the seventh digit fills up to ten."""
    number = digits(text)
    return -weighted(number[:6], (4, 9) * 3) % 10 == number[6]


def ehic(text: str) -> bool:
    """European health insurance card: 80 for health, the state that issued it, then institution and serial."""
    number = "".join(map(str, digits(text)))
    return number[2:5] in _EHIC_STATES


def nz_nhi(text: str) -> bool:
    """New Zealand health index, old form (a digit modulo 11) and new (a letter modulo 24); I and O are not used."""
    values = [int(char) if char.isdigit() else _NHI.index(char) + 1 for char in text]
    total = weighted(values[:6], range(7, 1, -1))
    if text[-1].isdigit():
        return total % 11 != 0 and (11 - total % 11) % 10 == values[6]
    return 24 - total % 24 == values[6]
