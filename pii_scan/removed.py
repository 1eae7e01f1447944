"""The values that a copy does not hold any more: told by comparing cells, held in memory only, and only so many."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from threading import Lock

import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.needles import Needles

AT_ONCE = 16_000_000
"""Values that are held together, as hashes; where there are more, the source is read again for each share of them."""
_OFTEN = 4_000_000
"""After how many texts it is looked whether there are too many."""
_TOKENS = 1_000
_PIECE = re.compile(r"[\w@.+'’/-]+|\s+|.", re.DOTALL)
_EDGES = " \t\r\n.,;:!?'\"()[]{}<>-/"


class Removed:
    """Distinct values to be looked for, of which only one share is held where they are too many.

    Args:
        share: which share is held, and of how many: (0, 1) for all. It becomes smaller while values arrive.
        most: how many values are held at most.
    """

    def __init__(self, share: tuple[int, int] = (0, 1), most: int = AT_ONCE) -> None:
        self.share, self._first, self._most = share, share[1], most
        self.needles = Needles(bounded=True)
        self._pending = 0
        self._lock = Lock()

    def __repr__(self) -> str:
        """The share, no value."""
        return f"Removed(share={self.share})"

    def add(self, texts: pa.Array, *, telling: bool) -> None:
        """Take up texts; null and empty ones are none. Threads may do it at once.

        Args:
            texts: the texts.
            telling: whether each tells by itself who someone is.
        """
        once = texts.unique()
        there = pc.fill_null(pc.greater(pc.binary_length(once), 0), False)  # noqa: FBT003
        filled = once if pc.all(there).as_py() else once.filter(there)
        self.needles.add(filled, telling=telling, share=self.share)
        self._pending += len(filled)
        if self._pending > min(_OFTEN, self._most):
            self._settle()

    def take(self, other: Removed) -> None:
        """Take up all that another one holds; what only one of the two still held a share of is held by its share."""
        self.share = max(self.share, other.share, key=lambda share: share[1])
        self.needles.take(other.needles, self.share)
        self._settle()

    def left(self) -> list[tuple[int, int]]:
        """The shares that were given up since the beginning, when all texts have been taken up."""
        self._settle()
        return [(number, self.share[1]) for number in range(self.share[0] + self._first, self.share[1], self._first)]

    def _settle(self) -> None:
        with self._lock:
            self._pending = 0
            if self.share[1] > self._first:  # threads that began before a share was given up may have brought more of it
                self.needles.keep(self.share)
            while self.needles.held > self._most:
                # what hashes to a share of 2n hashes to the same one of n
                self.share = (self.share[0], self.share[1] * 2)
                self.needles.keep(self.share)


def taken_out(old: str, new: str) -> Iterator[str]:
    """The pieces of a text that its copy does not have: words and what stands between them, without marks at their ends."""
    start = _common(old, new)
    old, new = old[start:], new[start:]
    end = _common(old[::-1], new[::-1])
    one, two = _PIECE.findall(old[: len(old) - end]), _PIECE.findall(new[: len(new) - end])
    if max(len(one), len(two)) > _TOKENS:
        kept = set(two)
        yield from (piece for piece in one if piece not in kept and piece.strip(_EDGES))
        return
    for what, first, last, _, _ in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        piece = "".join(one[first:last]).strip(_EDGES) if what in {"replace", "delete"} else ""
        if piece:
            yield piece


def _common(one: Sequence[str], two: Sequence[str]) -> int:
    """How many first characters are the same, up to the last blank among them."""
    most = min(len(one), len(two))
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == two[:middle] else (low, middle - 1)
    while low and not one[low - 1].isspace():
        low -= 1
    return low
