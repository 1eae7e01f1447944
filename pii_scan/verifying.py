"""The proof of a copy: compared with its source, searched for what was taken out of it, and scanned again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pyarrow as pa

from pii_scan.alignment import Reading, tables
from pii_scan.blobs import Stream, streams
from pii_scan.compared import Fault, Pair, TableProof, compare
from pii_scan.fates import KEPT, Fates
from pii_scan.hashed import LONG, NONE, STRONG, TELLING, among, unique
from pii_scan.leaves import lines
from pii_scan.model import Catalogue, Column, Evidence
from pii_scan.needles import Needles
from pii_scan.proof import Sightings, Trace, seen
from pii_scan.removed import Removed
from pii_scan.threads import at_once

_FEW = 1 << 11
"""Bytes of cells up to which it is remembered what they hold, and for so many columns of batches."""


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
    proof = Proof()
    shares = [(0, 1)]
    traces: dict[tuple[str, str, str], int] = {}
    standing: dict[tuple[str, str, str], int] = {}
    while shares:
        removed = Removed(shares.pop(), most) if most else Removed(shares.pop())
        found = [table for pair in pairs for table in compare(pair, fates, removed, again=bool(proof.tables))]
        proof.tables = proof.tables or found
        if not proof.missing:
            proof.missing = [f"{table.source} {table.table}" for table in found if table.missing]
        shares += removed.left()
        removed.needles.leave_out(_labels(catalogue))
        proof.searched += len(removed.needles)
        proof.too_short += removed.needles.too_short
        _searched(_Search(removed.needles, fates, traces, standing), pairs, outputs)
    proof.leaks = sorted(Trace(*place, count) for place, count in traces.items())
    proof.standing = sorted(Standing(*place, count) for place, count in standing.items())
    return proof


def found_again(evidence: Evidence, pairs: Sequence[Pair], fates: Fates, catalogue: Catalogue) -> list[Fault]:
    """What a scan of the copies still finds where the plan took it out.

    Only what a check digit or a form confirms counts, and only of the kind that was taken out: a label reads like a name.
    """
    origins = {pair.copy.address: pair.source.address for pair in pairs}
    faults: list[Fault] = []
    for column, facts in evidence.columns.items():
        source = origins.get(column.source, column.source)
        fate = fates.of(Column(source, column.table, column.column, column.path))
        if fate.sort != "changed" or not fate.open or not fate.kind:
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


@dataclass(frozen=True)
class _Search:
    """One share of the values, and where they were found."""

    needles: Needles
    fates: Fates
    traces: dict[tuple[str, str, str], int]
    standing: dict[tuple[str, str, str], int]

    def leak(self, path: str, where: str, encoding: str, numbers: np.ndarray) -> None:
        if len(numbers):
            place = (path, where, encoding)
            self.traces[place] = self.traces.get(place, 0) + len(numbers)


def _searched(search: _Search, pairs: Sequence[Pair], outputs: Mapping[Path, str]) -> None:
    """Bytes, pages and names first; then cells, which explain most of what was found there."""
    found: list[tuple[str, str, str, np.ndarray]] = []
    for path, way in outputs.items():
        for stream in (_name(way), *streams(path, cells=False)):
            found += [(str(path), stream.where, encoding, values) for encoding, values in seen(search.needles, stream).items()]
    for pair in pairs:
        if pair.store == "memory":
            stream = Stream("memory", text=False, parts=_memory(pair))
            found += [
                (pair.copy.address, "memory", encoding, values) for encoding, values in seen(search.needles, stream).items()
            ]
    explained = [NONE]
    for pair in pairs:
        for (table, column), places in _cells(search.needles, pair, hit=any(len(values) for *_, values in found)).items():
            explained += places.values()
            _judged(search, pair, (table, column), places)
    known = unique(explained)
    for place, where, encoding, values in found:
        left = values[~among(known, values)[1]]
        if where == "name":  # a year that is the name of a folder is no leak, a name is one
            left = left[search.needles.traits(left) & (STRONG | TELLING) > 0]
        search.leak(place, where, encoding, left)


def _memory(pair: Pair) -> Iterator[bytes]:
    """The buffers of a frame, once each: also what no cell shows, under nulls, around slices and in dictionaries."""
    known: set[int] = set()
    for units in tables(pair.copy).values():
        for batch in Reading(pair.copy, units).batches():
            for array in batch.columns:
                for buffer in _buffers(array):
                    if buffer.address not in known:
                        known.add(buffer.address)
                        yield buffer.to_pybytes()


def _buffers(array: pa.Array) -> Iterator[pa.Buffer]:
    yield from (buffer for buffer in array.buffers() if buffer is not None)
    if pa.types.is_dictionary(array.type):
        yield from _buffers(array.dictionary)


def _judged(search: _Search, pair: Pair, at: tuple[str, str], places: Sightings) -> None:
    """What stands in a column is a leak where the plan took such values out, or where it tells who someone is."""
    table, column = at
    fate = search.fates.of(Column(pair.source.address, table, column)) if column else KEPT
    for encoding, values in places.items():
        traits = search.needles.traits(values)
        strong = traits & (STRONG if encoding != "digits" else LONG) > 0
        if fate.sort == "changed" and fate.whole:
            leaking, rest = values[strong] if fate.open else values[:0], values[:0]
        else:
            sure = strong & (traits & TELLING > 0) & (not fate.meant)
            leaking, rest = values[sure], values[~sure]
        search.leak(pair.copy.address, f"column {table}.{column}" if column else "names of columns", encoding, leaking)
        if len(rest):
            place = (pair.copy.address, table, column)
            search.standing[place] = search.standing.get(place, 0) + len(rest)


def _cells(needles: Needles, pair: Pair, *, hit: bool) -> dict[tuple[str, str], Sightings]:
    """For each column of the copy the values that stand in its cells, those in the names of columns under an empty name.

    Args:
        needles: what is looked for.
        pair: the copy.
        hit: whether the bytes hold any of it. In a file of text no cell can hold more; in pages and rows one may lie apart.
    """
    found: dict[tuple[str, str], Sightings] = {}
    known: dict[tuple[str, bytes], Sightings] = {}
    for label, units in tables(pair.copy).items():
        names: dict[str, None] = {}
        whole = pair.store != "text" or hit  # no cell holds what the bytes do not
        batches = Reading(pair.copy, units).batches()
        for here, places in at_once(partial(_in_cells, needles, known, whole), batches if whole else islice(batches, 1)):
            names |= dict.fromkeys(here)
            for name, sightings in places:
                _add(found.setdefault((label, name), {}), sightings)
        header = "\n".join([label, *names]).encode("utf-8", "surrogatepass")
        found[label, ""] = seen(needles, Stream("cells", text=True, parts=[header]))
    return found


def _in_cells(
    needles: Needles, known: dict[tuple[str, bytes], Sightings], whole: bool, batch: pa.RecordBatch
) -> tuple[list[str], list[tuple[str, Sightings]]]:
    """The columns of a batch, and for each the values that stand in its cells.

    Args:
        needles: what is looked for.
        known: what few short cells hold, such as labels, which a column has in every batch.
        whole: whether cells are looked into at all.
        batch: the cells.
    """
    places: list[tuple[str, Sightings]] = []
    for name, blob in lines(batch, once=True) if whole else ():
        sightings = known.get((name, blob)) if len(blob) <= _FEW else None
        if sightings is None:
            sightings = seen(needles, Stream("cells", text=True, parts=[blob]))
            if len(blob) <= _FEW and len(known) < _FEW:
                known[name, blob] = sightings
        places.append((name, sightings))
    return batch.schema.names, places


def _add(place: Sightings, more: Sightings) -> None:
    for encoding, numbers in more.items():
        place[encoding] = np.union1d(place[encoding], numbers) if encoding in place else numbers


def _name(way: str) -> Stream:
    """The way to a file: the folders of a partition hold values, too."""
    return Stream("name", text=True, parts=[unquote(way).encode("utf-8", "surrogateescape")])


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
