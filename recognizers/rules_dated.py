"""Rules of personal numbers that hold a date of birth: a date that never was refuses them, whatever their check digit says."""

from __future__ import annotations

from datetime import date

from pii_scan.recognizers.arithmetic import digits, elevens, luhn, today, weighted


def ca_ramq(text: str) -> bool:
    """Quebec health insurance: four letters of the name, then year, month (a woman's raised by 50) and day."""
    number = digits(text)
    month = _pair(number, 2)
    return _in_some_century(_pair(number, 0), month - 50 if month > 50 else month, _pair(number, 4))


def cn_mainland(text: str) -> bool:
    """Hong Kong, Macao and Taiwan residents of China: the identity number with 81 to 83 for a region."""
    from stdnum.iso7064 import mod_11_2

    number = digits(text)
    return bool(mod_11_2.is_valid(text)) and _born(_year(number, 6), _pair(number, 10), _pair(number, 12))


def eg_national(text: str) -> bool:
    """Egyptian national number: century, date of birth, governorate."""
    number = digits(text)
    century = {2: 1900, 3: 2000}.get(number[0], 0)
    governorate = _pair(number, 7)
    placed = governorate in {1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 17, 18, 19, 88} or 21 <= governorate <= 35
    return placed and _born(century + _pair(number, 1), _pair(number, 3), _pair(number, 5))


def gb_chi(text: str) -> bool:
    """Scottish community health index: date of birth, serial and sex, the check digit of the NHS number."""
    from stdnum.gb import nhs

    number = digits(text)
    return bool(nhs.is_valid("".join(map(str, number)))) and _in_some_century(
        _pair(number, 4), _pair(number, 2), _pair(number, 0)
    )


def jmbg(text: str) -> bool:
    """Master citizen number of what was Yugoslavia: date, region, serial, a check digit modulo 11."""
    number = digits(text)
    short = 100 * number[4] + _pair(number, 5)
    born = _born(short + (1000 if short >= 800 else 2000), _pair(number, 2), _pair(number, 0))
    return born and number[12] == elevens(number, (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2))


def kr_frn(text: str) -> bool:
    """Korean registration number of a foreigner, as assigned until October 2020: its check digit is two ahead."""
    number = digits(text)
    total = weighted(number[:12], (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5))
    return kr_recent(text) and number[6] >= 5 and number[12] == (13 - total % 11) % 10


def kr_recent(text: str) -> bool:
    """Korean registration number: a date of birth in the century of the seventh digit; since October 2020 nothing more."""
    number = digits(text)
    century = {1: 1900, 2: 1900, 5: 1900, 6: 1900, 3: 2000, 4: 2000, 7: 2000, 8: 2000}.get(number[6], 0)
    return _born(century + _pair(number, 0), _pair(number, 2), _pair(number, 4))


def kz_iin(text: str) -> bool:
    """Kazakh personal number: date of birth, century and sex, and a check digit with a second row of weights."""
    number = digits(text)
    century = {1: 1800, 2: 1800, 3: 1900, 4: 1900, 5: 2000, 6: 2000}.get(number[6])
    year, month, day = _pair(number, 0), _pair(number, 2), _pair(number, 4)
    dated = _in_some_century(year, month, day) if number[6] == 0 else _born((century or 0) + year, month, day)
    return dated and kz_bin(text)


def kz_bin(text: str) -> bool:
    """The check digit of Kazakh personal and business numbers."""
    number = digits(text)
    check = weighted(number[:11], range(1, 12)) % 11
    if check == 10:
        check = weighted(number[:11], (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return check == number[11]


def lk_nic(text: str) -> bool:
    """Sri Lankan identity number: year, and the day of the year, a woman's raised by 500."""
    number = digits(text)
    year, start = (_year(number, 0), 4) if len(number) == 12 else (1900 + _pair(number, 0), 2)
    day = 100 * number[start] + _pair(number, start + 1)
    return 1900 <= year <= today().year and (1 <= day <= 366 or 501 <= day <= 866)


def qa_qid(text: str) -> bool:
    """Qatari identity number: century and year of birth, then a country by its number."""
    number = digits(text)
    year = {2: 1900, 3: 2000}.get(number[0], 0) + _pair(number, 1)
    return 1900 <= year <= today().year and 4 <= 100 * number[3] + _pair(number, 4) <= 894


def ua_unzr(text: str) -> bool:
    """Ukrainian register number: date of birth, then serial and check digit."""
    number = digits(text)
    return _born(_year(number, 0), _pair(number, 4), _pair(number, 6))


def uz_pinfl(text: str) -> bool:
    """Uzbek personal number: century and sex, date of birth, district, serial."""
    number = digits(text)
    century = {1: 1800, 2: 1800, 3: 1900, 4: 1900, 5: 2000, 6: 2000}.get(number[0], 0)
    return _born(century + _pair(number, 5), _pair(number, 3), _pair(number, 1))


def za_id(text: str) -> bool:
    """South African identity number: date of birth, citizen, resident or refugee, Luhn."""
    number = digits(text)
    return luhn(text) and number[10] <= 2 and _in_some_century(_pair(number, 0), _pair(number, 2), _pair(number, 4))


def _pair(number: list[int], at: int) -> int:
    return 10 * number[at] + number[at + 1]


def _year(number: list[int], at: int) -> int:
    return 100 * _pair(number, at) + _pair(number, at + 2)


def _born(year: int, month: int, day: int) -> bool:
    """Whether somebody can be born on that day."""
    return year >= 1850 and date(year, month, day) <= today()


def _in_some_century(year: int, month: int, day: int) -> bool:
    """The same for a year of two digits: the last of that ending in which the day exists; a leap day needs the right one."""
    for century in (2000, 1900):
        try:
            found = date(century + year, month, day)
        except ValueError:
            continue
        if found <= today():
            return True
    return False
