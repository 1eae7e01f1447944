"""Every span of personal data in a text: what redaction asks for, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from pii_scan.folding import fold
from pii_scan.model import Catalogue
from pii_scan.prefilter import Prefilter
from pii_scan.presidio import Engine, Span
from pii_scan.sorting import Sorter
from pii_scan.spans import Context


class Finder:
    """Finds what the recognizers and the NER model find in texts; a text that cannot be examined gives None."""

    def __init__(self, engine: Engine, catalogue: Catalogue, *, max_cell: int = 1_000_000) -> None:
        self._engine, self._catalogue, self._max_cell = engine, catalogue, max_cell
        self._prefilter = Prefilter(engine.recognizers)
        self._sorted = Sorter(self._prefilter)
        self._context = Context(catalogue)

    def __call__(self, texts: Sequence[str]) -> list[list[Span] | None]:
        """The spans of each text, in order and without overlap; None for one that is too long or ran out of time."""
        seen = [text if len(text) <= self._max_cell else "" for text in texts]
        names, folded = self._engine.people_and_places(seen), [fold(text) for text in seen]
        each = zip(texts, folded, names, self._candidates(folded), strict=True)
        try:
            return [self._spans(*one) if len(one[0]) <= self._max_cell else None for one in each]
        finally:
            self._engine.forget()

    def _candidates(self, texts: Sequence[str]) -> list[Sequence[int]]:
        """For each text the recognizers that could find something in it: all texts are asked about together."""
        ids, sorts = self._sorted(pa.array(texts, pa.string()))
        return [sorts[number] for number in ids.tolist()]

    def _spans(self, text: str, folded: str, names: Sequence[Span], candidates: Sequence[int]) -> list[Span] | None:
        places = [place for place in candidates if self._prefilter.fits(place, folded)]
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
