"""Outlines of sentences made short, and the pieces between their words: of a million texts few pieces differ.

As in `arrays`, no text becomes a Python string.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pii_scan.arrays import Bytes, Places, bytes_of, made_of

_TOGETHER = 4_096
"""Texts taken at once: each of their bytes needs a few numbers."""


def shortened(texts: pa.StringArray, mark: str, least: int, word: str) -> pa.StringArray:
    """Texts with `word`, one character, for every run of at least `least` of a mark.

    Of words with blanks and nothing else between them two are kept.
    """
    some = [_shortened(texts.slice(start, _TOGETHER), mark, least, word) for start in range(0, len(texts), _TOGETHER)]
    return pa.concat_arrays(some) if some else texts


def _shortened(texts: pa.StringArray, mark: str, least: int, word: str) -> pa.StringArray:
    bounds, data = bytes_of(texts)
    begins = np.zeros(len(data) + 1, np.bool_)
    begins[bounds[:-1]] = True
    held = data == ord(mark)
    starts = np.flatnonzero(held & (begins[:-1] | ~np.concatenate([[False], held[:-1]])))
    ends = np.flatnonzero(held & (begins[1:] | ~np.concatenate([held[1:], [False]]))) + 1
    lengths = ends - starts
    starts, lengths = starts[lengths >= least], lengths[lengths >= least]
    short = data.copy()
    short[starts] = ord(word)
    bounds, short, begins = _without(_stretches(starts + 1, lengths - 1), bounds, short)
    words, blanks = short == ord(word), (short == ord(" ")) & ~begins
    words_in = words & ~begins
    pair = np.zeros(len(short), np.bool_)  # a word and a blank that stand between another such pair and a word
    if len(short) > 4:
        pair[2:-2] = words[:-4] & blanks[1:-3] & words_in[2:-2] & blanks[3:-1] & words_in[4:]
    bounds, short, _ = _without(np.flatnonzero(pair | np.concatenate([[False], pair[:-1]])), bounds, short)
    return made_of(bounds, short)


def pieces(texts: pa.StringArray, word: str, marks: str) -> tuple[Places, pa.StringArray]:
    """Whose each piece is, and the pieces of texts between some marks and between words.

    A word is one character, which stays on both sides.
    """
    bounds, data = bytes_of(texts)
    apart = np.zeros(256, np.int8)
    apart[[ord(mark) for mark in marks]] = 1
    apart[ord(word)] = 2
    kinds = apart[data]
    at = np.flatnonzero(kinds)
    words = kinds[at] == 2
    starts = np.sort(np.concatenate([bounds[:-1], at + ~words]))
    lengths = np.sort(np.concatenate([bounds[1:], at + words])) - starts
    starts, lengths = starts[lengths > 0], lengths[lengths > 0]
    made = made_of(np.concatenate([[0], np.cumsum(lengths)]), data[_stretches(starts, lengths)])
    return np.searchsorted(bounds, starts, side="right") - 1, made


def _stretches(starts: Places, lengths: Places) -> Places:
    """The places of stretches of bytes, one behind the other."""
    total = int(lengths.sum())
    return np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) + np.arange(total) if total else starts[:0]


def _without(places: Places, bounds: Places, data: Bytes) -> tuple[Places, Bytes, npt.NDArray[np.bool_]]:
    """Some bytes left out: the new bounds and bytes, and which bytes begin a text."""
    kept = np.ones(len(data), np.bool_)
    kept[places] = False
    bounds = np.concatenate([[0], np.cumsum(kept)])[bounds]
    data = data[kept]
    begins = np.zeros(len(data), np.bool_)
    begins[bounds[:-1][bounds[:-1] < len(data)]] = True
    return bounds, data, begins
