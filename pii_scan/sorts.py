"""The sorts of many texts, put together from what each recognizer could find in them, without a Python object for a text.

A sort is the set of recognizers that could find something in a text. Millions of texts have a few thousand sorts.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pii_scan.hashing import mixed

_SHORT = 1 << 16
"""Numbers below it are sorted digit by digit."""
Ids = npt.NDArray[np.int64]
Sort = tuple[int, ...]
Hits = tuple[int, Ids]
"""The place of a recognizer, and the texts in which it could find something, each once."""


class Sorted(NamedTuple):
    """The sort of each text: a number for each, and what the numbers stand for."""

    ids: Ids
    sorts: Sequence[Sort]


class Sorts:
    """The sorts met so far, each with a number that stays until `forget`, and what came of adding recognizers to one."""

    def __init__(self) -> None:
        self.forget()

    def __len__(self) -> int:
        """How many sorts and additions are remembered."""
        return len(self.listed) + len(self._made)

    def forget(self) -> None:
        """Begin anew; what was handed out before still stands for what it stood for."""
        self.listed: list[Sort] = []
        self._numbers: dict[Sort, int] = {}
        self._made: dict[int, int] = {}
        """By key: the number of a sort and the places added to it, what came of them."""

    def number(self, sort: Sort) -> int:
        """The number of a sort."""
        number = self._numbers.get(sort)
        if number is None:
            number = self._numbers[sort] = len(self.listed)
            self.listed.append(sort)
        return number

    def numbered(self, sorts: Iterable[Sort]) -> Ids:
        """The numbers of some sorts."""
        return np.fromiter(map(self.number, sorts), np.int64)

    def joined(self, known: Ids, hits: Iterable[Hits]) -> Ids:
        """Texts of known sorts, with the recognizers that hits add; a place may come more than once."""
        added = _by_place(hits, len(known))
        if not added:
            return known
        keys = mixed(known.astype(np.uint64))
        for place, texts in added.items():
            keys[texts] ^= mixed(np.array([(place + 1) << 32], np.uint64))
        encoded = pa.array(keys).dictionary_encode()
        codes, distinct = np.asarray(encoded.indices), encoded.dictionary.to_pylist()
        new = [code for code, key in enumerate(distinct) if key not in self._made]
        if new:
            firsts = _firsts(codes, len(distinct))[new]
            more = _places_of(firsts, len(codes), added)
            for code, first in zip(new, firsts.tolist(), strict=True):
                base = self.listed[known[first]]
                self._made[distinct[code]] = self.number(tuple(sorted({*base, *more.get(first, ())})))
        made: Ids = np.fromiter((self._made[key] for key in distinct), np.int64, len(distinct))[codes]
        return made

    def united(self, one: Ids, other: Ids) -> Ids:
        """The same texts sorted twice, each by the recognizers of both."""
        encoded = pa.array(one << np.int64(32) | other).dictionary_encode()
        pairs = ((self.listed[pair >> 32], self.listed[pair & 0xFFFFFFFF]) for pair in encoded.dictionary.to_pylist())
        made: Ids = self.numbered(tuple(sorted({*this, *that})) for this, that in pairs)[np.asarray(encoded.indices)]
        return made


def grouped(keys: Ids, texts: Ids) -> Iterator[Hits]:
    """Each key with the texts beside it, each once; the texts of a key come in order."""
    if not len(keys):
        return
    order = np.argsort(keys.astype(np.uint16) if keys.max() < _SHORT else keys, kind="stable")
    keys, texts = keys[order], texts[order]
    once = np.concatenate([[True], (keys[1:] != keys[:-1]) | (texts[1:] != texts[:-1])])
    keys, texts = keys[once], texts[once]
    bounds = np.concatenate([[0], np.flatnonzero(keys[1:] != keys[:-1]) + 1, [len(keys)]]).tolist()
    for begin, end in itertools.pairwise(bounds):
        yield int(keys[begin]), texts[begin:end]


def merged(parts: Sequence[Ids], count: int) -> Ids:
    """The texts, of so many, that stand in one of the parts at least, each once and in order."""
    if len(parts) == 1:
        return parts[0]
    held = np.zeros(count, np.bool_)
    for part in parts:
        held[part] = True
    return np.flatnonzero(held)


def _by_place(hits: Iterable[Hits], count: int) -> dict[int, Ids]:
    parts: dict[int, list[Ids]] = {}
    for place, texts in hits:
        if len(texts):
            parts.setdefault(place, []).append(texts)
    return {place: merged(some, count) for place, some in parts.items()}


def _firsts(ids: npt.NDArray[np.int32], count: int) -> Ids:
    """The first text of each number."""
    firsts = np.zeros(count, np.int64)
    firsts[ids[::-1]] = np.arange(len(ids) - 1, -1, -1)
    return firsts


def _places_of(wanted: Ids, count: int, added: Mapping[int, Ids]) -> dict[int, list[int]]:
    """The places that each of some texts has."""
    is_wanted = np.zeros(count, np.bool_)
    is_wanted[wanted] = True
    more: dict[int, list[int]] = {}
    for place, texts in added.items():
        for text in texts[is_wanted[texts]].tolist():
            more.setdefault(text, []).append(place)
    return more
