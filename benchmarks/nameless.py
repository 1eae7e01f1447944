"""How well people's names are told by values alone: the same columns once more under a name that says nothing.

    python benchmarks/nameless.py [--data DIR] [--misses] [--only people,mimesis,things,places,tune]

Columns are made from the lists in benchmarks/nameless/: given and family names by culture, apart and whole, in the forms people
write, and columns of capitalised words that are nobody's name. Then those of `col_tables_tune.jsonl` and
`col_github_cells.jsonl` in DIR, renamed `c7`, and, where the package mimesis is installed, names of its locales.
"""

from __future__ import annotations

import argparse
import json
import random
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from pii_scan.classify import classify
from pii_scan.detect import Detector
from pii_scan.model import Finding, Unit
from pii_scan.presidio import engine
from pii_scan.registry import InstalledRules
from pii_scan.settings import Settings, at_least

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "shared" / "data"
SILENT = "c7"
PEOPLE = {"person_name", "first_name", "last_name", "middle_name", "maiden_name"}
PLACES = {"street_address", "city", "region", "country", "postal_code"}
GITHUB = {"PERSON_NAME": PEOPLE, "STREET_ADDRESS": PLACES, "ZIPCODE": PLACES}
ROWS = 40

Column = tuple[str, str, list[str]]
"""Group, name of the column for the eye, values."""


class Judge:
    """The scanner without its NER model, fed with one column at a time whose name says nothing."""

    def __init__(self) -> None:
        parts, self._catalogue = InstalledRules().load()
        self._detector = Detector(
            engine(parts, self._catalogue.entities, ner=False), self._catalogue, Settings(ner=False).detection
        )

    def column(self, values: list[str]) -> list[Finding]:
        """What is found in a column of these values."""
        batch = pa.RecordBatch.from_arrays([pa.array(values, pa.string())], names=[SILENT])
        return list(classify(self._detector.examine(Unit("set", "t"), [batch]), self._catalogue))


def listed(name: str) -> dict[str, Any]:
    """One of the files of lists."""
    return tomllib.loads((HERE / "nameless" / name).read_text("utf-8"))


def words(text: str) -> list[str]:
    """The items of a list written with commas."""
    return text.split(", ")


def forms(culture: dict[str, Any]) -> dict[str, Callable[[str, str], str]]:
    """How a given and a family name are written together."""
    family_first, joined = culture["order"] == "fg", culture.get("joined", False)

    def whole(given: str, family: str) -> str:
        parts = (family, given) if family_first else (given, family)
        return ("" if joined else " ").join(parts)

    made: dict[str, Callable[[str, str], str]] = {
        "given": lambda given, _: given,
        "family": lambda _, family: family,
        "whole": whole,
    }
    if not joined:
        made |= {
            "other order": lambda given, family: f"{given} {family}" if family_first else f"{family} {given}",
            "comma": lambda given, family: f"{family}, {given}",
        }
    sample = whole(words(culture["given"])[0], words(culture["family"])[0])
    if sample.upper() != sample.lower() and not joined:
        made |= {
            "upper": lambda given, family: whole(given, family).upper(),
            "lower": lambda given, family: whole(given, family).lower(),
            "initial": lambda given, family: f"{given[0]}. {family}",
            "initial behind": lambda given, family: f"{family} {given[0]}.",
            "title": lambda given, family: f"Dr. {given} {family}",
        }
    return made


def people() -> Iterator[Column]:
    """Columns of names, by culture."""
    dice = random.Random(7)
    for culture, lists in listed("people.toml").items():
        given, family = words(lists["given"]), words(lists["family"])
        for form, write in forms(lists).items():
            yield culture, form, [write(dice.choice(given), dice.choice(family)) for _ in range(ROWS)]


def things() -> Iterator[Column]:
    """Columns of what is nobody's name."""
    dice = random.Random(7)
    for sort, columns in listed("things.toml").items():
        for name, values in columns.items():
            yield sort, name, [dice.choice(words(values)) for _ in range(ROWS)]


def places(*, real: bool) -> Iterator[Column]:
    """Columns of addresses, postal codes, cities and regions; or of what looks like them."""
    dice = random.Random(7)
    for sort, columns in listed("places.toml").items():
        for name, values in columns.items():
            if real == (sort != "none"):
                yield sort, name, [dice.choice(values.split(" | ")) for _ in range(ROWS)]


def made_up() -> Iterator[Column]:
    """Columns of names from the package mimesis, by locale."""
    from mimesis import Person  # type: ignore[import-not-found, unused-ignore]
    from mimesis.locales import Locale  # type: ignore[import-not-found, unused-ignore]

    for locale in sorted(Locale, key=lambda one: str(one.value)):
        person = Person(locale, seed=7)
        yield str(locale.value), "given", [person.first_name() for _ in range(ROWS)]
        yield str(locale.value), "family", [person.last_name() for _ in range(ROWS)]
        yield str(locale.value), "whole", [person.full_name() for _ in range(ROWS)]


def labelled(data: Path) -> Iterator[tuple[str, str, set[str], list[str]]]:
    """The columns of the tuning sets: set, name, kinds that are right (none where it is not personal), values."""
    for row in map(json.loads, (data / "col_tables_tune.jsonl").read_text("utf-8").splitlines()):
        if not row["ambiguous"]:
            right = PEOPLE if row["label"] in PEOPLE else PLACES if row["label"] in PLACES else {row["label"]} - {"none"}
            yield "col_tables_tune", f"{row['set']}.{row['column']}", right, [str(value) for value in row["values"]]
    for row in map(json.loads, (data / "col_github_cells.jsonl").read_text("utf-8").splitlines()):
        label = str(row["label"])
        if label in {*GITHUB, "None"}:
            yield "col_github_cells", row["column"], GITHUB.get(label, set()), [str(value) for value in row["values"]]


def best(found: list[Finding], kinds: set[str]) -> str:
    """The band at which one of the kinds is found, if any; the verdict on a column only."""
    return next((finding.band for finding in found[:1] if finding.kind in kinds), "")


def report(title: str, columns: Iterator[Column], judge: Judge, kinds: set[str], *, misses: bool, wanted: bool) -> None:  # noqa: PLR0913
    """The share of each group that is found to be of the kinds, at likely and at possible."""
    total: Counter[str] = Counter()
    likely: Counter[str] = Counter()
    possible: Counter[str] = Counter()
    by_form: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for group, name, values in columns:
        found = judge.column(values)
        band = best(found, kinds)
        sure, hinted = bool(band) and at_least(band, "likely"), bool(band) and at_least(band, "possible")
        total[group] += 1
        likely[group] += sure
        possible[group] += hinted
        if wanted and kinds is PEOPLE:
            form = by_form[name]
            form[0], form[1], form[2] = form[0] + 1, form[1] + sure, form[2] + hinted
        if misses and sure != wanted:
            print(f"  {group:20} {name:22} {[(one.kind, one.probability) for one in found[:2]]}")
    for group, count in total.items():
        print(f"  {group:20} likely {likely[group]:3} possible {possible[group]:3} of {count:3}")
    for form, (count, sure, hinted) in by_form.items():
        print(f"  form {form:15} likely {sure:3} possible {hinted:3} of {count:3}")
    count = total.total()
    print(f"{title}: likely {likely.total()} of {count} ({likely.total() / count:.3f}), possible {possible.total() / count:.3f}")


def tune(data: Path, judge: Judge, *, misses: bool) -> None:
    """The tuning sets, each column under a silent name."""
    total: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for group, name, kinds, values in labelled(data):
        found = judge.column(values)
        sort = "people" if kinds & PEOPLE else "places" if kinds & PLACES else "other" if kinds else "none"
        held = kinds if sort in {"people", "places"} else PEOPLE | PLACES
        band = best(found, held)
        hit = bool(band) and at_least(band, "likely")
        total[group, sort] += 1
        right[group, sort] += hit
        if misses and hit != (sort in {"people", "places"}):
            print(f"  {group} {sort:7} {name:40} {[(one.kind, one.probability) for one in found[:2]]}")
    for (group, sort), count in sorted(total.items()):
        meaning = "found" if sort in {"people", "places"} else "taken for people or places"
        print(f"{group} as {SILENT}: {sort:7} {right[group, sort]:3} of {count:3} {meaning}")


def main() -> None:
    """Print the scores of each group."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--misses", action="store_true")
    options.add_argument("--only", default="people,mimesis,things,places,tune")
    chosen = options.parse_args()
    only, judge = chosen.only.split(","), Judge()
    if "people" in only:
        report("people", people(), judge, PEOPLE, misses=chosen.misses, wanted=True)
    if "mimesis" in only:
        try:
            report("mimesis", made_up(), judge, PEOPLE, misses=chosen.misses, wanted=True)
        except ImportError:
            print("mimesis: skipped, not installed")
    if "things" in only:
        report("things", things(), judge, PEOPLE, misses=chosen.misses, wanted=False)
    if "places" in only:
        report("places", places(real=True), judge, PLACES, misses=chosen.misses, wanted=True)
        report("no places", places(real=False), judge, PLACES | PEOPLE, misses=chosen.misses, wanted=False)
    if "tune" in only:
        if chosen.data.is_dir():
            tune(chosen.data, judge, misses=chosen.misses)
        else:
            print("tune: skipped, no ../shared/data")


if __name__ == "__main__":
    main()
