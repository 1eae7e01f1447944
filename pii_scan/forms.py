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
from pii_scan.runs import LETTERS, LONG
from pii_scan.sets import Sets
from pii_scan.sorts import Hits, Ids, Sorted, grouped, joined, numbered
from pii_scan.tiers import BETWEEN, MARKS, Tiers
from pii_scan.wide import Wide

Flags = npt.NDArray[np.bool_]
Known = tuple[tuple[int, ...], bool]
"""The places of the recognizers that an outline brings up, and whether a text of it has words to ask for."""

_TOGETHER = 1024
"""Patterns in one set where their states do not multiply: short pieces."""
_REMEMBERED = 96
"""Outlines up to this length are remembered; longer ones seldom come twice."""
_OUTLINES_MOST = 1 << 15
_MANY = 512
"""Outlines from which on a pass over all of them for each few patterns costs less than asking one by one."""
_OWN = "own"
"""Stands for the mark of patterns that only outlines of texts beyond ASCII are asked for."""
_SENTENCE = re.compile(f"a{{{LETTERS},}}")
_LONG = re.compile(f"[9Aa]{{{LONG}}}")
_WIDE = "a" * (LETTERS + 1)
"""Stands for a word beside a piece: enough of it for a match to lie inside the piece."""


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
        self._worded = "" if tiers.unread else "|".join([f"[{WORD}{UNSURE}]", *sorted(map(_on_outlines, tiers.shapes))])
        """What an outline has, cut or not, of a text that has words to ask for."""
        made = (self._own, *self._pieced, *itertools.chain(*self._across.values()))
        self.refused = frozenset(place for sets in made for place in sets.refused)
        """Places of patterns that RE2 has no room for."""
        self._known: tuple[dict[str, Known], dict[str, Known]] = ({}, {})
        self._pieces: tuple[dict[str, frozenset[int]], dict[str, frozenset[int]]] = ({}, {})

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

    def sorted(self, forms: pa.StringArray, always: Iterable[int], *, foreign: bool) -> tuple[Sorted, Flags]:
        """The sort that each outline brings up, and whether a text of it has words to ask for."""
        known = self.known(forms.to_pylist(), always, foreign=foreign)
        return numbered([places for places, _ in known]), np.fromiter((words for _, words in known), np.bool_, len(known))

    def _learned_of(self, forms: Sequence[str], always: tuple[int, ...], *, foreign: bool) -> dict[str, Known]:
        """Outlines that are sure of their word borders, and the others."""
        learned: dict[str, Known] = {}
        for unsure in (False, True):
            some = [form for form in forms if (UNSURE in form) is unsure]
            if len(some) < _MANY:
                learned |= zip(some, self._one_by_one(some, always, foreign=foreign), strict=True)
            else:
                found, words = self._at_once(pa.array(some, pa.string()), always, unsure=unsure, foreign=foreign)
                known = zip(found.ids.tolist(), words.tolist(), strict=True)
                learned |= zip(some, ((found.sorts[number], wordy) for number, wordy in known), strict=True)
        return learned

    def _one_by_one(self, forms: Sequence[str], always: tuple[int, ...], *, foreign: bool) -> Iterator[Known]:
        for form in forms:
            across = [
                place for mark, sets in self._across.items() if _with(mark, form) for place in sets[UNSURE in form].hits(form)
            ]
            own = self._own.hits(form) if foreign else ()
            cut = _SENTENCE.sub(WORD, form)
            places = frozenset().union(*map(self._of_piece, _pieces(cut)))
            yield self._joined(always, places, across, own), re.search(self._worded, cut) is not None

    def _at_once(self, asked: pa.StringArray, always: tuple[int, ...], *, unsure: bool, foreign: bool) -> tuple[Sorted, Flags]:
        """Each pattern is asked of all outlines in one pass, each cut once; all are sure of their borders, or none is."""
        cuts = shortened(asked, "a", LETTERS, WORD).dictionary_encode()
        codes = np.asarray(cuts.indices)
        by_cut, wordy = self._of_cuts(cuts.dictionary, always)
        return joined(Sorted(by_cut.ids[codes], by_cut.sorts), self._hits(asked, unsure=unsure, foreign=foreign)), wordy[codes]

    def _of_cuts(self, cuts: pa.StringArray, always: tuple[int, ...]) -> tuple[Sorted, Flags]:
        """What the pieces between the words of cut outlines bring up, however long the words were; each is asked for once."""
        owners, parts = pieces(cuts, WORD, MARKS)
        encoded = parts.dictionary_encode()
        each = (piece.replace(WORD, _WIDE) for piece in encoded.dictionary.to_pylist())
        by_piece = numbered([self._joined(self._of_piece(piece)) for piece in each])
        kinds = by_piece.ids[np.asarray(encoded.indices)]
        said = _with_any(by_piece, kinds)
        found = joined(Sorted(np.zeros(len(cuts), np.int64), [()]), grouped(kinds[said], owners[said]))
        made = numbered([self._joined(always, *(by_piece.sorts[kind] for kind in sort)) for sort in found.sorts])
        return Sorted(made.ids[found.ids], made.sorts), np.asarray(pc.match_substring_regex(cuts, self._worded))

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

    @staticmethod
    def _joined(*parts: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted(set().union(*parts)))

    def _of_piece(self, piece: str) -> frozenset[int]:
        memory = self._pieces[UNSURE in piece]
        found = memory.get(piece)
        if found is None:
            found = frozenset(self._pieced[UNSURE in piece].hits(piece))
            if len(piece) <= _REMEMBERED:
                if len(memory) >= _OUTLINES_MOST:
                    memory.clear()
                memory[piece] = found
        return found


def _with_any(sorts: Sorted, ids: Ids) -> Ids:
    """The places of those whose sort holds a recognizer."""
    return np.flatnonzero(np.fromiter(map(bool, sorts.sorts), np.bool_, len(sorts.sorts))[ids])


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
