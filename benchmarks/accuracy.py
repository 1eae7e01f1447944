#!/usr/bin/env python3
"""How often the verdicts are right, on labelled columns of real tables.

    python benchmarks/accuracy.py [--data DIR] [--set col_tables_tune] [--misses]

Reads `col_tables_tune.jsonl` (whole tables), `col_github_cells.jsonl` (single columns of five cells) and
`colnames_fides.jsonl` (names alone) from DIR, by default the folder `shared/data` beside the checkout; they are
not part of the project. Ambiguous columns are left out of the scores.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from pii_scan.classify import classify
from pii_scan.detect import Detector
from pii_scan.model import Evidence, Finding, Unit
from pii_scan.presidio import engine
from pii_scan.registry import InstalledRules
from pii_scan.settings import Settings, at_least

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SAME = {
    "credit_card": {"payment_card"},
    "ssn": {"social_security", "national_id", "tax_id"},
    "card_cvv": {"card_security_code"},
    "national_id": {"national_id", "social_security", "tax_id", "passport"},
    "person_name": {"person_name", "first_name", "last_name"},
    "event_date": {"none"},
}
GITHUB = {
    "PERSON_NAME": {"person_name", "first_name", "last_name", "middle_name", "maiden_name"},
    "EMAIL_ADDRESS": {"email"},
    "PHONE_NUMBER": {"phone"},
    "STREET_ADDRESS": {"street_address"},
    "ETHNIC_GROUP": {"ethnicity"},
    "DATE_OF_BIRTH": {"date_of_birth"},
    "GEO_COORDINATES": {"geo_coord"},
    "ZIPCODE": {"postal_code"},
    "GENDER": {"gender"},
    "AGE": {"age"},
    "URL": {"url_profile"},
    "ORGANIZATION_NAME": {"employer", "company_name"},
    "MARITAL_STATUS": {"marital_status"},
    "OCCUPATION": {"job_title"},
    "SPOKEN_LANGUAGE": {"language", "locale"},
    "IMEI_HARDWARE_ID": {"device_id"},
}


def rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


class Judge:
    """The scanner as the product runs it, fed with columns in memory."""

    def __init__(self, *, ner: bool = True) -> None:
        settings = Settings(ner=ner)
        parts, self.catalogue = InstalledRules().load()
        self._detector = Detector(engine(parts, self.catalogue.entities, ner=ner), self.catalogue, settings)

    def table(self, name: str, columns: dict[str, list[str]]) -> dict[str, list[Finding]]:
        """The findings of each column of one table."""
        length = max((len(values) for values in columns.values()), default=0)
        arrays = [pa.array([*values, *[None] * (length - len(values))], pa.string()) for values in columns.values()]
        batch = pa.RecordBatch.from_arrays(arrays, names=list(columns))
        evidence: Evidence = self._detector.examine(Unit("set", name), [batch])
        found: dict[str, list[Finding]] = {column: [] for column in columns}
        for finding in classify(evidence, self.catalogue):
            found[finding.column.column].append(finding)
        return found


def tables(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The columns of each table of the set."""
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows(path):
        grouped[f"{row['set']}/{row['table']}"].append(row)
    yield from grouped.items()


def whole_tables(judge: Judge, path: Path, *, misses: bool) -> None:
    """`col_tables_tune`: recall by tier, and the share of impersonal columns that are flagged."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    flagged: Counter[str] = Counter()
    for name, columns in tables(path):
        values = {row["column"]: [str(value) for value in row["values"]] for row in columns}
        found = judge.table(name.partition("/")[2], values)
        for row in columns:
            if row["ambiguous"]:
                continue
            tier, label = row["tier"], row["label"]
            total[tier] += 1
            best = [
                finding for finding in found[row["column"]] if at_least(finding.band, "likely") and finding.kind != "free_text"
            ]
            kinds = {finding.kind for finding in found[row["column"]] if at_least(finding.band, "likely")}
            hit = bool(kinds & SAME.get(label, {label}))
            right[tier] += hit
            flagged[tier] += bool(best)
            if misses and ((tier == "none" and best) or (tier != "none" and not hit)):
                said = [(finding.kind, finding.entity, finding.probability) for finding in found[row["column"]]]
                print(f"  {tier:9} {label:14} {name}.{row['column']}: {said}")
    print(f"{path.stem}: columns of the right kind, at likely or above")
    for tier in ("direct", "special", "quasi", "attribute"):
        if total[tier]:
            print(
                f"  {tier:10} {right[tier]:4} of {total[tier]:4}  {right[tier] / total[tier]:.3f}   flagged {flagged[tier] / total[tier]:.3f}"
            )
    if total["none"]:
        print(
            f"  none       {flagged['none']:4} of {total['none']:4}  {flagged['none'] / total['none']:.3f}   flagged though not personal"
        )


def single_columns(judge: Judge, path: Path, *, misses: bool) -> None:
    """`col_github_cells`: one column at a time, five cells each; weighted F1 over types, GENERIC_ID left out."""
    wanted: Counter[str] = Counter()
    given: Counter[str] = Counter()
    right: Counter[str] = Counter()
    confused: Counter[tuple[str, str]] = Counter()
    for row in rows(path):
        label = str(row["label"])
        if label == "GENERIC_ID":
            continue
        found = judge.table("table", {row["column"]: [str(value) for value in row["values"]]})[row["column"]]
        kinds = [finding.kind for finding in found if at_least(finding.band, "likely")]
        said = next((name for name, same in GITHUB.items() if set(kinds[:1]) & same), "None" if not kinds else "other")
        if said == "other" and label == "None":
            said = "None"
        wanted[label] += 1
        given[said] += 1
        right[label] += said == label
        confused[label, said] += said != label
    score = 0.0
    for label, count in wanted.items():
        score += count * 2 * right[label] / (count + given[label]) if right[label] else 0.0
    print(f"{path.stem}: weighted type F1 {score / wanted.total():.3f} over {wanted.total()} columns")
    if misses:
        for (label, said), count in confused.most_common(25):
            if count:
                print(f"  {count:4} {label} taken for {said}")


def names_alone(judge: Judge, path: Path) -> None:
    """`colnames_fides`: empty columns, judged by name and table."""
    total: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows(path):
        grouped[f"{row['set']}/{row['table']}"].append(row)
    for name, columns in grouped.items():
        found = judge.table(name.partition("/")[2], {row["column"]: [] for row in columns})
        for row in columns:
            side = "user" if any(label.startswith("user") for label in row["labels"]) else "system"
            total[side] += 1
            hit[side] += any(at_least(finding.band, "likely") for finding in found[row["column"]])
    for side in ("user", "system"):
        print(f"{path.stem}: {side:6} flagged {hit[side]:4} of {total[side]:4}  {hit[side] / max(1, total[side]):.3f}")


def main() -> int:
    """Print the scores of every set that is there."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--set", default="")
    options.add_argument("--misses", action="store_true")
    chosen = options.parse_args()
    if not chosen.data.is_dir():
        print(f"no labelled data at {chosen.data}", file=sys.stderr)
        return 2
    judge = Judge()
    for stem, run in (("col_tables_tune", whole_tables), ("col_github_cells", single_columns)):
        if chosen.set in {"", stem}:
            run(judge, chosen.data / f"{stem}.jsonl", misses=chosen.misses)
    if chosen.set in {"", "colnames_fides"}:
        names_alone(judge, chosen.data / "colnames_fides.jsonl")
    return 0


if __name__ == "__main__":
    sys.exit(main())
