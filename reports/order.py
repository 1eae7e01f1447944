"""The order in which people read findings: what weighs most first, the surest of that first."""

from __future__ import annotations

from collections.abc import Iterable

from pii_scan.model import BANDS, Column, Finding


def arranged(findings: Iterable[Finding]) -> list[Finding]:
    """Special categories first, then by band, probability and address."""
    return sorted(findings, key=_rank)


def by_source(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Arranged findings by source; the source with the weightiest finding first."""
    groups: dict[str, list[Finding]] = {}
    for finding in arranged(findings):
        groups.setdefault(finding.column.source, []).append(finding)
    return groups


def by_column(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Arranged findings by column; the column with the weightiest finding first."""
    groups: dict[Column, list[Finding]] = {}
    for finding in arranged(findings):
        groups.setdefault(finding.column, []).append(finding)
    return list(groups.values())


def _rank(finding: Finding) -> tuple[bool, int, float, Column, str, str]:
    return (
        not finding.special,
        BANDS.index(finding.band),
        -finding.probability,
        finding.column,
        finding.kind,
        finding.entity,
    )
