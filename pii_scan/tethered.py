"""A process that imports this ends when the one that started it ends: what a fork server preloads before all else.

A server that is still importing does not notice that nobody needs it any more. On Linux only; elsewhere there is none.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import signal
from contextlib import suppress

PARENT = "PII_SCAN_PARENT"
"""The environment variable that names the process that starts a fork server."""
ANNOUNCED = "PII_SCAN_PREPARED"
"""The one that tells a fork server where to read what it is to make."""
_PDEATHSIG = 1
"""`PR_SET_PDEATHSIG` of Linux."""


def tether(parent: int) -> None:
    """Have the system end this process with its parent, and end it here where that one has ended already."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(0)


if PARENT in os.environ:
    tether(int(os.environ.pop(PARENT)))
    gc.disable()  # what is made before its children are is no garbage; they collect theirs
    atexit.register(os._exit, 0)  # whoever waits for its end need not wait until all is taken apart
