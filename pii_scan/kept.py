"""What was worked out about the patterns of recognizers, kept in the user's cache directory: it takes longer than a small scan.

Only patterns stand in it, nothing of any data. A file that is missing, damaged or of other patterns is worked out again; where it
cannot be written, nothing is kept. `PII_SCAN_CACHE` names another directory; empty, none is used.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import regex

from pii_scan import factors, outline, runs, syntax
from pii_scan import tiers as sorting
from pii_scan.shelf import path_of, write
from pii_scan.tiers import Tiers, Worded

_MOST = 4
"""Files kept: one for each choice of recognizers."""
Asked = tuple[int, str, int, bool]
"""A recognizer's place, one of its patterns, its flags, and whether it is the recognizer's own `prefilter`."""


def tiers(patterns: Iterable[Asked]) -> Tiers:
    """The patterns sorted, as they were the last time or anew."""
    asked = list(patterns)
    path = path_of(f"patterns-{_key(asked)[:32]}.json")
    made = _read(path) if path else None
    if made is None:
        made = Tiers()
        for place, pattern, flags, own in asked:
            made.add(place, pattern, flags, own=own)
        if path:
            write(path, json.dumps(asdict(made), ensure_ascii=False, separators=(",", ":")), _MOST)
    return made


def _key(asked: Sequence[Asked]) -> str:
    """Changes with the patterns, with the code that sorts them, and with the Python and the `regex` that say what a letter is."""
    made = hashlib.sha256(repr((sys.version_info[:3], regex.__version__, asked)).encode("utf-8", "surrogatepass"))
    for module in (factors, outline, runs, syntax, sorting):
        made.update(Path(str(module.__file__)).read_bytes())
    return made.hexdigest()


def _read(path: Path) -> Tiers | None:
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
        return Tiers(
            [(place, wide) for place, wide in found["pieced"]],
            {mark: [(place, wide) for place, wide in listed] for mark, listed in found["across"].items()},
            [_worded(*one) for one in found["worded"]],
            [_worded(*one) for one in found["abroad"]],
            found["unread"],
            found["shapes"],
            [(place, wide) for place, wide in found["own"]],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _worded(place: int, pattern: str, flags: int, *words: list[str] | None) -> Worded:
    made, abroad, exact = (None if found is None else tuple(found) for found in words)
    return Worded(place, pattern, flags, made, abroad, exact)
