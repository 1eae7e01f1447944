"""Which columns refer to which: keys that the store declares, and keys whose names say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pii_scan.header import words
from pii_scan.model import Column
from pii_scan.stores import placed
from pii_scan.subject import singular

_KEY = frozenset("id key fk no nr num number code uuid guid".split())
_DEEPEST = 8
"""References followed one after the other: a cycle ends here."""

Columns = tuple[Column, ...]
"""The columns of one name in one table: several, where the table is kept in several files."""


class References:
    """The foreign keys of some tables, within a source and across the files of a folder.

    Args:
        columns: the columns.
        declared: by source and table, which of its columns the store says to refer to which `table.column`.
    """

    def __init__(self, columns: Iterable[Column], declared: Mapping[tuple[str, str], Sequence[tuple[str, str]]]) -> None:
        self._known: dict[Column, list[Column]] = defaultdict(list)
        for column in columns:
            if not column.path:
                self._known[Column(*placed(column.source, column.table), column.column)].append(column)
        self._target = {**self._implied(), **self._declared(declared)}

    def in_order(self) -> Iterator[tuple[Columns, Columns]]:
        """Each referring column with the one it refers to, those that are referred to themselves first."""
        for here, there in sorted(self._target.items(), key=lambda pair: (self._depth(pair[0]), pair)):
            yield tuple(self._known[here]), tuple(self._known[there])

    def _depth(self, column: Column) -> int:
        depth = 0
        while column in self._target and depth < _DEEPEST:
            column, depth = self._target[column], depth + 1
        return depth

    def _declared(self, declared: Mapping[tuple[str, str], Sequence[tuple[str, str]]]) -> dict[Column, Column]:
        found: dict[Column, Column] = {}
        for (source, table), keys in declared.items():
            for name, address in keys:
                other, _, key = address.rpartition(".")
                here, there = Column(*placed(source, table), name), Column(*placed(source, other), key)
                if here in self._known and there in self._known and here != there:
                    found[here] = there
        return found

    def _implied(self) -> dict[Column, Column]:
        """`visits.cardiologist_id` refers to `cardiologists.id`, if both are there and no other table is called so."""
        keys: dict[tuple[str, tuple[str, ...]], list[Column]] = defaultdict(list)
        for column in self._known:
            owner = words(singular(column.table))
            if words(column.column) in {("id",), owner, *((*owner, key) for key in _KEY)}:
                keys[column.source, owner].append(column)
        return {
            column: target
            for column in self._known
            if (subject := _subject(column)) and (target := _meant(column, keys.get((column.source, subject), ())))
            if target.table != column.table
        }


def _meant(column: Column, keys: Sequence[Column]) -> Column | None:
    """The key of that very name, else the only one that is an `id`."""
    alike = [key for key in keys if words(key.column) == words(column.column)]
    ids = [key for key in keys if words(key.column)[-1] not in _KEY - {"id"}]
    return next((found[0] for found in (alike, ids) if len(found) == 1), None)


def _subject(column: Column) -> tuple[str, ...]:
    """Whose key a column says it is: `customer` for `customer_id`; empty for other columns."""
    said = words(column.column)
    if len(said) > 1 and said[-1] in _KEY:
        return said[:-1]
    return said[1:] if len(said) > 1 and said[0] in _KEY else ()
