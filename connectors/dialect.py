"""Finding out how a delimited text is written: delimiter, quote, escape, and whether its first row is a header."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import product

import numpy as np

from pii_scan.connectors.fields import Dialect, Fields, fields

DELIMITERS = "\t|;,\x01\x1f^~"
"""The first of equals wins: a tab hardly ever stands in a text, a comma often."""
_FAVOURED = {".tsv": "\t", ".tab": "\t", ".psv": "|"}
_RECORDS = 200
_LONGEST_NAME = 120
_DATA = re.compile(
    r"""[-+(]?[\d.,\s'%€$£/:()-]*\d[\d.,\s'%€$£/:()TZ+-]*   # a number, an amount, a date, a phone number
    | [^\s@]+@[^\s@]+\.[^\s@]+                              # an e-mail address
    | https?://\S+
    | [0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}  # a UUID
    | (?:\d{1,3}\.){3}\d{1,3}
    """,
    re.VERBOSE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Guess:
    """A dialect, and how well a sample fits it, from 0 to 1."""

    dialect: Dialect
    fit: float


def dialect(sample: bytes, *, whole: bool, name: str = "") -> Dialect:
    """The dialect in which the sample's rows have the most alike numbers of cells.

    Args:
        sample: the beginning of the text, in an encoding that has ASCII at its own places.
        whole: whether that is all of it.
        name: the file's name, whose ending speaks for a delimiter.
    """
    hint = next((mark for ending, mark in _FAVOURED.items() if ending in name.lower()), "")
    marks = [mark for mark in DELIMITERS if mark.encode() in sample] or [","]
    quotes = ['"', "'"] if re.search(rb"(?:^|[\t|;,\r\n])'[^'\r\n]*'(?:[\t|;,\r\n]|$)", sample) else ['"']
    escapes = ["", "\\"] if rb"\"" in sample or rb"\'" in sample else [""]
    guesses = [
        _guess(sample, Dialect(mark, quote, escape), whole=whole, hint=hint)
        for mark, quote, escape in product(marks, quotes, escapes)
    ]
    best = max(guesses, key=lambda guess: guess.fit)
    return best.dialect if best.fit >= 0.25 else Dialect(_single(hint, sample), best.dialect.quote, best.dialect.escape)


def has_header(rows: list[list[str]]) -> bool:
    """Whether the first of some rows names the columns.

    A row of data that is taken for a header would put cells where names belong, in reports: so a cell that looks
    like data, or that comes again in its column, speaks against a header, whatever else there is.
    """
    if not rows:
        return False
    first = rows[0]
    below = [row for row in rows[1:] if row != first]  # exports that were joined repeat their header
    if not any(cell.strip() for cell in first):
        return False
    return not any(_is_data(cell.strip(), place, below) for place, cell in enumerate(first))


def _is_data(cell: str, place: int, below: list[list[str]]) -> bool:
    if not cell:
        return False
    if len(cell) > _LONGEST_NAME or "\n" in cell or any(len(row) > place and row[place].strip() == cell for row in below):
        return True
    if _YEAR.fullmatch(cell):  # years head the columns of many statistics
        return any(len(row) > place and _YEAR.fullmatch(row[place].strip()) for row in below)
    return bool(_DATA.fullmatch(cell)) or (any(map(str.isdigit, cell)) and _alike(cell, place, below))


def _alike(cell: str, place: int, below: list[list[str]]) -> bool:
    """Whether most cells below have the same pattern of letters and digits: `E017` above `E020`."""
    patterns = [_pattern(row[place].strip()) for row in below if len(row) > place]
    return patterns.count(_pattern(cell)) * 2 > len(patterns)


def _pattern(cell: str) -> str:
    return "".join("9" if char.isdigit() else "a" if char.isalpha() else char for char in cell)


def _guess(sample: bytes, found: Dialect, *, whole: bool, hint: str) -> Guess:
    cut = fields(sample, found, final=whole)
    widths = cut.widths[:_RECORDS]
    if not len(widths):
        return Guess(found, 0)
    wide, alike = Counter(widths.tolist()).most_common(1)[0]
    fit = alike / len(widths) * (1 - 1 / wide)
    if widths[0] != wide:
        fit *= 0.7
    if found.delimiter == "," and _decimal(sample):
        fit *= 0.8
    if found.delimiter == hint:
        fit *= 1.3
    if found.quote == "'":
        fit *= 0.99
    return Guess(found, fit * (1 - 0.5 * _strays(sample, cut, found)))


def _strays(sample: bytes, cut: Fields, found: Dialect) -> float:
    """The share of quotes that stand neither at the end of a field nor next to another one."""
    quote = found.quote.encode()
    if quote not in sample:
        return 0.0
    data = np.frombuffer(sample, np.uint8)[: cut.used]
    places = np.flatnonzero(data == ord(quote))
    if not len(places):
        return 0.0
    bounds = np.frombuffer(found.delimiter.encode() + quote + b"\r\n", np.uint8)
    before = np.isin(data[np.maximum(places - 1, 0)], bounds) | (places == 0)
    after = np.isin(data[np.minimum(places + 1, len(data) - 1)], bounds) | (places == len(data) - 1)
    fine = before | after
    if found.escape:
        fine |= data[np.maximum(places - 1, 0)] == ord(found.escape)
    return 1 - float(fine.mean())


def _decimal(sample: bytes) -> bool:
    """Whether most commas stand between digits while another mark may part the cells."""
    commas = sample.count(b",")
    between = len(re.findall(rb"(?<=\d),(?=\d)", sample))
    return between * 2 > commas and any(mark in sample for mark in (b";", b"\t", b"|"))


def _single(hint: str, sample: bytes) -> str:
    """A delimiter for a text of one column: one that does not stand in it."""
    if hint and hint.encode() not in sample:
        return hint
    return next((mark for mark in ",;\t|\x1f\x01" if mark.encode() not in sample), "\x1f")
