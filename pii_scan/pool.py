"""Units of work examined in this process or in a pool of others; which one does not show in the evidence."""

from __future__ import annotations

import math
import os
import signal
import sys
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, nullcontext
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from multiprocessing.synchronize import Lock
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pii_scan import server
from pii_scan.errors import PiiScanError
from pii_scan.light import settled
from pii_scan.memory import Room, forget_code, give_back
from pii_scan.meter import Meter
from pii_scan.model import Evidence, Skipped, Unit
from pii_scan.sample import sampled
from pii_scan.strips import readings, told
from pii_scan.tasks import UNTOLD, Task, whole, workers_of
from pii_scan.tethered import tether
from pii_scan.threads import one_each

if TYPE_CHECKING:
    from pii_scan.detect import Detector
    from pii_scan.detection import Detection
    from pii_scan.prepared import Rules
    from pii_scan.settings import Settings

_POOL_BYTES = UNTOLD
"""Below this much to read, starting worker processes costs more than they save; nobody knows that of a unit of unknown size."""
_AHEAD = 4
"""Units handed to each worker in advance."""


def examined(
    every: Sequence[Task], settings: Settings, rules: Rules, meter: Meter | None = None
) -> Generator[tuple[Unit, Evidence]]:
    """The evidence of each unit, in order of completion; the meter, where there is one, has a place for each task."""
    with closing(_examined(every, settings, rules, meter or Meter(len(every)))) as arriving:
        yield from whole(every, arriving)


def _examined(every: Sequence[Task], settings: Settings, rules: Rules, meter: Meter) -> Generator[tuple[Task, Evidence]]:
    workers = min(workers_of(settings), len(every))
    small = sum(task.cost for task in every) < _POOL_BYTES
    here: list[Task] = []
    pooled: list[Task] = []
    for task in every:
        (here if workers < 2 or small or not getattr(task.work.source, "portable", True) else pooled).append(task)
    if pooled:
        settled()
        pa.default_memory_pool().release_unused()  # what planning took
        give_back()
        if server.chosen():  # the process is the command line's
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
    waiting = sorted(every, key=lambda task: (task.lasting, -task.place))
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
