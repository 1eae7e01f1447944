"""A table of results, as text for the terminal and as Markdown for docs/."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head, with a title and words on how to read it."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


def as_text(table: Table) -> str:
    """Columns in line, the first to the left, the others to the right."""
    widths = [max(len(row[place]) for row in (table.head, *table.rows)) for place in range(len(table.head))]
    lines = [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (table.head, *table.rows)
    ]
    return "\n".join((table.title, *(f"  {line.rstrip()}" for line in lines), ""))


def as_markdown(table: Table) -> str:
    """A section with its note above the table."""
    rule = ["---", *["---:"] * (len(table.head) - 1)]
    lines = [_line(row) for row in (table.head, rule, *table.rows)]
    return "\n\n".join(part for part in (f"## {table.title}", table.note, "\n".join(lines)) if part)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
