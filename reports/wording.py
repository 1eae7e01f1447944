"""How reports write foreign names, numbers and kinds: one wording in every form."""

from __future__ import annotations

from math import floor

_JOINERS = "\u200c\u200d"
_LABELS = {
    "biometric": "Biometric data",
    "genetic": "Genetic data",
    "geo_coord": "Coordinates",
    "other_id": "Other identifier",
    "social_security": "Social security number",
}
_CAPITALS = {"id": "ID", "iban": "IBAN", "ip": "IP", "mac": "MAC", "url": "URL", "vin": "VIN"}


def printable(text: str) -> str:
    r"""The text with everything unseen made visible: a newline is `\n`, an ANSI escape `\x1b`, a bidi override `\u202e`.

    Names of files, tables and columns are whatever somebody typed. Joiners stay, since Indic and Persian words need
    them; lone surrogates (a file name that is not UTF-8) go, so that every report can be encoded.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in _JOINERS else _visible(char) for char in text)


def shortened(text: str, limit: int = 160) -> str:
    """The text, its middle left out where it is longer than the limit: what tells names apart stands at their ends."""
    if len(text) <= limit:
        return text
    half = (limit - 1) // 2
    return f"{text[: limit - 1 - half]}…{text[-half:]}"


def count(number: int) -> str:
    """`1,234,567`."""
    return f"{number:,}"


def percent(share: float) -> str:
    """`97.2 %`, cut and never rounded up: only a whole is `100 %`, only nothing is `0 %`."""
    if share >= 1:
        return "100 %"
    if share <= 0:
        return "0 %"
    if share < 0.001:
        return "<0.1 %"
    return f"{min(floor(round(share * 1000, 6)), 999) / 10:g} %"


def probability(value: float) -> str:
    """`0.93`, cut and never rounded up: only what is settled is `1.00`."""
    return f"{floor(round(value * 100, 6)) / 100:.2f}"


def plural(number: int, noun: str) -> str:
    """`1 table`, `1,200 tables`."""
    return f"{count(number)} {noun}" if number == 1 else f"{count(number)} {noun}s"


def label(kind: str) -> str:
    """A kind's name in words: `ip_address` is `IP address`."""
    if kind in _LABELS:
        return _LABELS[kind]
    words = " ".join(_CAPITALS.get(word, word) for word in kind.split("_"))
    return words[:1].upper() + words[1:]


def term(category: str) -> str:
    """The short name of a DPV category: `pd:Passport` for `https://w3id.org/dpv/pd#Passport`."""
    head, hash_sign, name = category.rpartition("#")
    return f"{head.rstrip('/').rpartition('/')[2]}:{name}" if hash_sign else category


def _visible(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
