"""A row's own values in its free text: what one column replaces must not stay in the notes beside it.

No recognizer knows every name; the row does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from pii_scan import jsontext, rebuild
from pii_scan.changes import Finder, Inside, Tally, Whole
from pii_scan.column_change import ColumnChange
from pii_scan.presidio import Span
from pii_scan.treatment import Treatment

_NAMES = frozenset({"person_name", "first_name", "last_name", "middle_name", "maiden_name"})
_MARKS = ",;.()\"'"
"""What stands about the parts of a name: `O'Neil, Anna (Dr.)`."""
_LETTERS, _DIGITS = 3, 6
"""Shorter values stand in a text by chance; `4` is not worth a hole in every sentence."""


@dataclass(frozen=True, slots=True)
class Own:
    """One value of a row, and what its column does with it."""

    value: str = field(repr=False)
    treatment: Treatment

    def spans(self, text: str) -> Iterator[Span]:
        """Where it stands in the text as words of their own, in any letter case."""
        for found in re.finditer(rf"(?<!\w){re.escape(self.value)}(?!\w)", text, re.IGNORECASE):
            yield Span(found.start(), found.end(), self.entity, 1.0)

    @property
    def entity(self) -> str:
        """A name that no recognizer has."""
        return f"own {self.treatment}"


def own_of_rows(arrays: Sequence[pa.Array], changes: Sequence[ColumnChange | None], rows: int) -> list[list[Own]]:
    """Each row's own values, where some column of the batch is free text that they may stand in."""
    if not any(change and isinstance(change.at_cell(), Inside) for change in changes):
        return []
    planned = [(array, change) for array, change in zip(arrays, changes, strict=True) if change]
    whole = [pair for array, change in planned for pair in _leaves(array, change)]
    documents = [(array, change) for array, change in planned if change.reads_json and rebuild.holds_text(array.type)]
    return own_values(whole, rows, documents) if whole or documents else []


def _leaves(array: pa.Array, change: ColumnChange, path: str = "") -> Iterator[tuple[pa.Array, Whole]]:
    """The parts of a column that go whole and have one cell a row: the cell itself, or fields of its structs."""
    at = change.at(path)
    if pa.types.is_struct(array.type):
        for field_, child in zip(array.type, array.flatten(), strict=True):
            yield from _leaves(child, change, rebuild.join(path, field_.name))
    elif isinstance(at, Whole) and not pa.types.is_nested(array.type):
        yield array, at


def changed(array: pa.Array, change: ColumnChange | None, own: Sequence[Sequence[Own]]) -> pa.Array:
    """The column as its change makes it, in free text also what the row's other columns replace."""
    if change is None:
        return array
    at = change.at_cell()
    if own and isinstance(at, Inside) and len(change.rules) == 1 and rebuild.holds_text(array.type):
        edited = linked(array, at, own)
        return array if edited is None else edited
    return change.array(array)


def own_values(
    columns: Sequence[tuple[pa.Array, Whole]], rows: int, documents: Sequence[tuple[pa.Array, ColumnChange]] = ()
) -> list[list[Own]]:
    """For each row the values that its planned columns replace; of a person's name also each part.

    Args:
        columns: those that go whole.
        rows: how many rows they have.
        documents: columns of JSON texts, of which the plan replaces what lies at some paths.
    """
    own: list[list[Own]] = [[] for _ in range(rows)]
    for array, whole in columns:
        for row, text in enumerate(rebuild.as_text(array).to_pylist()):
            own[row] += _owned(text or "", whole)
    for array, change in documents:
        for row, text in enumerate(rebuild.as_text(array).to_pylist()):
            own[row] += [one for value, whole in change.in_json(text or "") for one in _owned(value, whole)]
    return own


def _owned(text: str, whole: Whole) -> Iterator[Own]:
    return (Own(part, whole.treatment) for part in _parts(text, whole.treatment.kind))


def linked(array: pa.Array, change: Inside, own: Sequence[Sequence[Own]]) -> pa.Array | None:
    """The column edited by `change`, and each row's own values in it replaced as their columns replace them."""
    known: dict[str, Sequence[Span] | None] = {}

    def find(texts: Sequence[str]) -> Sequence[Sequence[Span] | None]:
        fresh = [text for text in texts if text not in known]
        known.update(zip(fresh, change.finder(fresh) if fresh else (), strict=True))
        return [known[text] for text in texts]

    edited = replace(change, finder=find).array(array)
    if edited is None:
        return None
    texts = rebuild.as_text(array).to_pylist()
    hits = {row: found for row, text in enumerate(texts) if text and (found := _present(text, own[row]))}
    if not hits:
        return edited
    cells = rebuild.as_text(edited).to_pylist()
    for row, found in hits.items():
        both = replace(change, finder=_with(find, found), treatment=_treatments(change.treatment, found), tally=Tally())
        (cells[row],) = rebuild.mapped(pa.array([texts[row]]), both.cells).to_pylist()
    return rebuild.restored(pa.array(cells, pa.large_string()), edited.type)


def _parts(text: str, kind: str) -> Iterator[str]:
    value = text.strip()
    words = [word.strip(_MARKS) for word in value.split()] if kind in _NAMES else ()
    for part in dict.fromkeys([value, *words]):
        if sum(map(str.isalpha, part)) >= _LETTERS or sum(map(str.isdigit, part)) >= _DIGITS:
            yield part


def _present(text: str, own: Sequence[Own]) -> list[Own]:
    """A quick look; escapes in JSON may hide a value, so there each may be present."""
    if jsontext.opens(text):
        return list(own)
    lowered = text.lower()
    return [one for one in own if one.value.lower() in lowered]


def _with(find: Finder, own: Sequence[Own]) -> Finder:
    def both(texts: Sequence[str]) -> Sequence[Sequence[Span] | None]:
        return [
            None if spans is None else [*spans, *(span for one in own for span in one.spans(text))]
            for text, spans in zip(texts, find(texts), strict=True)
        ]

    return both


def _treatments(others: Callable[[str], Treatment], own: Sequence[Own]) -> Callable[[str], Treatment]:
    mine: Mapping[str, Treatment] = {one.entity: one.treatment for one in own}
    return lambda entity: mine.get(entity) or others(entity)
