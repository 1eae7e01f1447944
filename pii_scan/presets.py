"""Presets: sets of rules by the sort of data that a plan can begin with."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pii_scan.errors import ConfigError
from pii_scan.policy import Policy


@cache
def presets() -> dict[str, tuple[Policy, ...]]:
    """Every preset by its name, with its rules in order."""
    text = files("pii_scan").joinpath("presets.toml").read_text("utf-8")
    return {name: tuple(map(Policy.model_validate, rules)) for name, rules in tomllib.loads(text).items()}


def preset(name: str) -> tuple[Policy, ...]:
    """The rules of a preset.

    Raises:
        ConfigError: there is none of that name; the message names the choices.
    """
    if name not in presets():
        raise ConfigError(f"there is no preset {name!r}", where="--preset", way_out=f"one of {', '.join(sorted(presets()))}")
    return presets()[name]
