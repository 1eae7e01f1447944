"""RE2 asked without its wrapper for Python, which takes longer to make an object of a find than RE2 takes to find it."""

from __future__ import annotations

from typing import Any

import re2
from re2 import _re2

Span = tuple[int, int]
"""Begin and end."""
_ANYWHERE, _WHOLE = _re2.RE2.Anchor.UNANCHORED, _re2.RE2.Anchor.ANCHOR_BOTH
_NOWHERE = (-1, -1)
_ENDS = (b"a", b"-")
"""What may stand before the end of a text in printable ASCII, as far as a word's border is concerned."""


class Linear:
    """A pattern made ready. Its time grows with the text alone.

    Args:
        pattern: in RE2 syntax.
        memory: bytes that its states may use; 0 for RE2's own choice.

    Raises:
        ValueError: RE2 refuses the pattern, or has no room for it.
    """

    __slots__ = ("_ends", "_match")

    def __init__(self, pattern: str, memory: int = 0) -> None:
        options = re2.Options()
        options.log_errors = False
        options.never_capture = True
        if memory:
            options.max_mem = memory
        made = _re2.RE2(pattern.encode(), options)
        if not made.ok():
            raise ValueError("RE2 refuses a pattern")
        self._match: Any = made.Match
        self._ends: bool | None = None

    def finds(self, text: bytes) -> list[Span]:
        """Where each find in printable ASCII begins and ends."""
        match, end = self._match, len(text)
        found: list[Span] = []
        span = match(_ANYWHERE, text, 0, end)[0]
        while span != _NOWHERE:
            found.append(span)
            at = span[1] if span[1] > span[0] else span[1] + 1
            if at > end or (at == end and not self._finds_nothing()):
                break
            span = match(_ANYWHERE, text, at, end)[0]
        return found

    def search(self, text: str) -> Span | None:
        """The first find in a text."""
        return self._first(_ANYWHERE, text)

    def fullmatch(self, text: str) -> Span | None:
        """A find that is the whole of a text."""
        return self._first(_WHOLE, text)

    def _first(self, anchor: Any, text: str) -> Span | None:
        encoded = text.encode()
        start, end = self._match(anchor, encoded, 0, len(encoded))[0]
        if start < 0:
            return None
        if len(encoded) == len(text):
            return start, end
        before = len(encoded[:start].decode())
        return before, before + len(encoded[start:end].decode())

    def _finds_nothing(self) -> bool:
        """Whether it may have a find without length at the end of a text; asked when the first find reaches one."""
        if self._ends is None:
            self._ends = any(self._match(_ANYWHERE, text, 1, 1)[0] != _NOWHERE for text in _ENDS)
        return self._ends
