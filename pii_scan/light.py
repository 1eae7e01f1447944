"""Presidio's classes of recognizers without its engines: importing these takes spaCy, and longer than a small scan.

And spaCy without its command line, which takes longer to import than all else of it.

`presidio_analyzer` is then the package itself, run as far as its classes of recognizers. Whatever else is asked of it makes it
run to its end first. Only for a process whose every part is ours: a stranger's may import the package's rooms in any order.
"""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

_PACKAGE = "presidio_analyzer"
_GROUPS = ("pii_scan.connectors", "pii_scan.recognizers", "pii_scan.reports")
_CLASSES = (
    ("analysis_explanation", "AnalysisExplanation"),
    ("recognizer_result", "RecognizerResult"),
    ("dict_analyzer_result", "DictAnalyzerResult"),
    ("entity_recognizer", "EntityRecognizer"),
    ("local_recognizer", "LocalRecognizer"),
    ("pattern", "Pattern"),
    ("pattern_recognizer", "PatternRecognizer"),
    ("remote_recognizer", "RemoteRecognizer"),
)
"""Rooms of the package and what each brings, in the order in which it imports them itself."""
_TOLD = "spacy.cli.info"
"""The one room of its command line that spaCy imports by itself, and with it all the others."""


_ours: list[bool] = []
_allowed: list[bool] = []
_MADE = 10_000
"""Objects made and not gone after which there may be garbage: a search returns thousands at once, none of them in a circle."""


def ours() -> None:
    """This process is the command line's or works for it: nobody else imports anything here."""
    _ours[:] = [True]


def allow() -> None:
    """All that is done in this process is a scan; unless it is somebody else's, it may do with less."""
    _allowed[:] = _ours
    if _ours:
        gc.disable()  # what is made before the first cell is read is no garbage


def settled() -> None:
    """What this process needs is made: the collector of garbage need not look at it again and again."""
    if _allowed and not gc.isenabled():
        gc.freeze()
        gc.set_threshold(_MADE)
        gc.enable()


def lightly() -> None:
    """Import the classes of recognizers alone, where that is allowed and the package is built as we know it."""
    spec = find_spec(_PACKAGE) if _allowed and _PACKAGE not in sys.modules and _is_all_ours() else None
    if spec is None or spec.loader is None:
        return
    package = module_from_spec(spec)
    sys.modules[_PACKAGE] = package
    try:
        for room, name in _CLASSES:
            setattr(package, name, getattr(import_module(f"{_PACKAGE}.{room}"), name))
    except (ImportError, AttributeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == _PACKAGE]:
            del sys.modules[name]
        return
    vars(package)["__getattr__"] = _Rest(package, spec)


def without_pandas() -> None:
    """Keep Arrow from importing pandas for the first arrays that it makes, where nobody else has imported it."""
    if not _allowed or "pandas" in sys.modules:
        return
    import numpy as np
    import pyarrow as pa

    sys.modules["pandas"] = None  # type: ignore[assignment]  # as Python says: there is none
    try:
        for cells in (np.zeros(0), [None, ""]):  # it asks in two places, and remembers the answer in each
            with suppress(ImportError, AttributeError):
                pa.array(cells)
    finally:
        del sys.modules["pandas"]


def wholly() -> None:
    """Run the package to its end, before one of its other rooms is imported by name."""
    rest = vars(sys.modules.get(_PACKAGE, sys)).get("__getattr__")
    if isinstance(rest, _Rest):
        rest.run()


@cache
def spacy() -> ModuleType:
    """spaCy; where that is allowed, without its command line and without the component that Presidio adds to it.

    Its command line takes clients of the web, a terminal's colours and more; Presidio's component, the rest of Presidio.
    """
    if not _allowed or "spacy" in sys.modules:
        wholly()
        return import_module("spacy")
    told = ModuleType(_TOLD)
    vars(told)["info"] = _info
    sys.modules[_TOLD] = told
    try:
        package = import_module("spacy")
    finally:
        del sys.modules[_TOLD]
    with suppress(AttributeError):
        factories = package.util.registry._entry_point_factories  # noqa: SLF001 - it brings up everyone's, asked for or not
        every = factories._get_entry_points  # noqa: SLF001
        factories._get_entry_points = lambda: [one for one in every() if not one.value.startswith(_PACKAGE)]  # noqa: SLF001
        return package
    wholly()
    return package


def _info(*arguments: Any, **named: Any) -> Any:
    """What `spacy.info` does."""
    return import_module(_TOLD).info(*arguments, **named)


def _is_all_ours() -> bool:
    """Whether no part is a stranger's."""
    every = entry_points()
    return all(point.value.startswith("pii_scan.") for group in _GROUPS for point in every.select(group=group))


class _Rest:
    """Stands for what the package has not yet defined."""

    def __init__(self, package: ModuleType, spec: ModuleSpec) -> None:
        self._package, self._spec = package, spec

    def __call__(self, name: str) -> Any:
        """What the package calls so, once it has run to its end."""
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        self.run()
        return getattr(self._package, name)

    def run(self) -> None:
        """Run the package again: the rooms that it has imported stay what they are."""
        with suppress(KeyError):
            del vars(self._package)["__getattr__"]
        assert self._spec.loader is not None, _PACKAGE
        self._spec.loader.exec_module(self._package)
