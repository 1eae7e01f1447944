"""The sockets of the house: what a connector, a recognizer part and a report writer must offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pii_scan.model import Entity, Kind, Remark, Report, Skipped, Unit

if TYPE_CHECKING:
    import pyarrow as pa
    from presidio_analyzer import EntityRecognizer

Edit = Callable[[str, "pa.RecordBatch"], "pa.RecordBatch"]
"""`edit(table, batch)`: the same rows and columns in the same order, with planned cells replaced.

An edited column may come back as another Arrow type (text in place of a number); one that is not planned
comes back as the very same array."""


@runtime_checkable
class Source(Protocol):
    """One place that holds tables. Picklable, so that a worker process can read a unit of it."""

    @property
    def address(self) -> str:
        """What reports show: the place without credentials."""

    def units(self) -> Iterator[Unit | Skipped]:
        """Every unit of every table, in a stable order; what cannot be read is a `Skipped`.

        Raises:
            SourceError: the source as a whole cannot be reached or opened.
        """

    def read(self, unit: Unit) -> Iterator[pa.RecordBatch | Skipped | Remark]:
        """The unit's rows, each once, in order, in bounded memory; a row that cannot be had is a `Skipped`.

        Text formats stay text: `007` stays `007`. An empty table yields one batch of no rows, so that its
        column names are known. Never raises for bad data: the rest of the unit is then a `Skipped`.
        """

    def copy(self, to: str, edit: Edit) -> Iterator[Path | Skipped]:
        """Write a copy of the source below the folder `to` (or into the database of that URL), cells passed through `edit`.

        Yields each finished output; what was not copied is a `Skipped`. Complete or absent: outputs are
        written beside and renamed.

        Raises:
            RedactionError: an output exists already, or cannot be written.
        """


@runtime_checkable
class Connector(Protocol):
    """How an address becomes a `Source`. One class, registered under `pii_scan.connectors`."""

    schemes: tuple[str, ...]
    """URL schemes it opens, without `://` (`postgresql`); empty for a kind of file."""
    suffixes: tuple[str, ...]
    """File endings it opens, lower case with the dot (`.csv`, `.csv.gz`); empty for a kind of URL."""

    def open(self, address: str) -> Source:
        """The source at that address; cheap, nothing is read yet.

        Raises:
            SourceError: the address is malformed, or what it needs is not installed.
        """


@dataclass(frozen=True, slots=True)
class Part:
    """What one entry point of `pii_scan.recognizers` brings: kinds, entities, and the recognizers that find them.

    Args:
        name: the part's name, as `pii-scan recognizers` lists it.
        kinds: kinds it defines; a name may be defined once.
        entities: what its recognizers find; every entity's kind must be defined by some part.
        recognizers: makes the Presidio recognizers. A `PatternRecognizer` is prefiltered by its patterns; any other
            may carry `prefilter: str`, a pattern in RE2 syntax that matches every text it could find something in, or
            `terms: frozenset[str]`, the case-folded texts it finds as whole cells; with neither it sees every text.
            One with `reads = True` is asked of free text only, beside the NER model.
        check: runs every row's own samples and yields one line for each that fails.
    """

    name: str
    kinds: tuple[Kind, ...] = ()
    entities: tuple[Entity, ...] = ()
    recognizers: Callable[[], Iterable[EntityRecognizer]] = tuple
    check: Callable[[], Iterable[str]] = tuple


PartLoader = Callable[[], Part]
"""What an entry point of `pii_scan.recognizers` is: called once, cheap, no Presidio import."""


@runtime_checkable
class Writer(Protocol):
    """A form of report, registered under `pii_scan.reports` by its name."""

    suffixes: tuple[str, ...]
    """File endings it serves (`.html`)."""

    def render(self, report: Report) -> str:
        """The whole report as text, the same text for the same report."""
