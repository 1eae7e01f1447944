"""From the sum of evidence to a probability that means what it says: one straight line for each source of evidence."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

Source = Literal["both", "name", "values"]
"""What a verdict rests on: a telling name over cells, the name of an empty column, or values under a name that says nothing."""

TOLD: Mapping[Source, str] = {"both": "name and values", "name": "name alone", "values": "values alone"}
"""The sources in words."""
TABLE = Path(__file__).with_suffix(".toml")
"""The lines as `benchmarks/fit.py` fitted them."""


class Line(NamedTuple):
    """How log-odds that were summed up become log-odds that hold: monotone, since its slope is positive."""

    slope: float
    shift: float

    def at(self, raw: float) -> float:
        """The log-odds that hold."""
        return self.slope * raw + self.shift


AS_SUMMED = Line(1.0, 0.0)
"""The line that changes nothing."""


@cache
def lines() -> Mapping[Source, Line]:
    """The shipped lines."""
    read = tomllib.loads(TABLE.read_text("utf-8"))
    return {source: Line(read[source]["slope"], read[source]["shift"]) for source in TOLD}


def calibrated(raw: float, source: Source) -> float:
    """The probability of a family of kinds whose log-odds against everything else are `raw`."""
    return probability(lines()[source].at(raw))


def probability(log_odds: float) -> float:
    """The probability at some log-odds."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > 0 else math.exp(log_odds) / (1 + math.exp(log_odds))
