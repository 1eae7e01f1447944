"""How a column or table name is read: as folded words, whatever the convention it was written in."""

from __future__ import annotations

import re as plain
import unicodedata
from functools import lru_cache

import regex as re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_STOP = frozenset(
    (
        "of",
        "the",
        "de",
        "del",
        "della",
        "delle",
        "di",
        "da",
        "do",
        "dos",
        "du",
        "des",
        "la",
        "le",
        "les",
        "el",
        "los",
        "las",
        "der",
        "die",
        "das",
        "et",
        "en",
        "van",
        "het",
    )
)
_COUNTED = frozenset({"last", "letzte", "derniers", "ultimos", "ultimas", "ultime"})
"""Words that a number belongs to: `last4` is not the fourth `last`."""
_WORD = re.compile(r"\p{Nd}+|[\p{L}\p{M}]+")
_PLAIN_WORD = plain.compile(r"[0-9]+|[a-z]+")
"""By Python's own engine, which is the faster one where there are ASCII letters only."""


@lru_cache(maxsize=65536)
def words(name: str) -> tuple[str, ...]:
    """The folded words of a column or table name, remembered; see `split`, which is for cell texts."""
    return split(name)


def split(name: str) -> tuple[str, ...]:
    """The folded words of a name or text: `numeroPasseport`, `NUMERO_DE_PASSEPORT` and `n° passeport` meet.

    Accents of Latin, Greek and Cyrillic letters go, other scripts stay; articles and prepositions are dropped
    unless nothing else is left; a trailing counter (`phone2`) is split off and dropped.
    """
    spaced = name if name.islower() else _CAMEL.sub(" ", name)
    if spaced.isascii():
        small = spaced.lower()
        found = small.split() if small.replace(" ", "").isalpha() else _PLAIN_WORD.findall(small)
    else:
        folded = unicodedata.normalize("NFKD", spaced).translate(_FOLDED).casefold()
        found = _WORD.findall(unicodedata.normalize("NFC", folded))
    kept = [word for word in found if word not in _STOP] or found
    while len(kept) > 1 and kept[-1].isdigit() and kept[-2] not in _COUNTED:
        kept.pop()
    return tuple(kept)


def contains(name: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    """Whether the phrase stands in the name as whole words, side by side."""
    return any(name[start : start + len(phrase)] == phrase for start in range(len(name) - len(phrase) + 1))


class _Folded(dict[int, str]):
    """What a character of a decomposed name becomes, found when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = "" if unicodedata.combining(chr(code)) and code < 0x0370 else chr(code)
        return self[code]


_LETTERS = {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"}
_FOLDED = _Folded({ord(char): plain for char, plain in _LETTERS.items()})
