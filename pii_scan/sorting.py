"""The sorts of many texts at once: no more than `Prefilter.candidates` answers, without a Python string for each text.

A sort is the set of recognizers that could find something in a text. It depends on the outline of the text, which a pass over
bytes makes and which few thousand texts differ in, and on the words in it: only texts in which a factor of some pattern
stands are asked one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import re2

from pii_scan.arrays import BETWEEN, in_ascii, outlines, projection, with_digits
from pii_scan.factors import BLANK, CASELESS, EDGE, FOREIGN, LATIN, factors, mark
from pii_scan.folding import apart, fold
from pii_scan.outline import OUTLINES
from pii_scan.prefilter import Prefilter
from pii_scan.runs import needs_digit

_MEMORY = 1 << 25
"""Bytes that RE2 may use for the states of one search."""
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
        self._plain = _Searches(prefilter.worded, foreign=False)
        self._foreign = _Searches([*prefilter.worded, *prefilter.worded_abroad], foreign=True)

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
        wordy = np.array([word for _, word in known], np.bool_)[codes]
        places = np.flatnonzero(wordy & self._plain.among(*projection(texts), with_digits(texts)))
        if len(places):
            asked = zip(
                places.tolist(), texts.take(pa.array(places)).to_pylist(), (known[code][0] for code in codes[places]), strict=True
            )
            self._ask(asked, ids, numbers, foreign=False)
        return ids

    def _abroad(self, texts: Sequence[str], numbers: dict[Sort, int]) -> Ids:
        """Texts with characters beyond ASCII, joined so that each table of characters is applied once."""
        if not texts:
            return np.zeros(0, np.int64)
        folded = _mapped(texts, fold)
        known = self._prefilter.known(_mapped(folded, lambda text: text.translate(OUTLINES)), foreign=True)
        ids = np.array([_number(numbers, places) for places, _ in known], np.int64)
        marks = BETWEEN.join(_mapped(folded, lambda text: text.translate(_MARKS))).encode("latin-1")
        starts = np.cumsum([1, *(len(text) + len(BETWEEN) for text in folded[:-1])])
        digits = np.fromiter((any(map(str.isdecimal, text)) for text in folded), np.bool_, len(folded))
        odd = np.fromiter((not CASELESS.isdisjoint(text) for text in folded), np.bool_, len(folded))
        places = np.flatnonzero(odd | self._foreign.among(b" " + marks + b" ", starts, digits))
        self._ask(((place, folded[place], known[place][0]) for place in places.tolist()), ids, numbers, foreign=True)
        for place, text in enumerate(folded):
            if apart(text) is not text:
                ids[place] = _number(numbers, self._prefilter.candidates(text))
        return ids

    def _ask(self, texts: Iterable[tuple[int, str, Sort]], ids: Ids, numbers: dict[Sort, int], *, foreign: bool) -> None:
        """Texts that hold a telling word, each by itself: its place, itself, and the sort that its outline gives."""
        for place, text, sort in texts:
            found = self._prefilter.asked(text, foreign=foreign)
            if found:
                ids[place] = _number(numbers, tuple(sorted({*sort, *found})))


class _Searches:
    """Which texts hold a factor of some pattern; those of patterns that need a digit only where there is one."""

    def __init__(self, patterns: Iterable[tuple[str, int]], *, foreign: bool) -> None:
        words: dict[bool, set[str]] = {False: set(), True: set()}
        self._every = {False: False, True: False}
        for pattern, flags in patterns:
            digital = needs_digit(pattern, flags)
            found = factors(pattern, flags, foreign=foreign)
            if found is None:
                self._every[digital] = True
            else:
                words[digital] |= found
        self._always, self._digital = (_search(words[digital]) for digital in (False, True))

    def among(self, projected: bytes, starts: Ids, digits: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """For each text whether it holds one."""
        if self._every[False]:
            return np.ones(len(starts), np.bool_)
        found = self._holding(self._always, projected, starts)
        if digits.any():
            found |= digits if self._every[True] else digits & self._holding(self._digital, projected, starts)
        return found

    @staticmethod
    def _holding(search: Any, projected: bytes, starts: Ids) -> npt.NDArray[np.bool_]:
        holding = np.zeros(len(starts), np.bool_)
        if search is not None:
            hits = np.fromiter((hit.start() for hit in search.finditer(projected)), np.int64)
            holding[np.searchsorted(starts - 1, hits, side="right") - 1] = True  # it may begin with the blank before a text
        return holding


def _search(words: set[str]) -> Any:
    if not words:
        return None
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    options.encoding = re2.Options.Encoding.LATIN1
    either = "|".join(re.escape(word).replace(re.escape(EDGE), f"[{BLANK}{LATIN}{FOREIGN}]") for word in sorted(words))
    return re2.compile(either.encode("latin-1"), options)


class _Marks(dict[int, str]):
    """What each character becomes in a projection, found when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = mark(chr(code))
        return self[code]


_MARKS = _Marks({0: _APART})


def _mapped(texts: Sequence[str], change: Callable[[str], str]) -> list[str]:
    """Each text changed, all at once where that is possible: a table of characters is slow to start."""
    changed = change(_APART.join(texts)).split(_APART)
    return changed if len(changed) == len(texts) else [change(text) for text in texts]


def _number(numbers: dict[Sort, int], sort: Sort) -> int:
    return numbers.setdefault(sort, len(numbers))
