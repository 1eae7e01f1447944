"""The labelled sets: columns of real tables, single columns, names alone, and which kinds count as right for each label."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Where the labelled sets lie by default: beside the checkout, never in it."""

TABLES, CELLS, NAMES = "col_tables_tune", "col_github_cells", "colnames_fides"
NOT_SCORED = frozenset({"GENERIC_ID"})
"""Labels that count neither way: a bare record id may or may not be somebody's."""
NAMED_LIKE_OURS = {"credit_card": "payment_card", "ssn": "social_security", "card_cvv": "card_security_code"}
"""Labels of the set of tables that are spelled otherwise than our kinds."""
ALSO_RIGHT = {
    "social_security": ("national_id", "tax_id"),
    "national_id": ("social_security", "tax_id", "passport"),
    "person_name": ("first_name", "last_name"),
}
"""Kinds that are right, too, where a column of the set of tables has this label."""
CELL_LABELS: Mapping[str, tuple[str, ...]] = {
    "PERSON_NAME": ("person_name", "first_name", "last_name", "middle_name", "maiden_name"),
    "EMAIL_ADDRESS": ("email",),
    "PHONE_NUMBER": ("phone",),
    "STREET_ADDRESS": ("street_address",),
    "ETHNIC_GROUP": ("ethnicity",),
    "DATE_OF_BIRTH": ("date_of_birth",),
    "GEO_COORDINATES": ("geo_coord",),
    "ZIPCODE": ("postal_code",),
    "GENDER": ("gender",),
    "AGE": ("age",),
    "URL": ("url_profile",),
    "ORGANIZATION_NAME": ("employer", "company_name"),
    "MARITAL_STATUS": ("marital_status",),
    "OCCUPATION": ("job_title",),
    "SPOKEN_LANGUAGE": ("language", "locale"),
    "IMEI_HARDWARE_ID": ("device_id",),
}
"""Our kinds for the labels of the set of single columns."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A column and what it is known to hold."""

    set: str
    group: str
    """The table that it stands in, unique in the set: its columns are judged together and resampled together."""
    table: str
    """The name of that table, as a scanner sees it; empty for a column without one."""
    column: str
    values: tuple[str, ...]
    label: str
    """What it holds; `none` for nothing personal."""
    tier: str = ""
    """direct, special, quasi, attribute, none; empty where the set does not say."""
    ambiguous: bool = False
    accepts: frozenset[str] = frozenset()
    """The kinds that are right."""

    @property
    def personal(self) -> bool:
        """Whether it holds personal data at all."""
        return self.label != "none"

    @property
    def scored(self) -> bool:
        """Whether it counts."""
        return not self.ambiguous and self.label not in NOT_SCORED


def load(folder: Path, name: str) -> tuple[Labelled, ...]:
    """Every column of one of the three sets of columns, those that are not scored included: they are neighbours."""
    read = {TABLES: _of_tables, CELLS: _of_cells, NAMES: _of_names}[name]
    return tuple(read(row, number) for number, row in enumerate(rows(folder / f"{name}.jsonl")))


def scored_in_company(folder: Path, name: str) -> tuple[Labelled, ...]:
    """The columns of a set that are scored; those of tables with their neighbours that are not."""
    columns = load(folder, name)
    return columns if name == TABLES else tuple(column for column in columns if column.scored)


def rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def grouped(columns: Iterable[Labelled]) -> Iterator[tuple[str, list[Labelled]]]:
    """The columns of each table."""
    groups: dict[str, list[Labelled]] = defaultdict(list)
    for column in columns:
        groups[column.group].append(column)
    yield from groups.items()


def unnamed(columns: Iterable[Labelled]) -> tuple[Labelled, ...]:
    """The same columns with names that say nothing (`c7`, `c8` ... in a table `t`), in the same order."""
    made: list[Labelled] = []
    for _, group in groupby(columns, key=lambda column: column.group):
        made += [replace(column, table="t", column=f"c{number}") for number, column in enumerate(group, 7)]
    return tuple(made)


def _of_tables(row: Mapping[str, Any], _: int) -> Labelled:
    label = NAMED_LIKE_OURS.get(row["label"], row["label"])
    accepts = frozenset() if label == "none" else frozenset({label, *ALSO_RIGHT.get(label, ())})
    return Labelled(
        TABLES,
        f"{row['set']}/{row['table']}",
        row["table"],
        row["column"],
        tuple(map(str, row["values"])),
        label,
        row["tier"],
        row["ambiguous"],
        accepts,
    )


def _of_cells(row: Mapping[str, Any], number: int) -> Labelled:
    label = "none" if row["label"] == "None" else row["label"]
    values = tuple(map(str, row["values"]))
    return Labelled(
        CELLS, f"column {number}", "table", row["column"], values, label, accepts=frozenset(CELL_LABELS.get(label, ()))
    )


def _of_names(row: Mapping[str, Any], _: int) -> Labelled:
    """Only whether a column is about somebody is known: what the tool calls it is not judged."""
    personal = any(label.startswith("user") for label in row["labels"])
    return Labelled(NAMES, f"{row['set']}/{row['table']}", row["table"], row["column"], (), "user" if personal else "none")
