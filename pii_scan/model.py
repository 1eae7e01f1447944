"""The nouns of a scan, by one name: all are frozen, none does I/O, none can hold a cell value."""

from __future__ import annotations

from pii_scan.evidence import ColumnEvidence, Evidence, TableFacts, Tally, Texture
from pii_scan.findings import Cleared, Finding, Report, Run, TableSummary
from pii_scan.places import Column, Piece, Remark, Skipped, Unit
from pii_scan.sorts_of_data import BANDS, Band, Catalogue, ColumnKind, Entity, Kind, Proof, Tier, Told

__all__ = [
    "BANDS",
    "Band",
    "Catalogue",
    "Cleared",
    "Column",
    "ColumnEvidence",
    "ColumnKind",
    "Entity",
    "Evidence",
    "Finding",
    "Kind",
    "Piece",
    "Proof",
    "Remark",
    "Report",
    "Run",
    "Skipped",
    "TableFacts",
    "TableSummary",
    "Tally",
    "Texture",
    "Tier",
    "Told",
    "Unit",
]
