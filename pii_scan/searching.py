"""Copies searched for all that was taken out of them; what leaks is told apart from what stands there by right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import numpy as np
import pyarrow as pa

from pii_scan import jsontext
from pii_scan.alignment import Reading, larger, tables, unreadable
from pii_scan.blobs import Stream, streams
from pii_scan.celled import only_cells
from pii_scan.compared import Pair
from pii_scan.fates import KEPT, Fates
from pii_scan.hashed import LONG, NONE, STRONG, TELLING, among, unique
from pii_scan.leaves import distinct, leaves, text_lines
from pii_scan.memory import give_back
from pii_scan.model import Column
from pii_scan.needles import Needles
from pii_scan.proof import Sightings, seen
from pii_scan.rebuild import join
from pii_scan.threads import at_once

_CELLS = 2 << 20
"""Bytes of cells up to which small batches are put together."""
_OFTEN = 16
"""After how many of these the system gets back what lies free in the memory of each thread."""
_FEW = 1 << 11
"""Bytes of cells up to which it is remembered what they hold, and for so many columns of batches."""


class _Leaf(NamedTuple):
    """Where cells stand; names of columns under an empty one."""

    table: str
    column: str
    path: str


@dataclass(slots=True)
class _Held:
    """What stands in the cells of a leaf, and what of it is not in values that the plan made up."""

    all: Sightings = field(default_factory=dict)
    left: Sightings = field(default_factory=dict)

    def add(self, other: _Held) -> None:
        """More cells of the same leaf."""
        _add(self.all, other.all)
        _add(self.left, other.left)


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
            cells, unread = _cells(self, pair, hit=hit)
            if unread and pair.copy.address in laid:  # then only its bytes tell what it holds
                found = [one for one in found if one[:2] != (pair.copy.address, "bytes")]
                for stream in streams(Path(pair.copy.address)):
                    found += self._seen(pair.copy.address, stream)
            for leaf, held in cells.items():
                explained += held.all.values()
                _judged(self, pair, leaf, held.left)
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


def _judged(search: Search, pair: Pair, at: _Leaf, places: Sightings) -> None:
    """What stands in a column is a leak where the plan took such values out, or where it tells who someone is."""
    fate = search.fates.of(Column(pair.source.address, at.table, at.column, at.path)) if at.column else KEPT
    if fate.made_up:  # one person's new name may be what another one was called
        return
    for encoding, values in places.items():
        traits = search.needles.traits(values)
        strong = traits & (STRONG if encoding != "digits" else LONG) > 0
        if fate.sort == "changed" and fate.whole:
            leaking, rest = values[strong], values[:0]
        else:
            sure = strong & (traits & TELLING > 0) & (not fate.meant)
            leaking, rest = values[sure], values[~sure]
        # without its path: where objects have data for keys, names of fields are values
        where = f"column {at.table}.{at.column}" if at.column else "names of columns"
        search.leak(pair.copy.address, where, encoding, leaking)
        if len(rest):
            place = (pair.copy.address, at.table, at.column)
            search.standing[place] = search.standing.get(place, 0) + len(rest)


def _cells(search: Search, pair: Pair, *, hit: bool) -> tuple[dict[_Leaf, _Held], bool]:
    """For each leaf of the copy's columns the values that stand in its cells, those in the names of columns under an empty name.

    And whether some of it cannot be read.

    Args:
        search: what is looked for.
        pair: the copy.
        hit: whether the bytes hold any of it, or were not looked at, since cells tell what they hold. In another file of text no
            cell can hold more; in pages and rows one may lie apart.
    """
    found: dict[_Leaf, _Held] = {}
    known: dict[tuple[_Leaf, bytes], Sightings] = {}
    unread = False
    for label, units in tables(pair.copy).items():
        names: dict[str, None] = {}
        whole = pair.store != "text" or hit  # no cell holds what the bytes do not, but where these escape what is escaped
        reading = Reading(pair.copy, units)
        batches = larger(reading.batches(), _CELLS) if whole else islice(reading.batches(), 1)
        look = partial(_in_cells, search, known, (pair.source.address, label), whole)
        for number, (here, places) in enumerate(at_once(look, batches)):
            if not number % _OFTEN:
                give_back()
            names |= dict.fromkeys(here)
            for leaf, held in places:
                found.setdefault(leaf, _Held()).add(held)
        header = "\n".join([label, *names]).encode("utf-8", "surrogatepass")
        sightings = seen(search.needles, Stream("cells", text=True, parts=[header]))
        found[_Leaf(label, "", "")] = _Held(sightings, sightings)
        unread = unread or bool(reading.unread)
    return found, unread


def _in_cells(
    search: Search, known: dict[tuple[_Leaf, bytes], Sightings], at: tuple[str, str], whole: bool, batch: pa.RecordBatch
) -> tuple[list[str], list[tuple[_Leaf, _Held]]]:
    """The columns of a batch, and for each of their leaves the values that stand in its cells.

    Args:
        search: what is looked for.
        known: what few short cells hold, such as labels, which a column has in every batch.
        at: the source of which this is a copy, and the table.
        whole: whether cells are looked into at all.
        batch: the cells.
    """
    source, label = at
    places: list[tuple[_Leaf, _Held]] = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True) if whole else ():
        for path, cells in leaves(column):
            leaf, texts = _Leaf(label, name, path), distinct(cells)
            blob = text_lines(texts)
            sightings = known.get((leaf, blob)) if len(blob) <= _FEW else None
            if sightings is None:
                sightings = _seen(search.needles, blob)
                if len(blob) <= _FEW and len(known) < _FEW:
                    known[leaf, blob] = sightings
            left, place = sightings, Column(source, label, name, path)
            if sightings and search.fates.made_up_within(place):
                left = _seen(search.needles, text_lines(_without_made_up(texts, place, search.fates)))
            places.append((leaf, _Held(sightings, left)))
    return batch.schema.names, places


def _seen(needles: Needles, blob: bytes) -> Sightings:
    return seen(needles, Stream("cells", text=True, parts=[blob]), threads=False)


def _without_made_up(texts: pa.Array, place: Column, fates: Fates) -> pa.Array:
    """JSON texts without the values that the plan put there, and all other texts."""

    def made_up(node: jsontext.Node) -> bool:
        return node.what != "key" and fates.of(replace(place, path=join(place.path, node.path))).made_up

    def left(text: str) -> str:
        return jsontext.replaced(text, [(node, None) for node in jsontext.chosen(text, made_up)])

    return pa.array([left(text) if text and jsontext.is_json(text) else text for text in texts.to_pylist()], pa.large_string())


def _add(place: Sightings, more: Sightings) -> None:
    for encoding, numbers in more.items():
        place[encoding] = np.union1d(place[encoding], numbers) if encoding in place else numbers


def _name(way: str) -> Stream:
    """The way to a file: the folders of a partition hold values, too."""
    return Stream("name", text=True, parts=[unquote(way).encode("utf-8", "surrogateescape")])
