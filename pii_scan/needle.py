"""How much speaks for an entity that only some cells of a column hold: inside its texts, or as a needle among other values."""

from __future__ import annotations

import math
from typing import NamedTuple

from pii_scan import weights as w
from pii_scan.model import ColumnEvidence, ColumnKind, Entity, Tally
from pii_scan.weigh import weigh


class Minority(NamedTuple):
    """How much speaks for an entity in some cells of a column, and the cells that speak."""

    nats: float
    tally: Tally


NOBODY = Minority(0.0, Tally())


def minority(entity: Entity, seen: ColumnEvidence, shape: ColumnKind, *, explained: bool) -> Minority:
    """The strength of a minority entity, `NOBODY` where it is not worth a word.

    `explained`: (nearly) all values are numbers of things; only what is not even of their form is something else.
    """
    tally = seen.tallies[entity.name]
    if not tally.passed:
        return NOBODY
    in_text = shape in {"free_text", "mixed"}
    telling = entity.name in w.STRONG_SHAPES
    if in_text and (telling or (entity.proof == "name" and entity.name in w.IN_TEXT)):
        return Minority(_in_text(entity, tally, seen), tally)
    if not (entity.proof == "checked" or telling):
        return NOBODY
    whole = of_whole_cells(tally)
    # in a column of values a part of a longer one counts only beside whole ones
    ways = (whole, tally) if in_text or tally.whole else (whole,)
    return max((Minority(_needle(entity, one, seen, explained=explained), one) for one in ways), key=lambda found: found.nats)


def of_whole_cells(tally: Tally) -> Tally:
    """What the texts say that have the form as a whole; what stands inside longer ones is neither for nor against them."""
    clear = max(0, tally.clear - (tally.passed - tally.whole))
    texts, cells = (tally.tried, tally.whole, tally.whole), tally.whole_cells
    return Tally(tally.forms, *texts, cells, clear, tally.forms, tally.tried, cells)


def _in_text(entity: Entity, tally: Tally, seen: ColumnEvidence) -> float:
    """What words and telling forms say that stand inside texts."""
    if tally.passed < 3 and tally.passed < 0.02 * tally.examined:
        return 0.0
    if entity.proof == "name" and tally.cells < w.SELDOM * (seen.cells - seen.nulls):
        return w.NEEDLE_AT
    return min(w.CHECKED_MOST, w.NEEDLE + 1.5 * math.log1p(tally.passed))


def _needle(entity: Entity, tally: Tally, seen: ColumnEvidence, *, explained: bool) -> float:
    """What values say that hold an entity: most of its form must, and be nothing stricter, for digits may follow other rules."""
    alone = _alone(tally, seen.cells - seen.nulls)
    pure = 2 * tally.passed >= tally.examined >= tally.passed > 0 and 2 * tally.clear >= tally.passed
    if not pure or (explained and entity.proof == "checked" and not alone):
        return 0.0
    nats = weigh(entity, tally, seen).beyond + (w.ALONE if entity.proof == "checked" and alone else 0.0)
    return nats if nats >= w.NEEDLE else 0.0


def _alone(tally: Tally, filled: int) -> bool:
    """Whether whole cells are of an entity, and nothing else in a large column is even of its form."""
    fits = tally.matched <= max(1, w.ALONE_SHARE * filled)
    return filled >= w.ALONE_AMONG and fits and 0 < tally.passed == tally.whole == tally.examined
