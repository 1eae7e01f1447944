"""The command line. stdout carries data, stderr progress and words; how a command ends is told in `ending`."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import warnings
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from pii_scan import cli_proof, server
from pii_scan.cli_keys import key_app, restore
from pii_scan.cli_proof import Guard, Sign, Verify
from pii_scan.ending import INTERRUPTED, complain, ended, exit_code, gravest, reasons, say, show, told, wrote
from pii_scan.errors import ConfigError
from pii_scan.light import allow, ours
from pii_scan.model import Skipped

if TYPE_CHECKING:
    from pii_scan.api import ScanReport
    from pii_scan.contracts import Source
    from pii_scan.plan import Plan
    from pii_scan.settings import Settings

app = typer.Typer(
    name="pii-scan",
    help="Find the personal data in exports, databases and lakes, say how sure that is and why, and write copies without it.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(key_app, name="key")
app.command()(cli_proof.verify)
app.command()(cli_proof.risk)
app.command()(restore)


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


class AuditForm(StrEnum):
    """How the outcome of an audit is told."""

    text = "text"
    json = "json"


Sources = Annotated[
    list[str], typer.Argument(metavar="SOURCE", help="Folders, files, globs, database URLs, or - for CSV on stdin.")
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings in TOML, by the names of the options.")
]
Countries = Annotated[
    str | None, typer.Option(metavar="FR,CH", help="Only these countries' identifiers (and international ones).")
]
Recognizers = Annotated[
    str | None,
    typer.Option(
        "--recognizers", metavar="presidio,ENTITY", help="Optional recognizers as well: a part's name, or globs of its entities."
    ),
]
Tables = Annotated[
    list[str] | None, typer.Option("--table", metavar="GLOB", help="Tables to read; !GLOB leaves out. Repeatable.")
]
Columns = Annotated[
    list[str] | None, typer.Option("--column", metavar="GLOB", help="Columns to read; !GLOB leaves out. Repeatable.")
]
Ner = Annotated[bool | None, typer.Option("--ner/--no-ner", help="Look for names in free text with a spaCy model.")]
NerAll = Annotated[
    bool, typer.Option("--ner-all", help="The same in every distinct text instead of a sample; also written --ner all.")
]
Preset = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="What a plan does with each sort of data: share-externally, analytics or test-data."),
]
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
        "countries": _split(countries),
        "recognizers": _split(recognizers),
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
    _hurry(() if dry_run else sources, chosen, redacting=bool(redact))
    writer = _writer(form)
    from pii_scan.api import opened
    from pii_scan.copying import check_copies
    from pii_scan.publish import check_fresh, check_places, check_writable, publish, write_whole

    if preset:
        _check_preset(preset, redacting=bool(redact))
    if dry_run:
        raise typer.Exit(_outlook(list(opened(sources)), chosen))
    check_places(report or [])
    if plan:
        check_fresh(plan)
    check_writable([*(report or []), *([plan] if plan else [])])
    _check_stdin(sources, again=bool(redact), quiet=quiet)
    places = _not_ours(opened(sources), report or [])
    _check_sources_stay(places, report or [])
    if redact:
        check_copies(places, redact)
    proving = cli_proof.Proving(verify=verify and bool(redact), sign=sign, guarded=guard_formulas)
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
        codes.append(_copy(readable, drafted, redact, chosen, proving, quiet=quiet))
    for reason in reasons(told_of, chosen, quiet=quiet):
        complain(reason)
    raise typer.Exit(gravest(*codes, exit_code(made, chosen)))


@app.command()
def redact(
    sources: Sources,
    plan: Annotated[Path, typer.Option(metavar="PLAN", help="The plan that `scan --plan` wrote.")],
    to: Annotated[str, typer.Option(metavar="DIR|URL", help="The folder or database that gets the copies.")],
    preset: Preset = None,
    changed: Annotated[
        bool,
        typer.Option("--changed", help="Copy what has changed since the plan was made, examining every cell without a rule."),
    ] = False,
    verify: Verify = True,
    sign: Sign = None,
    guard_formulas: Guard = False,
    ner: Ner = None,
    quiet: Quiet = False,
    config: ConfigFile = None,
) -> None:
    """Write copies without what a plan names."""
    from pii_scan.api import opened
    from pii_scan.copying import check_copies
    from pii_scan.plan import load_plan
    from pii_scan.registry import catalogue
    from pii_scan.settings import settings

    chosen = settings({"ner": ner}, config)
    ready = load_plan(plan, catalogue(recognizers=chosen.recognizers))
    ready = ready.with_preset(preset) if preset else ready
    _check_stdin(sources, quiet=quiet)
    places = _not_ours(opened(sources), [plan])
    check_copies(places, to)
    proving = cli_proof.Proving(verify=verify, sign=sign, guarded=guard_formulas)
    raise typer.Exit(_copy(places, ready, to, chosen, proving, quiet=quiet, changed=changed))


@app.command()
def audit(
    file: Annotated[Path, typer.Argument(metavar="AUDIT.TOML", help="What to scan, and where the state and reports go.")],
    form: Annotated[AuditForm, typer.Option("--format", metavar="text|json", help="What goes to stdout.")] = AuditForm.text,
    quiet: Quiet = False,
) -> None:
    """Run a described audit and tell what changed.

    Reads only what changed since the last run, and says what is new or gone.
    """
    from pii_scan.auditing import audit as run
    from pii_scan.progress import Bar

    bar = Bar(quiet=quiet)
    try:
        outcome = run(file, progress=bar)
    finally:
        bar.close()
    shown = show(outcome.as_json() if form is AuditForm.json else outcome.as_text())
    for reason in reasons(outcome.report, outcome.settings, quiet=quiet):
        complain(reason)
    raise typer.Exit(gravest(shown, exit_code(outcome.report, outcome.settings)))


@app.command()
def explain(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A file or a database URL.")],
    column: Annotated[
        str, typer.Argument(metavar="TABLE.COLUMN", help="The column, as reports name it; the table may be left out.")
    ],
    countries: Countries = None,
    recognizers: Recognizers = None,
    sample: Annotated[int | None, typer.Option(metavar="N", help="Read N rows a table.")] = None,
    ner: Ner = None,
    ner_all: NerAll = False,
    config: ConfigFile = None,
) -> None:
    """Say why a column was judged as it was: the sum of evidence, line by line, without a value."""
    from pii_scan import api

    options: dict[str, Any] = {"countries": _split(countries), "recognizers": _split(recognizers), "sample": sample}
    options["ner"] = "all" if ner_all else ner
    made = api.explain(source, column, config=config, **options)
    raise typer.Exit(show("\n\n".join(map(str, made)) + "\n"))


@app.command("recognizers")
def list_recognizers(
    check: Annotated[bool, typer.Option("--check", help="Run every sample of every row.")] = False,
    countries: Countries = None,
    recognizers: Recognizers = None,
) -> None:
    """List every entity: country, kind, proof, chance, what it tells of its owner, source."""
    from pii_scan.registry import catalogue, recognizer_parts
    from pii_scan.settings import settings

    if check:
        failures = [f"{part.name}: {line}" for part in recognizer_parts() for line in part.check()]
        shown = show("".join(f"{line}\n" for line in failures))
        count = sum(len(part.entities) for part in recognizer_parts())
        say(f"{count} entities checked, {len(failures)} samples failed")
        raise typer.Exit(gravest(shown, int(bool(failures))))
    chosen = settings({"countries": _split(countries), "recognizers": _split(recognizers)})
    known = catalogue(chosen.countries, chosen.recognizers)
    lines = [f"{'entity':<28} {'country':<7} {'kind':<22} {'proof':<8} {'chance':<8} {'tells':<22} source"]
    for entity in sorted(known.entities.values(), key=lambda row: (row.country, row.kind, row.name)):
        chance = f"{entity.chance:.2g}" if entity.proof == "checked" else "-"
        head = f"{entity.name:<28} {entity.country or '-':<7} {entity.kind:<22} {entity.proof:<8} {chance:<8}"
        lines.append(f"{head} {','.join(entity.tells) or '-':<22} {entity.source}".rstrip())
    raise typer.Exit(show("".join(f"{line}\n" for line in lines)))


def main() -> None:
    """Run the command line, and end the process with the right exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # the others keep what they once had
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a worker has one core; its threads would only wait for each other
    if not sys.warnoptions:
        # foreign warnings are not the user's business and may quote cells; worker processes hear of it, too
        warnings.simplefilter("ignore")
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
    if sys.platform == "linux":  # elsewhere libraries do not outlive a fork
        multiprocessing.set_start_method("forkserver")
    ours()
    code = run()
    if code < INTERRUPTED:
        server.end()
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (by default that of the process) and return its exit code."""
    words = _spelled(sys.argv[1:] if arguments is None else arguments)
    return ended(lambda: app(words, prog_name="pii-scan", standalone_mode=False))


def _spelled(arguments: Sequence[str]) -> list[str]:
    """The arguments, `--ner all` as one word: an option either takes a value always or never."""
    words = list(arguments)
    for place in reversed(range(len(words) - 1)):
        if words[place : place + 2] == ["--ner", "all"]:
            words[place : place + 2] = ["--ner-all"]
    return words


def _hurry(sources: Sequence[str], chosen: Settings, *, redacting: bool) -> None:
    """What shortens the start: where workers will be wanted, their server begins now, and is ready when sources are listed."""
    if not redacting:
        allow()
    if chosen.workers == 1 or chosen.budget is not None or not server.much(sources):
        return
    from pii_scan.registry import InstalledRules

    server.start(chosen, InstalledRules(chosen.countries, chosen.recognizers))


def _scanned(places: list[Source | Skipped], chosen: Settings, *, quiet: bool) -> ScanReport:
    from pii_scan.api import examine
    from pii_scan.progress import Bar

    bar = Bar(quiet=quiet)
    try:
        return examine(places, chosen, progress=bar)
    finally:
        bar.close()


def _outlook(places: list[Source | Skipped], chosen: Settings) -> int:
    """What would be read, on stdout."""
    from pii_scan.api import outlook
    from pii_scan.ending import INCOMPLETE, UNREACHABLE
    from pii_scan.estimate import as_text

    found = outlook(places, chosen)
    code = UNREACHABLE if any(skipped.what == "source" for skipped in found.skipped) else INCOMPLETE if found.skipped else 0
    return gravest(show(as_text(found)), code)


def _copy(
    places: Sequence[Source | Skipped],
    plan: Plan,
    to: str,
    chosen: Settings,
    proving: cli_proof.Proving,
    *,
    quiet: bool,
    changed: bool = False,
) -> int:
    """Write the copies, telling of each when it is there, and return what a scheduler is told of them."""
    from pii_scan.copying import copies
    from pii_scan.pairing import Copying
    from pii_scan.plan_address import masks_of_plan

    code = 0
    run = Copying(proving.guarded)
    masks = masks_of_plan(plan, (place.source if isinstance(place, Skipped) else place.address for place in places))
    with masks.errors():
        for outcome in copies(places, plan, to, chosen, run, changed=changed):
            code = gravest(code, told(masks.skipped(outcome) if isinstance(outcome, Skipped) else outcome, quiet=quiet))
        return gravest(code, proving.of(run, to, plan, chosen, quiet=quiet))


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


def _check_stdin(sources: Sequence[str], *, again: bool = False, quiet: bool) -> None:
    """Refuse to read stdin twice, and tell a person at a terminal what is waited for."""
    if "-" not in sources:
        return
    if again:
        raise ConfigError(
            "stdin can be read only once, and --redact reads again",
            where="-",
            way_out="save it as a file, or scan with --plan and pipe it to redact",
        )
    if sys.stdin is not None and sys.stdin.isatty() and not quiet:
        say("reading CSV from the terminal; Ctrl-D ends it")


def _not_ours(places: Iterable[Source | Skipped], own: Sequence[Path]) -> list[Source | Skipped]:
    """The places, but for our own reports and plans of an earlier run that lie in the folder that is scanned."""
    ours = {os.path.realpath(path) for path in own}
    return [
        place
        for place in places
        if not (isinstance(place, Skipped) and place.what == "file" and os.path.realpath(place.source) in ours)
    ]


def _check_sources_stay(places: Iterable[Source | Skipped], reports: Sequence[Path]) -> None:
    """Refuse to write a report over what is to be scanned."""
    ours = {os.path.realpath(path): path for path in reports}
    for place in places:
        if not isinstance(place, Skipped) and (path := ours.get(os.path.realpath(place.address))):
            what = "is a source, and a report would take its place"
            raise ConfigError(what, where=str(path), way_out="write it to another folder")


def _split(text: str | None) -> tuple[str, ...] | None:
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text is not None else None


def _terminated(signum: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - the signature of a handler
    sys.exit(143)
