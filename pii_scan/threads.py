"""Work in threads: what numpy and Arrow do holds no lock, so that as many cores work as there are."""

from __future__ import annotations

import ctypes
import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeVar

import pyarrow as pa

_MMAP_THRESHOLD = -3
"""`M_MMAP_THRESHOLD` of malloc: from how many bytes on a piece of memory is the system's own."""
_LARGE = 4 << 20
_ARENA_MAX = -8
"""`M_ARENA_MAX` of malloc: how many heaps there are; a thread that finds none free gets one of its own, never given back."""
One = TypeVar("One")
Other = TypeVar("Other")


@contextmanager
def frugal() -> Iterator[None]:
    """Arrow and numpy give memory back to the system at once, as long as the block lasts; their pools else keep what they had."""
    before = pa.default_memory_pool()
    gc.collect()
    before.release_unused()
    give_back()
    _told("mallopt", _MMAP_THRESHOLD, _LARGE)
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)
        give_back()


def large_apart() -> None:
    """From now on the system gets large pieces of memory back at once, in this process and in those that it forks."""
    _told("mallopt", _ARENA_MAX, 1)
    _told("mallopt", _MMAP_THRESHOLD, _LARGE)


def give_back() -> None:
    """Give the system back what was freed: the C library keeps it where something still in use lies behind it."""
    _told("malloc_trim", 0)


def _told(call: str, *arguments: int) -> None:
    """Tell the C library, where it is that of GNU."""
    with suppress(OSError, AttributeError, TypeError):
        getattr(ctypes.CDLL(None), call)(*arguments)


def at_once(work: Callable[[One], Other], parts: Iterable[One]) -> Iterator[Other]:
    """What `work` makes of each part, in order, several parts at once; only so many parts are held as are worked on."""
    workers = os.cpu_count() or 1
    rest = iter(parts)
    first = [part for _, part in zip(range(2), rest, strict=False)]
    if workers == 1 or len(first) < 2:
        yield from map(work, first)
        yield from map(work, rest)
        return
    with ThreadPoolExecutor(workers) as pool:
        running: deque[Future[Other]] = deque(pool.submit(work, part) for part in first)
        for part in rest:
            if len(running) >= workers:
                yield running.popleft().result()
            running.append(pool.submit(work, part))
        while running:
            yield running.popleft().result()
