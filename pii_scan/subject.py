"""What a table or a nested record is about, by its name: people, things, or nothing that can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pii_scan.header import words
from pii_scan.model import Catalogue

Subject = Literal["people", "things", ""]

_WRAPPING = frozenset(
    (
        "tbl tb t tab table tables data dataset raw stg stage staging src source dim fact dbo public main master mst list "
        "listing export import dump extract backup bak tmp temp old new all full current final clean test tests train "
        "training sample samples small large file files csv tsv json jsonl parquet xlsx xls sheet sheet1 view v vw mv "
        "info information details detail dtl record records rec row rows entry entries partition partitioned account "
        "accounts profile profiles base stammdaten liste lista fichier db x s c"
    ).split()
)
"""Words of a table's name that say nothing of what it holds: `tbl_person`, `customer_profiles`, `raw users.csv`."""
_PAST = frozenset("history hist archive archived".split())
_EVENTS = frozenset("login logins signup signups registration registrations payroll roster kyc crm hr directory".split())
"""Tables about people of which a row is no person."""
_OUTER = frozenset(
    ("data attributes properties fields payload body result results items item object values value node edges").split()
)
"""Records that only wrap another."""


class Subjects:
    """Reads names of tables and records by the `tables` phrases of a catalogue's kinds."""

    def __init__(self, catalogue: Catalogue) -> None:
        kinds = catalogue.kinds
        self._people = _phrases(kinds["person_name"].tables if "person_name" in kinds else ())
        self._things = _phrases(kinds["none"].tables if "none" in kinds else ())

    def of(self, name: str) -> Subject:
        """Whom or what a name stands for as a whole: `customers` for people, `customer_feedback` for neither.

        A table is of people only where nothing but people is named; of things where its name ends in one.
        """
        said = tuple(word for word in words(name) if word not in _WRAPPING)
        if said in self._people:
            return "" if _EVENTS & {*said} else "people"
        if any(said[-length:] in self._things for length in (1, 2, 3)) and not any((word,) in self._people for word in said):
            return "things"
        return ""

    def of_column(self, table: str, parents: Sequence[str]) -> Subject:
        """The nearest record around a column that tells anything, else its table."""
        return next((subject for name in reversed([table, *parents]) if (subject := self.of(name))), "")


def parts(name: str) -> tuple[tuple[str, ...], str]:
    """A nested name as the records around it, outermost first, and its own name; signs of lists and wrappings go."""
    *parents, last = [part for part in name.replace("[]", "").split(".") if part.strip("*")] or [name]
    return tuple(part for part in parents if part.casefold() not in _OUTER), last


def singular(name: str) -> str:
    """A record's name as one of it: `phone_numbers` as `phone number`."""
    said = [word for word in words(name) if word not in _WRAPPING | _PAST] or list(words(name))
    if said and said[-1].isascii() and said[-1].endswith("s") and not said[-1].endswith("ss"):
        said[-1] = said[-1][:-3] + "y" if said[-1].endswith("ies") else said[-1][:-1]
    return " ".join(said)


def _phrases(texts: Sequence[str]) -> Mapping[tuple[str, ...], None]:
    return dict.fromkeys(words(text) for text in texts)
