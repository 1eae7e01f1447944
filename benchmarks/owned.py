"""The project's own columns as labelled ones: those that look personal and are not, and names, places and things by culture."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from benchmarks import nameless
from benchmarks.sets import Labelled

HARD = Path(__file__).resolve().parents[1] / "tests" / "hard_columns"
HELD = frozenset({*nameless.PEOPLE, *nameless.PLACES})
"""The kinds that the lists can judge: their columns of things may well be of another kind."""
WHERE = {"city": ("cities", "towns", "villages"), "country": ("countries",), "region": ("states",)}
"""Lists of things that are places: their kind is right, though they are nobody's."""
HARD_SET, PEOPLE_SET, PLACES_SET, THINGS_SET = "hard columns", "people", "places", "things"


def hard() -> Iterator[Labelled]:
    """The two suites of tests/test_hard_columns.py, each column with the empty ones beside it, which are not scored."""
    for path in sorted(HARD.glob("*/*.toml")):
        for row in tomllib.loads(path.read_text("utf-8"))["column"]:
            group = f"{path.stem}/{row['table']}.{row['name']}"
            accepts = frozenset(row.get("kinds", "").split())
            values = tuple(row["values"].split(" | "))
            label = next(iter(sorted(accepts)), "none")
            yield Labelled(HARD_SET, group, row["table"], row["name"], values, label, accepts=accepts)
            for name in filter(None, row.get("beside", "").split(" | ")):
                yield Labelled(HARD_SET, group, row["table"], name, (), "beside", ambiguous=True)


def lists() -> Iterator[Labelled]:
    """The columns of benchmarks/nameless.py, which have no names."""
    for group, form, values in nameless.people():
        yield _listed(PEOPLE_SET, group, form, values, frozenset(nameless.PEOPLE))
    for group, name, values in nameless.places(real=True):
        yield _listed(PLACES_SET, group, name, values, frozenset({group}))
    for group, name, values in (*nameless.places(real=False), *nameless.things()):
        yield _listed(THINGS_SET, group, name, values, frozenset(kind for kind, ends in WHERE.items() if name.endswith(ends)))


def _listed(name: str, group: str, column: str, values: list[str], accepts: frozenset[str]) -> Labelled:
    label = next(iter(sorted(accepts)), "none")
    return Labelled(name, f"{group} {column}", "t", column, tuple(values), label, accepts=accepts)
