"""A copy of a database: the tables with their keys, and every row through an edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from pii_scan.connectors.edits import keeps_columns, places
from pii_scan.connectors.sql_address import is_sqlite, schema_of, server_url, sqlite_path
from pii_scan.connectors.sql_failure import reason
from pii_scan.connectors.sql_job import Job, Plan
from pii_scan.connectors.sql_links import constraints, link, parents_first, referred
from pii_scan.connectors.sql_rows import fetched
from pii_scan.connectors.sql_session import asking, room, session
from pii_scan.connectors.sql_table import primary_key, query, references
from pii_scan.connectors.sql_writing import shown_target, writing
from pii_scan.contracts import Edit
from pii_scan.errors import PiiScanError, RedactionError
from pii_scan.model import Skipped

ATTEMPTS = 3
"""A table is written anew when a later batch shows that its keys or types do not hold the edited cells."""


class _NoKey(Exception):  # noqa: N818 - not an error: the table is written again without its key
    """A column of the primary key was edited to null; SQLite would number such rows anew."""


def copy(location: str, address: str, to: str, edit: Edit) -> Iterator[Path | Skipped]:
    """Copy every table that can be read; views are made of tables and are left out."""
    _refuse_same(location, to)
    left_out: list[Skipped] = []
    with session(location, snapshot=True) as source:
        plans = list(_plans(source, address, left_out))
        with writing(to, _name(location)) as target:
            target.refuse_existing([plan.table for plan in plans])
            linked = not any(one.what == "table" for one in left_out)
            job = Job(source, target, edit, {plan.table.label: plan for plan in plans}, linked)
            for plan in parents_first(plans):
                _table(job, plan)
            link(job)
            target.finish([plan.table for plan in plans])
    yield from left_out
    if target.path:
        yield target.path


def _refuse_same(location: str, to: str) -> None:
    where, way_out = shown_target(to), "a source is never changed in place: name another database"
    if is_sqlite(location) and to.startswith("sqlite:"):
        one, other = sqlite_path(location), sqlite_path(to)
        if other.exists() and one.exists() and one.samefile(other):
            raise RedactionError("is the source itself", where=where, way_out=way_out)
    elif not is_sqlite(location) and not is_sqlite(to):
        if _identity(server_url(location)) != _identity(server_url(to)):
            return
        own, wanted = schema_of(location), schema_of(to)
        if own == wanted or not (wanted and server_url(to).get_backend_name() == "postgresql"):
            raise RedactionError("is the source itself", where=where, way_out=way_out)
        if not own:
            way_out = "name the source's schema as well: ...?schema=public"
            raise RedactionError("is a schema of the source, which means all of them", where=where, way_out=way_out)


def _identity(url: sa.URL) -> tuple[object, ...]:
    family = url.get_backend_name().replace("mariadb", "mysql")
    host = url.query.get("host") or url.host or "localhost"
    port = url.port or {"postgresql": 5432}.get(family, 3306)
    return family, "127.0.0.1" if host == "localhost" else host, port, url.database


def _name(location: str) -> str:
    """What a copy in a folder is called: the file's name, or the database's."""
    if is_sqlite(location):
        return sqlite_path(location).stem
    return (server_url(location).database or "database").replace("/", "_")


def _plans(source: sa.Connection, address: str, left_out: list[Skipped]) -> Iterator[Plan]:
    """The tables that can be read, with their columns and keys; the others are noted with the reason."""
    dialect = room(source.dialect.name)
    for table in dialect.tables(source):
        if table.view or table.derived:
            why = "a view is not copied" if table.view else "an index that the store derives from another table is not copied"
            left_out.append(Skipped(address, "view" if table.view else "index", why, table=table.label))
            continue
        try:
            with source.begin_nested():
                fields = dialect.settle(dialect.fields(source, table), table, None, asking(source))
                if fields:
                    source.execute(query(table, [one.expression for one in fields]).limit(1)).all()
                    key = primary_key(source, table)
                    links = references(source, table, dialect.default_schema(source))
        except Exception as error:  # noqa: BLE001 - one table that cannot be read must not stop the others
            left_out.append(Skipped(address, "table", f"not copied: {reason(error)}", table=table.label))
            continue
        if fields:
            yield Plan(table, fields, key, links)


def _table(job: Job, plan: Plan) -> None:
    """Write one table; without its key where the edited cells are no key any more."""
    for attempt in range(1, ATTEMPTS + 1):
        keyed = attempt == 1 or not plan.key_edited
        try:
            with job.target.attempt():
                _write(job, plan, keyed=keyed, short=attempt == 1)
        except (sa.exc.DBAPIError, _NoKey) as error:
            if (
                attempt == ATTEMPTS
                or getattr(error, "connection_invalidated", False)
                or not (plan.edited or plan.nulled or plan.gone)
            ):
                raise RedactionError(reason(error), where=f"{job.target.shown}, table {plan.table.label}") from None
            job.target.forget(plan.table)
        else:
            plan.keyed = keyed
            return


def _write(job: Job, plan: Plan, *, keyed: bool, short: bool) -> None:
    created = False
    for batch, rows in _some(job, plan):
        changed = _edited(job, plan.table.label, batch)
        kept = places(batch.schema.names, changed.schema.names) or []
        plan.gone.update(one.name for place, one in enumerate(plan.fields) if place not in kept)
        pairs = {place: (batch.column(place), array) for place, array in zip(kept, changed.columns, strict=True)}
        columns = [_column(plan, place, pairs[place], _stored(job, plan, place, rows)) for place, _ in plan.left]
        if keyed and not (plan.nulled | plan.gone).isdisjoint(plan.key):
            raise _NoKey
        if not created:
            _create(job, plan, keyed=keyed, short=short)
            created = True
        if rows:
            job.target.insert(plan.table, [one.name for _, one in plan.left], list(zip(*columns, strict=True)))


def _some(job: Job, plan: Plan) -> Iterator[tuple[pa.RecordBatch, Sequence[Sequence[Any]]]]:
    """The table's rows in batches, one without rows where there are none: its columns are edited all the same."""
    empty = True
    for batch, rows in _rows(job, plan):
        empty = False
        yield batch, rows
    if empty:
        arrays = [pa.array([], one.type) for one in plan.fields]
        yield pa.RecordBatch.from_arrays(arrays, names=[one.name for one in plan.fields]), []


def _edited(job: Job, table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch through the edit, which must neither lose nor reorder anything."""
    where = f"{job.target.shown}, table {table}"
    try:
        changed = job.edit(table, batch)
    except PiiScanError:
        raise
    except Exception as error:  # noqa: BLE001 - its message may quote a cell
        raise RedactionError(f"the edit failed ({type(error).__name__})", where=where, way_out="nothing was written") from None
    if changed.num_rows != batch.num_rows or not keeps_columns(batch, changed):
        raise RedactionError("the edit changed the number of rows or the columns", where=where, way_out="nothing was written")
    return changed


def _rows(job: Job, plan: Plan) -> Iterator[tuple[pa.RecordBatch, Sequence[Sequence[Any]]]]:
    """Batches as `read` gives them, each with the driver's rows; a stored value that differs stands behind the others."""
    extra = [one.raw for one in plan.fields if one.raw is not None]
    wanted = query(plan.table, [one.expression for one in plan.fields] + extra)
    if job.source.dialect.name == "sqlite" and plan.table.key:
        wanted = wanted.order_by(sa.column(plan.table.key))
    try:
        yield from fetched(job.source, wanted, plan.fields)
    except Exception as error:  # noqa: BLE001 - drivers raise far more than their own errors
        why = f"the source's table {plan.table.label} could not be read to its end: {reason(error)}"
        raise RedactionError(why, where=job.target.shown, way_out="nothing was written") from None


def _stored(job: Job, plan: Plan, place: int, rows: Sequence[Sequence[Any]]) -> list[Any]:
    """The driver's own cells of one column."""
    one = plan.fields[place]
    if one.raw is not None and job.alike:
        place = len(plan.fields) + sum(other.raw is not None for other in plan.fields[:place])
    return [row[place] for row in rows]


def _column(plan: Plan, place: int, cells_of: tuple[pa.Array, pa.Array], stored: list[Any]) -> list[Any]:
    """The cells of one column to write: those stored where nothing was edited."""
    before, after = cells_of
    if after.type == before.type and after.equals(before):
        return stored
    if after.null_count > before.null_count:
        plan.nulled.add(plan.fields[place].name)
    if not pa.types.is_null(after.type):
        plan.edited[plan.fields[place].name] = after.type
    cells: list[Any] = after.to_pylist()
    if after.type != before.type:
        return cells
    return [keep if new == old else new for keep, new, old in zip(stored, cells, before.to_pylist(), strict=True)]


def _create(job: Job, plan: Plan, *, keyed: bool, short: bool) -> None:
    target = job.target
    plan.unique = referred(job, plan, edited=short) if job.linked else []
    linked = (column for columns in (*plan.unique, *(one.columns for one in plan.references)) for column in columns)
    keys = {*plan.key, *linked} if short else set()
    types = [target.type(one, alike=job.alike, edited=plan.edited.get(one.name), short=one.name in keys) for _, one in plan.left]
    columns = [f"{target.column(one.name)} {kind}".strip() for (_, one), kind in zip(plan.left, types, strict=True)]
    target.create(plan.table, columns, constraints(job, plan, keyed=keyed))
