"""Sealed values: AES-SIV, the same value to the same token, and back again for who holds the key.

A token is `email_enc_`, base32 in lower case, and a `0`, which base32 does not have: it can be found and opened wherever it
stands in a text. The kind is authenticated: a token moved under another kind does not open.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from pii_scan.errors import ConfigError
from pii_scan.keys import Key

_DOMAIN = b"pii-scan encrypt 1"
_MARK = "_enc_"
_LONGEST = 64
_TOKEN = re.compile(rf"([A-Za-z0-9_.-]{{0,{_LONGEST}}}?){_MARK}([a-z2-7]{{27,}})0")
_OTHER = re.compile(r"[^A-Za-z0-9_.-]")
_TEXT, _TYPED = b"t", b"a"


class Sealed(NamedTuple):
    """What was inside a token."""

    text: str
    type: str
    """The Arrow type of the column it was taken from, where that was not text."""


@dataclass(frozen=True)
class Sealer:
    """Seals and opens values under a key."""

    key: Key = field(repr=False)

    def seal(self, kind: str, text: str, *, arrow: str = "") -> str:
        """The token of a text; with the Arrow type it shall have again."""
        kind = _OTHER.sub("_", kind)[:_LONGEST]
        head = _TYPED + arrow.encode() + b"\0" if arrow else _TEXT
        sealed = self._cipher.encrypt(head + text.encode("utf-8", "surrogatepass"), [_DOMAIN, _bound(kind)])
        return f"{kind}{_MARK}{base64.b32encode(sealed).decode('ascii').rstrip('=').lower()}0"

    def open(self, kind: str, sealed: str) -> Sealed | None:
        """What is inside the base32 of a token, or None where kind, key or a letter is another."""
        from cryptography.exceptions import InvalidTag

        try:
            raw = base64.b32decode(sealed.upper() + "=" * (-len(sealed) % 8))
            plain = self._cipher.decrypt(raw, [_DOMAIN, _bound(kind)])
        except (InvalidTag, binascii.Error, ValueError):
            return None
        arrow, _, text = plain[1:].partition(b"\0") if plain[:1] == _TYPED else (b"", b"", plain[1:])
        return Sealed(text.decode("utf-8", "surrogatepass"), arrow.decode())

    def whole(self, text: str) -> Sealed | None:
        """What is inside a text that is one token and nothing else."""
        found = _TOKEN.fullmatch(text)
        return self.open(found[1], found[2]) if found else None

    def opened(self, text: str, failed: Callable[[], None]) -> str:
        """The text with every token in it opened; `failed` is called for each that this key does not open."""

        def back(found: re.Match[str]) -> str:
            # letters that stood before the value were taken for its kind: each shorter kind is tried
            for cut in range(len(found[1]) + 1):
                if (sealed := self.open(found[1][cut:], found[2])) is not None:
                    return found[1][:cut] + sealed.text
            failed()
            return found[0]

        return _TOKEN.sub(back, text) if _MARK in text else text

    @cached_property
    def _cipher(self) -> Any:
        try:
            from cryptography.hazmat.primitives.ciphers.aead import AESSIV
        except ImportError:
            raise ConfigError(
                "encrypt needs the package cryptography", where="plan", way_out="pip install cryptography"
            ) from None
        return AESSIV(hmac.digest(self.key.secret, _DOMAIN, "sha512"))


@lru_cache(maxsize=8)
def sealer(key: Key) -> Sealer:
    """The sealer of a key, made once."""
    return Sealer(key)


def holds_token(text: str) -> bool:
    """Whether something in the text looks like a sealed value."""
    return _MARK in text and bool(_TOKEN.search(text))


def _bound(kind: str) -> bytes:
    return kind.encode("utf-8", "surrogatepass")
