"""Pictures and scanned papers in cells: data URIs, image files by path or address, and the first bytes of either."""

from __future__ import annotations

from functools import partial

from pii_scan.contracts import Part
from pii_scan.recognizers import catalogue

FILES = ("media.toml",)


def part() -> Part:
    """The media part."""
    rows = catalogue.load(*FILES)
    table = catalogue.part("media", rows)
    return Part(name=table.name, entities=table.entities, recognizers=partial(catalogue.recognizers, rows), check=table.check)
