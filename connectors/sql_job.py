"""What a copy of a database knows on its way: the job as a whole, and each table of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import sqlalchemy as sa

from pii_scan.connectors.sql_table import Field, Reference, Table
from pii_scan.connectors.sql_target import Target, family
from pii_scan.contracts import Edit


@dataclass(slots=True)
class Plan:
    """One table on its way: what it looks like, and what has been learnt about its edited columns."""

    table: Table
    fields: list[Field]
    key: list[str]
    references: list[Reference]
    edited: dict[str, pa.DataType] = field(default_factory=dict)
    nulled: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    """Columns that the edit leaves out."""
    unique: list[tuple[str, ...]] = field(default_factory=list)
    """Other columns that tables refer to, which its copy is told to hold each value of once."""
    keyed: bool = False
    """Whether its copy has the primary key of the source; known once it is written."""

    @property
    def key_edited(self) -> bool:
        """Whether a column of the primary key was edited so far."""
        return any(column in self.edited or column in self.nulled or column in self.gone for column in self.key)

    @property
    def left(self) -> list[tuple[int, Field]]:
        """The columns that the copy has, with their places."""
        return [(place, one) for place, one in enumerate(self.fields) if one.name not in self.gone]


@dataclass(frozen=True, slots=True)
class Job:
    """From where, to where, and what happens to the cells on the way."""

    source: sa.Connection
    target: Target
    edit: Edit
    plans: dict[str, Plan]
    """By the table's label."""
    linked: bool
    """Whether all tables are copied, so that foreign keys have something to refer to."""

    @property
    def alike(self) -> bool:
        """Whether both sides speak one dialect: stored values then go through as they are."""
        return family(self.source) == self.target.family
