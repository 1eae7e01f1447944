"""The command `redact`, and the copies that `scan --redact` makes on its way."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pii_scan.cli_options import ConfigFile, Ner, Preset, Quiet, Sources
from pii_scan.cli_proof import Guard, Proving, Sign, Verify
from pii_scan.ending import gravest, say, told
from pii_scan.errors import ConfigError
from pii_scan.model import Skipped

if TYPE_CHECKING:
    from pii_scan.contracts import Source
    from pii_scan.plan import Plan
    from pii_scan.settings import Settings


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
    from pii_scan.copying import check_copies
    from pii_scan.plan import load_plan
    from pii_scan.registry import catalogue
    from pii_scan.scanning import opened
    from pii_scan.settings import settings

    chosen = settings({"ner": ner}, config)
    ready = load_plan(plan, catalogue(recognizers=chosen.recognizers))
    ready = ready.with_preset(preset) if preset else ready
    check_stdin(sources, quiet=quiet)
    places = not_ours(opened(sources), [plan])
    check_copies(places, to)
    proving = Proving(verify=verify, sign=sign, guarded=guard_formulas)
    raise typer.Exit(copied(places, ready, to, chosen, proving, quiet=quiet, changed=changed))


def copied(
    places: Sequence[Source | Skipped],
    plan: Plan,
    to: str,
    chosen: Settings,
    proving: Proving,
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


def check_stdin(sources: Sequence[str], *, again: bool = False, quiet: bool) -> None:
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


def not_ours(places: Iterable[Source | Skipped], own: Sequence[Path]) -> list[Source | Skipped]:
    """The places, but for our own reports and plans of an earlier run that lie in the folder that is scanned."""
    ours = {os.path.realpath(path) for path in own}
    return [
        place
        for place in places
        if not (isinstance(place, Skipped) and place.what == "file" and os.path.realpath(place.source) in ours)
    ]
