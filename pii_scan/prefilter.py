"""Which recognizers can match which text: one RE2 pass that may say yes too often, never no wrongly."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan import kept
from pii_scan.folding import apart, fold
from pii_scan.forms import Flags, Forms
from pii_scan.linear import Linear
from pii_scan.model import Piece
from pii_scan.outline import OUTLINES
from pii_scan.sets import Sets
from pii_scan.sorts import Hits, Ids, Sorts
from pii_scan.superset import superset
from pii_scan.syntax import FLAGS, differs, letters
from pii_scan.telling import Telling
from pii_scan.tiers import patterns_of

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

_SHAPES = 8
"""Shapes of one recognizer that are asked for in one pass."""
_LONG_LIST = 1 << 13
"""Terms from which on a list is asked itself: to join it with the others would take longer than a small scan asks."""
_REMEMBERED = 1 << 18
"""Sorts, and ways to them, after which all are forgotten."""
_NEVER = r"[^\x00-\x{10FFFF}]"
_PARTS = 24
"""Parts of a list of words that are made ready before the whole list is."""
_LONG = 2_000
"""Characters of a text from which on to find out what can stand in it takes longer than the whole list."""
_AROUND = " \t\r\n.,;:!?\"'()"
_TURKIC = {0x130: "I", 0x131: "i"}
_DOTLESS = "[ıİ]"
"""Python's `regex` takes these for an `i` where case is left aside, RE2 does not."""


class Prefilter:
    """Answers, for a folded text, the places of the recognizers that could find something in it.

    Patterns made of digits, single letters and punctuation are matched, made coarse, against the outline of the text, once for
    each outline; patterns that spell words are matched against the text. A recognizer without a pattern that RE2 takes and
    understands as Presidio does, without `prefilter` and without `terms`, is a candidate always; one that is asked only where
    the name of a column names it (`named = True`) never is.
    """

    def __init__(self, recognizers: Sequence[EntityRecognizer]) -> None:
        self._patterns = [tuple(patterns_of(recognizer)) for recognizer in recognizers]
        named = {place for place, recognizer in enumerate(recognizers) if getattr(recognizer, "named", False)}
        self._likes = [tuple((like, 0) for like in getattr(recognizer, "like", ())) for recognizer in recognizers]
        lists = [(place, frozenset(terms)) for place, one in enumerate(recognizers) if (terms := getattr(one, "terms", ()))]
        self._lists: list[tuple[int, frozenset[str]]] = [one for one in lists if len(one[1]) >= _LONG_LIST]
        self._terms: dict[str, tuple[int, ...]] = {}
        owners: dict[tuple[int, ...], tuple[int, ...]] = {}  # those of thousands of terms are the same
        for place, terms in (one for one in lists if len(one[1]) < _LONG_LIST):
            for term in terms:
                found = (*self._terms.get(term, ()), place)
                self._terms[term] = owners.setdefault(found, found)
        always = {
            place
            for place, recognizer in enumerate(recognizers)
            if place not in named
            if any(flags & ~FLAGS or differs(pattern) for pattern, flags in self._patterns[place])
            or not (self._patterns[place] or getattr(recognizer, "terms", ()))
        }
        tiers = kept.tiers(
            (place, pattern, flags, hasattr(recognizers[place], "prefilter"))
            for place, patterns in enumerate(self._patterns)
            for pattern, flags in (patterns if place not in always | named else ())
        )
        self.sorts = Sorts()
        """What the numbers stand for that `formed` hands out."""
        self._forms = Forms(tiers, self.sorts)
        self._worded, self._worded_abroad = tiers.worded, tiers.abroad
        self._always = tuple(sorted(always | self._forms.refused))
        self._odd = frozenset(always)
        self._shapes: dict[int, tuple[Linear | None, ...]] = {}
        self._parts = {
            place: _Parts(one.narrowed)
            for place, one in enumerate(recognizers)
            if hasattr(one, "narrowed") and self._patterns[place] and place not in always
        }
        self._together: dict[int, Sets | tuple[()]] = {}

    def candidates(self, text: str) -> tuple[int, ...]:
        """Places of the pattern recognizers that could match, sorted."""
        foreign = not text.isascii()
        if foreign and (parted := apart(text)) is not text:
            return tuple(sorted({*self._candidates(text, foreign=True), *self._candidates(parted, foreign=True)}))
        return self._candidates(text, foreign=foreign)

    def _candidates(self, text: str, *, foreign: bool) -> tuple[int, ...]:
        self.forget_most()
        (number,), (wordy,) = self.formed(pa.array([text.translate(OUTLINES)], pa.string()), foreign=foreign)
        places: tuple[int, ...] = self.sorts.listed[number]
        if not wordy and not foreign:
            return places
        told = self.told(pa.array([text], pa.string()), foreign=foreign)
        return tuple(sorted({*places, *(place for place, texts in told if len(texts))}))

    def formed(self, forms: pa.StringArray, *, foreign: bool) -> tuple[Ids, Flags]:
        """For each outline the number of the sort that it brings up, and whether a text of it has words to ask for."""
        return self._forms.sorted(forms, self._always, foreign=foreign)

    def forget_most(self) -> None:
        """Make room: what was remembered goes when it has become much. Numbers handed out before stand for nothing then."""
        if len(self.sorts) > _REMEMBERED:
            self.sorts.forget()
            self._forms.forget()

    def told(self, texts: pa.StringArray, *, foreign: bool) -> Iterator[Hits]:
        """The places of patterns that only a text itself can answer for, each with texts that match; a place may come twice."""
        telling = self._abroad if foreign else self._plainly
        yield from telling.among(texts)
        turkic = np.flatnonzero(np.asarray(pc.match_substring_regex(texts, _DOTLESS))) if foreign else ()
        if len(turkic):
            changed = [text.translate(_TURKIC) for text in texts.take(pa.array(turkic)).to_pylist()]
            for place, some in telling.among(pa.array(changed, pa.string())):
                yield place, turkic[some]

    def warm(self) -> None:
        """Make what only many texts need, and let go what it was made of."""
        self._plainly.warm()
        self._abroad.warm()
        self._worded = self._worded_abroad = []

    @cached_property
    def _plainly(self) -> Telling:
        return Telling(self._worded, foreign=False)

    @cached_property
    def _abroad(self) -> Telling:
        return Telling((*self._worded, *self._worded_abroad), foreign=True)

    def fits(self, place: int, text: str) -> bool:
        """Whether the text has a recognizer's shape, or one on which its `chance` is measured; its check left aside."""
        shapes = self._shapes_of(place, text)
        return not shapes or any(_matches(shape, form) for form in _read_as(text) for shape in shapes)

    def matching(self, place: int, text: str) -> list[int] | None:
        """The numbers of a recognizer's shapes that the text has: its patterns, then those its `chance` is measured on.

        None where nobody can say.
        """
        together = self._together.get(place)
        if together is None:
            wide = list(enumerate(self._wide_shapes(place)))
            together = self._together[place] = Sets(wide, size=_SHAPES) if wide else ()
        if not isinstance(together, Sets):
            return None
        hits = {number for form in _read_as(text) for number in together.hits(form)}
        return sorted(hits.union(together.refused))

    def shaped(self, place: int, text: str) -> Piece | None:
        """Which piece of the text `fits`, the longest: the whole of it where nobody can say."""
        shapes = [shape for shape in self._shapes_of(place, text) if shape is not None]
        if any(shape.fullmatch(text) for shape in shapes):
            return 0, len(text)
        if not self.fits(place, text):
            return None
        bare = text.strip(_AROUND)
        if bare != text and any(shape.fullmatch(bare) for shape in shapes):
            return 0, len(text)
        found = [piece for shape in shapes if (piece := shape.search(text))]
        return max(found, key=lambda piece: piece[1] - piece[0], default=(0, len(text)))

    def _shapes_of(self, place: int, text: str) -> tuple[Linear | None, ...]:
        """The shapes of a recognizer, made ready; for the first texts, of a long list of words those that can stand in them."""
        shapes = self._shapes.get(place)
        if shapes is None:
            parts = self._parts.get(place)
            if parts and len(parts) < _PARTS and len(text) <= _LONG:
                return parts(text)
            shapes = self._shapes[place] = tuple(map(_ready, self._wide_shapes(place)))
        return shapes

    def _wide_shapes(self, place: int) -> list[str]:
        """The shapes of a recognizer for RE2, then those that its `chance` is measured on; none where it reads them otherwise."""
        tried = (*self._patterns[place], *self._likes[place]) if place not in self._odd else ()
        return [superset(f"(?{letters(flags)}){pattern}" if flags else pattern, loose=True) for pattern, flags in tried]

    def terms(self, text: str) -> tuple[int, ...]:
        """Places of the word lists that hold the whole text, whatever its case and the punctuation around it."""
        asked = _terms(text) if text.isascii() else {*_terms(text), *_terms(fold(text))}
        found = {place for term in asked if term in self._terms for place in self._terms[term]}
        for place, terms in self._lists:
            if not terms.isdisjoint(asked):
                found.add(place)
        return tuple(sorted(found)) if found else ()


class _Parts:
    """Parts of a long pattern, each made ready when the first text wants it."""

    def __init__(self, narrowed: Callable[[str], str]) -> None:
        self._narrowed = narrowed
        self._made: dict[str, tuple[Linear | None, ...]] = {"": (_ready(_NEVER),)}

    def __len__(self) -> int:
        return len(self._made)

    def __call__(self, text: str) -> tuple[Linear | None, ...]:
        """The part that a text wants."""
        part = self._narrowed(text)
        made = self._made.get(part)
        if made is None:
            made = self._made[part] = (_ready(superset(part, loose=True)),)
        return made


def _ready(pattern: str) -> Linear | None:
    """A pattern ready to be asked; None where RE2 refuses it or has no room for it."""
    try:
        return Linear(pattern)
    except ValueError:
        return None


def _matches(shape: Linear | None, text: str) -> bool:
    return shape is None or shape.search(text) is not None


def _read_as(text: str) -> Iterator[str]:
    """A text and what engines may take it for."""
    yield text
    if "ı" in text or "İ" in text:
        text = text.translate(_TURKIC)
        yield text
    if (other := apart(text)) is not text:
        yield other


def _terms(text: str) -> set[str]:
    """How a text may stand on a list of whole cells."""
    if text.isascii():
        plain = text.casefold()
        return {plain.strip(), plain.strip(_AROUND)}
    known = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return {text.strip().casefold(), known.strip(), known.strip(_AROUND)}
