"""What a notebook calls: `scan`, `redact`, `audit`; the command line goes the same way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pii_scan.copying import check_copies, copies, redactor, restored
from pii_scan.errors import ConfigError, PiiScanError, RedactionError
from pii_scan.gather import Progress, gather
from pii_scan.model import Report, Skipped
from pii_scan.registry import InstalledRules, catalogue
from pii_scan.scanning import ScanReport, examine, opened, outlook
from pii_scan.settings import settings

if TYPE_CHECKING:
    from pii_scan.explanation import Explanation
    from pii_scan.keys import Key
    from pii_scan.plan import Plan

Data = Any
"""A path, a URL, a glob, or a frame: pandas, Polars, Arrow, DuckDB, anything with the Arrow PyCapsule interface."""


def scan(*data: Data, config: str | Path | None = None, progress: Progress | None = None, **options: Any) -> ScanReport:
    """Find the personal data in some places, and say how sure that is and why.

    Args:
        data: paths, URLs, globs or frames.
        config: a TOML file of settings.
        progress: is told how far the scan has come.
        options: settings by name (`countries=["FR"]`, `sample=10_000`, `ner="all"`); see `pii_scan.Settings`.

    Returns:
        The report. What could not be examined is in `report.skipped`; a source that cannot be reached does not stop
        the others.

    Raises:
        ConfigError: no data was given, or a setting is unknown or out of range.

    Example:
        >>> import pandas as pd, pii_scan
        >>> frame = pd.DataFrame({"c7": ["ada@example.org", "alan@example.org", "grace@example.org"]})
        >>> [finding.kind for finding in pii_scan.scan(frame).findings]
        ['email']
    """
    if not data:
        raise ConfigError("nothing to scan was given", way_out="name a file, a folder, a database URL or a frame")
    chosen = settings(options, Path(config) if config else None)
    return examine(list(opened(data)), chosen, progress=progress)


def explain(data: Data, column: str, *, config: str | Path | None = None, **options: Any) -> tuple[Explanation, ...]:
    """Why a column was judged as it was: the terms of its evidence in nats, in words, without a value.

    Args:
        data: a path, a URL, or a frame; its whole table is read, since columns are judged in each other's light.
        column: `TABLE.COLUMN` or `COLUMN`, as reports name it.
        config: a TOML file of settings.
        options: settings by name.

    Returns:
        One explanation for each column of that name; print it.

    Raises:
        ConfigError: there is no such column, or it could not be read.

    Example:
        >>> import pandas as pd, pii_scan
        >>> frame = pd.DataFrame({"dob": ["1990-02-01", "1985-12-24"]})
        >>> pii_scan.explain(frame, "dob")[0].kinds[0].kind
        'date_of_birth'
    """
    from pii_scan.explanation import columns_named
    from pii_scan.explanation import explain as explained

    chosen = settings(options, Path(config) if config else None)
    rules, known = InstalledRules(chosen.countries, chosen.recognizers), catalogue(chosen.countries, chosen.recognizers)
    evidence = gather(list(opened([data])), chosen, rules)
    found = columns_named(evidence, column)
    if not found:
        listed = ", ".join(sorted(map(str, evidence.columns))[:20])
        why = "; ".join(sorted({f"{skipped.source}: {skipped.why}" for skipped in evidence.skipped}))
        raise ConfigError(
            f"there is no column {column!r}" + (f" ({why})" if why else ""), way_out=f"columns are: {listed or 'none'}"
        )
    return tuple(explained(evidence, known, one) for one in found)


def redact(  # noqa: PLR0913 - a notebook names them
    data: Data,
    plan: Report | Plan | str | Path,
    *,
    to: str | Path | None = None,
    preset: str = "",
    changed: bool = False,
    verify: bool = True,
    guard_formulas: bool = False,
    config: str | Path | None = None,
    **options: Any,
) -> Any:
    """A copy of some data without the personal data that a plan names.

    Args:
        data: what was scanned: a frame, or a path or URL.
        plan: the report of its scan, a `Plan`, the path of a plan file, or its text.
        to: for paths and URLs: the folder or database that gets the copy. Not for frames.
        preset: takes the place of the plan's rules by the sort of data; see `Plan.with_preset`.
        changed: copy a source that has changed since the plan was made, looking at every cell that no rule is about.
        verify: whether the written copies are proved, and a manifest is written beside `to`. For frames see `verify`.
        guard_formulas: whether cells of text files that a spreadsheet would run get an apostrophe before them.
        config: a TOML file of settings, for what is looked for inside free text.
        options: settings by name.

    Returns:
        For a frame, a new frame of the same library; else the paths that were written.

    Raises:
        ConfigError: the plan cannot be used, or `to` is missing.
        RedactionError: a copy cannot be made wholly, and nothing half-written is left; or it was proved to leak.
    """
    from pii_scan.plan import Plan, load_plan, plan_of

    chosen = settings(options, Path(config) if config else None)
    ready = plan if isinstance(plan, Plan) else plan_of(plan) if isinstance(plan, Report) else load_plan(plan)
    ready = ready.with_preset(preset) if preset else ready
    if isinstance(data, (str, Path)):
        if to is None:
            raise ConfigError("a copy needs a place", where="redact", way_out="give to=FOLDER or to=DATABASE_URL")
        places = list(opened([data]))
        check_copies(places, str(to))
        from pii_scan.pairing import Copying
        from pii_scan.plan_address import masks_of_plan

        run = Copying(guard_formulas)
        written: list[Path] = []
        with masks_of_plan(ready, (place.source if isinstance(place, Skipped) else place.address for place in places)).errors():
            for outcome in copies(places, ready, str(to), chosen, run, changed=changed):
                if isinstance(outcome, Skipped):
                    raise RedactionError(f"{outcome.what}: {outcome.why}", where=outcome.table or outcome.source)
                written.append(outcome)
            if verify:
                from pii_scan.proving import finished, proved

                finished(proved(run, str(to), ready, chosen), str(to))
        return written
    from pii_scan.connectors.frames import FrameSource

    return FrameSource(data, "frame").copied(redactor(ready, chosen).editor("frame"))


def restore(data: Data, key: Key | Plan | str | Path, *, to: str | Path | None = None, purpose: str = "") -> Any:
    """A copy of some data with everything opened that the operator `encrypt` sealed. Nothing else is changed.

    Args:
        data: a copy: a frame, or a path or URL.
        key: the key it was made with, the path of its file, or the plan.
        to: for paths and URLs: the folder or database that gets the restored copy. Not for frames.
        purpose: what the copy was made for, where its plan said so; a plan that is given says it itself.

    Returns:
        For a frame, a new frame of the same library; else the paths that were written.

    Raises:
        ConfigError: there is no key, or `to` is missing.
        RedactionError: the key does not open what is there; nothing half-written is left.
    """
    from pii_scan.keys import Key, read_key
    from pii_scan.plan import Plan

    if isinstance(key, Plan):
        root, purpose = key.named_key(), purpose or key.purpose
    else:
        root = key if isinstance(key, Key) else read_key(key)
    if isinstance(data, (str, Path)):
        if to is None:
            raise ConfigError("a copy needs a place", where="restore", way_out="give to=FOLDER or to=DATABASE_URL")
        places = list(opened([data]))
        check_copies(places, str(to))
        made: list[Path] = []
        for outcome in restored(places, root.for_purpose(purpose), str(to)):
            if isinstance(outcome, Skipped):
                raise RedactionError(f"{outcome.what}: {outcome.why}", where=outcome.table or outcome.source)
            made.append(outcome)
        return made
    from pii_scan.connectors.frames import FrameSource
    from pii_scan.restoring import Restorer

    work, frame = Restorer(root.for_purpose(purpose)), FrameSource(data, "frame")
    for skipped in work.learn(frame):
        raise RedactionError(f"{skipped.what}: {skipped.why}", where=skipped.source)
    return frame.copied(work.editor("frame"))


def audit(path: str | Path, *, progress: Progress | None = None) -> Any:
    """Run the scans that an audit file describes, reading only what changed since the last run.

    Returns:
        The outcome: the report, and what is new or gone since the last complete run.
    """
    from pii_scan.auditing import audit as run

    return run(Path(path), progress=progress)


__all__ = [
    "PiiScanError",
    "ScanReport",
    "audit",
    "check_copies",
    "copies",
    "examine",
    "explain",
    "opened",
    "outlook",
    "redact",
    "restore",
    "restored",
    "scan",
]
