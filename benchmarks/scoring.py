"""The scorer, one for every tool: what was said of labelled columns, in; shares, F1, calibration and intervals, out.

A tool says of a column a list of claims, the strongest first. A claim is right where one of its kinds is right for the column.
A *neutral* claim (a date, a web address: not in itself personal) counts where it is right and is not held against a tool elsewhere.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeVar

from benchmarks.sets import Labelled

DRAWS = 1_000
SEED = 1

Item = TypeVar("Item")


class Claim(NamedTuple):
    """One thing that a tool says a column holds."""

    kinds: tuple[str, ...]
    """Our kinds that its label covers, the most usual first."""
    neutral: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A labelled column and what a tool said of it."""

    truth: Labelled
    claims: tuple[Claim, ...]

    @property
    def heard(self) -> tuple[Claim, ...]:
        """The claims that count."""
        return tuple(claim for claim in self.claims if not claim.neutral or self._is_right(claim))

    @property
    def right(self) -> bool:
        """Whether any claim names a right kind."""
        return any(map(self._is_right, self.claims))

    @property
    def flagged(self) -> bool:
        """Whether the tool calls the column personal."""
        return bool(self.heard)

    def said(self, space: Mapping[str, Iterable[str]] | None = None) -> str:
        """The label that the strongest claim amounts to.

        With a space (the labels of a set and their kinds), a kind outside of it is `other`, and no mistake on a column
        that the set calls impersonal: it may well hold what the set has no label for.
        """
        if not self.heard:
            return "none"
        first = self.heard[0]
        if self._is_right(first):
            return self.truth.label
        if space is None:
            return first.kinds[0]
        known = next((label for label, kinds in space.items() if not set(kinds).isdisjoint(first.kinds)), "other")
        return "none" if known == "other" and not self.truth.personal else known

    def _is_right(self, claim: Claim) -> bool:
        return not self.truth.accepts.isdisjoint(claim.kinds)


class Rates(NamedTuple):
    """How one label fares."""

    wanted: int
    given: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the columns given this label that have it."""
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        """Share of the columns with this label that were given it."""
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """Twice what is right, over what is wanted and given."""
        return 2 * self.right / (self.wanted + self.given) if self.right else 0.0


Pairs = Sequence[tuple[str, str]]
"""(true label, said label) of each column."""


def by_label(pairs: Pairs) -> dict[str, Rates]:
    """Precision, recall and F1 of every label that is wanted or given, the most wanted first."""
    wanted, given, right = Counter[str](), Counter[str](), Counter[str]()
    for true, said in pairs:
        wanted[true] += 1
        given[said] += 1
        right[true] += true == said
    names = sorted({*wanted, *given}, key=lambda name: (-wanted[name], name))
    return {name: Rates(wanted[name], given[name], right[name]) for name in names}


def weighted_f1(pairs: Pairs) -> float:
    """F1 of each label, weighted by how many columns have it."""
    rates = by_label(pairs).values()
    return sum(one.wanted * one.f1 for one in rates) / max(1, len(pairs))


def personal(outcomes: Sequence[Outcome]) -> Rates:
    """Personal or not, whatever the kind."""
    return Rates(
        sum(one.truth.personal for one in outcomes),
        sum(one.flagged for one in outcomes),
        sum(one.truth.personal and one.flagged for one in outcomes),
    )


def share(outcomes: Iterable[Outcome], test: Callable[[Outcome], bool]) -> float:
    """The share of the outcomes that pass a test; 0 of none."""
    passed = [test(one) for one in outcomes]
    return sum(passed) / len(passed) if passed else 0.0


class Interval(NamedTuple):
    """A score with the 95 % interval of the bootstrap."""

    score: float
    low: float
    high: float

    def __str__(self) -> str:
        """`0.92 (0.90-0.94)`."""
        return f"{self.score:.3f} ({self.low:.3f}-{self.high:.3f})"


def bootstrap(
    items: Sequence[Item], group: Callable[[Item], str], score: Callable[[Sequence[Item]], float], *, draws: int = DRAWS
) -> Interval:
    """The score and its 95 % interval, by drawing whole groups with replacement: columns of one table stand and fall together."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[group(item)].append(item)
    pool, dice = list(groups.values()), random.Random(SEED)
    drawn = sorted(score([item for one in dice.choices(pool, k=len(pool)) for item in one]) for _ in range(draws if pool else 0))
    if not drawn:
        return Interval(0.0, 0.0, 0.0)
    return Interval(score(items), drawn[int(0.025 * draws)], drawn[min(draws - 1, int(0.975 * draws))])


class Bin(NamedTuple):
    """Verdicts of about the same probability."""

    low: float
    high: float
    size: int
    promised: float
    """Their mean probability."""
    kept: float
    """The share of them that are right."""


def reliability(verdicts: Iterable[tuple[float, bool]], edges: Sequence[float]) -> list[Bin]:
    """Verdicts (probability, right) by bins of probability; the last bin holds its upper edge. Empty bins are left out."""
    bins: list[Bin] = []
    known = list(verdicts)
    for low, high in pairwise(edges):
        here = [(p, right) for p, right in known if low <= p < high or (p == high == edges[-1])]
        if here:
            bins.append(
                Bin(low, high, len(here), sum(p for p, _ in here) / len(here), sum(right for _, right in here) / len(here))
            )
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error: the mean distance of what was promised from what was kept, weighted by bin."""
    return sum(one.size * abs(one.promised - one.kept) for one in bins) / max(1, sum(one.size for one in bins))
