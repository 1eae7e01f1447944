r"""The outline of a text, and patterns made coarse enough to be matched against outlines.

An outline keeps punctuation and tells of each other character only whether it is a digit (9), a capital (A), a
small letter or one of a script without case (a), space, or the end of a line. Ten million identifiers have a few hundred
outlines, so what could match is asked once for each outline. A coarse pattern matches the outline of every text that the pattern
itself matches: every class is widened to whole classes of the outline, look-around is dropped, back references match
anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from re import _constants as sre  # type: ignore[attr-defined]  # the only door to a pattern's syntax tree
from typing import Any

import regex

from pii_scan.syntax import read

SYMBOL = "\x01"
"""Any symbol beyond ASCII."""
UNSURE = "\x02"
"""A mark or number beyond ASCII, of which engines disagree whether it is part of a word."""
WORD = "\x03"
"""Stands for a word of any length where outlines are shortened; no outline holds one."""
_DIGIT, _WORD = regex.compile(r"\d"), regex.compile(r"\w")


_UNSURE = frozenset({"Cn", "Mn", "Mc", "Me", "Nl", "No", "Pc"})


class _Outlines(dict[int, str]):
    """What each character becomes, found when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char == "\n":
            mark = char
        elif char == WORD:
            mark = SYMBOL
        elif _DIGIT.match(char):
            mark = "9"
        elif char.isalpha():
            mark = "A" if char.isupper() else "a"
        elif char.isspace():
            mark = " "
        elif char.isascii():
            mark = char
        else:
            mark = UNSURE if _WORD.match(char) or unicodedata.category(char) in _UNSURE else SYMBOL
        self[code] = mark
        return mark


OUTLINES = _Outlines()
"""A table for `str.translate`."""


REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}
_MOST = 1000
"""RE2's limit on counted repetition."""


def outline(text: str) -> str:
    """The outline of a folded text; as long as the text."""
    return text.translate(OUTLINES)


def coarse(pattern: str, flags: int = 0) -> str | None:
    """A pattern in RE2 syntax for outlines, or None where the pattern cannot be read.

    Word borders are as sure as the outline: match `borderless` of it against outlines that hold an `UNSURE`.
    """
    tree = read(pattern, flags)
    if tree is None:
        return None
    any_case = bool((flags | tree.state.flags) & re.IGNORECASE)
    try:
        return "(?ms)" + _sequence(tree, any_case=any_case)
    except NotImplementedError:
        return None


def borderless(wide: str) -> str:
    """A coarse pattern without its word borders."""
    return wide.replace(r"\b", "").replace(r"\B", "")


def unbounded(wide: str) -> str:
    """A coarse pattern that takes more of what it takes `_AT_MOST` times at most: RE2 keeps a state for each time."""
    return _COUNT.sub(lambda count: f"{{{count[1]},}}" if int(count[2]) - int(count[1]) > _AT_MOST else count[0], wide)


_COUNT = re.compile(r"\{(\d+),(\d+)\}")
_AT_MOST = 8


def _sequence(nodes: Iterable[Any], *, any_case: bool) -> str:
    return "".join(_node(code, value, any_case=any_case) for code, value in nodes)


def _node(code: Any, value: Any, *, any_case: bool) -> str:  # noqa: C901, PLR0911 - one branch for each sort of node
    if code is sre.LITERAL:
        return _class(_of(value, any_case=any_case))
    if code in {sre.NOT_LITERAL, sre.ANY}:
        return "."
    if code is sre.IN:
        return _set(value, any_case=any_case)
    if code is sre.BRANCH:
        branches = dict.fromkeys(_sequence(branch, any_case=any_case) for branch in value[1])  # many are alike by now
        return f"(?:{'|'.join(branches)})"
    if code is sre.SUBPATTERN:
        return f"(?:{_sequence(value[3], any_case=any_case or bool(value[1] & re.IGNORECASE))})"
    if code is sre.ATOMIC_GROUP:
        return f"(?:{_sequence(value, any_case=any_case)})"
    if code in REPEATS:
        low, high, body = value
        most = "" if high is sre.MAXREPEAT or high > _MOST else high
        return f"(?:{_sequence(body, any_case=any_case)}){{{min(int(low), _MOST)},{most}}}"
    if code in {sre.ASSERT, sre.ASSERT_NOT}:
        return ""
    if code is sre.AT:
        return {sre.AT_BOUNDARY: r"\b", sre.AT_NON_BOUNDARY: r"\B"}.get(value, _EDGES.get(value, ""))
    if code in {sre.GROUPREF, sre.GROUPREF_EXISTS}:
        return ".*"
    raise NotImplementedError(str(code))


_EDGES = {sre.AT_BEGINNING: "^", sre.AT_BEGINNING_STRING: r"\A", sre.AT_END: "$", sre.AT_END_STRING: r"\z"}


def _set(items: Iterable[Any], *, any_case: bool) -> str:
    marks: set[str] = set()
    for code, value in items:
        if code is sre.NEGATE:
            return "."
        marks |= _member(code, value, any_case=any_case)
    return _class(marks)


def _member(code: Any, value: Any, *, any_case: bool) -> set[str]:
    if code is sre.LITERAL:
        return _of(value, any_case=any_case)
    if code is sre.RANGE:
        low, high = value
        if high - low > 512:
            return _ALL
        return {mark for char in range(low, high + 1) for mark in _of(char, any_case=any_case)}
    if code is sre.CATEGORY:
        return _CATEGORIES.get(value, _ALL)
    raise NotImplementedError(str(code))


_ALL = {UNSURE, SYMBOL, *(OUTLINES[code] for code in range(128))}
_CATEGORIES: dict[Any, set[str]] = {
    sre.CATEGORY_DIGIT: {"9"},
    sre.CATEGORY_SPACE: {" ", "\n"},
    sre.CATEGORY_WORD: {"9", "A", "a", "_", UNSURE},
}


def _of(code: int, *, any_case: bool) -> set[str]:
    char = chr(code)
    marks = {OUTLINES[code]}
    return marks | {"A", "a"} if any_case and (marks & {"A", "a"} or not char.isascii()) else marks


def _class(marks: Iterable[str]) -> str:
    found = "".join(f"\\{mark}" if mark in r"\]^-[" else mark for mark in sorted(set(marks)))
    return f"[{found}]"
