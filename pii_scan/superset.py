"""Patterns rewritten for RE2 so that they match at least what they match in Python."""

from __future__ import annotations

import re

_BLANK = r"\s\x0b\x1c-\x1f"
_CLASSES = {
    "w": r"0-9A-Za-z_\x{80}-\x{10ffff}",
    "d": r"\p{Nd}\x{10000}-\x{10ffff}",
    "s": _BLANK + r"\x{85}\x{a0}\pZ",
}
"""What Python means by them, and no less: RE2's are ASCII, and its tables are older than those of `regex`."""
_LITERALS = {"$": "(?m:$)", "ı": "[ıiI]", "İ": "[İiI]"}
"""`$` also stands before a last line end; without case `regex` takes the Turkic letters for an `i`, RE2 does not."""
_PLAIN = re.compile(r"[^\\(\[$ıİ]+")
"""What stays as it is."""
_LEAD = re.compile(r"\[\^?\]?")


def superset(pattern: str, *, loose: bool) -> str:
    """A pattern for RE2 that matches wherever `pattern` does in Python: look-around goes, and loosely word borders too.

    Not loosely it holds for texts in ASCII only.
    """
    out: list[str] = []
    at = 0
    while at < len(pattern):
        plain = _PLAIN.match(pattern, at)
        if plain:
            out.append(plain.group())
            at = plain.end()
            continue
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            out.append(_escape(pattern[at + 1], loose=loose))
            at += 2
        elif pattern.startswith(("(?=", "(?!", "(?<=", "(?<!"), at):
            at = _closing(pattern, at) + 1
        elif char == "[":
            end = _class_end(pattern, at)
            out.append(_wider(pattern[at:end], loose=loose))
            at = end
        else:
            out.append(_LITERALS.get(char, char))
            at += 1
    return "".join(out)


def uncounted(pattern: str) -> str:
    """A superset of a pattern that does not count: `x{2,5}` is `x+`. Counting beside words costs RE2 its memory."""
    out: list[str] = []
    at, in_class = 0, False
    while at < len(pattern):
        plain = _UNCOUNTED.match(pattern, at)
        if plain:
            out.append(plain.group())
            at = plain.end()
            continue
        char = pattern[at]
        if char == "\\":
            braced = re.match(r"\\[pPx]\{[^}]*\}", pattern[at:])
            out.append(braced.group() if braced else pattern[at : at + 2])
            at += len(out[-1])
            continue
        count = None if in_class else _COUNT.match(pattern, at)
        if count:
            out.append("*" if int(count.group(1) or 0) == 0 else "+")
            at = count.end()
            continue
        if not in_class and char == "[":
            lead = re.match(r"\[\^?\]?", pattern[at:])
            out.append(lead.group() if lead else char)
            at += len(out[-1])
            in_class = True
            continue
        in_class = in_class and char != "]"
        out.append(char)
        at += 1
    return "".join(out)


_UNCOUNTED = re.compile(r"[^\\{\[\]]+")
_COUNT = re.compile(r"\{(?!\})([0-9]*)(?:,[0-9]*)?\}[?+]?")


def _escape(char: str, *, loose: bool) -> str:
    """What stands for an escape outside of a class."""
    if char in "sdw" and (loose or char == "s"):
        return f"[{_CLASSES[char] if loose else _BLANK}]"
    if loose and char in "bB":
        return ""
    if loose and char in "WDS":
        return "(?s:.)"
    return r"\z" if char == "Z" else f"\\{char}"


def _class_end(pattern: str, start: int) -> int:
    """Where the class that opens there ends."""
    at = start + len(_LEAD.match(pattern, start).group())  # type: ignore[union-attr]  # it begins with a bracket
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _wider(found: str, *, loose: bool) -> str:
    """A class that holds no less than the given one does in Python."""
    escapes = set(re.findall(r"\\(.)", found, re.DOTALL))
    if found.startswith("[^"):
        # what is taken away must not be more than Python takes away; RE2's own `\w`, `\d` and `\s` are less
        least = next((char.lower() for char in "WDS" if char in escapes), "")
        return f"[{_CLASSES[least]}]" if least and (loose or least == "s") else found
    wanted = "sdw" if loose else "s"
    return re.sub(
        r"\\(.)",
        lambda one: (_CLASSES[one[1]] if loose else _BLANK) if one[1] in wanted else one[0],
        found,
        flags=re.DOTALL,
    )


def _closing(pattern: str, start: int) -> int:
    depth, at, in_class = 0, start, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char in "()":
            depth += 1 if char == "(" else -1
            if not depth:
                return at
        at += 1
    return len(pattern) - 1
