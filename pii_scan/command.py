"""The process of the command line: what is set before all else is imported, and workers that start meanwhile."""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from types import FrameType
from typing import NoReturn

from pii_scan import server
from pii_scan.light import ours

_ALONE = ("--dry-run", "--budget")
"""Options of a scan that wants its workers later, or none."""


def main() -> None:
    """Run the command line, and end the process with the right exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # the others keep what they once had
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a worker has one core; its threads would only wait for each other
    if not sys.warnoptions:
        # foreign warnings are not the user's business and may quote cells; worker processes hear of it, too
        warnings.simplefilter("ignore")
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
    if sys.platform == "linux":  # elsewhere libraries do not outlive a fork
        multiprocessing.set_start_method("forkserver")
    ours()
    if wants_workers(sys.argv[1:]):
        server.begin()
    gc.disable()  # what is imported is no garbage
    from pii_scan.cli import run
    from pii_scan.ending import INTERRUPTED

    gc.enable()

    code = run()
    if code < INTERRUPTED:
        server.end()
        _leave(code)
    sys.exit(code)


def wants_workers(words: Sequence[str]) -> bool:
    """Whether a command line will want worker processes, for all that can be told from its words; nothing is opened."""
    if words[:1] != ["scan"] or any(word.partition("=")[0] in _ALONE for word in words):
        return False
    if "--workers=1" in words or ("--workers", "1") in pairwise(words):
        return False
    return server.much(word for word in words[1:] if not word.startswith("-"))


def _leave(code: int) -> None:
    """End with all that is to be done at the end, but take nothing apart: that takes a tenth of a second and helps nobody."""
    with suppress(OSError, ValueError):  # else the usual way tells what is wrong
        sys.stdout.flush()
        sys.stderr.flush()
        atexit._run_exitfuncs()  # noqa: SLF001 - what the end of the interpreter would do
        os._exit(code)


def _terminated(signum: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - the signature of a handler
    sys.exit(143)
