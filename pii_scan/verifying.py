"""The proof of a copy: compared with its source, searched for what was taken out of it, and scanned again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pii_scan.alignment import unreadable
from pii_scan.compared import Fault, Pair, TableProof, compare
from pii_scan.fates import Fates
from pii_scan.memory import give_back
from pii_scan.model import Catalogue, Column, Evidence, Skipped
from pii_scan.proof import Trace
from pii_scan.removed import Removed
from pii_scan.searching import Search

_Place = TypeVar("_Place", "Standing", Fault)


@dataclass(frozen=True, slots=True, order=True)
class Standing:
    """Values that were taken out of one column, and stand in another one that the plan keeps."""

    source: str
    table: str
    column: str
    values: int


@dataclass(slots=True)
class Proof:
    """What was proved of some copies, and what was not. Counts only, never a value."""

    tables: list[TableProof] = field(default_factory=list)
    leaks: list[Trace] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    found_again: list[Fault] = field(default_factory=list)
    searched: int = 0
    """Distinct values that were looked for."""
    too_short: int = 0
    """Distinct values that were not: three characters are in any file."""
    missing: list[str] = field(default_factory=list)
    """What a database has and its copy has not: views are not copied, and nobody can tell by the copy what they were."""
    not_done: list[str] = field(default_factory=list)
    """What could not be proved, and why."""

    @property
    def faults(self) -> list[Fault]:
        """Where the copies differ from what they should be."""
        return [fault for table in self.tables for fault in table.faults]

    @property
    def clean(self) -> bool:
        """Whether nothing leaks and nothing differs that should not."""
        return not (self.leaks or self.faults or self.found_again)

    def told(self, called: Callable[[str, str], tuple[str, str]], words: Callable[[str], str]) -> None:
        """Name sources as the copy does: what was taken out of a name stands in no manifest.

        Args:
            called: what the address of a source and a table in it are called.
            words: the same for what is said in words.
        """
        for table in self.tables:
            table.source, table.table = called(table.source, table.table)
            table.faults = [_called(fault, called) for fault in table.faults]
        self.standing = [_called(one, called) for one in self.standing]
        self.found_again = [_called(fault, called) for fault in self.found_again]
        self.leaks = [replace(leak, path=words(leak.path)) for leak in self.leaks]
        self.not_done = [words(line) for line in self.not_done]


def _called(place: _Place, called: Callable[[str, str], tuple[str, str]]) -> _Place:
    source, table = called(place.source, place.table)
    return replace(place, source=source, table=table)


def prove(
    pairs: Sequence[Pair], outputs: Mapping[Path, str], fates: Fates, catalogue: Catalogue, *, most: int | None = None
) -> Proof:
    """Compare the copies with their sources, and search them for everything that was taken out.

    Args:
        pairs: each source with its copy.
        outputs: the files of the copies, each with its way from the folder that is handed on; none for a server's database.
        fates: what the plan says.
        catalogue: the words that labels are made of.
        most: how many values are held in memory; where there are more, sources and copies are read again.

    Raises:
        SourceError: something cannot be read, and so proves nothing.
    """
    proof = Proof(not_done=sorted({_unread(skipped) for pair in pairs for skipped in unreadable(pair.source)}))
    shares = [(0, 1)]
    traces: dict[tuple[str, str, str], int] = {}
    standing: dict[tuple[str, str, str], int] = {}
    while shares:
        removed = Removed(shares.pop(), most) if most else Removed(shares.pop())
        found = [table for pair in pairs for table in compare(pair, fates, removed, again=bool(proof.tables))]
        proof.tables = proof.tables or found
        if not proof.missing:
            proof.missing = [f"{table.source} {table.table}" for table in found if table.missing]
        give_back()
        shares += removed.left()
        removed.needles.leave_out(_labels(catalogue))
        proof.searched += len(removed.needles)
        proof.too_short += removed.needles.too_short
        give_back()
        Search(removed.needles, fates, traces, standing).all(pairs, outputs)
    proof.leaks = sorted(Trace(*place, count) for place, count in traces.items())
    proof.standing = sorted(Standing(*place, count) for place, count in standing.items())
    return proof


def found_again(evidence: Evidence, pairs: Sequence[Pair], fates: Fates, catalogue: Catalogue) -> list[Fault]:
    """What a scan of the copies still finds where the plan took it out.

    Only what a check digit or a form confirms counts, and only of the kind that was taken out: a label reads like a name.
    A number that took the place of another one has a good check digit as often as any.
    """
    origins = {pair.copy.address: pair.source.address for pair in pairs}
    faults: list[Fault] = []
    for column, facts in evidence.columns.items():
        source = origins.get(column.source, column.source)
        fate = fates.of(Column(source, column.table, column.column, column.path))
        if fate.sort != "changed" or not fate.open or not fate.kind or fate.numbers:
            continue
        cells = 0
        for name, tally in facts.tallies.items():
            entity = catalogue.entities.get(name)
            if entity is not None and entity.kind == fate.kind and entity.proof != "name" and tally.whole:
                cells = max(cells, tally.cells)
        if cells:
            place = ".".join(part for part in (column.column, column.path) if part)
            faults.append(Fault(source, column.table, place, "scanned again", f"{cells:,} cells still hold {fate.kind}"))
    return faults


def _unread(skipped: Skipped) -> str:
    return f"{skipped.source} {skipped.table}".rstrip() + f": {skipped.why}, so its copy was not compared with it"


def _labels(catalogue: Catalogue) -> Iterator[str]:
    """The words that labels and tokens are made of, as they may be written: somebody may be called Name."""
    for kind in ("redacted", *catalogue.kinds):
        for word in (kind, *kind.split("_")):
            yield from (word, word.title(), word.capitalize(), word.upper())


def summed(tables: Iterable[TableProof]) -> Mapping[str, int]:
    """The counts of all tables."""
    made = list(tables)
    return {
        "tables": len(made),
        "rows": sum(table.rows for table in made),
        "cells_changed": sum(table.cells_changed for table in made),
        "cells_kept": sum(table.cells_kept for table in made),
    }
