"""What changed from one verdict to the next: columns and kinds, never row numbers or values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from pii_scan.addresses import Masks
from pii_scan.model import Column, Report, Skipped

_WHOLE = frozenset({"source", "folder", "file", "tables", "table", "unit", "rows"})
"""What a `Skipped` names when a place was not read at all, or not to its end."""

Place = tuple[str, str]
"""Source and table."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A finding as drift knows it: where, what, how sure."""

    column: Column
    kind: str
    entity: str
    band: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The marks and tables that a later run is compared with."""

    started: str
    rules: str
    """Under which rules and settings it was made; where they differ, so may the findings, over the same data."""
    marks: tuple[Mark, ...] = ()
    tables: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What is new, gone or judged otherwise since an earlier run."""

    since: str
    new: tuple[Mark, ...] = ()
    gone: tuple[Mark, ...] = ()
    changed: tuple[tuple[Mark, Mark], ...] = ()
    """Earlier and now, of one column: another band, or another kind."""
    new_tables: tuple[Place, ...] = ()
    gone_tables: tuple[Place, ...] = ()
    rules_changed: bool = False

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return any((self.new, self.gone, self.changed, self.new_tables, self.gone_tables))

    def shown(self, masks: Masks) -> Difference:
        """The same by addresses as they are shown."""

        def told(mark: Mark) -> Mark:
            return replace(mark, column=masks.column(mark.column))

        def places(tables: tuple[Place, ...]) -> tuple[Place, ...]:
            return tuple((masks.address(source), table) for source, table in tables)

        return replace(
            self,
            new=tuple(map(told, self.new)),
            gone=tuple(map(told, self.gone)),
            changed=tuple((told(then), told(now)) for then, now in self.changed),
            new_tables=places(self.new_tables),
            gone_tables=places(self.gone_tables),
        )


def baseline(report: Report, rules: str, before: Baseline | None) -> Baseline:
    """What the next run is compared with: this report, and what an earlier run saw where this one could not look.

    A database that is down for a night is neither gone nor new the day after.
    """
    marks = {Mark(finding.column, finding.kind, finding.entity, finding.band) for finding in report.findings}
    tables = {(table.source, table.table) for table in report.tables}
    blind = [skipped for skipped in report.skipped if skipped.what in _WHOLE]
    if before and blind:
        seen = {(mark.column, mark.kind, mark.entity) for mark in marks}
        marks |= {
            mark
            for mark in before.marks
            if (mark.column, mark.kind, mark.entity) not in seen and hidden(mark.column.source, mark.column.table, blind)
        }
        tables |= {place for place in before.tables if hidden(*place, blind)}
    return Baseline(report.run.started, rules, tuple(sorted(marks)), tuple(sorted(tables)))


def difference(before: Baseline, now: Baseline) -> Difference:
    """What changed from one baseline to the next; a kind that took another's place in its column is one change."""
    was, is_now = _by_identity(before.marks), _by_identity(now.marks)
    changed = [(was[key], is_now[key]) for key in was.keys() & is_now.keys() if was[key] != is_now[key]]
    gone = [was[key] for key in was.keys() - is_now.keys()]
    new = [is_now[key] for key in is_now.keys() - was.keys()]
    turned = list(_turned(gone, new))
    return Difference(
        since=before.started,
        new=_sorted(new, (now for _, now in turned)),
        gone=_sorted(gone, (then for then, _ in turned)),
        changed=tuple(sorted((*changed, *turned))),
        new_tables=tuple(sorted({*now.tables} - {*before.tables})),
        gone_tables=tuple(sorted({*before.tables} - {*now.tables})),
        rules_changed=before.rules != now.rules,
    )


def whole(skipped: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """Those that mean a place as a whole or from some row on, not single cells."""
    return tuple(one for one in skipped if one.what in _WHOLE)


def hidden(source: str, table: str, blind: Sequence[Skipped]) -> bool:
    """Whether a table was out of sight: itself, its source, or the folder or pattern above that."""
    return any(_above(one.source, source) and one.table in {"", table} for one in blind)


def _above(place: str, source: str) -> bool:
    folder = place.rstrip("/\\")
    return place == source or source.startswith((f"{folder}/", f"{folder}\\")) or fnmatchcase(source, place)


def _by_identity(marks: Iterable[Mark]) -> dict[tuple[Column, str, str], Mark]:
    return {(mark.column, mark.kind, mark.entity): mark for mark in marks}


def _turned(gone: Sequence[Mark], new: Sequence[Mark]) -> Iterator[tuple[Mark, Mark]]:
    """Columns in which one finding went and one came."""
    for then in gone:
        siblings = [mark for mark in gone if mark.column == then.column]
        came = [mark for mark in new if mark.column == then.column]
        if len(siblings) == len(came) == 1:
            yield then, came[0]


def _sorted(marks: Iterable[Mark], without: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple(sorted({*marks} - {*without}))
