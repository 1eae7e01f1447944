"""Where tables stand: which of them are of one store, so that keys of one may refer to another, and what each is called."""

from __future__ import annotations

import re
from pathlib import PurePath

_SLICE = re.compile(
    r"(?:part|chunk|shard|batch|split|block|file|data|run)?[-_. ]*[0-9][0-9a-f]*"
    r"(?:[-_. ](?:[0-9a-f]+|c[0-9]+|tid|snappy|gz|gzip|zstd|lz4))*",
    re.IGNORECASE,
)
"""A file that is a slice of a table: `part-0`, `000000_0`, `part-00000-3f2a9c10-77de.c000.snappy`."""
_KEYED = "="
"""Stands in folders that say what their files have in common (`year=2026`)."""


def placed(source: str, table: str) -> tuple[str, str]:
    """The store that a table is in, and what it is called there.

    The files of one folder are taken for one store. A file called `part-0` is a slice of the table that its folder is
    called after.
    """
    if "://" in source:
        return source, table
    folder = PurePath(source).parent
    if not _SLICE.fullmatch(table):
        return str(folder), table
    while _KEYED in folder.name:
        folder = folder.parent
    return (str(folder.parent), folder.name) if folder.name else (str(folder), table)
