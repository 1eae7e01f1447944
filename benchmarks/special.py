#!/usr/bin/env python3
"""How many special-category columns are seen, with their names and without, and how many look-alikes are flagged.

    python benchmarks/special.py [--misses] [--half even|odd]

Reads the invented columns of `tests/recognizers/*_columns.txt`. `--half` looks at every second column only, so that the
other half stays unseen while lists are being written.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from accuracy import Judge

from pii_scan.model import Finding

TABLES = Path(__file__).resolve().parents[1] / "tests" / "recognizers"
UNTOLD = "c7"
"""A column name that says nothing."""


def rows(name: str) -> list[list[str]]:
    """The fields of each line of a table of columns; the last field is the values."""
    lines = (TABLES / f"{name}_columns.txt").read_text("utf-8").splitlines()
    return [[part.strip() for part in line.split(" | ")] for line in lines if line and not line.startswith("#")]


def best(found: Iterable[Finding], kind: str = "") -> str:
    """The surest band in which a special category is found: that of the kind, or any."""
    return next((finding.band for finding in found if finding.article and (not kind or finding.kind == kind)), "-")


def judged(judge: Judge, name: str, values: str, table: str = "t") -> Sequence[Finding]:
    """The findings on a column by itself, each value as often as it stands there."""
    return judge.table(table, {name: values.split("; ")})[name]


def main() -> int:
    """Print recall and false flags."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--half", choices=("even", "odd"))
    chosen = parser.parse_args()
    judge = Judge(ner=False)
    start, step = {"even": (0, 2), "odd": (1, 2), None: (0, 1)}[chosen.half]

    def report(title: str, bands: Sequence[str]) -> None:
        sure = sum(band in {"certain", "likely"} for band in bands)
        seen = sure + bands.count("possible")
        print(f"{title:28} {len(bands):4}  likely+ {sure / len(bands):.3f}  possible+ {seen / len(bands):.3f}  {Counter(bands)}")

    named, untold = [], []
    for language, kind, form, name, values in rows("special")[start::step]:
        named.append(best(judged(judge, name, values), kind))
        if form == "words":
            untold.append(best(judged(judge, UNTOLD, values), kind))
        if chosen.misses and (
            named[-1] not in {"certain", "likely"} or (form == "words" and untold[-1] not in {"certain", "likely"})
        ):
            print(f"  {language} {kind} {name}: named {named[-1]}, untold {untold[-1] if form == 'words' else ''}")
    report("special, by name and values", named)
    report("special, by values alone", untold)
    signs = []
    for language, kind, name, values in rows("sign")[start::step]:
        found = judged(judge, name, values)
        signs.append(best(found, kind))
        if chosen.misses and signs[-1] != "possible":
            print(f"  sign {language} {kind} {name}: {[(one.kind, one.band) for one in found]}")
    report("signs", signs)
    alike, alike_untold = [], []
    for table, name, values in rows("lookalike")[start::step]:
        found = judged(judge, name, values, table)
        alike.append(best(found))
        alike_untold.append(best(judged(judge, UNTOLD, values)))
        if chosen.misses and (alike[-1] not in {"-", "undetermined"} or alike_untold[-1] in {"likely", "certain"}):
            print(f"  alike {table}.{name}: {[(one.kind, one.band) for one in found]}, untold {alike_untold[-1]}")
    report("look-alikes", alike)
    report("look-alikes, values alone", alike_untold)
    return 0


if __name__ == "__main__":
    sys.exit(main())
