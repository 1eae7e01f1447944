"""The edit that a copy goes through: planned cells replaced, everything else as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
import pyarrow as pa

from pii_scan import rebuild
from pii_scan.anonymizer import Anonymizer, Checks
from pii_scan.changes import Change, Finder, Inside, Tally, Whole
from pii_scan.column_change import ColumnChange
from pii_scan.contracts import DROPPED, Edit
from pii_scan.errors import ConfigError, PiiScanError, RedactionError
from pii_scan.keys import Key
from pii_scan.linked import Own, changed, own_of_rows
from pii_scan.model import Catalogue, Column, Skipped
from pii_scan.plan import Plan, Rule, check_plan
from pii_scan.strangers import refuse_strangers
from pii_scan.treatment import Treatment

_NOTHING = Catalogue({}, {})


@dataclass
class Redactor:
    """Edits batches as a plan says. Holds no cell between batches but those in `removed`.

    Args:
        plan: the plan.
        finder: needed where the plan looks inside texts.
        key: for pseudonyms; read from the plan's `key_file` where it is not given.
        catalogue: tells the kind of each entity that the finder finds; without it an entity is its own kind.
        removed: collects every value that was removed, for a proof by search; in memory only.
        checks: tells surrogates of identifiers with a good check digit from others; see `pii_scan.copying.redactor`.
        stale: sources and tables that have changed since the plan was made: they are refused.

    Raises:
        ConfigError: the plan names something unknown, or needs a key or a finder that is not there.
    """

    plan: Plan
    finder: Finder | None = None
    key: Key | None = field(default=None, repr=False)
    catalogue: Catalogue = field(default=_NOTHING, kw_only=True, repr=False)
    removed: set[str] | None = field(default=None, kw_only=True, repr=False)
    checks: Checks | None = field(default=None, kw_only=True, repr=False)
    stale: AbstractSet[tuple[str, str]] = field(default=frozenset(), kw_only=True)
    _changes: dict[tuple[Column, int | None], ColumnChange | None] = field(default_factory=dict, init=False, repr=False)
    _known: set[tuple[str, str, pa.Schema]] = field(default_factory=set, init=False, repr=False)
    _tallies: dict[Column, Tally] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a plan that could not be carried out to its end."""
        check_plan(self.plan, self.catalogue if self.catalogue.kinds else None)
        root = self.plan.checked(self.key) if self.key else self.plan.key()
        self.key = root.for_purpose(self.plan.purpose) if root else None
        looks_inside = any(rule.scope == "text" and rule.operator != "keep" for rule in self.plan.rules)
        if self.finder is None and (looks_inside or any(seen.without_rule == "examine" for seen in self.plan.tables)):
            raise ConfigError("looks inside texts, and there is nothing to look with", where="plan", way_out="pass a finder")

    def editor(self, source: str) -> Edit:
        """The edit for one source, by its printable address as the plan names it."""
        return partial(self.edit, source)

    def edit(self, source: str, table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The same rows and columns, planned cells replaced; a column that is not planned is the very same array.

        Columns that the plan drops are left out.

        Raises:
            RedactionError: the plan does not know a column, or editing failed; no cell is quoted.
        """
        if (source, table, batch.schema) not in self._known:
            refuse_strangers(self.plan, source, table, batch.schema, self.stale)
            self._known.add((source, table, batch.schema))
        try:
            return self._edited(source, table, batch)
        except PiiScanError:
            raise
        except Exception as error:  # noqa: BLE001 - foreign errors quote cells
            what = f"editing stopped with {type(error).__name__}"
            raise RedactionError(what, where=f"{source} {table}", way_out="nothing was written for it") from None

    def skipped(self) -> Iterator[Skipped]:
        """One entry for each column with texts that could not be examined, and were replaced whole."""
        for column, tally in sorted(self._tallies.items()):
            if tally.unexamined:
                why = f"{tally.unexamined:,} texts could not be examined, and were replaced whole in the copy"
                yield Skipped(column.source, "cells", why, column.table, column.column)

    def _edited(self, source: str, table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = [Column(source, table, name) for name in batch.schema.names]
        old, changes = batch.columns, [self._change_of(column) for column in columns]
        own = own_of_rows(old, changes, batch.num_rows)
        levels = self._levels(source, table, batch) if any(change and change.shifts for change in changes) else None
        new = [
            self._by_subject(array, column, own, levels) if levels and change and change.shifts else changed(array, change, own)
            for array, change, column in zip(old, changes, columns, strict=True)
        ]
        if all(one is two for one, two in zip(old, new, strict=True)):
            return batch
        kept = [place for place, change in enumerate(changes) if not (change and change.drops)]
        if not kept:
            raise RedactionError("the plan drops every column", where=f"{source} {table}", way_out="leave the table out instead")
        fields = [field if old[place] is new[place] else _field(field, new[place]) for place, field in enumerate(batch.schema)]
        gone = [column.column for place, column in enumerate(columns) if place not in kept]
        dropped = {DROPPED: "\0".join(gone).encode("utf-8", "surrogatepass")} if gone else None
        # a schema's own metadata (pandas statistics, descriptions) may repeat what the cells held
        return pa.RecordBatch.from_arrays(
            [new[place] for place in kept], schema=pa.schema([fields[place] for place in kept], dropped)
        )

    def _levels(self, source: str, table: str, batch: pa.RecordBatch) -> list[int] | None:
        """By which step the dates of each row are shifted, where the plan names whose they are; else all of a table alike."""
        seen = self.plan.seen(source, table)
        if seen is None or not seen.subject:
            return None
        if seen.subject not in batch.schema.names:
            raise RedactionError(f"has no column {seen.subject!r}, the subject of its dates", where=f"{source} {table}")
        assert self.key is not None
        encoded = rebuild.as_text(batch.column(seen.subject)).dictionary_encode()
        levels = [self.key.level(subject) for subject in encoded.dictionary.to_pylist()]
        nobody = self._table_level(table)
        return [nobody if place is None else levels[place] for place in encoded.indices.to_pylist()]

    def _table_level(self, table: str) -> int:
        assert self.key is not None
        return self.key.level(f"table {table}")

    def _by_subject(self, array: pa.Array, column: Column, own: Sequence[Sequence[Own]], levels: Sequence[int]) -> pa.Array:
        """The column edited, the rows of each step by themselves and then back in their order."""
        change = self._change_of(column)
        at = change.at_cell() if change and len(change.rules) == 1 else None
        if isinstance(at, Whole) and (rebuild.plain_type(array.type) or rebuild.is_text(array.type)):
            return at.by_level(array, levels)
        rows: dict[int, list[int]] = {}
        for row, level in enumerate(levels):
            rows.setdefault(level, []).append(row)
        if not rows:
            return changed(array, change, own)
        parts = [
            changed(array.take(pa.array(places)), self._change_of(column, level), [own[row] for row in places] if own else [])
            for level, places in rows.items()
        ]
        order = np.argsort(np.fromiter((row for places in rows.values() for row in places), np.int64, len(array)))
        return pa.concat_arrays(parts).take(pa.array(order))

    def _change_of(self, column: Column, level: int | None = None) -> ColumnChange | None:
        if (column, level) not in self._changes:
            self._changes[column, level] = self._planned(column, level)
        return self._changes[column, level]

    def _planned(self, column: Column, level: int | None) -> ColumnChange | None:
        rules = self.plan.rules_of(column.source, column.table, column.column)
        seen = self.plan.seen(column.source, column.table)
        examine = seen is not None and seen.without_rule == "examine"
        if not examine and all(rule.operator == "keep" for rule in rules):
            return None
        tally = self._tallies.setdefault(column, Tally())
        shift = level if level is not None or self.key is None else self._table_level(column.table)
        anonymizer = replace(self._anonymizer, level=shift)
        changes = [(rule, self._change(rule, column, tally, anonymizer)) for rule in rules]
        if examine:
            rest = Rule(column="*", path="*", scope="text")
            changes.append((rest, self._change(rest, column, tally, anonymizer, only_texts=True)))
        return ColumnChange(changes, tally)

    def _change(
        self, rule: Rule, column: Column, tally: Tally, anonymizer: Anonymizer, *, only_texts: bool = False
    ) -> Change | None:
        treatment = self.plan.treatment(rule, rule.entity, rule.kind or self._kind(rule.entity), column, self.catalogue)
        if rule.operator == "keep" or (rule.scope == "cell" and treatment.operator == "keep"):
            return None
        if rule.scope == "cell":
            whole = Whole(treatment, anonymizer, self.removed, rule.keys)
            whole.check()
            return whole
        assert self.finder is not None
        within = partial(self._inside, rule, column)
        shifts = "date_shift" in ({rule.operator} if rule.operator else self.plan.operators)
        return Inside(self.finder, anonymizer, within, tally, self.removed, only_texts, shifts)

    def _inside(self, rule: Rule, column: Column, entity: str) -> Treatment:
        """What is done to an entity found in a text."""
        kind = self._kind(entity)
        if kind == "none":
            return Treatment("keep", kind)
        return self.plan.treatment(rule, entity, kind, column, self.catalogue)

    def _kind(self, entity: str) -> str:
        known = self.catalogue.entities.get(entity)
        return known.kind if known else entity.lower()

    @cached_property
    def _anonymizer(self) -> Anonymizer:
        return Anonymizer(self.key, self.plan.mask.keep_last, self.plan.mask.character, checks=self.checks)


def _field(old: pa.Field, array: pa.Array) -> pa.Field:
    metadata = {key: value for key, value in (old.metadata or {}).items() if key == b"PARQUET:field_id"}
    nullable = old.nullable or not rebuild.holds_text(array.type)
    return pa.field(old.name, array.type, nullable, metadata or None)
