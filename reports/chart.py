"""The chart of kinds by source, as data: what the template draws as stacked bars and says as text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pii_scan.model import Report
from pii_scan.reports.wording import label, plural

SPECIAL, ORDINARY = 3, 7
"""Shades that the style sheet has for special categories and for all other kinds; rarer kinds share the last shade."""
BARS = 24
"""Sources drawn; the chart says how many more there are."""


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour of the chart and what it stands for."""

    name: str
    """The CSS class."""
    words: str
    columns: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One shade in one bar; places are percentages of the chart's width."""

    shade: Shade
    columns: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One source; its length is its columns with a finding."""

    source: str
    columns: int
    segments: tuple[Segment, ...]

    @property
    def words(self) -> str:
        """The bar as text: `Email 2, Phone 1`."""
        return ", ".join(f"{segment.shade.words} {segment.columns}" for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, longest first, and what their colours mean."""

    shades: tuple[Shade, ...]
    bars: tuple[Bar, ...]
    more: str
    """`3 sources` that are not drawn; empty where all are."""


def chart(report: Report) -> Chart:
    """The report's findings as bars: a column counts once for each kind it holds."""
    pairs = {(finding.column, finding.kind, finding.special) for finding in report.findings}
    shade_of = _shades(Counter((kind, special) for _, kind, special in pairs))
    shades = tuple(dict.fromkeys(shade_of.values()))
    sources: dict[str, Counter[Shade]] = {}
    for column, kind, _ in pairs:
        sources.setdefault(column.source, Counter())[shade_of[kind]] += 1
    ranked = sorted(sources, key=lambda source: (-sources[source].total(), source))
    longest = max((tally.total() for tally in sources.values()), default=1)
    bars = tuple(_bar(source, sources[source], shades, longest) for source in ranked[:BARS])
    return Chart(shades, bars, plural(len(ranked) - BARS, "source") if len(ranked) > BARS else "")


def _shades(columns: Counter[tuple[str, bool]]) -> dict[str, Shade]:
    """A shade for each kind: special ones in their own hues, the most frequent first, the rest together."""
    ranked = sorted(columns, key=lambda key: (-columns[key], key))
    special = {kind: columns[kind, True] for kind, is_special in ranked if is_special}
    ordinary = {kind: columns[kind, False] for kind, is_special in ranked if not is_special and kind not in special}
    return _family(special, SPECIAL, "s", "Other special categories") | _family(ordinary, ORDINARY, "k", "Other kinds")


def _family(columns: dict[str, int], size: int, prefix: str, others: str) -> dict[str, Shade]:
    kinds = list(columns)
    own = kinds if len(kinds) <= size else kinds[: size - 1]
    shades = {kind: Shade(f"{prefix}{at}", label(kind), columns[kind]) for at, kind in enumerate(own)}
    rest = kinds[len(own) :]
    shared = Shade(f"{prefix}{size - 1}", others, sum(columns[kind] for kind in rest))
    return shades | dict.fromkeys(rest, shared)


def _bar(source: str, tally: Counter[Shade], shades: tuple[Shade, ...], longest: int) -> Bar:
    segments, start = [], 0.0
    for shade in shades:
        if columns := tally[shade]:
            width = 100 * columns / longest
            segments.append(Segment(shade, columns, round(start, 3), round(width, 3)))
            start += width
    return Bar(source, tally.total(), tuple(segments))
