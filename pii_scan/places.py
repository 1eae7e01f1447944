"""Where data is: the address of a column, the unit that is read as a whole, and what is said of a place beside findings."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """The address of a column: `path` is the way into nested data (`address.city`), empty in flat data."""

    source: str
    table: str
    column: str
    path: str = ""

    def __str__(self) -> str:
        """`table.column.path`."""
        return ".".join(part for part in (self.table, self.column, self.path) if part)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of work: a file, a row group, a key range. What is read, skipped or redone as a whole."""

    source: str
    """The printable address of its source."""
    table: str
    key: str = ""
    """Which part of the table it is, told by the connector (`row group 3`); empty for the whole."""
    fingerprint: str = ""
    """Changes when the bytes do; empty where that cannot be told, and the unit is then read every time."""
    rows: int | None = None
    size: int | None = None
    """Bytes to read, for progress; None where unknown."""
    foreign_keys: tuple[tuple[str, str], ...] = ()
    """`(column, "table.column")` pairs the store declares."""
    share: int = 1
    """How many units share what is examined of each column of its table; set where all of them are known."""
    span: tuple[int, int] | None = field(default=None, repr=False)
    """Bounds for the connector that made the unit (offsets, key values); never printed, never stored."""
    widths: tuple[tuple[str, float], ...] = field(default=(), repr=False, compare=False)
    """The columns that its source reads apart from the others, with about the bytes of a cell; empty where it cannot."""


@dataclass(frozen=True, slots=True, order=True)
class Skipped:
    """Something that was not examined, and why. It reaches every report and the exit code."""

    source: str
    what: str
    """`file`, `table`, `rows`, `cells`, `unit` ..."""
    why: str
    table: str = ""
    column: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """Something a reader should know that left nothing unexamined: a dialect found, ragged rows kept."""

    source: str
    table: str
    what: str
    """`dialect`, `encoding`, `ragged rows`, `names in free text` ..."""
    detail: str


Piece = tuple[int, int]
"""Where something stands in a text: character offsets, end exclusive."""
