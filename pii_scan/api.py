"""What a notebook calls: `scan`, `redact`, `audit`; the command line goes the same way."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pii_scan.contracts import Part, Source
from pii_scan.errors import ConfigError, PiiScanError, RedactionError, SourceError
from pii_scan.gather import Memory, Progress, gather
from pii_scan.gather import report as judged
from pii_scan.model import Catalogue, Report, Skipped
from pii_scan.plan import Plan, load_plan, plan_of
from pii_scan.publish import publish
from pii_scan.registry import InstalledRules, catalogue, sources, writers
from pii_scan.settings import Settings, settings

if TYPE_CHECKING:
    import pandas as pd

    from pii_scan.finder import Finder
    from pii_scan.redaction import Redactor

Data = Any
"""A path, a URL, a glob, or a frame: pandas, Polars, Arrow, DuckDB, anything with the Arrow PyCapsule interface."""


@dataclass(frozen=True)
class ScanReport(Report):
    """A report that shows itself in a notebook."""

    def to_pandas(self) -> pd.DataFrame:
        """The findings as a frame, one row each, in the columns of the findings format."""
        import pandas as pd

        rows = [
            {
                "source": finding.column.source,
                "table": finding.column.table,
                "column": finding.column.column,
                "path": finding.column.path,
                **{field.name: getattr(finding, field.name) for field in fields(finding) if field.name != "column"},
            }
            for finding in self.findings
        ]
        return pd.DataFrame(rows)

    def plan(self) -> Plan:
        """A redaction plan for everything found; edit it, or hand it to `redact`."""
        return plan_of(self)

    def save(self, *paths: str | Path) -> None:
        """Write the report to each path, in the form that its ending names (.html .json .csv .md)."""
        publish(self, [Path(path) for path in paths])

    def __str__(self) -> str:
        """The report as the console shows it."""
        return writers()["table"].render(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from pii_scan.reports.html import HtmlWriter

        page = html.escape(HtmlWriter(framed=True).render(self), quote=True)
        return f'<iframe srcdoc="{page}" sandbox style="width:100%;height:40em;border:0" title="pii-scan report"></iframe>'


def scan(*data: Data, config: str | Path | None = None, progress: Progress | None = None, **options: Any) -> ScanReport:
    """Find the personal data in some places, and say how sure that is and why.

    Args:
        data: paths, URLs, globs or frames.
        config: a TOML file of settings.
        progress: is told how far the scan has come.
        options: settings by name (`countries=["FR"]`, `sample=10_000`, `ner=False`); see `pii_scan.Settings`.

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
    rules = InstalledRules(chosen.countries)
    evidence = gather(places, chosen, rules, memory=memory, progress=progress)
    addresses = [place.source if isinstance(place, Skipped) else place.address for place in places]
    made = judged(evidence, catalogue(chosen.countries), chosen, addresses)
    return ScanReport(made.run, made.tables, made.findings, made.skipped, made.remarks)


def opened(data: Iterable[Data]) -> Iterator[Source | Skipped]:
    """The sources of some data; an address that cannot be opened is a `Skipped`, and the others are still read."""
    for number, item in enumerate(data, 1):
        if not isinstance(item, (str, Path)):
            from pii_scan.connectors.frames import FrameSource

            yield FrameSource(item, f"frame {number}" if number > 1 else "frame")
            continue
        try:
            yield from sources(str(item))
        except SourceError as error:
            why = f"{error.what} ({error.way_out})" if error.way_out else error.what
            yield Skipped(error.where or f"source {number}", "source", why)


def redact(
    data: Data,
    plan: Report | Plan | str | Path,
    *,
    to: str | Path | None = None,
    config: str | Path | None = None,
    **options: Any,
) -> Any:
    """A copy of some data without the personal data that a plan names.

    Args:
        data: what was scanned: a frame, or a path or URL.
        plan: the report of its scan, a `Plan`, the path of a plan file, or its text.
        to: for paths and URLs: the folder or database that gets the copy. Not for frames.
        config: a TOML file of settings, for what is looked for inside free text.
        options: settings by name.

    Returns:
        For a frame, a new frame of the same library; else the paths that were written.

    Raises:
        ConfigError: the plan cannot be used, or `to` is missing.
        RedactionError: a copy cannot be made wholly; nothing half-written is left.
    """
    chosen = settings(options, Path(config) if config else None)
    ready = plan if isinstance(plan, Plan) else plan_of(plan) if isinstance(plan, Report) else load_plan(plan)
    if isinstance(data, (str, Path)):
        if to is None:
            raise ConfigError("a copy needs a place", where="redact", way_out="give to=FOLDER or to=DATABASE_URL")
        made, left = copies(list(opened([data])), ready, str(to), chosen)
        if left:
            raise RedactionError(f"{left[0].what}: {left[0].why}", where=left[0].table or left[0].source)
        return made
    from pii_scan.connectors.frames import FrameSource

    return FrameSource(data, "frame").copied(redactor(ready, chosen).editor("frame"))


def copies(places: Sequence[Source | Skipped], plan: Plan, to: str, chosen: Settings) -> tuple[list[Path], list[Skipped]]:
    """Write redacted copies of opened sources: what was written, and what could not be copied or examined.

    Raises:
        RedactionError: an output exists already or cannot be written; the copies before it stand.
    """
    made: list[Path] = []
    work = redactor(plan, chosen)
    left: list[Skipped] = []
    for place in places:
        if isinstance(place, Skipped):
            left.append(place)
            continue
        for outcome in place.copy(to, work.editor(place.address)):
            if isinstance(outcome, Skipped):
                left.append(outcome)
            else:
                made.append(outcome)
    return made, [*left, *work.skipped()]


def redactor(plan: Plan, chosen: Settings) -> Redactor:
    """What edits batches by a plan, with the installed recognizers for free text."""
    from pii_scan.redaction import Redactor

    parts, known = InstalledRules(chosen.countries).load()
    looks_inside = any(rule.scope == "text" for rule in plan.rules) or any(seen.without_rule == "examine" for seen in plan.tables)
    return Redactor(plan, _finder(parts, known, chosen) if looks_inside else None, plan.key(), catalogue=known)


def _finder(parts: Sequence[Part], known: Catalogue, chosen: Settings) -> Finder:
    """What finds personal data inside texts, with the installed recognizers."""
    from pii_scan.finder import Finder
    from pii_scan.presidio import engine

    return Finder(engine(parts, known.entities, ner=chosen.ner), known, max_cell=chosen.max_cell)


def audit(path: str | Path, *, progress: Progress | None = None) -> Any:
    """Run the scans that an audit file describes, reading only what changed since the last run.

    Returns:
        The outcome: the report, and what is new or gone since the last complete run.
    """
    from pii_scan.auditing import audit as run

    return run(Path(path), progress=progress)


__all__ = ["PiiScanError", "ScanReport", "audit", "redact", "scan"]
