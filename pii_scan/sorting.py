"""The sorts of many texts at once: no more than `Prefilter.candidates` answers, without a Python string for each text.

The sort of a text depends on its outline, which a pass over bytes makes and which few thousand texts differ in, and on the words
in it: only texts in which a factor of some pattern stands are asked one by one.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pii_scan.arrays import Places, in_ascii, made_of, outlines
from pii_scan.folding import AFTER, BEFORE, FOLDING, STOP, is_unspaced
from pii_scan.glyphs import Codes, Table, codes_of, part_of, texts_of
from pii_scan.outline import OUTLINES
from pii_scan.prefilter import Prefilter
from pii_scan.sorts import Ids, Sorted

_NEARLY = 0.9
"""Share of texts that have words to ask for, from which on picking them out costs more than asking all."""
_FOLDED = Table(lambda code: ord(chr(code).translate(FOLDING)))
_OUTLINED = Table(lambda code: ord(OUTLINES[code]))
_BEFORE, _AFTER = re.compile(f"[{BEFORE}]"), re.compile(f"[{AFTER}]")


def _gluing(code: int) -> int:
    """1 for a letter of a script without spaces; 2, 4 or both for what is glued to one after or before it."""
    char = chr(code)
    return is_unspaced(char) + 2 * (_BEFORE.match(char) is not None) + 4 * (_AFTER.match(char) is not None)


_GLUING = Table(_gluing)


class Sorter:
    """Sorts arrays of texts by the recognizers that could find something in them."""

    def __init__(self, prefilter: Prefilter) -> None:
        self._prefilter = prefilter

    def __call__(self, texts: pa.StringArray) -> Sorted:
        """The sort of each text of an array without nulls: all that could find something in it, and among its `candidates`."""
        self._prefilter.forget_most()
        plain = in_ascii(texts)
        if plain.all():
            return Sorted(self._plainly(texts), self._prefilter.sorts.listed)
        ids = np.zeros(len(texts), np.int64)
        ids[plain] = self._plainly(texts.filter(pa.array(plain)))
        ids[~plain] = self._abroad(texts.filter(pa.array(~plain)))
        return Sorted(ids, self._prefilter.sorts.listed)

    def _plainly(self, texts: pa.StringArray) -> Ids:
        """Texts in ASCII: their bytes are mapped, never decoded."""
        if not len(texts):
            return np.zeros(0, np.int64)
        formed, wordy = self._formed(outlines(texts), foreign=False)
        asked = np.flatnonzero(wordy)
        if not len(asked):
            return formed
        if len(asked) > _NEARLY * len(texts):  # no pattern matches the others
            return self._prefilter.sorts.joined(formed, self._prefilter.told(texts, foreign=False))
        told = self._prefilter.told(texts.take(pa.array(asked)), foreign=False)
        return self._prefilter.sorts.joined(formed, ((place, asked[found]) for place, found in told))

    def _formed(self, forms: pa.StringArray, *, foreign: bool) -> tuple[Ids, npt.NDArray[np.bool_]]:
        """What outlines bring up: each is asked for once, where texts share them."""
        encoded = forms.dictionary_encode()
        codes = np.asarray(encoded.indices)
        formed, wordy = self._prefilter.formed(encoded.dictionary, foreign=foreign)
        return formed[codes], wordy[codes]

    def _abroad(self, texts: pa.StringArray) -> Ids:
        """Texts with characters beyond ASCII, sorted by their code points."""
        bounds, codes = codes_of(texts)
        folded = _FOLDED(codes)
        ids = self._folded(bounds, folded)
        glued = _glued(bounds, folded)
        if glued.any():
            bounds, parts = part_of(bounds, folded, glued)
            other = self._folded(bounds, np.where(_GLUING(parts) & 1, np.uint32(ord(STOP)), parts))
            ids[glued] = self._prefilter.sorts.united(ids[glued], other)
        return ids

    def _folded(self, bounds: Places, codes: Codes) -> Ids:
        forms = made_of(bounds, _OUTLINED(codes).astype(np.uint8))
        formed, _ = self._formed(forms, foreign=True)
        return self._prefilter.sorts.joined(formed, self._prefilter.told(texts_of(bounds, codes), foreign=True))


def _glued(bounds: Places, codes: Codes) -> npt.NDArray[np.bool_]:
    """In which texts a letter of a script without spaces stands beside a number or a Latin letter."""
    kinds = _GLUING(codes)
    pairs = ((kinds[:-1] & 1 == 1) & (kinds[1:] & 2 == 2)) | ((kinds[:-1] & 4 == 4) & (kinds[1:] & 1 == 1))
    glued = np.zeros(len(bounds) - 1, np.bool_)
    first = np.flatnonzero(pairs)
    owners = np.searchsorted(bounds, first, side="right") - 1
    glued[owners[bounds[owners + 1] > first + 1]] = True
    return glued
