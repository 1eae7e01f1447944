"""What the outline of a text brings up: asked once for each outline, and remembered."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.arrays import holding
from pii_scan.outline import UNSURE, WORD, borderless
from pii_scan.pieces import pieces, shortened
from pii_scan.ready import Ready
from pii_scan.remembered import Remembered
from pii_scan.runs import LETTERS, LONG
from pii_scan.sets import Sets
from pii_scan.sorts import Hits, Ids, Sort, Sorts, grouped
from pii_scan.tiers import BETWEEN, MARKS, Tiers
from pii_scan.wide import Wide

Flags = npt.NDArray[np.bool_]

_TOGETHER = 1024
"""Patterns in one set where their states do not multiply: short pieces."""
_REMEMBERED = 96
"""Pieces of outlines up to this length are remembered."""
_PIECES_MOST = 1 << 15
_MANY = 256
"""Outlines from which on a pass over all of them for each few patterns costs less than asking one by one."""
_KINDS = 1 << 24
"""More than there are recognizers: stands before the number of a sort of pieces where it is taken for a recognizer's place."""
_OWN = "own"
"""Stands for the mark of patterns that only outlines of texts beyond ASCII are asked for."""
_SENTENCE = re.compile(f"a{{{LETTERS},}}")
_LONG = re.compile(f"[9Aa]{{{LONG}}}")
_WIDE = "a" * (LETTERS + 1)
"""Stands for a word beside a piece: enough of it for a match to lie inside the piece."""


class Forms:
    """Answers for outlines: those of sentences are asked piece by piece, since few pieces are new."""

    def __init__(self, tiers: Tiers, sorts: Sorts) -> None:
        self._sorts = sorts
        self._pieced = _both(tiers.pieced, _TOGETHER)
        self._across = {mark: _both(wide) for mark, wide in tiers.across.items()}
        self._own = Sets((place, borderless(wide)) for place, wide in tiers.own)
        ready = Ready()
        asked = {**tiers.across, _OWN: [(place, borderless(wide)) for place, wide in tiers.own]}
        self._wide = [
            {mark: Wide(((place, change(wide)) for place, wide in patterns), ready) for mark, patterns in asked.items()}
            for change in (str, borderless)
        ]
        self._unread = tiers.unread
        self._worded = "" if tiers.unread else "|".join([f"[{WORD}{UNSURE}]", *sorted(map(_on_outlines, tiers.shapes))])
        """What an outline has, cut or not, of a text that has words to ask for."""
        made = (self._own, *self._pieced, *itertools.chain(*self._across.values()))
        self.refused = frozenset(place for sets in made for place in sets.refused)
        """Places of patterns that RE2 has no room for."""
        self.forget()

    def forget(self) -> None:
        """Begin anew, as the sorts do whose numbers are remembered."""
        self._known = (Remembered(), Remembered())
        """By outline, for ASCII and other texts: twice the number of its sort, and 1 more where a text has words to ask for."""
        self._pieces: tuple[dict[str, int], dict[str, int]] = ({}, {})
        self._wholes: dict[int, int] = {}
        """By the number of the sorts of its pieces, what an outline brings up."""

    def sorted(self, forms: pa.StringArray, always: Iterable[int], *, foreign: bool) -> tuple[Ids, Flags]:
        """The number of the sort that each outline brings up, and whether a text of it has words to ask for; none comes twice."""
        memory = self._known[foreign]
        known, keys = memory.known(forms)
        new = np.flatnonzero(known < 0)
        if len(new):
            known[new] = self._learned(forms.take(pa.array(new)), tuple(always), foreign=foreign)
            memory.learn(keys[new], known[new])
        return known >> 1, (known & 1).astype(np.bool_)

    def _learned(self, forms: pa.StringArray, always: tuple[int, ...], *, foreign: bool) -> Ids:
        """Outlines that are sure of their word borders, and the others; what is remembered of each."""
        learned = np.zeros(len(forms), np.int64)
        unsure = np.asarray(pc.match_substring(forms, UNSURE)) if foreign else np.zeros(len(forms), np.bool_)
        for of_them, some in ((False, np.flatnonzero(~unsure)), (True, np.flatnonzero(unsure))):
            asked = forms if len(some) == len(forms) else forms.take(pa.array(some))
            if len(some) < _MANY:
                one_by_one = self._one_by_one(asked.to_pylist(), always, foreign=foreign)
                learned[some] = np.fromiter(one_by_one, np.int64, len(some))
            else:
                ids, words = self._at_once(asked, always, unsure=of_them, foreign=foreign)
                learned[some] = ids << 1 | words
        return learned

    def _one_by_one(self, forms: Sequence[str], always: tuple[int, ...], *, foreign: bool) -> Iterator[int]:
        for form in forms:
            across = [
                place for mark, sets in self._across.items() if _with(mark, form) for place in sets[UNSURE in form].hits(form)
            ]
            own = self._own.hits(form) if foreign else ()
            cut = _SENTENCE.sub(WORD, form)
            places = (self._sorts.listed[self._of_piece(piece)] for piece in _pieces(cut))
            number = self._sorts.number(_joined(always, across, own, *places))
            yield number << 1 | (re.search(self._worded, cut) is not None)

    def _at_once(self, asked: pa.StringArray, always: tuple[int, ...], *, unsure: bool, foreign: bool) -> tuple[Ids, Flags]:
        """Each pattern is asked of all outlines in one pass, each cut once; all are sure of their borders, or none is."""
        cuts = shortened(asked, "a", LETTERS, WORD).dictionary_encode()
        codes = np.asarray(cuts.indices)
        by_cut = self._of_cuts(cuts.dictionary, always)
        return self._sorts.joined(by_cut[codes], self._hits(asked, unsure=unsure, foreign=foreign)), self._wordy(cuts.dictionary)[
            codes
        ]

    def _of_cuts(self, cuts: pa.StringArray, always: tuple[int, ...]) -> Ids:
        """What the pieces between the words of cut outlines bring up, however long the words were; each is asked for once."""
        owners, parts = pieces(cuts, WORD, MARKS)
        encoded = parts.dictionary_encode()
        each = (self._of_piece(piece.replace(WORD, _WIDE)) for piece in encoded.dictionary.to_pylist())
        kinds = np.fromiter(each, np.int64, len(encoded.dictionary))[np.asarray(encoded.indices)]
        nothing = self._sorts.number(())
        said = np.flatnonzero(kinds != nothing)
        found = self._sorts.joined(np.full(len(cuts), nothing), grouped(kinds[said] + _KINDS, owners[said]))
        whole = pa.array(found).dictionary_encode()
        numbers = (self._whole(number, always) for number in whole.dictionary.to_pylist())
        made: Ids = np.fromiter(numbers, np.int64, len(whole.dictionary))[np.asarray(whole.indices)]
        return made

    def _whole(self, number: int, always: tuple[int, ...]) -> int:
        """What an outline brings up whose pieces are of these sorts."""
        made = self._wholes.get(number)
        if made is None:
            listed = self._sorts.listed
            made = self._sorts.number(_joined(always, *(listed[kind - _KINDS] for kind in listed[number])))
            self._wholes[number] = made
        return made

    def _wordy(self, cuts: pa.StringArray) -> Flags:
        """Which cut outlines are of texts that have words to ask for: most of a sentence hold a long word, or none does."""
        wordy = np.zeros(len(cuts), np.bool_)
        if WORD in self._worded:
            wordy[holding(cuts, WORD)[WORD]] = True
        rest = np.flatnonzero(~wordy)
        wordy[rest] = np.asarray(pc.match_substring_regex(cuts.take(pa.array(rest)), self._worded))
        return wordy

    def _hits(self, asked: pa.StringArray, *, unsure: bool, foreign: bool) -> Iterator[Hits]:
        """What patterns that reach across words match."""
        held = holding(asked, "".join(mark for mark in self._across if len(mark) == 1))
        for mark, wide in self._wide[unsure].items():
            if mark in held:
                some, here = held[mark], asked.take(pa.array(held[mark]))
            elif mark == "long":
                some = np.flatnonzero(np.asarray(pc.match_substring_regex(asked, _LONG.pattern)))
                here = asked.take(pa.array(some))
            elif foreign or mark != _OWN:
                some, here = np.arange(len(asked)), asked
            else:
                continue
            for place, places in wide.hits(here):
                yield place, some[places]

    def _of_piece(self, piece: str) -> int:
        memory = self._pieces[UNSURE in piece]
        found = memory.get(piece)
        if found is None:
            found = self._sorts.number(_joined(self._pieced[UNSURE in piece].hits(piece)))
            if len(piece) <= _REMEMBERED:
                if len(memory) >= _PIECES_MOST:
                    memory.clear()
                memory[piece] = found
        return found


def _joined(*parts: Iterable[int]) -> Sort:
    return tuple(sorted(set().union(*parts)))


def _with(mark: str, form: str) -> bool:
    """Whether an outline holds a mark without which a pattern cannot match."""
    return _LONG.search(form) is not None if mark == "long" else mark in form


def _both(patterns: Sequence[tuple[int, str]], size: int = 16) -> tuple[Sets, Sets]:
    """With word borders, and without them for outlines that are not sure of theirs."""
    return Sets(patterns, size=size), Sets(((place, borderless(wide)) for place, wide in patterns), size=size)


def _pieces(cut: str) -> Iterable[str]:
    """The pieces of an outline cut at its words, between the marks that none of the patterns asked for reaches over.

    Each keeps enough of the words on both sides for a match to lie inside it.
    """
    parts = cut.split(WORD)
    last = len(parts) - 1
    between = (f"{_WIDE if at else ''}{part}{_WIDE if at < last else ''}" for at, part in enumerate(parts))
    return {piece for part in between for piece in BETWEEN.split(part) if piece}


def _on_outlines(shape: str) -> str:
    """A shape of words in a projection, for the outline that it is made from: in RE2 and in Python's syntax."""
    inner = "".join(_MARKS[mark] for mark in shape.strip(" "))
    return f"{_BESIDE[0] * shape.startswith(' ')}{inner}{_BESIDE[1] * shape.endswith(' ')}"


_MARKS = {"a": "[Aa]", "9": "9", " ": "[^9Aa]"}
_BESIDE = ("(?:^|[^9Aa])", "(?:[^9Aa]|$)")
