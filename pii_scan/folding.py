"""Digits, dashes and spaces of every script, made ASCII."""

from __future__ import annotations

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_SPACES = dict.fromkeys(
    map(ord, "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"), " "
)


class _Folding(dict[int, str]):
    """Maps the decimal digits of every script to ASCII, made on demand; all else stays itself."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = str(int(char)) if char.isdecimal() else char
        return self[code]


_FOLDING = _Folding(_DASHES | _SPACES)


def fold(text: str) -> str:
    """The text with digits of every script, dashes and spaces made ASCII; the length stays, so offsets hold."""
    return text if text.isascii() else text.translate(_FOLDING)
