"""Presidio's own recognizers, for whoever wants them beside ours: off unless the settings ask for them.

An entity that our tables find as well has `PRESIDIO_` before its name and is left out of the part as a whole, so that nothing
counts twice; it can still be asked for by name. `HuggingFaceNerRecognizer` and `BasicLangExtractRecognizer` are not here: one
loads a model from the network when it is made, the other sends the text to a language model.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pii_scan.contracts import Part
from pii_scan.errors import RecognizerError
from pii_scan.model import Entity
from pii_scan.shelf import read_table

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

PREFIX = "PRESIDIO_"
_SOURCE = "https://github.com/data-privacy-stack/presidio/blob/main/docs/supported_entities.md"
_PHONES = r"[0-9(+][0-9 ()./+\-]{4,}[0-9]"
"""Matches every text in which its recognizers of telephone numbers, which have no pattern of their own, could find one."""


class Upstream(NamedTuple):
    """One of Presidio's recognizers."""

    type: str
    """The name of its class in `presidio_analyzer.predefined_recognizers`."""
    presidio: str
    """Its entity, as Presidio calls it."""
    ours: tuple[str, ...]
    """Entities of ours that find the same."""
    entity: Entity
    """Its entity, as pii-scan calls it. Presidio's checks are not measured against chance, so it is a `shape`."""


def part() -> Part:
    """Presidio's recognizers, as an optional part."""
    return Part(
        name="presidio",
        entities=tuple(row.entity for row in rows()),
        recognizers=_recognizers,
        check=_check,
        optional=True,
        spare=frozenset(row.entity.name for row in rows() if row.ours),
    )


@cache
def rows() -> tuple[Upstream, ...]:
    """The table, in order of Presidio's entities."""
    table = read_table((Path(__file__).parent / "upstream.toml").read_text("utf-8"))
    return tuple(_row(raw) for raw in table["recognizer"])


def make(row: Upstream) -> EntityRecognizer:
    """Presidio's recognizer as Presidio made it, but for the language it is filed under.

    Raises:
        RecognizerError: the installed Presidio has no such class.
    """
    from presidio_analyzer import predefined_recognizers

    kind = getattr(predefined_recognizers, row.type, None)
    if kind is None:
        raise RecognizerError("the installed Presidio has no such recognizer", where=row.type)
    made: EntityRecognizer = kind(supported_language="en")
    return made


def _row(raw: dict[str, Any]) -> Upstream:
    ours = tuple(raw.get("ours", ()))
    entity = Entity(
        name=f"{PREFIX if ours else ''}{raw['entity']}",
        kind=raw["kind"],
        proof="shape",
        country=raw.get("country", ""),
        headers=tuple(raw.get("headers", ())),
        label=f"what Presidio's {raw['class']} finds",
        source=_SOURCE,
    )
    return Upstream(raw["class"], raw["entity"], ours, entity)


def _recognizers() -> Iterator[EntityRecognizer]:
    from pii_scan.recognizers.renamed import renamed

    for row in rows():
        made = make(row)
        if not getattr(made, "patterns", ()):
            made.prefilter = _PHONES  # type: ignore[attr-defined]  # what contracts.Part offers to any recognizer
        yield renamed(made, row.entity.name)


def _check() -> Iterator[str]:
    for row in rows():
        try:
            found = make(row).supported_entities
        except RecognizerError as error:
            yield f"{row.type}: {error.what}"
        else:
            if found != [row.presidio]:
                yield f"{row.type}: finds {', '.join(found)}, not {row.presidio}"
