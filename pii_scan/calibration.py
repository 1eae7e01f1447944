"""From the sum of evidence to a probability that means what it says: one line of three pieces for each source of evidence."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

Source = Literal["both", "name", "values", "against"]
"""What a verdict rests on: a telling name over cells, the name of an empty column, values under a name that says nothing (`c7`),
or values under a name of something else, or of what is not known."""

TOLD: Mapping[Source, str] = {
    "both": "name and values",
    "name": "name alone",
    "values": "values alone",
    "against": "values under another name",
}
"""The sources in words."""
TABLE = Path(__file__).with_suffix(".toml")
"""The lines as `benchmarks/fit.py` fitted them."""


LEAST, LIKELY = -2.197, 0.847
"""The log-odds of 0.10 and 0.70, from which on a verdict is told and is likely."""


class Line(NamedTuple):
    """How log-odds that were summed up become log-odds that hold: three straight pieces, which rise all the way."""

    foot: float
    """The sum from which the line is steep: before it, little evidence is about as often wrong as less."""
    knee: float
    """The sum at which a verdict becomes likely."""
    top: float
    """The sum from which more evidence that agrees changes little."""
    below: float
    """What a nat counts before the foot."""
    steep: float
    """What it counts between foot and top."""
    above: float
    """What it counts beyond the top."""

    def at(self, raw: float) -> float:
        """The log-odds that hold; a sum that is not worth a word is not raised."""
        within = self.steep * (min(max(raw, self.foot), self.top) - self.knee)
        outside = self.below * min(0.0, raw - self.foot) + self.above * max(0.0, raw - self.top)
        held = LIKELY + within + outside
        return min(raw, held) if raw < LEAST else held


AS_SUMMED = Line(LIKELY, LIKELY, LIKELY, 1.0, 1.0, 1.0)
"""The line that changes nothing."""


@cache
def lines() -> Mapping[Source, Line]:
    """The shipped lines."""
    read = tomllib.loads(TABLE.read_text("utf-8"))
    return {source: Line(**read[source]) for source in TOLD}


def calibrated(raw: float, source: Source) -> float:
    """The probability of a family of kinds whose log-odds against everything else are `raw`."""
    return probability(lines()[source].at(raw))


def probability(log_odds: float) -> float:
    """The probability at some log-odds."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > 0 else math.exp(log_odds) / (1 + math.exp(log_odds))
