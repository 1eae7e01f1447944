"""One line of JSON: where the members of its object stand, so that a copy differs only where they do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from pii_scan.connectors.names import free

OTHER = "line"
"""The column of lines that hold no object."""
_BLANK = re.compile(r"[ \t\r\n\ufeff]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_DECODER = json.JSONDecoder(strict=False)


class Member(NamedTuple):
    """Where a member of the object stands in the line, and its value as text."""

    begin: int
    """Where its key begins."""
    start: int
    """Where its value begins."""
    end: int
    text: str | None
    """A string as it is, anything else as it is written; None for `null`."""
    quoted: bool
    """Whether it is a string."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line and its members by name; a line without any is blank.

    Attributes:
        raw: its bytes, with the end of the line.
        text: the same as text.
        damaged: whether some of the bytes are not UTF-8.
    """

    raw: bytes
    text: str
    members: Mapping[str, Member]
    damaged: bool = False

    @classmethod
    def of(cls, raw: bytes) -> Line:
        """The line that these bytes are."""
        text = raw.decode("utf-8", "replace")
        damaged = "\ufffd" in text and text.encode("utf-8") != raw
        if not text.strip(" \t\r\n\ufeff"):
            return cls(raw, text, {}, damaged)
        try:
            return cls(raw, text, _members(text), damaged)
        except (ValueError, RecursionError):
            begin = _skipped(text, 0)
            end = len(text.rstrip("\r\n"))
            return cls(raw, text, {OTHER: Member(begin, begin, end, text[begin:end], quoted=False)}, damaged)

    def cell(self, name: str) -> str | None:
        """The value of a member as text; None where it is null or missing."""
        member = self.members.get(name)
        return member.text if member else None

    def rewritten(self, cells: Mapping[str, str | None], gone: AbstractSet[str]) -> bytes:
        """The line with other values for some members, and without those that are gone."""
        changed = {name: cells[name] for name, one in self.members.items() if name in cells and cells[name] != one.text}
        leaving = gone & self.members.keys()
        if not changed and not leaving:
            return self.raw
        out: list[str] = []
        last = 0
        kept = 0
        for name, one in self.members.items():
            if name in leaving:
                # what parts it from the member before goes with it
                cut = self.text.rfind(",", last, one.begin) if kept else one.begin
                out.append(self.text[last : max(last, cut)])
                last = one.end if kept else self._after(one.end)
                continue
            kept += 1
            if name in changed:
                out += [self.text[last : one.start], self._written(name, one, changed[name])]
                last = one.end
        return "".join([*out, self.text[last:]]).encode("utf-8", "surrogatepass")

    def _after(self, end: int) -> int:
        """Where the next member begins, its comma passed."""
        at = _skipped(self.text, end)
        return _skipped(self.text, at + 1) if self.text[at : at + 1] == "," else end

    @staticmethod
    def _written(name: str, one: Member, new: str | None) -> str:
        """A value in JSON: of the sort that it was where that is possible."""
        if new is None:
            return "null"
        if name == OTHER and one.begin == one.start:
            return new.replace("\n", " ").replace("\r", " ")
        if not one.quoted and (_NUMBER.fullmatch(new) or _is_container(new)):
            return new
        return json.dumps(new, ensure_ascii=False)


def _members(text: str) -> dict[str, Member]:
    """The members of the object that a text is.

    Raises:
        ValueError: it is none.
    """
    at = _expected(text, 0, "{")
    found: dict[str, Member] = {}
    at = _skipped(text, at)
    while text[at : at + 1] != "}":
        begin = at
        key, at = _DECODER.raw_decode(text, at)
        if not isinstance(key, str):
            raise ValueError  # noqa: TRY004 - the text is wrong, not a type of ours
        start = _skipped(text, _expected(text, at, ":"))
        value, at = _DECODER.raw_decode(text, start)
        shown = value if isinstance(value, str) else None if value is None else text[start:at]
        found[free(key, found) if key in found else key] = Member(begin, start, at, shown, isinstance(value, str))
        at = _skipped(text, at)
        if text[at : at + 1] == ",":
            at = _skipped(text, at + 1)
        elif text[at : at + 1] != "}":
            raise ValueError
    if text[at + 1 :].strip(" \t\r\n"):
        raise ValueError
    return found


def _expected(text: str, at: int, mark: str) -> int:
    """The place after a mark that must come next."""
    at = _skipped(text, at)
    if text[at : at + 1] != mark:
        raise ValueError
    return at + 1


def _skipped(text: str, at: int) -> int:
    """The next place that is not blank."""
    return _BLANK.match(text, at).end()  # type: ignore[union-attr]  # it always matches


def _is_container(text: str) -> bool:
    if text[:1] not in {"{", "["}:
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
