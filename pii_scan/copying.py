"""The run that makes copies: each source through its edit into its place, complete or absent, and no empty folder left."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pii_scan.contracts import Part, Source
from pii_scan.errors import ConfigError, RedactionError
from pii_scan.model import Catalogue, Skipped
from pii_scan.registry import InstalledRules
from pii_scan.settings import Settings

if TYPE_CHECKING:
    from pii_scan.finder import Finder
    from pii_scan.keys import Key
    from pii_scan.pairing import Copying
    from pii_scan.plan import Plan
    from pii_scan.redaction import Redactor


def restored(places: Sequence[Source | Skipped], key: Key, to: str) -> Iterator[Path | Skipped]:
    """Write restored copies of opened sources: each one as it is written, and what could not be read.

    Raises:
        RedactionError: the key does not open what is there, or an output cannot be written.
    """
    from pii_scan.restoring import Restorer

    folders = copy_folders(places, to)
    with _no_empty_folders(folders):
        for place, folder in zip(places, folders, strict=True):
            if isinstance(place, Skipped):
                yield place
                continue
            work = Restorer(key)
            yield from work.learn(place)
            yield from place.copy(folder, work.editor(place.address))


def copies(  # noqa: PLR0913 - the last two are options
    places: Sequence[Source | Skipped],
    plan: Plan,
    to: str,
    chosen: Settings,
    run: Copying | None = None,
    *,
    changed: bool = False,
) -> Iterator[Path | Skipped]:
    """Write redacted copies of opened sources: each one as it is written, and what could not be copied or examined.

    Files keep the folders they lie in, from the last one that all of them share: `out/2025/members.csv`; parts of a name
    that identify someone are replaced. What a proof needs to know of each copy is added to `run`.

    Raises:
        RedactionError: an output exists already or cannot be written; the copies before it stand.
    """
    from pii_scan import fingerprints
    from pii_scan.formulas import guarding
    from pii_scan.outputs import Ways, placed, ways_of
    from pii_scan.pairing import Copied, store_of

    stale = fingerprints.changed(plan, places)
    work = redactor(fingerprints.examining(plan, stale), chosen) if changed else redactor(plan, chosen, stale)
    parts, known = InstalledRules(chosen.countries, chosen.recognizers).load()
    ways = Ways(plan, work, cache(lambda: work.finder or _finder(parts, known, chosen)), known)
    folders = copy_folders(places, to)
    with _no_empty_folders(folders):
        for place, folder, way in zip(places, folders, ways_of(places, folders, to), strict=True):
            if isinstance(place, Skipped):
                yield place
                continue
            one = Copied(place)
            edit = work.editor(place.address)
            if run and run.guarded and store_of(place) == "text":
                edit = guarding(edit)
            written = placed(place, to, ways.of(place, way), edit) if _is_file(place.address) else place.copy(folder, edit)
            for outcome in written:
                if isinstance(outcome, Skipped):
                    one.left_out.add(outcome.table)
                else:
                    one.path = outcome
                yield outcome
            if run and (one.path or "://" in to):
                run.made.append(one)
    yield from work.skipped()


def check_copies(places: Sequence[Source | Skipped], to: str) -> None:
    """Find out before the work starts whether the copies will have a place.

    Raises:
        ConfigError: a file that is no database would go into one.
        RedactionError: the copy of a file exists already, `to` is no folder, or it is closed to writing.
    """
    if "://" in to:
        for place in places:
            if not isinstance(place, Skipped) and not hasattr(place, "told"):
                way_out = "name a folder; only a database goes into a database"
                raise ConfigError("is a file, and its copy is one", where=place.address, way_out=way_out)
        return
    if os.path.lexists(to) and not os.path.isdir(to):  # noqa: PTH112 - Path.is_dir raises where a folder above is closed
        raise RedactionError("is no folder", where=to, way_out="choose another name for the copies' folder")
    if not os.access(home := _nearest(to), os.W_OK | os.X_OK):
        raise RedactionError("this folder cannot be written to", where=home, way_out="check its permissions, or choose another")
    for place, folder in zip(places, copy_folders(places, to), strict=True):
        if not isinstance(place, Skipped) and _is_file(place.address):
            target = Path(folder) / Path(place.address).name
            if os.path.lexists(target):
                raise RedactionError("exists already", where=str(target), way_out="choose another folder, or move it away")


def copy_folders(places: Sequence[Source | Skipped], to: str) -> list[str]:
    """The folder for the copy of each place."""
    homes = [
        None if isinstance(place, Skipped) or not _is_file(place.address) else Path(place.address).absolute().parent
        for place in places
    ]
    known = [home for home in homes if home is not None]
    if "://" in to or not known or len({home.anchor for home in known}) > 1:
        return [to for _ in places]
    shared = Path(os.path.commonpath(known))
    while "=" in shared.name:  # the folder of a partition holds a value of each row below
        shared = shared.parent
    return [to if home is None else str(Path(to) / home.relative_to(shared)) for home in homes]


@contextmanager
def _no_empty_folders(folders: Iterable[str]) -> Iterator[None]:
    """However a run ends: of the folders that it made, none is left with nothing in it."""
    made = {fresh for folder in {*folders} if "://" not in folder and (fresh := _fresh(folder))}
    try:
        yield
    finally:
        for top in made:
            for folder, *_ in os.walk(top, topdown=False):
                with suppress(OSError):  # it holds something
                    os.rmdir(folder)  # noqa: PTH106 - a str, as os.walk gives it


def _fresh(folder: str) -> str:
    """The outermost of the folders that are not there yet, of which the path to a folder is made; empty where it is there."""
    way = Path(os.path.abspath(folder))  # noqa: PTH100 - Path.absolute leaves `..` in
    return next((str(path) for path in (*reversed(way.parents), way) if not os.path.lexists(path)), "")


def _nearest(folder: str) -> str:
    """The folder itself, or the innermost one above it that is there."""
    way = Path(folder)
    return next((str(path) for path in (way, *way.parents) if os.path.lexists(path)), ".")


def _is_file(address: str) -> bool:
    return os.path.isfile(address)  # noqa: PTH113 - Path.is_file raises where a folder above is closed


def redactor(plan: Plan, chosen: Settings, stale: AbstractSet[tuple[str, str]] = frozenset()) -> Redactor:
    """What edits batches by a plan, with the installed recognizers for free text and for check digits."""
    from pii_scan.checks import Checks
    from pii_scan.redaction import Redactor

    parts, known = InstalledRules(chosen.countries, chosen.recognizers).load()
    looks_inside = any(rule.scope == "text" for rule in plan.rules) or any(seen.without_rule == "examine" for seen in plan.tables)
    finder = _finder(parts, known, chosen) if looks_inside else None
    return Redactor(plan, finder, plan.key(), catalogue=known, checks=Checks(parts), stale=stale)


def _finder(parts: Sequence[Part], known: Catalogue, chosen: Settings) -> Finder:
    """What finds personal data inside texts, with the installed recognizers."""
    from pii_scan.finder import Finder
    from pii_scan.presidio import engine

    return Finder(engine(parts, known.entities, ner=bool(chosen.ner)), known, max_cell=chosen.max_cell)
