"""Fingerprints of sources: whether what a plan was made for is what is about to be copied."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Mapping, Sequence

from pii_scan.contracts import Source
from pii_scan.errors import PiiScanError
from pii_scan.model import Skipped, Unit
from pii_scan.plan import Plan, Seen, fits

_CHUNK = 1 << 20


def stamped(plan: Plan, places: Iterable[Source | Skipped]) -> Plan:
    """The plan with the fingerprints of the sources that have one."""
    marks = {place.address: fingerprint(place) for place in places if not isinstance(place, Skipped)}
    tables = tuple(seen.model_copy(update={"fingerprint": _stamp(marks, _meant(seen, marks))}) for seen in plan.tables)
    return plan.model_copy(update={"tables": tables})


def _stamp(marks: Mapping[str, str], meant: Iterable[str]) -> str:
    """The fingerprints of all sources that a table of a plan is about; empty where one of them has none."""
    own = {marks.get(address, "") for address in meant}
    return "" if "" in own else " ".join(sorted(own))


def changed(plan: Plan, places: Iterable[Source | Skipped]) -> frozenset[tuple[str, str]]:
    """The sources, by their addresses, and tables of theirs that are not what they were."""
    now = {place.address: place for place in places if not isinstance(place, Skipped)}
    marks: dict[str, str] = {}
    stale = set()
    for seen in plan.tables:
        for address in _meant(seen, now) if seen.fingerprint else ():
            if address not in marks:
                marks[address] = fingerprint(now[address])
            if marks[address] not in seen.fingerprint.split():
                stale.add((address, seen.table))
    return frozenset(stale)


def examining(plan: Plan, tables: Iterable[tuple[str, str]]) -> Plan:
    """The plan with every cell of some tables looked at that no rule is about."""
    wanted = frozenset(tables)
    widened: Sequence[object] = [
        seen.model_copy(update={"without_rule": "examine", "fingerprint": ""})
        if any(seen.table == table and fits(seen.source, source) for source, table in wanted)
        else seen
        for seen in plan.tables
    ]
    return plan.model_copy(update={"tables": tuple(widened)})


def _meant(seen: Seen, now: Collection[str]) -> Iterable[str]:
    """The sources that a table of the plan is about: the one of that address, or all that its glob means."""
    return (seen.source,) if seen.source in now else (address for address in now if fits(seen.source, address))


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
