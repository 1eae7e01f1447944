"""Keys, tokens and credentials of services, by the forms their issuers gave them."""

from __future__ import annotations

from pii_scan.contracts import Part
from pii_scan.recognizers import catalogue

FILES = ("secrets.toml",)


def part() -> Part:
    """The secrets part."""
    return catalogue.part("secrets", catalogue.load(*FILES))
