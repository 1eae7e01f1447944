"""Files in the user's cache directory: what was worked out of the program's own patterns and tables, nothing of any data.

Where the directory cannot be written, nothing is kept. `PII_SCAN_CACHE` names another one; empty, none is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from platformdirs import user_cache_path

VARIABLE = "PII_SCAN_CACHE"
_TABLES = 128
"""Tables kept: those of a few versions."""


def path_of(name: str) -> Path | None:
    """Where a file of that name stands, whether it is there or not; None where none is to be kept."""
    named = os.environ.get(VARIABLE)
    if named == "":
        return None
    try:
        folder = Path(named) if named else user_cache_path("pii_scan")
    except (OSError, RuntimeError):  # nobody's home
        return None
    return folder / name


def write(path: Path, text: str, most: int) -> None:
    """Complete or not at all, and readable by nobody else; of the files of its sort the `most` youngest stay."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent, prefix=".new-") as folder:
            new = Path(folder) / path.name
            new.touch(mode=0o600)
            new.write_text(text, "utf-8")
            new.replace(path)
        sort = path.name.partition("-")[0]
        for old in sorted(path.parent.glob(f"{sort}-*.json"), key=lambda one: one.stat().st_mtime)[:-most]:
            old.unlink()


def read_table(text: str) -> dict[str, Any]:
    """A table of the program's own in TOML, read as it was the last time or anew: Python's reader takes its time.

    Raises:
        ValueError: it is no TOML.
    """
    made: dict[str, Any] = remembered(text, lambda: tomllib.loads(text))
    return made


def remembered(key: str, make: Callable[[], Any]) -> Any:
    """What JSON can hold of what `make` makes, as it was the last time or anew; the key changes with all that it is made of."""
    path = path_of(f"table-{_digest(key.encode('utf-8', 'surrogatepass'))}.json")
    if path:
        with suppress(OSError, ValueError):
            sum_of_it, _, kept = path.read_bytes().partition(b"\n")
            if sum_of_it.decode("ascii") == _digest(kept):  # else it is damaged, or of an older version
                return json.loads(kept)
    made = make()
    if path:
        with suppress(TypeError):  # JSON has no dates
            text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
            write(path, f"{_digest(text.encode())}\n{text}", _TABLES)
    return made


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
