"""Small lists of made-up people, places and things; `words.toml` holds them."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path
from typing import Any

_LISTS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def words(name: str) -> list[Any]:
    """One of the lists: texts, or small lists that belong together (a name in Latin letters and in its own script)."""
    return list(_LISTS[name])


def places(country: str) -> list[list[str]]:
    """Street, postal code and town in an investor's country."""
    return list(_LISTS["eu_places"][country])


def agent(rng: random.Random) -> str:
    """A browser's own words, with a build number of its own."""
    return str(rng.choice(_LISTS["agents"])).replace(".0.0.0", f".0.{rng.randint(100, 6400)}.{rng.randint(1, 200)}")


def ascii_name(text: str) -> str:
    """A name as it stands in an e-mail address."""
    table = str.maketrans("éèêëàâäîïôöûüùçñżġċıŻĠĊÉ'- œß", "eeeeaaaiioouuucnzgciZGCE   os")
    return "".join(text.translate(table).lower().split()).encode("ascii", "ignore").decode()
