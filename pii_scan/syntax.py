r"""A pattern's syntax tree, where Python's own parser reads the pattern as the `regex` module does, which runs it."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]  # the only door to a pattern's syntax tree
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

FLAGS = int(re.IGNORECASE | re.MULTILINE | re.DOTALL)
"""What is understood beside a pattern; with other flags it may match anything."""
LETTERS = "aA\u0301"
"""Stands for a property of letters (`\\pL`): one of each sort of letter that an outline tells apart."""
_NUMBERS = "9\u00b2"
_OF_SCRIPT = "жЖ\u0e31\u3007\u2e80"
"""Stands for a script beyond Latin (`\\p{Han}`): letters with and without case, a mark, a number and a symbol."""
_SCRIPTS = frozenset("Han Hiragana Katakana Hangul Thai Hebrew Arabic Bengali Devanagari Cyrillic Greek".split())
_PROPERTY = re.compile(r"\\(?:\\|p(?:\{\^?([A-Za-z]+)\}|([A-Z])))")
_NAMED = re.compile(r"(?<!\\)\(\?<(?=[A-Za-z_])")
_OTHERWISE = re.compile(
    r"\[:\^?[a-z]+:\]"  # a POSIX class
    r"|(?<![\\pPNx])\{[^{},]*[idse][^{}]*\}"  # errors allowed
    r"|.\(\?[a-zA-Z0-9]+\)",  # flags within, which count for the whole
    re.DOTALL,
)


@lru_cache(maxsize=8192)
def read(pattern: str, flags: int = 0) -> Any:
    """The tree, or None where the pattern cannot be read, or means something else to `regex`."""
    if flags & ~FLAGS or differs(pattern):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = sre_parser.parse(_readable(pattern), flags)
    except (re.error, RecursionError, OverflowError, Warning, LookupError):
        return None
    return None if tree.state.flags & ~FLAGS & ~sre.SRE_FLAG_UNICODE else tree


def letters(flags: int) -> str:
    """Flags as they are written inside a pattern."""
    return "".join(letter for letter, flag in _FLAG_LETTERS if flags & flag)


_FLAG_LETTERS = (("i", int(re.IGNORECASE)), ("m", int(re.MULTILINE)), ("s", int(re.DOTALL)))


def differs(pattern: str) -> bool:
    """Whether `regex` gives the pattern a meaning that Python's `re` and RE2 do not."""
    return _OTHERWISE.search(pattern) is not None


def _readable(pattern: str) -> str:
    """Properties of letters and numbers become characters that an outline takes for the same; names as `re` writes them."""
    out: list[str] = []
    last = 0
    for found in _PROPERTY.finditer(pattern):
        name = found.group(1) or found.group(2) or ""
        stands = _stand_in(name)
        if stands and "^" not in found.group():
            out += [pattern[last : found.start()], stands if _in_class(pattern, found.start()) else f"[{stands}]"]
            last = found.end()
    return _NAMED.sub("(?P<", "".join([*out, pattern[last:]]))


def _stand_in(name: str) -> str:
    """Characters for a property of that name; none where it is not known."""
    if name in _SCRIPTS:
        return _OF_SCRIPT
    if len(name) > 2:
        return ""
    return LETTERS if name[:1] in {"L", "M"} else _NUMBERS if name[:1] == "N" else ""


STAND_INS = (frozenset(LETTERS), frozenset(_NUMBERS), frozenset(_OF_SCRIPT))
"""What stands for more characters than it holds, where a class holds all of it."""


def _in_class(pattern: str, place: int) -> bool:
    """Whether the place lies between the brackets of a class."""
    inside, at = False, 0
    while at < place:
        if pattern[at] == "\\":
            at += 2
            continue
        if not inside and pattern[at] == "[":
            inside = True
            at += len(re.match(r"\[\^?\]?", pattern[at:]).group())  # type: ignore[union-attr]  # it begins with a bracket
            continue
        inside = inside and pattern[at] != "]"
        at += 1
    return inside
