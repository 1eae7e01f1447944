"""The names that a model finds, trimmed of what it takes along by mistake."""

from __future__ import annotations

import re

_AFTER = re.compile(r"(?:['’]s?|[\s.,;:!?\"“”()\[\]{}<>|\\/*_-])+$")
_BEFORE = re.compile(r"^[\s.,;:!?\"“”()\[\]{}<>|\\/*_'’-]+")
_LINES = re.compile(r"\s*[\r\n\t]|\s{2,}")
_NEVER = frozenset("@/\\_#<>{}[]")


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where a name lies without the label, punctuation and possessive around it, on one line; None where none is left.

    A model takes digits and codes for names, and carries on into the next line.
    """
    found = text[start:end]
    lead = _BEFORE.match(found)
    start += lead.end() if lead else 0
    label, colon, rest = text[start:end].rpartition(": ")
    if colon:
        start += len(label) + len(colon)
    line = _LINES.search(rest)
    found = _AFTER.sub("", rest[: line.start()] if line else rest)
    if len(found) < 3 or any(char.isdigit() or char in _NEVER for char in found):
        return None
    return start, start + len(found)
