"""Files that are complete or absent: written beside their place, then renamed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pii_scan.addresses import shown
from pii_scan.errors import ConfigError, ReportError
from pii_scan.model import Report
from pii_scan.registry import writer_for


def publish(report: Report, paths: Sequence[Path]) -> None:
    """Write the report to each path, in the form that its ending names; an older report there is replaced.

    Raises:
        ConfigError: an ending that no form serves.
        ReportError: a file cannot be written; the ones before it are.
    """
    writers = [(path, writer_for(path)) for path in paths]
    report = shown(report)
    for path, writer in writers:
        write_whole(path, writer.render(report))


def check_places(paths: Sequence[Path]) -> None:
    """Find out before the work starts whether its reports will have a place.

    Raises:
        ConfigError: an ending without a form, or no folder to lie in.
    """
    for path in paths:
        writer_for(path)
        _check_folder(path, "report")


def check_writable(paths: Sequence[Path]) -> None:
    """Find out before the work starts whether its outputs can be written, as far as that can be told by then.

    Raises:
        ReportError: a folder lies in the place of one, or its own folder is closed to writing.
    """
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a folder above is closed
            raise ReportError("is a folder, and a file should go there", where=str(path), way_out="choose another name")
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise ReportError("its folder cannot be written to", where=str(path), way_out="check its permissions")


def check_fresh(path: Path) -> None:
    """Find out before the work starts whether a file that a person may have edited would be in the way.

    Raises:
        ConfigError: it exists already, or has no folder to lie in.
    """
    if os.path.lexists(path):
        raise ConfigError("exists already", where=str(path), way_out="a person may have edited it: choose another name")
    _check_folder(path, "plan")


def write_whole(path: Path, text: str, *, fresh: bool = False) -> None:
    """Write a text file so that it is never seen half-written.

    Args:
        path: where it goes; where a link leads for one.
        text: the whole content, written as UTF-8.
        fresh: refuse to replace a file that is there already.

    Raises:
        ReportError: it exists already and `fresh` is asked for, or it cannot be written.
    """
    if fresh and os.path.lexists(path):
        raise ReportError("exists already", where=str(path), way_out="choose another name, or move it away")
    place = Path(os.path.realpath(path))
    part = place.with_name(f".{place.name}.part")
    try:
        # names of files may hold bytes that are no text: they are shown by their codes
        with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
    except OSError as error:
        what = f"cannot be written: {error.strerror or type(error).__name__}"
        raise ReportError(what, where=str(path), way_out="check space and permissions") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _check_folder(path: Path, what: str) -> None:
    folder = path.parent
    if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises where a folder above is closed
        raise ConfigError(f"the folder for the {what} does not exist", where=str(path), way_out="create it first")
