#!/usr/bin/env python3
"""Whether one identifier is found among many innocent cells, for each of 20 kinds in five sorts of column.

    python benchmarks/needles.py [--cells 1000000] [--misses]

A column of order numbers (of another length than the needle), of words, of UUIDs, of sentences and of hashes is scanned as it is, where every
finding is a false needle, and once for each kind with one cell replaced. Found is what is reported as that kind, `possible` or surer. A column
is read in units of 65,536 cells, as from a file of many row groups, and evidence adds: for each needle only the unit that holds it is read
again, and what the others showed is added to it, which is the evidence of a scan of them all.
"""

from __future__ import annotations

import argparse
import sys
import uuid
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from pii_scan.classify import classify
from pii_scan.detect import Detector
from pii_scan.model import Evidence, Finding, Unit
from pii_scan.presidio import engine
from pii_scan.registry import InstalledRules
from pii_scan.settings import Settings, at_least

UNIT = 65_536
IDS = frozenset({"national_id", "social_security", "tax_id", "health_insurance_id", "passport", "other_id", "driving_licence"})


class Needle(NamedTuple):
    """An identifier, invented or published as an example, and the kinds that name it rightly."""

    name: str
    value: str
    kinds: frozenset[str]


NEEDLES = (
    Needle("card", "4111 1111 1111 1111", frozenset({"payment_card"})),
    Needle("IBAN", "DE89370400440532013000", frozenset({"iban"})),
    Needle("SSN (US)", "536-90-4399", IDS),
    Needle("NINO (GB)", "AB123456C", IDS),
    Needle("DNI (ES)", "54362315K", IDS),
    Needle("codice fiscale (IT)", "RCCMNL83S18D969H", IDS),
    Needle("PESEL (PL)", "44051401359", IDS),
    Needle("NIR (FR)", "2 95 10 99 126 111 93", IDS),
    Needle("personnummer (SE)", "880320-0016", IDS),
    Needle("CPF (BR)", "390.533.447-05", IDS),
    Needle("Aadhaar (IN)", "2341 2341 2346", IDS),
    Needle("e-mail", "ada.lovelace@mail.example", frozenset({"email"})),
    Needle("phone", "+44 7400 123456", frozenset({"phone"})),
    Needle("IP address", "203.0.113.77", frozenset({"ip_address"})),
    Needle("MAC address", "00:1A:2B:3C:4D:5E", frozenset({"mac_address"})),
    Needle("VIN", "1M8GDM9AXKP042788", frozenset({"vin"})),
    Needle("IMEI", "49-015420-323751-8", frozenset({"device_id"})),
    Needle("passport MRZ", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10", IDS),
    Needle("API secret", "AKIAIOSFODNN7EXAMPLE", frozenset({"secret"})),
    Needle(
        "JWT",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        frozenset({"secret"}),
    ),
)
WORDS = (
    "amber basket candle dragon engine feather garden hammer island jacket kettle ladder mirror needle orange pepper quiver ribbon "
    "saddle tunnel umbrella velvet window yellow zipper anchor button copper device elbow fabric gutter handle insect jungle"
).split()
SENTENCES = (
    "the {0} was put beside the {1} and nobody asked for it",
    "we painted {2} walls {0} before the {1} arrived in the workshop",
    "no {0} without a {1} was the rule in hall {2} of the plant",
    "a {0} broke after {2} days so the {1} was used instead",
)


def columns(cells: int) -> dict[str, list[str]]:
    """Innocent cells of five sorts, the same every time."""
    dice = np.random.default_rng(20_261_126)
    numbers = dice.integers(0, 10**7, cells)
    words = dice.integers(0, len(WORDS), (cells, 3))
    picks = dice.integers(0, len(SENTENCES), cells)
    halves = dice.integers(0, 2**63, (cells, 4), dtype=np.int64)
    return {
        "order numbers": [f"ORD-{number:07d}" for number in numbers],
        "words": [f"{WORDS[a]} {WORDS[b]}" for a, b, _ in words],
        "UUIDs": [str(uuid.UUID(int=(int(a) << 64) | int(b), version=4)) for a, b, _, _ in halves],
        "sentences": [
            SENTENCES[pick].format(WORDS[a], WORDS[b], number % 90)
            for pick, (a, b, _), number in zip(picks, words, numbers, strict=True)
        ],
        "hashes": ["".join(f"{int(part):016x}" for part in parts[:4]) for parts in halves],
    }


class Scan:
    """The scanner as it runs without a model."""

    def __init__(self) -> None:
        parts, self._catalogue = InstalledRules().load()
        self._detector = Detector(
            engine(parts, self._catalogue.entities, ner=False), self._catalogue, Settings(ner=False).detection
        )

    def evidence(self, texts: list[str]) -> Evidence:
        """Of one unit of a table of one column, whose name says nothing."""
        batch = pa.RecordBatch.from_pydict({"value": pa.array(texts, pa.string())})
        return self._detector.examine(Unit("needles", "data"), [batch])

    def verdict(self, evidence: Evidence) -> list[Finding]:
        """What is reported of the column beside its being free text."""
        found = classify(evidence, self._catalogue)
        return [finding for finding in found if at_least(finding.band, "possible") and finding.kind != "free_text"]


def units(texts: list[str]) -> list[list[str]]:
    """The cells of a column as they are read."""
    return [texts[start : start + UNIT] for start in range(0, len(texts), UNIT)]


def main() -> int:
    """Print how many of the needles are found in each column, and the false ones without any."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cells", type=int, default=1_000_000)
    options.add_argument("--misses", action="store_true")
    chosen = options.parse_args()
    scan = Scan()
    hits = false = 0
    for name, texts in columns(chosen.cells).items():
        parts = units(texts)
        place = len(parts) * 2 // 3
        spot = len(parts[place]) * 2 // 3
        seen = [scan.evidence(part) for part in parts]
        others = sum((one for at, one in enumerate(seen) if at != place), Evidence())
        innocent = scan.verdict(others + seen[place])
        false += len(innocent)
        here = 0
        for needle in NEEDLES:
            found = scan.verdict(others + scan.evidence([*parts[place][:spot], needle.value, *parts[place][spot + 1 :]]))
            hit = any(finding.kind in needle.kinds for finding in found)
            here += hit
            if chosen.misses and not hit:
                print(f"  missed {needle.name} among {name}: {[(one.kind, one.entity, one.probability) for one in found]}")
        hits += here
        print(
            f"{name:14} {here:3} of {len(NEEDLES)} found; without a needle: {[(one.kind, one.entity) for one in innocent]}",
            flush=True,
        )
    print(f"needles found: {hits} of {5 * len(NEEDLES)} among {chosen.cells:,} cells each; false ones: {false}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
