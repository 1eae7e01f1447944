"""JSON texts edited in place: chosen leaves are replaced, every other byte stays (blanks, key order, `1.0`)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pii_scan.rebuild import join

_LONE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Node:
    """A key, a scalar, or an object with all that is in it."""

    path: str
    """The names on the way to it, joined by dots; lists add nothing."""
    start: int
    end: int
    what: str
    """`key`, `string`, `number`, `flag` (true, false), `null` or `object`."""

    def value(self, text: str) -> str:
        """The node as plain text."""
        raw = text[self.start : self.end]
        return str(json.loads(raw, strict=False)) if self.what in {"key", "string"} else raw


def is_json(text: str) -> bool:
    """Whether the text is one JSON object or array."""
    if not opens(text):
        return False
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def opens(text: str) -> bool:
    """Whether the text begins like a JSON object or array."""
    return text.lstrip()[:1] in {"{", "["}


def nodes(text: str) -> list[Node]:
    """Every node of a valid JSON text, an object after all that is in it."""
    found: list[Node] = []
    # one entry for each open container: its path, where it began, and the key just read (None in a list)
    stack: list[tuple[str, int, bool]] = []
    key: str | None = None
    expect_key = False
    for token in _TOKEN.finditer(text):
        raw, (start, end) = token.group(), token.span()
        path = stack[-1][0] if stack else ""
        here = join(path, key) if key is not None else path
        if raw in "{[":
            stack.append((here, start, raw == "{"))
            key, expect_key = None, raw == "{"
        elif raw in "}]":
            inside, began, is_object = stack.pop()
            if is_object:
                found.append(Node(inside, began, end, "object"))
            key = None
        elif raw == ",":
            key, expect_key = None, stack[-1][2]
        elif raw == ":":
            expect_key = False
        elif expect_key:
            key = str(json.loads(raw))
            found.append(Node(join(path, key), start, end, "key"))
        else:
            found.append(Node(here, start, end, _sort(raw)))
    return found


def replaced(text: str, changes: Sequence[tuple[Node, str | None]]) -> str:
    """The text with each node replaced by a JSON string, or by `null` for None; a number by a number, where it is one.

    What lies in a replaced object goes with it.
    """
    out: list[str] = []
    last = 0
    for node, new in sorted(changes, key=lambda change: (change[0].start, -change[0].end)):
        if node.start >= last:
            out += [text[last : node.start], "null" if new is None else _written(node, new, text)]
            last = node.end
    return "".join([*out, text[last:]])


def chosen(text: str, choose: Callable[[Node], bool]) -> list[Node]:
    """The nodes that are to be changed, none inside another."""
    taken: list[Node] = []
    for node in sorted(nodes(text), key=lambda node: (node.start, -node.end)):
        if (not taken or node.start >= taken[-1].end) and choose(node):
            taken.append(node)
    return taken


def as_number(node: Node) -> Node:
    """The node as a number: what takes its place is one too, if it can be."""
    return Node(node.path, node.start, node.end, "number")


def _written(node: Node, new: str, text: str) -> str:
    return new if node.what == "number" and _NUMBER.fullmatch(new) else _quoted(new, text)


def _quoted(new: str, text: str) -> str:
    """A JSON string, escaped where the text around it is or where UTF-8 could not hold it."""
    return json.dumps(new, ensure_ascii=text.isascii() or bool(_LONE.search(new)))


def _sort(raw: str) -> str:
    if raw[0] == '"':
        return "string"
    return {"null": "null", "true": "flag", "false": "flag"}.get(raw, "number")
