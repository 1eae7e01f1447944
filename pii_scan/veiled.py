"""How an audit remembers addresses: what names the folder of a partition is a value, of which a short hash is kept.

Whoever has the state can test guesses against such a hash; nobody reads it off. Units are only looked up, so all their
folders are hashed. What is compared from run to run, and told, keeps the names that reports show.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from pii_scan.addresses import Masks, folders, masks_of
from pii_scan.drift import Baseline
from pii_scan.model import Evidence, Report

_GLOB = frozenset("*?[")


def remembered(address: str) -> str:
    """An address, as units are kept by it; a glob means what it meant."""
    return Masks({part: hashed(part) for part in _parts(address) if not _GLOB & {*part}}).address(address)


def hashed(part: str) -> str:
    """The name of a folder (`email=ada@example.org`), its value hashed."""
    name = part.partition("=")[0]
    return f"{name}=#{hashlib.sha256(part.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"


def moved(evidence: Evidence, source: str) -> Evidence:
    """The evidence of a unit, its source called otherwise."""
    return Evidence(
        {replace(column, source=source): seen for column, seen in evidence.columns.items()},
        {(source, table): facts for (_, table), facts in evidence.tables.items()},
        tuple(replace(one, source=source) for one in evidence.skipped),
        tuple(replace(one, source=source) for one in evidence.remarks),
    )


def veil(report: Report, before: Baseline | None) -> Masks:
    """How the addresses of a report are kept: what is masked in it is hashed, and what was hashed the last time."""
    masked = masks_of(report).shown
    old = {part for address in _addresses(before) for part in _parts(address)} if before else set()
    return Masks({part: hashed(part) for part in _every(report) if part in masked or hashed(part) in old})


def unveiled(report: Report) -> Masks:
    """The way back from what was kept to what is shown; what is no longer there stays as it was kept."""
    masked = masks_of(report).shown
    return Masks({hashed(part): masked.get(part, part) for part in _every(report)} | dict(masked))


def _every(report: Report) -> set[str]:
    named = {*(table.source for table in report.tables), *(skipped.source for skipped in report.skipped)}
    return {part for source in {*report.run.sources, *named} for part in _parts(source)}


def _addresses(before: Baseline) -> Iterator[str]:
    yield from (mark.column.source for mark in before.marks)
    yield from (source for source, _ in before.tables)


def _parts(address: str) -> Iterator[str]:
    return (f"{name}={value}" for name, value in folders(address))
