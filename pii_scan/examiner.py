"""What the recognizers see of a column: every text is sorted and counted, the first ones of each sort are looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pii_scan import weights as w
from pii_scan.folding import fold
from pii_scan.model import Catalogue, Entity
from pii_scan.opinions import Opinion, Opinions
from pii_scan.presidio import Engine, Span
from pii_scan.repeats import Counts
from pii_scan.sorting import Sorter
from pii_scan.spans import Context
from pii_scan.strata import Stratum, Watch, is_prose
from pii_scan.together import Texts

RARE = 2
"""Distinct texts of each further sort that they examine; one where each of its recognizers has had `SELDOM` before."""
SELDOM = 8
"""Texts of a column and unit below which a recognizer has seldom been asked."""
_LOOSE = 0.005
"""Chance from which on a check is one that many texts pass: no find of it is a needle."""


class Examiner:
    """Sorts the texts of a column, and has the recognizers look at the first ones of each sort.

    Args:
        samples: whether masked examples are kept.
    """

    def __init__(  # noqa: PLR0913 - the parts of one detector
        self, engine: Engine, catalogue: Catalogue, sorter: Sorter, opinions: Opinions, context: Context, *, samples: bool
    ) -> None:
        self._engine, self._sorted, self._opinions, self._context, self._samples = engine, sorter, opinions, context, samples
        self._things = frozenset(name for name, entity in catalogue.entities.items() if entity.kind == "none")
        self._loose = frozenset(
            place
            for place, recognizer in enumerate(engine.recognizers)
            if all(_is_loose(catalogue.entities[name]) for name in recognizer.supported_entities if name in catalogue.entities)
        )

    def __call__(self, watch: Watch, texts: pa.StringArray, counts: Counts) -> None:
        """Every text goes to the stratum of its sort; the first ones of each are examined."""
        ids, sorts = self._sorted(texts)
        encoded = pa.array(ids).dictionary_encode()  # in the order in which they come up in the column
        codes, numbers = np.asarray(encoded.indices), encoded.dictionary.to_pylist()
        totals = np.bincount(codes, counts, len(numbers)).astype(np.int64).tolist()
        strata = [watch.of((*sorts[number], *watch.by_name)) for number in numbers]
        places = _first_of(codes, [any(self._wanted(watch, *one) for one in some) for some in strata], watch.at_most.stratum)
        for code, some in enumerate(strata):
            for sort, stratum in some:
                stratum.cells += totals[code]
                if code in places and (wanted := self._wanted(watch, sort, stratum)):
                    first = places[code][:wanted]
                    self._look(watch, sort, stratum, texts.take(pa.array(first)).to_pylist(), counts[first].tolist())

    def _wanted(self, watch: Watch, sort: tuple[int, ...], stratum: Stratum) -> int:
        """How many more texts of a sort are to be examined."""
        return max(0, self._enough(watch, sort) - stratum.examined) if sort else 0

    def _look(self, watch: Watch, sort: tuple[int, ...], stratum: Stratum, texts: list[str], counts: list[int]) -> None:
        asked: Sequence[int] = self._asked(watch, stratum, sort, texts[0])
        seen = 0
        while seen < len(texts) and stratum.examined + seen < self._enough(watch, sort):
            watch.examined += 1
            watch.looks.update(asked)
            seen += 1
        folded = Texts([fold(text) for text in texts[:seen]])
        for text, opinion, count in zip(folded.every, self._opinions.of(folded, asked, stratum), counts, strict=False):
            self._add(watch, stratum, text, opinion, count)

    def _asked(self, watch: Watch, stratum: Stratum, sort: tuple[int, ...], text: str) -> Sequence[int]:
        """The recognizers that a text of a sort is shown; its first text settles which, and fewer only of sentences."""
        if not stratum.examined and watch.examined >= watch.at_most.column and is_prose(text):
            known = watch.at_most.known
            stratum.passed_over = frozenset(place for place in sort if place in self._loose and watch.looks[place] >= known)
        return [place for place in sort if place not in stratum.passed_over] if stratum.passed_over else sort

    @staticmethod
    def _enough(watch: Watch, sort: tuple[int, ...]) -> int:
        """How many texts of a sort are examined, by how much is known of its column and recognizers."""
        if watch.examined < watch.at_most.column:
            return watch.at_most.stratum
        return RARE if any(watch.looks[place] < SELDOM for place in sort) else 1

    def _add(self, watch: Watch, stratum: Stratum, text: str, opinion: Opinion, count: int) -> None:
        """Add what the recognizers say of one distinct text to what they saw."""
        stratum.examined += 1
        stratum.examined_cells += count
        whole = opinion.whole
        standing = self._standing(text, opinion.inside) if opinion.inside else set()
        stratum.fits(opinion.fitting, whole, count)
        for entity in whole | standing:
            stratum.passes(entity, count)
            if self._samples:
                watch.masked.setdefault(entity, set()).add(mask(text) if entity in whole else "…")
        for entity in whole:
            stratum.is_wholly(entity, count)
        for entity in self._opinions.clearest(whole) | (standing - whole):
            stratum.clear[entity] = stratum.clear.get(entity, 0) + 1

    def _standing(self, text: str, inside: Sequence[Span]) -> set[str]:
        """Of what was found inside a text, what stands; a number that a word calls one of a thing is nothing else."""
        things = [span for span in self._engine.read(text, self._things) if span.entity in self._things]
        return {span.entity for span in self._context.stand(text, [*inside, *things])}


def _is_loose(entity: Entity) -> bool:
    return entity.chance >= _LOOSE and entity.proof in {"checked", "shape"} and entity.name not in w.STRONG_SHAPES


def _first_of(codes: npt.NDArray[np.int32], wanted: Sequence[bool], most: int) -> dict[int, npt.NDArray[np.int64]]:
    """The places of the wanted codes, so many of each at most."""
    held = np.flatnonzero(np.array(wanted, np.bool_)[codes])
    order = held[np.argsort(codes[held], kind="stable")]
    begins = np.searchsorted(codes[order], np.flatnonzero(wanted))
    ends = np.searchsorted(codes[order], np.flatnonzero(wanted), side="right")
    return {
        code: order[begin : min(begin + most, end)]
        for code, begin, end in zip(np.flatnonzero(wanted).tolist(), begins.tolist(), ends.tolist(), strict=True)
    }


def mask(text: str) -> str:
    """The text with all but its first and last character starred, and no more than 12 characters of it."""
    text = text.strip()
    if len(text) <= 4:
        return "*" * len(text)
    stars = "".join("*" if char.isalnum() else char for char in text[1:-1][:10])
    return f"{text[0]}{stars}{text[-1]}"
