"""What is printed for machines on travel documents."""

from __future__ import annotations

from pii_scan.contracts import Part
from pii_scan.recognizers import catalogue

FILES = ("documents.toml",)


def part() -> Part:
    """The documents part."""
    return catalogue.part("documents", catalogue.load(*FILES))
