"""What is done to a value: an operator, the kind it is done for, and the options that a plan gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Operator = Literal[
    "replace",
    "mask",
    "redact",
    "keep",
    "pseudonym",
    "hash",
    "encrypt",
    "date_shift",
    "date_coarsen",
    "generalise",
    "surrogate",
    "drop_column",
]
KEYED: frozenset[str] = frozenset({"pseudonym", "hash", "encrypt", "date_shift", "surrogate"})
"""Operators that need a key."""
BOUND: frozenset[str] = frozenset({"pseudonym", "hash", "encrypt", "surrogate", "generalise"})
"""Operators that do something else for each kind, and so need one."""
WHOLLY: frozenset[str] = frozenset({"replace", "redact", "pseudonym", "hash", "encrypt", "surrogate", "drop_column"})
"""Operators that leave nothing of a value in sight, whatever it is."""
TAKES: Mapping[str, tuple[str, ...]] = {
    "mask": ("keep", "keep_last", "character", "format"),
    "pseudonym": ("match", "country", "type"),
    "hash": ("match", "country"),
    "date_shift": ("days", "order"),
    "date_coarsen": ("to", "order"),
    "generalise": ("width", "edges", "top", "prefix", "km", "to", "order"),
    "surrogate": ("country", "order"),
}
"""Which options each operator takes; those that are not listed take none."""


class Options(BaseModel):
    """How an operator does it. What is not given is as its operator has it by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    keep: Literal["last", "domain", "year", "nothing"] | None = None
    """mask: the last characters, the domain of an address, the year of a date, or nothing stays in sight."""
    keep_last: int | None = Field(default=None, ge=0)
    """mask: how many last characters; never more than a third of a text."""
    character: str | None = Field(default=None, min_length=1, max_length=1)
    """mask: what stands in the place of each character."""
    format: bool | None = None
    """mask: blanks, dashes and other marks stay where they are."""
    match: Literal["exact", "loose"] | None = None
    """pseudonym, hash: whether two ways to write one value meet."""
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    """pseudonym, hash: whose national telephone numbers are meant; surrogate: whose names and addresses."""
    type: Literal["text", "keep"] | None = None
    """pseudonym: whether whole numbers become whole numbers."""
    days: int | None = Field(default=None, ge=1, le=36_500)
    """date_shift: how far at most."""
    order: Literal["dmy", "mdy"] | None = None
    """Dates: what `02/03/1990` means; told by the other dates where it is not given."""
    to: Literal["month", "quarter", "year", "decade"] | None = None
    """date_coarsen, and generalise of dates: how coarse."""
    width: int | float | None = Field(default=None, gt=0)
    """generalise: how wide the bands of numbers are."""
    edges: tuple[int | float, ...] = ()
    """generalise: where bands of numbers begin, in place of a width."""
    top: int | float | None = None
    """generalise: from here on all numbers are one band."""
    prefix: int | None = Field(default=None, ge=0)
    """generalise: how many first letters of a postal code stay."""
    km: int | float | None = Field(default=None, gt=0)
    """generalise: how wide the grid of coordinates is."""

    def given(self) -> dict[str, object]:
        """What is given, by name."""
        return self.model_dump(exclude_defaults=True)


NONE = Options()


@dataclass(frozen=True, slots=True)
class Treatment:
    """An operator with the kind it works for and its options."""

    operator: Operator
    kind: str = ""
    options: Options = NONE
    entity: str = ""
    """The sort of identifier, where it is known: it has a country and a check digit of its own."""
    column: str = ""
    """The name of the column: it tells latitude from longitude."""


def label(kind: str) -> str:
    """What `replace` leaves in a value's place: `<EMAIL>`."""
    return f"<{(kind or 'redacted').upper()}>"
