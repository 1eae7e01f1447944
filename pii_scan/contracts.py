"""The sockets of the house: what a connector, a recognizer part and a report writer must offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pii_scan.model import Entity, Kind, Remark, Report, Skipped, Unit

if TYPE_CHECKING:
    import pyarrow as pa
    from presidio_analyzer import EntityRecognizer

DROPPED = b"pii-scan dropped"
"""The key of metadata under which an edit names the columns that it leaves out, parted by NUL."""
FOLDER = b"pii-scan folder"
"""The key of metadata that marks a column whose value is the name of a folder above the file, and no part of it."""
Edit = Callable[[str, "pa.RecordBatch"], "pa.RecordBatch"]
"""`edit(table, batch)`: the same rows and columns in the same order, with planned cells replaced.

Columns that a plan drops are left out, the same ones in every batch of a table, and named in the schema's metadata under
`DROPPED`; a column that is missing without that is a fault.

An edited column may come back as another Arrow type (text in place of a number); one that is not planned
comes back as the very same array."""


@runtime_checkable
class Source(Protocol):
    """One place that holds tables. Picklable, so that a worker process can read a unit of it.

    It may offer `only(columns)`: itself, with no more read than some columns, or paths in them; `readings`: how often a unit is
    read for that at most, where leaving columns out saves little; `with_dictionaries()`: itself, with columns of few texts handed
    on as dictionaries where that costs less; `portable`: whether another process can read it; `repeatable`:
    whether it can be read twice; `told(tables)`: texts that its store says of tables beside their rows, such as comments and
    statistics; `laid()`: of a file of text whose rows are cells in UTF-8 between commas and the like, quotes and line ends, and
    nothing else, how many bytes come before them, else None; `heavy(unit)`: whether reading some rows of a unit takes so much
    memory that only one process does it at once. Without these it reads all, is portable, repeatable and light, and says nothing
    else.
    """

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
            One of a single entity may offer `spans(text) -> (piece, [(start, end, score)])`: the longest piece of the text
            that has its shape, or None, and what it finds; `analyze` with less ado, asked millions of times. With it, it may
            offer `each(texts)`, which tells the same of each of `texts.every`, and then takes in `spans(text, wanted)` the
            numbers of those of its patterns that the text may have, or None for all.
            Beside `terms` it may have `judge(text) -> bool`: whether a whole cell that no list holds is like those that one
            does. It is asked of a column's sample (fast, please: tens of microseconds), and such cells count as listed.
            One with `reads = True` is asked of free text only, beside the NER model.
            One that remembers the last text has `forget()`, which is called when a batch has been examined.
        check: runs every row's own samples and yields one line for each that fails.
        optional: whether it is left out unless the settings ask for it, by its name or by that of an entity.
        spare: entities that other parts find already: left out where the part is asked for by its name alone.
    """

    name: str
    kinds: tuple[Kind, ...] = ()
    entities: tuple[Entity, ...] = ()
    recognizers: Callable[[], Iterable[EntityRecognizer]] = tuple
    check: Callable[[], Iterable[str]] = tuple
    optional: bool = False
    spare: frozenset[str] = frozenset()

    def wanted(self, asked: Iterable[str]) -> tuple[Entity, ...]:
        """The entities that are looked for where `asked` names optional parts and globs of their entities."""
        if not self.optional:
            return self.entities
        globs = tuple(asked)
        return tuple(
            entity
            for entity in self.entities
            if any(fnmatchcase(entity.name, glob) for glob in globs) or (self.name in globs and entity.name not in self.spare)
        )


PartLoader = Callable[[], Part]
"""What an entry point of `pii_scan.recognizers` is: called once, cheap, no Presidio import."""


@runtime_checkable
class Writer(Protocol):
    """A form of report, registered under `pii_scan.reports` by its name."""

    suffixes: tuple[str, ...]
    """File endings it serves (`.html`)."""

    def render(self, report: Report) -> str:
        """The whole report as text, the same text for the same report."""
