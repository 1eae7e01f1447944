"""What stands around a column: its table, the record it is a field of, and the other columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from pii_scan import weights as w
from pii_scan.header import contains, words
from pii_scan.model import Catalogue, Column, Kind
from pii_scan.naming import OBJECT_ID, Named, generic
from pii_scan.subject import Subject, Subjects, parts, singular

_KEYS = frozenset("id pk key uuid guid uid rowid oid sk bk".split())
"""Names of a table's own key."""
_NAMES = frozenset({"person_name", "first_name", "last_name", "middle_name", "maiden_name"})
_IDENTIFYING = _NAMES | frozenset(
    "username email person_id national_id passport social_security tax_id driving_licence health_insurance_id".split()
)
"""Kinds that a shop, a ship or a product does not have."""
_PLACES = frozenset({"city", "region", "country", "postal_code", "geo_coord"})
_BUSY = _PLACES | frozenset(
    "transaction behaviour preferences interests free_text company_name url_profile language locale education income none".split()
)
"""Kinds that also tables of things and statistics have."""
_TRAITS = frozenset(
    (
        "age gender date_of_birth marital_status ethnicity nationality religion job_title education household birthplace income"
    ).split()
)
"""Kinds that describe somebody; two of them make a person."""
_BIOGRAPHY = frozenset("employer job_title name_affix url_profile education nationality".split())
"""Kinds whose ambiguous names (`company`, `title`, `website`) are clear in a table of people."""
_COMPANY = 3
"""Other columns from which a table is whole enough to show that it knows nobody."""


class Surroundings:
    """The columns of one table as each other's witnesses."""

    def __init__(
        self,
        catalogue: Catalogue,
        subjects: Subjects,
        table: str,
        named: Mapping[Column, Mapping[str, Named]],
        proven: Mapping[Column, str],
    ) -> None:
        self._kinds, self._subjects, self._table, self._named, self._proven = catalogue.kinds, subjects, table, named, proven
        self._best = {column: best for column, found in named.items() if (best := _best(found))}
        self._telling = {column for column in named if self._names_someone(column)}
        self._known = self._strongly(_IDENTIFYING)
        self._places = self._strongly(_PLACES | {"street_address"})
        self._cards = self._strongly(frozenset({"payment_card"})) - {
            column for column, (_, named) in self._best.items() if "last" in named.phrase
        }
        self._traits = self._strongly(_TRAITS)
        self._signs = self._strongly(frozenset(self._kinds) - _BUSY)
        self._person = not subjects.of(table) and self._is_person()

    def suits(self, kind: str) -> bool:
        """Whether the table's name has a word for the bearers of a kind."""
        return kind in self._kinds and _speaks_of(words(self._table), self._kinds[kind].tables)

    def subject(self, column: Column) -> Subject:
        """Whom or what the column's record is about; a table with a first and a last name is of people, whatever it is called."""
        return self._subjects.of_column(self._table, parts(full_name(column))[0]) or ("people" if self._person else "")

    def key_of_people(self, column: Column) -> bool:
        """Whether it is the bare key of a table or record of people."""
        last = parts(full_name(column))[1]
        return last != OBJECT_ID and set(words(last)) <= _KEYS and self._own_subject(column) == "people"

    def key_of_records(self, column: Column) -> bool:
        """Whether it is named as the key of the very records it stands in: `id`, or `customer_id` in a table of customers."""
        parents, last = parts(full_name(column))
        said = words(last)
        owner = words(singular(parents[-1] if parents else self._table))
        return set(said) <= _KEYS or (said[-1:] == ("id",) and said[:-1] == owner)

    def weigh(self, kind: Kind, column: Column, named: Named | None) -> Iterator[tuple[float, str]]:
        """Nats for and against a kind, each with its reason, where the reason is worth telling."""
        if kind.name == "none":
            if named and self.suits("none"):
                yield w.TABLE, ""
            return
        subject = self.subject(column)
        if subject == "things" and (kind.tier == "none" or not self._known - {column}):
            yield self._of_things(kind, named)
        elif self._alone(kind, column, named):
            return
        elif self.suits(kind.name) or (subject == "people" and kind.name in _IDENTIFYING):
            yield w.TABLE, ""
        elif (self.suits("none") and kind.tier in {"direct", "attribute"}) or (
            subject == "people" and kind.name == "company_name"
        ):
            yield w.THINGS, ""  # the company of a person is an employer
        yield from self._by_company(kind, column, named)

    def _by_company(self, kind: Kind, column: Column, named: Named | None) -> Iterator[tuple[float, str]]:
        """What the other columns, and the bearer of the record, add."""
        subject = self.subject(column)
        if not subject and self._lonely(kind, column):
            yield w.NOBODYS, "no other column of the table tells of a person"
        elif kind.name != "card_expiry" and self._witnessed(kind, column, named):
            yield w.NEIGHBOURS, ""
        if named and w.HINT_WHOLE <= named.weight < w.HEADER_BEGIN:
            yield from self._made_clear(kind, column, named, subject)

    def _made_clear(self, kind: Kind, column: Column, named: Named, subject: Subject) -> Iterator[tuple[float, str]]:
        """What an ambiguous name gains where the company leaves one sense of it."""
        if subject == "people" and (kind.name in _BIOGRAPHY or (kind.name in _NAMES and generic(named))):
            yield w.NAME_OF_PEOPLE, ""
        if kind.name in _PLACES - {"geo_coord"} and self._places - {column}:
            yield w.PART_OF_ADDRESS, ""
        if kind.name == "card_expiry" and self._cards - {column}:
            yield w.PART_OF_CARD, ""

    def _alone(self, kind: Kind, column: Column, named: Named | None) -> bool:
        """Whether it is the bare name of a record that stands for nobody: `tags.name` in a table of people."""
        nested = bool(parts(full_name(column))[0])
        return nested and kind.name in _NAMES and named is not None and generic(named) and self._own_subject(column) != "people"

    def _own_subject(self, column: Column) -> Subject:
        """What the very record is about, not one around it."""
        parents = parts(full_name(column))[0]
        return self._subjects.of(parents[-1]) if parents else self.subject(column)

    def _of_things(self, kind: Kind, named: Named | None) -> tuple[float, str]:
        why = f"“{self._table}” is a table of things"
        if kind.tier in {"quasi", "attribute", "none"}:
            return w.NOBODYS, why
        if kind.name == "street_address":
            return w.ADDRESS_OF_THINGS, why
        if kind.tier == "special" or (named and generic(named)):
            return w.NAME_OF_THINGS, why
        return w.THINGS, why

    def _witnessed(self, kind: Kind, column: Column, named: Named | None) -> bool:
        """Whether other columns speak of a person; those that only describe one speak for a name that leaves no doubt."""
        described = kind.tier in {"attribute", "special"} and named is not None and named.weight >= w.HINT_WHOLE
        return len(self._telling - {column}) >= w.WITNESSES or (described and len(self._traits - {column}) >= w.WITNESSES)

    def _lonely(self, kind: Kind, column: Column) -> bool:
        """Whether a place, or a company's name, stands in a table that has no word for any person."""
        if len(self._named) <= _COMPANY or self.suits("person_name"):
            return False
        if kind.tier == "none":
            return not (self._known | self._traits) - {column}
        return kind.name in _PLACES and not self._signs - {column}

    def _is_person(self) -> bool:
        """Whether first and last name, or a full name and a date of birth, stand in the table without saying whose."""
        own = {
            kind
            for column, (kind, named) in self._best.items()
            if named.weight >= w.HEADER_WHOLE and not any(self._subjects.of(word) for word in words(full_name(column)))
        }
        return {"first_name", "last_name"} <= own or {"person_name", "date_of_birth"} <= own

    def _strongly(self, kinds: frozenset[str]) -> frozenset[Column]:
        by_name = {column for column, (kind, named) in self._best.items() if kind in kinds and named.weight >= w.HEADER_END}
        return frozenset(by_name | {column for column, kind in self._proven.items() if kind in kinds})

    def _names_someone(self, column: Column) -> bool:
        proven = self._proven.get(column)
        if proven:
            return self._kinds[proven].tier == "direct"
        best = self._best.get(column)
        return best is not None and best[1].weight >= w.HINT_WHOLE and self._kinds[best[0]].tier == "direct"


def full_name(column: Column) -> str:
    """The name of a column with the way into its nested data."""
    return f"{column.column}.{column.path}" if column.path else column.column


def _best(found: Mapping[str, Named]) -> tuple[str, Named] | None:
    return max(found.items(), key=lambda pair: pair[1].weight, default=None)


@lru_cache(maxsize=4096)
def _speaks_of(table: tuple[str, ...], phrases: tuple[str, ...]) -> bool:
    return any(contains(table, words(phrase)) for phrase in phrases)
