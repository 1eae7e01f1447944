"""The proof of a copy: compared with its source, searched for what was taken out of it, and scanned again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.alignment import Reading, tables
from pii_scan.blobs import Stream, streams
from pii_scan.compared import Fault, Pair, TableProof, compare
from pii_scan.fates import KEPT, Fates
from pii_scan.leaves import lines
from pii_scan.model import Catalogue, Column, Evidence
from pii_scan.needles import Needles
from pii_scan.proof import Sightings, Trace, seen
from pii_scan.removed import Removed


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
        values, telling = _without_labels(*removed.values(), catalogue)
        shares += removed.left()
        needles = Needles(values, bounded=True)
        proof.searched += len(needles)
        proof.too_short += len(values) - len(needles)
        _searched(_Search(needles, telling[needles.chosen], fates, traces, standing), pairs, outputs)
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
    telling: np.ndarray
    fates: Fates
    traces: dict[tuple[str, str, str], int]
    standing: dict[tuple[str, str, str], int]

    @cached_property
    def strong(self) -> np.ndarray:
        """Which values stand nowhere by chance."""
        return _strong(self.needles.values)

    @cached_property
    def long(self) -> np.ndarray:
        """Which values have so many digits that they stand nowhere by chance; a moment in time has ten, a phone number eleven."""
        return np.asarray(pc.match_substring_regex(self.needles.values, r"^(?:\D*\d){13}"), bool)

    def leak(self, path: str, where: str, encoding: str, numbers: np.ndarray) -> None:
        if len(numbers):
            place = (path, where, encoding)
            self.traces[place] = self.traces.get(place, 0) + len(numbers)


def _searched(search: _Search, pairs: Sequence[Pair], outputs: Mapping[Path, str]) -> None:
    """Bytes, pages and names first; then cells, which explain most of what was found there."""
    found: list[tuple[str, str, str, np.ndarray]] = []
    for path, way in outputs.items():
        for stream in (_name(way), *streams(path, cells=False)):
            found += [(str(path), stream.where, encoding, numbers) for encoding, numbers in seen(search.needles, stream).items()]
    for pair in pairs:
        if pair.store == "memory":
            stream = Stream("memory", text=False, parts=_memory(pair))
            found += [
                (pair.copy.address, "memory", encoding, numbers) for encoding, numbers in seen(search.needles, stream).items()
            ]
    hit = np.unique(np.concatenate([np.zeros(0, np.int64), *(numbers for *_, numbers in found)]))
    explained = np.zeros(len(search.needles), bool)
    for pair in pairs:
        for (table, column), places in _cells(search.needles, hit, pair).items():
            for numbers in places.values():
                explained[numbers] = True
            _judged(search, pair, (table, column), places)
    strong = search.strong
    for place, where, encoding, numbers in found:
        left = numbers[~explained[numbers]]
        # a year that is the name of a folder is no leak, a name is one
        search.leak(place, where, encoding, left[strong[left] | search.telling[left]] if where == "name" else left)


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
    for encoding, numbers in places.items():
        strong = search.strong[numbers] if encoding != "digits" else search.long[numbers]
        if fate.sort == "changed" and fate.whole:
            leaking, rest = numbers[strong] if fate.open else numbers[:0], numbers[:0]
        else:
            sure = strong & search.telling[numbers] & (not fate.meant)
            leaking, rest = numbers[sure], numbers[~sure]
        search.leak(pair.copy.address, f"column {table}.{column}" if column else "names of columns", encoding, leaking)
        if len(rest):
            place = (pair.copy.address, table, column)
            search.standing[place] = search.standing.get(place, 0) + len(rest)


def _cells(needles: Needles, hit: np.ndarray, pair: Pair) -> dict[tuple[str, str], Sightings]:
    """For each column of the copy the values that stand in its cells, those in the names of columns under an empty name.

    Args:
        needles: what is looked for.
        hit: what the bytes hold of it. In a file of text no cell can hold more; in pages and rows one may lie apart.
        pair: the copy.
    """
    some = Needles(needles.values.take(pa.array(hit)), bounded=True)
    found: dict[tuple[str, str], Sightings] = {}
    for label, units in tables(pair.copy).items():
        names: dict[str, None] = {}
        for batch in Reading(pair.copy, units).batches():
            names |= dict.fromkeys(batch.schema.names)
            if pair.store == "text" and not len(some):
                break  # no cell holds what the bytes do not
            for name, blob in lines(batch):
                place = found.setdefault((label, name), {})
                if len(some):
                    _add(place, {one: hit[two] for one, two in seen(some, Stream("cells", text=True, parts=[blob])).items()})
                if pair.store != "text":
                    _add(place, seen(needles, Stream("cells", text=True, parts=[blob]), unfolded=pair.store == "rows"))
        header = "\n".join([label, *names]).encode("utf-8", "surrogatepass")
        found[label, ""] = seen(needles, Stream("cells", text=True, parts=[header]))
    return found


def _add(place: Sightings, more: Sightings) -> None:
    for encoding, numbers in more.items():
        place[encoding] = np.union1d(place[encoding], numbers) if encoding in place else numbers


def _name(way: str) -> Stream:
    """The way to a file: the folders of a partition hold values, too."""
    return Stream("name", text=True, parts=[unquote(way).encode("utf-8", "surrogateescape")])


def _strong(values: pa.Array) -> np.ndarray:
    """Which values stand nowhere by chance: eight characters with a letter among them, or so many digits."""
    long = pc.and_(pc.greater_equal(pc.utf8_length(values), 8), pc.match_substring_regex(values, r"\pL"))
    return np.asarray(pc.or_(long, pc.match_substring_regex(values, r"^[\d\W]{13,}$")), bool)


def _without_labels(values: pa.Array, telling: np.ndarray, catalogue: Catalogue) -> tuple[pa.Array, np.ndarray]:
    """The values but for the words that labels and tokens are made of: somebody may be called Name."""
    words = {word for kind in catalogue.kinds for word in (kind, *kind.split("_"))} | {"redacted"}
    known = pa.array(sorted(words), pa.large_string())
    kept = pc.invert(pc.is_in(pc.utf8_lower(values), known)) if len(values) else pa.array([], pa.bool_())
    return values.filter(kept), telling[np.asarray(kept, bool)]


def summed(tables: Iterable[TableProof]) -> Mapping[str, int]:
    """The counts of all tables."""
    made = list(tables)
    return {
        "tables": len(made),
        "rows": sum(table.rows for table in made),
        "cells_changed": sum(table.cells_changed for table in made),
        "cells_kept": sum(table.cells_kept for table in made),
    }
