"""Rules of what no single country owns: cards, accounts, machines, vehicles, dates, goods."""

from __future__ import annotations

import ipaddress
import math
import re
import unicodedata
from datetime import date

from pii_scan.recognizers.arithmetic import digits, icao_digit, luhn, today, weighted

__all__ = ["luhn"]

_FIRST_SECOND, _LAST_SECOND = 1_199_145_600, 1_893_455_999
"""2008 begins, 2029 ends."""
_ISSUERS: tuple[tuple[int, int, int, frozenset[int]], ...] = (
    # digits of the prefix, first, last, lengths
    (1, 1, 1, frozenset((15,))),  # UATP
    (1, 4, 4, frozenset((13, 16, 19))),  # Visa
    (2, 51, 55, frozenset((16,))),  # Mastercard
    (4, 2221, 2720, frozenset((16,))),  # Mastercard
    (2, 34, 34, frozenset((15,))),  # American Express
    (2, 37, 37, frozenset((15,))),
    (4, 6011, 6011, frozenset((16, 19))),  # Discover
    (3, 644, 649, frozenset((16, 19))),
    (2, 65, 65, frozenset((16, 19))),
    (3, 300, 305, frozenset((14, 16, 19))),  # Diners Club
    (2, 36, 36, frozenset((14, 16, 19))),
    (2, 38, 39, frozenset((14, 16, 19))),
    (4, 3528, 3589, frozenset((16, 19))),  # JCB
    (2, 62, 62, frozenset((16, 17, 18, 19))),  # UnionPay
    (2, 50, 50, frozenset((16, 18, 19))),  # Maestro
    (2, 56, 58, frozenset((16, 18, 19))),
    (4, 6304, 6304, frozenset((16, 18, 19))),
    (4, 6759, 6763, frozenset((16, 18, 19))),
    (4, 2200, 2204, frozenset((16, 19))),  # Mir
    (2, 60, 60, frozenset((16,))),  # RuPay
    (2, 81, 82, frozenset((16,))),
    (4, 9792, 9792, frozenset((16,))),  # Troy
)

_VIN = {char: int(char) for char in "0123456789"} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan janv ene gen sty january januar janvier enero gennaio janeiro januari styczen",
            "feb fev fevr lut february fevrier februar febrero febbraio fevereiro februari luty",
            "mar mars march marz marzo marco maart marzec mrt",
            "apr avr abr kwi april avril abril aprile kwiecien",
            "may mai mag mayo maggio maio mei maj",
            "jun juin giu cze june juni junio giugno junho czerwiec",
            "jul juil lug lip july juli juillet julio luglio julho lipiec",
            "aug aout ago sie august agosto augustus augusti sierpien",
            "sep sept set wrz september septembre septiembre settembre setembro wrzesien",
            "oct okt ott out paz october octobre oktober octubre ottobre outubro pazdziernik",
            "nov lis november novembre noviembre novembro listopad",
            "dec dez dic gru december decembre dezember diciembre dicembre dezembro desember grudzien",
        ),
        1,
    )
    for name in names.split()
}


def card(text: str) -> bool:
    """A payment card: a known issuer's range and length, and Luhn."""
    number = "".join(map(str, digits(text)))
    known = any(first <= int(number[:size]) <= last and len(number) in lengths for size, first, last, lengths in _ISSUERS)
    return known and luhn(number)


def iban(text: str) -> bool:
    """An account number of a country's length and structure, with its check digits and its country's own where they are known.

    A bank that python-stdnum does not list yet is one all the same.
    """
    from stdnum import iban as standard
    from stdnum.exceptions import InvalidComponent, ValidationError

    try:
        standard.validate(text)
    except InvalidComponent:
        return bool(standard.is_valid(text, check_country=False))
    except ValidationError:
        return False
    return True


_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def bitcoin(text: str) -> bool:
    """A Bitcoin address: Base58 and Bech32 as python-stdnum knows them, and Bech32m (BIP 350)."""
    from stdnum import bitcoin as standard

    small = text.lower()
    return bool(standard.is_valid(text)) or (small.startswith("bc1p") and text in {small, text.upper()} and _bech32m(small))


def _bech32m(text: str) -> bool:
    """BIP 350's checksum over the expanded prefix `bc` and the data."""
    check = 1
    for value in (3, 3, 0, 2, 3, *map(_BECH32.index, text[3:])):
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check == 0x2BC830A3


def mac_address(text: str) -> bool:
    """A hardware address that one machine can have: not all noughts, not the one that calls all."""
    return text.translate(str.maketrans("", "", ":-.")).lower() not in {"0" * 12, "f" * 12}


def ip_address(text: str) -> bool:
    """An IPv4 or IPv6 address, with or without its net; `::` alone is a sign of much else."""
    return text != "::" and bool(ipaddress.ip_interface(text))


def vin(text: str) -> bool:
    """ISO 3779; the check digit is obligatory only where the number begins with 1 to 5 (North America)."""
    values = [_VIN[char] for char in text.upper()]
    if text.isdigit() or text.isalpha():
        return False
    remainder = weighted(values, (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return text[0] not in "12345" or text[8].upper() == "0123456789X"[remainder]


def icao(text: str) -> bool:
    """ICAO 9303's check digit in the last place, over all before it, as German documents print it."""
    return icao_digit(text[:-1]) == text[-1]


def gtin(text: str) -> bool:
    """A product code of 8, 12, 13 or 14 digits: weights 3 and 1 from the right."""
    number = digits(text)[::-1]
    return weighted(number, (1, 3) * 7) % 10 == 0


def unix_time(text: str) -> bool:
    """Seconds or milliseconds since 1970 from 2008 to 2029, when tables are written."""
    return _FIRST_SECOND <= int(text[:10]) <= _LAST_SECOND


def ups(text: str) -> bool:
    """A UPS tracking number: letters count their place modulo 10, every second digit is doubled."""
    values = [int(char) if char.isdigit() else (ord(char) - 63) % 10 for char in text[2:]]
    return -weighted(values[:15], (1, 2) * 8) % 10 == values[15]


def s10(text: str) -> bool:
    """A postal item of the Universal Postal Union: eight digits and a check digit modulo 11."""
    number = digits(text)
    rest = 11 - weighted(number[:8], (8, 6, 4, 2, 3, 5, 9, 7)) % 11
    return number[8] == {10: 0, 11: 5}.get(rest, rest)


def birth_date(text: str) -> bool:
    """A real calendar date from 1900 to today, in any of the written orders; Thai years are read too."""
    return any(date(1900, 1, 1) <= found <= today() for found in _dates(text))


def card_expiry(text: str) -> bool:
    """Month and year in which a card may plausibly end: within twenty years of today."""
    month, year = (int(part) for part in re.split(r"[/\-. ]+", text)[:2])
    if month > 12:
        month, year = year, month
    return 1 <= month <= 12 and abs((year + 2000 if year < 100 else year) - today().year) <= 20


def coordinates(text: str) -> bool:
    """One latitude or longitude in decimal degrees."""
    return abs(float(text)) <= 180


def coordinate_pair(text: str) -> bool:
    """A latitude and a longitude: in decimals, in degrees with minutes, or the other way round as well-known text."""
    decimals = [abs(float(number)) for number in re.findall(r"[0-9]+\.[0-9]+", text)]
    whole = [int(number) for number in re.findall(r"[0-9]+", text)]
    if "°" in text and len(whole) >= 6:
        return max(whole[1:3]) < 60 and "°" in text
    first, second = reversed(decimals) if text.upper().startswith("POINT") else decimals
    return first <= 90 and second <= 180


def jwt(text: str) -> bool:
    """A JSON Web Token: its header decodes to an object that names an algorithm."""
    import base64
    import json

    head = text.partition(".")[0]
    return "alg" in json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))


def random_looking(text: str) -> bool:
    """Letters and digits mixed as a generator mixes them: at least 3 bits a character."""
    shares = [text.count(char) / len(text) for char in set(text)]
    mixed = any(char.isdigit() for char in text) and any(char.isalpha() for char in text)
    return mixed and -sum(share * math.log2(share) for share in shares) >= 3


def _dates(text: str) -> list[date]:
    """Every date that the text can be read as."""
    folded = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    words = re.findall(r"[0-9]+|[a-z]+", folded)[:6]
    numbers = [int(word) for word in words if word.isdigit()]
    named = [_MONTHS[word] for word in words if word in _MONTHS]
    if named:
        return _real((numbers[1], named[0], numbers[0]), (numbers[0], named[0], numbers[1]))
    if len(words[0]) == 8:
        return _real((int(words[0][:4]), int(words[0][4:6]), int(words[0][6:])))
    first, second, third = numbers[:3]
    return _real((first, second, third), (third, second, first), (third, first, second))


def _real(*triples: tuple[int, int, int]) -> list[date]:
    found = []
    for year, month, day in triples:
        try:
            found.append(date(_gregorian(year), month, day))
        except ValueError:
            continue
    return found


def _gregorian(year: int) -> int:
    """A year of two digits is the last of that ending that has begun; a Thai year is 543 ahead."""
    if year >= 100:
        return year - 543 if year > 2400 else year
    now = today().year
    return year + now - now % 100 - (100 if year > now % 100 else 0)
