"""What an export is made of: tables of columns, each with what it holds and where a notice names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Field:
    """One column of an export, or one field of a nested column."""

    name: str
    kind: str
    """What every cell is, in the words of the project (`passport`), or `none`."""
    values: Sequence[Any]
    named: tuple[str, ...] = ()
    """What the controller's notice calls it; empty where the notice does not speak of it."""
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Further kinds inside the cells (a phone number in a note), each with the notice's words for it."""


@dataclass(frozen=True)
class Nest:
    """A column of structs: in Parquet a struct, in text formats a JSON object."""

    name: str
    fields: tuple[Field, ...]

    @property
    def values(self) -> list[dict[str, Any]]:
        """One record a row."""
        rows = zip(*(part.values for part in self.fields), strict=True)
        return [dict(zip((part.name for part in self.fields), row, strict=True)) for row in rows]


@dataclass(frozen=True)
class Table:
    """One table of an export, and how its file is written."""

    file: str
    """Below `exports/`; the ending says the form."""
    columns: tuple[Field | Nest, ...]
    table: str = ""
    """The table inside a SQLite file; the file's stem where empty."""
    delimiter: str = ","
    encoding: str = "utf-8"
    quote_all: bool = False

    @property
    def name(self) -> str:
        """The table's own name."""
        return self.table or self.file.rsplit("/", 1)[-1].split(".")[0]


@dataclass(frozen=True)
class Controller:
    """An organisation: its folder, the notice it published, and the tables it would hold."""

    folder: str
    notice: str
    """The number of the notice this export was modelled on."""
    tables: tuple[Table, ...]
