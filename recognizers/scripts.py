"""Patterns over letters of any script, with a form for texts in ASCII, which Python's own engine searches in half the time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import regex

_PROPERTY = re.compile(r"\\p(?:\{(\w+)\}|(\w))")
_CLASS_OR_PROPERTY = re.compile(rf"\[(?:\\.|[^\]\\])*\]|{_PROPERTY.pattern}|\\.", re.DOTALL)
_HELD = {"L": "A-Za-z", "Lu": "A-Z", "Ll": "a-z", "N": "0-9"}
"""What ASCII holds of a Unicode property; of others, as of the marks and the scripts of Asia, nothing."""
_NEVER = "(?!)"


class AnyScript:
    """A pattern in the syntax of `regex`; its finds in a text are those of `regex`.

    Args:
        pattern: Unicode properties in it are those of letters, digits, marks and scripts, none of them negated.
    """

    __slots__ = ("_any", "_ascii")

    def __init__(self, pattern: str) -> None:
        self._any: Any = regex.compile(pattern)
        self._ascii: Any = re.compile(in_ascii(pattern), re.ASCII)  # else it takes more for blanks than `regex` does

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The finds, in order."""
        found: Iterator[re.Match[str]] = (self._ascii if text.isascii() else self._any).finditer(text)
        return found

    def search(self, text: str) -> re.Match[str] | None:
        """The first find."""
        found: re.Match[str] | None = (self._ascii if text.isascii() else self._any).search(text)
        return found

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """A find that is the whole text."""
        found: re.Match[str] | None = (self._ascii if text.isascii() else self._any).fullmatch(text)
        return found


def in_ascii(pattern: str) -> str:
    """The pattern for `re`, with what ASCII holds of each Unicode property in its place."""
    return _CLASS_OR_PROPERTY.sub(_plain, pattern)


def _plain(found: re.Match[str]) -> str:
    """A class of characters, or a property that stands for one."""
    token = found.group()
    if token[0] == "\\":
        token = f"[{token}]" if token[1] == "p" else token
    held = _PROPERTY.sub(lambda one: _HELD.get(one.group(1) or one.group(2), ""), token)
    return _NEVER if held == "[]" else held
