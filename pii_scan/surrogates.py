"""Surrogates: realistic values of the same kind in place of real ones, one for each value under a key.

Names, addresses and the like come from Faker (the extra `surrogates`); numbers keep their shape and their check digit.
A kind that no stand-in is known for has none, and is then replaced by its label.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from pii_scan import dates
from pii_scan.alike import same_form
from pii_scan.bands import read_number
from pii_scan.categories import CATEGORIES, of_its_list
from pii_scan.drawn import Valid, drawn, numbers, seed
from pii_scan.errors import ConfigError
from pii_scan.keys import Key

FAKED: Mapping[str, str] = {
    "person_name": "name",
    "first_name": "first_name",
    "last_name": "last_name",
    "middle_name": "first_name",
    "maiden_name": "last_name",
    "username": "user_name",
    "email": "user_name",
    "street_address": "street_address",
    "city": "city",
    "birthplace": "city",
    "country": "country",
    "company_name": "company",
    "employer": "company",
    "job_title": "job",
    "user_agent": "user_agent",
    "free_text": "text",
}
"""Kinds that Faker has values for, and what it calls them."""
_DRAWN = frozenset(
    {"phone", "iban", "bank_account", "payment_card", "card_security_code", "passport", "national_id", "social_security"}
    | {"tax_id", "driving_licence", "other_id", "health_insurance_id", "vehicle_plate", "vin", "person_id", "device_id"}
    | {"cookie_id", "mac_address", "postal_code", "password", "secret", "income", "transaction"}
)
"""Kinds whose values are their shape."""
_DATES = frozenset({"date_of_birth", "date_of_death"})
_YEARS = 1095
_LOCALES = {"BE": "nl_BE", "CA": "en_CA", "CH": "de_CH", "IN": "en_IN", "NG": "en_NG", "LU": "fr_FR", "UK": "en_GB"}
"""Where a country has more than one language, or none of its own in Faker."""
_SCRIPTS = {
    "CYRILLIC": "ru_RU",
    "GREEK": "el_GR",
    "ARABIC": "ar_AA",
    "HEBREW": "he_IL",
    "THAI": "th_TH",
    "DEVANAGARI": "hi_IN",
    "HANGUL": "ko_KR",
    "HIRAGANA": "ja_JP",
    "KATAKANA": "ja_JP",
    "CJK": "zh_CN",
    "ARMENIAN": "hy_AM",
    "GEORGIAN": "ka_GE",
}


@dataclass(frozen=True)
class Surrogates:
    """Makes surrogates of one kind."""

    key: Key = field(repr=False)
    kind: str
    country: str = ""
    valid: Valid | None = field(default=None, repr=False)
    """The check digit of the very identifier; without it IBANs and cards are checked all the same."""

    def check(self) -> None:
        """Find out before the work starts whether what it needs is installed.

        Raises:
            ConfigError: the kind needs Faker, and there is none.
        """
        if self.kind in FAKED:
            _faker("en_US")

    def of(self, text: str, order: dates.Order = "dmy") -> str | None:
        """The surrogate of a value, or None where none is known."""
        if self.kind in _DATES:
            return dates.shifted(text, dates.days_of(self._number(text) % 730, 730, _YEARS), order)
        ways: Mapping[str, Callable[[str], str | None]] = {
            **dict.fromkeys(FAKED, self._faked),
            **dict.fromkeys(_DRAWN, self._shaped),
            **dict.fromkeys(CATEGORIES, self._listed),
            "age": self._age,
            "ip_address": self._address,
            "geo_coord": self._coordinates,
            "url_profile": lambda text: f"https://example.org/{self._number(text):012x}",
        }
        return ways[self.kind](text) if self.kind in ways else None

    def _number(self, text: str) -> int:
        """Forty-eight bits that the value decides."""
        return int.from_bytes(seed(self.key, self.kind, self._same(text))[:6], "big")

    def _same(self, text: str) -> str:
        return same_form(self.kind, text, self.country)

    def _shaped(self, text: str) -> str | None:
        fixed, valid = 0, self.valid
        if self.kind == "phone":
            fixed, valid = _prefix(text, self.country), self.valid or _phones(self.country)
        elif self.kind == "iban":
            fixed, valid = 2, valid or _stdnum("iban")
        elif self.kind == "payment_card":
            fixed, valid = 1, valid or _stdnum("luhn")
        elif self.country and text.startswith(self.country):
            fixed = 2
        return drawn(text, partial(numbers, self.key, self.kind, self._same(text)), fixed=fixed, valid=valid)

    def _faked(self, text: str) -> str | None:
        same = text.strip().casefold()
        mixed = seed(self.key, self.kind, unicodedata.normalize("NFC", same))
        maker = _faker("en_US" if self.kind in {"email", "username"} else self._locale(text))
        maker.seed_instance(int.from_bytes(mixed[:8], "big"))
        if self.kind in {"email", "username"}:
            # no two in a billion alike: addresses are keys of tables
            name = f"{maker.user_name()}{int.from_bytes(mixed[8:14], 'big') % 10**9:09}"
            return name if self.kind == "username" else f"{name}@example.org"
        if self.kind == "free_text":
            made = maker.text(max_nb_chars=max(20, min(len(text), 1000)))
        elif self.kind == "person_name":
            made = self._named(maker, text)
        else:
            made = getattr(maker, FAKED[self.kind])()
        return _cased(" ".join(str(made).split()), text)

    def _named(self, maker: Any, text: str) -> str:
        first, last = maker.first_name(), maker.last_name()
        if "," in text:
            return f"{last}, {first}"
        if len(text.split()) == 1:
            return str(last + first if re.search(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", text) else first)
        return f"{first} {last}"

    def _locale(self, text: str) -> str:
        script = next((unicodedata.name(char, "").split()[0] for char in text if char.isalpha()), "")
        return _locale_of(self.country) or _SCRIPTS.get(script, "") or "en_US"

    def _listed(self, text: str) -> str | None:
        return of_its_list(self.kind, text, self._number(text))

    def _age(self, text: str) -> str | None:
        number = read_number(text)
        if number is None:
            return None
        near = self._number(text) % 10 + 1
        return str(int(number) - near if int(number) - near >= (18 if number >= 18 else 0) else int(number) + near)

    def _address(self, text: str) -> str | None:
        """Of the ranges for examples: 198.18.0.0/15 and 2001:db8::/32."""
        import ipaddress

        try:
            version = ipaddress.ip_address(text.strip()).version
        except ValueError:
            return None
        number = int.from_bytes(seed(self.key, self.kind, self._same(text)), "big")
        if version == 4:
            return str(ipaddress.IPv4Address(int(ipaddress.IPv4Address("198.18.0.0")) + number % (1 << 17)))
        return str(ipaddress.IPv6Address((0x20010DB8 << 96) + number % (1 << 96)))

    def _coordinates(self, text: str) -> str | None:
        """Anywhere between 60 degrees south and north, with as many decimals."""
        mixed = iter(seed(self.key, self.kind, self._same(text)))

        def other(found: re.Match[str]) -> str:
            share = int.from_bytes(bytes(next(mixed) for _ in range(4)), "big") / (1 << 32)
            return f"{share * 120 - 60:.{len(found[1] or '.') - 1}f}"

        made, count = re.subn(r"[+-]?\d{1,3}(\.\d+)?", other, text)
        return made if 1 <= count <= 2 else None


def _cased(made: str, text: str) -> str:
    return made.upper() if text.isupper() and len(text) > 1 else made.lower() if text.islower() else made


def _prefix(text: str, country: str) -> int:
    """How many digits at the beginning of a telephone number are its country, its trunk and the first two of its own."""
    import phonenumbers

    count = sum(map(str.isdigit, text))
    try:
        own = len(phonenumbers.national_significant_number(phonenumbers.parse(text, country or None)))
    except phonenumbers.NumberParseException:
        return min(3, count // 3)
    return max(0, count - own + 2)


def _phones(country: str) -> Valid:
    import phonenumbers

    def valid(text: str) -> bool:
        try:
            return bool(phonenumbers.is_valid_number(phonenumbers.parse(text, country or None)))
        except phonenumbers.NumberParseException:
            return False

    return valid


def _stdnum(name: str) -> Valid:
    from importlib import import_module

    check: Callable[[str], bool] = import_module(f"stdnum.{name}").is_valid
    return lambda text: bool(check(re.sub(r"[\s-]", "", text)))


@lru_cache(maxsize=32)
def _faker(locale: str) -> Any:
    try:
        from faker import Faker
    except ImportError:
        raise ConfigError(
            "surrogates of names, addresses and texts need Faker", where="plan", way_out="pip install 'pii_scan[surrogates]'"
        ) from None
    return Faker(locale, use_weighting=False)


@lru_cache(maxsize=256)
def _locale_of(country: str) -> str:
    if not country:
        return ""
    from faker.config import AVAILABLE_LOCALES

    preferred = _LOCALES.get(country, "")
    return preferred or next((locale for locale in sorted(AVAILABLE_LOCALES) if locale.endswith(f"_{country}")), "")
