"""Which columns refer to which: keys that the store declares, and keys whose names say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pii_scan.header import words
from pii_scan.model import Column
from pii_scan.subject import singular

_KEY = frozenset("id key fk no nr num number code uuid guid".split())
_DEEPEST = 8
"""References followed one after the other: a cycle ends here."""


class References:
    """The foreign keys of some tables.

    Args:
        columns: the columns.
        declared: by source and table, which of its columns the store says to refer to which `table.column`.
    """

    def __init__(self, columns: Iterable[Column], declared: Mapping[tuple[str, str], Sequence[tuple[str, str]]]) -> None:
        self._columns = [column for column in columns if not column.path]
        self._by_name = {(column.source, column.table, column.column): column for column in self._columns}
        self._target = {**self._implied(), **self._declared(declared)}

    def in_order(self) -> Iterator[tuple[Column, Column]]:
        """Each referring column with the one it refers to, those that are referred to themselves first."""
        yield from sorted(self._target.items(), key=lambda pair: (self._depth(pair[0]), pair))

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
                here, there = self._by_name.get((source, table, name)), self._by_name.get((source, other, key))
                if here and there and here != there:
                    found[here] = there
        return found

    def _implied(self) -> dict[Column, Column]:
        """`visits.cardiologist_id` refers to `cardiologists.id`, if both are there and no other table is called so."""
        keys: dict[tuple[str, tuple[str, ...]], list[Column]] = defaultdict(list)
        for column in self._columns:
            owner = words(singular(column.table))
            if words(column.column) in {("id",), (*owner, "id"), owner}:
                keys[column.source, owner].append(column)
        return {
            column: targets[0]
            for column in self._columns
            if (subject := _subject(column)) and len(targets := keys.get((column.source, subject), [])) == 1
            if targets[0].table != column.table
        }


def _subject(column: Column) -> tuple[str, ...]:
    """Whose key a column says it is: `customer` for `customer_id`; empty for other columns."""
    said = words(column.column)
    if len(said) > 1 and said[-1] in _KEY:
        return said[:-1]
    return said[1:] if len(said) > 1 and said[0] in _KEY else ()
