"""The identifier tables: TOML rows, read into entities, and the self-check that every row passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from pii_scan.contracts import Part
from pii_scan.errors import RecognizerError
from pii_scan.model import Entity, Proof, Told
from pii_scan.recognizers.rules import Rule, rule
from pii_scan.shelf import read_table

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

FOLDER = Path(__file__).parent
LIKELY_BY_CHANCE = 0.5
"""A validator that lets more than this share of random text through proves nothing: such a row is a `shape`."""

_NEEDED = frozenset(("entity", "kind", "label", "shape", "match", "reject", "source"))
_KNOWN = _NEEDED | {"country", "validator", "chance", "proof", "headers", "like", "any_case", "tells", "named"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: an entity, the shapes it is written in, and the samples that prove them."""

    entity: Entity
    shapes: tuple[str, ...]
    match: tuple[str, ...]
    """Texts that are the entity, whole."""
    reject: tuple[str, ...]
    """Texts in which nothing may be found."""
    validator: str = ""
    """The name of a `Rule`; empty where the shape is all there is."""
    like: tuple[str, ...] = ()
    """Shapes of the texts it could be mistaken for, where they are wider than its own; `chance` is measured on them."""
    any_case: bool = False
    """Whether capital and small letters are the same to its shapes."""
    named: bool = False
    """Whether it is asked only where the name of a column names it: six letters and digits are no WKN by themselves."""

    @property
    def rule(self) -> Rule | None:
        """What confirms a match, found on first use; it is asked in capitals where case does not matter to the shapes."""
        if not self.validator:
            return None
        found = rule(self.validator)
        return (lambda text: found(text.upper())) if self.any_case else found

    @property
    def score(self) -> float:
        """Presidio's score of a find: what chance leaves over for a checked one, low for a mere shape."""
        return round(0.9 * (1 - self.entity.chance) + 0.05, 2) if self.entity.proof == "checked" else 0.2

    @property
    def flags(self) -> int:
        """Flags for `re` and `regex`, which name this one alike."""
        import re

        return int(re.IGNORECASE) if self.any_case else 0


def load(*files: str) -> tuple[Row, ...]:
    """The rows of these tables, in the order they stand.

    Raises:
        RecognizerError: a table cannot be read, or a row is incomplete; it names the row.
    """
    rows = tuple(row for file in files for row in _read(file))
    for name, times in Counter(row.entity.name for row in rows).items():
        if times > 1:
            raise RecognizerError(
                f"{times} rows have this entity", where=name, way_out="an entity is one row with several shapes"
            )
    return rows


def part(name: str, rows: tuple[Row, ...]) -> Part:
    """The part that these rows make; Presidio is imported when its recognizers are asked for."""
    return Part(
        name=name,
        entities=tuple(row.entity for row in rows),
        recognizers=partial(recognizers, rows),
        check=partial(check, rows),
    )


def recognizers(rows: Iterable[Row]) -> Iterator[EntityRecognizer]:
    """One Presidio recognizer a row."""
    from pii_scan.recognizers.identifier import IdentifierRecognizer

    return (IdentifierRecognizer(row) for row in rows)


def check(rows: Iterable[Row]) -> Iterator[str]:
    """One line for each sample that does not do what its row says, and for each shape that an engine refuses."""
    for row in rows:
        yield from (f"{row.entity.name}: {line}" for line in _faults(row))


def _read(file: str) -> Iterator[Row]:
    try:
        table = read_table((FOLDER / file).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise RecognizerError(f"cannot be read ({type(error).__name__})", where=file) from None
    for number, raw in enumerate(table.get("identifier", ()), 1):
        yield _row(raw, f"{file}, {raw.get('entity') or f'row {number}'}")


def _row(raw: Mapping[str, Any], where: str) -> Row:
    missing, unknown = sorted(_NEEDED - raw.keys()), sorted(raw.keys() - _KNOWN)
    if missing or unknown:
        fault = f"lacks {', '.join(missing)}" if missing else f"has unknown fields: {', '.join(unknown)}"
        raise RecognizerError(fault, where=where, way_out="see recognizers/README.md")
    if not raw["match"] or not raw["reject"]:
        raise RecognizerError("has no samples", where=where, way_out="give at least one match and one reject")
    if unknown := sorted({*raw.get("tells", ())} - {*get_args(Told)}):
        raise RecognizerError(f"tells what is not known: {', '.join(unknown)}", where=where, way_out="see recognizers/README.md")
    if raw.get("validator") and "chance" not in raw:
        raise RecognizerError("has a validator but no chance", where=where, way_out="run benchmarks/chance.py")
    if raw.get("named") and not raw.get("headers"):
        raise RecognizerError("is asked by name only and has none", where=where, way_out="give its headers")
    return Row(
        entity=_entity(raw),
        shapes=_texts(raw["shape"]),
        match=tuple(raw["match"]),
        reject=tuple(raw["reject"]),
        validator=raw.get("validator", ""),
        like=_texts(raw.get("like", ())),
        any_case=raw.get("any_case", False),
        named=raw.get("named", False),
    )


def _entity(raw: Mapping[str, Any]) -> Entity:
    chance = float(raw.get("chance", 1.0))
    implied: Proof = "checked" if chance < LIKELY_BY_CHANCE else "shape"
    return Entity(
        name=raw["entity"],
        kind=raw["kind"],
        proof=cast("Proof", raw.get("proof", implied)),
        chance=chance,
        country=raw.get("country", ""),
        headers=tuple(raw.get("headers", ())),
        label=raw["label"],
        source=raw["source"],
        tells=tuple(raw.get("tells", ())),
    )


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _faults(row: Row) -> Iterator[str]:
    import regex

    refusals = [line for shape in row.shapes for line in _refusals(shape, any_case=row.any_case)]
    yield from refusals
    if refusals:
        return
    try:
        accepts: Callable[[str], bool] = row.rule or (lambda _text: True)
    except RecognizerError as error:
        yield error.what
        return
    patterns = [regex.compile(shape, row.flags) for shape in row.shapes]
    for text in row.match:
        if not any(pattern.fullmatch(text) for pattern in patterns):
            yield f"no shape matches {text!r}"
        elif not accepts(text):
            yield f"the validator refuses {text!r}"
    for text in row.reject:
        if any(accepts(found.group()) for pattern in patterns for found in pattern.finditer(text)):
            yield f"matches {text!r}"


def _refusals(shape: str, *, any_case: bool) -> Iterator[str]:
    """Both engines must take the shape: `regex` confirms what RE2 has let through."""
    import re2
    import regex

    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not any_case
    try:
        re2.compile(shape, options)
    except re2.error:
        yield f"RE2 refuses {shape!r}"
    try:
        regex.compile(shape)
    except regex.error:
        yield f"regex refuses {shape!r}"
