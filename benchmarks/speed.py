#!/usr/bin/env python3
"""Rows per CPU second of a whole scan, beside Presidio's own batch engine on a prefix of the same file.

    python benchmarks/speed.py [--rows 1000000] [--file FILE.parquet] [--prefix 200]

Every cell, patterns and check digits, no NER for ours; Presidio as its documentation shows it (batch_size=256, spaCy model).
CPU is user plus system time of the whole process tree, so the number of cores does not matter. Makes its own data.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent
PRESIDIO = """
import logging, sys, time, warnings
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
import pyarrow.parquet as pq
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider
model, path, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}).create_engine()
engine = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"]))
table = next(pq.ParquetFile(path).iter_batches(rows))
data = {name: [str(value) for value in column.to_pylist() if value is not None] for name, column in zip(table.schema.names, table.columns)}
list(engine.analyze_dict({"warm": ["up"]}, language="en"))
start = time.process_time()
for _ in engine.analyze_dict(data, language="en", batch_size=256):
    pass
print(table.num_rows / (time.process_time() - start))
"""


def ours(path: Path, rows: int, *extra: str) -> tuple[float, float, float]:
    """Rows per CPU second, wall seconds and peak MiB of the largest process of a scan."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pii_scan", "scan", str(path), "--no-ner", "-q", "--format", "csv", *extra],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return rows / cpu, wall, after.ru_maxrss / 1024


def presidio(path: Path, prefix: int) -> float:
    """Rows per CPU second of Presidio's BatchAnalyzerEngine, its start-up left out."""
    from pii_scan.presidio import installed_model

    model = installed_model()
    if not model:
        sys.exit("Presidio's engine needs a spaCy model: pip install 'pii_scan[ner]'")
    done = subprocess.run(
        [sys.executable, "-c", PRESIDIO, model, str(path), str(prefix)], check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[-1])


def main() -> None:
    """Print the figures and their ratio."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--file", type=Path)
    options.add_argument("--prefix", type=int, default=200)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.file or Path(folder) / "customers.parquet"
        if not chosen.file:
            subprocess.run([sys.executable, str(HERE / "corpus.py"), str(chosen.rows), str(path)], check=True)
        rows = pq.ParquetFile(path).metadata.num_rows
        peer = presidio(path, chosen.prefix)
        print(f"{rows:,} rows, {os.cpu_count()} cores")
        print(f"Presidio BatchAnalyzerEngine, batch_size=256, first {chosen.prefix} rows: {peer:10.1f} rows per CPU second")
        for workers in ("1", "2"):
            speed, wall, peak = ours(path, rows, "--workers", workers)
            print(
                f"pii-scan, {workers} worker(s), every cell, no NER:          {speed:16,.0f} rows per CPU second "
                f"({speed / peer:,.0f} times), {wall:.1f} s, {peak:.0f} MiB largest process"
            )


if __name__ == "__main__":
    main()
