"""A scan of opened sources, and the report that shows itself in a notebook."""

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
from pii_scan.errors import ConfigError, SourceError
from pii_scan.gather import Memory, Progress, gather, planned
from pii_scan.gather import report as judged
from pii_scan.model import Column, Finding, Report, Skipped
from pii_scan.naming import namer
from pii_scan.publish import publish
from pii_scan.registry import InstalledRules, catalogue, sources, writers
from pii_scan.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from pii_scan.estimate import Estimate
    from pii_scan.plan import Plan
    from pii_scan.tasks import Work


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


def examine(
    places: Sequence[Source | Skipped], chosen: Settings, *, memory: Memory | None = None, progress: Progress | None = None
) -> ScanReport:
    """The report on opened sources."""
    rules, known = InstalledRules(chosen.countries, chosen.recognizers), catalogue(chosen.countries, chosen.recognizers)
    within, until = _within_budget(places, chosen, rules)
    namer(known)  # made while worker processes start
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


def opened(data: Iterable[Any]) -> Iterator[Source | Skipped]:
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
