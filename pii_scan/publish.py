"""Files that are complete or absent: written beside their place, then renamed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

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
    for path, writer in writers:
        write_whole(path, writer.render(report))


def check_places(paths: Sequence[Path]) -> None:
    """Find out before the work starts whether its reports will have a place.

    Raises:
        ConfigError: an ending without a form, or a folder that is not there.
    """
    for path in paths:
        writer_for(path)
        if not path.parent.is_dir():
            raise ConfigError("the folder for the report does not exist", where=str(path), way_out="create it first")


def write_whole(path: Path, text: str, *, fresh: bool = False) -> None:
    """Write a text file so that it is never seen half-written.

    Args:
        path: where it goes.
        text: the whole content, written as UTF-8.
        fresh: refuse to replace a file that is there already.

    Raises:
        ReportError: it exists already and `fresh` is asked for, or it cannot be written.
    """
    if fresh and path.exists():
        raise ReportError("exists already", where=str(path), way_out="choose another name, or move it away")
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ReportError(
            f"cannot be written: {error.strerror}", where=str(path), way_out="check space and permissions"
        ) from None
