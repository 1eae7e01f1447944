"""The one loop: units of work to evidence, in this process or in a pool; and evidence to a report."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import version
from multiprocessing import get_context
from typing import Any, Protocol

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
_AHEAD = 4
"""Units handed to each worker in advance."""

Work = tuple[Source, Unit]


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
        progress.planned([unit for _, unit in work])
    fresh: list[Work] = []
    parts: list[Evidence] = [evidence]
    for source, unit in work:
        known = memory.recall(unit) if memory else None
        if known is None:
            fresh.append((source, unit))
        else:
            parts.append(known)
            _tell(progress, unit, known)
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
    work: list[Work] = []
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
                    work.append((source, unit))
        except PiiScanError as error:
            skipped.append(Skipped(source.address, "source", f"{error.what} ({error.way_out})" if error.way_out else error.what))
    return work, Evidence(skipped=tuple(skipped))


def _examined(work: Sequence[Work], settings: Settings, rules: Rules) -> Iterator[tuple[Unit, Evidence]]:
    workers = min(settings.workers or os.cpu_count() or 1, len(work))
    small = sum(unit.size or _POOL_BYTES for _, unit in work) < _POOL_BYTES
    alone = [pair for pair in work if workers < 2 or small or not getattr(pair[0], "portable", True)]
    pooled = [pair for pair in work if pair not in alone] if len(alone) < len(work) else []
    if pooled:
        yield from _in_pool(pooled, settings, rules, workers)
    if alone:
        detector = _detector(settings, rules)
        for source, unit in alone:
            yield unit, _one(detector, source, unit, settings)


def _in_pool(work: Sequence[Work], settings: Settings, rules: Rules, workers: int) -> Iterator[tuple[Unit, Evidence]]:
    """Units in order of completion. A unit whose worker dies is reported as skipped; the others go on in a new pool."""
    waiting = list(reversed(work))
    while waiting:
        pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_prepare, initargs=(settings, rules))
        running: dict[Future[Evidence], Work] = {}
        try:
            while waiting or running:
                while waiting and len(running) < workers * _AHEAD:
                    source, unit = waiting.pop()
                    running[pool.submit(_in_worker, source, unit)] = (source, unit)
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running[future][1], future.result()
                    del running[future]
        except BrokenProcessPool:
            suspects = list(running.values())
            yield from _one_by_one(suspects, settings, rules)
        finally:
            _stop(pool)


def _one_by_one(work: Sequence[Work], settings: Settings, rules: Rules) -> Iterator[tuple[Unit, Evidence]]:
    """Each unit in a process of its own, so that the one that kills its worker is known by name."""
    for source, unit in work:
        pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_prepare, initargs=(settings, rules))
        try:
            yield unit, pool.submit(_in_worker, source, unit).result()
        except BrokenProcessPool:
            why = "the process that read it died, most likely for lack of memory"
            yield unit, Evidence(skipped=(Skipped(unit.source, "unit", why, unit.table, unit=unit.key),))
        finally:
            _stop(pool)


def _stop(pool: ProcessPoolExecutor) -> None:
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(timeout=5)


_worker: list[Any] = []
"""The detector and settings of a worker process, made once by `_prepare`."""


def _prepare(settings: Settings, rules: Rules) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _worker[:] = [_detector(settings, rules), settings]


def _in_worker(source: Source, unit: Unit) -> Evidence:
    detector, settings = _worker
    return _one(detector, source, unit, settings)


def _detector(settings: Settings, rules: Rules) -> Detector:
    parts, catalogue = rules.load()
    return Detector(engine(parts, catalogue.entities, ner=settings.ner), catalogue, settings)


def _one(detector: Detector, source: Source, unit: Unit, settings: Settings) -> Evidence:
    """The evidence of one unit; whatever goes wrong in it becomes a `Skipped` that names the class of error only."""
    try:
        return detector.examine(unit, sampled(source.read(unit), unit, settings.sample))
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
