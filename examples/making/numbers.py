"""Invented identifiers with the check digits that real ones carry. Nothing here was ever issued on purpose.

Phone numbers come from ranges kept for fiction where a country has one (France, the United Kingdom, Germany), else
from blocks of zeros; addresses of machines from the documentation ranges; cards from published test prefixes.
"""

from __future__ import annotations

import base64
import hashlib
import random
import string
import uuid
from datetime import date, datetime, timedelta

_MRZ = {char: value for value, char in enumerate(string.digits + string.ascii_uppercase)} | {"<": 0}


def digits(rng: random.Random, count: int) -> str:
    """That many digits, the first of them not zero."""
    return str(rng.randint(1, 9)) + "".join(rng.choice(string.digits) for _ in range(count - 1))


def luhn(payload: str) -> str:
    """The payload and its Luhn digit."""
    total = 0
    for place, char in enumerate(reversed(payload)):
        doubled = int(char) * (2 - place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return payload + str(-total % 10)


def card(rng: random.Random) -> str:
    """A payment card number under a published test prefix."""
    prefix, length = rng.choice((("424242", 16), ("411111", 16), ("555555", 16), ("510510", 16), ("378282", 15)))
    return luhn(prefix + "".join(rng.choice(string.digits) for _ in range(length - 7)))


def imei(rng: random.Random) -> str:
    """A device number with Luhn digit."""
    return luhn("35" + digits(rng, 12))


def siret(rng: random.Random) -> str:
    """A French establishment number: two Luhn sums, one inside the other."""
    return luhn(luhn(digits(rng, 8)) + "000" + rng.choice("123"))


def thai_pin(rng: random.Random) -> str:
    """A Thai national number: thirteen digits, the last of them a weighted sum modulo 11."""
    payload = rng.choice("12345") + digits(rng, 11)
    total = sum(int(char) * weight for char, weight in zip(payload, range(13, 1, -1), strict=True))
    return payload + str((11 - total % 11) % 10)


def ahv(rng: random.Random) -> str:
    """A Swiss social-security number, dotted: 756, nine digits, an EAN-13 digit."""
    payload = "756" + digits(rng, 9)
    total = sum(int(char) * (1 + 2 * (place % 2)) for place, char in enumerate(payload))
    whole = payload + str(-total % 10)
    return f"{whole[:3]}.{whole[3:7]}.{whole[7:11]}.{whole[11:]}"


def german_tin(rng: random.Random) -> str:
    """A German tax number: one digit twice, one missing, ISO 7064 modulo 11, 10."""
    order = rng.sample(string.digits, 9)
    while True:
        payload = "".join(rng.sample([*order, order[0]], 10))
        if payload[0] != "0":
            break
    product = 10
    for char in payload:
        product = ((int(char) + product) % 10 or 10) * 2 % 11
    return payload + str((11 - product) % 10)


def iban(country: str, bban: str) -> str:
    """An account number with its ISO 7064 modulo 97 digits, in groups of four as it is printed."""
    moved = "".join(str(int(char, 36)) for char in f"{bban}{country}00")
    whole = f"{country}{98 - int(moved) % 97:02d}{bban}"
    return " ".join(whole[start : start + 4] for start in range(0, len(whole), 4))


def iban_ch(rng: random.Random) -> str:
    """A Swiss account."""
    return iban("CH", "00700" + digits(rng, 12))


def iban_mt(rng: random.Random) -> str:
    """A Maltese account."""
    return iban("MT", "MALT01100" + "0000" + digits(rng, 14))


def iban_de(rng: random.Random) -> str:
    """A German account."""
    return iban("DE", "50010517" + digits(rng, 10))


def iban_fr(rng: random.Random) -> str:
    """A French account, with the national key inside."""
    bank, branch, account = "30002", "00550", digits(rng, 11)
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    return iban("FR", f"{bank}{branch}{account}{key:02d}")


def nid(rng: random.Random, born: date) -> str:
    """A Bangladeshi national number in one of its three lengths; some are grouped, as people write them."""
    old = f"{rng.randint(11, 94)}{rng.choice('123459')}{digits(rng, 2)}{digits(rng, 2)}{digits(rng, 6)}"
    smart = digits(rng, 10)
    return rng.choice((smart, smart, f"{smart[:3]} {smart[3:6]} {smart[6:]}", old, f"{born.year}{old}"))


def mrz_line(number: str, nation: str, born: date, sex: str, until: date) -> str:
    """The second line of a passport's machine-readable zone (ICAO 9303), with its five check digits."""
    number = number.ljust(9, "<")
    birth, expiry, rest = f"{born:%y%m%d}", f"{until:%y%m%d}", "<" * 14
    parts = [number + _mrz_digit(number), birth + _mrz_digit(birth), expiry + _mrz_digit(expiry), rest + "0"]
    return f"{parts[0]}{nation.ljust(3, '<')}{parts[1]}{sex}{parts[2]}{parts[3]}{_mrz_digit(''.join(parts))}"


def _mrz_digit(text: str) -> str:
    return str(sum(_MRZ[char] * (7, 3, 1)[place % 3] for place, char in enumerate(text)) % 10)


def ipv4(rng: random.Random) -> str:
    """An address of the three documentation networks."""
    return f"{rng.choice(('192.0.2', '198.51.100', '203.0.113'))}.{rng.randint(1, 254)}"


def ip(rng: random.Random) -> str:
    """Mostly IPv4, sometimes IPv6, always of a documentation network."""
    return ipv4(rng) if rng.random() < 0.8 else f"2001:db8:{rng.randrange(16**4):x}::{rng.randrange(16**4):x}"


def device(rng: random.Random) -> str:
    """A random device identifier in the form of a UUID."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def token(rng: random.Random, count: int) -> str:
    """Letters and digits at random, as in session cookies."""
    return "".join(rng.choice(string.ascii_lowercase + string.digits) for _ in range(count))


def bcrypt(rng: random.Random) -> str:
    """Text in the form of a bcrypt hash; of no password."""
    return "$2b$12$" + "".join(rng.choice("./" + string.ascii_letters + string.digits) for _ in range(53))


def png(rng: random.Random) -> str:
    """A data address that begins like a PNG image, as signature pads send it."""
    drawn = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + rng.randbytes(78)
    return "data:image/png;base64," + base64.b64encode(drawn).decode()


def digest(text: str) -> str:
    """Hexadecimal letters that stay the same for the same text."""
    return hashlib.sha256(text.encode()).hexdigest()


def day(rng: random.Random, first: date, last: date) -> date:
    """A date between two others."""
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def moment(rng: random.Random, first: date, last: date) -> datetime:
    """A time of day on a date between two others."""
    at = day(rng, first, last)
    return datetime(at.year, at.month, at.day) + timedelta(seconds=rng.randrange(6 * 3600, 22 * 3600))  # noqa: DTZ001 - exports say no zone


def phone_bd(rng: random.Random) -> str:
    """A Bangladeshi mobile number, written in one of three ways."""
    local = f"01{rng.choice('3456789')}{rng.choice(('00', '10'))}00{rng.randint(0, 9999):04d}"
    return rng.choice((local, f"+88{local}", f"{local[:5]}-{local[5:]}"))


def phone_il(rng: random.Random) -> str:
    """An Israeli mobile number."""
    line = f"{rng.choice(('050', '052'))}-000-{rng.randint(0, 9999):04d}"
    return rng.choice((line, f"+972-{line[1:]}", line.replace("-", "")))


def phone_fr(rng: random.Random) -> str:
    """A French number of the ranges kept for films and books."""
    start = rng.choice(("0199 00", "0261 91", "0353 01", "0465 71", "0536 49")).replace(" ", "")
    whole = f"{start}{rng.randint(0, 9999):04d}"
    pairs = [whole[place : place + 2] for place in range(0, 10, 2)]
    return rng.choice((" ".join(pairs), ".".join(pairs), whole, f"+33 {whole[1]} {' '.join(pairs[1:])}"))


def phone_th(rng: random.Random) -> str:
    """A Thai mobile number."""
    whole = f"{rng.choice(('081', '062', '089'))}000{rng.randint(0, 9999):04d}"
    return rng.choice((whole, f"{whole[:3]}-{whole[3:6]}-{whole[6:]}", f"+66 {whole[1:3]} {whole[3:6]} {whole[6:]}"))


def phone_eu(rng: random.Random, country: str) -> str:
    """A number of an investor's country, in international form."""
    return {
        "CH": f"+41 {rng.choice(('79', '76'))} 000 {rng.randint(0, 99):02d} {rng.randint(0, 99):02d}",
        "MT": f"+356 {rng.choice(('7900', '9900'))} 0{rng.randint(0, 999):03d}",
        "DE": f"+49 30 23125 {rng.randint(0, 999):03d}",
    }[country]
