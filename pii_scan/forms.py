"""What the outline of a text brings up: asked once for each outline, and remembered."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.outline import UNSURE, borderless
from pii_scan.runs import LETTERS, LONG
from pii_scan.sets import Sets
from pii_scan.tiers import Tiers
from pii_scan.wide import Wide

Known = tuple[tuple[int, ...], bool]
"""The places of the recognizers that an outline brings up, and whether a text of it has words to ask for."""

_TOGETHER = 1024
"""Patterns in one set where their states do not multiply: short pieces."""
_REMEMBERED = 64
"""Outlines up to this length are remembered; longer ones seldom come twice."""
_OUTLINES_MOST = 1 << 14
_MANY = 24
"""Outlines from which on a pass over all of them for each few patterns costs less than asking one by one."""
_OWN = "own"
"""Stands for the mark of patterns that only outlines of texts beyond ASCII are asked for."""
_CUT = "…"
"""Stands for a word of a sentence, however long; no outline holds a character beyond ASCII."""
_WORDS, _TWO_WORDS = f"(?:{_CUT} )+{_CUT}", f"{_CUT} {_CUT}"
"""Words with nothing but a blank between them: what lies between two of them lies between all."""
_SENTENCE = re.compile(f"a{{{LETTERS},}}")
_LONG = re.compile(f"[9Aa]{{{LONG}}}")
_WORDY = re.compile(f"[Aa{_CUT}{UNSURE}]")


class Forms:
    """Answers for outlines: those of sentences are asked piece by piece, since few pieces are new."""

    def __init__(self, tiers: Tiers) -> None:
        self._pieced = _both(tiers.pieced, _TOGETHER)
        self._across = {mark: _both(wide) for mark, wide in tiers.across.items()}
        self._own = Sets((place, borderless(wide)) for place, wide in tiers.own)
        asked = {**tiers.across, _OWN: [(place, borderless(wide)) for place, wide in tiers.own]}
        self._wide = [
            {mark: Wide((place, change(wide)) for place, wide in patterns) for mark, patterns in asked.items()}
            for change in (str, borderless)
        ]
        self._unread = tiers.unread
        made = (self._own, *self._pieced, *itertools.chain(*self._across.values()))
        self.refused = frozenset(place for sets in made for place in sets.refused)
        """Places of patterns that RE2 has no room for."""
        self._known: tuple[dict[str, Known], dict[str, Known]] = ({}, {})
        self._pieces: dict[str, tuple[int, ...]] = {}
        self._cuts: dict[str, frozenset[int]] = {}

    def known(self, forms: Sequence[str], always: Iterable[int], *, foreign: bool) -> list[Known]:
        """For each outline what it brings up beside what comes up always; `foreign` for texts beyond ASCII."""
        memory = self._known[foreign]
        new = list(dict.fromkeys(form for form in forms if form not in memory))
        if not new:
            return [memory[form] for form in forms]
        learned = self._learned_of(new, tuple(always), foreign=foreign)
        found = [learned.get(form) or memory[form] for form in forms]
        if len(memory) + len(learned) > _OUTLINES_MOST:
            memory.clear()
        short = ((form, what) for form, what in learned.items() if len(form) <= _REMEMBERED)
        memory.update(itertools.islice(short, _OUTLINES_MOST))
        return found

    def _learned_of(self, forms: Sequence[str], always: tuple[int, ...], *, foreign: bool) -> dict[str, Known]:
        """Outlines that are sure of their word borders, and the others."""
        learned: dict[str, Known] = {}
        for unsure in (False, True):
            some = [form for form in forms if (UNSURE in form) is unsure]
            learn = self._at_once if len(some) >= _MANY else self._one_by_one
            learned |= zip(some, learn(some, tuple(always), foreign=foreign), strict=True)
        return learned

    def _one_by_one(self, forms: Sequence[str], always: tuple[int, ...], *, foreign: bool) -> Iterator[Known]:
        for form in forms:
            across = [
                place for mark, sets in self._across.items() if _with(mark, form) for place in sets[UNSURE in form].hits(form)
            ]
            own = self._own.hits(form) if foreign else ()
            of_cut = self._of_pieces(_SENTENCE.sub(_CUT, form)), _WORDY.search(form) is not None
            yield self._joined(always, of_cut, (*across, *own))

    def _at_once(self, forms: Sequence[str], always: tuple[int, ...], *, foreign: bool) -> Iterator[Known]:
        """Each pattern is asked of all outlines in one pass, each cut once; all are sure of their borders, or none is."""
        asked = pa.array(forms, pa.string())
        words = pc.replace_substring_regex(asked, _SENTENCE.pattern, _CUT)
        cuts = pc.replace_substring_regex(words, _WORDS, _TWO_WORDS).dictionary_encode()
        by_cut = [(self._of_pieces(cut), _WORDY.search(cut) is not None) for cut in cuts.dictionary.to_pylist()]
        hits: list[list[int]] = [[] for _ in forms]
        for mark, wide in self._wide[UNSURE in forms[0]].items() if forms else ():
            if mark == _OWN and not foreign:
                continue
            some = _all_with(mark, asked)
            for recognizer, places in wide.hits(asked.take(pa.array(some))):
                for place in some[places].tolist():
                    hits[place].append(recognizer)
        made: dict[tuple[int, ...], Known] = {}
        for cut, found in zip(cuts.indices.to_pylist(), hits, strict=True):
            key = (cut, *found)
            yield made.get(key) or made.setdefault(key, self._joined(always, by_cut[cut], found))

    def _joined(self, always: Iterable[int], of_cut: tuple[Iterable[int], bool], across: Iterable[int]) -> Known:
        places, wordy = of_cut
        return tuple(sorted({*always, *places, *across})), self._unread or wordy

    def _of_pieces(self, cut: str) -> frozenset[int]:
        """What the pieces between the words of a cut outline bring up, however long the words were."""
        found = self._cuts.get(cut)
        if found is None:
            found = frozenset(place for piece in _pieces(cut) for place in self._of_piece(piece))
            if len(self._cuts) >= _OUTLINES_MOST:
                self._cuts.clear()
            self._cuts[cut] = found
        return found

    def _of_piece(self, piece: str) -> tuple[int, ...]:
        found = self._pieces.get(piece)
        if found is None:
            found = tuple(self._pieced[UNSURE in piece].hits(piece))
            if len(piece) <= _REMEMBERED:
                if len(self._pieces) >= _OUTLINES_MOST:
                    self._pieces.clear()
                self._pieces[piece] = found
        return found


def _with(mark: str, form: str) -> bool:
    """Whether an outline holds a mark without which a pattern cannot match."""
    return _LONG.search(form) is not None if mark == "long" else mark in form


def _all_with(mark: str, forms: pa.StringArray) -> npt.NDArray[np.int64]:
    """The places of the outlines that hold a mark."""
    if mark in {"", _OWN}:
        return np.arange(len(forms))
    held = pc.match_substring_regex(forms, _LONG.pattern) if mark == "long" else pc.match_substring(forms, mark)
    return np.flatnonzero(np.asarray(held))


def _both(patterns: Sequence[tuple[int, str]], size: int = 16) -> tuple[Sets, Sets]:
    """With word borders, and without them for outlines that are not sure of theirs."""
    return Sets(patterns, size=size), Sets(((place, borderless(wide)) for place, wide in patterns), size=size)


def _pieces(cut: str) -> Iterable[str]:
    """The pieces of an outline cut at its words; each keeps enough of them on both sides for a match to lie inside it."""
    parts = cut.split(_CUT)
    word, last = "a" * (LETTERS + 1), len(parts) - 1
    return {f"{word if at else ''}{piece}{word if at < last else ''}" for at, piece in enumerate(parts)}
