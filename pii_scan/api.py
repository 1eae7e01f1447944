"""What a notebook calls: `scan`, `redact`, `audit`; the command line goes the same way."""

from __future__ import annotations

import html
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pii_scan.addresses import masks_of, shown
from pii_scan.contracts import Source
from pii_scan.copying import check_copies, copies, redactor, restored
from pii_scan.errors import ConfigError, PiiScanError, RedactionError, SourceError
from pii_scan.gather import Memory, Progress, gather, planned
from pii_scan.gather import report as judged
from pii_scan.model import Column, Finding, Report, Skipped
from pii_scan.publish import publish
from pii_scan.registry import InstalledRules, catalogue, sources, writers
from pii_scan.settings import Settings, settings

if TYPE_CHECKING:
    import pandas as pd

    from pii_scan.estimate import Estimate
    from pii_scan.explanation import Explanation
    from pii_scan.keys import Key
    from pii_scan.plan import Plan
    from pii_scan.pool import Work

Data = Any
"""A path, a URL, a glob, or a frame: pandas, Polars, Arrow, DuckDB, anything with the Arrow PyCapsule interface."""


@dataclass(frozen=True)
class ScanReport(Report):
    """A report that shows itself in a notebook."""

    def to_pandas(self) -> pd.DataFrame:
        """The findings as a frame, one row each, in the columns of the findings format."""
        import pandas as pd

        names = [field.name for field in fields(Finding) if field.name != "column"]
        address = [field.name for field in fields(Column)]
        rows = [
            [*(getattr(finding.column, name) for name in address), *(getattr(finding, name) for name in names)]
            for finding in shown(self).findings
        ]
        return pd.DataFrame(rows, columns=[*address, *names])

    def plan(self, preset: str = "") -> Plan:
        """A redaction plan for everything found; edit it, or hand it to `redact`.

        Args:
            preset: how it begins: `share-externally`, `analytics` or `test-data`; else everything is replaced.
        """
        from pii_scan.plan import plan_of
        from pii_scan.plan_address import as_written

        return as_written(plan_of(self, preset), masks_of(self))

    def save(self, *paths: str | Path) -> None:
        """Write the report to each path, in the form that its ending names (.html .json .csv .md)."""
        publish(self, [Path(path) for path in paths])

    def __str__(self) -> str:
        """The report as the console shows it."""
        return writers()["table"].render(shown(self))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from pii_scan.reports.html import HtmlWriter

        page = html.escape(HtmlWriter(framed=True).render(shown(self)), quote=True)
        return f'<iframe srcdoc="{page}" sandbox style="width:100%;height:40em;border:0" title="pii-scan report"></iframe>'


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


def examine(
    places: Sequence[Source | Skipped], chosen: Settings, *, memory: Memory | None = None, progress: Progress | None = None
) -> ScanReport:
    """The report on opened sources."""
    rules, known = InstalledRules(chosen.countries, chosen.recognizers), catalogue(chosen.countries, chosen.recognizers)
    within, until = _within_budget(places, chosen, rules)
    evidence = gather(places, within, rules, memory=memory, progress=progress, until=until)
    addresses = [place.source if isinstance(place, Skipped) else place.address for place in places]
    made = judged(evidence, known, chosen, addresses)
    return ScanReport(made.run, made.tables, made.findings, made.skipped, made.remarks)


def _within_budget(places: Sequence[Source | Skipped], chosen: Settings, rules: InstalledRules) -> tuple[Settings, float]:
    """The settings with as large a sample of each table as there is time for, and when time is over."""
    if chosen.budget is None:
        return chosen, math.inf
    from pii_scan.estimate import estimate

    until = time.monotonic() + chosen.budget
    found = estimate(*_planned(places, chosen), chosen, rules)
    rows = found.sample_for(until - time.monotonic())
    if rows is None or (chosen.sample and chosen.sample <= rows):
        return chosen, until
    return chosen.model_copy(update={"sample": rows}), until


def outlook(places: Sequence[Source | Skipped], chosen: Settings) -> Estimate:
    """What a scan of opened sources would read, and about how long that takes."""
    from pii_scan.estimate import estimate

    return estimate(*_planned(places, chosen), chosen, InstalledRules(chosen.countries, chosen.recognizers))


def _planned(places: Sequence[Source | Skipped], chosen: Settings) -> tuple[Sequence[Work], Sequence[Skipped]]:
    work, evidence = planned(places, chosen)
    return work, evidence.skipped


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


def opened(data: Iterable[Data]) -> Iterator[Source | Skipped]:
    """The sources of some data; an address that cannot be opened is a `Skipped`, and the others are still read.

    Raises:
        ConfigError: an address is empty, stdin is named twice, or something is neither address nor frame.
    """
    seen_stdin = False
    for number, item in enumerate(data, 1):
        if not isinstance(item, (str, Path)):
            from pii_scan.connectors.frames import FrameSource

            yield FrameSource(item, f"frame {number}" if number > 1 else "frame")
            continue
        if item == "-" and seen_stdin:
            raise ConfigError("stdin can be read only once", where="-", way_out="name it once")
        seen_stdin = seen_stdin or item == "-"
        try:
            yield from sources(str(item))
        except SourceError as error:
            why = f"{error.what} ({error.way_out})" if error.way_out else error.what
            yield Skipped(error.where or f"source {number}", "source", why)


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


__all__ = ["PiiScanError", "ScanReport", "audit", "redact", "restore", "scan"]
