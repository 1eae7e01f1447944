"""Recognizers that are asked only of columns whose name names what they find: six letters and digits are no WKN by themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from pii_scan import weights as w
from pii_scan.model import Catalogue, Kind
from pii_scan.naming import Namer


class Recognizer(Protocol):
    """What is asked of a recognizer here; one that has `named = True` is asked by name only."""

    supported_entities: list[str]


class ByName:
    """Tells the places of the recognizers that the name of a column brings in.

    Args:
        recognizers: all of a scan, in their places.
        catalogue: its entities.
    """

    def __init__(self, recognizers: Sequence[Recognizer], catalogue: Catalogue) -> None:
        self._places: dict[str, list[int]] = defaultdict(list)
        for place in places(recognizers):
            for name in recognizers[place].supported_entities:
                if name in catalogue.entities:
                    self._places[name].append(place)
        self._namer = Namer(_each_a_kind(catalogue, self._places))

    def __call__(self, column: str, table: str) -> tuple[int, ...]:
        """The places for a column, called with the way into its nested data (`fund.wkn`), of a table."""
        if not self._places:
            return ()
        read = self._namer.read(column, table)
        named = (name for name, said in read.items() if said.weight >= w.HEADER_BEGIN)
        return tuple(sorted({place for name in named for place in self._places[name]}))


def places(recognizers: Sequence[Recognizer]) -> tuple[int, ...]:
    """The places of those that are asked by name only."""
    return tuple(place for place, recognizer in enumerate(recognizers) if getattr(recognizer, "named", False))


def _each_a_kind(catalogue: Catalogue, names: Iterable[str]) -> Catalogue:
    """A catalogue in which each entity is a kind: of one kind, a name may name several."""
    known = {name: catalogue.entities[name] for name in names}
    tiers = {name: catalogue.kinds[one.kind].tier for name, one in known.items() if one.kind in catalogue.kinds}
    kinds = {name: Kind(name, one.label, "", tiers.get(name, "none"), headers=one.headers) for name, one in known.items()}
    return Catalogue(kinds, {})
