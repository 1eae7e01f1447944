"""The one loop: units of work to evidence, in this process or in a pool; and evidence to a report."""

from __future__ import annotations

import math
import os
import time
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol

from pii_scan.children import remarks as remarks_on_children
from pii_scan.classify import classify, summaries
from pii_scan.contracts import Source
from pii_scan.errors import PiiScanError
from pii_scan.light import without_pandas
from pii_scan.meter import Meter
from pii_scan.model import Catalogue, Evidence, Remark, Report, Run, Skipped, Unit
from pii_scan.pipeline import installed_model
from pii_scan.pool import examined
from pii_scan.reasons import told_remarks
from pii_scan.settings import Settings, at_least
from pii_scan.tasks import Work, tasks

if TYPE_CHECKING:
    from pii_scan.prepared import Rules

_SHARES = (4, 2, 1)
"""How many units share what is examined of a column, where there are so many or more."""


class Memory(Protocol):
    """What lets an audit hand back the evidence of an unchanged unit, and keep each new one."""

    def recall(self, unit: Unit) -> Evidence | None:
        """The evidence of the unit where it is known and still holds."""

    def keep(self, unit: Unit, evidence: Evidence) -> None:
        """Called once for each unit that was read, in order of arrival."""


class Progress(Protocol):
    """What is told how far a scan has come. One with `watch(meter)` is also given a meter that moves while units are read."""

    def planned(self, units: Sequence[Unit]) -> None:
        """Before the first unit is read."""

    def done(self, unit: Unit, rows: int) -> None:
        """After each unit."""


def gather(  # noqa: PLR0913 - the last three are told by name
    sources: Iterable[Source | Skipped],
    settings: Settings,
    rules: Rules,
    *,
    memory: Memory | None = None,
    progress: Progress | None = None,
    until: float = math.inf,
) -> Evidence:
    """The evidence of every unit of every source. A source that fails is a `Skipped`; the others are still read.

    Units that are not done at the moment `until` of the monotonic clock are left out, which is a `Skipped` for each table.
    """
    work, evidence = planned(sources, settings)
    if progress:
        progress.planned([task.unit for task in work])
    fresh: list[Work] = []
    parts: list[Evidence] = [evidence]
    done: set[Unit] = set()
    for task in work:
        known = memory.recall(task.unit) if memory else None
        if known is None:
            fresh.append(task)
        else:
            parts.append(known)
            _tell(progress, task.unit, known)
    every = tasks(fresh, settings)
    meter = Meter(len(every))
    if progress and hasattr(progress, "watch"):
        progress.watch(meter)
    with closing(examined(every, settings, rules, meter)) as arriving:  # its workers end with it, whatever happens here
        for unit, found in arriving:
            if memory:
                memory.keep(unit, found)
            parts.append(found)
            done.add(unit)
            _tell(progress, unit, found)
            if time.monotonic() > until:
                parts.append(_left_out([task.unit for task in fresh], done))
                break
    return _total(parts)


def report(evidence: Evidence, catalogue: Catalogue, settings: Settings, sources: Sequence[str]) -> Report:
    """The verdict on the evidence, as a report; findings below `settings.min_band` are left out."""
    verdicts = classify(evidence, catalogue)
    found = tuple(finding for finding in verdicts if at_least(finding.band, settings.min_band))
    remarks = (
        *evidence.remarks,
        *_names_remark(evidence, settings),
        *remarks_on_children(evidence, verdicts),
        *told_remarks(found, catalogue.entities),
    )
    run = Run(
        _now(),
        version("pii_scan"),
        catalogue.version,
        settings.model_dump(mode="json", exclude={"workers"}),
        tuple(dict.fromkeys(sources)),
    )
    return Report(run, summaries(evidence), found, evidence.skipped, tuple(sorted(set(remarks))))


def planned(sources: Iterable[Source | Skipped], settings: Settings) -> tuple[list[Work], Evidence]:
    """What there is to read, and what of the sources cannot be."""
    without_pandas()
    units: list[tuple[Source, Unit]] = []
    skipped: list[Skipped] = []
    for source in sources:
        if isinstance(source, Skipped):
            skipped.append(source)
            continue
        try:
            for unit in source.units():
                if isinstance(unit, Skipped):
                    if not unit.table or settings.wants_table(unit.table):
                        skipped.append(unit)
                elif settings.wants_table(unit.table):
                    units.append((source, unit))
        except PiiScanError as error:
            skipped.append(Skipped(source.address, "source", f"{error.what} ({error.way_out})" if error.way_out else error.what))
        except Exception as error:  # noqa: BLE001 - foreign errors quote cells, and one bad source must not lose the others
            skipped.append(Skipped(source.address, "source", f"listing its tables stopped with {type(error).__name__}"))
    shared = _shared(units)
    quotas = _quotas([unit for _, unit in shared], settings.sample)
    return [Work(source, unit, quotas.get(unit)) for source, unit in shared], Evidence(skipped=tuple(skipped))


def _shared(units: Sequence[tuple[Source, Unit]]) -> list[tuple[Source, Unit]]:
    """Units that know how many there are of their table. Few numbers, for with another one an audit reads a unit again."""
    counts = Counter((unit.source, unit.table) for _, unit in units)
    shares = {table: next(share for share in _SHARES if count >= share) for table, count in counts.items()}
    return [(source, replace(unit, share=shares[unit.source, unit.table])) for source, unit in units]


def _quotas(units: Sequence[Unit], sample: int | None) -> dict[Unit, int]:
    """How many rows of each unit make a sample of its table: in proportion to their rows where those are known."""
    if sample is None:
        return {}
    tables: dict[tuple[str, str], list[Unit]] = {}
    for unit in units:
        tables.setdefault((unit.source, unit.table), []).append(unit)
    quotas: dict[Unit, int] = {}
    for parts in tables.values():
        known = all(unit.rows is not None for unit in parts)
        sizes = [(unit.rows or 0) if known else 1 for unit in parts]
        total = max(1, sum(sizes))
        quotas |= {unit: max(1, math.ceil(sample * size / total)) for unit, size in zip(parts, sizes, strict=True)}
    return quotas


def _left_out(units: Sequence[Unit], done: Container[Unit]) -> Evidence:
    """What there was no time for."""
    every = Counter((unit.source, unit.table) for unit in units)
    left = Counter((unit.source, unit.table) for unit in units if unit not in done)
    why = "{:,} of {:,} units were not read: the time budget was used up"
    return Evidence(
        skipped=tuple(
            Skipped(source, "units", why.format(count, every[source, table]), table)
            for (source, table), count in sorted(left.items())
        )
    )


def _total(parts: Sequence[Evidence]) -> Evidence:
    """The sum, pair by pair: adding one by one would copy the columns of a wide source again and again."""
    total = list(parts)
    while len(total) > 1:
        total = [sum(total[at + 1 : at + 2], total[at]) for at in range(0, len(total), 2)]
    return total[0] if total else Evidence()


def _tell(progress: Progress | None, unit: Unit, evidence: Evidence) -> None:
    if progress:
        progress.done(unit, sum(facts.rows for facts in evidence.tables.values()))


def _names_remark(evidence: Evidence, settings: Settings) -> Iterator[Remark]:
    """How names were looked for in free text, how many texts the model saw, and what may have been missed."""
    most, model = settings.detection.sentences, installed_model() if settings.ner else ""
    bound = "in every distinct text of each free-text column"
    if most is not None:
        bound = (
            f"in the first {most:,} distinct texts of each free-text column and unit; "
            f"where there were more, names in fewer than {3 / most:.2%} of them may be missed (95 % bound; --ner all reads all)"
        )
    by_lists = "looked for by lists of names and the words beside them only"
    if model:
        shown, unsigned = (sum(getattr(facts, name) for facts in evidence.tables.values()) for name in ("sentences", "unsigned"))
        seen = f"the model saw {shown:,} texts and was spared {unsigned:,} in which nothing looks like a name"
        how = f"looked for with {model}, lists of names and the words beside them {bound}; {seen}"
    elif settings.ner:
        how = f"{by_lists}, as no spaCy model is installed (pip install 'pii_scan[ner]'), {bound}"
    else:
        how = f"{by_lists}, as asked (--no-ner), {bound}"
    yield Remark("", "", "names in free text", how)


def _now() -> str:
    """Now in UTC, or the moment that SOURCE_DATE_EPOCH fixes (reproducible-builds.org)."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = int(fixed) if fixed.isdigit() else time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
