"""A shape ready to be searched for: by RE2 where that finds the same, else by Presidio's own engine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import regex
from presidio_analyzer import pattern_recognizer

from pii_scan.linear import Linear, Span
from pii_scan.syntax import FLAGS, differs, letters
from pii_scan.together import Texts

_OPEN_COUNT = re.compile(r"\{\s*,")
"""Up to so many: RE2 reads it as it stands."""
_SHORT, _FEW = 64, 1 << 12
"""Characters of a text, and of some together, up to which what was found is remembered until the next ones, or until `forget`."""


_WORD = regex.compile(r"\w")
_LETTER, _OTHER = "_", "`"
"""Stand for a letter beyond ASCII, and for what is none, beside shapes to which they are nothing but that."""
_FOLDED = regex.compile("[\u0130\u0131\u017f\u212a]")
"""Letters beyond ASCII that are one of it where case is left aside."""
_CLASS = re.compile(r"\[[^\]\\^][^\]\\]*\]")
_ASCII_ONLY = re.compile(rf"(?:\\b|\\[.\-/+()*?|{{}}]|{_CLASS.pattern}|\(\?:|[0-9A-Za-z ,/:;<=>@#%&'\"~{{}}()|?*+\-!])*")
"""A shape of ASCII letters, digits, marks and borders: to it all beyond ASCII is a letter or none."""


class _StandIns(dict[int, str]):
    """Maps ASCII to itself, and all else to what stands for it."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = char if char.isascii() else _LETTER if _WORD.match(char) else _OTHER
        return self[code]


_STAND_INS = _StandIns()


class Search:
    """The finds of one shape.

    RE2 takes a time that grows with the text alone and is made ready in a tenth of the time, and in printable ASCII it finds
    what `regex` does: its classes are those of ASCII, and `$` and `.` differ at the ends of lines only.

    Args:
        shape: as Presidio takes it.
        flags: those of `re`.
    """

    __slots__ = ("_ascii_only", "_flags", "_one", "_plain", "_regex", "_shape", "_some")

    def __init__(self, shape: str, flags: int) -> None:
        self._shape, self._flags = shape, flags
        self._plain = _linear(shape, flags)
        self._regex: Any = None
        self._ascii_only = self._plain is not None and _is_ascii_only(shape)
        self._one: tuple[str | None, Sequence[Span]] = (None, ())
        self._some: tuple[Texts | None, Sequence[Sequence[Span] | None]] = (None, ())

    def each(self, texts: Texts) -> Sequence[Sequence[Span] | None]:
        """The `finds` of each of some texts."""
        last, found = self._some
        if last is texts:
            return found
        plain = self._plain
        found = [
            self.finds(text) if plain is None or data is None else plain.finds(data)
            for text, data in zip(texts.every, texts.encoded, strict=True)
        ]
        if texts.size <= _FEW:
            self._some = texts, found
        return found

    def finds(self, text: str) -> Sequence[Span] | None:
        """Where each find in a text begins and ends; None where the search took longer than Presidio gives one."""
        last, found = self._one
        if last is text:
            return found
        seen = text if text.isascii() else self._stood_for(text)
        if self._plain is None or not seen.isascii() or not seen.isprintable():
            return self._slowly(text)
        found = self._plain.finds(seen.encode("ascii"))
        if len(text) <= _SHORT:
            self._one = text, found
        return found

    def forget(self) -> None:
        """Hold no text any more."""
        self._one, self._some = (None, ()), (None, ())

    def _slowly(self, text: str) -> Sequence[Span] | None:
        if self._regex is None:
            self._regex = regex.compile(self._shape, self._flags)
        try:
            return [match.span() for match in self._regex.finditer(text, timeout=pattern_recognizer.REGEX_TIMEOUT_SECONDS)]
        except TimeoutError:
            return None

    def _stood_for(self, text: str) -> str:
        """A text with ASCII for all beyond it, where that is the same to the shape."""
        if not self._ascii_only or (self._flags and _FOLDED.search(text)):
            return text
        return text.translate(_STAND_INS)


@lru_cache(maxsize=4096)
def search(shape: str, flags: int) -> Search:
    """The one `Search` of a shape: several recognizers look for nine digits, and one after the other in the same text."""
    return Search(shape, flags)


def _is_ascii_only(shape: str) -> bool:
    if not shape.isascii() or not _ASCII_ONLY.fullmatch(shape):
        return False
    return not any(re.search(found, char) for found in _CLASS.findall(shape) for char in (_LETTER, _OTHER))


def _linear(shape: str, flags: int) -> Linear | None:
    """The shape for RE2; None where that refuses it or takes it for something else."""
    if flags & ~FLAGS or differs(shape) or _OPEN_COUNT.search(shape):
        return None
    try:
        return Linear(f"(?{letters(flags)}:{shape})" if flags else shape)
    except ValueError:
        return None
