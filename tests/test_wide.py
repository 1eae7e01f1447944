"""Many patterns asked in few passes bring up what each brings up by itself."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from pii_scan.ready import Ready
from pii_scan.wide import Wide

_PATTERNS = [
    (0, "a9"),
    (1, "9{3}"),
    (2, "(?ms)^A"),
    (2, "(?ms)^9+$"),
    (7, "(?ms)^a+$"),
    (8, "(?ms)^9+a|A"),
    (3, "@"),
    (3, "aaa$"),
    (4, "A{2,}9"),
    (5, "9-9"),
    (6, "z"),
]


@pytest.mark.parametrize("form", ["9{length}", "A9-9a@", "aaaa", "9\n", "-\nA"])
@pytest.mark.parametrize("count", [0, 1, 40, 700, 5_000])
def test_every_outline_brings_up_the_recognizers_whose_patterns_match_it(form: str, count: int) -> None:
    outlines = [f"{form.format(length=9)}{'a9A@-'[at % 5] * (at % 4)}{'9' * (at % 3)}" for at in range(count)]
    hits = Wide(_PATTERNS, Ready()).hits(pa.array(outlines, pa.string()))
    found = {(place, at) for place, places in hits for at in places.tolist()}
    wanted = {(place, at) for place, pattern in _PATTERNS for at, text in enumerate(outlines) if re.search(pattern, text)}
    assert found == wanted


@pytest.mark.parametrize("count", [3, 5_000])
def test_where_re2_has_no_room_any_outline_may_match(count: int) -> None:
    refused = Ready().matching("(?:a{1000}){1000}", pa.array(["b"] * count, pa.string()))
    assert refused.tolist() == list(range(count))
