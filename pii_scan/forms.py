"""What the outline of a text brings up: asked once for each outline, and remembered."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.outline import UNSURE, borderless
from pii_scan.runs import LETTERS, LONG
from pii_scan.sets import Sets
from pii_scan.tiers import Tiers

Known = tuple[tuple[int, ...], bool]
"""The places of the recognizers that an outline brings up, and whether a text of it has words to ask for."""

_TOGETHER = 1024
"""Patterns in one set where their states do not multiply: short pieces."""
_REMEMBERED = 64
"""Outlines up to this length are remembered; longer ones seldom come twice."""
_OUTLINES_MOST = 1 << 14
_MANY = 256
"""Outlines from which on one pass over all of them tells which few to ask one by one."""
_CUT = "…"
"""Stands for a word of a sentence, however long; no outline holds a character beyond ASCII."""
_SENTENCE = re.compile(f"a{{{LETTERS},}}")
_LONG = re.compile(f"[9Aa]{{{LONG}}}")
_WORDY = re.compile(f"[Aa{UNSURE}]")


class Forms:
    """Answers for outlines: those of sentences are asked piece by piece, since few pieces are new."""

    def __init__(self, tiers: Tiers) -> None:
        self._pieced = _both(tiers.pieced, _TOGETHER)
        self._across = {mark: _both(wide) for mark, wide in tiers.across.items()}
        self._each = {mark: _by_place(wide) for mark, wide in tiers.across.items()}
        self._own = Sets((place, borderless(wide)) for place, wide in tiers.own)
        self._unread = bool(tiers.unread)
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
        learned = dict(zip(new, self._learned(new, tuple(always), foreign=foreign), strict=True))
        found = [learned.get(form) or memory[form] for form in forms]
        if len(memory) + len(learned) > _OUTLINES_MOST:
            memory.clear()
        short = ((form, what) for form, what in learned.items() if len(form) <= _REMEMBERED)
        memory.update(itertools.islice(short, _OUTLINES_MOST))
        return found

    def _learned(self, forms: Sequence[str], always: tuple[int, ...], *, foreign: bool) -> Iterator[Known]:
        hits: list[set[int]] = [set(always) for _ in forms]
        for mark, sets in self._across.items():
            some = _with(mark, forms)
            if len(some) < _MANY:
                for place in some:
                    hits[place].update(sets[UNSURE in forms[place]].hits(forms[place]))
            else:
                self._ask_all(mark, forms, some, hits)
        for form, found in zip(forms, hits, strict=True):
            if foreign:
                found.update(self._own.hits(form))
            found.update(self._of_pieces(form))
            yield tuple(sorted(found)), self._unread or _WORDY.search(form) is not None

    def _ask_all(self, mark: str, forms: Sequence[str], some: Sequence[int], hits: Sequence[set[int]]) -> None:
        """Each recognizer's patterns in one pass over many outlines."""
        unsure = any(UNSURE in forms[place] for place in some)
        asked = pa.array([forms[place] for place in some], pa.string())
        for recognizer, sure in self._each[mark].items():
            pattern = borderless(sure) if unsure else sure
            for found in pc.indices_nonzero(pc.match_substring_regex(asked, pattern)).to_pylist():
                hits[some[found]].add(recognizer)

    def _of_pieces(self, form: str) -> frozenset[int]:
        """What the pieces between the words bring up, however long the words are."""
        cut = _SENTENCE.sub(_CUT, form)
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


def _with(mark: str, forms: Sequence[str]) -> list[int]:
    """The outlines that hold a mark without which a pattern cannot match."""
    if mark == "long":
        return [place for place, form in enumerate(forms) if _LONG.search(form)]
    return [place for place, form in enumerate(forms) if mark in form]


def _by_place(patterns: Sequence[tuple[int, str]]) -> dict[int, str]:
    """One pattern for each recognizer, that any of its own matches."""
    each: dict[int, list[str]] = {}
    for place, wide in patterns:
        each.setdefault(place, []).append(f"(?:{wide})")
    return {place: "|".join(wide) for place, wide in each.items()}


def _both(patterns: Sequence[tuple[int, str]], size: int = 16) -> tuple[Sets, Sets]:
    """With word borders, and without them for outlines that are not sure of theirs."""
    return Sets(patterns, size=size), Sets(((place, borderless(wide)) for place, wide in patterns), size=size)


def _pieces(cut: str) -> Iterable[str]:
    """The pieces of an outline cut at its words; each keeps enough of them on both sides for a match to lie inside it."""
    parts = cut.split(_CUT)
    word, last = "a" * (LETTERS + 1), len(parts) - 1
    return {f"{word if at else ''}{piece}{word if at < last else ''}" for at, piece in enumerate(parts)}
