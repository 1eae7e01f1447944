"""National identifiers, passports, driving licences and the numbers of things: the tables, as one part."""

from __future__ import annotations

from pii_scan.contracts import Part
from pii_scan.recognizers import catalogue

FILES = (
    "identifiers_europe.toml",
    "identifiers_americas.toml",
    "identifiers_asia_pacific.toml",
    "identifiers_africa_mideast.toml",
    "passports.toml",
    "licences.toml",
    "things.toml",
    "things_named.toml",
)


def part() -> Part:
    """The identifiers part."""
    return catalogue.part("identifiers", catalogue.load(*FILES))
