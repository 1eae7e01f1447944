"""The command `scan`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pii_scan import server
from pii_scan.cli_copy import check_stdin, copied, not_ours
from pii_scan.cli_options import (
    Band,
    Columns,
    ConfigFile,
    Countries,
    FailOn,
    Ner,
    NerAll,
    Preset,
    Quiet,
    Recognizers,
    Sources,
    Tables,
    Workers,
    names_in,
)
from pii_scan.cli_proof import Guard, Proving, Sign, Verify
from pii_scan.ending import complain, exit_code, gravest, reasons, show, wrote
from pii_scan.errors import ConfigError
from pii_scan.light import allow
from pii_scan.model import Skipped

if TYPE_CHECKING:
    from pii_scan.contracts import Source
    from pii_scan.scanning import ScanReport
    from pii_scan.settings import Settings


def scan(
    sources: Sources,
    report: Annotated[
        list[Path] | None, typer.Option("--report", metavar="PATH", help="Write a report: .html .json .csv .md. Repeatable.")
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="table|json|csv|md", help="What goes to stdout.")] = "table",
    redact: Annotated[str | None, typer.Option(metavar="DIR", help="Write redacted copies there as well.")] = None,
    verify: Verify = True,
    sign: Sign = None,
    guard_formulas: Guard = False,
    plan: Annotated[Path | None, typer.Option(metavar="PATH", help="Write a redaction plan to edit.")] = None,
    preset: Preset = None,
    countries: Countries = None,
    recognizers: Recognizers = None,
    min_band: Annotated[
        Band | None,
        typer.Option(
            metavar="BAND", help="Leave out findings less sure: certain, likely, possible (the default) or undetermined."
        ),
    ] = None,
    fail_on: Annotated[
        FailOn | None, typer.Option(metavar="BAND|special", help="Exit with 1 on findings this sure or surer, or special.")
    ] = None,
    table: Tables = None,
    column: Columns = None,
    sample: Annotated[int | None, typer.Option(metavar="N", help="Read N rows a table; the report states the bound.")] = None,
    budget: Annotated[
        str | None, typer.Option(metavar="10m", help="Take no longer: examine a sample of each table that fits.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be read, and about how long that takes; report nothing.")
    ] = False,
    ner: Ner = None,
    ner_all: NerAll = False,
    workers: Workers = None,
    show_samples: Annotated[bool | None, typer.Option("--show-samples", help="Masked examples with each finding.")] = None,
    quiet: Quiet = False,
    config: ConfigFile = None,
) -> None:
    """Scan sources for personal data and report it."""
    from pii_scan.settings import settings

    options: dict[str, Any] = {
        "countries": names_in(countries),
        "recognizers": names_in(recognizers),
        "min_band": min_band and min_band.value,
        "fail_on": fail_on and fail_on.value,
        "table": table or None,
        "column": column or None,
        "sample": sample,
        "budget": budget,
        "ner": "all" if ner_all else ner,
        "workers": workers,
        "show_samples": show_samples,
    }
    chosen = settings(options, config)
    _hurry(chosen, redacting=bool(redact))
    writer = _writer(form)
    from pii_scan.copying import check_copies
    from pii_scan.publish import check_fresh, check_places, check_writable, publish, write_whole
    from pii_scan.scanning import opened

    if preset:
        _check_preset(preset, redacting=bool(redact))
    if dry_run:
        raise typer.Exit(_outlook(list(opened(sources)), chosen))
    check_places(report or [])
    if plan:
        check_fresh(plan)
    check_writable([*(report or []), *([plan] if plan else [])])
    check_stdin(sources, again=bool(redact), quiet=quiet)
    places = not_ours(opened(sources), report or [])
    _check_sources_stay(places, report or [])
    if redact:
        check_copies(places, redact)
    proving = Proving(verify=verify and bool(redact), sign=sign, guarded=guard_formulas)
    made = _scanned(places, chosen, quiet=quiet)
    drafted = made.plan(preset or "") if plan or redact else None
    from pii_scan.addresses import shown

    told_of = shown(made)
    codes = [show(writer.render(told_of))]
    for path in report or []:
        publish(made, [path])
        wrote(path, quiet=quiet)
    if plan and drafted:
        from pii_scan.fingerprints import stamped

        write_whole(plan, stamped(drafted, places).dump(), fresh=True)
        wrote(plan, quiet=quiet)
    if redact and drafted:
        # what could not be opened stands in the report already
        readable = [place for place in places if not isinstance(place, Skipped)]
        codes.append(copied(readable, drafted, redact, chosen, proving, quiet=quiet))
    for reason in reasons(told_of, chosen, quiet=quiet):
        complain(reason)
    raise typer.Exit(gravest(*codes, exit_code(made, chosen)))


def _hurry(chosen: Settings, *, redacting: bool) -> None:
    """What shortens the start: where workers have begun to start, they hear what they will need, and make it meanwhile."""
    if not redacting:
        allow()
    if server.begun() and chosen.workers != 1 and chosen.budget is None:
        from pii_scan.registry import InstalledRules

        server.start(chosen.detection, InstalledRules(chosen.countries, chosen.recognizers))


def _scanned(places: list[Source | Skipped], chosen: Settings, *, quiet: bool) -> ScanReport:
    from pii_scan.progress import Bar
    from pii_scan.scanning import examine

    bar = Bar(quiet=quiet)
    try:
        return examine(places, chosen, progress=bar)
    finally:
        bar.close()


def _outlook(places: list[Source | Skipped], chosen: Settings) -> int:
    """What would be read, on stdout."""
    from pii_scan.ending import INCOMPLETE, UNREACHABLE
    from pii_scan.estimate import as_text
    from pii_scan.scanning import outlook

    found = outlook(places, chosen)
    code = UNREACHABLE if any(skipped.what == "source" for skipped in found.skipped) else INCOMPLETE if found.skipped else 0
    return gravest(show(as_text(found)), code)


def _writer(form: str) -> Any:
    from pii_scan.registry import writers

    if form not in writers():
        raise ConfigError(f"{form!r} is not a form of report", where="--format", way_out=f"one of {', '.join(writers())}")
    if form == "table" and sys.stdout is not None and sys.stdout.isatty():
        from pii_scan.reports.console import ConsoleWriter

        return ConsoleWriter(width=shutil.get_terminal_size().columns, color="NO_COLOR" not in os.environ)
    return writers()[form]


def _check_preset(name: str, *, redacting: bool) -> None:
    """Refuse a preset that there is none of, and one that needs a key where none can be named."""
    from pii_scan.presets import preset
    from pii_scan.treatment import KEYED

    if any(rule.operator in KEYED for rule in preset(name)) and redacting:
        way_out = "scan with --plan, make the key that the plan names, and run redact"
        raise ConfigError(f"{name} needs a key, and --redact names none", where="--preset", way_out=way_out)


def _check_sources_stay(places: Iterable[Source | Skipped], reports: Sequence[Path]) -> None:
    """Refuse to write a report over what is to be scanned."""
    ours = {os.path.realpath(path): path for path in reports}
    for place in places:
        if not isinstance(place, Skipped) and (path := ours.get(os.path.realpath(place.address))):
            what = "is a source, and a report would take its place"
            raise ConfigError(what, where=str(path), way_out="write it to another folder")
