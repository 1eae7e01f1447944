"""What is said of one column while it is judged: the column as the verdict sees it, and a sum of terms for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pii_scan import weights as w
from pii_scan.distinct import estimate
from pii_scan.model import Column, ColumnEvidence, ColumnKind
from pii_scan.naming import Named
from pii_scan.weigh import Weight


@dataclass(frozen=True, slots=True)
class View:
    """One column as the verdict sees it."""

    column: Column
    seen: ColumnEvidence
    shape: ColumnKind
    rows: int
    weights: Mapping[str, Weight]

    @property
    def filled(self) -> int:
        """Cells that hold something."""
        return self.seen.cells - self.seen.nulls


class Term(NamedTuple):
    """One term of the sum, in nats of log-likelihood, and what it is for in words."""

    nats: float
    what: str


@dataclass(slots=True)
class Case:
    """What speaks for one kind in one column: a sum of terms."""

    kind: str
    terms: list[Term] = field(default_factory=list)
    entity: str = ""
    value: Weight | None = None
    named: Named | None = None
    most: float = 1.0
    """The most that its probability may be, whatever the sum."""
    mixed: bool = False
    """Whether entities of several rows share the column."""
    reasons: list[str] = field(default_factory=list)

    @property
    def nats(self) -> float:
        """The sum of the terms."""
        return sum(term.nats for term in self.terms)

    def add(self, nats: float, what: str) -> None:
        """One term more; nothing where it is nought."""
        if nats:
            self.terms.append(Term(nats, what))


def running(seen: ColumnEvidence) -> bool:
    """Whether the cells are numbers that all differ, with no more digits than counting the records takes."""
    texture, filled = seen.texture, seen.cells - seen.nulls
    whole = "float" not in seen.type and texture.texts > 0 and texture.numeric == texture.texts
    distinct = min(estimate(seen.registers), filled) >= w.RECORD_KEY_DISTINCT * filled
    return whole and distinct and texture.chars <= (len(str(filled)) + 1) * texture.texts


def column_kind(seen: ColumnEvidence) -> ColumnKind:
    """Whether the cells are values of one sort, sentences, both, or nothing at all."""
    filled = seen.cells - seen.nulls
    if not filled:
        return "empty"
    if any(tally.whole_cells >= w.FULL * filled for name, tally in seen.tallies.items() if name in w.LONG_FORMS):
        return "values"
    share = seen.texture.prose / max(1, seen.texture.texts)
    return "free_text" if share >= 0.5 else "mixed" if share >= 0.1 else "values"
