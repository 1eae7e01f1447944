"""Evidence as bytes, and back: what an audit's state keeps of each unit.

Canonical JSON, compressed: the same evidence gives the same bytes. Masked examples are dropped on the way, so that
nothing taken from a cell can be stored.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

from pii_scan.errors import ConfigError
from pii_scan.model import Column, ColumnEvidence, Evidence, Remark, Skipped, TableFacts, Tally, Texture

FORMAT = 2
"""Raised when the form changes; evidence of another form is never read as this one."""


def dump(evidence: Evidence) -> bytes:
    """The evidence as bytes, without masked examples."""
    document = {
        "format": FORMAT,
        "columns": [_column(column, seen) for column, seen in sorted(evidence.columns.items(), key=lambda item: item[0])],
        "tables": [
            [*place, facts.rows, list(facts.foreign_keys), facts.sentences, facts.unsigned]
            for place, facts in sorted(evidence.tables.items())
        ],
        "skipped": [astuple(skipped) for skipped in evidence.skipped],
        "remarks": [astuple(remark) for remark in evidence.remarks],
    }
    return zlib.compress(json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii"))


def load(blob: bytes) -> Evidence:
    """The evidence that `dump` made the bytes of.

    Raises:
        ConfigError: the bytes are damaged, or of another form.
    """
    try:
        document = _of_this_form(json.loads(zlib.decompress(blob)))
        return Evidence(
            dict(_seen(row) for row in document["columns"]),
            {(source, table): TableFacts(rows, _pairs(keys), *read) for source, table, rows, keys, *read in document["tables"]},
            tuple(Skipped(*row) for row in document["skipped"]),
            tuple(Remark(*row) for row in document["remarks"]),
        )
    except (zlib.error, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ConfigError("stored evidence is damaged or of another form", way_out="let the audit start anew") from None


def _of_this_form(document: Any) -> Any:
    if document["format"] != FORMAT:
        raise ValueError(FORMAT)
    return document


def _column(column: Column, seen: ColumnEvidence) -> list[Any]:
    return [
        *astuple(column),
        seen.type,
        seen.cells,
        seen.nulls,
        seen.examined,
        b64encode(seen.registers).decode("ascii"),
        astuple(seen.texture),
        {name: astuple(tally) for name, tally in seen.tallies.items()},
    ]


def _seen(row: list[Any]) -> tuple[Column, ColumnEvidence]:
    source, table, name, path, kind, cells, nulls, examined, registers, texture, tallies = row
    evidence = ColumnEvidence(
        kind, cells, nulls, examined, b64decode(registers, validate=True), Texture(*texture), _tallies(tallies)
    )
    return Column(source, table, name, path), evidence


def _tallies(rows: Mapping[str, list[int]]) -> dict[str, Tally]:
    return {name: Tally(*counts) for name, counts in rows.items()}


def _pairs(rows: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((one, other) for one, other in rows)
