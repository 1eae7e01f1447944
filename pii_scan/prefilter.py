"""Which recognizers can match which text: one RE2 pass that may say yes too often, never no wrongly."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import re2

from pii_scan.outline import OUTLINES, UNSURE, borderless, coarse
from pii_scan.runs import LETTERS, LONG, WORD, alternatives, is_foreign, needed, reaches_across, spells_words

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

_MEMORY = 1 << 26
_TOGETHER = 1024
"""Patterns in one set where their states do not multiply: words, and short pieces."""
_REMEMBERED = 64
"""Outlines up to this length are remembered; longer ones seldom come twice."""
_OUTLINES_MOST = 1 << 17
_SENTENCE = re.compile(f"a{{{LETTERS},}}")
_LONG = re.compile(f"[9Aa]{{{LONG}}}")
_WORDY = re.compile(f"[Aa{UNSURE}]{{{WORD}}}")
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
        self._likes = [tuple((like, 0) for like in getattr(recognizer, "like", ())) for recognizer in recognizers]
        self._terms: dict[str, tuple[int, ...]] = {}
        for place, recognizer in enumerate(recognizers):
            for term in getattr(recognizer, "terms", ()):
                self._terms[term] = (*self._terms.get(term, ()), place)
        tiers = _Tiers()
        for place, patterns in enumerate(self._patterns):
            for pattern, flags in patterns:
                tiers.add(place, pattern, flags)
        always = {
            place
            for place, recognizer in enumerate(recognizers)
            if not self._patterns[place] and not getattr(recognizer, "terms", ())
        }
        self._pieced = (
            _Sets(tiers.pieced, size=_TOGETHER),
            _Sets(((place, borderless(wide)) for place, wide in tiers.pieced), size=_TOGETHER),
        )
        self._across = {
            mark: (_Sets(wide), _Sets((place, borderless(one)) for place, one in wide)) for mark, wide in tiers.across.items()
        }
        self._spelled = (
            _Sets(((place, uncounted(superset(pattern, loose=True))) for place, pattern in tiers.spelled), size=_TOGETHER),
            _Sets(((place, uncounted(superset(pattern, loose=False))) for place, pattern in tiers.spelled), size=_TOGETHER),
        )
        self._foreign = _Sets(((place, superset(pattern, loose=True)) for place, pattern in tiers.foreign), size=_TOGETHER)
        made = (self._foreign, *self._pieced, *itertools.chain(*self._across.values()), *self._spelled)
        refused = {place for sets in made for place in sets.refused}
        self._always = tuple(sorted(always | refused))
        self._known: dict[str, tuple[tuple[int, ...], bool]] = {}
        self._pieces: dict[str, tuple[int, ...]] = {}
        self._shapes: dict[int, tuple[Any, ...]] = {}

    def candidates(self, text: str) -> tuple[int, ...]:
        """Places of the pattern recognizers that could match, sorted."""
        form = text.translate(OUTLINES)
        known = self._known.get(form)
        places, wordy = self._learn(form) if known is None else known
        foreign = not text.isascii()
        if not wordy and not foreign:
            return places
        spelled = [*self._foreign.hits(text), *self._spelled[0].hits(text)] if foreign else self._spelled[1].hits(text)
        return tuple(sorted({*places, *spelled})) if spelled else places

    def fits(self, place: int, text: str) -> bool:
        """Whether the text has a recognizer's shape, or one on which its `chance` is measured; its check left aside."""
        shapes = self._shapes.get(place)
        if shapes is None:
            tried = (*self._patterns[place], *self._likes[place])
            shapes = self._shapes[place] = tuple(_compiled(pattern, flags) for pattern, flags in tried)
        return not shapes or any(shape is None or shape.search(text) is not None for shape in shapes)

    def terms(self, text: str) -> tuple[int, ...]:
        """Places of the word lists that hold the whole text."""
        return self._terms.get(text.strip(" \t\r\n.,;:!?\"'()").casefold(), ())

    def _learn(self, form: str) -> tuple[tuple[int, ...], bool]:
        """The places for an outline that is not remembered. A sentence is asked piece by piece, since few pieces are new."""
        unsure = UNSURE in form
        hits = set(self._always)
        for mark, sets in self._across.items():
            if mark in form if mark != "long" else _LONG.search(form):
                hits.update(sets[unsure].hits(form))
        for piece in _pieces(form):
            found = self._pieces.get(piece)
            if found is None:
                found = tuple(self._pieced[unsure].hits(piece))
                self._remember(self._pieces, piece, found)
            hits.update(found)
        known = tuple(sorted(hits)), _WORDY.search(form) is not None
        self._remember(self._known, form, known)
        return known

    @staticmethod
    def _remember(into: dict[str, Any], form: str, known: object) -> None:
        if len(form) <= _REMEMBERED:
            if len(into) >= _OUTLINES_MOST:
                into.clear()
            into[form] = known


def _pieces(form: str) -> Iterable[str]:
    """An outline cut at its words; each piece keeps enough of them on both sides for a match to lie inside it."""
    cut = _SENTENCE.split(form)
    if len(cut) == 1:
        return (form,)
    word, last = "a" * LETTERS, len(cut) - 1
    return {f"{word if at else ''}{piece}{word if at < last else ''}" for at, piece in enumerate(cut)}


class _Tiers:
    """Patterns by how they are best asked for."""

    def __init__(self) -> None:
        self.pieced: list[tuple[int, str]] = []
        """Coarse, and never with a word inside: asked of the pieces between the words."""
        self.across: dict[str, list[tuple[int, str]]] = {}
        """Coarse, asked of the whole outline; by a mark without which none can match."""
        self.spelled: list[tuple[int, str]] = []
        """Asked of the text itself, where it has letters side by side."""
        self.foreign: list[tuple[int, str]] = []
        """Asked of the text itself, where it is not ASCII."""

    def add(self, place: int, pattern: str, flags: int) -> None:
        """Sort in a pattern, its alternatives each by itself."""
        words: list[str] = []
        foreign: list[str] = []
        for one in alternatives(pattern):
            wide = coarse(one, flags)
            if wide is None or spells_words(one, flags):
                words.append(one)
            elif is_foreign(one, flags):
                foreign.append(one)
            else:
                reaches = reaches_across(one, flags)
                (self.across.setdefault(needed(one, flags), []) if reaches else self.pieced).append((place, wide))
        for spelled, tier in ((words, self.spelled), (foreign, self.foreign)):
            if spelled:
                lead = f"(?{_letters(flags)})" if flags else ""
                tier.append((place, lead + "|".join(f"(?:{word})" for word in spelled)))


class _Sets:
    """Sets of a few patterns each: the states of one large set multiply until RE2 has no room for them."""

    def __init__(self, patterns: Iterable[tuple[int, str]], size: int = 16) -> None:
        listed = list(patterns)
        self._sets = [_Set(listed[start : start + size]) for start in range(0, len(listed), size)]
        self.refused = [place for one in self._sets for place in one.refused]

    def hits(self, text: str) -> Iterable[int]:
        """The places whose patterns are in the text; one may come twice."""
        return [place for one in self._sets for place in one.hits(text)]


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


def uncounted(pattern: str) -> str:
    """A superset of a pattern that does not count: `x{2,5}` is `x+`. Counting beside words costs RE2 its memory."""
    out: list[str] = []
    at, in_class = 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            braced = re.match(r"\\[pPx]\{[^}]*\}", pattern[at:])
            out.append(braced.group() if braced else pattern[at : at + 2])
            at += len(out[-1])
            continue
        count = None if in_class else _COUNT.match(pattern, at)
        if count:
            out.append("*" if int(count.group(1) or 0) == 0 else "+")
            at = count.end()
            continue
        if not in_class and char == "[":
            lead = re.match(r"\[\^?\]?", pattern[at:])
            out.append(lead.group() if lead else char)
            at += len(out[-1])
            in_class = True
            continue
        in_class = in_class and char != "]"
        out.append(char)
        at += 1
    return "".join(out)


_COUNT = re.compile(r"\{([0-9]*)(?:,[0-9]*)?\}[?+]?")


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
