"""Which recognizers can match which text: one RE2 pass that may say yes too often, never no wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import re2

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

_MEMORY = 1 << 28
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


class Prefilter:
    """Answers, for a text, the places of the recognizers that could find something in it.

    ASCII texts meet the patterns as they are; other texts meet a looser set, since RE2's classes and word borders know
    only ASCII. A recognizer without a pattern RE2 takes, without `prefilter` and without `terms`, is a candidate always.
    """

    def __init__(self, recognizers: Sequence[EntityRecognizer]) -> None:
        patterns: list[tuple[int, str]] = []
        self._terms: dict[str, tuple[int, ...]] = {}
        always: list[int] = []
        for place, recognizer in enumerate(recognizers):
            found = list(_patterns(recognizer))
            terms: Iterable[str] = getattr(recognizer, "terms", ())
            for term in terms:
                self._terms[term] = (*self._terms.get(term, ()), place)
            patterns += [(place, pattern) for pattern in found]
            if not found and not terms:
                always.append(place)
        self._strict, self._strict_places, refused = _compile(patterns, loose=False)
        self._loose, self._loose_places, loosely_refused = _compile(patterns, loose=True)
        self._always = tuple(sorted({*always, *refused, *loosely_refused}))

    def candidates(self, text: str) -> tuple[int, ...]:
        """Places of the pattern recognizers that could match the folded text, sorted."""
        if text.isascii():
            hits, places = self._strict.Match(text), self._strict_places
        else:
            hits, places = self._loose.Match(text), self._loose_places
        if not hits:
            return self._always
        if len(hits) == 1 and not self._always:
            return (places[hits[0]],)
        return tuple(sorted({*map(places.__getitem__, hits), *self._always}))

    def terms(self, text: str) -> tuple[int, ...]:
        """Places of the word lists that hold the whole text."""
        return self._terms.get(text.strip(" \t\r\n.,;:!?\"'()").casefold(), ())


def _patterns(recognizer: EntityRecognizer) -> Iterable[str]:
    own: str | None = getattr(recognizer, "prefilter", None)
    if own is not None:
        yield own
        return
    flags = getattr(recognizer, "global_regex_flags", 0) or 0
    letters = "".join(letter for letter, flag in (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL)) if flags & flag)
    for pattern in getattr(recognizer, "patterns", ()):
        yield f"(?{letters}){pattern.regex}" if letters else pattern.regex


def _compile(patterns: Sequence[tuple[int, str]], *, loose: bool) -> tuple[Any, list[int], list[int]]:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    compiled = re2.Set.SearchSet(options)
    places: list[int] = []
    refused: list[int] = []
    for place, pattern in patterns:
        try:
            compiled.Add(superset(pattern, loose=loose))
        except re2.error:
            refused.append(place)
        else:
            places.append(place)
    compiled.Compile()
    return compiled, places, refused


_CLASSES = {"w": r"\pL\pN\pM_", "d": r"\p{Nd}", "s": r"\s\x{85}\x{a0}\pZ"}


def superset(pattern: str, *, loose: bool) -> str:
    """A pattern for RE2 that matches wherever `pattern` does in Python: look-around goes, and loosely word borders too."""
    out: list[str] = []
    at, in_class = 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            out.append(_escape(pattern[at + 1], in_class=in_class, loose=loose))
            at += 2
            continue
        if not in_class and pattern.startswith(("(?=", "(?!", "(?<=", "(?<!"), at):
            at = _closing(pattern, at) + 1
            continue
        if char == "[" and not in_class:
            in_class = True
            lead = re.match(r"\[\^?\]?", pattern[at:])
            out.append(lead.group() if lead else char)
            at += len(out[-1])
            continue
        in_class = in_class and char != "]"
        out.append(char)
        at += 1
    return "".join(out)


def _escape(char: str, *, in_class: bool, loose: bool) -> str:
    if loose and char in "bB" and not in_class:
        return ""
    if loose and char in _CLASSES:
        return _CLASSES[char] if in_class else f"[{_CLASSES[char]}]"
    if loose and char in "WDS" and not in_class:
        return r"(?s:.)"
    return f"\\{char}"


def _closing(pattern: str, start: int) -> int:
    depth, at, in_class = 0, start, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char in "()":
            depth += 1 if char == "(" else -1
            if not depth:
                return at
        at += 1
    return len(pattern) - 1
