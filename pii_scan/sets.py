"""Many patterns asked of a text in one RE2 pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import re2

_MEMORY = 1 << 24
"""Bytes that RE2 may use for the states of one set."""


def options(memory: int = 0) -> re2.Options:
    """RE2 without a word on stderr, and with so many bytes for its states; 0 for its own choice."""
    made = re2.Options()
    made.log_errors = False
    if memory:
        made.max_mem = memory
    return made


def compiled(pattern: str, memory: int = 0) -> Any:
    """A pattern ready to be asked; None where RE2 refuses it or has no room for it."""
    try:
        return re2.compile(pattern, options(memory))
    except re2.error:
        return None


class One:
    """One pattern asked of one text after the other: a set of one has no places to work out."""

    def __init__(self, pattern: str, memory: int) -> None:
        try:
            made = _Set([(0, pattern)], memory)
        except re2.error:
            made = None
        self._set = None if made is None or made.refused else made

    def among(self, texts: Iterable[str]) -> Iterator[bool]:
        """Whether the pattern is in each text; it may be in any where RE2 refuses it or has no room for it."""
        if self._set is None:
            return (True for _ in texts)
        return map(bool, map(self._set.hits, map(str.encode, texts)))


class Sets:
    """Sets of a few patterns each: the states of one large set multiply until RE2 has no room for them."""

    def __init__(self, patterns: Iterable[tuple[int, str]], size: int = 16) -> None:
        listed = list(patterns)
        self.refused: list[int] = []
        self._sets = [made for start in range(0, len(listed), size) for made in self._made(listed[start : start + size])]

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
        data = text.encode()
        return [place for one in self._sets for place in one.hits(data)]


class _Set:
    """Patterns that RE2 matches in one pass, and the places they stand for."""

    def __init__(self, patterns: Iterable[tuple[int, str]], memory: int = _MEMORY) -> None:
        self._set = re2.Set.SearchSet(options(memory))
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

    def hits(self, text: bytes) -> list[int]:
        """The places whose patterns are in the text in UTF-8; one may come twice."""
        found = self._set.Match(text)
        if found is None:
            return self._places[1:]
        places = self._places
        return [places[hit] for hit in found if hit] if len(found) > 1 else []
