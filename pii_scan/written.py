"""The forms in which values stand in files as they are: UTF-8, UTF-16, quotes doubled, digits alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LONGEST = 512
"""The most bytes that a form has: of a longer value its beginning is looked for."""
DIGITS = 9
"""Digits that a value must have for them to be looked for without what stands between."""
UTF_8, UTF_16_LE, UTF_16_BE, QUOTED, DIGITS_ONLY = range(5)
NAMES = ("utf-8", "utf-16-le", "utf-16-be", "utf-8", "digits")
"""What reports call each form."""
_CHARS = LONGEST // 4
"""Characters that are looked for of a longer value."""
_NO_DIGIT = re.compile(r"[^0-9]+")


@dataclass(frozen=True, slots=True)
class Form:
    """Some values in one form."""

    number: int
    texts: pa.Array
    """The bytes of each."""
    owners: np.ndarray
    """The number of the value that each is a form of."""
    digits: np.ndarray
    """Whether the value is digits and nothing else."""


def written(values: pa.Array) -> Iterator[Form]:
    """Every form of some values; a form that is like another one of the value is left out."""
    if not len(values):
        return
    texts = pc.utf8_slice_codeunits(values, 0, _CHARS)
    everyone = np.arange(len(values))
    digits = np.asarray(pc.match_substring_regex(texts, "^[0-9]+$"), bool)
    yield Form(UTF_8, texts.cast(pa.large_binary()), everyone, digits)
    # UTF-16 of ASCII is undone in what is searched, like any other encoding
    others = np.flatnonzero(~np.asarray(pc.string_is_ascii(texts), bool))
    for number in (UTF_16_LE, UTF_16_BE) if len(others) else ():
        cells = [needles(text, number)[0] for text in texts.take(pa.array(others)).to_pylist()]
        yield Form(number, pa.array(cells, pa.large_binary()), others, digits[others])
    for quote in ('"', "'"):
        owners = np.flatnonzero(np.asarray(pc.match_substring(texts, quote), bool))
        doubled = pc.replace_substring(texts.take(pa.array(owners)), quote, quote * 2)
        yield Form(QUOTED, doubled.cast(pa.large_binary()), owners, digits[owners])
    owners = np.flatnonzero(np.asarray(pc.match_substring_regex(texts, r"^[^A-Za-z]*$"), bool) & ~digits)
    only = pc.replace_substring_regex(texts.take(pa.array(owners)), "[^0-9]+", "")
    enough = np.asarray(pc.greater_equal(pc.binary_length(only), DIGITS), bool)
    yield Form(DIGITS_ONLY, only.filter(pa.array(enough)).cast(pa.large_binary()), owners[enough], digits[owners[enough]])


def needles(value: str, number: int) -> tuple[bytes, ...]:
    """The bytes that a value may have in a form."""
    text = value[:_CHARS]
    if number in (UTF_16_LE, UTF_16_BE):
        return (text.encode(NAMES[number], "surrogatepass"),)
    if number == QUOTED:
        return tuple(text.replace(quote, quote * 2).encode() for quote in ('"', "'"))
    if number == DIGITS_ONLY:
        return (_NO_DIGIT.sub("", text).encode(),)
    return (text.encode("utf-8", "surrogatepass"),)


def is_wide(forms: np.ndarray) -> np.ndarray:
    """Whether a character takes two bytes in a form."""
    return np.isin(forms, (UTF_16_LE, UTF_16_BE))
