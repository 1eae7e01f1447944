"""The sentences of a column on their way to the readers and the NER model, and what these saw. No text outlives its batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pii_scan.model import Tally
from pii_scan.repeats import Counts
from pii_scan.strata import Watch, is_prose

KNOWN = 1 << 18
"""Distinct sentences of a column and unit that are remembered, by a number each, so that none is read twice."""
_SHARE = 4
"""A column whose texts are sentences in one of so many cases at least is read."""
_MOSTLY = 2
"""Where one in so many is a sentence, other texts of some words (`Contact: Ada Lovelace`) are read as well."""
_WORDS = 3
_CLASSES = 32
_NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True)
class Reading(Watch):
    """A column path while a unit is read, with what the readers and the model found in its sentences.

    Sentences that come often are looked at before those that come once, so each is projected to the texts that come about as
    often in a batch: once, twice or three times, four to seven times ...
    """

    read: int = 0
    """Distinct sentences that were read."""
    hits: dict[str, int] = field(default_factory=dict)
    """By entity: distinct sentences that name one."""
    known: dict[int, frozenset[str]] = field(default_factory=dict, repr=False)
    """What was found in each sentence that was read, and nothing yet in those that wait."""
    waiting: dict[str, Counter[int]] = field(default_factory=dict, repr=False)
    """Sentences to be read, with their cells by how often they come."""
    _cells: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(_CLASSES, np.int64))
    """Cells of all texts, by how often they come."""
    _looked: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(_CLASSES, np.int64))
    """Those of texts that were looked at, be they sentences or not."""
    _hit: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    """By entity: those of sentences that name one."""

    @property
    def is_read(self) -> bool:
        """Whether enough of its texts are sentences."""
        return self.texture.prose * _SHARE >= self.texture.texts and self.prose_cells > 0

    def wants(self, most: int | None) -> bool:
        """Whether sentences are still to be read, where so many are at the most (None for all)."""
        return most is None or self.read + len(self.waiting) < most

    def come(self, counts: Counts) -> None:
        """So often the texts of a batch come."""
        if len(counts) and counts.max() == 1:
            self._cells[0] += len(counts)
        else:
            classes = np.minimum(np.frexp(counts)[1] - 1, _CLASSES - 1)
            self._cells += np.bincount(classes, counts, _CLASSES).astype(np.int64)

    def collect(self, texts: Iterable[tuple[str, int]], most: int | None) -> None:
        """Take the sentences among some texts with their counts, each once in a unit."""
        mostly = self.texture.prose * _MOSTLY >= self.texture.texts
        for text, count in texts:
            if not self.wants(most):
                return
            often = min(count.bit_length(), _CLASSES) - 1
            self._looked[often] += count
            if not (is_prose(text) or (mostly and len(text.split()) >= _WORDS)):
                continue
            number = hash(text)
            if text in self.waiting:
                self.waiting[text][often] += count
            elif number in self.known:
                self._named(self.known[number], often, count)
            else:
                if len(self.known) < KNOWN:
                    self.known[number] = _NOTHING
                self.waiting[text] = Counter({often: count})

    def saw(self, text: str, entities: Iterable[str]) -> None:
        """A sentence was read, and these were found in it."""
        found, number = frozenset(entities), hash(text)
        self.read += 1
        for entity in found:
            self.hits[entity] = self.hits.get(entity, 0) + 1
        for often, cells in self.waiting.pop(text).items():
            self._named(found, often, cells)
        if found and number in self.known:
            self.known[number] = found

    def _named(self, entities: Iterable[str], often: int, cells: int) -> None:
        for entity in entities:
            self._hit.setdefault(entity, np.zeros(_CLASSES, np.int64))[often] += cells

    def found(self) -> Mapping[str, Tally]:
        """What was found, projected to all texts of the column."""
        seen = np.flatnonzero(self._looked)
        if not len(seen):
            return {}
        # of those that come so often as none that was looked at, as of those that come nearly so
        nearest = seen[np.abs(np.arange(_CLASSES)[:, None] - seen).argmin(axis=1)]
        scale = self._cells * ((self.cells - self.nulls) / max(1, int(self._cells.sum()))) / self._looked[nearest]
        projected = {entity: round(float((cells[nearest] * scale).sum())) for entity, cells in self._hit.items()}
        return {
            entity: Tally(projected[entity], self.read, distinct, 0, projected[entity])
            for entity, distinct in sorted(self.hits.items())
        }
