"""Rules of identifiers beyond Europe that python-stdnum does not have, each as its authority published it."""

from __future__ import annotations

import re

from pii_scan.recognizers.arithmetic import digits, elevens, luhn, today, values_of, weighted


def au_medicare(text: str) -> bool:
    """Australian Medicare card: the ninth digit checks the first eight."""
    number = digits(text)
    return weighted(number[:8], (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == number[8]


def bd_nid(text: str) -> bool:
    """Bangladeshi identity number: a year of birth in the long form, a district from 01 in both older ones."""
    if len(text) == 10:
        return True
    year, district = (int(text[:4]), text[4:6]) if len(text) == 17 else (1900, text[:2])
    return 1900 <= year <= today().year and district != "00"


def br_cnh(text: str) -> bool:
    """Brazilian driving licence: two check digits modulo 11, the second lowered where the first overflowed."""
    number = digits(text)
    first = weighted(number, range(9, 0, -1)) % 11
    second = weighted(number, range(1, 10)) % 11
    if first >= 10:
        second = (second - 2) % 11 if second < 10 else 0
        first = 0
    return number[9:] == [first, 0 if second >= 10 else second]


def br_pis(text: str) -> bool:
    """Brazilian PIS, PASEP and NIS number: one check digit modulo 11."""
    number = digits(text)
    return number[10] == elevens(number[:10], (3, 2, 9, 8, 7, 6, 5, 4, 3, 2))


def br_voter(text: str) -> bool:
    """Brazilian voter number: serial, state 01 to 28, two check digits modulo 11."""
    number = digits(text)
    state = number[8:10]
    lifted = state in ([0, 1], [0, 2])
    first = _voter_digit(weighted(number[:8], range(2, 10)), lifted=lifted)
    second = _voter_digit(weighted([*state, first], (7, 8, 9)), lifted=lifted)
    return 1 <= 10 * state[0] + state[1] <= 28 and number[10:] == [first, second]


def _voter_digit(total: int, *, lifted: bool) -> int:
    """São Paulo and Minas Gerais write 1 where the others write 0."""
    rest = total % 11
    if rest == 10:
        return 0
    return 1 if rest == 0 and lifted else rest


def gt_cui(text: str) -> bool:
    """Guatemalan CUI: a digit modulo 11 after eight, a department of 01 to 22 and a municipality; none has as many as 40."""
    number = digits(text)
    department, town = 10 * number[9] + number[10], 10 * number[11] + number[12]
    return weighted(number[:8], range(2, 10)) % 11 % 10 == number[8] and 1 <= department <= 22 and 1 <= town < 40


def hk_id(text: str) -> bool:
    """Hong Kong identity card: weights 9 to 2, a blank before a single letter counts 36, A is the check 10."""
    compact = re.sub(r"[() ]", "", text)
    values = values_of(compact[:-1])
    padded = [36] * (8 - len(values)) + values
    return (weighted(padded, range(9, 1, -1)) + int(compact[-1], 36)) % 11 == 0


def ir_national(text: str) -> bool:
    """Iranian national code: weights 10 to 2 modulo 11."""
    number = digits(text)
    rest = weighted(number[:9], range(10, 1, -1)) % 11
    return number[9] == (rest if rest < 2 else 11 - rest)


def kr_brn(text: str) -> bool:
    """Korean business number: weights 1 3 7 1 3 7 1 3 5, and once more the tens of the last product."""
    number = digits(text)
    return -(weighted(number[:9], (1, 3, 7, 1, 3, 7, 1, 3, 5)) + number[8] * 5 // 10) % 10 == number[9]


def kw_civil(text: str) -> bool:
    """Kuwaiti civil number: century, birth date, serial, check digit modulo 11."""
    number = digits(text)
    return 11 - weighted(number[:11], (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11 == number[11]


def mx_clabe(text: str) -> bool:
    """Mexican bank account: weights 3, 7, 1, each product modulo 10."""
    number = digits(text)
    total = sum(value * weight % 10 for value, weight in zip(number[:17], (3, 7, 1) * 6, strict=False))
    return -total % 10 == number[17]


def ph_tin(text: str) -> bool:
    """Philippine taxpayer number: weights 9 to 2 modulo 11 before the branch code."""
    number = digits(text)
    return weighted(number[:8], range(9, 1, -1)) % 11 == number[8]


def sg_nric(text: str) -> bool:
    """Singapore NRIC and FIN: the check letter depends on the first one too."""
    first = text[0].upper()
    total = weighted(digits(text), (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(first, 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "M": "XWUTRQPNJLK"}.get(first, "XWUTRQPNMLK")
    return letters[total % 11] == text[-1].upper()


_NO_PROVINCE = frozenset("28 29 59 68 69 78 79 87 88 89 97 98 99".split())


def sv_dui(text: str) -> bool:
    """Salvadoran DUI: weights 9 to 2, and what is missing to the next ten."""
    number = digits(text)
    return -weighted(number[:8], range(9, 1, -1)) % 10 == number[8]


def th_pin(text: str) -> bool:
    """Thai identity number: its second and third digit are a province."""
    from stdnum.th import pin

    number = "".join(map(str, digits(text)))
    return bool(pin.is_valid(number)) and number[1:3] not in _NO_PROVINCE


def tw_id(text: str) -> bool:
    """Taiwanese identity card: the letter is a number of two digits, the weights fall to 1."""
    values = digits(f"{10 + 'ABCDEFGHJKLMNPQRSTUVXYWZIO'.index(text[0].upper())}{text[1:]}")
    return weighted(values, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def us_dea(text: str) -> bool:
    """American DEA number: the odd places and twice the even ones."""
    number = digits(text)[-7:]
    return (sum(number[0:5:2]) + 2 * sum(number[1:6:2])) % 10 == number[6]


def us_itin(text: str) -> bool:
    """American taxpayer number of those without a social security number: fourth and fifth digit as the IRS lists them."""
    group = digits(text)[3] * 10 + digits(text)[4]
    return 50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or 94 <= group <= 99


def us_npi(text: str) -> bool:
    """American health provider number: Luhn with the prefix 80840."""
    return luhn(f"80840{text}")


def uy_ci(text: str) -> bool:
    """Uruguayan identity number: weights 2 9 8 7 6 3 4, modulo 10."""
    number = digits(text)
    return -weighted(number[:7], (2, 9, 8, 7, 6, 3, 4)) % 10 == number[7]
