r"""The words that a pattern cannot match without, as they stand in a text's projection.

A projection keeps the small form of ASCII letters, makes a nine of every digit, a blank of every other character that is no
letter, and one of two marks of every letter beyond ASCII, for Latin and for all other scripts; it is as long as the text and
stands between two blanks.
If a text matches a pattern, one of the pattern's factors stands in its projection, so one search for all factors tells which few
texts of a column the patterns must be asked of.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from re import _constants as sre  # type: ignore[attr-defined]  # the only door to a pattern's syntax tree
from typing import Any, NamedTuple

from pii_scan.outline import REPEATS
from pii_scan.syntax import STAND_INS, read

BLANK, DIGIT, LATIN, FOREIGN = " ", "9", "\x01", "\x02"
EDGE = "\x03"
"""In a factor for texts beyond ASCII: a blank or a mark, since engines disagree about where such words end."""
SHORTEST = 3
"""Letters that a factor has side by side, or one less and blanks around them: shorter ones stand in every text."""
LONGEST = 12
"""Characters of a factor that are looked for; they tell enough, and the search needs memory for each."""
_TAIL = 3
"""Characters before a choice of many words that are kept to tell them by."""
_CHOICE, _CHOICE_EXACT = 4, 16
"""Different marks of a class of characters beyond which it is anything; more where letters are told apart."""
_MOST = 4096
"""Different strings that a part may be before it counts as anything."""
_LATIN_ENDS = 0x370
"""Where Latin letters and the accents on them end, but for those of Vietnamese."""
_SAME = {"ſ": "s", "\u212a": "k", "ı": "i", "İ": "i", "\u00b5": "\u03bc", "\u212b": "\u00e5"}
"""Letters that patterns take for others, of another mark, where they leave case aside."""
_BORDER, _BORDER_ABROAD = "^", "~"
"""A border of words that the next character must bear out; it becomes a blank or an `EDGE` where nothing else follows."""
_BORDERS = frozenset({_BORDER, _BORDER_ABROAD})


class _Part(NamedTuple):
    """What is known of a part of a pattern."""

    exact: frozenset[str] | None
    """All that it can be in a projection; None where that is too much. Empty where it cannot match at all."""
    needed: frozenset[str] | None = None
    """One of these stands in whatever it matches; None where no such words are known."""
    begin: frozenset[str] = frozenset({""})
    """Where `exact` is unknown: it begins with one of these."""
    end: frozenset[str] = frozenset({""})
    """And ends with one of these."""


def exact_factors(pattern: str, flags: int = 0) -> frozenset[str] | None:
    """Strings of which one stands in the exact projection of every text beyond ASCII that matches; None where none can be told.

    In an exact projection the letters of scripts beyond Latin are told apart, by their small form. Borders are left out.
    """
    tree = read(pattern, flags)
    if tree is None:
        return None
    found = _EXACT.sequence(tree)
    return found.needed if found.exact is None else _useful(found.exact) if found.exact else frozenset()


def factors(pattern: str, flags: int = 0, *, foreign: bool) -> frozenset[str] | None:
    """Strings of which one stands in the projection of every text that matches; None where none can be told.

    There are none, rather, where no text can match: a pattern of foreign letters and texts in ASCII.

    Args:
        pattern: as Presidio runs it.
        flags: those of `re`.
        foreign: for texts beyond ASCII, whose factors may hold an `EDGE`; else for texts in ASCII.
    """
    word = _WORD.fullmatch(pattern)
    if word:
        return _of_word(word, foreign=foreign)
    tree = read(pattern, flags)
    if tree is None:
        return None
    found = _READERS[foreign].sequence(tree)
    return found.needed if found.exact is None else _useful(found.exact) if found.exact else frozenset()


_WORD = re.compile(r"(?:\(\?i\))?(\\b)?((?:[^\W\d_]|\\[^\w]|\[(?:[^\]\[\\^-]+-?)\])+)(\\b)?")
"""A pattern that is a word or several, as lists of words are full of them: its letters, escaped marks, and choices of either."""
_LETTERS = re.compile(r"\[([^\]]+)\]|\\?(.)", re.DOTALL)
_PLAIN_WORD = re.compile(rf"(?:\(\?i\))?\\b[A-Za-z]{{{SHORTEST},{LONGEST - 2}}}\\b")


def is_plain_word(pattern: str) -> bool:
    """Whether the pattern is one word, so short that its factor is all of it: a text that holds the factor matches, or nearly."""
    return _PLAIN_WORD.fullmatch(pattern) is not None


def _of_word(word: re.Match[str], *, foreign: bool) -> frozenset[str] | None:
    """The factors of a plain word, without a syntax tree."""
    begin, letters, end = word.groups()
    reader = _READERS[foreign]
    choices = [reader.marks(choice or one) for choice, one in _LETTERS.findall(letters)]
    if all(map(_is_one, choices)):
        made = ["".join(itertools.chain.from_iterable(choices))]
    else:
        made = ["".join(each) for each in itertools.product(*choices)]
    border = reader.border
    bordered = (_glued(border if begin else "", one) + (border if end and one[-1] != BLANK else "") for one in made)
    return _useful(frozenset(bordered)) if made else frozenset()


def _is_one(choice: frozenset[str]) -> bool:
    return len(choice) == 1


def mark(char: str) -> str:
    """What a character becomes in a projection; the marks of two that a pattern may take for each other are the same."""
    if char.isascii():
        return char.lower() if char.isalpha() else DIGIT if char.isdecimal() else BLANK
    if char in _SAME:
        return mark(_SAME[char])
    if not char.isalpha() and unicodedata.category(char)[0] not in "MNC":
        return BLANK
    return LATIN if ord(char) < _LATIN_ENDS or 0x1E00 <= ord(char) < 0x1F00 else FOREIGN


def exact_mark(char: str) -> str:
    """What a character becomes in an exact projection."""
    made = mark(char)
    if made != FOREIGN:
        return made
    small = _SAME.get(char, char).casefold()
    return small if len(small) == 1 else char


class _Reader:
    """Walks a syntax tree and keeps the words on the way."""

    def __init__(self, *, foreign: bool, exact: bool = False) -> None:
        self._foreign = foreign
        self._mark, self._most = (exact_mark, _CHOICE_EXACT) if exact else (mark, _CHOICE)
        self.border = _BORDER_ABROAD if foreign else _BORDER
        self._known: dict[str, frozenset[str]] = {}

    def sequence(self, nodes: Iterable[Any]) -> _Part:
        """One part after the other: strings grow until something unknown ends them."""
        run, begin, needed = frozenset({""}), None, None
        for code, value in nodes:
            part = self._one(code, value)
            if part.exact == frozenset():
                return part
            grown = _joined(run, part.begin if part.exact is None else part.exact)
            if part.exact is not None and grown is not None:
                run = grown
                continue
            needed = _better(needed, _better(_useful(run if grown is None else grown), part.needed))
            begin = begin or (run if grown is None else grown)
            run = part.end if part.exact is None else _after(run, part.exact)
        if begin is None:
            return _Part(run)
        return _Part(None, _better(needed, _useful(run)), begin, run)

    def _one(self, code: Any, value: Any) -> _Part:  # noqa: PLR0911 - one return for each sort of node
        if code is sre.LITERAL:
            return _Part(self.marks(chr(value)))
        if code is sre.IN:
            return _Part(self._set(value))
        if code is sre.AT:
            return _Part(frozenset({"" if value is sre.AT_NON_BOUNDARY else self.border}))
        if code in {sre.ASSERT, sre.ASSERT_NOT}:
            return _Part(frozenset({""}))
        if code is sre.SUBPATTERN:
            return self.sequence(value[3])
        if code is sre.ATOMIC_GROUP:
            return self.sequence(value)
        if code is sre.BRANCH:
            return _either([self.sequence(branch) for branch in value[1]])
        if code in REPEATS:
            return self._repeated(*value)
        return _Part(None)

    def _repeated(self, low: int, high: Any, body: Any) -> _Part:
        part = self.sequence(body)
        if part.exact == frozenset():
            return _Part(frozenset({""})) if low == 0 else part
        if part.exact is None:
            return part if low else _Part(None)
        if high == 1:
            return _Part(part.exact | {""} if low == 0 else part.exact)
        if low == high and len(part.exact) == 1 and low * max(map(len, part.exact)) <= _MOST:
            return _Part(frozenset(one * low for one in part.exact))
        return _Part(None, _useful(part.exact), part.exact, part.exact) if low else _Part(None)

    def marks(self, chars: str) -> frozenset[str]:
        """What any of the characters may be in a projection."""
        if chars not in self._known:
            self._known[chars] = self._marks(set(chars))
        return self._known[chars]

    def _set(self, items: Iterable[Any]) -> frozenset[str] | None:
        """The marks of a class, where it is a short list."""
        chars: set[str] = set()
        for code, value in items:
            if code is sre.LITERAL:
                chars.add(chr(value))
            elif code is sre.RANGE and value[1] - value[0] <= 512:
                chars |= set(map(chr, range(value[0], value[1] + 1)))
            elif code is sre.CATEGORY and value is sre.CATEGORY_DIGIT:
                chars.add(DIGIT)  # digits of every script were made ASCII
            elif code is sre.CATEGORY and value is sre.CATEGORY_SPACE:
                chars.add(" ")
            else:
                return None
        if any(stands <= chars for stands in STAND_INS):
            return None
        marks = self._marks(chars)
        return marks if len(marks) <= self._most else None

    def _marks(self, chars: set[str]) -> frozenset[str]:
        seen = {_SAME.get(char, char) for char in chars}
        return frozenset(self._mark(char) for char in seen if self._foreign or char.isascii())


_READERS = {foreign: _Reader(foreign=foreign) for foreign in (False, True)}
_EXACT = _Reader(foreign=True, exact=True)


def _joined(run: frozenset[str], more: frozenset[str]) -> frozenset[str] | None:
    if len(run) == 1 == len(more):
        ((one,), (two,)) = run, more
        return frozenset({_glued(one, two)})
    if len(run) * len(more) > _MOST:
        return None
    return frozenset(_glued(one, two) for one in run for two in more)


def _after(run: frozenset[str], more: frozenset[str]) -> frozenset[str]:
    """A choice of many strings, with as much of what stands before it as there is room for."""
    tails = (_joined(frozenset(one[-length:] for one in run), more) for length in range(_TAIL, 0, -1))
    return next((made for made in tails if made is not None), more)


def _glued(one: str, two: str) -> str:
    """One string after the other; a border is borne out between them, or waits for what comes before."""
    if two[:1] in _BORDERS and one[-1:] in {BLANK, *_BORDERS}:
        two = two[1:]
    if one[-1:] in _BORDERS and two and (len(one) > 1 or two[0] == BLANK):
        one = one[:-1]
    return one + two


_ANY = frozenset({""})


def _either(parts: list[_Part]) -> _Part:
    possible = [part for part in parts if part.exact != frozenset()]
    if not possible:
        return _Part(frozenset())
    if all(part.exact is not None for part in possible):
        return _Part(frozenset().union(*(part.exact or () for part in possible)))
    each = [part.needed if part.exact is None else _useful(part.exact) for part in possible]
    needed = frozenset().union(*(one or () for one in each)) if all(each) else None
    begins, ends = (
        frozenset().union(*((side if part.exact is None else part.exact) for part, side in zip(possible, sides, strict=True)))
        for sides in ([part.begin for part in possible], [part.end for part in possible])
    )
    return _Part(None, needed, begins if len(begins) <= _MOST else _ANY, ends if len(ends) <= _MOST else _ANY)


def _useful(strings: frozenset[str]) -> frozenset[str] | None:
    """The strings as they stand in a projection, where each has a word in it."""
    plain = frozenset(one.replace(_BORDER, BLANK).replace(_BORDER_ABROAD, EDGE)[:LONGEST] for one in strings)
    return _least(plain) if all(map(_telling, plain)) else None


def _telling(text: str) -> bool:
    longest = _longest_run(text)
    if longest >= SHORTEST or is_foreign(text):
        return True
    return len(text) > SHORTEST and (longest == SHORTEST - 1 or (longest > 0 and DIGIT in text))


def is_foreign(text: str) -> bool:
    """Whether a letter beyond Latin stands in a factor, exact or not."""
    return FOREIGN in text or not text.isascii()


def is_word(text: str) -> bool:
    """Whether `SHORTEST` letters stand side by side in it."""
    return _longest_run(text) >= SHORTEST


def _longest_run(text: str) -> int:
    return max(map(len, _NO_LETTERS.split(text)))


_NO_LETTERS = re.compile(f"[{BLANK}{DIGIT}{EDGE}]")


def _least(strings: frozenset[str]) -> frozenset[str]:
    """Without the strings that hold another one."""
    if len(strings) == 1:
        return strings
    kept: set[str] = set()
    for one in sorted(strings, key=len):
        if not any(one[start:end] in kept for start in range(len(one)) for end in range(start + 1, len(one) + 1)):
            kept.add(one)
    return frozenset(kept)


def _better(one: frozenset[str] | None, two: frozenset[str] | None) -> frozenset[str] | None:
    """The rarer of two: the one whose shortest string is longer."""
    if one is None or two is None:
        return one or two
    return max(one, two, key=lambda strings: (min(map(len, strings)), -len(strings)))
