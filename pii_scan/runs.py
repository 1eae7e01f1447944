"""How many letters stand side by side in what a pattern matches: which patterns need words, and which reach across them."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable
from re import _constants as sre  # type: ignore[attr-defined]  # the only door to a pattern's syntax tree
from typing import Any, NamedTuple

from pii_scan.syntax import read

LETTERS = 4
"""So many small letters side by side are a word of a sentence."""
LONG = 12
"""So many letters or digits side by side are seldom a word."""
_REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}


class Run(NamedTuple):
    """How many letters a part of a pattern puts side by side."""

    begin: int
    end: int
    best: int
    whole: int
    """Its length where it is nothing but letters; below zero where it is not."""

    def then(self, after: Run) -> Run:
        """One part after the other."""
        return Run(
            max(self.begin, self.whole + after.begin if self.whole >= 0 else 0),
            max(after.end, after.whole + self.end if after.whole >= 0 else 0),
            max(self.best, after.best, self.end + after.begin),
            self.whole + after.whole if self.whole >= 0 and after.whole >= 0 else -1,
        )


_ANY_CASE = re.compile(r"\(\?[a-z]*i")
_GUARDS = "@${=:/_.-9"
_TELLING = re.compile(r"[\\()\[\]|]")
_DIGITS = re.compile(r"[0-9]|\\d")
_NOTHING = Run(0, 0, 0, 0)
_LETTER = Run(1, 1, 1, 1)
_OTHER = Run(0, 0, 0, -1)

Choose = Callable[[Run, Run], Run]
Leaf = Callable[[Any, Any], bool]


def _most(one: Run, two: Run) -> Run:
    return Run(*map(max, one, two))


def _least(one: Run, two: Run) -> Run:
    return Run(*map(min, one, two))


def reaches_across(pattern: str, flags: int = 0) -> bool:
    """Whether a match may hold `LETTERS` small letters side by side; one that may not lies between the words of a sentence."""
    tree = read(pattern, flags)
    if tree is None:
        return True
    any_case = bool((flags | tree.state.flags) & re.IGNORECASE) or _ANY_CASE.search(pattern) is not None
    leaf = functools.partial(_may_be_small, any_case=any_case)
    return _measure(tree, leaf, _most).best >= LETTERS


def needed(pattern: str, flags: int = 0) -> str:
    """What the outline of every match holds, the rarest known; else empty.

    `long` for `LONG` letters or digits side by side, a punctuation mark, or `9` for a digit.
    """
    tree = read(pattern, flags)
    if tree is None:
        return ""
    if _measure(tree, _is_plain, _least).best >= LONG:
        return "long"
    return next((mark for mark in _GUARDS if _measure(tree, functools.partial(_is_mark, mark=mark), _least).best), "")


def needs_digit(pattern: str, flags: int = 0) -> bool:
    """Whether every match holds a digit."""
    tree = read(pattern, flags) if _DIGITS.search(pattern) else None
    return tree is not None and bool(_measure(tree, functools.partial(_is_mark, mark="9"), _least).best)


def alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern that is nothing but one group of them, each with the flags of the whole."""
    head = re.match(r"(?:\(\?[imsx]+\))?", pattern)
    lead = head.group() if head else ""
    body = pattern[len(lead) :]
    if "x" in lead or not body.startswith("(?:") or _closing(body) != len(body) - 1:
        return [pattern]
    return [lead + part for part in _parts(body[3:-1])]


def _measure(nodes: Iterable[Any], leaf: Leaf, choose: Choose) -> Run:
    run = _NOTHING
    for code, value in nodes:
        run = run.then(_one(code, value, leaf, choose))
    return run


def _one(code: Any, value: Any, leaf: Leaf, choose: Choose) -> Run:  # noqa: PLR0911 - one return for each sort of node
    if code in {sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN}:
        return _LETTER if leaf(code, value) else _OTHER
    if code is sre.BRANCH:
        return functools.reduce(choose, (_measure(branch, leaf, choose) for branch in value[1]))
    if code is sre.SUBPATTERN:
        return _measure(value[3], leaf, choose)
    if code is sre.ATOMIC_GROUP:
        return _measure(value, leaf, choose)
    if code in _REPEATS:
        return _repeated(_measure(value[2], leaf, choose), int(value[0]), int(value[1]), choose)
    if code in {sre.GROUPREF, sre.GROUPREF_EXISTS}:
        return choose(Run(9, 9, 9, 9), _OTHER)
    return _NOTHING


def _repeated(body: Run, low: int, high: int, choose: Choose) -> Run:
    """A part that comes `low` to `high` times, as far as it matters."""
    enough = LONG + 1
    run = _NOTHING
    for _ in range(min(low, enough)):
        run = run.then(body)
    longer = run
    for _ in range(min(high, enough) - min(low, enough)):
        longer = longer.then(body)
        run = choose(run, longer)
    return run


def _is_plain(code: Any, value: Any) -> bool:
    if code is sre.IN:
        return all(_is_digit(*item) or _is_letter(*item) for item in value)
    return code is sre.LITERAL and chr(value).isalnum()


def _is_mark(code: Any, value: Any, *, mark: str) -> bool:
    if mark == "9":
        return (code is sre.LITERAL and chr(value).isdecimal()) or (code is sre.IN and all(_is_digit(*item) for item in value))
    return code is sre.LITERAL and chr(value) == mark


def _is_digit(item: Any, what: Any) -> bool:
    if item is sre.RANGE:
        return bool(what[0] >= 48 and what[1] <= 57)
    return (item is sre.CATEGORY and what is sre.CATEGORY_DIGIT) or (item is sre.LITERAL and chr(what).isdecimal())


def _is_letter(item: Any, what: Any) -> bool:
    if item is sre.RANGE:
        low, high = what
        return high - low <= 26 and all(chr(code).isalpha() for code in range(low, high + 1))
    return item is sre.LITERAL and chr(what).isalpha()


def _may_be_small(code: Any, value: Any, *, any_case: bool) -> bool:
    if code is sre.LITERAL:
        return (any_case and value > 127) or (chr(value).isalpha() and (any_case or not chr(value).isupper()))
    if code is sre.IN:
        return any(_member_may_be_small(item, what, any_case=any_case) for item, what in value)
    return True


def _member_may_be_small(item: Any, what: Any, *, any_case: bool) -> bool:
    if item is sre.LITERAL:
        return _may_be_small(item, what, any_case=any_case)
    if item is sre.RANGE:
        low, high = what
        return high > 127 or any(_may_be_small(sre.LITERAL, code, any_case=any_case) for code in range(low, high + 1))
    return not (item is sre.CATEGORY and what in {sre.CATEGORY_DIGIT, sre.CATEGORY_SPACE})


def _closing(body: str) -> int:
    """Where the group that opens the text closes."""
    return next((at for at, _, depth in _walk(body) if not depth), len(body))


def _parts(body: str) -> list[str]:
    cuts = [-1, *(at for at, char, depth in _walk(body) if char == "|" and not depth), len(body)]
    return [body[start + 1 : end] for start, end in itertools.pairwise(cuts)]


def _walk(text: str) -> Iterable[tuple[int, str, int]]:
    """Each character that is neither escaped nor in a class, with the depth of groups after it."""
    depth, at, inside = 0, 0, False
    while found := _TELLING.search(text, at):
        at = found.start()
        char = text[at]
        if char == "\\":
            at += 2
            continue
        if inside:
            inside = char != "]"
        elif char == "[":
            inside = True
            at += len(re.match(r"\^?\]?", text[at + 1 :]).group())  # type: ignore[union-attr]  # it always matches
        else:
            depth += (char == "(") - (char == ")")
            yield at, char, depth
        at += 1
