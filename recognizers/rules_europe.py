"""Rules of European identifiers that python-stdnum does not have, each as its authority published it."""

from __future__ import annotations

import re
from datetime import date

from pii_scan.recognizers.arithmetic import crossed, digits, luhn, today, values_of, weighted


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


def lu_matricule(text: str) -> bool:
    """Luxembourg personal number: birth date, serial, a Luhn and a Verhoeff digit over the same eleven digits."""
    from stdnum import verhoeff

    number = "".join(map(str, digits(text)))
    born = date(int(number[:4]), int(number[4:6]), int(number[6:8]))
    return born <= today() and luhn(number[:12]) and bool(verhoeff.is_valid(number[:11] + number[12]))


def mt_id(text: str) -> bool:
    """Maltese identity card: a registration number that is not nought before the letter."""
    return int(text.rstrip("MGAPLHBZ ")) > 0


def no_org(text: str) -> bool:
    """Norwegian organisation number, with or without the country and the VAT suffix."""
    from stdnum.no import orgnr

    return bool(orgnr.is_valid("".join(map(str, digits(text)))))


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
