"""How a command ends: what it says of that on stderr, and its exit code, which is the scheduler's contract.

0 done · 1 findings at or over `--fail-on` · 2 wrong use · 3 incomplete · 4 output failed · 5 source unreachable ·
70 a fault of ours · 130/143 interrupted · 141 nobody reads stdout any more.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pii_scan.errors import PiiScanError
from pii_scan.model import Skipped

if TYPE_CHECKING:
    from pii_scan.model import Report
    from pii_scan.settings import Settings

USE, INCOMPLETE, UNWRITTEN, UNREACHABLE, FAULT, INTERRUPTED, UNREAD = 2, 3, 4, 5, 70, 130, 141
_GRAVEST_FIRST = (UNWRITTEN, UNREAD, UNREACHABLE, INCOMPLETE, 1)


def say(words: str) -> None:
    """One line on stderr; foreign words lose their line breaks, and a closed stderr is no reason to stop."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{' '.join(words.split())}\n")
        sys.stderr.flush()
    except OSError:
        return


def complain(words: str) -> None:
    """One line on stderr that says who speaks: in a scheduler's log it stands among others'."""
    say(f"pii-scan: {words}")


def wrote(path: Path, *, quiet: bool) -> None:
    """Say that a file is there."""
    if not quiet:
        say(f"wrote {path}")


def told(outcome: Path | Skipped, *, quiet: bool) -> int:
    """Say of a copy that it is there or what it lacks, and return what a scheduler is told of that."""
    if isinstance(outcome, Path):
        wrote(outcome, quiet=quiet)
        return 0
    place = ".".join(part for part in (outcome.table, outcome.column) if part)
    complain(f"{outcome.source} {place}".rstrip() + f": {outcome.why}")
    return UNREACHABLE if outcome.what == "source" else INCOMPLETE


def show(text: str) -> int:
    """Write the data of a command to stdout, and say what became of it: 0, or the exit code of the failure.

    A reader who has seen enough (`| head`) is told nothing; that files are written all the same is up to the caller.
    """
    if sys.stdout is None:
        return 0
    try:
        if hasattr(sys.stdout, "reconfigure"):
            # a name that the terminal cannot show is shown by its code
            sys.stdout.reconfigure(errors="backslashreplace")
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go_of_stdout()
        return UNREAD
    except OSError as error:
        _let_go_of_stdout()
        complain(f"stdout: cannot be written: {error.strerror}")
        return UNWRITTEN
    return 0


def gravest(*codes: int) -> int:
    """The exit code that matters most of several."""
    return next((code for code in _GRAVEST_FIRST if code in codes), 0)


def exit_code(report: Report, chosen: Settings) -> int:
    """What a scheduler is told of a report: unreachable over incomplete over findings over done."""
    if any(skipped.what == "source" for skipped in report.skipped):
        return UNREACHABLE
    if report.skipped:
        return INCOMPLETE
    return int(_failing(report, chosen) > 0)


def reasons(report: Report, chosen: Settings, *, quiet: bool = False) -> Iterator[str]:
    """Why the exit code is not 0: each source that could not be reached; unless quiet, also what was not examined or failed."""
    unreached = [skipped for skipped in report.skipped if skipped.what == "source"]
    yield from (f"{skipped.source}: {skipped.why}" for skipped in unreached)
    rest = len(report.skipped) - len(unreached)
    if rest and not quiet:
        yield f"{rest:,} {'part was' if rest == 1 else 'parts were'} not examined; the report says which, and why"
    count = _failing(report, chosen)
    if count and not quiet:
        yield f"{count:,} {'finding' if count == 1 else 'findings'} at or over --fail-on {chosen.fail_on}"


def ended(command: Callable[[], object]) -> int:
    """Run a command, and turn whatever ends it into at most one line and its exit code."""
    try:
        result = command()
    except PiiScanError as error:
        complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        result = INTERRUPTED
    except BrokenPipeError:
        _let_go_of_stdout()
        return UNREAD
    except Exception as error:  # noqa: BLE001 - a traceback could quote cells
        return _other(error)
    if result == INTERRUPTED:
        complain("interrupted")
    return result if isinstance(result, int) else 0


def _failing(report: Report, chosen: Settings) -> int:
    """How many findings reach the `fail_on` limit."""
    from pii_scan.settings import at_least

    limit = chosen.fail_on
    if limit is None:
        return 0
    if limit == "special":
        return sum(finding.special for finding in report.findings)
    return sum(at_least(finding.band, limit) for finding in report.findings)


def _other(error: Exception) -> int:
    """What typer raises of wrong use, told by its methods since typer may bring a click of its own; else a fault of ours."""
    if type(error).__name__ == "Abort":
        complain("interrupted")
        return INTERRUPTED
    code = getattr(error, "exit_code", FAULT)
    if hasattr(error, "format_message"):
        _complain_of_use(error)
    elif not hasattr(error, "exit_code"):
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        # its class and place, never its words, which may hold a cell
        complain(f"internal error: {type(error).__name__} at {place} (please report this)")
    return int(code)


def _complain_of_use(error: Exception) -> None:
    context = getattr(error, "ctx", None)
    words = str(error.format_message()).replace("Value error, ", "")  # type: ignore[attr-defined]
    if context is not None and type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{context.get_help()}\n")
        return
    way_out = f" (see `{context.command_path} --help`)" if context is not None else ""
    complain(f"{words.rstrip('.')}{way_out}")


def _let_go_of_stdout() -> None:
    """Whatever is still to be flushed at the end of the process goes nowhere."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return
