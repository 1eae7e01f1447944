"""The sentences of a column on their way to the readers and the NER model, and what these saw. No text outlives its batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pii_scan.model import Tally
from pii_scan.strata import Watch, counted, is_prose

KNOWN = 1 << 18
"""Distinct sentences of a column and unit that are remembered, by a number each, so that none is read twice."""
_SHARE = 4
"""A column whose texts are sentences in one of so many cases at least is read."""


@dataclass(slots=True)
class Reading(Watch):
    """A column path while a unit is read, with what the readers and the model found in its sentences."""

    read: int = 0
    """Distinct sentences that were read."""
    read_cells: int = 0
    hits: dict[str, list[int]] = field(default_factory=dict)
    """By entity: distinct sentences and cells that name one."""
    known: set[int] = field(default_factory=set, repr=False)

    def wants(self, most: int | None) -> bool:
        """Whether sentences are still to be read, where so many are at the most (None for all)."""
        if self.texture.prose * _SHARE < self.texture.texts or not self.prose_cells:
            return False
        return most is None or self.read + len(self.prose) < most

    def collect(self, texts: Iterable[tuple[str, int]], most: int | None) -> None:
        """Take the sentences among some texts with their counts, each once in a unit."""
        for text, count in texts:
            if most is not None and self.read + len(self.prose) >= most:
                return
            if is_prose(text) and (number := hash(text)) not in self.known:
                if len(self.known) < KNOWN:
                    self.known.add(number)
                self.prose[text] = self.prose.get(text, 0) + count

    def saw(self, cells: int, entities: Iterable[str]) -> None:
        """One sentence was read, and these were found in it."""
        self.read += 1
        self.read_cells += cells
        for entity in entities:
            counted(self.hits, entity, cells)

    def found(self) -> Mapping[str, Tally]:
        """What was found, projected to all sentences of the column."""
        prose = round(self.texture.prose / max(1, self.texture.texts) * (self.cells - self.nulls))
        scale = prose / max(1, self.read_cells)
        return {
            entity: Tally(round(cells * scale), self.read, distinct, 0, round(cells * scale))
            for entity, (distinct, cells) in sorted(self.hits.items())
        }
