"""The settings that change evidence, which is all that a worker needs to know of them."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal


@dataclass(frozen=True, slots=True)
class Detection:
    """The part of `Settings` that changes evidence; a scan may reuse evidence only where it is equal.

    It has been checked before: a process that is handed it need not import what checks settings.
    """

    countries: tuple[str, ...]
    recognizers: tuple[str, ...]
    column: tuple[str, ...]
    sample: int | None
    ner: bool | Literal["all"]
    ner_cells: int
    show_samples: bool
    max_cell: int

    def wants_column(self, column: str) -> bool:
        """Whether the column passes the `column` globs."""
        return passes(column, self.column)

    @property
    def sentences(self) -> int | None:
        """Distinct free texts of each column and unit that are read for names; None for all."""
        return None if self.ner == "all" else self.ner_cells


def passes(name: str, globs: tuple[str, ...]) -> bool:
    """Whether one of the globs is the name's, and none that begins with `!`; without globs every name passes."""
    wanted = [glob for glob in globs if not glob.startswith("!")]
    unwanted = [glob[1:] for glob in globs if glob.startswith("!")]
    return not any(fnmatchcase(name, glob) for glob in unwanted) and (
        not wanted or any(fnmatchcase(name, glob) for glob in wanted)
    )
