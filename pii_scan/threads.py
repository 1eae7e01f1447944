"""Work in threads: what numpy and Arrow do holds no lock, so that as many cores work as there are."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

One = TypeVar("One")
Other = TypeVar("Other")


_PRODUCTS = "OPENBLAS_NUM_THREADS"


@contextmanager
def one_each() -> Iterator[None]:
    """Numpy works in one thread of each process that is started in this block: each has one core, and more would only wait."""
    before = os.environ.get(_PRODUCTS)
    os.environ.setdefault(_PRODUCTS, "1")
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_PRODUCTS, None)


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
