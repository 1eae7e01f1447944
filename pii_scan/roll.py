"""Many words sought in many texts: of few texts word by word, of many in one search, which takes a tenth of a second to make."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import BytesAhoCorasick, Implementation

from pii_scan.arrays import Places
from pii_scan.factors import EDGE
from pii_scan.sorts import grouped

_LITTLE = 1 << 16
"""Bytes of texts in all up to which each is asked for its own words only: for twice as many that takes longer than one search."""
_AT_ONCE = 1 << 18
"""Bytes of texts, about, that are searched at once; no word holds the end of a line."""
_NONE = np.zeros(0, np.int64)
_GRAM = 4
"""Bytes of a word that are looked up before the word is sought."""


class Roll:
    """The words, each with its owners.

    Args:
        owners: by word, numbers of whatever asks for it.
        how: the search for many texts.
        encoding: how words become bytes.
        spelled: how a word may stand in a text.
    """

    def __init__(
        self, owners: Mapping[str, list[int]], how: Implementation, encoding: str, spelled: Callable[[str], Sequence[str]]
    ) -> None:
        self._owners, self._how, self._encoding, self._spelled = owners, how, encoding, spelled
        self._asked = 0
        self._search: BytesAhoCorasick | None = None
        # of each word that is sought where its owners begin among those of all: a hundred thousand lists would be many pages that
        # every worker process copies
        self._bounds, self._numbers = np.zeros(1, np.int32), np.zeros(0, np.int32)

    def held(self, data: bytes, starts: Places) -> Iterator[tuple[list[int], Places]]:
        """The owners of each word that stands in some text, and these texts; an owner may come twice."""
        self._asked += len(data)
        if self._search is None and self._asked <= _LITTLE:
            yield from self._of_few(data, starts)
            return
        words, begins = self._hits(data)
        for word, texts in grouped(words, _texts_of(begins, starts)):
            yield self._numbers[self._bounds[word] : self._bounds[word + 1]].tolist(), texts

    def _hits(self, data: bytes) -> tuple[Places, Places]:
        """Which words are found, and where they begin: in some lines at a time, for finds take much room for a moment."""
        search, found, start = self.made(), [], 0
        while start < len(data):
            end = data.rfind(b"\n", start, start + _AT_ONCE) + 1 or data.find(b"\n", start + _AT_ONCE) + 1 or len(data)
            hits = search.find_matches_as_indexes(data[start:end], overlapping=True)
            flat = np.fromiter(itertools.chain.from_iterable(hits), np.int64, 3 * len(hits))
            found.append((flat[0::3], flat[1::3] + start))
            start = end
        words, begins = zip(*found, strict=True) if found else ((_NONE,), (_NONE,))
        return np.concatenate(words), np.concatenate(begins)

    def made(self) -> BytesAhoCorasick:
        """The search for many texts; from then on few are searched by it, too, and the words themselves are not held."""
        if self._search is None:
            places: dict[str, int] = {}
            at: list[int] = []
            numbers: list[int] = []
            for word, owners in self._owners.items():
                for spelled in self._spelled(word):
                    at += [places.setdefault(spelled, len(places))] * len(owners)
                    numbers += owners
            order = np.argsort(np.array(at, np.int32), kind="stable")
            self._numbers = np.array(numbers, np.int32)[order]
            self._bounds = np.cumsum([0, *np.bincount(at, minlength=len(places))], dtype=np.int32)
            self._search = BytesAhoCorasick([word.encode(self._encoding) for word in places], implementation=self._how)
            self._owners = {}
            self.__dict__.pop("_grams", None)
        return self._search

    @cached_property
    def _grams(self) -> _Grams:
        return _Grams(self._owners, self._encoding)

    def _of_few(self, data: bytes, starts: Places) -> Iterator[tuple[list[int], Places]]:
        for word in self._grams.within(data):
            begins = [begin for spelled in self._spelled(word) for begin in _found(data, spelled.encode(self._encoding))]
            if begins:
                yield self._owners[word], np.unique(_texts_of(np.array(begins), starts))


class _Grams:
    """Of each word a few bytes, by which few texts tell quickly that most words do not stand in them."""

    def __init__(self, words: Iterable[str], encoding: str) -> None:
        self._words = list(words)
        self._cores = [max(word.split(EDGE), key=len).encode(encoding) for word in self._words]
        starts = [max(0, len(core) // 2 - _GRAM // 2) for core in self._cores]
        grams = [core[start : start + _GRAM] for core, start in zip(self._cores, starts, strict=True)]
        self._short = [number for number, gram in enumerate(grams) if len(gram) < _GRAM]
        self._grams = np.frombuffer(b"".join(gram.ljust(_GRAM, b"\0") for gram in grams), np.uint32)

    def within(self, data: bytes) -> Iterator[str]:
        """The words whose longest part without a border stands in the data."""
        for number in [*np.flatnonzero(np.isin(self._grams, _grams_of(data))).tolist(), *self._short]:
            if self._cores[number] in data:
                yield self._words[number]


def _texts_of(begins: Places, starts: Places) -> Places:
    """The texts in which finds begin, or before which, at the blank that stands there."""
    return np.searchsorted(starts - 1, begins, side="right") - 1


def _found(data: bytes, word: bytes) -> Iterator[int]:
    at = data.find(word)
    while at >= 0:
        yield at
        at = data.find(word, at + 1)


def _grams_of(data: bytes) -> npt.NDArray[np.uint32]:
    """Every few bytes that stand side by side."""
    every = np.lib.stride_tricks.sliding_window_view(np.frombuffer(data, np.uint8), _GRAM) if len(data) >= _GRAM else None
    return np.zeros(0, np.uint32) if every is None else np.unique(np.ascontiguousarray(every).view(np.uint32))
