"""Sentences as their words, and what is known of the words: what the readers of free text share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from unicodedata import unidata_version

import regex as re

from pii_scan.recognizers.scripts import AnyScript
from pii_scan.shelf import read_table, remembered

_WORD = AnyScript(r"[\p{L}\p{M}]+(?:['’.-](?=[\p{L}\p{M}]{2})[\p{L}\p{M}]+|['’][\p{L}])*|\d[\d\p{L}]*(?:[/-]\d[\d\p{L}]*)*")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$")
_BREAK = re.compile(r"[.!?\n\r:\"“”«»\\|>]")
_LONGEST = 5
"""Words of the longest phrase."""


class Word(NamedTuple):
    """A word or number of a sentence."""

    start: int
    end: int
    text: str
    folded: str
    gap: str
    """What stands between the word before and this one."""

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper() or self.text[0].istitle()

    @property
    def number(self) -> bool:
        """Whether it begins with a digit."""
        return self.text[0].isdigit()

    @property
    def opens(self) -> bool:
        """Whether a sentence, a line or a speech may begin with it."""
        return self.start == 0 or _BREAK.search(self.gap) is not None or self.gap.strip() != self.gap.strip(".!?")


class Sentence:
    """The words of a text, and how it writes them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[Word] = []
        last = 0
        for found in _WORD.finditer(text):
            start, bare = found.start(), found.group()
            if "'" in bare or "’" in bare:
                bare = _POSSESSIVE.sub("", bare)
            end = start + len(bare)
            self.words.append(Word(start, end, bare, bare.casefold(), text[last:start]))
            last = end
        self.small = text == text.lower() if text.isascii() else not any(map(str.isupper, text))
        """Nothing in it is capitalised, so that capitals tell nothing."""
        self.large = not self.small and not any(map(str.islower, text))

    @cached_property
    def foreign(self) -> bool:
        """Whether its small words are those of another language than English, which the model may not read."""
        known = vocabulary().words
        own = sum(word.folded in known["english"] for word in self.words)
        return sum(word.folded in known["foreign"] for word in self.words) > max(2, 2 * own)

    def before(self, place: int, phrases: frozenset[tuple[str, ...]]) -> tuple[str, ...]:
        """The longest of the phrases that ends just before a word; empty for none."""
        if place == 0 or len(self.words[place].gap) > 8 or "!" in self.words[place].gap:
            return ()
        words = [word.folded for word in self.words[max(0, place - _LONGEST) : place]]
        return next((tuple(words[-size:]) for size in range(len(words), 0, -1) if tuple(words[-size:]) in phrases), ())

    def after(self, place: int, phrases: frozenset[tuple[str, ...]]) -> bool:
        """Whether one of the phrases begins with that word."""
        words = [word.folded for word in self.words[place : place + _LONGEST]]
        return any(tuple(words[:size]) in phrases for size in range(1, len(words) + 1))


@lru_cache(maxsize=4)
def sentence(text: str) -> Sentence:
    """The words of a text; the last few are remembered, since several readers ask for the same one."""
    return Sentence(text)


class Vocabulary:
    """The tables of `prose.toml`, case-folded: `phrases` as tuples of words, single `words`, and `ends` of longer words."""

    def __init__(self, tables: Mapping[str, Mapping[str, str]]) -> None:
        listed = {sort: [word for line in table.values() for word in _split(line)] for sort, table in tables.items()}
        phrases = remembered(_key(listed), lambda: {sort: list(map(_phrase, words)) for sort, words in listed.items()})
        self.phrases = {sort: frozenset(map(tuple, made)) for sort, made in phrases.items()}
        self.words = {sort: frozenset(words) for sort, words in listed.items()}
        self.ends = {sort: tuple(word[1:] for word in words if word.startswith("*")) for sort, words in listed.items()}


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """What the tables hold, read once."""
    return Vocabulary(read_table((files("pii_scan.recognizers") / "prose.toml").read_text("utf-8")))


def _key(listed: Mapping[str, list[str]]) -> str:
    """Changes with the words, and with what takes them apart."""
    return repr((re.__version__, unidata_version, Path(__file__).read_text("utf-8"), listed))


def _split(line: str) -> list[str]:
    return [" ".join(word.split()).casefold() for word in line.split(",") if word.strip()]


def _phrase(phrase: str) -> tuple[str, ...]:
    return tuple(word.folded for word in Sentence(phrase).words)


def joined(words: Sequence[Word]) -> str:
    """The folded words with a space between them, as the lists hold them."""
    return " ".join(word.folded for word in words)
