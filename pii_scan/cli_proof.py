"""The commands of proof: `verify` a copy against its source, and tell what `risk` is left in a table."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pii_scan.ending import INCOMPLETE, UNWRITTEN, complain, gravest, say, show, told

if TYPE_CHECKING:
    from pii_scan.pairing import Copying
    from pii_scan.plan import Plan
    from pii_scan.settings import Settings

Verify = Annotated[
    bool, typer.Option("--verify/--no-verify", help="Prove the copies: compared, searched and scanned again (the default).")
]
Sign = Annotated[Path | None, typer.Option("--sign", metavar="KEY", help="Sign the manifest with this Ed25519 key (PEM).")]
Guard = Annotated[
    bool, typer.Option("--guard-formulas", help="Put an apostrophe before cells of text files that a spreadsheet would run.")
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress and no words on stderr but errors.")]


def verify(
    copy: Annotated[str, typer.Argument(metavar="COPY", help="The folder, file or database that the copies are in.")],
    against: Annotated[str, typer.Option(metavar="SOURCE", help="What was copied.")],
    plan: Annotated[Path | None, typer.Option(metavar="PLAN", help="The plan that the copy was made by.")] = None,
    manifest: Annotated[
        Path | None, typer.Option(metavar="PATH", help="The manifest that came with it: its files must be these.")
    ] = None,
    public_key: Annotated[Path | None, typer.Option(metavar="PEM", help="Whose signature the manifest must bear.")] = None,
    guard_formulas: Guard = False,
    save: Annotated[Path | None, typer.Option(metavar="PATH", help="Write the manifest of this proof.")] = None,
    ner: Annotated[bool | None, typer.Option("--ner/--no-ner", help="Look for names in free text with a spaCy model.")] = None,
    quiet: Quiet = False,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings in TOML, by the names of the options.")] = None,
) -> None:
    """Prove a copy again, from its source: nothing that was taken out is left, and all else is as it was."""
    from pii_scan.proving import verify as proved

    wrong = _of_manifest(copy, manifest, public_key) if manifest else []
    made = proved(copy, against, plan, guard_formulas=guard_formulas, config=config, **({} if ner is None else {"ner": ner}))
    if save:
        made.save(save)
    shown = show(f"{made}\n")
    for what in wrong:
        complain(what)
    if not quiet:
        say(_outcome(sound=made.clean and not wrong, whole=not made.proof.not_done))
    code = UNWRITTEN if wrong or not made.clean else INCOMPLETE if made.proof.not_done else 0
    raise typer.Exit(gravest(shown, code))


@dataclass(frozen=True, slots=True)
class Proving:
    """Whether copies are proved as soon as they are written, and how.

    Args:
        verify: whether at all.
        sign: the private key that signs the manifest.
        guarded: whether formulas are made harmless on the way.
    """

    verify: bool = True
    sign: Path | None = None
    guarded: bool = False

    def __post_init__(self) -> None:
        """Find out before the first copy whether the manifest can be signed."""
        if self.verify and self.sign:
            from pii_scan.manifest import check_signing

            check_signing(self.sign)

    def of(self, run: Copying, to: str, plan: Plan, chosen: Settings, *, quiet: bool) -> int:
        """Prove what a copying run made, write its manifest, and return what a scheduler is told.

        Raises:
            RedactionError: it leaks.
        """
        from pii_scan.proving import finished, hints, proved, what_remains
        from pii_scan.proving import told as summary

        if not self.verify or not run.made:
            return 0
        result = proved(run, to, plan, chosen)
        path = finished(result, to, sign=self.sign)
        if not quiet:
            say(f"proved: {summary(result.proof)}")
            for hint in hints(result.proof, briefly=True):
                complain(hint)
            for line in what_remains(result):
                say(line)
            say(f"wrote {path}")
        return INCOMPLETE if result.proof.not_done else 0


def _outcome(*, sound: bool, whole: bool) -> str:
    if not sound:
        return "the copy is not proved"
    return "the copy is proved" if whole else "nothing is wrong with what was looked at, and not all was: the copy is not proved"


def _of_manifest(copy: str, path: Path, public_key: Path | None) -> list[str]:
    from pii_scan.manifest import check_files, check_signature, load

    found = load(path)
    if public_key:
        check_signature(found, public_key)
    is_file = os.path.isfile(copy)  # noqa: PTH113 - Path.is_file raises where a folder above is closed
    return check_files(found, Path(copy).parent if is_file else Path(copy))


def risk(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE", help="Files, folders or database URLs: tables called aggregated.")
    ],
    k: Annotated[int, typer.Option("--k", metavar="N", min=2, help="How many rows should share each combination.")] = 5,
    quasi: Annotated[
        list[str] | None,
        typer.Option("--quasi", metavar="GLOB", help="Columns that others may know of a person; else those found. Repeatable."),
    ] = None,
    special: Annotated[
        list[str] | None,
        typer.Option("--special", metavar="GLOB", help="Columns that must not be given away by a group. Repeatable."),
    ] = None,
    count: Annotated[str, typer.Option(metavar="COLUMN", help="The column that says how many people a row stands for.")] = "",
    form: Annotated[str, typer.Option("--format", metavar="text|json", help="What goes to stdout.")] = "text",
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings in TOML, by the names of the options.")] = None,
) -> None:
    """Tell whether a table called aggregated is: how many people share each combination of what others may know."""
    import json

    from pii_scan.addresses import masks_of, shown
    from pii_scan.errors import ConfigError
    from pii_scan.model import Skipped
    from pii_scan.remains import WORDS, Wanted, lines, remains, table_of
    from pii_scan.scanning import examine, opened
    from pii_scan.settings import settings

    if form not in {"text", "json"}:
        raise ConfigError(f"{form!r} is not a form of it", where="--format", way_out="one of text, json")
    places = list(opened(sources))
    report = examine(places, settings({}, config))
    readable = [place for place in places if not isinstance(place, Skipped)]
    masks = masks_of(report)
    found = [
        replace(one, source=masks.address(one.source))
        for one in remains(readable, report, Wanted(k, quasi or (), special or (), count))
    ]
    if form == "json":
        text = (
            json.dumps({"schema": "pii-scan/risk@1", "k": k, "words": WORDS, "tables": list(map(table_of, found))}, indent=2)
            + "\n"
        )
    else:
        said = [line for one in found for line in (f"{one.table}: {one.verdict}", *lines(one))]
        text = "\n".join([*said, WORDS, ""])
    code = gravest(
        int(not all(one.aggregated for one in found)), *(told(skipped, quiet=False) for skipped in shown(report).skipped)
    )
    raise typer.Exit(gravest(show(text), code))
