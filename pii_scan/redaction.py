"""The edit that a copy goes through: planned cells replaced, everything else as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import pyarrow as pa

from pii_scan import rebuild
from pii_scan.anonymizer import Anonymizer
from pii_scan.changes import Change, ColumnChange, Finder, Inside, Tally, Whole, ways
from pii_scan.contracts import Edit
from pii_scan.errors import ConfigError, PiiScanError, RedactionError
from pii_scan.keys import Key
from pii_scan.linked import Own, linked, own_values
from pii_scan.model import Catalogue, Column, Skipped
from pii_scan.plan import Plan, Rule, check_plan, fits

_NOTHING = Catalogue({}, {})


@dataclass
class Redactor:
    """Edits batches as a plan says. Holds no cell between batches but those in `removed`.

    Args:
        plan: the plan.
        finder: needed where the plan looks inside texts.
        key: for pseudonyms; read from the plan's `key_file` where it is not given.
        catalogue: tells the kind of each entity that the finder finds; without it an entity is its own kind.
        removed: collects every value that was replaced, for a proof by search; in memory only.

    Raises:
        ConfigError: the plan names something unknown, or needs a key or a finder that is not there.
    """

    plan: Plan
    finder: Finder | None = None
    key: Key | None = field(default=None, repr=False)
    catalogue: Catalogue = field(default=_NOTHING, kw_only=True, repr=False)
    removed: set[str] | None = field(default=None, kw_only=True, repr=False)
    _changes: dict[Column, ColumnChange | None] = field(default_factory=dict, init=False, repr=False)
    _known: set[tuple[str, str, pa.Schema]] = field(default_factory=set, init=False, repr=False)
    _tallies: dict[Column, Tally] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a plan that could not be carried out to its end."""
        check_plan(self.plan, self.catalogue if self.catalogue.kinds else None)
        self.key = self.key or self.plan.key()
        looks_inside = any(rule.scope == "text" and rule.operator != "keep" for rule in self.plan.rules)
        if self.finder is None and (looks_inside or any(seen.without_rule == "examine" for seen in self.plan.tables)):
            raise ConfigError("looks inside texts, and there is nothing to look with", where="plan", way_out="pass a finder")

    def editor(self, source: str) -> Edit:
        """The edit for one source, by its printable address as the plan names it."""
        return partial(self.edit, source)

    def edit(self, source: str, table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The same rows and columns, planned cells replaced; a column that is not planned is the very same array.

        Raises:
            RedactionError: the plan does not know a column, or editing failed; no cell is quoted.
        """
        self._refuse_unknown(source, table, batch.schema)
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
        old = batch.columns
        changes = [self._change_of(Column(source, table, name)) for name in batch.schema.names]
        own = _own(old, changes, batch.num_rows)
        new = [_changed(array, change, own) for array, change in zip(old, changes, strict=True)]
        if all(one is two for one, two in zip(old, new, strict=True)):
            return batch
        fields = [
            kept if before is after else _field(kept, after) for kept, before, after in zip(batch.schema, old, new, strict=True)
        ]
        # a schema's own metadata (pandas statistics, descriptions) may repeat what the cells held
        return pa.RecordBatch.from_arrays(new, schema=pa.schema(fields))

    def _change_of(self, column: Column) -> ColumnChange | None:
        if column not in self._changes:
            self._changes[column] = self._planned(column)
        return self._changes[column]

    def _planned(self, column: Column) -> ColumnChange | None:
        rules = self.plan.rules_of(column.source, column.table, column.column)
        seen = self.plan.seen(column.source, column.table)
        examine = seen is not None and seen.without_rule == "examine"
        if not examine and all(rule.operator == "keep" for rule in rules):
            return None
        tally = self._tallies.setdefault(column, Tally())
        changes = [(rule, self._change(rule, tally)) for rule in rules]
        if examine:
            rest = Rule(column="*", path="*", scope="text")
            changes.append((rest, self._change(rest, tally, only_texts=True)))
        return ColumnChange(changes, tally)

    def _change(self, rule: Rule, tally: Tally, *, only_texts: bool = False) -> Change | None:
        kind = rule.kind or self._kind(rule.entity)
        operator = rule.operator or self.plan.operator(rule.entity, kind)
        if rule.operator == "keep" or (rule.scope == "cell" and operator == "keep"):
            return None
        if rule.scope == "cell":
            return Whole(operator, kind, self._anonymizer.operation(operator, kind), self.removed, rule.keys)
        assert self.finder is not None
        return Inside(self.finder, self._anonymizer, lambda entity: self._inside(rule, entity), tally, self.removed, only_texts)

    def _inside(self, rule: Rule, entity: str) -> tuple[str, str]:
        """The operator and kind for an entity found in a text."""
        kind = self._kind(entity)
        if kind == "none":
            return "keep", kind
        return rule.operator or self.plan.operator(entity, kind), kind

    def _kind(self, entity: str) -> str:
        known = self.catalogue.entities.get(entity)
        return known.kind if known else entity.lower()

    @cached_property
    def _anonymizer(self) -> Anonymizer:
        return Anonymizer(self.key, self.plan.mask.keep_last, self.plan.mask.character)

    def _names(self, source: str, table: str) -> bool:
        """Whether any rule is about the table."""
        return any(fits(rule.source, source) and fits(rule.table, table) for rule in self.plan.rules)

    def _refuse_unknown(self, source: str, table: str, schema: pa.Schema) -> None:
        if (source, table, schema) in self._known:
            return
        seen = self.plan.seen(source, table)
        for column in schema:
            rules = self.plan.rules_of(source, table, column.name)
            for path in rebuild.leaf_paths(column.type):
                if seen is None and not self._names(source, table):
                    raise RedactionError(
                        "the plan knows nothing of this table",
                        where=f"{source} {Column(source, table, column.name, path)}",
                        way_out='name the source as when it was scanned, or scan again; source = "*" in the plan is any source',
                    )
                if not _is_known(column.name, path, rules, seen.columns if seen else ()):
                    raise RedactionError(
                        "the plan does not know this column: it appeared since the plan was made",
                        where=f"{source} {Column(source, table, column.name, path)}",
                        way_out="scan again, or add a [[column]] for it, or list it in [[table]] columns to keep it",
                    )
        self._known.add((source, table, schema))


def _own(arrays: Sequence[pa.Array], changes: Sequence[ColumnChange | None], rows: int) -> list[list[Own]]:
    """Each row's own values, where some column of the batch is free text that they may stand in."""
    if not any(change and isinstance(change.at_cell(), Inside) for change in changes):
        return []
    whole = [
        (array, at)
        for array, change in zip(arrays, changes, strict=True)
        if change and isinstance(at := change.at_cell(), Whole) and not pa.types.is_nested(array.type)
    ]
    return own_values(whole, rows) if whole else []


def _changed(array: pa.Array, change: ColumnChange | None, own: Sequence[Sequence[Own]]) -> pa.Array:
    if change is None:
        return array
    at = change.at_cell()
    if own and isinstance(at, Inside) and len(change.rules) == 1 and rebuild.holds_text(array.type):
        edited = linked(array, at, own)
        return array if edited is None else edited
    return change.array(array)


def _is_known(column: str, path: str, rules: Sequence[Rule], listed: Sequence[str]) -> bool:
    """Whether a rule is about the leaf or what it lies in, or the scan saw it."""
    names = [rebuild.join(column, above) if above else column for above in ways(path)]
    return any(fits(rule.path, above) for rule in rules for above in ways(path)) or any(
        fits(pattern, name) for pattern in listed for name in names
    )


def _field(old: pa.Field, array: pa.Array) -> pa.Field:
    metadata = {key: value for key, value in (old.metadata or {}).items() if key == b"PARQUET:field_id"}
    nullable = old.nullable or not rebuild.holds_text(array.type)
    return pa.field(old.name, array.type, nullable, metadata or None)
