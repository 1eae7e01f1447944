"""The names that a model finds, with its known faults corrected."""

from __future__ import annotations

import re
from typing import NamedTuple

_AFTER = re.compile(r"(?:['’]s?|[\s.,;:!?\"“”()\[\]{}<>|\\/*_-])+$")
_BEFORE = re.compile(r"^[\s.,;:!?\"“”()\[\]{}<>|\\/*_'’-]+")
_LINES = re.compile(r"\s*[\r\n\t]|\s{2,}")


class Span(NamedTuple):
    """An entity found in a text: character offsets, end exclusive."""

    start: int
    end: int
    entity: str
    score: float
    named: bool = False
    """Whether a reader has seen words beside it that name it."""


def mended(text: str, span: Span) -> Span | None:
    """The span without the punctuation, white space and possessive around it, and on one line; None where no name is left.

    A model takes digits, codes and words in small letters for names, and carries on into the next line.
    """
    found = text[span.start : span.end]
    lead = _BEFORE.match(found)
    start = span.start + (lead.end() if lead else 0)
    found = text[start : span.end]
    label, colon, rest = found.rpartition(": ")
    if colon:
        start, found = start + len(label) + 2, rest
    line = _LINES.search(found)
    found = _AFTER.sub("", found[: line.start()] if line else found)
    if len(found) < 3 or any(char.isdigit() or char in "@/\\_#<>{}[]" for char in found):
        return None
    return Span(start, start + len(found), span.entity, span.score)
