"""Street addresses: a find in a cell that is all address takes in the city, the postal code and the floor around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import regex as re

from pii_scan.model import Piece
from pii_scan.recognizers.identifier import Found, IdentifierRecognizer, Told

if TYPE_CHECKING:
    from presidio_analyzer import RecognizerResult
    from presidio_analyzer.nlp_engine import NlpArtifacts

LONGEST = 140
"""Letters of a cell beyond which it is more than an address."""
PLAIN = 2
"""Words in small letters that may stand around the street: `de`, `near`."""
_AROUND = " \t\r\n\"'.,;"
_SMALL = re.compile(r"(?<![\p{L}\p{M}\p{N}])\p{Ll}{2,}")
_SENTENCE = re.compile(r"[!?]|\p{Ll}{3,}\.\s+\p{L}")


class AddressRecognizer(IdentifierRecognizer):
    """Finds streets as its row says, and widens a find to the whole cell where the rest reads as parts of an address."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,
        regex_flags: int | None = None,
    ) -> list[RecognizerResult]:
        """The finds in a text; one that spans it, if all of it is one address."""
        found: list[RecognizerResult] = super().analyze(text, entities, nlp_artifacts, regex_flags)
        whole = _whole(text, [(one.start, one.end) for one in found])
        if not whole:
            return found
        first = min(found, key=lambda one: one.start)
        first.start, first.end = whole
        return [first]

    def _told(self, text: str, piece: Piece | None, found: Sequence[Found]) -> Told:
        piece, spans = super()._told(text, piece, found)
        whole = _whole(text, [(start, end) for start, end, _ in spans])
        return (whole, [(*whole, spans[0][2])]) if whole else (piece, spans)


def _whole(text: str, found: Sequence[Piece]) -> Piece | None:
    """The text without what surrounds it, where it is all one address."""
    if not found or len(text) > LONGEST or _SENTENCE.search(text):
        return None
    rest = text[: min(start for start, _ in found)] + " " + text[max(end for _, end in found) :]
    if len(_SMALL.findall(rest)) > PLAIN:
        return None
    return len(text) - len(text.lstrip(_AROUND)), len(text.rstrip(_AROUND))
