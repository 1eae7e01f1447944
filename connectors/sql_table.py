"""The nouns of a database: tables, their fields, and the parts a big table is read in."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from pii_scan.connectors.shares import shares

PART_ROWS = 1_000_000
"""A table of more rows than this is read in parts of about this many."""
MOST_PARTS = 512
LOWEST, HIGHEST = -(2**64), 2**64
"""Ends of a span that are open: a row inserted beyond the keys of the day it was planned is still read."""

Ask = Callable[[Any], Any]
"""Runs a query that yields one row, and returns that row or None."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view of the database."""

    schema: str
    name: str
    label: str
    """What reports call it."""
    view: bool = False
    rows: int | None = None
    """The server's own estimate."""
    key: str = ""
    """A column of unique integers, never null, that the rows can be divided by; empty without one."""
    partial: str = ""
    """Why some rows may be hidden from this user."""
    lone: bool = False
    """Its rows are to be read without those of tables that inherit from it."""
    derived: bool = False
    """The store makes it out of another table (a full-text index)."""

    def clause(self) -> sa.TableClause:
        """The table as SQLAlchemy quotes it."""
        return sa.table(self.name, schema=self.schema or None)


@dataclass(frozen=True, slots=True)
class Field:
    """A column: how it is selected, and as which Arrow type it is read."""

    name: str
    type: pa.DataType
    expression: sa.ColumnElement[Any]
    declared: str = ""
    """The type as the store writes it, where another store of the same make understands it."""
    raw: sa.ColumnElement[Any] | None = field(default=None)
    """The stored value itself, where `expression` is another form of it."""

    def as_text(self, expression: sa.ColumnElement[Any]) -> Field:
        """The same column, read as text."""
        return replace(self, type=pa.string(), expression=expression)


def label(schema: str, name: str, default: str) -> str:
    """`schema.table`, or `table` in the default schema; a name with a dot in it is put in quotation marks."""
    quoted = [part if part and not {".", '"'} & set(part) else '"' + part.replace('"', '""') + '"' for part in (schema, name)]
    return quoted[1] if schema == default else ".".join(quoted)


def names(text: str, default: str) -> tuple[str, str]:
    """The schema and the name that a `label` was made of."""
    found = re.fullmatch(rf"(?:({_PART})\.)?({_PART})", text)
    if found is None:
        return default, text
    schema, name = found.groups()
    return (default if schema is None else _bare(schema)), _bare(name)


_PART = r'"(?:[^"]|"")*"|[^."]*'


def _bare(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part


def query(table: Table, expressions: list[sa.ColumnElement[Any]], span: tuple[int, int] | None = None) -> sa.Select[Any]:
    """Select the expressions from the table, or from those of its rows whose key is in the span."""
    labelled = [expression.label(f"c{place}") for place, expression in enumerate(expressions)]
    clause = table.clause()
    found = sa.select(*labelled).select_from(clause).where(*within(table, span))
    return found.with_hint(clause, "ONLY", "postgresql") if table.lone else found


def within(table: Table, span: tuple[int, int] | None) -> Iterator[sa.ColumnElement[bool]]:
    """The conditions that a key lies in a span: from its lower end to before its upper end."""
    low, high = span or (LOWEST, HIGHEST)
    key: sa.ColumnElement[int] = sa.column(table.key)
    if low > LOWEST:
        yield key >= low
    if high < HIGHEST:
        yield key < high


def spans(lowest: int, highest: int, rows: int) -> list[tuple[int, int]]:
    """Divide the keys from `lowest` to `highest` into spans without a gap, open at both ends."""
    parts = min(shares(rows, PART_ROWS), MOST_PARTS, highest - lowest + 1)
    width = highest - lowest + 1
    cuts = [LOWEST, *(lowest + width * part // parts for part in range(1, parts)), HIGHEST]
    return list(pairwise(cuts))


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: columns of one table that name rows of another."""

    columns: tuple[str, ...]
    table: Table
    referred: tuple[str, ...]


def primary_key(connection: sa.Connection, table: Table) -> list[str]:
    """The columns of the primary key; none for a view."""
    if table.view:
        return []
    with _quietly():
        constraint = sa.inspect(connection).get_pk_constraint(table.name, schema=table.schema or None)
    return list(constraint["constrained_columns"]) if constraint else []


def references(connection: sa.Connection, table: Table, default: str) -> list[Reference]:
    """The foreign keys that the store declares; a schema that it does not name is the default one."""
    if table.view:
        return []
    with _quietly():
        keys = sa.inspect(connection).get_foreign_keys(table.name, schema=table.schema or None)
    found: list[Reference] = []
    for key in keys:
        schema, name = key["referred_schema"] or default, key["referred_table"]
        other = Table(schema, name, label(schema, name, default))
        found.append(Reference(tuple(key["constrained_columns"]), other, tuple(key["referred_columns"])))
    return found


@contextmanager
def _quietly() -> Iterator[None]:
    """SQLAlchemy warns of every type that it does not know; here only keys are asked for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        yield


def by_primary_key(connection: sa.Connection, table: Table, fields: list[Field]) -> Table:
    """The table with its primary key as the key to divide it by, where that is one integer column."""
    columns = primary_key(connection, table)
    integers = {field.name for field in fields if pa.types.is_integer(field.type)}
    return replace(table, key=columns[0]) if len(columns) == 1 and columns[0] in integers else table


def ends(connection: sa.Connection, table: Table) -> tuple[int, int] | None:
    """The least and the greatest key; two queries, since SQLite answers both in one by reading the table."""
    key: sa.ColumnElement[int] = sa.column(table.key)
    low, high = (connection.execute(query(table, [end(key)])).scalar() for end in (sa.func.min, sa.func.max))
    return None if low is None or high is None else (int(low), int(high))
