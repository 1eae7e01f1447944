"""Hashes of very many values, in order, ready to be looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from pii_scan.begins import Bits
from pii_scan.hashed import TELLING, among, without

Twin = tuple[np.ndarray, np.ndarray]
"""The keys of some forms, and those of the values that they are forms of."""


class Lookup:
    """The keys of values, ready to be looked up."""

    def __init__(self, plain: Mapping[int, np.ndarray], others: Mapping[int, Twin]) -> None:
        self.plain = plain
        self._others = others
        self.count = sum(map(len, self.plain.values()))
        self.known = Bits(self.count + sum(len(keys) for keys, _ in others.values()))
        for keys in (*self.plain.values(), *(keys for keys, _ in self._others.values())):
            self.known.add(keys)

    def matching(self, keys: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """For each sort of values with any of the keys: which keys, and the keys that these values are known by."""
        # in order: a look-up next to the one before finds its table in the cache
        once, which = np.unique(keys, return_inverse=True)
        for sort, table in self.plain.items():
            fits = among(table, once)[1][which]
            if fits.any():
                yield sort, np.flatnonzero(fits), keys[fits]
        for form, (table, owners) in self._others.items():
            rows, fits = (found[which] for found in among(table, once))
            some, rows = np.flatnonzero(fits), rows[fits]
            # values that are written alike, such as the digits of two phone numbers, have one hash
            alike = np.searchsorted(table, table[rows], side="right") - rows
            yield form, np.repeat(some, alike), owners[np.repeat(rows, alike) + _counted(alike)]


def told_once(plain: dict[int, np.ndarray]) -> None:
    """Take keys of values that tell out of those that else do not: what tells in one place tells in all. One sort at a time."""
    for sort in [*plain]:
        if not sort & TELLING and sort | TELLING in plain:
            plain[sort] = without(plain[sort], plain[sort | TELLING])


def unique_twins(twins: list[Twin]) -> Twin:
    """All of them in the order of their first keys, a few of them twice. The list is emptied: what it held goes on the way."""
    keys, owners = np.concatenate([keys for keys, _ in twins]), np.concatenate([owners for _, owners in twins])
    twins.clear()
    order = np.argsort(keys)
    keys = keys[order]
    owners = owners[order]
    del order
    fresh = np.ones(len(keys), bool)
    fresh[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    return (keys, owners) if fresh.all() else (keys[fresh], owners[fresh])


def _counted(many: np.ndarray) -> np.ndarray:
    """0, 1, 2 ... for each of some counts, one after the other."""
    ends = np.cumsum(many)
    counted: np.ndarray = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - many, many)
    return counted
