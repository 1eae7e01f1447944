"""A seeded sample of a unit's rows, and the bound on what it may have missed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from pii_scan.model import Remark, Skipped, Unit


def sampled(
    batches: Iterable[pa.RecordBatch | Skipped | Remark], unit: Unit, rows: int | None
) -> Iterator[pa.RecordBatch | Skipped | Remark]:
    """The batches themselves, or a uniform sample of `rows` of them, drawn with a seed that the unit's address gives.

    Every row of the unit is read; `rows` at most are held in memory. What was left out is a `Skipped` with the
    95 % bound on the share of rows that a kind of data may have and still have been missed (the rule of three).
    """
    if rows is None:
        yield from batches
        return
    dice = np.random.default_rng(zlib.crc32(f"{unit.source}\0{unit.table}\0{unit.key}".encode()))
    kept: pa.Table | None = None
    keys = np.empty(0)
    seen = 0
    for batch in batches:
        if not isinstance(batch, pa.RecordBatch):
            yield batch
            continue
        seen += batch.num_rows
        table = pa.Table.from_batches([batch])
        kept = table if kept is None else pa.concat_tables([kept, table], promote_options="permissive")
        keys = np.concatenate([keys, dice.random(batch.num_rows)])
        if len(keys) > 2 * rows:
            kept, keys = _lowest(kept, keys, rows)
    if kept is None:
        return
    kept, keys = _lowest(kept, keys, rows)
    yield from kept.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], schema=kept.schema)]
    if seen > rows:
        why = (
            f"{rows:,} of {seen:,} rows were sampled, {seen - rows:,} were not examined; "
            f"data that is in more than {3 / rows:.2%} of the rows was seen with 95 % confidence"
        )
        yield Skipped(unit.source, "sampled rows", why, unit.table, unit=unit.key)


def _lowest(table: pa.Table, keys: np.ndarray, rows: int) -> tuple[pa.Table, np.ndarray]:
    """The rows with the lowest keys, in their own order."""
    if len(keys) <= rows:
        return table, keys
    places = np.sort(np.argpartition(keys, rows)[:rows])
    return table.take(pa.array(places)), keys[places]
