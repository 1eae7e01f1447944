"""The scanner as the product runs it, fed with labelled columns in memory: detection once, classification as often as wanted.

Detection is slow and looks at values alone (the few rows that only a name brings in aside), so the evidence of a table is gathered
once, kept in the process, and renamed where only names change. A script that fits the numbers of the verdict classifies the same evidence again and again:

    judge = Judge()
    seen = [one for name in (TABLES, CELLS, NAMES) for one in judge.seen(load(DATA, name))]     # slow, once
    for truth, findings in judge.verdicts(seen): ...                 # reads pii_scan.weights anew each time

    seen[0].truth.label, seen[0].truth.tier, seen[0].truth.ambiguous, seen[0].evidence.columns[seen[0].column]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from benchmarks.scoring import Claim
from benchmarks.sets import Labelled, grouped
from pii_scan.classify import classify
from pii_scan.detect import Detector
from pii_scan.model import Band, Column, ColumnEvidence, Evidence, Finding, TableFacts, Unit
from pii_scan.presidio import Engine, engine
from pii_scan.registry import InstalledRules
from pii_scan.settings import Settings, at_least

NEUTRAL = frozenset({"free_text"})
"""Kinds that do not say that a column is personal."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A labelled column, and the evidence of the whole table that it stands in."""

    truth: Labelled
    column: Column
    """Its address in the evidence, without a path."""
    evidence: Evidence


class Judge:
    """Gathers evidence, keeps it in the process, and gives verdicts."""

    def __init__(self, *, ner: bool = True) -> None:
        parts, self.catalogue = InstalledRules().load()
        self.engine: Engine = engine(parts, self.catalogue.entities, ner=ner)
        self._detector = Detector(self.engine, self.catalogue, Settings(ner=ner).detection)
        self._kept: dict[tuple[str, str, str], Evidence] = {}

    def evidence(self, table: str, columns: Mapping[str, Sequence[str]]) -> Evidence:
        """What is seen in a table; columns of unlike length are filled up with nulls. Slow."""
        length = max(map(len, columns.values()), default=0)
        arrays = [pa.array([*values, *[None] * (length - len(values))], pa.string()) for values in columns.values()]
        return self._detector.examine(Unit("set", table), [pa.RecordBatch.from_arrays(arrays, names=list(columns))])

    def seen(self, columns: Iterable[Labelled]) -> Iterator[Seen]:
        """Every column with its evidence, those that are not scored included; tables seen before are not read again."""
        for group, members in grouped(columns):
            evidence = self._of_group(group, members)
            for column in members:
                yield Seen(column, _address(column), evidence)

    def verdicts(self, seen: Iterable[Seen]) -> Iterator[tuple[Labelled, tuple[Finding, ...]]]:
        """Every column with its findings, the surest first; what JSON in its cells holds belongs to it.

        All tables are classified in one call, as a scan does: reading the catalogue's phrases costs as much as fifty tables.
        """
        known = list(seen)
        found: dict[Column, list[Finding]] = {}
        for finding in self.classified(together({id(one.evidence): one.evidence for one in known}.values())):
            found.setdefault(replace(finding.column, path=""), []).append(finding)
        for one in known:
            yield one.truth, tuple(found.get(one.column, ()))

    def classified(self, evidence: Evidence) -> tuple[Finding, ...]:
        """All findings of some evidence, as a scan makes them."""
        return classify(evidence, self.catalogue)

    def _of_group(self, group: str, members: Sequence[Labelled]) -> Evidence:
        """The evidence of a table under its names of now: detection looks at values alone, so it is renamed, not repeated."""
        key = (members[0].set, group, str(hash(tuple(column.values for column in members))))
        plain = {f"{place}": column.values for place, column in enumerate(members)}
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = self.evidence("table", plain)
        names = {f"{place}": _address(column) for place, column in enumerate(members)}
        first = names["0"]
        return replace(
            kept,
            columns={replace(names[at.column], path=at.path): seen for at, seen in kept.columns.items()},
            tables={(first.source, first.table): next(iter(kept.tables.values()))},
        )


def together(parts: Iterable[Evidence]) -> Evidence:
    """The evidence of tables that have no column in common."""
    columns: dict[Column, ColumnEvidence] = {}
    tables: dict[tuple[str, str], TableFacts] = {}
    for part in parts:
        columns |= part.columns
        tables |= part.tables
    return Evidence(columns, tables)


def claims(findings: Iterable[Finding], least: Band = "likely") -> tuple[Claim, ...]:
    """What the findings of at least this band say of a column."""
    return tuple(Claim((one.kind,), one.kind in NEUTRAL) for one in findings if at_least(one.band, least))


def _address(column: Labelled) -> Column:
    """Its group as the source, since many tables of a set may have one name."""
    return Column(f"{column.set} {column.group}", column.table, column.column)
