"""What ties the tables of a copy to each other: keys, columns that others refer to, and the references themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from pii_scan.connectors.sql_job import Job, Plan
    from pii_scan.connectors.sql_table import Reference
    from pii_scan.connectors.sql_target import Target


def parents_first(plans: Sequence[Plan]) -> Iterator[Plan]:
    """Tables behind those they refer to, where they do not refer to each other."""
    waiting = list(plans)
    while waiting:
        labels = {plan.table.label for plan in waiting}
        others = [{one.table.label for one in plan.references} & labels - {plan.table.label} for plan in waiting]
        yield waiting.pop(next((place for place, missing in enumerate(others) if not missing), 0))


def referred(job: Job, plan: Plan, *, edited: bool) -> list[tuple[str, ...]]:
    """Columns of a table, beside its key, that other tables refer to.

    Args:
        job: the copy.
        plan: the table.
        edited: also those whose edited cells may be the same for many rows.
    """
    named = (one for other in job.plans.values() for one in other.references if one.table.label == plan.table.label)
    found = dict.fromkeys(one.referred for one in named if list(one.referred) != plan.key)
    return [columns for columns in found if plan.gone.isdisjoint(columns) and (edited or plan.edited.keys().isdisjoint(columns))]


def constraints(job: Job, plan: Plan, *, keyed: bool) -> list[str]:
    """What a new table is told to hold to."""
    target = job.target
    made = [f"PRIMARY KEY ({', '.join(map(target.column, plan.key))})"] if keyed and plan.key else []
    made += [f"UNIQUE ({', '.join(map(target.column, columns))})" for columns in plan.unique]
    if job.linked and target.family == "sqlite":
        made += [_reference(target, one) for one in plan.references if _holds(job, plan, one, keyed=keyed)]
    return made


def _holds(job: Job, plan: Plan, reference: Reference, *, keyed: bool) -> bool:
    """Whether a foreign key still names a key. SQLite refuses to work with one that does not."""
    other = job.plans.get(reference.table.label)
    if not plan.gone.isdisjoint(reference.columns):
        return False
    if other is None:
        return False
    is_key = list(reference.referred) == other.key and (keyed if other is plan else other.keyed)
    if not is_key and reference.referred not in other.unique:
        return False
    pairs = zip(reference.columns, reference.referred, strict=True)
    return all((own in plan.edited) == (theirs in other.edited) for own, theirs in pairs)


def _reference(target: Target, reference: Reference) -> str:
    own, theirs = (", ".join(map(target.column, columns)) for columns in (reference.columns, reference.referred))
    return f"FOREIGN KEY ({own}) REFERENCES {target.quoted(target.draft(reference.table))} ({theirs})"


def link(job: Job) -> None:
    """Declare the foreign keys once all rows are there; one that the edited cells do not hold is left out."""
    if not job.linked or job.target.family == "sqlite":
        return
    for plan in job.plans.values():
        for reference in plan.references:
            name = job.target.quoted(job.target.draft(plan.table))
            with suppress(sa.exc.DBAPIError), job.target.attempt():
                job.target.connection.exec_driver_sql(f"ALTER TABLE {name} ADD {_reference(job.target, reference)}")
