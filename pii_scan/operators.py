"""Operators of ours for Presidio's anonymizer: `pseudonym` and `mask_all_but`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presidio_anonymizer.entities import InvalidParamError
from presidio_anonymizer.operators import Mask, Operator, OperatorType

from pii_scan.keys import Key

Params = Mapping[str, Any] | None


class Pseudonym(Operator):
    """Replaces a text by a token that is the same wherever the text is the same.

    Parameters: `key`, a `pii_scan.keys.Key`; `kind`, the token's context and prefix (else the entity, in lower case).
    """

    def operate(self, text: str | None = None, params: Params = None) -> str:
        """The token of the text."""
        given = params or {}
        kind = given.get("kind") or str(given.get("entity_type", "value")).lower()
        key: Key = given["key"]
        return key.token(kind, text or "")

    def validate(self, params: Params = None) -> None:
        """Refuse to work without a key."""
        if not isinstance((params or {}).get("key"), Key):
            raise InvalidParamError("pseudonym: the parameter key must be a pii_scan.keys.Key")

    def operator_name(self) -> str:
        """`pseudonym`."""
        return "pseudonym"

    def operator_type(self) -> OperatorType:
        """It anonymizes."""
        return OperatorType.Anonymize


class MaskAllBut(Operator):
    """Presidio's mask over all but the last characters, however long the text is.

    Parameters: `keep_last` (4) and `masking_char` (`*`). Never more than a third of the text stays in sight.
    """

    def operate(self, text: str | None = None, params: Params = None) -> str:
        """The masked text, as long as the text itself."""
        given, clear = params or {}, text or ""
        seen = min(given.get("keep_last", 4), len(clear) // 3)
        masking = {"masking_char": given.get("masking_char", "*"), "chars_to_mask": len(clear) - seen, "from_end": False}
        return str(Mask().operate(clear, masking))

    def validate(self, params: Params = None) -> None:
        """Check both parameters."""
        given = params or {}
        keep, char = given.get("keep_last", 4), given.get("masking_char", "*")
        if not isinstance(keep, int) or isinstance(keep, bool) or keep < 0:
            raise InvalidParamError("mask_all_but: the parameter keep_last must be a whole number, 0 or more")
        if not isinstance(char, str) or len(char) != 1:
            raise InvalidParamError("mask_all_but: the parameter masking_char must be one character")

    def operator_name(self) -> str:
        """`mask_all_but`."""
        return "mask_all_but"

    def operator_type(self) -> OperatorType:
        """It anonymizes."""
        return OperatorType.Anonymize


OPERATORS: tuple[type[Operator], ...] = (Pseudonym, MaskAllBut)
"""What `AnonymizerEngine.add_anonymizer` takes, one by one."""
