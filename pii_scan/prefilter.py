"""Which recognizers can match which text: one RE2 pass that may say yes too often, never no wrongly."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import re2

from pii_scan.outline import OUTLINES, UNSURE, borderless, coarse
from pii_scan.runs import LETTERS, LONG, WORD, alternatives, is_foreign, needed, reaches_across, spells_words
from pii_scan.syntax import FLAGS, differs, read

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

_MEMORY = 1 << 25
_TOGETHER = 1024
"""Patterns in one set where their states do not multiply: words, and short pieces."""
_REMEMBERED = 64
"""Outlines up to this length are remembered; longer ones seldom come twice."""
_OUTLINES_MOST = 1 << 17
_SENTENCE = re.compile(f"a{{{LETTERS},}}")
_LONG = re.compile(f"[9Aa]{{{LONG}}}")
_WORDY = re.compile(f"[Aa{UNSURE}]{{{WORD}}}")
_AROUND = " \t\r\n.,;:!?\"'()"
_TURKIC = {0x130: "I", 0x131: "i"}
"""Python's `regex` takes these for an `i` where case is left aside, RE2 does not."""
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
    each outline; patterns that spell words are matched against the text. A recognizer without a pattern that RE2 takes and
    understands as Presidio does, without `prefilter` and without `terms`, is a candidate always.
    """

    def __init__(self, recognizers: Sequence[EntityRecognizer]) -> None:
        self._patterns = [tuple(_patterns(recognizer)) for recognizer in recognizers]
        self._likes = [tuple((like, 0) for like in getattr(recognizer, "like", ())) for recognizer in recognizers]
        self._terms: dict[str, tuple[int, ...]] = {}
        for place, recognizer in enumerate(recognizers):
            for term in getattr(recognizer, "terms", ()):
                self._terms[term] = (*self._terms.get(term, ()), place)
        always = {
            place
            for place, recognizer in enumerate(recognizers)
            if any(flags & ~FLAGS or differs(pattern) for pattern, flags in self._patterns[place])
            or not (self._patterns[place] or getattr(recognizer, "terms", ()))
        }
        tiers = _Tiers()
        for place, patterns in enumerate(self._patterns):
            for pattern, flags in patterns if place not in always else ():
                tiers.add(place, pattern, flags, own=hasattr(recognizers[place], "prefilter"))
        self._pieced = (
            _Sets(tiers.pieced, size=_TOGETHER),
            _Sets(((place, borderless(wide)) for place, wide in tiers.pieced), size=_TOGETHER),
        )
        self._across = {
            mark: (_Sets(wide), _Sets((place, borderless(one)) for place, one in wide)) for mark, wide in tiers.across.items()
        }
        self._own = _Sets((place, borderless(wide)) for place, wide in tiers.own)
        self._spelled = _asked(tiers.spelled)
        self._unread = _asked(tiers.unread)
        self._foreign = _Sets(((place, superset(pattern, loose=True)) for place, pattern in tiers.foreign), size=_TOGETHER)
        made = (self._own, self._foreign, *self._pieced, *itertools.chain(*self._across.values()), *self._spelled, *self._unread)
        refused = {place for sets in made for place in sets.refused}
        self._always = tuple(sorted(always | refused))
        self._odd = frozenset(always)
        self._known: dict[str, tuple[tuple[int, ...], bool]] = {}
        self._known_foreign: dict[str, tuple[tuple[int, ...], bool]] = {}
        self._pieces: dict[str, tuple[int, ...]] = {}
        self._shapes: dict[int, tuple[Any, ...]] = {}

    def candidates(self, text: str) -> tuple[int, ...]:
        """Places of the pattern recognizers that could match, sorted."""
        foreign = not text.isascii()
        form = text.translate(OUTLINES)
        known = (self._known_foreign if foreign else self._known).get(form)
        places, wordy = self._learn(form, foreign=foreign) if known is None else known
        if not wordy and not foreign:
            return places
        asked = self._ask(text, foreign=foreign)
        return tuple(sorted({*places, *asked})) if asked else places

    def _ask(self, text: str, *, foreign: bool) -> list[int]:
        """The places of patterns that only the text itself can answer for."""
        hits = [*self._unread[foreign].hits(text), *self._spelled[foreign].hits(text)]
        if foreign:
            hits += self._foreign.hits(text)
            if "ı" in text or "İ" in text:
                hits += self._ask(text.translate(_TURKIC), foreign=True)
        return hits

    def fits(self, place: int, text: str) -> bool:
        """Whether the text has a recognizer's shape, or one on which its `chance` is measured; its check left aside."""
        shapes = self._shapes.get(place)
        if shapes is None:
            tried = (*self._patterns[place], *self._likes[place]) if place not in self._odd else ()
            shapes = self._shapes[place] = tuple(_compiled(pattern, flags) for pattern, flags in tried)
        if not shapes or any(shape is None or shape.search(text) is not None for shape in shapes):
            return True
        return ("ı" in text or "İ" in text) and self.fits(place, text.translate(_TURKIC))

    def terms(self, text: str) -> tuple[int, ...]:
        """Places of the word lists that hold the whole text, whatever its case and the punctuation around it."""
        found = {place for term in {*_terms(text), *_terms(fold(text))} for place in self._terms.get(term, ())}
        return tuple(sorted(found))

    def _learn(self, form: str, *, foreign: bool) -> tuple[tuple[int, ...], bool]:
        """The places for an outline that is not remembered. A sentence is asked piece by piece, since few pieces are new."""
        unsure = UNSURE in form
        hits = {*self._always, *(self._own.hits(form) if foreign else ())}
        for mark, sets in self._across.items():
            if mark in form if mark != "long" else _LONG.search(form):
                hits.update(sets[unsure].hits(form))
        for piece in _pieces(form):
            found = self._pieces.get(piece)
            if found is None:
                found = tuple(self._pieced[unsure].hits(piece))
                self._remember(self._pieces, piece, found)
            hits.update(found)
        known = tuple(sorted(hits)), not self._unread[0].empty or _WORDY.search(form) is not None
        self._remember(self._known_foreign if foreign else self._known, form, known)
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
    word, last = "a" * (LETTERS + 1), len(cut) - 1
    return {f"{word if at else ''}{piece}{word if at < last else ''}" for at, piece in enumerate(cut)}


def _asked(patterns: Sequence[tuple[int, str]]) -> tuple[_Sets, _Sets]:
    """Patterns to be asked of texts in ASCII, and of all others."""
    strict, loose = (
        _Sets(((place, uncounted(superset(pattern, loose=loose))) for place, pattern in patterns), size=_TOGETHER)
        for loose in (False, True)
    )
    return strict, loose


def _terms(text: str) -> set[str]:
    """How a text may stand on a list of whole cells."""
    known = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return {text.strip().casefold(), known.strip(), known.strip(_AROUND)}


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
        self.unread: list[tuple[int, str]] = []
        """Asked of every text itself: what they need cannot be told."""
        self.own: list[tuple[int, str]] = []
        """Coarse, from a recognizer's own `prefilter`, whose word borders are those of ASCII: asked again without them."""

    def add(self, place: int, pattern: str, flags: int, *, own: bool = False) -> None:
        """Sort in a pattern, its alternatives each by itself."""
        words: list[str] = []
        foreign: list[str] = []
        unread: list[str] = []
        for one in alternatives(pattern):
            wide = coarse(one, flags) if read(one, flags) is not None else None
            if wide is None:
                unread.append(one)
            elif spells_words(one, flags):
                words.append(one)
            elif is_foreign(one, flags):
                foreign.append(one)
            else:
                reaches = reaches_across(one, flags)
                if own and wide != borderless(wide):
                    self.own.append((place, wide))
                (self.across.setdefault(needed(one, flags), []) if reaches else self.pieced).append((place, wide))
        for spelled, tier in ((words, self.spelled), (foreign, self.foreign), (unread, self.unread)):
            if spelled:
                lead = f"(?{_letters(flags)})" if flags else ""
                tier.append((place, lead + "|".join(f"(?:{word})" for word in spelled)))


class _Sets:
    """Sets of a few patterns each: the states of one large set multiply until RE2 has no room for them."""

    def __init__(self, patterns: Iterable[tuple[int, str]], size: int = 16) -> None:
        listed = list(patterns)
        self.refused: list[int] = []
        self._sets = [made for start in range(0, len(listed), size) for made in self._made(listed[start : start + size])]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to ask for."""
        return not self._sets

    def _made(self, patterns: Sequence[tuple[int, str]]) -> Iterable[_Set]:
        """One set, or as many as it takes for RE2 to have room; what it has no room for at all is refused."""
        try:
            made = _Set(patterns)
        except re2.error:
            if len(patterns) == 1:
                self.refused.append(patterns[0][0])
                return
            half = len(patterns) // 2
            yield from self._made(patterns[:half])
            yield from self._made(patterns[half:])
        else:
            self.refused += made.refused
            yield made

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


_BLANK = r"\s\x0b\x1c-\x1f"
_CLASSES = {
    "w": r"0-9A-Za-z_\x{80}-\x{10ffff}",
    "d": r"\p{Nd}\x{10000}-\x{10ffff}",
    "s": _BLANK + r"\x{85}\x{a0}\pZ",
}
"""What Python means by them, and no less: RE2's are ASCII, and its tables are older than those of `regex`."""
_LEAD = re.compile(r"\[\^?\]?")


def superset(pattern: str, *, loose: bool) -> str:
    """A pattern for RE2 that matches wherever `pattern` does in Python: look-around goes, and loosely word borders too.

    Not loosely it holds for texts in ASCII only.
    """
    out: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            out.append(_escape(pattern[at + 1], loose=loose))
            at += 2
        elif pattern.startswith(("(?=", "(?!", "(?<=", "(?<!"), at):
            at = _closing(pattern, at) + 1
        elif char == "[":
            end = _class_end(pattern, at)
            out.append(_wider(pattern[at:end], loose=loose))
            at = end
        else:
            out.append("(?m:$)" if char == "$" else char)
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


_COUNT = re.compile(r"\{(?!\})([0-9]*)(?:,[0-9]*)?\}[?+]?")


def _escape(char: str, *, loose: bool) -> str:
    """What stands for an escape outside of a class."""
    if char in "sdw" and (loose or char == "s"):
        return f"[{_CLASSES[char] if loose else _BLANK}]"
    if loose and char in "bB":
        return ""
    if loose and char in "WDS":
        return "(?s:.)"
    return r"\z" if char == "Z" else f"\\{char}"


def _class_end(pattern: str, start: int) -> int:
    """Where the class that opens there ends."""
    at = start + len(_LEAD.match(pattern, start).group())  # type: ignore[union-attr]  # it begins with a bracket
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _wider(found: str, *, loose: bool) -> str:
    """A class that holds no less than the given one does in Python."""
    escapes = set(re.findall(r"\\(.)", found, re.DOTALL))
    if found.startswith("[^"):
        # what is taken away must not be more than Python takes away; RE2's own `\w`, `\d` and `\s` are less
        least = next((char.lower() for char in "WDS" if char in escapes), "")
        return f"[{_CLASSES[least]}]" if least and (loose or least == "s") else found
    wanted = "sdw" if loose else "s"
    return re.sub(
        r"\\(.)",
        lambda one: (_CLASSES[one[1]] if loose else _BLANK) if one[1] in wanted else one[0],
        found,
        flags=re.DOTALL,
    )


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
