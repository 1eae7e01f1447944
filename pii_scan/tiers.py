"""Patterns sorted by how they are best asked for: of an outline, of its pieces, or of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pii_scan.factors import DIGIT, EDGE, exact_factors, factors, is_foreign, is_word
from pii_scan.outline import borderless, coarse, unbounded
from pii_scan.runs import LONG, alternatives, needed, reaches_across
from pii_scan.syntax import read

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer


MARKS = "!\"#$%&'()*,:;<=>?@[]{}|~"
BETWEEN = re.compile(f"[{re.escape(MARKS)}]")
"""A mark between the pieces of an outline; of hundreds of patterns a few dozen hold one."""
_IN_CLASS = re.compile(rf"\\?[{re.escape(MARKS)}]")
_NEVER = r"[^\x00-\x{10FFFF}]"
_CLASS = re.compile(r"\[(?:\\.|[^\\\]])*\]")


class Worded(NamedTuple):
    """A pattern that only a text itself can answer for."""

    place: int
    """The place of its recognizer."""
    pattern: str
    flags: int
    """Those of `re`."""
    words: tuple[str, ...] | None
    """Its `factors` for texts in ASCII."""
    abroad: tuple[str, ...] | None
    """Its `factors` for others."""
    exact: tuple[str, ...] | None
    """Its `exact_factors`, where those tell more."""


@dataclass(slots=True)
class Tiers:
    """Patterns by how they are best asked for."""

    pieced: list[tuple[int, str]] = field(default_factory=list)
    """Coarse, and never with a word or a mark of `BETWEEN` inside: asked of the pieces between them."""
    across: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """Coarse, asked of the whole outline; by a mark without which none can match."""
    worded: list[Worded] = field(default_factory=list)
    """Asked of the text itself, where a word of theirs stands in it."""
    abroad: list[Worded] = field(default_factory=list)
    """The same of what no text in ASCII can match."""
    unread: bool = False
    """Whether some of `worded` need no word, so that every text must be asked."""
    shapes: list[str] = field(default_factory=list)
    """What the words of `worded` look like: texts whose projection has none of these are asked for none."""
    own: list[tuple[int, str]] = field(default_factory=list)
    """Coarse, from a recognizer's own `prefilter`, whose word borders are those of ASCII: asked again without them."""

    def add(self, place: int, pattern: str, flags: int, *, own: bool = False) -> None:
        """Sort in a pattern, its alternatives each by itself."""
        for one in alternatives(pattern):
            plain = factors(one, flags, foreign=False)
            if plain and all(map(is_word, plain)):
                self._add_worded(place, one, flags, plain)
            elif plain is not None and not plain:
                self.abroad.append(_worded(place, one, flags, plain))
            elif (wide := coarse(one, flags) if read(one, flags) is not None else None) is None or (
                plain and reaches_across(one, flags) and _tells_more(plain, one, flags)
            ):
                self._add_worded(place, one, flags, plain)
            else:
                self._add_form(place, one, flags, wide, own=own)

    def _add_worded(self, place: int, pattern: str, flags: int, words: frozenset[str] | None) -> None:
        """Sort in a pattern that is asked of the text, where one of its words stands."""
        self.worded.append(_worded(place, pattern, flags, words))
        self.unread = self.unread or words is None
        self.shapes += sorted(set(map(_shape, words or ())).difference(self.shapes))

    def _add_form(self, place: int, pattern: str, flags: int, wide: str, *, own: bool) -> None:
        """Sort in a pattern whose outline tells more than the words in it."""
        if own and wide != borderless(wide):
            self.own.append((place, wide))
        mark = needed(pattern, flags)
        rest, held = _CLASS.sub("", wide), "".join(found[1:-1] for found in _CLASS.findall(wide))
        between = sorted(set(BETWEEN.findall(held)))
        if reaches_across(pattern, flags) or "." in rest or r"\B" in rest or mark in between:
            self.across.setdefault(mark, []).append((place, unbounded(wide)))
            return
        self.pieced.append((place, _CLASS.sub(_narrowed, wide) if between else wide))
        for mark in between:  # a match that holds none of them lies in a piece
            self.across.setdefault(mark, []).append((place, unbounded(wide)))


def _worded(place: int, pattern: str, flags: int, words: frozenset[str] | None) -> Worded:
    abroad = factors(pattern, flags, foreign=True)
    exact = exact_factors(pattern, flags) if abroad and any(map(is_foreign, abroad)) else None
    bare = frozenset(max(word.split(EDGE), key=len) for word in exact or ())
    least = all(is_foreign(word) or is_word(word) for word in bare)
    return Worded(place, pattern, flags, *map(_listed, (words, abroad, bare if bare and least else None)))


def _listed(words: frozenset[str] | None) -> tuple[str, ...] | None:
    return None if words is None else tuple(sorted(words))


def _narrowed(found: re.Match[str]) -> str:
    """A class of marks without those of `BETWEEN`."""
    return f"[{kept}]" if (kept := _IN_CLASS.sub("", found.group()[1:-1])) else _NEVER


def _shape(word: str) -> str:
    """A word's letters made alike; three side by side are enough of it."""
    shape = "".join("a" if mark.isalpha() else mark for mark in word)
    return "aaa" if "aaa" in shape else shape


def _tells_more(words: Iterable[str], pattern: str, flags: int) -> bool:
    """Whether one or two letters tell more of a match than its outline does: of an IBAN they do not."""
    return read(pattern, flags).getwidth()[0] < LONG or not any(DIGIT in word for word in words)


def patterns_of(recognizer: EntityRecognizer) -> Iterable[tuple[str, int]]:
    """The patterns of a recognizer, or its own `prefilter`, each with its flags for `re`."""
    own: str | None = getattr(recognizer, "prefilter", None)
    if own is not None:
        yield own, 0
        return
    flags = getattr(recognizer, "global_regex_flags", 0) or 0
    for pattern in getattr(recognizer, "patterns", ()):
        yield pattern.regex, int(flags)
