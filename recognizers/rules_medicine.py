"""Rules of the codes of medicine that python-stdnum lacks."""

from __future__ import annotations

import re

from stdnum import verhoeff

_PARTITIONS = frozenset({"00", "01", "10", "11"})
"""Concepts and descriptions, of the core and of its extensions."""
_SHORTEST, _LONGEST = 6, 18
_MAIN_GROUPS = dict(zip("ABCDGHJLMNPRSV", (16, 6, 10, 11, 4, 5, 7, 4, 9, 7, 3, 7, 3, 20), strict=True))
"""The last therapeutic group of each anatomical main group."""
_ATC = re.compile(r"([A-Z])([0-9]{2})[A-Z]{2}[0-9]{2}")


def snomed_ct(text: str) -> bool:
    """An SCTID: 6 to 18 digits, the last by Verhoeff, the two before it a partition of concepts or descriptions."""
    return text.isdigit() and _SHORTEST <= len(text) <= _LONGEST and text[-3:-1] in _PARTITIONS and verhoeff.is_valid(text)


def atc(text: str) -> bool:
    """An ATC code of the fifth level whose therapeutic group exists."""
    found = _ATC.fullmatch(text)
    return found is not None and 1 <= int(found[2]) <= _MAIN_GROUPS.get(found[1], 0)
