"""The error tree: each error names where, what went wrong, and the way out. None quotes a cell value."""

from __future__ import annotations


class PiiScanError(Exception):
    """The root of everything that pii-scan raises on purpose.

    Args:
        what: what went wrong, in one sentence without a cell value.
        where: the file, table or option it went wrong at; printed first.
        way_out: what the reader can do about it; printed last.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", way_out: str = "") -> None:
        self.what, self.where, self.way_out = what, where, way_out
        super().__init__(what, where, way_out)

    def __str__(self) -> str:
        """`where: what (way out)`, on one line."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        line = f"{head} ({self.way_out})" if self.way_out else head
        return " ".join(line.split())

    def __reduce__(self) -> tuple[object, ...]:
        """Keyword arguments survive the way back from a worker process."""
        return _rebuild, (type(self), self.what, self.where, self.way_out)


def _rebuild(cls: type[PiiScanError], what: str, where: str, way_out: str) -> PiiScanError:
    return cls(what, where=where, way_out=way_out)


class ConfigError(PiiScanError, ValueError):
    """An option, a settings file or a plan that cannot be used as it stands."""


class SourceError(PiiScanError):
    """A source that cannot be opened or reached at all; a part of one that fails is a `Skipped`."""

    exit_code = 5


class RecognizerError(PiiScanError):
    """A catalogue row or a recognizer that does not hold what it says of itself."""


class RedactionError(PiiScanError):
    """A copy that could not be written completely; nothing that looks finished is left behind."""

    exit_code = 4


class ReportError(PiiScanError):
    """A report that could not be written; nothing that looks finished is left behind."""

    exit_code = 4
