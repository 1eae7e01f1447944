"""Files on disk: what identifies their state, why they will not open, and copies that are complete or absent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pii_scan.errors import PiiScanError, RedactionError, SourceError


def fingerprint(path: str) -> str:
    """What changes when the file does: `size:mtime_ns`.

    Raises:
        OSError: the file cannot be looked at.
    """
    state = Path(path).stat()
    return f"{state.st_size}:{state.st_mtime_ns}"


def changed(path: str, before: str) -> bool:
    """Whether the file is not in the state any more that a unit's fingerprint tells; one of a part goes on with which part."""
    try:
        return not f"{before}:".startswith(f"{fingerprint(path)}:")
    except OSError:
        return True


def to_read(path: str) -> BinaryIO:
    """The file at that path, open for reading its bytes.

    Raises:
        SourceError: it cannot be opened.
    """
    try:
        return Path(path).open("rb")
    except OSError as error:
        way_out = "check the path and its permissions"
        raise SourceError(f"cannot be opened: {reason(error)}", where=path, way_out=way_out) from None


def table_name(path: str, suffixes: tuple[str, ...]) -> str:
    """The file's name without its longest known ending: `members` for `exports/members.csv.gz`."""
    name = Path(path).name
    ending = max((suffix for suffix in suffixes if name.lower().endswith(suffix)), key=len, default="")
    return name[: len(name) - len(ending)] or name


def reason(error: OSError) -> str:
    """The operating system's words for it, without the path; the class of error where it has none."""
    return error.strerror or type(error).__name__


def why(error: PiiScanError) -> str:
    """What a `Skipped` says of an error: what went wrong, and the way out; the place it names by itself."""
    return f"{error.what} ({error.way_out})" if error.way_out else error.what


@contextmanager
def fresh(target: Path) -> Iterator[BinaryIO]:
    """A new file to write: it appears under its name only when the block ends well, and never in place of another.

    Raises:
        RedactionError: the file exists already, or cannot be written.
    """
    _refuse_existing(target)
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _refuse_existing(target)
        part.replace(target)
        settle(target.parent)
    except OSError as error:
        raise RedactionError(
            f"cannot be written: {reason(error)}", where=str(target), way_out="check space and permissions"
        ) from None
    finally:
        _remove(part)


def settle(folder: Path) -> None:
    """Make sure that the names in a folder outlive a power cut, where the system can do that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # folders cannot be opened on Windows
    try:
        os.fsync(handle)
    except OSError:
        return  # nor written through on some network file systems
    finally:
        os.close(handle)


def _refuse_existing(target: Path) -> None:
    if os.path.lexists(target):
        raise RedactionError("exists already", where=str(target), way_out="choose another folder, or move it away")


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return  # its folder could not be made or entered, so there is nothing of ours in it
