"""What is asked of a table, and what can be told of single rows in it. Counts only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Quasi:
    """A column of what others may know of a person."""

    name: str
    """With the path into nested data: `address.city`."""
    kind: str = ""
    distinct: int = 0
    unique: int = 0
    """Rows whose cell no other row has."""


@dataclass(frozen=True, slots=True)
class Lift:
    """Generalisations that together lift every group to the target."""

    steps: tuple[str, ...]
    """`born to its year`, in the order in which they help most."""
    k: int
    at_risk: int


@dataclass(frozen=True, slots=True)
class Risk:
    """What can be told of single rows of one table. Counts only."""

    rows: int
    """Rows, or the people that they stand for where a column counts them."""
    columns: tuple[Quasi, ...]
    k: int
    """The size of the smallest group; 0 for an empty table."""
    target: int
    groups: int
    alone: int
    """Rows that are their own group."""
    at_risk: int
    """Rows in groups smaller than the target."""
    smallest: tuple[tuple[int, int], ...] = ()
    """The smallest sizes, and how many groups have each."""
    diversity: Mapping[str, int] = field(default_factory=dict)
    """By special-category column, the fewest distinct values in a group: one means that the group gives it away."""
    lift: Lift | None = None

    @property
    def holds(self) -> bool:
        """Whether no group is smaller than the target."""
        return self.rows == 0 or self.k >= self.target


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a table.

    Attributes:
        quasi: the columns of what others may know, with their kinds.
        special: columns of special categories.
        count: the column that says how many people a row stands for; empty where each is one.
        target: how many rows should share each combination.
    """

    quasi: Mapping[str, str]
    special: Sequence[str] = ()
    count: str = ""
    target: int = 5

    @property
    def columns(self) -> tuple[str, ...]:
        """All that has to be read, with paths into nested data; of a table without any, its rows are still counted."""
        return tuple(dict.fromkeys([*self.quasi, *self.special, *([self.count] if self.count else [])]))
