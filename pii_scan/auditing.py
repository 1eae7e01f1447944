"""A scheduled scan: reads what changed since the last run, reports everything, and says what is new or gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pii_scan.addresses import shown, telling, under
from pii_scan.description import Description, describe
from pii_scan.drift import Difference, Mark, baseline, difference
from pii_scan.errors import ConfigError
from pii_scan.gather import Progress, gather, report
from pii_scan.model import Catalogue, Evidence, Skipped
from pii_scan.pipeline import installed_model
from pii_scan.plan import Plan
from pii_scan.plan_text import extend
from pii_scan.publish import check_places, check_writable, publish, write_whole
from pii_scan.registry import InstalledRules
from pii_scan.scanning import ScanReport, opened
from pii_scan.settings import Settings
from pii_scan.state import State, digest
from pii_scan.veiled import unveiled, veil

SUMMARY = "pii-scan/audit@1"


@dataclass(frozen=True)
class AuditOutcome:
    """What came of one run of an audit."""

    report: ScanReport
    difference: Difference | None
    """None in the first run: there is nothing to compare with."""
    settings: Settings
    units_read: int
    units_recalled: int
    """Units that had not changed; their evidence came from the state."""
    units_forgotten: int
    """Units that were there in an earlier run and are no longer."""
    written: tuple[Path, ...] = ()

    def as_text(self) -> str:
        """The outcome in words: how much was read, what changed, what was not examined."""
        return "".join(f"{line}\n" for line in self._lines())

    def as_json(self) -> str:
        """The outcome for machines: `pii-scan/audit@1`."""
        changes = self._shown_difference()
        told = {
            "schema": SUMMARY,
            "started": self.report.run.started,
            "units": {"read": self.units_read, "recalled": self.units_recalled, "forgotten": self.units_forgotten},
            "findings": len(self.report.findings),
            "special": sum(finding.special for finding in self.report.findings),
            "skipped": [asdict(skipped) for skipped in shown(self.report).skipped],
            "difference": _told(changes) if changes is not None else None,
            "written": [str(path) for path in self.written],
        }
        return json.dumps(told, indent=2) + "\n"

    def _lines(self) -> Iterator[str]:
        from pii_scan.reports.coverage import examined, outcome

        units = self.units_read + self.units_recalled
        yield f"{units} units: {self.units_read} read, {self.units_recalled} unchanged, {self.units_forgotten} no longer there"
        yield f"{outcome(self.report)}; {examined(self.report)}"
        yield from _changes(self._shown_difference())
        for skipped in shown(self.report).skipped:
            place = ".".join(part for part in (skipped.table, skipped.column) if part)
            yield f"not examined: {skipped.source} {place} {skipped.what}: {skipped.why}".replace("  ", " ")
        yield from (f"wrote {path}" for path in self.written)

    def _shown_difference(self) -> Difference | None:
        """What changed, by addresses as the report shows them; those that are gone from it have no number."""
        if self.difference is None:
            return None
        gone = self.difference.gone
        found = [(finding.column, finding.kind) for finding in self.report.findings]
        columns = telling([*found, *((mark.column, mark.kind) for mark in gone)])
        places = [*(mark.column.source for mark in gone), *(source for source, _ in self.difference.gone_tables)]
        return self.difference.shown(unveiled(self.report).also(columns, places))


def audit(path: Path, *, progress: Progress | None = None) -> AuditOutcome:
    """Run the scans that an audit file describes.

    Evidence is on disk as soon as a unit is read: a run that was killed is gone on with by the next.

    Args:
        path: the audit file; see docs/audit.md.
        progress: is told how far the run has come.

    Raises:
        ConfigError: the file or its state cannot be used, or another audit holds the state.
        ReportError: the state, a report or the plan cannot be written; the next run compares with the run before.
    """
    described = describe(path)
    check_places(described.reports)
    check_writable([*described.reports, *([described.plan] if described.plan else [])])
    general = described.settings()
    rules = InstalledRules(general.countries, general.recognizers)
    catalogue = rules.load()[1]
    conditions = _conditions(described, catalogue)
    groups = list(_groups(described))
    with State(described.state) as state:
        before = state.last()
        state.begin()
        evidence, sources = Evidence(), list[str]()
        for chosen, addresses in groups:
            places = list(opened(addresses))
            sources += [place.source if isinstance(place, Skipped) else place.address for place in places]
            memory = state.memory(catalogue.version, _detection(chosen))
            evidence += gather(places, chosen, rules, memory=memory, progress=progress)
        made = _judged(evidence, catalogue, described, sources)
        written = tuple(_written(made, described))
        now = baseline(under(made, veil(made, before)), conditions, before)
        forgotten = state.finish(now, made.skipped)
        return AuditOutcome(
            report=made,
            difference=difference(before, now) if before else None,
            settings=described.settings(),
            units_read=state.units_read,
            units_recalled=state.units_recalled,
            units_forgotten=forgotten,
            written=written,
        )


def _groups(described: Description) -> Iterator[tuple[Settings, list[str]]]:
    """Addresses by their settings, in the order of the file: those with the same are read in one go."""
    groups: dict[str, tuple[Settings, list[str]]] = {}
    for place in described.source:
        chosen = described.settings(place)
        groups.setdefault(chosen.model_dump_json(), (chosen, []))[1].append(described.address(place))
    yield from groups.values()


def _detection(chosen: Settings) -> dict[str, Any]:
    """What decides whether stored evidence still holds: the settings that change it, and whose code gathered it."""
    software = {name: version(name) for name in ("pii_scan", "presidio-analyzer", "phonenumbers", "python-stdnum")}
    return asdict(chosen.detection) | software | {"model": installed_model() if chosen.ner else ""}


def _conditions(described: Description, catalogue: Catalogue) -> str:
    """The rules, settings and filters of a run, in short."""
    sources = [_detection(described.settings(place)) | place.filters for place in described.source]
    return digest({"ruleset": catalogue.version, "min_band": described.settings().min_band, "sources": sources})


def _judged(evidence: Evidence, catalogue: Catalogue, described: Description, sources: list[str]) -> ScanReport:
    """The report; where sources have filters of their own, its settings tell them."""
    made = report(evidence, catalogue, described.settings(), sources)
    filters = [{"address": place.printable} | place.filters for place in described.source if place.filters]
    run = replace(made.run, settings={**made.run.settings, "sources": filters}) if filters else made.run
    return ScanReport(run, made.tables, made.findings, made.skipped, made.remarks)


def _written(made: ScanReport, described: Description) -> Iterator[Path]:
    publish(made, described.reports)
    yield from described.reports
    if described.plan:
        _write_plan(described.plan, made.plan())
        yield described.plan


def _write_plan(path: Path, found: Plan) -> None:
    """Write the plan, or add what is new to the one that is there: a person may have edited it."""
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        write_whole(path, extend(text, found) if text else found.dump())
    except (OSError, UnicodeDecodeError):
        raise ConfigError("the plan cannot be read", where=str(path), way_out="mend it, or name another file") from None
    except ConfigError as error:
        raise ConfigError(error.what, where=str(path), way_out=error.way_out) from None


def _changes(changes: Difference | None) -> Iterator[str]:
    if changes is None:
        yield "first run: the next one says what is new or gone"
        return
    if changes.rules_changed:
        yield "rules or settings have changed since the last run: some differences may come from that"
    if not changes:
        yield f"nothing new, nothing gone since {changes.since}"
    yield from (f"new table: {_where(*place)}" for place in changes.new_tables)
    yield from (f"gone table: {_where(*place)}" for place in changes.gone_tables)
    yield from (f"new: {_words(mark)}" for mark in changes.new)
    yield from (f"gone: {_words(mark)}" for mark in changes.gone)
    yield from (f"changed: {_words(then)} -> {mark.kind} ({mark.band})" for then, mark in changes.changed)


def _words(mark: Mark) -> str:
    return f"{_where(mark.column.source, str(mark.column))}: {mark.kind} ({mark.band})"


def _where(source: str, name: str) -> str:
    return f"{source} {name}".strip()


def _told(changes: Difference) -> dict[str, Any]:
    return {
        "since": changes.since,
        "rules_changed": changes.rules_changed,
        "new": [_mark(mark) for mark in changes.new],
        "gone": [_mark(mark) for mark in changes.gone],
        "changed": [{"was": _mark(then), "now": _mark(mark)} for then, mark in changes.changed],
        "new_tables": [dict(zip(("source", "table"), place, strict=True)) for place in changes.new_tables],
        "gone_tables": [dict(zip(("source", "table"), place, strict=True)) for place in changes.gone_tables],
    }


def _mark(mark: Mark) -> dict[str, str]:
    return asdict(mark.column) | {"kind": mark.kind, "entity": mark.entity, "band": mark.band}
