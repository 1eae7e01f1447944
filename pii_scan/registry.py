"""From a name or an address to the part that serves it. Ours and a stranger's plug-in are found the same way."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from pii_scan.contracts import Connector, Part, Source, Writer
from pii_scan.errors import ConfigError, PiiScanError, RecognizerError, SourceError
from pii_scan.model import Catalogue, Entity, Kind, Skipped

CONNECTORS = "pii_scan.connectors"
RECOGNIZERS = "pii_scan.recognizers"
REPORTS = "pii_scan.reports"
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".git", ".Trashes", "lost+found"})
"""What file managers and file systems leave in folders: no data of anyone's."""


@cache
def connectors() -> Mapping[str, Connector]:
    """Every registered connector by name."""
    return {point.name: _load(point)() for point in _points(CONNECTORS)}


@cache
def writers() -> Mapping[str, Writer]:
    """Every registered form of report by name."""
    return {point.name: _load(point)() for point in _points(REPORTS)}


@cache
def recognizer_parts() -> tuple[Part, ...]:
    """Every registered recognizer part, by name."""
    return tuple(_load(point)() for point in _points(RECOGNIZERS))


def writer_for(path: Path) -> Writer:
    """The form of report that a file's ending asks for.

    Raises:
        ConfigError: no form has that ending.
    """
    for writer in writers().values():
        if path.name.lower().endswith(tuple(writer.suffixes) or ("\0",)):
            return writer
    known = ", ".join(sorted(suffix for writer in writers().values() for suffix in writer.suffixes))
    raise ConfigError("no report has this ending", where=str(path), way_out=f"use one of {known}")


@cache
def catalogue(countries: tuple[str, ...] = (), recognizers: tuple[str, ...] = ()) -> Catalogue:
    """Every kind and entity; with countries given, only theirs and the international ones.

    Entities of optional parts are there where `recognizers` asks for them.

    Raises:
        ConfigError: no entity belongs to one of the countries, or no optional part has what is asked for.
        RecognizerError: two parts define one name, or an entity's kind is defined by none.
    """
    kinds: dict[str, Kind] = {}
    entities: dict[str, Entity] = {}
    for part in recognizer_parts():
        _put(kinds, part.kinds, part.name)
        _put(entities, part.wanted(recognizers), part.name)
    for entity in entities.values():
        if entity.kind not in kinds:
            raise RecognizerError(f"has the kind {entity.kind!r}, which no part defines", where=entity.name)
    _check_countries(countries, {row.country for row in entities.values()})
    _check_recognizers(recognizers)
    wanted = {name: row for name, row in entities.items() if not countries or not row.country or row.country in countries}
    version = hashlib.sha256(repr((sorted(kinds.items()), sorted(entities.items()))).encode()).hexdigest()[:16]
    return Catalogue(kinds, wanted, version)


def _check_countries(wanted: Iterable[str], known: Iterable[str]) -> None:
    """A country without a row would silently leave nothing but the international ones."""
    if unknown := sorted({*wanted} - {*known}):
        raise ConfigError(
            f"no identifiers of {', '.join(unknown)} are known",
            where="countries",
            way_out=f"one of {', '.join(sorted(filter(None, known)))}; e-mail, names and the like are found in any case",
        )


def _check_recognizers(asked: Iterable[str]) -> None:
    """A name that no optional part has would silently add nothing."""
    optional = [part for part in recognizer_parts() if part.optional]
    for name in asked:
        if not any(part.name == name or part.wanted((name,)) for part in optional):
            raise ConfigError(
                f"there are no optional recognizers {name!r}",
                where="recognizers",
                way_out=f"name a part ({', '.join(part.name for part in optional)}) or entities of one (PRESIDIO_US_*)",
            )


@dataclass(frozen=True, slots=True)
class InstalledRules:
    """The installed recognizers, limited to some countries; a worker process loads them by itself."""

    countries: tuple[str, ...] = ()
    recognizers: tuple[str, ...] = ()

    def load(self) -> tuple[tuple[Part, ...], Catalogue]:
        """Every part, and the catalogue of the wanted countries."""
        return recognizer_parts(), catalogue(self.countries, self.recognizers)


def sources(address: str) -> Iterator[Source | Skipped]:
    """The sources at an address: a URL, a file, a glob, a folder (walked, in name order) or `-` for CSV on stdin.

    A file in a folder that no connector reads is a `Skipped`.

    Raises:
        ConfigError: the address is empty, as that of a shell variable that is not set.
        SourceError: there is nothing at the address, or no connector opens it.
    """
    if not address.strip():
        raise ConfigError("an address is empty", where="sources", way_out="name a file, a folder, a database URL, or .")
    if address == "-":
        yield connectors()["csv"].open("-")
    elif (scheme := _scheme(address)) is not None:
        yield _by_scheme(scheme).open(address)
    elif os.path.isdir(address):  # noqa: PTH112 - Path.is_dir raises where a folder above is closed
        _check_readable(address, os.R_OK | os.X_OK)
        yield from _folder(Path(address))
    elif glob.has_magic(address) and not os.path.exists(address):  # noqa: PTH110 - the same
        yield from _matching(address)
    else:
        yield _file(Path(address))


def connector_of(path: Path) -> Connector | None:
    """The connector that reads files of this ending; the longest ending wins."""
    name = path.name.lower()
    fitting = [
        (len(suffix), connector) for connector in connectors().values() for suffix in connector.suffixes if name.endswith(suffix)
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _points(group: str) -> Iterator[EntryPoint]:
    return iter(sorted(_every_point().select(group=group), key=lambda point: point.name))


@cache
def _every_point() -> Any:
    """The entry points of all that is installed, by whatever class Python has for them: to read them takes a while."""
    return entry_points()


def _load(point: EntryPoint) -> Any:
    try:
        return point.load()
    except ImportError as error:
        missing = getattr(error, "name", None) or "a package it needs"
        raise ConfigError(
            f"cannot be loaded: {missing} is not installed",
            where=f"{point.group} {point.name}",
            way_out="pip install 'pii_scan[all]'",
        ) from None


def _put(known: dict[str, Any], rows: Iterable[Kind | Entity], part: str) -> None:
    for row in rows:
        if row.name in known:
            raise RecognizerError("is defined twice", where=f"{part} {row.name}", way_out="a name stands once in the catalogue")
        known[row.name] = row


def _scheme(address: str) -> str | None:
    scheme, mark, _ = address.partition(":")
    return scheme.lower() if mark and "://" in address and scheme.replace("+", "").replace("-", "").isalnum() else None


def _by_scheme(scheme: str) -> Connector:
    for connector in connectors().values():
        if scheme in connector.schemes or scheme.partition("+")[0] in connector.schemes:
            return connector
    known = ", ".join(sorted(name for connector in connectors().values() for name in connector.schemes))
    raise SourceError("no connector opens this scheme", where=f"{scheme}://", way_out=f"known schemes: {known}")


def _folder(folder: Path) -> Iterator[Source | Skipped]:
    unread: list[Skipped] = []
    found = False
    for root, folders, files in os.walk(folder, onerror=lambda error: unread.append(_closed(error))):
        folders[:] = sorted(name for name in folders if name not in _LITTER)
        for name in sorted(files):
            if name not in _LITTER:
                found = True
                yield _listed(Path(root) / name)
    yield from unread
    if not found and not unread:
        yield Skipped(str(folder), "folder", "holds no file")


def _closed(error: OSError) -> Skipped:
    return Skipped(str(error.filename), "folder", f"cannot be opened: {error.strerror}")


def _matching(pattern: str) -> Iterator[Source | Skipped]:
    paths = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - patterns may be absolute
    if not paths:
        raise SourceError("no file matches", where=pattern, way_out="check the pattern and the folder")
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a folder above is closed
            yield from _folder(Path(path))
        else:
            yield _listed(Path(path))


def _listed(path: Path) -> Source | Skipped:
    """A file that a folder or glob brought: what no connector reads, or what will not open, is a `Skipped`."""
    connector = connector_of(path)
    if connector is None:
        return Skipped(str(path), "file", f"no connector reads {path.suffix or 'files without an ending'}")
    try:
        return connector.open(str(path))
    except PiiScanError as error:
        return Skipped(str(path), "file", f"{error.what} ({error.way_out})" if error.way_out else error.what)


def _check_readable(place: str | Path, mode: int) -> None:
    """Refuse what was named and is closed; in a folder it would be skipped, and the rest of it read."""
    if not os.access(place, mode):
        raise SourceError("cannot be opened: Permission denied", where=str(place), way_out="check its permissions")


def _file(path: Path) -> Source:
    try:
        path.stat()
    except (OSError, ValueError) as error:
        # a ValueError: no file system has such a name
        what = f"cannot be opened: {getattr(error, 'strerror', None) or 'this cannot be a path'}"
        raise SourceError(what, where=str(path), way_out="check the path and its permissions") from None
    _check_readable(path, os.R_OK)
    connector = connector_of(path)
    if connector is None:
        known = ", ".join(sorted(suffix for known in connectors().values() for suffix in known.suffixes))
        raise SourceError("no connector reads this kind of file", where=str(path), way_out=f"known endings: {known}")
    return connector.open(str(path))
