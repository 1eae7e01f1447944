#!/usr/bin/env python3
"""What a proved copy costs, as a ratio to a plain scan of the same file in the same run.

    python benchmarks/proof.py [--rows 1000000] [--file FILE]

Scans a file, writes its copy by the drafted plan, and proves it: every cell, patterns and check digits, no NER. CPU is user plus system time of
the whole process tree; so is the peak on Linux (what its processes share counted once), else that of the largest process. The target is
four times a scan, in its memory. Makes its own data.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent


class Cost(NamedTuple):
    """What a command took."""

    cpu: float
    wall: float
    peak: float
    """MiB of all its processes together at one moment, looked at ten times a second."""


def cost(*arguments: str) -> Cost:
    """Run a command of ours to its end."""
    before, start, peak = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), 0.0
    command = [sys.executable, "-m", "pii_scan", *arguments, "--no-ner", "-q"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        while running.poll() is None:
            peak = max(peak, sum(map(shared_once, tree(running.pid))))
            time.sleep(0.1)
    if running.returncode:
        sys.exit(f"{' '.join(command)}: ended with {running.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(cpu, time.perf_counter() - start, peak or after.ru_maxrss / 1024)


def tree(root: int) -> set[int]:
    """A process and all below it, on Linux."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it may have ended meanwhile
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found = {root}
    while fresh := {child for child, parent in parents.items() if parent in found} - found:
        found |= fresh
    return found


def shared_once(process: int) -> float:
    """MiB of a process, of what it shares only its part."""
    with suppress(OSError):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
    return 0.0


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
    print(f"{what:24}{found.cpu:8.1f} s CPU{found.wall:8.1f} s{found.peak:8.0f} MiB; {ratios}", flush=True)


if __name__ == "__main__":
    main()
