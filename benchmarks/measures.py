"""What the tools said, as tables of results: one row a tool, the same scorer for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from benchmarks.examples import Situation
from benchmarks.identifiers import Found
from benchmarks.promises import of_calibration
from benchmarks.queries import Asked, of_queries
from benchmarks.scoring import (
    Outcome,
    Pairs,
    Rates,
    bootstrap,
    by_label,
    personal,
    share,
    weighted_f1,
)
from benchmarks.sets import CELL_LABELS, CELLS, NAMES, TABLES, Labelled
from benchmarks.tables import Table
from pii_scan.model import Finding

TIERS = ("direct", "special", "quasi", "attribute")
FEW, GOOD = 3, 0.9
"""A kind is told as a weak side from this many columns on, and below this F1."""
OURS = "pii-scan"
VALUES_ONLY = ", values only"


@dataclass
class Results:
    """All that was said, by set and tool; a tool is a name such as `pii-scan, values only`."""

    said: dict[str, dict[str, list[Outcome]]] = field(default_factory=dict)
    identifiers: dict[str, dict[str, list[Found]]] = field(default_factory=dict)
    promises: dict[Situation, list[tuple[Labelled, Finding]]] = field(default_factory=dict)
    """The surest finding of ours on each scored column, by situation."""
    crossed: Mapping[Situation, float] = field(default_factory=dict)
    """The calibration error in each situation on sources that were not fitted on."""
    absent: dict[str, str] = field(default_factory=dict)
    """Peers that could not be asked, and why."""
    queries: list[Asked] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)


def all_tables(results: Results) -> list[Table]:
    """Every table that the results allow."""
    made: list[Table] = []
    for name, summary in ((TABLES, of_tables), (CELLS, of_cells), (NAMES, of_names)):
        if tools := results.said.get(name):
            made.append(summary(tools))
    made += [by_kind(name, results.said[name]) for name in (TABLES, CELLS) if name in results.said]
    made += [of_identifiers(name, tools) for name, tools in results.identifiers.items()]
    if results.queries:
        made.append(of_queries(results.queries))
    if results.promises:
        made.append(of_calibration(results.promises, results.crossed))
    return made


def of_tables(tools: Mapping[str, Sequence[Outcome]]) -> Table:
    """Whole tables: recall by tier, false flags, types, personal or not."""
    first = next(iter(tools.values()))
    counts = {tier: sum(one.truth.tier == tier for one in first) for tier in (*TIERS, "none")}
    head = ["", *(f"{tier} ({counts[tier]})" for tier in TIERS), f"false flags ({counts['none']})", "type F1", "personal F1"]
    rows = []
    for tool, outcomes in tools.items():
        in_tier = {tier: [one for one in outcomes if one.truth.tier == tier] for tier in (*TIERS, "none")}
        recalls = [_interval(in_tier[tier], _right) for tier in TIERS]
        flags = _interval(in_tier["none"], _flagged)
        rows.append([tool, *recalls, flags, _interval(outcomes, _types), _interval(outcomes, _personal_f1)])
    return Table(
        f"Columns of whole tables ({TABLES}, {len(first)} scored)",
        head,
        rows,
        "Share of the personal columns of each tier that were given a right kind; share of the impersonal columns that were flagged; "
        "F1 over types, weighted by how many columns have the type, `none` included; F1 of personal or not.",
    )


def of_cells(tools: Mapping[str, Sequence[Outcome]]) -> Table:
    """Single columns of five cells."""
    rows = []
    for tool, outcomes in tools.items():
        rates = personal(outcomes)
        rows.append(
            [
                tool,
                _interval(outcomes, partial(_types, space=CELL_LABELS)),
                _number(rates.precision),
                _number(rates.recall),
                _interval(outcomes, _personal_f1),
            ]
        )
    size = len(next(iter(tools.values())))
    return Table(
        f"Single columns of five cells ({CELLS}, {size} scored)",
        ["", "type F1", "personal: precision", "recall", "F1"],
        rows,
        "Weighted F1 over types; a kind that the set has no label for is no mistake on a column labelled None, but counts as a "
        "flag under *personal*. Bare record ids (GENERIC_ID) count neither way.",
    )


def of_names(tools: Mapping[str, Sequence[Outcome]]) -> Table:
    """Names alone."""
    rows = []
    first = next(iter(tools.values()))
    for tool, outcomes in tools.items():
        sides = [[one for one in outcomes if one.truth.personal is side] for side in (True, False)]
        rows.append([tool, *(_interval(side, _flagged) for side in sides)])
    users = sum(one.truth.personal for one in first)
    return Table(
        f"Names of columns alone ({NAMES})",
        ["", f"user.*, flagged ({users})", f"system.*, flagged ({len(first) - users})"],
        rows,
        "Empty columns, judged by their names and that of their table. Tools that do not read names cannot take part.",
    )


def by_kind(name: str, tools: Mapping[str, Sequence[Outcome]]) -> Table:
    """Precision, recall and F1 of ours for each kind, the F1 of the others beside."""
    space = CELL_LABELS if name == CELLS else None
    rates = {tool: by_label(_pairs(outcomes, space)) for tool, outcomes in tools.items()}
    mine = rates[OURS]
    others = [tool for tool in rates if tool != OURS and (tool == OURS + VALUES_ONLY or VALUES_ONLY not in tool)]
    rows = [
        [kind, str(one.wanted), *map(_number, (one.precision, one.recall, one.f1))]
        + [_number(rates[tool][kind].f1) if kind in rates[tool] else "-" for tool in others]
        for kind, one in mine.items()
        if one.wanted or one.given
    ]
    head = ["kind", "columns", "precision", "recall", "F1", *(f"F1 {tool}" for tool in others)]
    return Table(
        f"By kind ({name})",
        head,
        rows,
        "By the strongest claim on each column. Kinds with no columns were only ever given by mistake.",
    )


def types(outcomes: Sequence[Outcome], name: str) -> float:
    """The weighted F1 over types in one of the two sets that have types."""
    return _types(outcomes, CELL_LABELS if name == CELLS else None)


def weakest(named: tuple[str, Mapping[str, Sequence[Outcome]]]) -> Iterator[tuple[str, str, Rates]]:
    """The kinds of a set at which ours does worst, of those with a few columns: F1 below 0.9, at most six."""
    name, tools = named
    if name == NAMES:
        return
    rates = by_label(_pairs(tools[OURS], CELL_LABELS if name == CELLS else None))
    poor = sorted((one.f1, kind) for kind, one in rates.items() if one.wanted >= FEW and one.f1 < GOOD)
    yield from ((name, kind, rates[kind]) for _, kind in poor[:6])


def of_identifiers(name: str, tools: Mapping[str, Sequence[Found]]) -> Table:
    """Valid identifiers found, invalid ones accepted."""
    rows = []
    for tool, found in tools.items():
        people = [one for one in found if one.personal]
        itself = [
            tool,
            *(_accepted(some, valid=valid, itself=True) for some in (found, people) for valid in (True, False)),
        ]
        anything = [
            f"{tool}, any",
            *(_accepted(some, valid=valid, itself=False) for some in (found, people) for valid in (True, False)),
        ]
        rows += [itself, anything] if found and found[0].itself is not None else [anything]
    return Table(
        f"Single identifiers, the name known ({name})",
        ["", "valid found", "invalid accepted", "of persons: valid found", "invalid accepted"],
        rows,
        "First whether a text is found, whole, as the very identifier that its column is named after; then (*any*) whether it is taken for "
        "any identifier of somebody, which is all that tools without that identifier can be asked.",
    )


def _pairs(outcomes: Iterable[Outcome], space: Mapping[str, Iterable[str]] | None) -> Pairs:
    return [(one.truth.label, one.said(space)) for one in outcomes]


def _types(outcomes: Sequence[Outcome], space: Mapping[str, Iterable[str]] | None = None) -> float:
    return weighted_f1(_pairs(outcomes, space))


def _right(outcomes: Sequence[Outcome]) -> float:
    return share(outcomes, lambda one: one.right)


def _flagged(outcomes: Sequence[Outcome]) -> float:
    return share(outcomes, lambda one: one.flagged)


def _personal_f1(outcomes: Sequence[Outcome]) -> float:
    return personal(outcomes).f1


def _interval(outcomes: Sequence[Outcome], score: Callable[[Sequence[Outcome]], float]) -> str:
    return str(bootstrap(outcomes, lambda one: one.truth.group, score)) if outcomes else "-"


def _accepted(found: Sequence[Found], *, valid: bool, itself: bool) -> str:
    judged = [one.itself if itself else one.anything for one in found if one.identifier.valid is valid]
    return f"{sum(map(bool, judged)) / len(judged):.4f} ({len(judged)})" if judged else "-"


def _number(value: float) -> str:
    return f"{value:.3f}"
