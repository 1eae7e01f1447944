"""Digits, dashes and spaces of every script, made ASCII; letters of scripts that put no space beside a number, made borders."""

from __future__ import annotations

import re

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


FOLDING = _Folding(_DASHES | _SPACES)
"""A table for `str.translate`."""


def fold(text: str) -> str:
    """The text with digits of every script, dashes and spaces made ASCII; the length stays, so offsets hold."""
    return text if text.isascii() else text.translate(FOLDING)


_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff"  # Hangul: Korean puts no space between a number and its ending
    "\u3005-\u3007\u3040-\u312f\u31f0-\u31ff\uff66-\uff9f"  # Kana, Bopomofo
    "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
STOP = "。"
"""Stands for a letter where a text is taken `apart`."""
BEFORE, AFTER = "A-Za-z0-9+(", "A-Za-z0-9)"
"""Of these characters one is glued to a letter of such a script that stands before it, or after it."""
_LETTER = re.compile(f"[{_UNSPACED}]")
_GLUED = re.compile(f"[{_UNSPACED}][{BEFORE}]|[{AFTER}][{_UNSPACED}]")


def apart(text: str) -> str:
    """The text with full stops for letters of scripts without spaces: in 番号1234 a word ends before the 1.

    Where no such letter stands beside a number or a Latin letter, the text itself. The length stays.
    """
    return text if text.isascii() or not _GLUED.search(text) else _LETTER.sub(STOP, text)


def is_unspaced(char: str) -> bool:
    """Whether it is a letter of a script without spaces."""
    return _LETTER.match(char) is not None


def holds_unspaced(text: str) -> bool:
    """Whether a letter of a script without spaces stands in it."""
    return not text.isascii() and _LETTER.search(text) is not None
