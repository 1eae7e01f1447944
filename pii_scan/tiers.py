"""Patterns sorted by how they are best asked for: of an outline, of its pieces, or of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pii_scan.factors import factors, is_plain, is_word
from pii_scan.outline import borderless, coarse
from pii_scan.runs import LONG, alternatives, needed, reaches_across
from pii_scan.syntax import read

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer


class Tiers:
    """Patterns by how they are best asked for."""

    def __init__(self) -> None:
        self.pieced: list[tuple[int, str]] = []
        """Coarse, and never with a word inside: asked of the pieces between the words."""
        self.across: dict[str, list[tuple[int, str]]] = {}
        """Coarse, asked of the whole outline; by a mark without which none can match."""
        self.spelled: list[tuple[int, str]] = []
        """Asked of the text itself, where a word of theirs stands in it."""
        self.plain: list[tuple[int, str]] = []
        """The same of patterns that are words and nothing else: their states do not multiply with those of others."""
        self.foreign: list[tuple[int, str]] = []
        """Asked of the text itself, where it is not ASCII."""
        self.unread: list[tuple[int, str]] = []
        """Asked of every text itself: what they need cannot be told."""
        self.worded: list[tuple[str, int]] = []
        """The alternatives in `plain`, `spelled` and `unread`, each with its flags: what a text needs to be asked at all."""
        self.abroad: list[tuple[str, int]] = []
        """The same of `foreign`."""
        self.own: list[tuple[int, str]] = []
        """Coarse, from a recognizer's own `prefilter`, whose word borders are those of ASCII: asked again without them."""

    def add(self, place: int, pattern: str, flags: int, *, own: bool = False) -> None:
        """Sort in a pattern, its alternatives each by itself."""
        words: list[str] = []
        foreign: list[str] = []
        unread: list[str] = []
        for one in alternatives(pattern):
            plain = factors(one, flags, foreign=False)
            if plain and all(map(is_word, plain)):
                words.append(one)
            elif plain is not None and not plain:
                foreign.append(one)
            elif (wide := coarse(one, flags) if read(one, flags) is not None else None) is None:
                unread.append(one)
            elif plain and _short(one, flags) and reaches_across(one, flags):
                words.append(one)
            else:
                self._add_form(place, one, flags, wide, own=own)
        self.worded += [(one, flags) for one in (*words, *unread)]
        self.abroad += [(one, flags) for one in foreign]
        plain_words = [word for word in words if is_plain(word)]
        others = [word for word in words if not is_plain(word)]
        for spelled, tier in ((plain_words, self.plain), (others, self.spelled), (foreign, self.foreign), (unread, self.unread)):
            if spelled:
                lead = f"(?{letters(flags)})" if flags else ""
                tier.append((place, lead + "|".join(f"(?:{word})" for word in spelled)))

    def _add_form(self, place: int, pattern: str, flags: int, wide: str, *, own: bool) -> None:
        """Sort in a pattern whose outline tells more than the words in it."""
        if own and wide != borderless(wide):
            self.own.append((place, wide))
        reaches = reaches_across(pattern, flags)
        (self.across.setdefault(needed(pattern, flags), []) if reaches else self.pieced).append((place, wide))


def _short(pattern: str, flags: int) -> bool:
    """Whether one or two letters tell more of a match than its outline does: of an IBAN they do not."""
    return bool(read(pattern, flags).getwidth()[0] < LONG)


def patterns_of(recognizer: EntityRecognizer) -> Iterable[tuple[str, int]]:
    """The patterns of a recognizer, or its own `prefilter`, each with its flags for `re`."""
    own: str | None = getattr(recognizer, "prefilter", None)
    if own is not None:
        yield own, 0
        return
    flags = getattr(recognizer, "global_regex_flags", 0) or 0
    for pattern in getattr(recognizer, "patterns", ()):
        yield pattern.regex, int(flags)


def letters(flags: int) -> str:
    """Flags as they are written inside a pattern."""
    known = (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL))
    return "".join(letter for letter, flag in known if flags & flag)
