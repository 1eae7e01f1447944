"""What remains in some tables after all that was taken out: which columns others may know, and whom they single out together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from pii_scan.alignment import Reading, tables
from pii_scan.compared import Pair
from pii_scan.contracts import Source
from pii_scan.errors import ConfigError
from pii_scan.fates import Fates
from pii_scan.model import Catalogue, Column, Finding, Report
from pii_scan.plan import fits
from pii_scan.risk import Asked, Risk, risk
from pii_scan.threads import at_once

WORDS = (
    "No table is anonymous by these numbers alone: they tell how many rows look alike to somebody who knows these columns. "
    "Pseudonymised data is still personal data for the key holder (GDPR Art. 4(5))."
)
_COUNTS = frozenset(
    "count counts cnt n num number_of_people persons people total anzahl nombre effectif cantidad numero conteggio aantal "
    "frequency freq headcount population patients customers members employees".split()
)
TARGET = 5
"""How many rows should look alike, where nothing else is asked for."""
_LIFTED = 200_000
"""Rows up to which the proof of a copy looks for generalisations; `pii-scan risk` does for any number."""
_SURE = frozenset({"certain", "likely"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of tables.

    Attributes:
        target: how many rows should share each combination.
        quasi: globs of columns that others may know; without any, those that the report finds.
        special: the same for columns of special categories.
        count: the column that says how many people a row stands for; found by its name where it is not given.
    """

    target: int = TARGET
    quasi: Sequence[str] = ()
    special: Sequence[str] = ()
    count: str = ""


@dataclass(frozen=True, slots=True)
class Remains:
    """What is left in one table.

    Attributes:
        direct: columns that still tell by themselves who someone is.
        before: the same combination of columns in the source that the table is a copy of.
    """

    source: str
    table: str
    direct: tuple[str, ...]
    count: str
    after: Risk
    before: Risk | None = None

    @property
    def verdict(self) -> str:
        """Whether it is what is called aggregated, in words."""
        if not self.direct and not self.after.columns:
            return "nothing was found in it by which people could be told apart (--quasi names such columns)"
        least = self.after.target
        return (
            f"every row stands for {least} people or more"
            if self.aggregated
            else f"not aggregated: not every row stands for {least}"
        )

    @property
    def aggregated(self) -> bool:
        """Whether no row stands for fewer people than asked for."""
        return not self.direct and self.after.holds


def remains(sources: Sequence[Source], report: Report, wanted: Wanted) -> Iterator[Remains]:
    """What is left in every table of some sources, as a report on them tells.

    Args:
        sources: the sources.
        report: what a scan found in them.
        wanted: what is asked.
    """
    for source in sources:
        for label, units in tables(source).items():
            found = [one for one in report.findings if (one.column.source, one.column.table) == (source.address, label)]
            names = _names(report, source.address, label)
            asked = _asked(found, names, wanted)
            reading = Reading(source, units, asked.columns)
            yield Remains(source.address, label, _direct(found), asked.count, risk(reading, asked))


def of_copy(pair: Pair, fates: Fates, report: Report, catalogue: Catalogue, target: int = TARGET) -> Iterator[Remains]:
    """What is left in every table of a copy, beside what was there before, by the columns that told or still tell."""
    source, copy = tables(pair.source), tables(pair.copy)
    for label, units in copy.items():
        origin = source.get(label) or (next(iter(source.values())) if len(source) == 1 else None)
        if origin is None:
            continue
        found = [one for one in report.findings if (one.column.source, one.column.table) == (pair.copy.address, label)]
        tiers: dict[str, dict[str, str]] = {"quasi": {}, "special": {}}
        for name in _names(report, pair.copy.address, label):
            kind = fates.of(Column(pair.source.address, origin[0].table, *name.partition(".")[::2])).kind
            tier = catalogue.kinds[kind].tier if kind in catalogue.kinds else ""
            tiers.get(tier, {})[name] = kind
        for one in found:
            tiers.get(one.tier, {}).setdefault(_place(one.column), one.kind)
        if not tiers["quasi"]:
            continue
        asked = Asked(tiers["quasi"], [name for name in tiers["special"] if name not in tiers["quasi"]], "", target)
        before, after = Reading(pair.source, origin, asked.columns), Reading(pair.copy, units, asked.columns)
        was, now = at_once(partial(risk, asked=asked, lifting=False), (before, after))
        if was.rows <= _LIFTED:
            now = risk(Reading(pair.copy, units, asked.columns), asked)
        # a label or a token in the place of a name reads like one
        kept = [one for one in found if fates.of(_origin(one.column, pair.source.address, origin[0].table)).sort != "changed"]
        yield Remains(pair.copy.address, label, _direct(kept), "", now, was)


def table_of(one: Remains) -> dict[str, Any]:
    """What remains of one table, as JSON data."""
    return {
        "source": one.source,
        "table": one.table,
        "aggregated": one.aggregated,
        "direct": list(one.direct),
        "count": one.count or None,
        "after": _risk(one.after),
        "before": _risk(one.before) if one.before else None,
    }


def lines(one: Remains) -> Iterator[str]:
    """What remains of one table, in words."""
    found = one.after
    names = ", ".join(quasi.name for quasi in found.columns)
    rows = f"{found.rows:,} people" if one.count else f"{found.rows:,} rows"
    if one.direct:
        yield f"{one.table}: still identifies people by themselves, in {', '.join(one.direct)}: personal data, row by row"
    if not found.columns:
        yield f"{one.table}: {rows}; no column that others may know was found in it"
    elif found.holds:
        yield f"{one.table}: {rows}; by {names} every group has {found.k:,} or more (target {found.target}; k = {found.k:,})"
    else:
        share = found.at_risk / max(found.rows, 1)
        small = ", ".join(f"{count:,} of {size}" for size, count in found.smallest if size < found.target)
        yield (
            f"{one.table}: {rows}; by {names} k = {found.k}: {found.at_risk:,} ({share:.1%}) are in groups smaller than "
            f"{found.target}, {found.alone:,} are alone (groups by size: {small})"
        )
    if one.before and one.before.rows:
        was = one.before
        yield f"{one.table}: before, k = {was.k}: {was.at_risk:,} in groups smaller than {found.target}, {was.alone:,} alone"
    for name, fewest in found.diversity.items():
        if fewest == 1:
            yield f"{one.table}: some group has one single value of {name}: who is known to be in it has that value (l = 1)"
        elif fewest:
            yield f"{one.table}: every group has {fewest} or more values of {name} (l = {fewest})"
    if found.lift:
        outcome = f"k = {found.lift.k}" if not found.lift.at_risk else f"{found.lift.at_risk:,} rows still at risk"
        yield f"{one.table}: {'; '.join(found.lift.steps)} would leave {outcome}"


def _asked(found: Sequence[Finding], names: Sequence[str], wanted: Wanted) -> Asked:
    kinds = {_place(one.column): one.kind for one in found}
    known = {name: kinds.get(name, "") for name in names if any(fits(glob, name) for glob in wanted.quasi)}
    if not wanted.quasi:
        known = {_place(one.column): one.kind for one in found if one.tier == "quasi"}
    if wanted.quasi and not known and names:
        raise ConfigError("no column fits", where="--quasi", way_out=f"columns are: {', '.join(names)}")
    marked = [name for name in names if any(fits(glob, name) for glob in wanted.special)]
    marked = marked if wanted.special else sorted({_place(one.column) for one in found if one.tier == "special"})
    counted = wanted.count if wanted.count in names else ""
    if not wanted.count:
        counted = next((name for name in names if name.lower() in _COUNTS and name not in known), "")
    return Asked(known, [name for name in marked if name not in known], counted, wanted.target)


def _names(report: Report, source: str, table: str) -> tuple[str, ...]:
    return next((one.names for one in report.tables if (one.source, one.table) == (source, table)), ())


def _origin(column: Column, source: str, table: str) -> Column:
    return Column(source, table, column.column, column.path)


def _direct(found: Sequence[Finding]) -> tuple[str, ...]:
    """Columns whose cells bear out that they tell who someone is: a column of labels is still called `email`."""
    sure = (one for one in found if one.tier == "direct" and one.band in _SURE and one.entity and one.cells)
    return tuple(sorted({_place(one.column) for one in sure}))


def _place(column: Column) -> str:
    return ".".join(part for part in (column.column, column.path) if part)


def _risk(found: Risk) -> dict[str, Any]:
    made = asdict(found)
    made["smallest"] = [{"size": size, "groups": groups} for size, groups in found.smallest]
    made["holds"] = found.holds
    return made
