#!/usr/bin/env python3
"""What a proved copy costs, as a ratio to a plain scan of the same file in the same run.

    python benchmarks/proof.py [--rows 1000000] [--file FILE]

Scans a file, writes its copy by the drafted plan, and proves it: every cell, patterns and check digits, no NER. CPU is user plus system time of
the whole process tree, the peak that of the largest process. The target is four times a scan, under 600 MiB. Makes its own data.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent


class Cost(NamedTuple):
    """What a command took."""

    cpu: float
    wall: float
    peak: float
    """MiB of the largest process so far."""


def cost(*arguments: str) -> Cost:
    """Run a command of ours to its end."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-m", "pii_scan", *arguments, "--no-ner", "-q"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(cpu, time.perf_counter() - start, after.ru_maxrss / 1024)


def main() -> None:
    """Print a line for each command, and the ratio of all to the first."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--file", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, plan, out = chosen.file or Path(folder, "customers.parquet"), f"{folder}/plan.toml", f"{folder}/out"
        if not chosen.file:
            subprocess.run([sys.executable, str(HERE / "corpus.py"), str(chosen.rows), str(path)], check=True)
        scan = cost("scan", str(path), "--plan", plan)
        tell("scan", scan, scan)
        copy = cost("redact", str(path), "--plan", plan, "--to", out)
        tell("redact, with its proof", copy, scan)
        tell("both", Cost(scan.cpu + copy.cpu, scan.wall + copy.wall, max(scan.peak, copy.peak)), scan)


def tell(what: str, found: Cost, scan: Cost) -> None:
    """One line: seconds, peak, and both as ratios to the scan."""
    ratios = f"{found.cpu / scan.cpu:.2f} times the CPU of a scan, {found.wall / scan.wall:.2f} times its time"
    print(f"{what:24}{found.cpu:8.1f} s CPU{found.wall:8.1f} s{found.peak:8.0f} MiB largest process; {ratios}", flush=True)


if __name__ == "__main__":
    main()
