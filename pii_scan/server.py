"""The fork server that worker processes come from, where the program has chosen one; started early, it is ready in time."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, get_context, get_start_method, resource_tracker
from typing import TYPE_CHECKING

from pii_scan.tethered import ANNOUNCED, PARENT

if TYPE_CHECKING:
    from pii_scan.detection import Detection
    from pii_scan.prepared import Rules

_MUCH = 64 << 20
"""Bytes of files from which on worker processes are wanted for certain."""
_PRELOADED = ["pii_scan.tethered", "pii_scan.pool", "pii_scan.prepared"]


def chosen() -> bool:
    """Whether worker processes are children of a fork server; in one of them, whether it is."""
    return get_start_method(allow_none=True) == "forkserver"


def much(addresses: Iterable[str]) -> bool:
    """Whether there is so much in files that it is wanted for certain; nothing is opened."""
    if not chosen() or (os.cpu_count() or 1) < 2:
        return False
    left = _MUCH
    for address in addresses:
        for path in _files(address.removeprefix("sqlite:///")):
            with suppress(OSError, ValueError):
                left -= os.stat(path).st_size  # noqa: PTH116 - a walk gives names
            if left <= 0:
                return True
    return False


def _files(address: str) -> Iterator[str]:
    if os.path.isdir(address):  # noqa: PTH112 - Path.is_dir raises where a folder above is closed
        for root, _, names in os.walk(address):
            yield from (os.path.join(root, name) for name in names)  # noqa: PTH118 - the same
    else:
        yield address


def begin() -> None:
    """Start it, if it does not run. It imports what every scan takes, and is not waited for; then it waits for `start`."""
    before = _process()
    get_context("forkserver").set_forkserver_preload(_PRELOADED)
    heard, told = os.pipe()
    os.set_blocking(told, False)
    os.environ[PARENT], os.environ[ANNOUNCED] = str(os.getpid()), f"/proc/{os.getpid()}/fd/{heard}"
    try:
        resource_tracker.ensure_running()  # when it starts, it lets Ctrl-C through again
        with no_interrupt():
            forkserver.ensure_running()
    finally:
        for name in (PARENT, ANNOUNCED):  # other processes that this one starts are not meant
            os.environ.pop(name, None)
    if _process() == before:
        os.close(heard)
        os.close(told)
    else:
        _waiting[:] = [told]


def begun() -> bool:
    """Whether it runs and waits for `start`."""
    return bool(_waiting)


def start(settings: Detection, rules: Rules) -> None:
    """Start it, if it does not run, and have it make what its children will need; it is not waited for."""
    begin()
    if _waiting:
        told = _waiting.pop()
        with suppress(OSError):  # what it does not hear its children make themselves
            os.write(told, pickle.dumps((settings, rules)))
        os.close(told)


def _process() -> object:
    """The process that runs, as `multiprocessing` knows it."""
    return getattr(getattr(forkserver, "_forkserver", None), "_forkserver_pid", None)


_waiting: list[int] = []
"""The end of a pipe for what it is to hear; it opens the other end itself, which stays open here until then."""


def end() -> None:
    """End it, if it has had children, and wait for it: what it and they used then counts as used here. Else it ends with us."""
    stop = getattr(getattr(forkserver, "_forkserver", None), "_stop", None)
    if stop is not None and _needed:
        with suppress(OSError):
            stop()


def needed() -> None:
    """It is about to have children."""
    _needed[:] = [True]


_needed: list[bool] = []


@contextmanager
def no_interrupt() -> Iterator[None]:
    """Ctrl-C is held back, from the first instruction on, in processes that are started here; in this one until the end."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
