"""Rules of national identifiers that python-stdnum does not have, each as its authority published it."""

from __future__ import annotations

import re
from datetime import date

from pii_scan.recognizers.arithmetic import crossed, digits, elevens, luhn, today, values_of, weighted


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


def ch_uid(text: str) -> bool:
    """Swiss business number, with or without the tax suffix that the owner's language asks for."""
    from stdnum.ch import uid

    bare = re.sub(r" ?(?:MWST|TVA|IVA|TPV|HR|RC)$", "", text.upper())
    return bool(uid.is_valid(bare if bare.startswith("CHE") else f"CHE{bare}"))


def de_health(text: str) -> bool:
    """German health insurance number: the letter's place in the alphabet and eight digits, doubled in turn."""
    values = digits(f"{ord(text[0]) - 64:02d}{text[1:9]}")
    return crossed(values, (1, 2) * 5) % 10 == int(text[9])


def de_pension(text: str) -> bool:
    """German pension insurance number: area, birth date, initial, serial, check digit."""
    compact = text.replace(" ", "").upper()
    values = digits(f"{compact[:8]}{ord(compact[8]) - 64:02d}{compact[9:11]}")
    dated = 1 <= int(compact[2:4]) <= 81 and 1 <= int(compact[4:6]) <= 12
    return dated and crossed(values, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)) % 10 == int(compact[11])


def es_dni(text: str) -> bool:
    """Spanish identity number; noughts in front are often left out."""
    from stdnum.es import dni

    compact = re.sub(r"[-. ]", "", text)
    return bool(dni.is_valid(compact.zfill(9)))


def es_nuss(text: str) -> bool:
    """Spanish social security number: province, serial, both taken modulo 97."""
    number = "".join(map(str, digits(text)))
    province, serial, check = int(number[:2]), int(number[2:-2]), int(number[-2:])
    short = serial < 10_000_000
    return (1 <= province <= 53 or province == 66) and (
        (serial + province * 10_000_000 if short else int(number[:-2])) % 97 == check
    )


def fi_hetu(text: str) -> bool:
    """Finnish personal code; hospitals give people temporary ones, 900 to 999, which python-stdnum refuses unless asked."""
    from stdnum.fi import hetu

    return bool(hetu.is_valid(text, allow_temporary=True))


def gb_driver(text: str) -> bool:
    """British driving licence: its digits hold a date of birth, a woman's month raised by 50."""
    compact = text.replace(" ", "")
    month, day = int(compact[6:8]), int(compact[8:10])
    return (1 <= month <= 12 or 51 <= month <= 62) and 1 <= day <= 31


def gb_nino(text: str) -> bool:
    """British national insurance number: its prefix is none that is never given out."""
    return text[:2].upper() not in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}


def hk_id(text: str) -> bool:
    """Hong Kong identity card: weights 9 to 2, a blank before a single letter counts 36, A is the check 10."""
    compact = re.sub(r"[() ]", "", text)
    values = values_of(compact[:-1])
    padded = [36] * (8 - len(values)) + values
    return (weighted(padded, range(9, 1, -1)) + int(compact[-1], 36)) % 11 == 0


def hu_anum(text: str) -> bool:
    """Hungarian tax number: its first eight digits are the VAT number, the rest its kind and county."""
    from stdnum.hu import anum

    return bool(anum.is_valid("".join(map(str, digits(text)))[:8]))


def hu_personal(text: str) -> bool:
    """Hungarian personal number: sex and century, birth date, serial, check digit; the weights turned in 1997."""
    number = digits(text)
    rising = weighted(number[:10], range(1, 11)) % 11
    falling = weighted(number[:10], range(10, 0, -1)) % 11
    month, day = 10 * number[3] + number[4], 10 * number[5] + number[6]
    return 1 <= month <= 12 and 1 <= day <= 31 and number[10] in {rising, falling}


def hu_taj(text: str) -> bool:
    """Hungarian social security number: weights 3 and 7."""
    number = digits(text)
    return weighted(number[:8], (3, 7) * 4) % 10 == number[8]


def hu_tax(text: str) -> bool:
    """Hungarian personal tax number: the places as weights, modulo 11."""
    number = digits(text)
    return weighted(number[:9], range(1, 10)) % 11 == number[9]


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


def lu_matricule(text: str) -> bool:
    """Luxembourg personal number: birth date, serial, a Luhn and a Verhoeff digit over the same eleven digits."""
    from stdnum import verhoeff

    number = "".join(map(str, digits(text)))
    born = date(int(number[:4]), int(number[4:6]), int(number[6:8]))
    return born <= today() and luhn(number[:12]) and bool(verhoeff.is_valid(number[:11] + number[12]))


def mt_id(text: str) -> bool:
    """Maltese identity card: a registration number that is not nought before the letter."""
    return int(text.rstrip("MGAPLHBZ ")) > 0


def mx_clabe(text: str) -> bool:
    """Mexican bank account: weights 3, 7, 1, each product modulo 10."""
    number = digits(text)
    total = sum(value * weight % 10 for value, weight in zip(number[:17], (3, 7, 1) * 6, strict=False))
    return -total % 10 == number[17]


def no_org(text: str) -> bool:
    """Norwegian organisation number, with or without the country and the VAT suffix."""
    from stdnum.no import orgnr

    return bool(orgnr.is_valid("".join(map(str, digits(text)))))


def ph_tin(text: str) -> bool:
    """Philippine taxpayer number: weights 9 to 2 modulo 11 before the branch code."""
    number = digits(text)
    return weighted(number[:8], range(9, 1, -1)) % 11 == number[8]


def pl_id_card(text: str) -> bool:
    """Polish identity card: three letters, six digits, of which the first checks the rest."""
    return weighted(values_of(text.replace(" ", "")), (7, 3, 1, 9, 7, 3, 1, 7, 3)) % 10 == 0


def pl_nip(text: str) -> bool:
    """Polish tax number in the three ways it is grouped, with or without the country."""
    from stdnum.pl import nip

    return bool(nip.is_valid("".join(map(str, digits(text)))))


def pl_passport(text: str) -> bool:
    """Polish passport: two letters, seven digits, of which the first checks the rest."""
    return weighted(values_of(text.replace(" ", "")), (7, 3, 9, 1, 7, 3, 1, 7, 3)) % 10 == 0


def pt_bi(text: str) -> bool:
    """Portuguese civil number: weights 9 to 1 modulo 11; the check 10 is written 0."""
    number = digits(text)
    rest = weighted(number[::-1], range(1, 10)) % 11
    return rest == 0 or (number[-1] == 0 and rest == 1)


def pt_niss(text: str) -> bool:
    """Portuguese social security number: the first ten primes from 29 down as weights."""
    number = digits(text)
    return 9 - weighted(number[:10], (29, 23, 19, 17, 13, 11, 7, 5, 3, 2)) % 10 == number[10]


def ru_snils(text: str) -> bool:
    """Russian pension insurance number: weights 9 to 1, modulo 101, 100 written 00."""
    number = digits(text)
    return weighted(number[:9], range(9, 0, -1)) % 101 % 100 == 10 * number[9] + number[10]


def sg_nric(text: str) -> bool:
    """Singapore NRIC and FIN: the check letter depends on the first one too."""
    first = text[0].upper()
    total = weighted(digits(text), (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(first, 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "M": "XWUTRQPNJLK"}.get(first, "XWUTRQPNMLK")
    return letters[total % 11] == text[-1].upper()


_NO_PROVINCE = frozenset("28 29 59 68 69 78 79 87 88 89 97 98 99".split())


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
