"""The command line. stdout carries data, stderr progress and words; exit codes are the scheduler's contract.

0 done · 1 findings at or over `--fail-on` · 2 wrong use · 3 incomplete · 4 output failed · 5 source unreachable ·
130/143 interrupted.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import traceback
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from pii_scan.errors import ConfigError, PiiScanError

if TYPE_CHECKING:
    from pii_scan.api import ScanReport
    from pii_scan.contracts import Source
    from pii_scan.model import Report, Skipped
    from pii_scan.plan import Plan
    from pii_scan.settings import Settings

INCOMPLETE, UNREACHABLE, FAILED = 3, 5, 70

app = typer.Typer(
    name="pii-scan",
    help="Find the personal data in exports, databases and lakes, say how sure that is and why, and write copies without it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
key_app = typer.Typer(help="Keys for pseudonyms.", no_args_is_help=True)
app.add_typer(key_app, name="key")


class Band(StrEnum):
    """How sure a finding is."""

    certain = "certain"
    likely = "likely"
    possible = "possible"
    undetermined = "undetermined"


class FailOn(StrEnum):
    """Which findings make the exit code 1."""

    certain = "certain"
    likely = "likely"
    possible = "possible"
    undetermined = "undetermined"
    special = "special"


Sources = Annotated[
    list[str], typer.Argument(metavar="SOURCE...", help="Folders, files, globs, database URLs, or - for CSV on stdin.")
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings in TOML, by the names of the options.")
]
Countries = Annotated[
    str | None, typer.Option(metavar="FR,CH", help="Only these countries' identifiers (and international ones).")
]
Tables = Annotated[
    list[str] | None, typer.Option("--table", metavar="GLOB", help="Tables to read; !GLOB leaves out. Repeatable.")
]
Columns = Annotated[
    list[str] | None, typer.Option("--column", metavar="GLOB", help="Columns to read; !GLOB leaves out. Repeatable.")
]
Ner = Annotated[bool | None, typer.Option("--ner/--no-ner", help="Look for names in free text with a spaCy model.")]
Workers = Annotated[int | None, typer.Option(metavar="N", help="Processes; 0 for one per core.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress and no words on stderr but errors.")]


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        from pii_scan.presidio import installed_model

        model = installed_model()
        names = f"names in free text: {model}" if model else "names in free text: no spaCy model installed (pii_scan[ner])"
        typer.echo(f"pii-scan {version('pii_scan')} (presidio-analyzer {version('presidio-analyzer')}; {names})")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Versions, and the NER model in use.")
    ] = False,
) -> None:
    """Find the personal data in exports, databases and lakes, say how sure that is and why, and write copies without it."""


@app.command()
def scan(
    sources: Sources,
    report: Annotated[
        list[Path] | None, typer.Option("--report", metavar="PATH", help="Write a report: .html .json .csv .md. Repeatable.")
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="table|json|csv|md", help="What goes to stdout.")] = "table",
    redact: Annotated[str | None, typer.Option(metavar="DIR", help="Write redacted copies there as well.")] = None,
    plan: Annotated[Path | None, typer.Option(metavar="PATH", help="Write a redaction plan to edit.")] = None,
    countries: Countries = None,
    min_band: Annotated[Band | None, typer.Option(help="Leave out findings less sure than this.")] = None,
    fail_on: Annotated[
        FailOn | None, typer.Option(metavar="BAND|special", help="Exit with 1 on findings this sure, or special.")
    ] = None,
    table: Tables = None,
    column: Columns = None,
    sample: Annotated[int | None, typer.Option(metavar="N", help="Read N rows a table; the report states the bound.")] = None,
    ner: Ner = None,
    workers: Workers = None,
    show_samples: Annotated[bool | None, typer.Option("--show-samples", help="Masked examples with each finding.")] = None,
    quiet: Quiet = False,
    config: ConfigFile = None,
) -> None:
    """Scan sources for personal data and report it."""
    from pii_scan.api import opened
    from pii_scan.publish import check_places, publish, write_whole
    from pii_scan.settings import settings

    options: dict[str, Any] = {
        "countries": _split(countries),
        "min_band": min_band and min_band.value,
        "fail_on": fail_on and fail_on.value,
        "table": table or None,
        "column": column or None,
        "sample": sample,
        "ner": ner,
        "workers": workers,
        "show_samples": show_samples,
    }
    chosen = settings(options, config)
    writer = _writer(form)
    check_places(report or [])
    if plan and plan.exists():
        raise ConfigError("exists already", where=str(plan), way_out="a person may have edited it: choose another name")
    places = list(opened(sources))
    made = _scanned(places, chosen, quiet=quiet)
    typer.echo(writer.render(made), nl=False)
    publish(made, report or [])
    if plan:
        write_whole(plan, made.plan().dump(), fresh=True)
    copied = _copy(places, made.plan(), redact, chosen, quiet=quiet) if redact else 0
    raise typer.Exit(copied or exit_code(made, chosen))


@app.command()
def redact(
    sources: Sources,
    plan: Annotated[Path, typer.Option(metavar="PLAN", help="The plan that `scan --plan` wrote.")],
    to: Annotated[str, typer.Option(metavar="DIR|URL", help="The folder or database that gets the copies.")],
    ner: Ner = None,
    quiet: Quiet = False,
    config: ConfigFile = None,
) -> None:
    """Write copies of sources without the personal data that a plan names."""
    from pii_scan.api import opened
    from pii_scan.plan import load_plan
    from pii_scan.registry import catalogue
    from pii_scan.settings import settings

    chosen = settings({"ner": ner}, config)
    places = list(opened(sources))
    raise typer.Exit(_copy(places, load_plan(plan, catalogue()), to, chosen, quiet=quiet))


@app.command()
def audit(
    file: Annotated[Path, typer.Argument(metavar="AUDIT.TOML", help="What to scan, and where the state and reports go.")],
    form: Annotated[str, typer.Option("--format", metavar="text|json", help="What goes to stdout.")] = "text",
    quiet: Quiet = False,
) -> None:
    """Run a described audit: read only what changed, say what is new or gone since the last run."""
    from pii_scan.auditing import audit as run
    from pii_scan.progress import Bar

    bar = Bar(quiet=quiet)
    try:
        outcome = run(file, progress=bar)
    finally:
        bar.close()
    typer.echo(outcome.as_json() if form == "json" else outcome.as_text(), nl=False)
    raise typer.Exit(exit_code(outcome.report, outcome.settings))


@app.command()
def recognizers(
    check: Annotated[bool, typer.Option("--check", help="Run every sample of every row.")] = False,
    countries: Countries = None,
) -> None:
    """List every entity: country, kind, proof, chance, source."""
    from pii_scan.registry import catalogue, recognizer_parts

    if check:
        failures = [f"{part.name}: {line}" for part in recognizer_parts() for line in part.check()]
        for line in failures:
            typer.echo(line)
        count = sum(len(part.entities) for part in recognizer_parts())
        _say(f"{count} entities checked, {len(failures)} samples failed")
        raise typer.Exit(1 if failures else 0)
    known = catalogue(_split(countries) or ())
    typer.echo(f"{'entity':<28} {'country':<7} {'kind':<22} {'proof':<8} {'chance':<8} source")
    for entity in sorted(known.entities.values(), key=lambda row: (row.country, row.kind, row.name)):
        chance = f"{entity.chance:.2g}" if entity.proof == "checked" else "-"
        typer.echo(
            f"{entity.name:<28} {entity.country or '-':<7} {entity.kind:<22} {entity.proof:<8} {chance:<8} {entity.source}"
        )


@key_app.command("new")
def key_new(path: Annotated[Path, typer.Argument(help="Where the key goes; must not exist.")]) -> None:
    """Make a key for pseudonyms."""
    from pii_scan.keys import create_key

    _say(f"wrote a new key to {create_key(path)}: keep it apart from the copies, whoever has it can link the pseudonyms")


def main() -> None:
    """Run the command line, and turn whatever ends it into one line and the right exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        sys.exit(app(standalone_mode=False))
    except PiiScanError as error:
        _end(str(error), error.exit_code)
    except KeyboardInterrupt:
        _end("interrupted", 130)
    except typer.Abort:
        _end("interrupted", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except SystemExit:
        raise
    except Exception as error:  # noqa: BLE001 - a traceback could quote cells
        _unexpected(error)


def exit_code(report: Report, chosen: Settings) -> int:
    """What a scheduler is told of a report: unreachable over incomplete over findings over done."""
    from pii_scan.settings import at_least

    if any(skipped.what == "source" for skipped in report.skipped):
        return UNREACHABLE
    if report.skipped:
        return INCOMPLETE
    limit = chosen.fail_on
    if limit is None:
        return 0
    if limit == "special":
        return int(any(finding.special for finding in report.findings))
    return int(any(at_least(finding.band, limit) for finding in report.findings))


def _scanned(places: list[Source | Skipped], chosen: Settings, *, quiet: bool) -> ScanReport:
    from pii_scan.api import examine
    from pii_scan.progress import Bar

    bar = Bar(quiet=quiet)
    try:
        return examine(places, chosen, progress=bar)
    finally:
        bar.close()


def _copy(places: list[Source | Skipped], plan: Plan, to: str, chosen: Settings, *, quiet: bool) -> int:
    """Write the copies, and return what a scheduler is told of them."""
    from pii_scan.api import copies

    made, left = copies(places, plan, to, chosen)
    for path in made:
        if not quiet:
            _say(f"wrote {path}")
    for skipped in left:
        _say(f"{skipped.source} {skipped.table}: {skipped.what}: {skipped.why}")
    if any(skipped.what == "source" for skipped in left):
        return UNREACHABLE
    return INCOMPLETE if left else 0


def _writer(form: str) -> Any:
    from pii_scan.registry import writers

    if form not in writers():
        raise ConfigError(f"{form!r} is not a form of report", where="--format", way_out=f"one of {', '.join(writers())}")
    if form == "table" and sys.stdout.isatty():
        from pii_scan.reports.console import ConsoleWriter

        return ConsoleWriter(width=shutil.get_terminal_size().columns, color="NO_COLOR" not in os.environ)
    return writers()[form]


def _split(text: str | None) -> tuple[str, ...] | None:
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text is not None else None


def _say(words: str) -> None:
    typer.echo(words, err=True)


def _end(words: str, code: int) -> NoReturn:
    _say(f"pii-scan: {words}")
    sys.exit(code)


def _terminated(signum: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - the signature of a handler
    sys.exit(143)


def _unexpected(error: Exception) -> NoReturn:
    """A fault of ours: its class and place, never its words, which may hold a cell."""
    import click

    if isinstance(error, click.ClickException):
        error.show()
        sys.exit(error.exit_code)
    if isinstance(error, click.exceptions.Exit):
        sys.exit(error.exit_code)
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    _end(f"internal error: {type(error).__name__} at {place} (please report this)", FAILED)
