"""Finds of the NER model without its known faults, and as the readers of free text know them better."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pii_scan.names import trimmed
from pii_scan.tagger import PIECE, cut

if TYPE_CHECKING:
    from pii_scan.presidio import Span


def mended(readers: Sequence[Any], text: str, found: Iterable[Span]) -> list[Span]:
    """What is left of the finds in a text; readers with `corrected` tell what each is, or that it is none."""
    kept = ((span, inner) for span in found if (inner := trimmed(text, span.start, span.end)))
    exact = [span._replace(start=inner[0], end=inner[1]) for span, inner in kept]
    correcting = [reader.corrected for reader in readers if hasattr(reader, "corrected")]
    known = (_corrected(correcting, start, piece, span) for start, piece, span in _within(text, exact))
    return [span for span in known if span]


def _corrected(correcting: Sequence[Any], start: int, piece: str, found: Span) -> Span | None:
    """A find of the model: of its entity, of another one, or None where a reader knows it to be no name.

    The piece of the text that begins at `start` is what the readers see of it.
    """
    entity = found.entity
    for corrected in correcting:
        if entity:
            entity = corrected(piece, found.start - start, found.end - start, entity)
    return found._replace(entity=entity) if entity else None


def _within(text: str, spans: Sequence[Span]) -> Iterator[tuple[int, str, Span]]:
    """Each span with the piece of the text that it lies in, and where that begins."""
    if len(text) <= PIECE:
        yield from ((0, text, span) for span in spans)
        return
    pieces = list(cut(text)) if spans else []
    begins = [start for start, _ in pieces]
    for span in spans:
        start, piece = pieces[bisect_right(begins, span.start) - 1]
        yield start, piece, span
