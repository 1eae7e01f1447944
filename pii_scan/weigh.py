"""What the values of a column say for each entity: the pass rate of a check against chance, and the share of a shape."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pii_scan import weights as w
from pii_scan.model import ColumnEvidence, Entity, Tally


@dataclass(frozen=True, slots=True)
class Weight:
    """What one entity's tally is worth in one column."""

    nats: float
    """Log-likelihood that the column is of this entity, by values alone; negative speaks against."""
    share: float
    """Share of the non-empty cells that hold it, corrected for chance."""
    suits: float
    """Share of the non-empty cells whose shape would allow it."""
    beyond: float
    """Nats by which the hits exceed what chance gives, whatever their share."""


def weigh(entity: Entity, tally: Tally, seen: ColumnEvidence) -> Weight:
    """The worth of a tally."""
    filled = max(1, seen.cells - seen.nulls)
    suits = min(1.0, tally.matched / filled)
    found = min(1.0, tally.cells / filled)
    if not tally.passed:
        return Weight(0.0, 0.0, suits, 0.0)
    if entity.proof == "checked" and entity.name not in w.STRONG_SHAPES:
        return _checked(entity, tally, suits)
    many = min(1.0, tally.passed / w.OPEN_FULL)
    if entity.suggests:
        return Weight(_by_words(w.SIGNS, tally, found), found, found, 0.0)
    if entity.name in w.STRONG_SHAPES:
        alone, most = w.STRONG_SHAPES[entity.name], full(entity.name)
        nats = _by_words(most, tally, found) if entity.proof == "name" else by_share(most, found) * max(many, w.FEW_FORMS)
        return Weight(nats, found, suits, alone * max(many, w.FEW_FORMS))
    if entity.proof == "name":
        most = w.LISTS.get(entity.name, 3.0)
        # where only values of a certain form were asked, their share says nothing of the column
        listed = found if entity.name in w.OF_A_FORM else tally.passed / max(1, tally.examined)
        shares = w.LIST_SHARES.get(entity.name, w.LIST_SHARE)
        floor = 0.6 if found >= w.FULL else 0.3
        many = min(1.0, tally.passed / w.CLOSED_FULL) if entity.name in w.CLOSED else max(many, floor)
        return Weight(_by_list(most, max(listed, found), shares) * many, found, found, 0.0)
    return Weight(w.SUITS if found >= w.FULL else 0.0, found, found, 0.0)


def full(name: str) -> float:
    """What a whole column of a telling entity adds."""
    return w.FULL_COLUMN.get(name, w.STRONG_SHAPES[name])


def _checked(entity: Entity, tally: Tally, suits: float) -> Weight:
    """The generalised likelihood ratio of the pass rate against chance: n * KL(k/n || chance)."""
    tried, passed = tally.examined, tally.passed
    chance = min(max(entity.chance, 1e-6), 0.999)
    rate = passed / tried
    if rate <= chance:
        return Weight(w.DOUBTED if tried >= 20 and suits >= w.FULL else 0.0, 0.0, suits, 0.0)
    beyond = tried * _divergence(rate, chance)
    true = (rate - chance) / (1 - chance)
    share = true * suits
    return Weight(by_share(min(w.CHECKED_MOST, beyond), share), share, suits, beyond)


def _divergence(rate: float, chance: float) -> float:
    rest = 0.0 if rate >= 1 else (1 - rate) * math.log((1 - rate) / (1 - chance))
    return rate * math.log(rate / chance) + rest


def by_share(most: float, share: float) -> float:
    """What a column adds of the `most` it could: all of it for a full column, none at a fifth of the cells."""
    return most * min(1.0, max(0.0, (share - 0.2) / (w.FULL - 0.2)))


def completed(weight: Weight, most: float, plainer: Iterable[Weight]) -> Weight:
    """A telling form together with plainer ones of the same kind: in a column of telephone numbers, digits are one too."""
    share = min(1.0, weight.share + sum(one.share for one in plainer if 0 <= one.nats <= w.SUITS))
    before = by_share(most, weight.share)
    return replace(weight, nats=weight.nats * by_share(most, share) / before, share=share) if before else weight


def borne_out(weights: Mapping[str, Weight], tallies: Mapping[str, Tally]) -> dict[str, Weight]:
    """The weights, where some values of a telling form bear out that all those of a plain one are of the same kind."""
    told = dict(weights)
    for plain, bearer in w.BEARERS.items():
        if plain in told and bearer in told and told[plain].share >= w.FULL:
            some = tallies[bearer].passed >= w.BEARERS_LEAST and told[bearer].share >= w.BEARERS_SHARE
            told[plain] = replace(told[plain], nats=w.BORNE) if some else told[plain]
    return told


def outdone(weights: Mapping[str, Weight], entities: Mapping[str, Entity]) -> dict[str, Weight]:
    """The weights, where of two checks that the whole column keeps the laxer is the less likely reason for it."""
    kept = {
        name: one
        for name, one in weights.items()
        if entities[name].proof == "checked" and name not in w.STRONG_SHAPES and one.share >= w.FULL and one.nats > 0
    }
    if len(kept) < 2:
        return dict(weights)
    told = dict(weights)
    strictest = min(entities[name].chance for name in kept)
    most = max(one.beyond for one in kept.values())
    for name, one in kept.items():
        if entities[name].chance > w.NARROWER * strictest:
            told[name] = replace(one, nats=one.nats - min(w.NARROWER_MOST, max(0.0, most - one.beyond)))
    return told


def _by_list(most: float, share: float, shares: tuple[float, float]) -> float:
    """What a column whose values are on a list adds of the `most` it could."""
    begins, full = shares
    return most * min(1.0, max(0.0, (share - begins) / (full - begins)))


def _by_words(most: float, tally: Tally, found: float) -> float:
    """A list of a special category: few distinct values suffice where their words have one sense only."""
    told = tally.clear + w.LISTED_ONLY * max(0, tally.passed - tally.clear)
    return most * min(1.0, max(0.0, (found - 0.2) / (w.LISTS_FULL - 0.2))) * max(min(1.0, told / w.TELLING_VALUES), 0.5)
