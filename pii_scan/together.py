"""Texts that recognizers look at one after the other, with what several of them need to know of each made once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from pii_scan.folding import apart
from pii_scan.model import Piece


class Texts:
    """Some texts of one sort, folded. Two of these are never equal, so that what was found in one can be told by it.

    Args:
        every: the texts.
    """

    __slots__ = ("__dict__", "_parted", "every")

    def __init__(self, every: Sequence[str]) -> None:
        self.every = every
        self._parted: dict[int, tuple[Texts, Texts]] = {}

    @cached_property
    def size(self) -> int:
        """Characters of all of them."""
        return sum(map(len, self.every))

    @cached_property
    def apart(self) -> Texts:
        """The same, `folding.apart`; where that is each text itself, these."""
        parted = [apart(text) for text in self.every]
        return self if all(one is text for one, text in zip(parted, self.every, strict=True)) else Texts(parted)

    @cached_property
    def encoded(self) -> Sequence[bytes | None]:
        """Those that are printable ASCII, as bytes; None for any other."""
        return [text.encode("ascii") if text.isascii() and text.isprintable() else None for text in self.every]

    def parted(self, first: int) -> tuple[Texts, Texts]:
        """So many of them, and the rest."""
        if first not in self._parted:
            self._parted[first] = Texts(self.every[:first]), Texts(self.every[first:])
        return self._parted[first]

    @cached_property
    def inner(self) -> Sequence[Piece]:
        """Where each begins and ends without the space and quotes around it."""
        return [_inner(text) for text in self.every]


def _inner(text: str) -> Piece:
    bare = text.strip(" \t\r\n\"'.,;")
    start = text.find(bare)
    return start, start + len(bare)
