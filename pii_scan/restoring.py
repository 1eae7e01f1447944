"""The way back: sealed values opened with the key that sealed them, everything else as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa

from pii_scan import jsontext, rebuild
from pii_scan.contracts import Edit, Source
from pii_scan.errors import RedactionError
from pii_scan.keys import Key
from pii_scan.model import Column, Skipped, Unit
from pii_scan.sealing import Sealer, holds_token

_DECIMAL = re.compile(r"decimal(32|64|128|256)\((\d+), (-?\d+)\)")
_STAMP = re.compile(r"timestamp\[(s|ms|us|ns)(?:, tz=(.+))?\]")


@dataclass
class Restorer:
    """Edits batches back. A token that the key does not open stops the copy: nothing half restored is left."""

    key: Key = field(repr=False)
    types: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """By table, column and path: the Arrow type of columns that were of numbers or dates, as `learn` finds them."""
    restored: int = field(default=0, init=False)
    """How many distinct texts of each batch held something that was opened."""

    def __post_init__(self) -> None:
        """Prepare the cipher."""
        self._sealer = Sealer(self.key)

    def editor(self, source: str) -> Edit:
        """The edit for one source."""
        return partial(self.edit, source)

    def learn(self, source: Source) -> Iterator[Skipped]:
        """Read a source for the types that its columns had before; what cannot be read is yielded."""
        for unit in source.units():
            if isinstance(unit, Skipped):
                yield unit
                continue
            for batch in source.read(unit):
                if isinstance(batch, pa.RecordBatch):
                    self._learn(unit, batch)

    def edit(self, source: str, table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with every token opened.

        Raises:
            RedactionError: the key is not the one that they were made with.
        """
        old = batch.columns
        new = [self._column(source, table, name, array) for name, array in zip(batch.schema.names, old, strict=True)]
        if all(one is two for one, two in zip(old, new, strict=True)):
            return batch
        fields = [pa.field(kept.name, array.type) for kept, array in zip(batch.schema, new, strict=True)]
        return pa.RecordBatch.from_arrays(new, schema=pa.schema(fields))

    def _learn(self, unit: Unit, batch: pa.RecordBatch) -> None:
        for name, array in zip(batch.schema.names, batch.columns, strict=True):
            rebuild.walked(array, "", partial(self._look, unit.table, name))

    def _look(self, table: str, name: str, path: str, array: pa.Array) -> None:
        """Whether the first text is one that was no text before."""
        if (table, name, path) in self.types or not rebuild.holds_text(array.type):
            return
        first = next((text for text in rebuild.as_text(array).to_pylist() if text), "")
        if first:
            sealed = self._sealer.whole(first)
            self.types[table, name, path] = sealed.type if sealed else ""

    def _column(self, source: str, table: str, name: str, array: pa.Array) -> pa.Array:
        def visit(path: str, part: pa.Array) -> pa.Array | None:
            if not rebuild.holds_text(part.type):
                return None
            where = f"{source} {Column(source, table, name, path)}"
            kind = arrow_type(self.types.get((table, name, path), ""))
            if kind is not None:
                return rebuild.retyped(part, lambda texts: self._opened(texts, where), kind)
            if not any(map(holds_token, filter(None, rebuild.as_text(part).unique().to_pylist()))):
                return None
            return rebuild.mapped(part, lambda texts: self._opened(texts, where))

        return rebuild.walked(array, "", visit)

    def _opened(self, texts: Sequence[str], where: str) -> list[str]:
        return [self._one(text, self._refusal(where)) if holds_token(text) else text for text in texts]

    def _one(self, text: str, failed: Callable[[], None]) -> str:
        self.restored += 1
        if not jsontext.is_json(text):
            return self._sealer.opened(text, failed)
        changes = []
        for node in jsontext.nodes(text):
            if node.what in {"key", "string"} and holds_token(old := node.value(text)):
                sealed = self._sealer.whole(old)
                number = sealed is not None and sealed.type == "number" and node.what == "string"
                changes.append((jsontext.as_number(node) if number else node, self._sealer.opened(old, failed)))
        return jsontext.replaced(text, changes)

    def _refusal(self, where: str) -> Callable[[], None]:
        def failed() -> None:
            raise RedactionError(
                f"holds values that the key {self.key.id} does not open",
                where=where,
                way_out="use the key and the purpose that they were encrypted with",
            )

        return failed


def arrow_type(name: str) -> pa.DataType | None:
    """The Arrow type of that name, or None where there is none, and the column stays one of texts."""
    if found := _DECIMAL.fullmatch(name):
        make: Callable[[int, int], pa.DataType] = getattr(pa, f"decimal{found[1]}")
        return make(int(found[2]), int(found[3]))
    if found := _STAMP.fullmatch(name):
        return pa.timestamp(found[1], found[2])
    try:
        return pa.type_for_alias(name)
    except ValueError:
        return None
