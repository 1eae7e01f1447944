"""A shape ready to be searched for: by RE2 where that finds the same, else by Presidio's own engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import re2
import regex
from presidio_analyzer import pattern_recognizer

from pii_scan.syntax import FLAGS, differs, letters

_OPEN_COUNT = re.compile(r"\{\s*,")
"""Up to so many: RE2 reads it as it stands."""


class Search:
    """The finds of one shape.

    RE2 takes a time that grows with the text alone and is made ready in a tenth of the time, and in printable ASCII it finds
    what `regex` does: its classes are those of ASCII, and `$` and `.` differ at the ends of lines only.

    Args:
        shape: as Presidio takes it.
        flags: those of `re`.
    """

    __slots__ = ("_flags", "_plain", "_regex", "_shape")

    def __init__(self, shape: str, flags: int) -> None:
        self._shape, self._flags = shape, flags
        self._plain = _linear(shape, flags)
        self._regex: Any = None

    def finds(self, text: str) -> Iterator[tuple[int, int]]:
        """Where each find begins and ends.

        Raises:
            TimeoutError: the search took longer than Presidio gives one.
        """
        if self._plain is not None and text.isascii() and text.isprintable():
            found = self._plain.finditer(text.encode("ascii"))
        else:
            if self._regex is None:
                self._regex = regex.compile(self._shape, self._flags)
            found = self._regex.finditer(text, timeout=pattern_recognizer.REGEX_TIMEOUT_SECONDS)
        for match in found:
            yield match.span()


def _linear(shape: str, flags: int) -> Any:
    """The shape for RE2; None where that refuses it or takes it for something else."""
    if flags & ~FLAGS or differs(shape) or _OPEN_COUNT.search(shape):
        return None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(f"(?{letters(flags)}:{shape})" if flags else shape, options)
    except re2.error:
        return None
