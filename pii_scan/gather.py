"""The one loop: units of work to evidence, in this process or in a pool; and evidence to a report."""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib.metadata import version
from multiprocessing import get_context
from typing import Any, NamedTuple, Protocol

from pii_scan.classify import classify, summaries
from pii_scan.contracts import Part, Source
from pii_scan.detect import Detector
from pii_scan.errors import PiiScanError
from pii_scan.model import Catalogue, Evidence, Remark, Report, Run, Skipped, Unit
from pii_scan.presidio import engine, installed_model
from pii_scan.sample import sampled
from pii_scan.settings import Settings, at_least

_POOL_BYTES = 16 << 20
"""Below this much to read, starting worker processes costs more than they save."""
_ROW_BYTES = 256
"""What a row is taken to cost where a connector knows no bytes."""
_AHEAD = 4
"""Units handed to each worker in advance."""


class Work(NamedTuple):
    """A unit to read, where from, and how many of its rows to examine (None for all)."""

    source: Source
    unit: Unit
    rows: int | None


class Memory(Protocol):
    """What lets an audit hand back the evidence of an unchanged unit, and keep each new one."""

    def recall(self, unit: Unit) -> Evidence | None:
        """The evidence of the unit where it is known and still holds."""

    def keep(self, unit: Unit, evidence: Evidence) -> None:
        """Called once for each unit that was read, in order of arrival."""


class Progress(Protocol):
    """What is told how far a scan has come."""

    def planned(self, units: Sequence[Unit]) -> None:
        """Before the first unit is read."""

    def done(self, unit: Unit, rows: int) -> None:
        """After each unit."""


class Rules(Protocol):
    """Where a worker finds the recognizers; picklable, so that a fresh process can load them itself."""

    def load(self) -> tuple[Sequence[Part], Catalogue]:
        """The recognizer parts and the catalogue of the scan."""


def gather(
    sources: Iterable[Source | Skipped],
    settings: Settings,
    rules: Rules,
    *,
    memory: Memory | None = None,
    progress: Progress | None = None,
) -> Evidence:
    """The evidence of every unit of every source. A source that fails is a `Skipped`; the others are still read."""
    work, evidence = _plan(sources, settings)
    if progress:
        progress.planned([task.unit for task in work])
    fresh: list[Work] = []
    parts: list[Evidence] = [evidence]
    for task in work:
        known = memory.recall(task.unit) if memory else None
        if known is None:
            fresh.append(task)
        else:
            parts.append(known)
            _tell(progress, task.unit, known)
    for unit, found in _examined(fresh, settings, rules):
        if memory:
            memory.keep(unit, found)
        parts.append(found)
        _tell(progress, unit, found)
    return _total(parts)


def report(evidence: Evidence, catalogue: Catalogue, settings: Settings, sources: Sequence[str]) -> Report:
    """The verdict on the evidence, as a report; findings below `settings.min_band` are left out."""
    found = tuple(finding for finding in classify(evidence, catalogue) if at_least(finding.band, settings.min_band))
    remarks = evidence.remarks + tuple(_names_remark(settings))
    run = Run(
        _now(),
        version("pii_scan"),
        catalogue.version,
        settings.model_dump(mode="json", exclude={"workers"}),
        tuple(dict.fromkeys(sources)),
    )
    return Report(run, summaries(evidence), found, evidence.skipped, tuple(sorted(set(remarks))))


def _plan(sources: Iterable[Source | Skipped], settings: Settings) -> tuple[list[Work], Evidence]:
    planned: list[tuple[Source, Unit]] = []
    skipped: list[Skipped] = []
    for source in sources:
        if isinstance(source, Skipped):
            skipped.append(source)
            continue
        try:
            for unit in source.units():
                if isinstance(unit, Skipped):
                    if not unit.table or settings.wants_table(unit.table):
                        skipped.append(unit)
                elif settings.wants_table(unit.table):
                    planned.append((source, unit))
        except PiiScanError as error:
            skipped.append(Skipped(source.address, "source", f"{error.what} ({error.way_out})" if error.way_out else error.what))
    quotas = _quotas([unit for _, unit in planned], settings.sample)
    return [Work(source, unit, quotas.get(unit)) for source, unit in planned], Evidence(skipped=tuple(skipped))


def _quotas(units: Sequence[Unit], sample: int | None) -> dict[Unit, int]:
    """How many rows of each unit make a sample of its table: in proportion to their rows where those are known."""
    if sample is None:
        return {}
    tables: dict[tuple[str, str], list[Unit]] = {}
    for unit in units:
        tables.setdefault((unit.source, unit.table), []).append(unit)
    quotas: dict[Unit, int] = {}
    for parts in tables.values():
        known = all(unit.rows is not None for unit in parts)
        sizes = [(unit.rows or 0) if known else 1 for unit in parts]
        total = max(1, sum(sizes))
        quotas |= {unit: max(1, math.ceil(sample * size / total)) for unit, size in zip(parts, sizes, strict=True)}
    return quotas


def _examined(work: Sequence[Work], settings: Settings, rules: Rules) -> Iterator[tuple[Unit, Evidence]]:
    workers = min(settings.workers or os.cpu_count() or 1, len(work))
    small = sum(map(_bytes, work)) < _POOL_BYTES
    here: list[Work] = []
    pooled: list[Work] = []
    for task in work:
        (here if workers < 2 or small or not getattr(task.source, "portable", True) else pooled).append(task)
    if pooled:
        yield from _in_pool(pooled, settings, rules, workers)
    if here:
        detector = _detector(settings, rules)
        for task in here:
            yield task.unit, _one(detector, task)


def _in_pool(work: Sequence[Work], settings: Settings, rules: Rules, workers: int) -> Iterator[tuple[Unit, Evidence]]:
    """Units in order of completion. A unit whose worker dies is reported as skipped; the others go on in a new pool."""
    waiting = list(reversed(work))
    while waiting:
        pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_prepare, initargs=(settings, rules))
        running: dict[Future[Evidence], Work] = {}
        try:
            while waiting or running:
                while waiting and len(running) < workers * _AHEAD:
                    task = waiting.pop()
                    with _no_main():
                        running[pool.submit(_in_worker, task)] = task
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    found = future.result()
                    yield running.pop(future).unit, found
        except BrokenProcessPool:
            yield from _one_by_one(list(running.values()), settings, rules)
        finally:
            _stop(pool)


def _one_by_one(work: Sequence[Work], settings: Settings, rules: Rules) -> Iterator[tuple[Unit, Evidence]]:
    """Each unit in a process of its own, so that the one that kills its worker is known by name."""
    for task in work:
        pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_prepare, initargs=(settings, rules))
        unit = task.unit
        try:
            with _no_main():
                future = pool.submit(_in_worker, task)
            yield unit, future.result()
        except BrokenProcessPool:
            why = "the process that read it died, most likely for lack of memory"
            yield unit, Evidence(skipped=(Skipped(unit.source, "unit", why, unit.table, unit=unit.key),))
        finally:
            _stop(pool)


def _bytes(task: Work) -> int:
    """About how much there is to read of a unit."""
    if task.unit.size is not None:
        return task.unit.size
    return _ROW_BYTES * task.unit.rows if task.unit.rows is not None else _POOL_BYTES


@contextmanager
def _no_main() -> Iterator[None]:
    """Worker processes started here do not run the user's script again, as spawned ones else do, and leave Ctrl-C to us."""
    main = sys.modules["__main__"]
    hidden: dict[str, Any] = {name: main.__dict__.pop(name) for name in ("__spec__", "__file__") if name in main.__dict__}
    main.__spec__ = None
    # a worker takes over which signals are held back, from its first instruction on; here they arrive when this ends
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else None
    try:
        yield
    finally:
        main.__dict__.update(hidden)
        if held is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _stop(pool: ProcessPoolExecutor) -> None:
    processes = list((getattr(pool, "_processes", None) or {}).values())
    manager = getattr(pool, "_executor_manager_thread", None)
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(timeout=5)
    if manager is not None:
        # the interpreter writes to its pipe at exit, and fails aloud where it is just closing that
        manager.join(timeout=5)


_worker: list[Detector] = []
"""The detector of a worker process, made once by `_prepare`."""


def _prepare(settings: Settings, rules: Rules) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _worker[:] = [_detector(settings, rules)]


def _in_worker(task: Work) -> Evidence:
    return _one(_worker[0], task)


def _detector(settings: Settings, rules: Rules) -> Detector:
    parts, catalogue = rules.load()
    return Detector(engine(parts, catalogue.entities, ner=settings.ner), catalogue, settings)


def _one(detector: Detector, task: Work) -> Evidence:
    """The evidence of one unit; whatever goes wrong in it becomes a `Skipped` that names the class of error only."""
    unit = task.unit
    try:
        return detector.examine(unit, sampled(task.source.read(unit), unit, task.rows))
    except PiiScanError as error:
        why = error.what
    except Exception as error:  # noqa: BLE001 - one bad unit must not lose the others
        why = f"reading stopped with {type(error).__name__}"
    return Evidence(skipped=(Skipped(unit.source, "unit", why, unit.table, unit=unit.key),))


def _total(parts: Sequence[Evidence]) -> Evidence:
    """The sum, pair by pair: adding one by one would copy the columns of a wide source again and again."""
    total = list(parts)
    while len(total) > 1:
        total = [sum(total[at + 1 : at + 2], total[at]) for at in range(0, len(total), 2)]
    return total[0] if total else Evidence()


def _tell(progress: Progress | None, unit: Unit, evidence: Evidence) -> None:
    if progress:
        progress.done(unit, sum(facts.rows for facts in evidence.tables.values()))


def _names_remark(settings: Settings) -> Iterator[Remark]:
    if not settings.ner:
        yield Remark("", "", "names in free text", "not looked for, as asked (--no-ner); names in columns were")
    elif model := installed_model():
        most = settings.ner_cells
        yield Remark(
            "",
            "",
            "names in free text",
            f"looked for with {model} in the first {most:,} distinct texts of each free-text column and unit; "
            f"where there were more, names in fewer than {3 / most:.2%} of them may have been missed (95 % bound)",
        )
    else:
        yield Remark(
            "",
            "",
            "names in free text",
            "not looked for: no spaCy model is installed (pip install 'pii_scan[ner]'); names in columns were",
        )


def _now() -> str:
    """Now in UTC, or the moment that SOURCE_DATE_EPOCH fixes (reproducible-builds.org)."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = int(fixed) if fixed.isdigit() else time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
