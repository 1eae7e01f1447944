"""Which source a copy belongs to, and how the two may be compared."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pii_scan.addresses import parts
from pii_scan.compared import Pair
from pii_scan.contracts import Source
from pii_scan.errors import ConfigError, SourceError
from pii_scan.model import Skipped
from pii_scan.registry import sources

STDIN = "-"


@dataclass(slots=True)
class Copied:
    """What a copying run made of one source.

    Attributes:
        source: the source.
        path: the file that was written; None for the tables of a server's database.
        left_out: tables that were not copied, and said so.
    """

    source: Source
    path: Path | None = None
    left_out: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Copying:
    """A run that makes copies.

    Attributes:
        guarded: whether no cell of a text file is to be a formula to a spreadsheet.
        made: what it made, source by source.
    """

    guarded: bool = False
    made: list[Copied] = field(default_factory=list)


def paired(run: Copying, to: str) -> Iterator[Pair | Skipped]:
    """Each source with its copy, opened; what cannot be compared with its source is a `Skipped`."""
    for one in run.made:
        if one.source.address == STDIN:
            yield Skipped(STDIN, "proof", "stdin cannot be read again, so its copy was not compared with it")
            continue
        (copy,) = sources(str(one.path) if one.path else to)
        if isinstance(copy, Skipped):
            yield Skipped(copy.source, "proof", copy.why)
            continue
        yield pair(one.source, copy, guarded=run.guarded, left_out=frozenset(one.left_out))


def pair(source: Source, copy: Source, *, guarded: bool = False, left_out: frozenset[str] = frozenset()) -> Pair:
    """A source and its copy, with what their stores promise."""
    database = "://" in source.address or "://" in copy.address or store_of(copy) == "rows"
    alike = type(source) is type(copy) and _scheme(source) == _scheme(copy)
    return Pair(source, copy, guarded, alike, store_of(copy), ordered=not database, left_out=left_out)


def expected(places: Sequence[Source | Skipped], folders: Sequence[str], copy: str) -> list[Copied]:
    """Where the copy of each source that can be read lies, as a copying run would have written it.

    Raises:
        ConfigError: a copy is not there.
        SourceError: the folder of the copies is closed.
    """
    real = [(place, folder) for place, folder in zip(places, folders, strict=True) if not isinstance(place, Skipped)]
    real = [(place, folder) for place, folder in real if not closed(place)]
    if "://" in copy:
        return [Copied(place) for place, _ in real]
    if len(real) == 1 and _is_file(copy):
        return [Copied(real[0][0], Path(copy))]
    if os.path.isdir(copy) and not os.access(copy, os.R_OK | os.X_OK):  # noqa: PTH112 - as _is_file
        raise SourceError("cannot be opened: Permission denied", where=copy, way_out="check its permissions")
    found = [_existing(place, Path(folder)) for place, folder in real]
    rest = iter(_others(Path(copy), {path for path in found if path}))
    made = []
    for (place, folder), path in zip(real, found, strict=True):
        # a copy may have lost its name, since that held personal data: the others are there in the order of their sources
        here = path or next(rest, None)
        if here is None or here.suffix != Path(place.address).suffix:
            raise ConfigError("there is no copy of it", where=place.address, way_out=f"looked in {folder}")
        made.append(Copied(place, here))
    return made


def called(source: str, way: str) -> str:
    """The address of a source, its last parts as they are in the way of its copy: what was taken out of them is not told."""
    own, made = parts(source), parts(way)
    count = min(len(own), len(made))
    return "".join([*own[: len(own) - count], *made[len(made) - count :]])


def labelled(table: str, source: str, name: str) -> str:
    """The label of a table that is called after its file, where the file has another name."""
    old, new = parts(source)[-1], parts(name)[-1]
    ending = old[len(table) :]
    return new[: len(new) - len(ending)] if table and old == table + ending and new.endswith(ending) else table


def closed(place: Source) -> bool:
    """Whether nothing of a source can be read: then nothing was copied of it."""
    units = [*place.units()]
    return bool(units) and all(isinstance(unit, Skipped) for unit in units)


def _existing(place: Source, folder: Path) -> Path | None:
    name = Path(place.address.partition("://")[2] or place.address)
    wanted = (folder / name.name, folder / f"{name.stem}.sqlite", folder / f"{name.name}.sqlite")
    return next((path for path in wanted if _is_file(path)), None)


def _others(copy: Path, known: set[Path]) -> list[Path]:
    return sorted(path for path in copy.rglob("*") if _is_file(path) and path not in known and not path.name.startswith("."))


def _is_file(path: str | Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises where a folder above is closed


def _scheme(place: Source) -> str:
    scheme, mark, _ = place.address.partition("://")
    return scheme if mark else ""


def store_of(copy: Source) -> str:
    """How cells lie in a place: `text`, `lines` of JSON, `pages` packed by column, `memory`, or a store's own `rows`."""
    known = {"CsvSource": "text", "JsonLinesSource": "lines", "ParquetSource": "pages", "FrameSource": "memory"}
    return known.get(type(copy).__name__, "rows")
