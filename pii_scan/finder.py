"""Every span of personal data in a text: what redaction asks for, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

from pii_scan.folding import fold
from pii_scan.model import Catalogue
from pii_scan.prefilter import Prefilter
from pii_scan.presidio import Engine, Span
from pii_scan.spans import Context


class Finder:
    """Finds what the recognizers and the NER model find in texts; a text that cannot be examined gives None."""

    def __init__(self, engine: Engine, catalogue: Catalogue, *, max_cell: int = 1_000_000) -> None:
        self._engine, self._catalogue, self._max_cell = engine, catalogue, max_cell
        self._prefilter = Prefilter(engine.recognizers)
        self._context = Context(catalogue)

    def __call__(self, texts: Sequence[str]) -> list[list[Span] | None]:
        """The spans of each text, in order and without overlap; None for one that is too long or ran out of time."""
        names = self._engine.people_and_places([text if len(text) <= self._max_cell else "" for text in texts])
        return [self._spans(text, found) for text, found in zip(texts, names, strict=True)]

    def _spans(self, text: str, names: Sequence[Span]) -> list[Span] | None:
        if len(text) > self._max_cell:
            return None
        folded = fold(text)
        places = [place for place in self._prefilter.candidates(folded) if self._prefilter.fits(place, folded)]
        found = [span for _, span in self._engine.confirm(folded, places) if self._personal(span)]
        if self._engine.timed_out():
            return None
        named = [span for span in self._engine.mended(text, names) if self._personal(span)]
        # numbers of things stand in the way of what else a number could be, and then go
        standing = self._context.stand(folded, [*found, *self._engine.read(folded), *named], strict=False)
        return [span for span in standing if self._personal(span)]

    def _personal(self, span: Span) -> bool:
        entity = self._catalogue.entities.get(span.entity)
        return entity is not None and entity.kind != "none"
