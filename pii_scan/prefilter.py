"""Which recognizers can match which text: one RE2 pass that may say yes too often, never no wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import re2

from pii_scan.outline import OUTLINES, UNSURE, borderless, coarse

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

_MEMORY = 1 << 28
_REMEMBERED = 64
"""Outlines up to this length are remembered; longer ones seldom come twice."""
_OUTLINES_MOST = 1 << 17
_WORDY = re.compile(f"[Aa{UNSURE}]{{3}}")
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
    """Answers, for a folded text, the places of the recognizers that could find something in it.

    Patterns made of digits, single letters and punctuation are matched, made coarse, against the outline of the text, once for
    each outline; patterns that spell words are matched against the text. A recognizer without a pattern that RE2 takes,
    without `prefilter` and without `terms`, is a candidate always.
    """

    def __init__(self, recognizers: Sequence[EntityRecognizer]) -> None:
        self._patterns = [tuple(_patterns(recognizer)) for recognizer in recognizers]
        self._terms: dict[str, tuple[int, ...]] = {}
        for place, recognizer in enumerate(recognizers):
            for term in getattr(recognizer, "terms", ()):
                self._terms[term] = (*self._terms.get(term, ()), place)
        outlined: list[tuple[int, str]] = []
        spelled: list[tuple[int, str]] = []
        for place, patterns in enumerate(self._patterns):
            for pattern, flags in patterns:
                wide = coarse(pattern, flags)
                if wide is None:
                    spelled.append((place, pattern if not flags else f"(?{_letters(flags)}){pattern}"))
                else:
                    outlined.append((place, wide))
        always = {
            place
            for place, recognizer in enumerate(recognizers)
            if not self._patterns[place] and not getattr(recognizer, "terms", ())
        }
        self._outlines = _Set(outlined)
        self._unsure = _Set([(place, borderless(wide)) for place, wide in outlined])
        self._ascii = _Set([(place, superset(pattern, loose=False)) for place, pattern in spelled])
        self._other = _Set([(place, superset(pattern, loose=True)) for place, pattern in spelled])
        self._always = tuple(sorted({*always, *self._outlines.refused, *self._ascii.refused, *self._other.refused}))
        self._known: dict[str, tuple[tuple[int, ...], bool]] = {}
        self._shapes: dict[int, tuple[Any, ...]] = {}

    def candidates(self, text: str) -> tuple[int, ...]:
        """Places of the pattern recognizers that could match, sorted."""
        form = text.translate(OUTLINES)
        known = self._known.get(form)
        if known is None:
            known = self._learn(form)
        places, wordy = known
        if not wordy:
            return places
        spelled = (self._ascii if text.isascii() else self._other).hits(text)
        return tuple(sorted({*places, *spelled})) if spelled else places

    def fits(self, place: int, text: str) -> bool:
        """Whether the text has the very shape of a recognizer, its check left aside."""
        shapes = self._shapes.get(place)
        if shapes is None:
            shapes = self._shapes[place] = tuple(_compiled(pattern, flags) for pattern, flags in self._patterns[place])
        return not shapes or any(shape is None or shape.search(text) is not None for shape in shapes)

    def terms(self, text: str) -> tuple[int, ...]:
        """Places of the word lists that hold the whole text."""
        return self._terms.get(text.strip(" \t\r\n.,;:!?\"'()").casefold(), ())

    def _learn(self, form: str) -> tuple[tuple[int, ...], bool]:
        hits = (self._unsure if UNSURE in form else self._outlines).hits(form)
        places = tuple(sorted({*hits, *self._always})) if hits else self._always
        known = places, _WORDY.search(form) is not None
        if len(form) <= _REMEMBERED:
            if len(self._known) >= _OUTLINES_MOST:
                self._known.clear()
            self._known[form] = known
        return known


class _Set:
    """Patterns that RE2 matches in one pass, and the places they stand for."""

    def __init__(self, patterns: Iterable[tuple[int, str]]) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        self._set.Add("")  # always there: without it RE2 ran out of memory, and anything may match
        self._places: list[int] = [-1]
        self.refused: list[int] = []
        for place, pattern in patterns:
            try:
                self._set.Add(pattern)
            except re2.error:
                self.refused.append(place)
            else:
                self._places.append(place)
        self._set.Compile()

    def hits(self, text: str) -> list[int]:
        """The places whose patterns are in the text; one may come twice."""
        found = self._set.Match(text)
        if found is None:
            return self._places[1:]
        places = self._places
        return [places[hit] for hit in found if hit] if len(found) > 1 else []


def _patterns(recognizer: EntityRecognizer) -> Iterable[tuple[str, int]]:
    own: str | None = getattr(recognizer, "prefilter", None)
    if own is not None:
        yield own, 0
        return
    flags = getattr(recognizer, "global_regex_flags", 0) or 0
    for pattern in getattr(recognizer, "patterns", ()):
        yield pattern.regex, flags & (re.IGNORECASE | re.MULTILINE | re.DOTALL)


def _letters(flags: int) -> str:
    known = (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL))
    return "".join(letter for letter, flag in known if flags & flag)


def _compiled(pattern: str, flags: int) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(superset(f"(?{_letters(flags)}){pattern}" if flags else pattern, loose=True), options)
    except re2.error:
        return None


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
