"""Values written in other ways made equal: `+33 6 12..` and `06 12..`, `O'Neil ` and `o'neil`. Only where a plan asks for it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from pii_scan import dates

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u0060\u00b4\uff07", "'"))
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))
_NUMBERS = frozenset(
    {
        "iban",
        "bank_account",
        "payment_card",
        "passport",
        "national_id",
        "social_security",
        "tax_id",
        "driving_licence",
        "other_id",
    }
    | {"health_insurance_id", "vehicle_plate", "vin", "mac_address", "postal_code"}
)
_DATES = frozenset({"date_of_birth", "date_of_death", "card_expiry"})
_EXACT = frozenset({"password", "secret"})
"""Where the case of a letter is part of the value."""


def same_form(kind: str, text: str, country: str = "") -> str:
    """The form that all ways to write a value of that kind share; a value that is in that form already is its own.

    Args:
        kind: decides what does not count: blanks and dashes in numbers, letter case in names.
        text: the value.
        country: whose national telephone numbers are read; without it only those with a `+` or `00` meet.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text.translate(_APOSTROPHES).translate(_HYPHENS)).split())
    if kind in _EXACT:
        return unicodedata.normalize("NFC", text).strip()
    if kind == "phone":
        return _phone(plain, country)
    if kind in _NUMBERS:
        return re.sub(r"[\W_]", "", plain).upper() or plain
    if kind in _DATES and isinstance(read := dates.reading(plain), dates.Reading) and read.whole:
        return date.isoformat(read.day)
    return plain.casefold()


def _phone(plain: str, country: str) -> str:
    import phonenumbers

    digits = re.sub(r"[^\d+]", "", plain)
    digits = "+" + digits[2:] if digits.startswith("00") else digits
    try:
        read = phonenumbers.parse(digits, country or None)
    except phonenumbers.NumberParseException:
        return digits or plain.casefold()
    return str(phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164))
