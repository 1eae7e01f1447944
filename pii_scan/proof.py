"""Proof by search: whether any of some values is left in finished files, however it is written or packed there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np

from pii_scan.blobs import Stream, files, streams
from pii_scan.hashed import NONE, among, unique
from pii_scan.memory import give_back
from pii_scan.needles import Needles
from pii_scan.threads import at_once
from pii_scan.unfolding import ACROSS, View, views
from pii_scan.written import NAMES

BLOCK = 1 << 18
"""Bytes that are looked at together: what that takes, some fifty times as many, stays near, and two threads need little room."""
OVERLAP = 4096
"""Bytes of a part that are looked at again with the next one: more than the longest value takes in any encoding."""
_OFTEN = 128
"""After how many blocks the system gets back what lies free in the memory of each thread."""
_CUT = b"\xff"

Sightings = dict[str, np.ndarray]
"""By encoding the keys of the values that were seen in it, in order; each value stands once, with the plainest encoding."""


@dataclass(frozen=True, slots=True, order=True)
class Trace:
    """Values that were found where they must not be: how many, never which."""

    path: str
    where: str
    """`bytes`, `bytes decompressed`, `statistics`, `columns`, `rows` or `name`."""
    encoding: str
    values: int


def search(paths: Iterable[str | Path], values: Iterable[str], *, shortest: int = 4) -> list[Trace]:
    """Every file (folders are walked) in which a value is left: plain, in UTF-16, or as some escape or encoding writes it.

    Args:
        paths: finished outputs.
        values: what must be gone, such as `Redactor.removed`.
        shortest: values of fewer characters (4 at least) are not looked for: `F` or `42` are in any file by chance.

    Raises:
        SourceError: a file cannot be read, and so proves nothing.
    """
    needles = Needles(sorted(set(values)), shortest=shortest)
    return [
        Trace(str(path), stream.where, encoding, len(numbers))
        for path in files(paths)
        for stream in streams(path)
        for encoding, numbers in sorted(seen(needles, stream).items())
    ]


def seen(needles: Needles, stream: Stream, *, unfolded: bool = True, threads: bool = True) -> Sightings:
    """The values that stand in a stream, by the plainest encoding that they were seen in.

    Args:
        needles: what is looked for.
        stream: where.
        unfolded: whether the encodings of the bytes are undone as well.
        threads: whether several blocks are looked at at once; not where a thread asks, each of which takes its room.
    """
    if not len(needles):
        for _ in stream.parts:  # whether it can be read is asked all the same
            pass
        return {}
    marks: dict[str, list[np.ndarray]] = {}
    for parts, across in _apart(stream):
        look = partial(_in_block, needles, stream.text, unfolded, across)
        blocks = at_once(look, _overlapping(parts)) if threads else map(look, _overlapping(parts))
        for number, found in enumerate(blocks):
            if number % _OFTEN == _OFTEN - 1:
                give_back()
            for name, values in found:
                marks.setdefault(name, []).append(values)
    return _once({name: unique(values) for name, values in marks.items()})


def _apart(stream: Stream) -> Iterator[tuple[Iterable[bytes], bool]]:
    """The parts of a stream in which all is looked for, then those in which only what lies across cells is."""
    if stream.laid is None:
        yield stream.parts, False
        return
    parts, head = iter(stream.parts), b""
    while len(head) < stream.laid and (part := next(parts, b"")):
        head += part
    yield [head[: stream.laid]], False
    yield chain([head[stream.laid :]], parts), True


def _in_block(needles: Needles, text: bool, unfolded: bool, across: bool, block: bytes) -> list[tuple[str, np.ndarray]]:
    """The values in one block, by the names of their encodings."""
    made = []
    for view in views(block, ACROSS if across else None) if unfolded else [View("", block)]:
        for part in needles.blocks(view.blob):
            found = needles.hits(part, short=view.short and text, digits=view.digits, across=across)
            made += [(_named(view.name, form), found.values[found.forms == form]) for form in np.unique(found.forms).tolist()]
    return made


def _named(view: str, form: int) -> str:
    """What an encoding is called: `base64`, `utf-16-le`, `base64 utf-16-le`."""
    written = "" if view and NAMES[form] in {"utf-8", "digits"} else NAMES[form]
    return " ".join(part for part in (view, written) if part)


def _once(marks: dict[str, np.ndarray]) -> Sightings:
    """Each value under the plainest of its encodings, so that counts add up."""
    left: Sightings = {}
    known = NONE
    for name in sorted(marks, key=lambda name: (name != "utf-8", " " in name, name)):
        fresh = marks[name][~among(known, marks[name])[1]]
        known = unique([known, fresh])
        if len(fresh):
            left[name] = fresh
    return left


def _overlapping(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts in blocks of one to two times `BLOCK` (the last may be shorter), each with the end of the one before.

    Where a block is cut off stands a byte that is no text: a number that goes on there does not stand by itself.
    """
    held: list[bytes] = []
    size = 0
    for part in parts:
        for start in range(0, len(part), BLOCK):
            if size >= BLOCK:
                block = b"".join(held)
                yield block + _CUT
                held, size = [_CUT, block[1 - OVERLAP :]], 0
            held.append(part[start : start + BLOCK])
            size += len(held[-1])
    yield b"".join(held)
