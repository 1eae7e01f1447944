"""The key of pseudonyms: a file that only its owner reads, and the tokens made with it."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from pii_scan.errors import ConfigError

_SIZE = 32
_DIGITS = 20
"""Hexadecimal digits of a token: 80 bits, so that a billion values meet by chance once in two million tries."""
_DOMAIN = b"pii-scan pseudonym 1"
_HEADER = """\
# pii-scan key 1
# Whoever holds this key can test guesses against every pseudonym made with it. Keep it apart from the copies.
"""


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of 32 bytes. It shows in no repr."""

    secret: bytes = field(repr=False)

    def token(self, kind: str, value: str) -> str:
        """The pseudonym of a value: `email_` and 20 hexadecimal digits.

        The same kind, key and value give the same token in every table, process and version. Values count as the
        same when they are equal after Unicode NFC and without the blanks around them; letter case counts.
        """
        same = unicodedata.normalize("NFC", value).strip()
        message = b"\0".join((_DOMAIN, kind.encode("utf-8", "surrogatepass"), same.encode("utf-8", "surrogatepass")))
        return f"{kind}_{hmac.digest(self.secret, message, 'sha256').hex()[:_DIGITS]}"


def create_key(path: str | Path) -> Path:
    """Write a new random key to a file that only its owner can read, and never over an old one.

    Raises:
        ConfigError: the file exists or cannot be written.
    """
    text = _HEADER + base64.b64encode(secrets.token_bytes(_SIZE)).decode("ascii") + "\n"
    where = str(path)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError(
            "exists already; a new key would give other pseudonyms", where=where, way_out="use it, or name another file"
        ) from None
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", where=where, way_out="check the folder") from None
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        Path(path).unlink(missing_ok=True)
        raise ConfigError(f"cannot be written: {error.strerror}", where=where, way_out="check the disk") from None
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
        raise ConfigError(
            f"the key file cannot be read: {error.strerror}", where=where, way_out=f"make one with `pii-scan key new {where}`"
        ) from None
    if os.name == "posix" and mode & 0o077:
        raise ConfigError(
            f"others than its owner can read or change this key (mode {mode:04o})", where=where, way_out=f"chmod 600 {where}"
        )
    return Key(_secret(raw, where))


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
