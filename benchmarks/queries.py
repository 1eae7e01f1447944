"""Search queries: in which share of them personal data is found, and which, of those with a person's name and of those without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.judge import Judge
from benchmarks.sets import rows
from benchmarks.tables import Table
from pii_scan.finder import Finder

QUERIES = "text_mozilla_queries"
NAMED = "should_remove"
"""The label of queries that name a person."""
NAMES = frozenset({"person_name", "first_name", "last_name"})


class Asked(NamedTuple):
    """A query: whether a person is named in it, and the kinds that are found."""

    named: bool
    kinds: frozenset[str]


def asked(judge: Judge, folder: Path) -> list[Asked]:
    """Every query with what would be taken out of it."""
    queries = list(rows(folder / f"{QUERIES}.jsonl"))
    found = Finder(judge.engine, judge.catalogue)([query["text"] for query in queries])
    known = judge.catalogue.entities
    return [
        Asked(query["label"] == NAMED, frozenset(known[span.entity].kind for span in spans or ()))
        for query, spans in zip(queries, found, strict=True)
    ]


def of_queries(said: Sequence[Asked]) -> Table:
    """One row for each kind that is found, the commonest first."""
    kinds = Counter(kind for one in said for kind in one.kinds)
    heads = ["found", *(f"{what} ({sum(one.named is named for one in said)})" for named, what in _SIDES)]
    right = sum(one.named and bool(one.kinds & NAMES) for one in said)
    named = max(1, sum(bool(one.kinds & NAMES) for one in said))
    wanted = max(1, sum(one.named for one in said))
    return Table(
        f"Search queries ({QUERIES})",
        heads,
        [["anything", *_shares(said, None)], *([kind, *_shares(said, kind)] for kind, _ in kinds.most_common())],
        f"Shares of the queries in which something is found, by kind. As a yes or no to whether a person is named: precision "
        f"{right / named:.3f}, recall {right / wanted:.3f}. A place or a date in a query that names nobody is a find of the tool, not a fault.",
    )


_SIDES = ((True, "queries that name a person"), (False, "others"))


def _shares(said: Sequence[Asked], kind: str | None) -> Iterator[str]:
    for named, _ in _SIDES:
        some = [one for one in said if one.named is named]
        yield f"{sum(kind in one.kinds if kind else bool(one.kinds) for one in some) / max(1, len(some)):.3f}"
