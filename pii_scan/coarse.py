"""Coarser readings of a column: what is left to tell rows apart when dates become years, numbers bands, codes prefixes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Sort = Literal["date", "number", "code", "text"]

_YEAR = r"(?P<year>(?:1[89]|20)\d\d)"
_DATE = r"^\s*(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{4})"
_NUMBER = r"^\s*[-+]?\d+(?:[.,]\d+)?\s*$"
_CODE = r"^[A-Za-z0-9][A-Za-z0-9 -]*\d[A-Za-z0-9 -]*$"
_MOST = 0.9
"""The share of texts that must have a form for the column to be of that sort."""


@dataclass(frozen=True, slots=True)
class Level:
    """One way to read a column more coarsely.

    Attributes:
        name: in words, behind the column's name: `to its year`; empty for the cells as they are.
        loss: how much is lost, to compare: 1 for the least, 9 for the whole column.
    """

    name: str
    loss: int


AS_IS = Level("", 0)
WITHOUT = Level("left out", 9)
LEVELS: dict[Sort, tuple[Level, ...]] = {
    "date": (AS_IS, Level("to its month", 1), Level("to its year", 2), Level("to its decade", 4), WITHOUT),
    "number": (AS_IS, Level("in bands of 5", 1), Level("in bands of 10", 2), Level("in bands of 20", 4), WITHOUT),
    "code": (AS_IS, Level("to its first 3 characters", 2), Level("to its first 2 characters", 4), WITHOUT),
    "text": (AS_IS, WITHOUT),
}


def sort_of(texts: pa.Array, kind: str = "") -> Sort:
    """What sort of column some of its texts are: by their kind, where that settles it, else by their form."""
    filled = texts.filter(pc.greater(pc.binary_length(pc.fill_null(texts, "")), 0))
    if not len(filled):
        return "text"
    forms: tuple[tuple[Sort, str], ...] = (("date", _DATE), ("number", _NUMBER), ("code", _CODE))
    if kind == "postal_code":
        forms = (("code", _CODE),)
    for sort, form in forms:
        if (pc.sum(pc.match_substring_regex(filled, form)).as_py() or 0) >= _MOST * len(filled):
            return sort
    return "text"


def coarser(texts: pa.Array, sort: Sort, level: Level) -> pa.Array:
    """The texts at a level; what has not the form of the sort stays as it is."""
    if level is WITHOUT or level.name == WITHOUT.name:
        return pa.nulls(len(texts), pa.large_string())
    texts = texts.cast(pa.large_string())
    if not level.name:
        return texts
    if sort == "date":
        return _dated(texts, level)
    if sort == "number":
        return _banded(texts, int(level.name.rsplit(" ", 1)[1]))
    return pc.utf8_slice_codeunits(texts, 0, int(level.name.split()[3]))


def _dated(texts: pa.Array, level: Level) -> pa.Array:
    if level.name == "to its month":
        return pc.if_else(pc.match_substring_regex(texts, r"^\d{4}"), pc.utf8_slice_codeunits(texts, 0, 7), _behind(texts))
    years = pc.struct_field(pc.extract_regex(texts, _YEAR), "year")
    cut = pc.utf8_slice_codeunits(years, 0, 4 if level.name == "to its year" else 3)
    return pc.coalesce(cut, texts)


def _behind(texts: pa.Array) -> pa.Array:
    """`02/1990` of `17/02/1990`."""
    return pc.replace_substring_regex(texts, r"^\s*\d\d?[-/.]", "")


def _banded(texts: pa.Array, width: int) -> pa.Array:
    fits = pc.fill_null(pc.match_substring_regex(texts, _NUMBER), False)  # noqa: FBT003 - a foreign name
    numbers = pc.cast(pc.replace_substring(pc.utf8_trim_whitespace(pc.if_else(fits, texts, "0")), ",", "."), pa.float64())
    bands = np.floor(np.asarray(numbers) / width).astype(np.int64)
    return pc.if_else(fits, pa.array(bands).cast(pa.large_string()), texts)
