"""The sorts of many texts at once: no more than `Prefilter.candidates` answers, without a Python string for each text.

A sort is the set of recognizers that could find something in a text. It depends on the outline of the text, which a pass over
bytes makes and which few thousand texts differ in, and on the words in it: only texts in which a factor of some pattern
stands are asked one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pii_scan.arrays import in_ascii, outlines
from pii_scan.folding import apart, fold
from pii_scan.outline import OUTLINES
from pii_scan.prefilter import Prefilter

_APART = "\x00"
Ids = npt.NDArray[np.int64]
Sort = tuple[int, ...]


class Sorted(NamedTuple):
    """The sort of each text: a number for each, and what the numbers stand for."""

    ids: Ids
    sorts: list[Sort]


class Sorter:
    """Sorts arrays of texts by the recognizers that could find something in them."""

    def __init__(self, prefilter: Prefilter) -> None:
        self._prefilter = prefilter

    def __call__(self, texts: pa.StringArray) -> Sorted:
        """The sort of each text of an array without nulls: all that could find something in it, and among its `candidates`."""
        numbers: dict[Sort, int] = {}
        ids = np.zeros(len(texts), np.int64)
        plain = in_ascii(texts)
        if plain.all():
            ids[:] = self._plainly(texts, numbers)
        else:
            ids[plain] = self._plainly(texts.filter(pa.array(plain)), numbers)
            ids[~plain] = self._abroad(texts.filter(pa.array(~plain)).to_pylist(), numbers)
        return Sorted(ids, list(numbers))

    def _plainly(self, texts: pa.StringArray, numbers: dict[Sort, int]) -> Ids:
        """Texts in ASCII: their bytes are mapped, never decoded."""
        if not len(texts):
            return np.zeros(0, np.int64)
        encoded = outlines(texts).dictionary_encode()
        codes = np.asarray(encoded.indices)
        known = self._prefilter.known(encoded.dictionary.to_pylist(), foreign=False)
        ids: Ids = np.array([_number(numbers, places) for places, _ in known], np.int64)[codes]
        wordy = np.flatnonzero(np.array([word for _, word in known], np.bool_)[codes])
        if len(wordy):
            told = self._prefilter.told(texts if len(wordy) == len(texts) else texts.take(pa.array(wordy)), foreign=False)
            _add({int(wordy[text]): places for text, places in told.items()}, ids, numbers)
        return ids

    def _abroad(self, texts: Sequence[str], numbers: dict[Sort, int]) -> Ids:
        """Texts with characters beyond ASCII, joined so that each table of characters is applied once."""
        if not texts:
            return np.zeros(0, np.int64)
        folded = _mapped(texts, fold)
        ids = self._folded(folded, numbers)
        parted = {place: other for place, text in enumerate(folded) if (other := apart(text)) is not text}
        if parted:
            others = self._folded(list(parted.values()), numbers)
            sorts = list(numbers)
            for place, other in zip(parted, others.tolist(), strict=True):
                ids[place] = _number(numbers, tuple(sorted({*sorts[ids[place]], *sorts[other]})))
        return ids

    def _folded(self, folded: Sequence[str], numbers: dict[Sort, int]) -> Ids:
        known = self._prefilter.known(_mapped(folded, lambda text: text.translate(OUTLINES)), foreign=True)
        ids = np.array([_number(numbers, places) for places, _ in known], np.int64)
        _add(self._prefilter.told(pa.array(folded, pa.string()), foreign=True), ids, numbers)
        return ids


def _add(told: Mapping[int, Sequence[int]], ids: Ids, numbers: dict[Sort, int]) -> None:
    """What the words of texts bring up, beside what their outlines did."""
    sorts = list(numbers)
    known: dict[tuple[int, ...], int] = {}
    texts = np.fromiter(told, np.int64, len(told))
    made = np.zeros(len(told), np.int64)
    for at, (sort, places) in enumerate(zip(ids[texts].tolist(), told.values(), strict=True)):
        key = (sort, *places)
        if key not in known:
            known[key] = _number(numbers, tuple(sorted({*sorts[sort], *places})))
        made[at] = known[key]
    ids[texts] = made


def _mapped(texts: Sequence[str], change: Callable[[str], str]) -> list[str]:
    """Each text changed, all at once where that is possible: a table of characters is slow to start."""
    changed = change(_APART.join(texts)).split(_APART)
    return changed if len(changed) == len(texts) else [change(text) for text in texts]


def _number(numbers: dict[Sort, int], sort: Sort) -> int:
    return numbers.setdefault(sort, len(numbers))
