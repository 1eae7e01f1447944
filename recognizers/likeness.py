"""How much a word is like a name: a small model of letters, learned from openly licensed lists by benchmarks/likeness.py.

No list holds every name. The model adds up, for the pieces of one to four letters that a word is made of, how much oftener
each is met in given names, in family names, in whole names that are written as one word (Chinese, Japanese, Korean), and in
other words.
"""

from __future__ import annotations

import unicodedata
import zlib
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

BUCKETS = 1 << 18
"""Rows of the table that pieces of words share."""
LONGEST = 5
"""Letters of the longest piece; the whole word counts too."""
MOST = 24
"""Letters of a word beyond which it is no name."""


class Word(NamedTuple):
    """The logarithms of the probabilities that a word is one thing or another."""

    given: float
    family: float
    whole: float
    other: float

    @property
    def name(self) -> float:
        """By how many nats it is a given or family name, rather than another word."""
        return max(self.given, self.family) - self.other


def folded(word: str) -> str:
    """A word as the model reads it: small letters, no accents, no apostrophes."""
    small = word.casefold().replace("’", "").replace("'", "")
    if small.isascii():
        return small
    parts = unicodedata.normalize("NFKD", small)
    return unicodedata.normalize("NFC", "".join(char for char in parts if not 0x300 <= ord(char) < 0x370))


def pieces(word: str) -> list[int]:
    """The rows of the table that belong to the pieces of a folded word."""
    bounded = f"^{word}$"
    length = len(bounded)
    found = [bounded[start : start + size] for size in range(2, LONGEST + 1) for start in range(length - size + 1)]
    found.append(f"={word}")
    if not word.isascii():
        found += word
    return [zlib.crc32(piece.encode()) % BUCKETS for piece in found]


@lru_cache(maxsize=1)
def _table() -> tuple[np.ndarray, np.ndarray]:
    """The weights of every row, and what every word starts with; loaded when the first word asks."""
    with (files("pii_scan.recognizers") / "likeness.npz").open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return stored["weights"], stored["start"]


@lru_cache(maxsize=1 << 16)
def likeness(word: str) -> Word:
    """What a word without spaces is like; about 15 microseconds, and nothing where it was asked before."""
    small = folded(word)
    if not small or len(small) > MOST:
        return Word(-9.0, -9.0, -9.0, 0.0)
    weights, start = _table()
    rows = weights[pieces(small)].sum(axis=0, dtype=np.int32)
    scores = start + rows * np.float32(1 / 16)
    scores = scores - scores.max()
    logs = scores - np.log(np.exp(scores).sum())
    return Word(*logs.tolist())
