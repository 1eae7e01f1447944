#!/usr/bin/env python3
"""The gate before the NER model: how many of the names in texts it lets through, and how many texts it spares the model.

    python benchmarks/name_signs.py [--data DIR] [--notes customers.parquet] [--texts N] [--misses]

For each set: the share of texts that the model is shown; of the texts in which the model, were it shown all, finds a name that
stands after the known faults are mended, the share that it is shown (`model`); of the texts in which people labelled a person
or place with a capital or in a script without case, the same (`gold`). Sets that are absent are named as such. `--check` exits
with 1 where a set with a hundred names or more stays below 0.99.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.spans import DATA, Labelled, labelled, noted, some
from pii_scan.pipeline import installed_model
from pii_scan.presidio import Engine, engine
from pii_scan.registry import InstalledRules

SETS = ("presidio_generated_large", "ner_wikigold", "meddocan_train")
LEAST, ENOUGH = 0.99, 100


def sets(data: Path, notes: Path | None, most: int) -> Iterator[tuple[str, list[Labelled]]]:
    """Every set that is there; one that is not is said on stdout."""
    for name in SETS:
        path = data / f"span_{name}.jsonl"
        if path.is_file():
            yield name, some([line for one in labelled(path) for line in lines(one)], most)
        else:
            print(f"{name}: skipped, no {path.name} in {data}")
    if notes and notes.is_file():
        yield notes.stem, some(noted(notes), most)
    else:
        print("customers notes: skipped, pass --notes customers.parquet")


def lines(one: Labelled) -> Iterator[Labelled]:
    """The lines of a text, as cells would hold them."""
    start = 0
    for line in one.text.splitlines(keepends=True):
        end = start + len(line)
        marks = [mark._replace(start=mark.start - start, end=mark.end - start) for mark in one.marks if start <= mark.start < end]
        if line.strip():
            yield Labelled(line.rstrip("\r\n"), marks)
        start = end


def telling(text: str, one: Labelled) -> bool:
    """Whether a person or place is labelled that can be told from other words: in small letters no model of ours finds it.

    Addresses are read by lists and forms, whatever the model sees.
    """
    named = (text[mark.start : mark.end] for mark in one.marks if mark.family in {"person", "place"})
    return any(
        char.isupper() or (char.isalpha() and not char.islower())
        for name in named
        if not any(map(str.isdigit, name))
        for char in name
    )


def share(shown: Sequence[bool], named: Iterable[bool]) -> tuple[int, int]:
    """How many of the texts with a name are shown, and how many there are."""
    hits = [was for was, is_named in zip(shown, named, strict=True) if is_named]
    return sum(hits), len(hits)


def main() -> int:
    """Print a line for each set."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--notes", type=Path)
    options.add_argument("--texts", type=int, default=4_000, help="of each set, at the most")
    options.add_argument("--misses", action="store_true")
    options.add_argument("--check", action="store_true")
    chosen = options.parse_args()
    if not installed_model():
        sys.exit("there is nothing to measure against without a spaCy model: pip install 'pii_scan[ner]'")
    parts, catalogue = InstalledRules().load()
    made: Engine = engine(parts, catalogue.entities)
    signs = next(reader.signs for reader in made.readers if hasattr(reader, "signs"))
    ungated = [reader for reader in made.readers if not hasattr(reader, "signs")]
    low = False
    print(f"{'set':28} {'texts':>6} {'shown':>6} {'us':>5} {'model':>16} {'gold':>16}")
    for name, texts in sets(chosen.data, chosen.notes, chosen.texts):
        plain = [one.text for one in texts]
        begun = time.process_time()
        shown = [signs(text) for text in plain]
        cost = (time.process_time() - begun) / max(1, len(plain)) * 1e6
        gated, made.readers = made.readers, ungated
        raw = made.people_and_places(plain)
        made.readers = gated
        finds = [made.mended(text, spans) for text, spans in zip(plain, raw, strict=True)]
        figures = [share(shown, map(bool, finds)), share(shown, (telling(one.text, one) for one in texts))]
        told = "  ".join(f"{hits:5}/{total:<5}{hits / max(1, total):5.3f}" for hits, total in figures)
        print(f"{name:28} {len(plain):6} {sum(shown) / max(1, len(plain)):6.3f} {cost:5.1f} {told}")
        low |= any(total >= ENOUGH and hits < LEAST * total for hits, total in figures)
        if chosen.misses:
            wanted = ((text, bool(found) or telling(text, one)) for text, one, found in zip(plain, texts, finds, strict=True))
            missed = (text for (text, named), was in zip(wanted, shown, strict=True) if named and not was)
            print(*(f"    {json.dumps(text[:100], ensure_ascii=False)}" for text in missed), sep="\n")
    return int(chosen.check and low)


if __name__ == "__main__":
    sys.exit(main())
