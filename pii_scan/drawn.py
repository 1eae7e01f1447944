"""Other values of the same shape: digits for digits, letters for letters, and the same answer from the check digit.

Drawn from HMAC-SHA-256 over the value, so that a value has one stand-in under a key, in every process and version.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator

from pii_scan.keys import Key

Valid = Callable[[str], bool]
Draw = Callable[[int], Iterator[int]]
"""`draw(turn)`: numbers below 2^32 without end, others at each turn."""
_DOMAIN = b"pii-scan surrogate 1"
_TRIES = 20_000
"""Dates and two check digits inside one number let one draw in some thousand pass."""
_HEX = re.compile(r"(?=.*\d)(?=.*[a-f])[\da-f:{}-]{12,}|(?=.*\d)(?=.*[A-F])[\dA-F:{}-]{12,}", re.DOTALL)
_UUID = re.compile(r"[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}", re.IGNORECASE)


def seed(key: Key, kind: str, value: str, turn: int = 0) -> bytes:
    """Thirty-two bytes that the value decides."""
    return key.mac(_DOMAIN, kind, f"{turn} {value}")


def drawn(text: str, draw: Draw, *, fixed: int = 0, valid: Valid | None = None) -> str | None:
    """Another value of the text's shape.

    Args:
        text: the value; what is neither letter nor digit stays in it.
        draw: `numbers`, bound to key, kind and value. Places count from the end, so that values which end alike and are
            drawn for alike have one stand-in.
        fixed: how many letters and digits at the beginning stay, such as a country's code.
        valid: the check; it says of the outcome what it says of the text.

    Returns:
        None where there is nothing to draw, or nothing that passes was found.
    """
    places = [place for place, char in enumerate(text) if char.isalnum()][fixed:]
    if _UUID.fullmatch(text):
        places = [place for place in places if place not in {14, 19}]
    hexed = valid is None and bool(_HEX.fullmatch(text))  # a country's code and digits may look so too
    sorts = [_sort(text, place, hexed=hexed) for place in places]
    wanted = valid is None or valid(text)
    if not places:
        return None
    for turn in range(_TRIES):
        chars = list(text)
        for place, sort, number in zip(reversed(places), reversed(sorts), draw(turn), strict=False):
            chars[place] = sort[number % len(sort)]
        if text[places[0]] in "123456789" and chars[places[0]] == "0":
            chars[places[0]] = "1"  # a number keeps its length
        made = "".join(chars)
        if made != text and (valid is None or valid(made) == wanted):
            return made
    return None


def numbers(key: Key, kind: str, same: str, turn: int) -> Iterator[int]:
    """Numbers below 2^32 without end, which key, kind and value decide."""
    block = 0
    while True:
        mixed = seed(key, kind, f"{block} {same}", turn)
        for start in range(0, len(mixed), 4):
            yield int.from_bytes(mixed[start : start + 4], "big")
        block += 1


def _sort(text: str, place: int, *, hexed: bool) -> str:
    """What else could stand at that place."""
    char = text[place]
    if hexed:
        return "0123456789ABCDEF" if text.upper() == text else "0123456789abcdef"
    if char.isdigit():
        return string.digits
    return string.ascii_uppercase if char.isupper() else string.ascii_lowercase
