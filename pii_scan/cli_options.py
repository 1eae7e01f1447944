"""What can be said on the command line: the options that several commands share, and their choices."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


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


def names_in(text: str | None) -> tuple[str, ...] | None:
    """Names that are parted by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text is not None else None
