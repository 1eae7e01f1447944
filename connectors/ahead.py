"""Parts made in a thread, one ahead of who uses them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

One = TypeVar("One")


def ahead(parts: Iterable[One]) -> Iterator[One]:
    """The parts in their order; while one of them is used, the next one is made. What fails in making one fails here."""
    rest = iter(parts)
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(_next, rest)
        while found := following.result():
            following = pool.submit(_next, rest)
            yield from found


def _next(parts: Iterator[One]) -> list[One]:
    """The next part, if there is one."""
    return [*islice(parts, 1)]
