"""From a copying run, or from a copy and its source, to a proof and its manifest."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pii_scan import manifest as manifests
from pii_scan import server
from pii_scan.addresses import Masks
from pii_scan.alignment import unreadable
from pii_scan.compared import Pair
from pii_scan.copying import copy_folders
from pii_scan.errors import ConfigError, RedactionError
from pii_scan.fates import Fates
from pii_scan.gather import gather
from pii_scan.gather import report as judged
from pii_scan.memory import frugal
from pii_scan.model import Report, Skipped
from pii_scan.pairing import Copying, called, expected, labelled, pair, paired
from pii_scan.plan import Plan, load_plan, plan_of
from pii_scan.plan_address import masks_of_plan
from pii_scan.publish import write_whole
from pii_scan.registry import InstalledRules, catalogue
from pii_scan.remains import Remains, lines, of_copy, table_of
from pii_scan.scanning import opened
from pii_scan.settings import Settings, settings
from pii_scan.verifying import Proof, found_again, prove

if TYPE_CHECKING:
    from pii_scan.contracts import Source


@dataclass(frozen=True)
class Verification:
    """A proof, and the manifest that says so."""

    proof: Proof
    manifest: Mapping[str, Any]
    remains: tuple[Remains, ...] = ()
    """What combinations of columns still tell of single people."""

    @property
    def clean(self) -> bool:
        """Whether nothing leaks, and nothing differs that should not."""
        return self.proof.clean

    def save(self, path: str | Path) -> Path:
        """Write the manifest."""
        write_whole(Path(path), manifests.dump(self.manifest), fresh=True)
        return Path(path)

    def __str__(self) -> str:
        """The outcome, a line for each thing that is wrong or worth a look."""
        return "\n".join([told(self.proof), *complaints(self.proof), *hints(self.proof), *what_remains(self)])

    __repr__ = __str__


def verify(
    copy: Any,
    against: Any,
    plan: Report | Plan | str | Path | None = None,
    *,
    guard_formulas: bool = False,
    config: str | Path | None = None,
    **options: Any,
) -> Verification:
    """Prove a copy against its source, as it was proved when it was made.

    Args:
        copy: a folder of copies, one file, a database URL, or a frame.
        against: the source: what was copied.
        plan: the plan of the copy. Without one, what differs was taken out, and what is the same was meant to stay.
        guard_formulas: whether the copy was made with it.
        config: a TOML file of settings.
        options: settings by name.

    Returns:
        The proof with its manifest; `clean` says whether it holds.

    Raises:
        ConfigError: there is no copy of a source, or the plan cannot be used.
        SourceError: something cannot be read, and so proves nothing.

    Example:
        >>> import pandas as pd, pii_scan
        >>> people = pd.DataFrame({"mail": ["ada@example.org", "alan@example.org"], "note": ["none", "none"]})
        >>> leaking = pd.DataFrame({"mail": ["<EMAIL>", "<EMAIL>"], "note": ["none", "alan@example.org"]})
        >>> pii_scan.verify(leaking, against=people).clean
        False
    """
    chosen = settings(options, Path(config) if config else None)
    ready = plan if isinstance(plan, Plan) or plan is None else plan_of(plan) if isinstance(plan, Report) else load_plan(plan)
    places = list(opened([against]))
    if not isinstance(copy, (str, Path)):
        return _verified([pair(*_frames(places, copy))], {}, [], ready, chosen)
    addresses = [place.source if isinstance(place, Skipped) else place.address for place in places]
    with (masks_of_plan(ready, addresses) if ready else Masks()).errors():
        run = Copying(guard_formulas, expected(places, copy_folders(places, str(copy)), str(copy)))
        return proved(run, str(copy), ready, chosen, [*_missed(places, run)])


def _missed(places: Sequence[Source | Skipped], run: Copying) -> Iterator[Skipped]:
    """What cannot be compared: it could not be opened, or nothing of it be read."""
    known = {one.source.address for one in run.made}
    for place in places:
        if isinstance(place, Skipped):
            yield place
        elif place.address not in known:
            yield from unreadable(place)


def proved(run: Copying, to: str, plan: Plan | None, chosen: Settings, missed: Sequence[Skipped] = ()) -> Verification:
    """The proof of what a copying run made below `to`."""
    found = list(paired(run, to))
    outputs = {one.path: _way(one.path, to) for one in run.made if one.path is not None}
    skipped = [*missed, *(one for one in found if isinstance(one, Skipped))]
    return _verified([one for one in found if isinstance(one, Pair)], outputs, skipped, plan, chosen)


def _verified(
    pairs: Sequence[Pair], outputs: Mapping[Path, str], skipped: Sequence[Skipped], plan: Plan | None, chosen: Settings
) -> Verification:
    known = catalogue(chosen.countries, chosen.recognizers)
    fates = Fates(plan, known)
    with frugal():
        proof = prove(pairs, outputs, fates, known)
    proof.not_done += [f"{one.source}: {one.why}" for one in skipped]
    proof.not_done += [f"{name}: is not in the copy, which is right for a view" for name in proof.missing]
    # without the globs of the first scan: a copy has no tables that need not be looked at
    whole = chosen.model_copy(update={"sample": None, "table": (), "column": ()})
    copies = [pair.copy for pair in pairs]
    evidence = gather(copies, whole, InstalledRules(chosen.countries, chosen.recognizers))
    server.end()  # what its children shared is not needed beside what comes now
    proof.found_again = found_again(evidence, pairs, fates, known)
    report = judged(evidence, known, whole, [copy.address for copy in copies])
    proof.not_done += sorted({f"{one.source} {one.table}".rstrip() + f": {one.why}" for one in evidence.skipped})
    _name_as_copied(proof, pairs, outputs, [*skipped, *evidence.skipped], plan)
    left = tuple(one for pair in pairs for one in of_copy(pair, fates, report, known))
    return Verification(proof, manifests.document(proof, report.run, plan, outputs, map(table_of, left)), left)


def _name_as_copied(
    proof: Proof, pairs: Sequence[Pair], outputs: Mapping[Path, str], skipped: Sequence[Skipped], plan: Plan | None
) -> None:
    """The manifest goes with the copy: sources are called by the names that the copy gave them, the others are masked."""
    places = [*(one.source.address for one in pairs), *(place.source for place in skipped), *(leak.path for leak in proof.leaks)]
    masks = masks_of_plan(plan, places) if plan else Masks()
    names = {}
    for one in pairs:
        way = outputs.get(Path(one.copy.address), "")
        if way and "://" not in one.source.address:
            names[one.source.address] = masks.address(called(one.source.address, way))

    def place(source: str, table: str) -> tuple[str, str]:
        name = names.get(source, source)
        return name, labelled(table, source, name)

    def words(line: str) -> str:
        for address in sorted((address for address in names if address in line), key=len, reverse=True):
            line = line.replace(address, names[address])
        return masks.text(line)

    proof.told(place, words)


def finished(verification: Verification, to: str, *, sign: Path | None = None, place: Path | None = None) -> Path:
    """Write the manifest beside the copies, signed where a key is given.

    Raises:
        RedactionError: the copies leak or differ; the manifest that says where is written all the same.
    """
    made = manifests.signed(verification.manifest, sign) if sign else verification.manifest
    path = place or manifests.free_place(to)
    write_whole(path, manifests.dump(made), fresh=True)
    if not verification.clean:
        raise RedactionError(
            "; ".join(complaints(verification.proof)), where=to, way_out=f"do not hand the copy on; {path} says all that is wrong"
        )
    return path


def told(proof: Proof) -> str:
    """What was proved, in a line."""
    rows = sum(table.rows for table in proof.tables)
    changed, kept = sum(table.cells_changed for table in proof.tables), sum(table.cells_kept for table in proof.tables)
    what = f"{proof.searched:,} removed values were searched for in the copy"
    outcome = "none is left" if not proof.leaks else f"{sum(leak.values for leak in proof.leaks):,} are left"
    return f"{what}: {outcome}; {rows:,} rows compared, {changed:,} cells changed, {kept:,} kept as they were"


def complaints(proof: Proof) -> Iterator[str]:
    """What is wrong: where, in which encoding, how many; never which."""
    for leak in proof.leaks:
        left = "removed value is" if leak.values == 1 else "removed values are"
        yield f"{leak.path}: {leak.values:,} {left} left in its {leak.where} ({leak.encoding})"
    for fault in (*proof.faults, *proof.found_again):
        place = ".".join(part for part in (fault.table, fault.column) if part)
        yield f"{fault.source} {place}: {fault.what}: {fault.detail}"


def hints(proof: Proof, *, briefly: bool = False) -> Iterator[str]:
    """What is no leak, and yet worth a look."""
    count = len(proof.standing)
    if briefly and count:
        where = "a column that the plan keeps" if count == 1 else f"{count:,} columns that the plan keeps"
        yield f"some removed values also stand in {where}, by chance or since it keeps them there; the manifest says where"
    for one in () if briefly else proof.standing:
        place = f"{one.table}.{one.column}" if one.column else f"the names of {one.table}"
        yield f"{one.source}: {one.values:,} removed values also stand in {place}, by chance or since the plan keeps them there"
    yield from (f"not proved: {what}" for what in proof.not_done)


def what_remains(verification: Verification, most: int = 12) -> Iterator[str]:
    """What is left, in words: the tables with the most rows at risk, and what that is in law."""
    telling = [one for one in verification.remains if not one.aggregated]
    said = [line for one in sorted(telling, key=lambda one: -one.after.at_risk) for line in lines(one)]
    yield from said[:most]
    if len(said) > most:
        yield f"... {len(said) - most} more lines of this are in the manifest"
    if verification.remains or any(table.cells_changed for table in verification.proof.tables):
        yield manifests.WORDS


def _frames(places: Sequence[Source | Skipped], copy: Any) -> tuple[Source, Source]:
    from pii_scan.connectors.frames import FrameSource

    (source,) = places
    if isinstance(source, Skipped) or not isinstance(source, FrameSource):
        raise ConfigError("a frame is proved against a frame", where="verify")
    return source, FrameSource(copy, source.name)


def _way(path: Path, to: str) -> str:
    """The way to a file from the folder that is handed on."""
    return path.name if "://" in to or path == Path(to) else os.path.relpath(path, to)
