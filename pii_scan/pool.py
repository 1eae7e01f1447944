"""Units of work examined in this process or in a pool of others; which one does not show in the evidence."""

from __future__ import annotations

import math
import os
import pickle
import signal
import sys
import zlib
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from multiprocessing.synchronize import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from pii_scan import server
from pii_scan.contracts import Source
from pii_scan.errors import PiiScanError
from pii_scan.light import settled
from pii_scan.memory import Room, forget_code, give_back
from pii_scan.meter import Meter
from pii_scan.model import Evidence, Skipped, Unit
from pii_scan.sample import sampled
from pii_scan.strips import Strip, readings, side_by_side, strips, told
from pii_scan.tethered import tether
from pii_scan.threads import one_each

if TYPE_CHECKING:
    from pii_scan.detect import Detector
    from pii_scan.detection import Detection
    from pii_scan.prepared import Rules
    from pii_scan.settings import Settings

_POOL_BYTES = 16 << 20
"""Below this much to read, starting worker processes costs more than they save."""
_TASK_BYTES, _COLUMN_BYTES = 512 << 10, 128 << 10
"""What to examine the first texts of a task and of each column costs at least, as if there were so much more to read."""
_ROW_BYTES = 256
"""What a row is taken to cost where a connector knows no bytes."""
_SHORT = 32
"""Bytes of a cell that takes twice as long as its bytes do."""
_AHEAD = 4
"""Units handed to each worker in advance."""


class Work(NamedTuple):
    """A unit to read, where from, and how many of its rows to examine (None for all)."""

    source: Source
    unit: Unit
    rows: int | None


class Task(NamedTuple):
    """What one process examines in one go: a strip of a unit."""

    work: Work
    strip: Strip
    place: int
    """Its place among all tasks, on the meter too."""


def workers_of(settings: Settings) -> int:
    """How many processes may examine at once."""
    return settings.workers or os.cpu_count() or 1


def tasks(work: Iterable[Work], settings: Settings) -> list[Task]:
    """The strips of all units."""
    every: list[Task] = []
    for one in work:
        bare = one._replace(unit=replace(one.unit, widths=()))
        parts = strips(one.source, one.unit, settings.detection.wants_column, alone=workers_of(settings) == 1)
        every += [Task(bare, strip, len(every) + at) for at, strip in enumerate(parts)]
    return every


def examined(
    every: Sequence[Task], settings: Settings, rules: Rules, meter: Meter | None = None
) -> Generator[tuple[Unit, Evidence]]:
    """The evidence of each unit, in order of completion; the meter, where there is one, has a place for each task.

    That of strips is packed until all of a unit are there, and that of the last unit until no worker holds memory any more: of
    ten thousand columns it takes a hundred MB.
    """
    left = Counter(id(task.work) for task in every)
    parts: dict[int, list[tuple[Strip, bytes]]] = {}
    last: Work | None = None
    with closing(_examined(every, settings, rules, meter or Meter(len(every)))) as arriving:
        for task, found in arriving:
            unit = id(task.work)
            left[unit] -= 1
            if not left[unit] and unit not in parts:
                yield task.work.unit, side_by_side([(task.strip, found)])
                continue
            parts.setdefault(unit, []).append((task.strip, _packed(found)))
            if left[unit]:
                continue
            if any(left.values()):
                yield task.work.unit, _unpacked(parts.pop(unit))
            else:
                last = task.work
    if last:
        yield last.unit, _unpacked(parts.pop(id(last)))


def _packed(evidence: Evidence) -> bytes:
    return zlib.compress(pickle.dumps(evidence), 1)


def _unpacked(parts: Sequence[tuple[Strip, bytes]]) -> Evidence:
    """The evidence of a unit, from that of its strips."""
    # what this process has packed itself
    return side_by_side([(strip, pickle.loads(zlib.decompress(packed))) for strip, packed in parts])  # noqa: S301


def _examined(every: Sequence[Task], settings: Settings, rules: Rules, meter: Meter) -> Generator[tuple[Task, Evidence]]:
    workers = min(workers_of(settings), len(every))
    small = sum(_TASK_BYTES + _COLUMN_BYTES * len(task.strip.most or ()) + _bytes(task) for task in every) < _POOL_BYTES
    here: list[Task] = []
    pooled: list[Task] = []
    for task in every:
        (here if workers < 2 or small or not getattr(task.work.source, "portable", True) else pooled).append(task)
    if pooled:
        settled()
        pa.default_memory_pool().release_unused()  # what planning took
        give_back()
        forget_code()
        yield from _in_pool(pooled, settings, rules, workers, meter)
    if here:
        from pii_scan.prepared import detector  # where others read, what recognizers take is not imported here

        made = detector(settings.detection, rules)
        settled()
        Room(1).join()
        for task in here:
            yield task, _one(made, task, meter)


def _in_pool(
    every: Sequence[Task], settings: Settings, rules: Rules, workers: int, meter: Meter
) -> Iterator[tuple[Task, Evidence]]:
    """Tasks in order of completion. One whose worker dies is reported as skipped; the others go on in a new pool."""
    # the longest first, so that none is left at the end; of like ones the first
    waiting = sorted(every, key=lambda task: (_lasting(task), -task.place))
    while waiting:
        pool = _pool(every, workers, settings.detection, rules, meter)
        running: dict[Future[Evidence], Task] = {}
        try:
            while waiting or running:
                while waiting and len(running) < workers * _AHEAD:
                    with _no_main():
                        running[pool.submit(_in_worker, waiting[-1])] = waiting[-1]
                    waiting.pop()  # only now: a pool that broke takes no more, and nothing may be lost
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    found = _result(future, running[future])
                    yield running.pop(future), found
        except BrokenProcessPool:
            yield from _one_by_one(list(running.values()), settings, rules, meter)
        finally:
            _stop(pool)


def _pool(every: Sequence[Task], workers: int, settings: Detection, rules: Rules, meter: Meter) -> ProcessPoolExecutor:
    context = _context(settings, rules)
    lock = context.Lock()  # its own: one that died may have held that of the pool before
    room = Room(workers, waiting=any(math.isfinite(readings(task.work.source)) for task in every), model=bool(settings.ner))
    given = (settings, rules, meter, lock, room)
    return ProcessPoolExecutor(workers, context, initializer=_prepare, initargs=given)


def _context(settings: Detection, rules: Rules) -> BaseContext:
    """Fresh processes; or children of a fork server, which share a detector, where the program has chosen these."""
    if not server.chosen():
        return get_context("spawn")
    server.start(settings, rules)
    server.needed()
    return get_context("forkserver")


def _one_by_one(every: Sequence[Task], settings: Settings, rules: Rules, meter: Meter) -> Iterator[tuple[Task, Evidence]]:
    """One task at a time in another process, so that the one that kills it is known by name."""
    waiting = list(reversed(every))
    while waiting:
        pool = _pool(waiting, 1, settings.detection, rules, meter)
        try:
            while waiting:
                with _no_main():
                    future = pool.submit(_in_worker, waiting[-1])
                found = _result(future, waiting[-1])
                yield waiting.pop(), found
        except BrokenProcessPool:
            task = waiting.pop()
            yield task, _lost(task, "the process that read it died, most likely for lack of memory")
        finally:
            _stop(pool)


def _result(future: Future[Evidence], task: Task) -> Evidence:
    """What a worker found; a task that cannot even be sent to one is a `Skipped`."""
    try:
        return future.result()
    except (BrokenProcessPool, PiiScanError):
        raise
    except Exception as error:  # noqa: BLE001 - foreign errors quote cells, and one bad unit must not lose the others
        return _lost(task, f"handing it to another process stopped with {type(error).__name__}")


def _lost(task: Task, why: str) -> Evidence:
    unit = task.work.unit
    return Evidence(skipped=(Skipped(unit.source, "unit", why, unit.table, told(task.strip.columns), unit.key),))


def _bytes(task: Task) -> float:
    """About how much there is to read for a task."""
    unit = task.work.unit
    if unit.size is None and unit.rows is None:
        return _POOL_BYTES
    return task.strip.part * (unit.size if unit.size is not None else _ROW_BYTES * (unit.rows or 0))


def _lasting(task: Task) -> float:
    """About how long a task lasts, beside others: a byte of a sentence takes longer than one of a number."""
    columns, rows = len(task.strip.columns), task.work.unit.rows
    return _bytes(task) * (1 + _bytes(task) / (rows * columns * _SHORT) if rows and columns else 1)


@contextmanager
def _no_main() -> Iterator[None]:
    """Worker processes started here do not run the user's script again, as spawned ones else do, and leave Ctrl-C to us."""
    main = sys.modules["__main__"]
    hidden: dict[str, Any] = {name: main.__dict__.pop(name) for name in ("__spec__", "__file__") if name in main.__dict__}
    main.__spec__ = None
    try:
        if server.chosen():
            yield  # the server holds Ctrl-C back from its children, and may be waited for
        else:
            with server.no_interrupt(), one_each():
                yield
    finally:
        main.__dict__.update(hidden)


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
_meter: list[Meter] = []
_unfit: list[PiiScanError] = []
"""Why it could not be made."""
_alone: list[Lock] = []
"""Held while a heavy task is done: two at once would hold twice as much."""


def _prepare(settings: Detection, rules: Rules, meter: Meter, alone: Lock, room: Room) -> None:
    _meter[:], _alone[:] = [meter], [alone]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    if server.chosen():
        tether(os.getppid())
    pa.set_memory_pool(pa.system_memory_pool())  # the others keep what they once had
    from pii_scan.prepared import detector

    try:
        _worker[:] = [detector(settings, rules)]
    except PiiScanError as error:
        _unfit[:] = [error]
    settled()
    with alone:
        room.join()


def _in_worker(task: Task) -> Evidence:
    if _unfit:
        raise _unfit[0]
    heavy = getattr(task.strip.source, "heavy", None)
    with _alone[0] if heavy is not None and heavy(task.work.unit) else nullcontext():
        found = _one(_worker[0], task, _meter[0])
        pa.default_memory_pool().release_unused()  # what a unit needed for a moment, the next one seldom does
        return found


def _one(made: Detector, task: Task, meter: Meter) -> Evidence:
    """The evidence of one task; whatever goes wrong in it becomes a `Skipped` that names the class of error only."""
    unit, strip = task.work.unit, task.strip
    try:
        read = meter.through(strip.source.read(unit), unit, task.place, strip.part)
        return made.examine(unit, sampled(read, unit, task.work.rows), strip.most)
    except PiiScanError as error:
        why = error.what
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - one bad unit must not lose the others; a panic of Rust code is no Exception
        why = f"reading stopped with {type(error).__name__}"
    return _lost(task, why)
