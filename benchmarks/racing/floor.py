#!/usr/bin/env python3
"""The least that a scan of every cell could cost, step by step, on one core: `floor.py FILE.parquet`, or `floor.py URI TABLE`.

Prints CPU seconds: `read` (Arrow record batches), `encode` (the distinct texts of each batch), `match` (one RE2 pass of eleven
common patterns as one alternation over every text cell) and `few` (the same over the distinct texts of each batch only), and as
`wall` the seconds of it all; for a database `read` alone, by ADBC.
"""

from __future__ import annotations

import json
import sys
import time

_PATTERNS = (
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
    r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}",
    r"\b(?:[0-9][ -]?){13,19}\b",
    r"\+?[0-9][0-9 ()/.-]{7,17}[0-9]",
    r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b",
    r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b",
    r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b",
    r"https?://[^ ]+",
    r"\b(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\b",
    r"\b[A-Z]{2}[0-9]{8,12}\b",
    r"\b[A-Z]{1,2}[0-9]{6,9}[A-Z]?\b",
)
HOT = "|".join(_PATTERNS)


def of_file(path: str) -> dict[str, float]:
    """The steps over a Parquet file, a batch at a time."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    spent = dict.fromkeys(("read", "encode", "match", "few"), 0.0)
    begun, last = time.perf_counter(), time.process_time()

    def lap(step: str) -> None:
        nonlocal last
        now = time.process_time()
        spent[step] += now - last
        last = now

    for batch in pq.ParquetFile(path).iter_batches(65_536, use_threads=False):
        lap("read")
        columns = [column for column in batch.columns if pa.types.is_string(column.type)]
        texts = [column.dictionary_encode().dictionary for column in columns]
        lap("encode")
        for column in columns:
            pc.match_substring_regex(column, HOT)
        lap("match")
        for distinct in texts:
            pc.match_substring_regex(distinct, HOT)
        lap("few")
    lap("read")
    return spent | {"wall": time.perf_counter() - begun}


def of_table(uri: str, table: str) -> dict[str, float]:
    """Reading a table of PostgreSQL or SQLite by ADBC."""
    if uri.startswith("postgresql"):
        from adbc_driver_postgresql import dbapi
    else:
        from adbc_driver_sqlite import dbapi
    with dbapi.connect(uri.removeprefix("sqlite:///")) as connection, connection.cursor() as cursor:
        begun = time.process_time()
        cursor.execute(f"SELECT * FROM {table}")
        for _ in cursor.fetch_record_batch():
            pass
        return {"read": time.process_time() - begun}


if __name__ == "__main__":
    print(json.dumps(of_file(sys.argv[1]) if len(sys.argv) == 2 else of_table(*sys.argv[1:])))
