"""The detector that worker processes share: a fork server imports this module, so that its children find it made.

Recognizers, word lists and compiled patterns are made once instead of once a worker, and stand in memory once.
"""

from __future__ import annotations

import gc
import os
import pickle
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from pii_scan.contracts import Part
from pii_scan.detect import Detector
from pii_scan.detection import Detection
from pii_scan.light import allow, ours, without_pandas
from pii_scan.memory import forget_code, give_back, in_one_heap
from pii_scan.model import Catalogue
from pii_scan.presidio import engine
from pii_scan.tethered import ANNOUNCED


class Rules(Protocol):
    """Where a worker finds the recognizers; picklable, so that a fresh process can load them itself."""

    def load(self) -> tuple[Sequence[Part], Catalogue]:
        """The recognizer parts and the catalogue of the scan."""


def detector(settings: Detection, rules: Rules) -> Detector:
    """The detector that stands ready in this process, or a new one where none does or it is another one's."""
    if _ready and (settings, rules) == _ready[0][0]:
        return _ready[0][1]
    without_pandas()
    parts, catalogue = rules.load()
    return Detector(engine(parts, catalogue.entities, ner=bool(settings.ner)), catalogue, settings)


def _prepare() -> None:
    """Make what was announced; a failure is left to the workers, which can report it."""
    place = os.environ.pop(ANNOUNCED, "")
    with suppress(Exception):
        if place and (announced := Path(place).read_bytes()):
            pa.set_memory_pool(pa.system_memory_pool())
            in_one_heap()
            ours()
            allow()
            wanted = pickle.loads(announced)  # noqa: S301 - what the parent process has put there itself
            made = detector(*wanted)
            made.warm()
            _ready.append((wanted, made))
            give_back()
            forget_code()
            gc.freeze()  # so that the collector of a child does not copy every page that it looks at


_ready: list[tuple[tuple[Detection, Rules], Detector]] = []
_prepare()
