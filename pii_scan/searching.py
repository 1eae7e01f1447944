"""Copies searched for all that was taken out of them; what leaks is told apart from what stands there by right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pyarrow as pa

from pii_scan.alignment import Reading, larger, tables, unreadable
from pii_scan.blobs import Stream, streams
from pii_scan.celled import only_cells
from pii_scan.compared import Pair
from pii_scan.fates import KEPT, Fates
from pii_scan.hashed import LONG, NONE, STRONG, TELLING, among, unique
from pii_scan.leaves import lines
from pii_scan.memory import give_back
from pii_scan.model import Column
from pii_scan.needles import Needles
from pii_scan.proof import Sightings, seen
from pii_scan.threads import at_once

_CELLS = 2 << 20
"""Bytes of cells up to which small batches are put together."""
_OFTEN = 16
"""After how many of these the system gets back what lies free in the memory of each thread."""
_FEW = 1 << 11
"""Bytes of cells up to which it is remembered what they hold, and for so many columns of batches."""


@dataclass(frozen=True)
class Search:
    """One share of the values, and where they were found."""

    needles: Needles
    fates: Fates
    traces: dict[tuple[str, str, str], int]
    standing: dict[tuple[str, str, str], int]

    def leak(self, path: str, where: str, encoding: str, numbers: np.ndarray) -> None:
        """Note values that were found where they must not be."""
        if len(numbers):
            place = (path, where, encoding)
            self.traces[place] = self.traces.get(place, 0) + len(numbers)

    def all(self, pairs: Sequence[Pair], outputs: Mapping[Path, str]) -> None:
        """Bytes, pages, names and what a store tells first; then cells, which explain most of what was found there."""
        laid = {pair.copy.address: start for pair in pairs if (start := _laid(pair)) is not None}
        found = [seen_at for stream in _streams(pairs, outputs, laid) for seen_at in self._seen(*stream)]
        give_back()
        explained = [NONE]
        for pair in pairs:
            hit = pair.copy.address in laid or any(len(values) for *_, values in found)
            cells, unread = _cells(self.needles, pair, hit=hit)
            if unread and pair.copy.address in laid:  # then only its bytes tell what it holds
                found = [one for one in found if one[:2] != (pair.copy.address, "bytes")]
                for stream in streams(Path(pair.copy.address)):
                    found += self._seen(pair.copy.address, stream)
            for (table, column), places in cells.items():
                explained += places.values()
                _judged(self, pair, (table, column), places)
        known = unique(explained)
        for place, where, encoding, values in found:
            left = values[~among(known, values)[1]]
            # a year that is the name of a folder is no leak, and the words of SQL are names of people, too
            enough = {"name": STRONG | TELLING, "catalogue": STRONG}.get(where, 0)
            self.leak(place, where, encoding, left[self.needles.traits(left) & enough > 0] if enough else left)

    def _seen(self, place: str, stream: Stream) -> Iterator[tuple[str, str, str, np.ndarray]]:
        for encoding, values in seen(self.needles, stream).items():
            yield place, stream.where, encoding, values


def _laid(pair: Pair) -> int | None:
    """Where the rows of a copy begin, if it is a file whose rows are cells and nothing else, all of which can be read."""
    laid: int | None = pair.copy.laid() if pair.store == "text" and hasattr(pair.copy, "laid") else None
    if laid is None or not only_cells(Path(pair.copy.address), laid) or any(unreadable(pair.copy)):
        return None
    return laid


def _streams(pairs: Sequence[Pair], outputs: Mapping[Path, str], laid: Mapping[str, int]) -> Iterator[tuple[str, Stream]]:
    """All that copies hold beside their cells, each with its place."""
    for path, way in outputs.items():
        for stream in (_name(way), *streams(path, cells=False, laid=laid.get(str(path)))):
            yield str(path), stream
    for pair in pairs:
        if pair.store == "memory":
            yield pair.copy.address, Stream("memory", text=False, parts=_memory(pair))
        if hasattr(pair.copy, "told"):
            texts = (f"{text}\n".encode("utf-8", "surrogatepass") for text in pair.copy.told(tables(pair.copy)))
            yield pair.copy.address, Stream("catalogue", text=True, parts=texts)


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


def _judged(search: Search, pair: Pair, at: tuple[str, str], places: Sightings) -> None:
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


def _cells(needles: Needles, pair: Pair, *, hit: bool) -> tuple[dict[tuple[str, str], Sightings], bool]:
    """For each column of the copy the values that stand in its cells, those in the names of columns under an empty name.

    And whether some of it cannot be read.

    Args:
        needles: what is looked for.
        pair: the copy.
        hit: whether the bytes hold any of it, or were not looked at, since cells tell what they hold. In another file of text no
            cell can hold more; in pages and rows one may lie apart.
    """
    found: dict[tuple[str, str], Sightings] = {}
    known: dict[tuple[str, bytes], Sightings] = {}
    unread = False
    for label, units in tables(pair.copy).items():
        names: dict[str, None] = {}
        whole = pair.store != "text" or hit  # no cell holds what the bytes do not, but where these escape what is escaped
        reading = Reading(pair.copy, units)
        batches = larger(reading.batches(), _CELLS) if whole else islice(reading.batches(), 1)
        for number, (here, places) in enumerate(at_once(partial(_in_cells, needles, known, whole), batches)):
            if not number % _OFTEN:
                give_back()
            names |= dict.fromkeys(here)
            for name, sightings in places:
                _add(found.setdefault((label, name), {}), sightings)
        header = "\n".join([label, *names]).encode("utf-8", "surrogatepass")
        found[label, ""] = seen(needles, Stream("cells", text=True, parts=[header]))
        unread = unread or bool(reading.unread)
    return found, unread


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
            sightings = seen(needles, Stream("cells", text=True, parts=[blob]), threads=False)
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
