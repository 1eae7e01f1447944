"""How a peer is spoken to: columns as JSON lines on standard input, labels as JSON lines on standard output.

A line in is `{"id", "group", "table", "column", "values"}`; lines of one table have one `group` and follow each other. A line out is `{"id", "labels"}` with
`labels` a list of `[label, share]` in the peer's own words, `share` that of the column's non-empty cells which got the label
(1 where the peer judges the column as a whole). Runs inside the peer's own environment: the standard library only.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

Labels = list[tuple[str, float]]


def serve(judge: Callable[[str, list[dict[str, Any]]], Iterable[Labels]]) -> None:
    """Answer every table with what `judge` says of its columns, in their order; whatever the peer prints goes to stderr."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for columns in tables(map(json.loads, sys.stdin)):
        for column, labels in zip(columns, judge(columns[0]["table"], columns), strict=True):
            out.write(json.dumps({"id": column["id"], "labels": labels}) + "\n")
    out.close()


def tables(lines: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The columns of each table, together."""
    for _, columns in groupby(lines, key=lambda line: line["group"]):
        yield list(columns)


def shares(cells: Iterable[Iterable[str]]) -> Labels:
    """Each label with the share of the cells that got it, the commonest first."""
    counted: Counter[str] = Counter()
    total = 0
    for labels in cells:
        total += 1
        counted.update(set(labels))
    return [(label, count / total) for label, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))]


def filled(values: Iterable[str]) -> list[str]:
    """The cells that are not empty."""
    return [value for value in values if value.strip()]


def frame(columns: list[dict[str, Any]]) -> Any:
    """The table as a data frame of texts; short columns are filled up with empty ones."""
    import pandas as pd

    length = max(len(column["values"]) for column in columns)
    return pd.DataFrame({column["column"]: column["values"] + [""] * (length - len(column["values"])) for column in columns})
