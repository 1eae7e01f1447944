"""What is left in a table that could single someone out: how many rows share each combination of what others may know.

Rows are grouped by 64-bit hashes, never by cells; two combinations fall together once in some billion tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.alignment import Reading, larger
from pii_scan.coarse import AS_IS, LEVELS, Level, Sort, coarser, sort_of
from pii_scan.groups import Groups, Pairs
from pii_scan.hashing import hashes, joined
from pii_scan.leaves import leaves
from pii_scan.rebuild import as_text, join
from pii_scan.singled import Asked, Lift, Quasi, Risk

__all__ = ["Asked", "Lift", "Quasi", "Risk", "risk"]
_ENOUGH = 60
"""How much may be lost before no more generalisations are tried."""
_FIRST = 256
"""Cells that tell whether a column repeats itself."""
_SMALLEST = 5
"""How many of the smallest sizes of groups are told."""

Choice = Mapping[str, Level]
"""By column the level at which it is read; a column that is not in it is read as it is."""


def risk(reading: Reading, asked: Asked, *, lifting: bool = True) -> Risk:
    """The risk of one table; it is read once, and once more for each generalisation that is needed.

    Args:
        reading: the table.
        asked: what is asked of it.
        lifting: whether to look for generalisations that would reach the target.
    """
    table = _Table(reading, asked)
    first = table.whole()
    if not lifting or first.holds or not asked.quasi:
        return first
    return replace(first, lift=table.lifted(first))


class _Table:
    """A table that may be read several times."""

    def __init__(self, reading: Reading, asked: Asked) -> None:
        self._reading, self._asked = reading, asked
        self._sorts: dict[str, Sort] = {}

    def whole(self) -> Risk:
        """Everything but the lift."""
        groups, columns = Groups(), {name: Groups() for name in self._asked.quasi}
        pairs = {name: Pairs() for name in self._asked.special}
        for texts, weights, rows in self._batches():
            hashed: dict[str, np.ndarray] = {}
            for name, kind in self._asked.quasi.items():
                if name not in self._sorts:
                    self._sorts[name] = sort_of(_flat(texts[name]), kind)
                hashed[name] = hashes(texts[name])
                columns[name].add(hashed[name], weights)
            keys = _combined(hashed, rows)
            groups.add(keys, weights)
            for name, held in pairs.items():
                held.add(keys, hashes(texts[name]))
        return _told(groups.sizes(), self._asked, columns, {name: held.fewest() for name, held in pairs.items()})

    def lifted(self, before: Risk) -> Lift | None:
        """The generalisations that help most, one after the other, until every group reaches the target."""
        choice: dict[str, Level] = {}
        distinct = {column.name: column.distinct for column in before.columns}
        best = (before.at_risk, before.k)
        while best[0] and len(choice) + sum(level.loss for level in choice.values()) < _ENOUGH:
            tried = self._tried(choice)
            if not tried:
                break
            (name, level), found = max(tried.items(), key=lambda one: _worth(one[0], one[1], choice, distinct))
            choice[name], distinct[name], best = level, found.distinct, (found.at_risk, found.k)
        steps = tuple(f"{name} {level.name}" for name, level in choice.items())
        return Lift(steps, best[1], best[0]) if steps else None

    def _tried(self, choice: Choice) -> dict[tuple[str, Level], _Tried]:
        """Every next generalisation, and what it leaves."""
        options = [
            (name, level)
            for name, sort in self._sorts.items()
            for level in LEVELS[sort]
            if level.loss > choice.get(name, AS_IS).loss
        ]
        groups, alone = {option: Groups() for option in options}, {option: Groups() for option in options}
        for texts, weights, rows in self._batches():
            as_chosen = {name: self._column(texts, name, choice) for name in self._asked.quasi}
            for name, level in options:
                one = self._column(texts, name, {name: level})
                alone[name, level].add(one)
                groups[name, level].add(_combined({**as_chosen, name: one}, rows), weights)
        return {
            option: _Tried(*_danger(held.sizes(), self._asked.target), len(alone[option].sizes()))
            for option, held in groups.items()
        }

    def _column(self, texts: Mapping[str, pa.Array], name: str, choice: Choice) -> np.ndarray:
        return hashes(coarser(_flat(texts[name]), self._sorts.get(name, "text"), choice.get(name, AS_IS)))

    def _batches(self) -> Iterator[tuple[dict[str, pa.Array], np.ndarray | None, int]]:
        wanted = {*self._asked.quasi, *self._asked.special}
        for batch in larger(self._reading.batches()):
            texts = dict(_named(batch, wanted))
            texts |= {name: pa.nulls(batch.num_rows, pa.large_string()) for name in wanted - texts.keys()}
            weights = _counts(batch, self._asked.count) if self._asked.count else None
            yield texts, weights, batch.num_rows


def _named(batch: pa.RecordBatch, wanted: Iterable[str]) -> Iterator[tuple[str, pa.Array]]:
    """The leaves that are asked for; empty text is null. A leaf of a list has no row of its own and is left out."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        for path, leaf in leaves(column):
            place = join(name, path) if path else name
            if place in wanted and len(leaf) == batch.num_rows:
                yield place, _filled(leaf)


def _filled(leaf: pa.Array) -> pa.Array:
    """The texts of a leaf, null where they are empty; as a dictionary where they are few: most of what others know is."""
    if pa.types.is_string(leaf.type) and len(leaf.slice(0, _FIRST).unique()) <= _FIRST // 2 < len(leaf):
        encoded = leaf.dictionary_encode()
        return pa.DictionaryArray.from_arrays(encoded.indices, _filled(encoded.dictionary.cast(pa.large_string())))
    text = as_text(leaf).cast(pa.large_string())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.large_string()), text)


def _flat(texts: pa.Array) -> pa.Array:
    return texts.dictionary_decode() if pa.types.is_dictionary(texts.type) else texts


def _counts(batch: pa.RecordBatch, column: str) -> np.ndarray:
    """How many people each row stands for; what is no number stands for none."""
    text = as_text(batch.column(column)).cast(pa.large_string())
    whole = pc.fill_null(pc.match_substring_regex(text, r"^\s*\d{1,15}(?:\.0+)?\s*$"), False)  # noqa: FBT003
    digits = pc.replace_substring_regex(pc.if_else(whole, text, "0"), r"\.0+\s*$|\s+", "")
    return np.asarray(digits.cast(pa.int64()))


def _danger(sizes: np.ndarray, target: int) -> tuple[int, int]:
    """The rows in groups that are too small, and the size of the smallest."""
    sizes = sizes[sizes > 0]
    return (int(sizes[sizes < target].sum()), int(sizes.min())) if len(sizes) else (0, 0)


@dataclass(frozen=True, slots=True)
class _Tried:
    """What a generalisation leaves."""

    at_risk: int
    k: int
    distinct: int
    """Distinct values of the column that it is about."""


def _worth(option: tuple[str, Level], found: _Tried, choice: Choice, distinct: Mapping[str, int]) -> tuple[bool, float]:
    """What a generalisation is worth: the least that is enough, else the one that joins most values for what is lost."""
    name, level = option
    loss = level.loss - choice.get(name, AS_IS).loss
    if not found.at_risk:
        return True, -loss
    return False, float(np.log(max(distinct[name], 1)) - np.log(max(found.distinct, 1))) / loss


def _combined(columns: Mapping[str, np.ndarray], rows: int) -> np.ndarray:
    """One key of all columns for each row."""
    keys = np.zeros(rows, np.uint64)
    for column in columns.values():
        keys = joined(keys, column)
    return keys


def _told(sizes: np.ndarray, asked: Asked, columns: Mapping[str, Groups], diversity: Mapping[str, int]) -> Risk:
    sizes = sizes[sizes > 0]
    at_risk, k = _danger(sizes, asked.target)
    small, counts = np.unique(sizes, return_counts=True)
    quasi = []
    for name, held in columns.items():
        found = held.sizes()
        quasi.append(Quasi(name, asked.quasi[name], int((found > 0).sum()), int((found == 1).sum())))
    return Risk(
        int(sizes.sum()),
        tuple(quasi),
        k,
        asked.target,
        len(sizes),
        int((sizes == 1).sum()),
        at_risk,
        tuple(zip(small[:_SMALLEST].tolist(), counts[:_SMALLEST].tolist(), strict=True)),
        dict(diversity),
    )
