"""What a command costs: CPU of its whole process tree, wall time, and the most memory that the tree held at once."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LEAVE_OUT = 3
"""The exit code of a scan that left something out, which a scan of a benchmark's data may not."""


class Failed(Exception):  # noqa: N818 - reported as what it is, and the others still run
    """A run that ended badly, with its last words."""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds, wall seconds, and MiB of memory (0 where it cannot be told)."""

    cpu: float
    wall: float
    memory: float = 0.0

    def rate(self, rows: int) -> float:
        """Rows per CPU second."""
        return rows / max(1e-6, self.cpu)


def least(one: Cost, other: Cost) -> Cost:
    """The least time of two runs of the same, and the most memory."""
    return Cost(min(one.cpu, other.cpu), min(one.wall, other.wall), max(one.memory, other.memory))


def ours(*arguments: str, well: Container[int] = (0,)) -> Cost:
    """What `pii-scan` with these arguments costs, its start included.

    Raises:
        Failed: it did not end well, which is with one of these codes.
    """
    return tree([sys.executable, "-m", "pii_scan", *arguments], well)


def tree(command: Sequence[str], well: Container[int] = (0,)) -> Cost:
    """The cost of a command and of all its children, those of a fork server too (it waits for them, and we for it)."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=_environment(), text=True)
    peak, ended = [0.0], Event()
    watcher = Thread(target=_watch, args=(process.pid, peak, ended), daemon=True)
    watcher.start()
    _, said = process.communicate()
    ended.set()
    watcher.join()
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in well:
        words = said.strip().splitlines() or ["no reason given"]
        raise Failed(f"exit code {process.returncode}: {words[-1][:200]}")
    return Cost(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall, peak[0])


def inside(script: str, *arguments: str, python: str = sys.executable) -> Mapping[str, float]:
    """What a script of this folder says it cost, its start left out: the object on its last line.

    Raises:
        Failed: it did not end well.
    """
    command = [python, str(HERE / script), *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=_environment(own=python == sys.executable)
        )
    except OSError as error:
        raise Failed(type(error).__name__) from None
    if done.returncode or not done.stdout.strip():
        words = done.stderr.strip().splitlines() or ["no reason given"]
        raise Failed(words[-1][:200])
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def _environment(*, own: bool = True) -> dict[str, str]:
    """That of this process, but for bytecode, which is kept: else each start would compile every module that it imports."""
    foreign = {"PYTHONDONTWRITEBYTECODE"} if own else {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "VIRTUAL_ENV"}
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    if own:
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    return kept


def _watch(pid: int, peak: list[float], ended: Event) -> None:
    """Proportional memory, which counts what processes share once; Linux only.

    Looked at once a second: each look holds up the processes that it looks at, and takes a tenth of a core if five times as often.
    """
    while not ended.wait(1.0):
        peak[0] = max(peak[0], sum(map(_memory, _family(pid))) / 1024)


def _family(pid: int) -> list[int]:
    family = [pid]
    for member in family:
        try:
            for task in Path(f"/proc/{member}/task").iterdir():
                family += map(int, (task / "children").read_text("ascii").split())
        except OSError:
            continue
    return family


def _memory(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        return 0
    return 0
