"""What the name of a column says: the kinds and entities whose phrases stand in it, and how much that weighs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from pii_scan import weights as w
from pii_scan.header import words
from pii_scan.model import Catalogue

_ABOUT_AFTER = frozenset(
    "id ids key fk pk count counts total flag type types status verified valid validated is has at length sent opt template "
    "enabled disabled created updated modified deleted format domain hash score rank required exists confirmed changed expires "
    "expired reset token ratio pct percent avg sum min max version source provider level index campaign subject body service "
    "services consent anzahl typ art tipo statut estado".split()
)
"""Words that, after a phrase, make the column tell something about a datum, not the datum."""
_ABOUT_BEFORE = frozenset(
    "is has count total num number_of id ids type types tipo typ statut status estado anzahl min max avg sum flag valid".split()
)
"""The same before a phrase."""
_DECISIVE = frozenset({"cookie", "cookies", "iban", "imei", "passport", "passeport", "reisepass", "pasaporte", "ssn"})
"""Words that mean one thing only: what follows them tells which one (`cookie_invitation`, `passport_fr`)."""
_SILENT = frozenset(
    "number no nr num n text value field col column data info detail details full the my your our current main primary secondary "
    "first1 alt alternative other home work mobile private business office billing shipping delivery invoice mailing postal "
    "permanent customer client user member employee staff person contact patient owner guest buyer seller sender recipient "
    "emergency string str raw clean new old orig original cust usr emp line 1 2 3".split()
)
"""Words beside a phrase that change nothing in what it says."""
_CODED = frozenset("id ids code type types typ tipo art status statut estado is has flag level".split())
"""Words about a datum that leave it one of a special category: a code, a status or a yes of it tells as much."""

Sort = Literal["header", "ambiguous", "hint", "sign"]
"""How a phrase speaks of a kind: names it, names other things too, hints at it, or names what lets one guess it."""


class Named(NamedTuple):
    """One kind that a column name speaks of."""

    weight: float
    phrase: str
    entity: str
    """The very entity that the phrase names, or empty where it names only the kind."""
    sort: Sort = "header"


class Namer:
    """Reads column names by the phrases of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str, str, Sort]]] = defaultdict(list)
        self._joined: dict[str, list[tuple[str, str, Sort]]] = defaultdict(list)
        self._special = frozenset(kind.name for kind in catalogue.kinds.values() if kind.tier == "special")
        for kind in catalogue.kinds.values():
            ambiguous = frozenset(map(words, kind.ambiguous))
            self._add((phrase for phrase in kind.headers if words(phrase) not in ambiguous), kind.name, "", "header")
            self._add(kind.ambiguous, kind.name, "", "ambiguous")
            self._add(kind.hints, kind.name, "", "hint")
            self._add(kind.signs, kind.name, "", "sign")
        for entity in catalogue.entities.values():
            self._add(entity.headers, entity.kind, entity.name, "header")

    def read(self, name: str) -> Mapping[str, Named]:
        """By kind, the weightiest thing that the name says of it.

        A phrase that stands inside a longer one says nothing by itself (`name` in `company name`). Of a nested name
        the last part speaks (`address.city`), its parents only where it is silent.
        """
        *parents, last = name.split(".")
        found = self._read(words(last))
        if not any(named.weight > w.HINT_WHOLE for named in found.values()) and parents:
            for kind, named in self._read(words(f"{parents[-1]} {last}")).items():
                found[kind] = max(found.get(kind, named), named)
        return found

    def _read(self, split: tuple[str, ...]) -> dict[str, Named]:
        matches = list(self._found(split))
        best: dict[str, Named] = {}
        for start, end, kind, named in matches:
            if any(low <= start and end <= high and (low, high) != (start, end) for low, high, *_ in matches):
                continue
            best[kind] = max(best.get(kind, named), named, key=lambda one: (one.weight, one.entity != "", one.entity))
        return best

    def _add(self, phrases: Iterable[str], kind: str, entity: str, sort: Sort) -> None:
        for phrase in phrases:
            split = words(phrase)
            if len("".join(split)) > 1:  # a column called `b` says nothing
                self._by_first[split[0]].append((split, kind, entity, sort))
                self._joined["".join(split)].append((kind, entity, sort))

    def _found(self, split: tuple[str, ...]) -> Iterator[tuple[int, int, str, Named]]:
        """Each phrase in the name: from which word to which, of which kind, and its weight."""
        for kind, entity, sort in self._joined.get("".join(split), ()):
            weight = (w.HINT_WHOLE if sort == "hint" else w.HEADER_WHOLE) + w.LONGER
            yield 0, len(split), kind, Named(weight, " ".join(split), entity, sort)
        for start, word in enumerate(split):
            for phrase, kind, entity, sort in self._by_first.get(word, ()):
                end = start + len(phrase)
                if split[start:end] == phrase:
                    special = kind in self._special and sort in {"header", "sign"}
                    decisive = not _DECISIVE.isdisjoint(phrase) or (special and len(phrase) > 1)
                    weight = _weight(split[:start], split[end:], sort, decisive=decisive, special=special)
                    yield start, end, kind, Named(weight + w.LONGER * (len(phrase) - 1), " ".join(phrase), entity, sort)
            if len(split) > 1 and len(word) > 4:
                for kind, entity, sort in self._joined.get(word, ()):
                    special = kind in self._special and sort in {"header", "sign"}
                    weight = _weight(split[:start], split[start + 1 :], sort, special=special)
                    yield start, start + 1, kind, Named(weight, word, entity, sort)


def _weight(
    before: tuple[str, ...], after: tuple[str, ...], sort: Sort, *, decisive: bool = False, special: bool = False
) -> float:
    strong = sort != "hint"
    if special:
        before, after = (tuple(word for word in side if word not in _CODED) for side in (before, after))
    rest = {word for word in (*before, *after) if not word.isdigit()}
    if set(after) & _ABOUT_AFTER or set(before) & _ABOUT_BEFORE:
        return w.HEADER_MODIFIED
    if not rest:
        return w.HEADER_WHOLE if strong else w.HINT_WHOLE
    if decisive or not after or rest <= _SILENT or set(after) <= _SILENT:
        return w.HEADER_END if strong else w.HINT_END
    return w.HEADER_BEGIN if strong else w.HINT_BEGIN
