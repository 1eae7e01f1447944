"""What the folders above a file say of its rows: `country=FR/part-0.parquet` has a column `country`, and no byte of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

import pyarrow as pa

from pii_scan.contracts import FOLDER

_NOTHING = "__HIVE_DEFAULT_PARTITION__"
_Told = TypeVar("_Told")


@lru_cache(maxsize=64)
def partitions(address: str) -> tuple[tuple[str, str | None], ...]:
    """The names and values of the folders directly above a file, the outermost first; an empty one is null.

    >>> partitions("lake/year=2025/country=FR/part-0.parquet")
    (('year', '2025'), ('country', 'FR'))
    """
    found: list[tuple[str, str | None]] = []
    if address == "-":
        return ()
    for part in reversed(Path(address).absolute().parts[:-1]):
        name, mark, value = part.partition("=")
        if not (name and mark):
            break
        found.append((unquote(name), None if value in {"", _NOTHING} else unquote(value)))
    return tuple(dict(reversed(found)).items())


def partitioned(address: str, read: Iterable[pa.RecordBatch | _Told]) -> Iterator[pa.RecordBatch | _Told]:
    """What was read of a file, its batches with a column for each folder; one that the file has itself is its own."""
    known = partitions(address)
    for one in read:
        yield _with(one, known) if known and isinstance(one, pa.RecordBatch) else one
        del one


def _with(batch: pa.RecordBatch, known: Iterable[tuple[str, str | None]]) -> pa.RecordBatch:
    fresh = [(name, value) for name, value in known if name not in batch.schema.names]
    fields = [pa.field(name, pa.string(), metadata={FOLDER: b""}) for name, _ in fresh]
    columns = [pa.repeat(pa.scalar(value, pa.string()), batch.num_rows) for _, value in fresh]
    schema = pa.schema([*batch.schema, *fields], batch.schema.metadata)
    return pa.RecordBatch.from_arrays([*batch.columns, *columns], schema=schema)
