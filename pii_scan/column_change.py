"""The rules of one column: what happens at each path of it, in structs, lists and JSON texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from pii_scan import jsontext, rebuild
from pii_scan.changes import READABLE, UNEXAMINED, Change, Inside, Tally, Whole
from pii_scan.documents import parted
from pii_scan.plan import Rule, fits


@dataclass(frozen=True)
class ColumnChange:
    """The rules of one column, each with its change (None keeps); the first that fits a path decides."""

    rules: Sequence[tuple[Rule, Change | None]]
    tally: Tally

    def array(self, array: pa.Array) -> pa.Array:
        """The column edited; the very same array where no rule is about anything in it."""
        return rebuild.walked(array, "", self._visit)

    @property
    def shifts(self) -> bool:
        """Whether anything in it depends on whose row it is."""
        return any(isinstance(change, Whole | Inside) and change.shifts for _, change in self.rules)

    @property
    def drops(self) -> bool:
        """Whether the column is left out of the copy."""
        change = self.at_cell()
        return isinstance(change, Whole) and change.treatment.operator == "drop_column"

    def at_cell(self) -> Change | None:
        """What happens to the cell itself, as against paths in it."""
        return self.at("")

    def at(self, path: str) -> Change | None:
        """What happens at a path, by the first rule that is about it."""
        return self._at(path)[1]

    @property
    def reads_json(self) -> bool:
        """Whether a rule is about something inside JSON texts, or inside a struct."""
        return self._below("")

    def in_json(self, text: str) -> Iterator[tuple[str, Whole]]:
        """The values in a JSON text that go whole, each with its change; none of a text that is no JSON."""
        for node in jsontext.nodes(text) if jsontext.is_json(text) else ():
            change = self.at(node.path) if node.what in {"string", "number"} else None
            if isinstance(change, Whole):
                yield node.value(text), change

    def _visit(self, path: str, array: pa.Array) -> pa.Array | None:
        ruled, change = self._at(path)
        if pa.types.is_struct(array.type):
            # what a finder finds is in the leaves; a whole struct goes as a whole
            return change.array(array) if change and not isinstance(change, Inside) else None
        if not ruled:
            change = self._above(path)
        if isinstance(change, Whole) or not (self._below(path) and rebuild.holds_text(array.type)):
            return change.array(array) if change else None
        return rebuild.mapped(array, lambda texts: self._json(path, change, texts))

    def _at(self, path: str) -> tuple[bool, Change | None]:
        return next(((True, change) for rule, change in self.rules if fits(rule.path, path)), (False, None))

    def _above(self, path: str) -> Change | None:
        """A rule that looks inside a struct looks inside all its leaves."""
        ruled = (self._at(above) for above in rebuild.ways(path)[1:])
        change = next((change for found, change in ruled if found), None)
        return change if isinstance(change, Inside) else None

    def _below(self, path: str) -> bool:
        """Whether a rule is about a path inside the JSON texts of this one."""
        begin = f"{path}." if path else ""
        return any(rule.path != path and (rule.path.startswith(begin) or set(rule.path) & set("*?[")) for rule, _ in self.rules)

    def _json(self, path: str, here: Change | None, texts: Sequence[str]) -> Sequence[str]:
        """JSON texts leaf by leaf, other texts as the rule for the cell itself says."""
        rest = here if isinstance(here, Inside) else None

        def choose(node: jsontext.Node) -> Change | None:
            ruled, change = self._at(rebuild.join(path, node.path) if node.path else path)
            if not ruled or isinstance(change, Inside):
                return (change or rest) if node.what in READABLE else None
            kept = {"object", "null"} if isinstance(change, Whole) and change.keys else {"key", "null"}
            return change if node.what not in kept else None

        return parted(texts, here.texts if here else self._broken, choose)

    def _broken(self, texts: Sequence[str]) -> Sequence[str]:
        """Texts that no rule is about stay, but broken JSON does not: where its leaves are cannot be told."""
        self.tally.unexamined += sum(map(jsontext.opens, texts))
        return [UNEXAMINED if jsontext.opens(text) else text for text in texts]
