"""A key: a file that only its owner reads, and the tokens made with it."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
import stat
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from pii_scan.errors import ConfigError, ReportError

_SIZE = 32
_DIGITS = 20
"""Hexadecimal digits of a token: 80 bits, so that a billion values meet by chance once in two million tries."""
_DOMAIN = b"pii-scan pseudonym 1"
_HEADER = """\
# pii-scan key 1
# Whoever holds this key can test guesses against every pseudonym made with it. Keep it apart from the copies.
"""
_WIDE = 1 << 52
_RANGES = ((0, 1 << 31, 16), (1 << 31, _WIDE, 26))
"""From where to where whole numbers are permuted among themselves, and half the bits of the network that does it.
All of them fit a 32-bit integer or a float to the unit."""
LEVELS = 730
"""How far dates are shifted is one of so many steps: by default each day of a year, before or after."""


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of 32 bytes. It shows in no repr."""

    secret: bytes = field(repr=False)

    def token(self, kind: str, value: str) -> str:
        """The pseudonym of a value: `email_` and 20 hexadecimal digits.

        The same kind, key and value give the same token in every table, process and version. Values count as the
        same when they are equal after Unicode NFC and without the blanks around them; letter case counts.
        """
        return f"{kind}_{self.mac(_DOMAIN, kind, _same(value)).hex()[:_DIGITS]}"

    def number(self, kind: str, value: Decimal | int) -> int:
        """The pseudonym of a number: a whole number that fits 64 bits.

        Whole numbers below 2^52 are permuted, those below 2^31 among themselves, so that no two of them ever get one token
        and a column keeps its type; sign for sign. Any other number gives one beyond 2^52.
        """
        if value < 0:
            return -self.number(kind, -value)
        for floor, limit, half in _RANGES:
            if floor <= value < limit and value == int(value):
                token = self._permuted(kind, int(value), half)
                while not floor <= token < limit:
                    token = self._permuted(kind, token, half)
                return token
        wide = int.from_bytes(self.mac(b"pii-scan number 1", kind, str(value))[:8], "big")
        return _WIDE + wide % ((1 << 63) - _WIDE)

    def _permuted(self, kind: str, value: int, half: int) -> int:
        """Another number of twice so many bits; a Feistel network of ten rounds."""
        rounds = _rounds(self.mac(b"pii-scan permutation 1", kind, ""))
        left, right = divmod(value, 1 << half)
        for turn in range(10):
            mixed = rounds(bytes((half, turn)) + right.to_bytes(14, "big"))
            left, right = right, left ^ (int.from_bytes(mixed[:4], "big") >> (32 - half))
        return left << half | right

    def hash(self, kind: str, value: str) -> str:
        """The keyed hash of a value: 64 hexadecimal digits, equal under the rules of `token` and unlike any token."""
        return self.mac(b"pii-scan hash 1", kind, _same(value)).hex()

    def level(self, subject: str) -> int:
        """Which step of `LEVELS` the dates of a subject are shifted by."""
        return int.from_bytes(self.mac(b"pii-scan date shift 1", "", _same(subject))[:8], "big") % LEVELS

    def for_purpose(self, purpose: str) -> Key:
        """The key of one purpose: what is made with it cannot be joined with what is made for another."""
        return Key(self.mac(b"pii-scan purpose 1", "", purpose)) if purpose else self

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits that tell keys apart and give nothing of them away."""
        return self.mac(b"pii-scan key id 1", "", "").hex()[:16]

    def mac(self, domain: bytes, kind: str, value: str) -> bytes:
        """HMAC-SHA-256 over what it is made for, the kind, and the value."""
        message = b"\0".join((domain, kind.encode("utf-8", "surrogatepass"), value.encode("utf-8", "surrogatepass")))
        return hmac.digest(self.secret, message, "sha256")


@lru_cache(maxsize=64)
def _rounds(secret: bytes) -> Callable[[bytes], bytes]:
    """AES-256 of single blocks: the round function of the network, a tenth of the cost of an HMAC."""
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    except ImportError:
        what, way_out = "numbers that stay numbers need the package cryptography", "pip install cryptography"
        raise ConfigError(what, where="plan", way_out=way_out) from None
    return Cipher(algorithms.AES256(secret), modes.ECB()).encryptor().update  # noqa: S305 - no text, one block at a time


def new_key() -> str:
    """The text of a new random key, as key files hold it."""
    return _HEADER + base64.b64encode(secrets.token_bytes(_SIZE)).decode("ascii") + "\n"


def key_of(text: bytes, where: str) -> Key:
    """The key in the text of a key file.

    Raises:
        ConfigError: it holds none; the text is not quoted.
    """
    return Key(_secret(text, where))


def create_key(path: str | Path) -> Path:
    """Write a new random key to a file that only its owner can read, and never over an old one.

    Raises:
        ConfigError: the file exists, or its folder does not.
        ReportError: it cannot be written; nothing of it is left.
    """
    text = new_key()
    where = str(path)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError(
            "exists already; a new key would give other pseudonyms", where=where, way_out="use it, or name another file"
        ) from None
    except FileNotFoundError:
        raise ConfigError("the folder for the key does not exist", where=where, way_out="create it first") from None
    except OSError as error:
        raise ReportError(f"cannot be written: {error.strerror}", where=where, way_out="check space and permissions") from None
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        Path(path).unlink(missing_ok=True)
        raise ReportError(f"cannot be written: {error.strerror}", where=where, way_out="check space and permissions") from None
    return Path(path)


def read_key(path: str | Path) -> Key:
    """The key in a file made by `create_key`.

    Raises:
        ConfigError: there is no such file, others than its owner can read it, or it holds no key.
    """
    where = str(path)
    try:
        with Path(path).open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            raw = file.read(4096)
    except OSError as error:
        # whoever makes a new key since the old one is closed to them gets other tokens
        missing = isinstance(error, FileNotFoundError)
        way_out = f"make one with `pii-scan key new {where}`" if missing else "only its owner may read a key: run as that user"
        raise ConfigError(f"the key file cannot be read: {error.strerror}", where=where, way_out=way_out) from None
    if os.name == "posix" and mode & 0o077:
        raise ConfigError(
            f"others than its owner can read or change this key (mode {mode:04o})", where=where, way_out=f"chmod 600 {where}"
        )
    return key_of(raw, where)


def _same(value: str) -> str:
    return unicodedata.normalize("NFC", value).strip()


def _secret(raw: bytes, where: str) -> bytes:
    lines = [line.strip() for line in raw.splitlines()]
    try:
        secret = base64.b64decode(b"".join(line for line in lines if not line.startswith(b"#")), validate=True)
    except binascii.Error:
        secret = b""
    if len(secret) != _SIZE:
        raise ConfigError(
            f"holds no key: {_SIZE} bytes in base64 are wanted", where=where, way_out="make one with `pii-scan key new PATH`"
        )
    return secret
