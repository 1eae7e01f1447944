"""The memory of a process: what was freed is given back to the system, where keeping it would break the lid."""

from __future__ import annotations

import ctypes
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import pairwise
from multiprocessing.sharedctypes import RawArray, RawValue
from pathlib import Path

import pyarrow as pa

_MMAP_THRESHOLD = -3
"""`M_MMAP_THRESHOLD` of malloc: from how many bytes on a piece of memory is the system's own."""
_TRIM_THRESHOLD = -1
"""`M_TRIM_THRESHOLD`: how much may be free at the end of the heap before the system gets it back."""
_LARGE, _LARGE_IN_WORKERS, _LARGE_BESIDE_MODEL, _FREE = 4 << 20, 32 << 20, 512 << 10, 64 << 20
"""Pieces that the system gets back at once leave no holes in the heap, but to have them takes a twentieth of the time; of small
ones, where cells wait beside a model, a fifth."""
_ROOM, _ROOM_ALONE = 144 << 20, 320 << 20
"""Bytes that a worker, and a process without any, may take for what it examines before it gives back what is free."""
_WAITING, _MODEL = 32 << 20, 64 << 20
"""How much less a worker may take where cells wait in it until they are worth a pass, and where it has a language model."""
_LITTLE = 64 << 20
"""Bytes up to which a process keeps what is free, however much the others have: there is little to give."""
_NOT_NEEDED = 4
"""`MADV_DONTNEED`: pages of a file that were not changed come from there again."""
_ARENA_MAX = -8
"""`M_ARENA_MAX` of malloc: how many heaps there are; a thread that finds none free gets one of its own, never given back."""


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


def in_one_heap() -> None:
    """From now on all but the largest pieces of memory come from one heap, in this process and in those that it forks."""
    _told("mallopt", _ARENA_MAX, 1)
    _told("mallopt", _MMAP_THRESHOLD, _LARGE_IN_WORKERS)
    _told("mallopt", _TRIM_THRESHOLD, _FREE)


class Room:
    """What processes that examine at the same time may take for it together, before one gives back what is free.

    Args:
        processes: how many there are.
        waiting: whether cells wait in each of them until they are worth a pass.
        model: whether each has a language model.
    """

    def __init__(self, processes: int, *, waiting: bool = False, model: bool = False) -> None:
        each = _ROOM - max(_WAITING * waiting, _MODEL * model)
        self._large = 0 if not model else _LARGE_BESIDE_MODEL if waiting else _LARGE
        """Bytes from which on a piece of memory is the system's own; 0 for those that there are without a model."""
        self._most = _ROOM_ALONE if processes == 1 else processes * each
        self._taken = RawArray("q", processes)
        """What each has told last. No lock: each writes its own."""
        self._joined = RawValue("q", 0)

    def join(self) -> None:
        """Be one of them; no two may join at once. What this process holds now it needs anyway, and does not count."""
        place = self._joined.value
        self._joined.value += 1
        _joined[:] = [(self, place, _resident())]
        if self._large:
            _told("mallopt", _MMAP_THRESHOLD, self._large)

    def make(self, place: int, before: int) -> None:
        """Give back what is free in the process that has joined at a place, if all together have taken much."""
        self._taken[place] = taken = _resident() - before
        if taken > _LITTLE and sum(self._taken) > self._most:
            give_back()
            self._taken[place] = _resident() - before


def make_room() -> None:
    """Give the system back what was freed, if much has come to what the processes hold: to get it again takes time."""
    if not _joined:
        give_back()
    for room, place, before in _joined:
        room.make(place, before)


_joined: list[tuple[Room, int, int]] = []


def _resident() -> int:
    """The bytes of memory that this process holds; 0 where nobody tells."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def forget_code() -> None:
    """Let go of the code of libraries that was read into this process; what it still needs of it the system brings at once.

    Much of it ran once, when something was imported. Worker processes need little of it.
    """
    with suppress(OSError, ValueError, AttributeError):
        lines = Path("/proc/self/maps").read_text("utf-8", "surrogateescape").splitlines()
        for line, after in pairwise([*lines, ""]):
            if _is_code(line) or (_is_fixed(line) and _is_code(after) and line.split()[-1] == after.split()[-1]):
                start, _, end = line.partition(" ")[0].partition("-")
                begin = int(start, 16)
                _told("madvise", ctypes.c_void_p(begin), ctypes.c_size_t(int(end, 16) - begin), _NOT_NEEDED)


def _is_code(line: str) -> bool:
    """Whether a line of `maps` is of the code of a file, which nobody has changed."""
    return " r-xp " in line and "/" in line


def _is_fixed(line: str) -> bool:
    """Whether it is of what a file only tells. Where no code follows it may have been changed when the library was loaded."""
    return " r--p " in line and "/" in line


def give_back() -> None:
    """Give the system back what was freed: the C library keeps it where something still in use lies behind it."""
    _told("malloc_trim", 0)


def _told(call: str, *arguments: object) -> None:
    """Tell the C library, where it is that of GNU."""
    with suppress(OSError, AttributeError, TypeError):
        getattr(_library(), call)(*arguments)


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
