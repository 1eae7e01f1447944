"""What is judged otherwise of special categories: codes contradict no name, and guesses stay guesses."""

from __future__ import annotations

from pii_scan import weights as w
from pii_scan.distinct import estimate
from pii_scan.model import ColumnEvidence, Entity
from pii_scan.naming import Named
from pii_scan.weigh import Weight

_CODES = 16
"""The most distinct values that a list of codes has."""
_CODE_CHARS = 3.5
"""The most characters that they have on average (`1`, `NPA`, `oui`)."""
_ANSWERS, _ANSWER_CHARS = 3, 7.0
"""The same for yes, no and unknown in words."""


def coded(seen: ColumnEvidence) -> bool:
    """Whether the cells are few short codes or answers (1/2/9, Y/N, single letters), which mean what the name says."""
    chars = seen.texture.chars / max(1, seen.texture.texts)
    return seen.type == "bool" or _short(seen) or (estimate(seen.registers) <= _ANSWERS and chars <= _ANSWER_CHARS)


def _short(seen: ColumnEvidence) -> bool:
    """Whether they are numbers or letters of a few characters: codes rather than answers."""
    texture = seen.texture
    plain = texture.numeric + texture.letters >= 0.9 * texture.texts
    return plain and estimate(seen.registers) <= _CODES and texture.chars <= _CODE_CHARS * texture.texts


def doubt(kind: str, named: Named, seen: ColumnEvidence, share: float) -> float:
    """How much the values speak against a special category that the column is named after.

    Args:
        kind: the category.
        named: what the name says.
        seen: the column.
        share: the largest share of its cells that one list or form of the category holds.
    """
    if named.sort == "ambiguous" and share < w.BORNE_OUT:
        if _short(seen):
            return w.NOT_BORNE_OUT_BY_CODES
        return w.NOT_BORNE_OUT_BY_ANSWERS if coded(seen) else w.NOT_BORNE_OUT
    texture = seen.texture
    numbers = texture.texts and texture.numeric >= 0.9 * texture.texts
    return w.CONTRADICTED if kind in w.WORDED and numbers and not coded(seen) else 0.0


def guessed(named: Named | None, value: Weight | None, entity: Entity | None) -> bool:
    """Whether nothing but signs speaks for it: a name that only suggests it, or a list of words that only do."""
    by_name = named is not None and named.sort in {"header", "ambiguous"} and named.weight > 0
    by_value = value is not None and value.nats > w.SUITS
    if by_name or (by_value and entity is not None and not entity.suggests):
        return False
    return (named is not None and named.sort == "sign") or (by_value and entity is not None and entity.suggests)
