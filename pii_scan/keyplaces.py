"""Where a key is kept: a file, a variable of the environment, or the keyring of the platform."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from pii_scan.errors import ConfigError
from pii_scan.keys import Key, key_of, new_key, read_key

SERVICE = "pii-scan"
"""Under which service the keyring files our keys."""


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """One place for a key; of the three fields exactly one is filled."""

    file: str = ""
    env: str = ""
    """The name of a variable that holds the text of a key file, or its line of base64 alone."""
    ring: str = ""
    """The name of an entry under the service `pii-scan`."""

    def __bool__(self) -> bool:
        """Whether it names a place at all."""
        return bool(self.file or self.env or self.ring)

    def read(self) -> Key:
        """The key that is kept there.

        Raises:
            ConfigError: more than one place is named, or there is no key in it.
        """
        if sum(map(bool, (self.file, self.env, self.ring))) != 1:
            raise ConfigError("name one place for the key", where="key", way_out="key_file, key_env or key_ring")
        if self.env:
            return _from_environment(self.env)
        return _from_keyring(self.ring) if self.ring else read_key(self.file)


def create_in_keyring(name: str) -> Key:
    """Put a new random key into the keyring, and never over an old one.

    Raises:
        ConfigError: there is one of that name, or no keyring.
    """
    if _asked("get_password", name) is not None:
        raise ConfigError(
            "exists already; a new key would give other pseudonyms", where=f"keyring {name}", way_out="choose another name"
        )
    text = new_key()
    _asked("set_password", name, text)
    return key_of(text.encode("ascii"), f"keyring {name}")


def _from_environment(name: str) -> Key:
    text = os.environ.get(name, "")
    if not text.strip():
        raise ConfigError(
            "this variable of the environment holds no key",
            where=name,
            way_out="set it to the text of a key file, not to its path",
        )
    return key_of(text.encode("utf-8", "surrogateescape"), name)


def _from_keyring(name: str) -> Key:
    text = _asked("get_password", name)
    if text is None:
        way_out = f"make one with `pii-scan key new --keyring {name}`"
        raise ConfigError("the keyring has no such key", where=f"keyring {name}", way_out=way_out)
    return key_of(str(text).encode("utf-8", "surrogateescape"), f"keyring {name}")


def _asked(call: str, *arguments: str) -> Any:
    """What the keyring answers; its errors may say more than a log should hold."""
    where = f"keyring {arguments[0]}"
    try:
        import keyring
    except ImportError:
        raise ConfigError(
            "the keyring package is not installed", where=where, way_out="pip install 'pii_scan[keyring]'"
        ) from None
    try:
        return getattr(keyring, call)(SERVICE, *arguments)
    except Exception as error:  # noqa: BLE001 - each platform's keyring has its own
        what = f"the keyring of this platform cannot be used: {type(error).__name__}"
        raise ConfigError(what, where=where, way_out="use key_file or key_env") from None
