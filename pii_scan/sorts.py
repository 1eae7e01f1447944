"""The sorts of many texts, put together from what each recognizer could find in them, without a Python object for a text.

A sort is the set of recognizers that could find something in a text. Millions of texts have a few thousand sorts.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
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
    sorts: list[Sort]


def numbered(sorts: Iterable[Sort]) -> Sorted:
    """Texts whose sorts are known."""
    numbers: dict[Sort, int] = {}
    ids = [numbers.setdefault(sort, len(numbers)) for sort in sorts]
    return Sorted(np.array(ids, np.int64), list(numbers))


def joined(known: Sorted, hits: Iterable[Hits]) -> Sorted:
    """Texts of known sorts, with the recognizers that hits add; a place may come more than once."""
    added = _by_place(hits)
    if not added:
        return known
    keys = mixed(known.ids.astype(np.uint64))
    for place, texts in added.items():
        keys[texts] ^= mixed(np.array([(place + 1) << 32], np.uint64))
    ids = np.asarray(pa.array(keys).dictionary_encode().indices).astype(np.int64)
    firsts = _firsts(ids)
    more = _places_of(firsts, ids, added)
    bases = (known.sorts[number] for number in known.ids[firsts].tolist())
    made = numbered(tuple(sorted({*base, *more.get(number, ())})) for number, base in enumerate(bases))
    return Sorted(made.ids[ids], made.sorts)


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


def united(one: Sorted, other: Sorted) -> Sorted:
    """The same texts sorted twice, each by the recognizers of both."""
    pairs = one.ids * len(other.sorts) + other.ids
    encoded = pa.array(pairs).dictionary_encode()
    known = (divmod(pair, len(other.sorts)) for pair in encoded.dictionary.to_pylist())
    made = numbered(tuple(sorted({*one.sorts[this], *other.sorts[that]})) for this, that in known)
    return Sorted(made.ids[np.asarray(encoded.indices)], made.sorts)


def _by_place(hits: Iterable[Hits]) -> dict[int, Ids]:
    parts: dict[int, list[Ids]] = {}
    for place, texts in hits:
        if len(texts):
            parts.setdefault(place, []).append(texts)
    return {place: some[0] if len(some) == 1 else np.unique(np.concatenate(some)) for place, some in parts.items()}


def _firsts(ids: Ids) -> Ids:
    """The first text of each number."""
    firsts = np.zeros(int(ids.max()) + 1 if len(ids) else 0, np.int64)
    firsts[ids[::-1]] = np.arange(len(ids) - 1, -1, -1)
    return firsts


def _places_of(firsts: Ids, ids: Ids, added: Mapping[int, Ids]) -> dict[int, list[int]]:
    """By number, the places that its first text has: so have all of them."""
    is_first = np.zeros(len(ids), np.bool_)
    is_first[firsts] = True
    more: dict[int, list[int]] = {}
    for place, texts in added.items():
        for number in ids[texts[is_first[texts]]].tolist():
            more.setdefault(number, []).append(place)
    return more
