"""Operators of ours for Presidio's anonymizer that work by a key or by hiding: nothing of the value is to be read any more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from presidio_anonymizer.entities import InvalidParamError
from presidio_anonymizer.operators import Mask, Operator, OperatorType

from pii_scan.alike import same_form
from pii_scan.bands import read_number
from pii_scan.coarse_operators import DateCoarsen, DateShift, Generalise, Params, kind_of, no_key
from pii_scan.dates import reading
from pii_scan.keys import Key
from pii_scan.sealing import sealer
from pii_scan.surrogates import Surrogates
from pii_scan.treatment import label

_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
"""A whole number as numbers are written; with a nought before it, or longer, it is a text of digits."""


class Pseudonym(Operator):
    """Replaces a text by a token that is the same wherever the text is the same.

    Parameters: `key`, a `pii_scan.keys.Key`; `kind`, the token's context and prefix (else the entity, in lower case);
    `match`: `exact` or `loose`, where two ways to write one value meet; `country`, whose telephone numbers are then read;
    `type`: `text`, or `keep`, where a whole number becomes one.
    """

    def operate(self, text: str | None = None, params: Params = None) -> str:
        """The token of the text."""
        given, clear = params or {}, text or ""
        key: Key = given["key"]
        kind = kind_of(given)
        if given.get("type") == "keep" and (number := _number(clear, typed=bool(given.get("typed")))) is not None:
            return str(key.number(kind, number))
        return key.token(kind, _matched(clear, kind, given))

    def validate(self, params: Params = None) -> None:
        """Refuse to work without a key."""
        no_key(params, "pseudonym")
        given = params or {}
        if given.get("match", "exact") not in {"exact", "loose"} or given.get("type", "text") not in {"text", "keep"}:
            raise InvalidParamError("pseudonym: match is exact or loose, and type is text or keep")

    def operator_name(self) -> str:
        """`pseudonym`."""
        return "pseudonym"

    def operator_type(self) -> OperatorType:
        """It anonymizes."""
        return OperatorType.Anonymize


class KeyedHash(Operator):
    """Replaces a text by 64 hexadecimal digits, the same for the same text, kind and key; nobody else can test guesses.

    Parameters: `key`, `kind`, `match` and `country`, as those of `pseudonym`.
    """

    def operate(self, text: str | None = None, params: Params = None) -> str:
        """The keyed hash of the text."""
        given = params or {}
        key: Key = given["key"]
        return key.hash(kind_of(given), _matched(text or "", kind_of(given), given))

    def validate(self, params: Params = None) -> None:
        """Refuse to work without a key."""
        no_key(params, "keyed_hash")

    def operator_name(self) -> str:
        """`keyed_hash`; `hash` is Presidio's own."""
        return "keyed_hash"

    def operator_type(self) -> OperatorType:
        """It anonymizes."""
        return OperatorType.Anonymize


class Seal(Operator):
    """Encrypts a text with AES-SIV: the same text gives the same token, and who holds the key gets it back.

    Parameters: `key` and `kind`, as those of `pseudonym`.
    """

    def operate(self, text: str | None = None, params: Params = None) -> str:
        """The token; an empty text stays empty."""
        given = params or {}
        return sealer(given["key"]).seal(kind_of(given), text, arrow=str(given.get("arrow", ""))) if text else ""

    def validate(self, params: Params = None) -> None:
        """Refuse to work without a key."""
        no_key(params, "seal")

    def operator_name(self) -> str:
        """`seal`; `encrypt` is Presidio's own."""
        return "seal"

    def operator_type(self) -> OperatorType:
        """It anonymizes."""
        return OperatorType.Anonymize


class Unseal(Operator):
    """Opens what `seal` made, for Presidio's `DeanonymizeEngine`.

    Parameters: `key`.
    """

    def operate(self, text: str | None = None, params: Params = None) -> str:
        """The text with its tokens opened.

        Raises:
            InvalidParamError: the key is another.
        """
        failed: list[int] = []
        made = sealer((params or {})["key"]).opened(text or "", lambda: failed.append(1))
        if failed:
            raise InvalidParamError("unseal: this key does not open it")
        return made

    def validate(self, params: Params = None) -> None:
        """Refuse to work without a key."""
        no_key(params, "unseal")

    def operator_name(self) -> str:
        """`unseal`."""
        return "unseal"

    def operator_type(self) -> OperatorType:
        """It brings back."""
        return OperatorType.Deanonymize


class Surrogate(Operator):
    """Replaces a value by a realistic one of the same kind; a kind that none is known for gets its label.

    Parameters: `key` and `kind`, as those of `pseudonym`; `country`; `check`, a function that gives for a text what tells
    whether another one of its sort has a good check digit.
    """

    def operate(self, text: str | None = None, params: Params = None) -> str:
        """The surrogate of the text."""
        given = params or {}
        check = given.get("check")
        maker = Surrogates(given["key"], kind_of(given), given.get("country") or "", check(text or "") if check else None)
        made = maker.of(text or "", given.get("order") or "dmy")
        return made if made is not None else "" if given.get("typed") else label(kind_of(given))

    def validate(self, params: Params = None) -> None:
        """Refuse to work without a key, or without Faker where the kind needs it."""
        no_key(params, "surrogate")
        given = params or {}
        Surrogates(given["key"], kind_of(given)).check()

    def operator_name(self) -> str:
        """`surrogate`."""
        return "surrogate"

    def operator_type(self) -> OperatorType:
        """It anonymizes."""
        return OperatorType.Anonymize


class MaskAllBut(Operator):
    """Presidio's mask over all but a part of the text, however long that is.

    Parameters: `keep`: `last` (the last characters), `domain` (of an e-mail address), `year` (of a date) or `nothing`;
    `keep_last` (4), of which never more than a third of the text stays in sight; `masking_char` (`*`); `format`, whether
    blanks and dashes stay. A text without the part that should stay is masked wholly.
    """

    def operate(self, text: str | None = None, params: Params = None) -> str:
        """The masked text, as long as the text itself."""
        given, clear = params or {}, text or ""
        char, shape = given.get("masking_char", "*"), bool(given.get("format"))
        begin, end = _in_sight(clear, given.get("keep") or "last", given.get("keep_last", 4), shape=shape)
        return _stars(clear[:begin], char, shape=shape) + clear[begin:end] + _stars(clear[end:], char, shape=shape)

    def validate(self, params: Params = None) -> None:
        """Check each parameter."""
        given = params or {}
        keep, char = given.get("keep_last", 4), given.get("masking_char", "*")
        if not isinstance(keep, int) or isinstance(keep, bool) or keep < 0:
            raise InvalidParamError("mask_all_but: the parameter keep_last must be a whole number, 0 or more")
        if not isinstance(char, str) or len(char) != 1:
            raise InvalidParamError("mask_all_but: the parameter masking_char must be one character")
        if (given.get("keep") or "last") not in {"last", "domain", "year", "nothing"}:
            raise InvalidParamError("mask_all_but: the parameter keep is last, domain, year or nothing")

    def operator_name(self) -> str:
        """`mask_all_but`."""
        return "mask_all_but"

    def operator_type(self) -> OperatorType:
        """It anonymizes."""
        return OperatorType.Anonymize


def _stars(text: str, char: str, *, shape: bool) -> str:
    if shape:
        return "".join(char if one.isalnum() else one for one in text)
    masking = {"masking_char": char, "chars_to_mask": len(text), "from_end": False}
    return str(Mask().operate(text, masking)) if text else ""


def _in_sight(text: str, keep: str, last: int, *, shape: bool) -> tuple[int, int]:
    """Which part of the text stays."""
    end = len(text)
    if keep == "last":
        places = [place for place, char in enumerate(text) if char.isalnum() or not shape]
        seen = min(last, len(places) // 3)
        return (places[-seen] if seen else end), end
    if keep == "domain":
        at = text.rfind("@")
        return (at, end) if 0 < at < end - 1 else (end, end)
    if keep == "year" and (read := reading(text.strip())) is not None:
        begin = text.find(read.text)
        _, start, stop = next(place for place in read.places if place[0] == "y")
        return begin + start, begin + stop
    return end, end


def _matched(text: str, kind: str, given: Mapping[str, Any]) -> str:
    return same_form(kind, text, given.get("country") or "") if given.get("match") == "loose" else text


def _number(text: str, *, typed: bool) -> Decimal | None:
    """The whole number that a text is, in the one way that numbers are written; in a column of numbers any number."""
    if typed:
        return read_number(text)
    plain = _WHOLE.fullmatch(text)
    return Decimal(text) if plain else None


OPERATORS: tuple[type[Operator], ...] = (Pseudonym, KeyedHash, Seal, Surrogate, MaskAllBut, DateShift, DateCoarsen, Generalise)
"""What `AnonymizerEngine.add_anonymizer` takes, one by one."""
DEANONYMIZERS: tuple[type[Operator], ...] = (Unseal,)
"""What `DeanonymizeEngine.add_deanonymizer` takes."""
