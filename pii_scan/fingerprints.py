"""Fingerprints of sources: whether what a plan was made for is what is about to be copied."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence

from pii_scan.contracts import Source
from pii_scan.errors import PiiScanError
from pii_scan.model import Skipped, Unit
from pii_scan.plan import Plan

_CHUNK = 1 << 20


def stamped(plan: Plan, places: Iterable[Source | Skipped]) -> Plan:
    """The plan with the fingerprints of the sources that have one."""
    marks = {place.address: fingerprint(place) for place in places if not isinstance(place, Skipped)}
    tables = tuple(seen.model_copy(update={"fingerprint": marks.get(seen.source, "")}) for seen in plan.tables)
    return plan.model_copy(update={"tables": tables})


def changed(plan: Plan, places: Iterable[Source | Skipped]) -> frozenset[tuple[str, str]]:
    """The sources and tables, as the plan lists them, that are not what they were."""
    now = {place.address: place for place in places if not isinstance(place, Skipped)}
    marks: dict[str, str] = {}
    for seen in plan.tables:
        if seen.fingerprint and seen.source in now and seen.source not in marks:
            marks[seen.source] = fingerprint(now[seen.source])
    known = [seen for seen in plan.tables if seen.fingerprint and seen.source in marks]
    return frozenset((seen.source, seen.table) for seen in known if seen.fingerprint != marks[seen.source])


def examining(plan: Plan, tables: Iterable[tuple[str, str]]) -> Plan:
    """The plan with every cell of some tables looked at that no rule is about."""
    wanted = frozenset(tables)
    widened: Sequence[object] = [
        seen.model_copy(update={"without_rule": "examine", "fingerprint": ""}) if (seen.source, seen.table) in wanted else seen
        for seen in plan.tables
    ]
    return plan.model_copy(update={"tables": tuple(widened)})


def fingerprint(place: Source) -> str:
    """What changes when a source does; empty where that cannot be told (servers, frames, standard input).

    Of a file it is the SHA-256 of its bytes: a file that was copied or touched is the same one.
    """
    if os.path.isfile(place.address):  # noqa: PTH113 - Path.is_file raises where a folder above is closed
        return _of_file(place.address)
    if not place.address.startswith("sqlite:"):
        return ""
    try:
        marks = [(unit.table, unit.key, unit.fingerprint) for unit in place.units() if isinstance(unit, Unit)]
    except PiiScanError:
        return ""
    whole = marks and all(mark for *_, mark in marks)
    return hashlib.sha256(repr(sorted(marks)).encode()).hexdigest() if whole else ""


def _of_file(path: str) -> str:
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - the address is a str, and may hold what Path would change
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return ""
    return digest.hexdigest()
