"""The command line. stdout carries data, stderr progress and words; how a command ends is told in `ending`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from pii_scan.cli_copy import redact
from pii_scan.cli_keys import key_app, restore
from pii_scan.cli_options import AuditForm, ConfigFile, Countries, Ner, NerAll, Quiet, Recognizers, names_in
from pii_scan.cli_proof import risk, verify
from pii_scan.cli_scan import scan
from pii_scan.ending import complain, ended, exit_code, gravest, reasons, say, show

app = typer.Typer(
    name="pii-scan",
    help="Find the personal data in exports, databases and lakes, say how sure that is and why, and write copies without it.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(key_app, name="key")
for command in (scan, redact, verify, risk, restore):
    app.command()(command)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        from pii_scan.pipeline import installed_model

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

    options: dict[str, Any] = {"countries": names_in(countries), "recognizers": names_in(recognizers), "sample": sample}
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
    chosen = settings({"countries": names_in(countries), "recognizers": names_in(recognizers)})
    known = catalogue(chosen.countries, chosen.recognizers)
    lines = [f"{'entity':<28} {'country':<7} {'kind':<22} {'proof':<8} {'chance':<8} {'tells':<22} source"]
    for entity in sorted(known.entities.values(), key=lambda row: (row.country, row.kind, row.name)):
        chance = f"{entity.chance:.2g}" if entity.proof == "checked" else "-"
        head = f"{entity.name:<28} {entity.country or '-':<7} {entity.kind:<22} {entity.proof:<8} {chance:<8}"
        lines.append(f"{head} {','.join(entity.tells) or '-':<22} {entity.source}".rstrip())
    raise typer.Exit(show("".join(f"{line}\n" for line in lines)))


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
