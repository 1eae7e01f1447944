"""The manifest of a copy: what was proved of which bytes, by which plan and rules. Holds no value; can be signed."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pii_scan.errors import ConfigError

if TYPE_CHECKING:
    from pii_scan.model import Run
    from pii_scan.plan import Plan
    from pii_scan.verifying import Proof

SCHEMA = "pii-scan/manifest@1"
WORDS = (
    "Pseudonymised or redacted, not anonymous: still personal data for whoever holds the key, the source or enough other "
    "knowledge (GDPR Art. 4(5), recital 26)."
)
_ENCODINGS = ["utf-8", "utf-16", "base64", "hex", "percent", "json", "digits"]
_CHECKS = ("table", "rows", "columns", "types", "nulls", "untouched cells", "planned cells", "unread")


def document(
    proof: Proof, run: Run, plan: Plan | None, outputs: Mapping[Path, str], remains: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The manifest as JSON data."""
    faults = proof.faults
    return {
        "schema": SCHEMA,
        "verdict": "clean" if proof.clean and not proof.not_done else "incomplete" if proof.clean else "leaks",
        "words": WORDS,
        "run": {"started": run.started, "version": run.version, "ruleset": run.ruleset, "settings": dict(run.settings)},
        "plan": {"sha256": plan_hash(plan)} if plan is not None else None,
        "files": [
            {"path": way, "bytes": path.stat().st_size, "sha256": file_hash(path)} for path, way in sorted(outputs.items())
        ],
        "tables": [_table(table) for table in proof.tables],
        "checks": {check.replace(" ", "_"): sum(fault.what == check for fault in faults) for check in _CHECKS},
        "faults": [asdict(fault) for fault in sorted(faults)],
        "values": {"searched": proof.searched, "too_short": proof.too_short, "encodings": _ENCODINGS},
        "leaks": [asdict(leak) for leak in proof.leaks],
        "standing": [asdict(one) for one in proof.standing],
        "found_again": [asdict(fault) for fault in proof.found_again],
        "not_done": list(proof.not_done),
        "remains": [dict(one) for one in remains],
    }


def dump(manifest: Mapping[str, Any]) -> str:
    """The manifest as text: the same for the same copy, but for the moment of its making."""
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def signed(manifest: Mapping[str, Any], key: Path) -> dict[str, Any]:
    """The manifest with an Ed25519 signature over its canonical form (keys sorted, no blanks, UTF-8).

    Raises:
        ConfigError: the file holds no such private key, or `cryptography` is not installed.
    """
    private = _private(key)
    raw = private.public_key().public_bytes_raw()
    return {
        **manifest,
        "signature": {
            "algorithm": "Ed25519",
            "public_key": b64encode(raw).decode("ascii"),
            "value": b64encode(private.sign(_canonical(manifest))).decode("ascii"),
        },
    }


def check_signing(key: Path) -> None:
    """Make sure, before anything is written, that there is a key to sign with.

    Raises:
        ConfigError: see `signed`.
    """
    _private(key)


def check_signature(manifest: Mapping[str, Any], public: Path) -> None:
    """Make sure that whoever holds the private key signed the manifest as it is.

    Raises:
        ConfigError: it is not signed, was changed since, or was signed with another key.
    """
    found = manifest.get("signature")
    if not isinstance(found, Mapping):
        raise ConfigError("is not signed", where="manifest", way_out="sign it with --sign KEY when the copy is made")
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(public.read_bytes())
    except OSError as error:
        raise _closed(public, error) from None
    except ValueError:
        raise ConfigError("holds no public key in PEM", where=str(public), way_out="openssl pkey -pubout makes one") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError("is no Ed25519 key", where=str(public))
    try:
        key.verify(b64decode(str(found.get("value", ""))), _canonical(manifest))
    except (InvalidSignature, ValueError):
        way_out = "get it again from where the copy comes from"
        raise ConfigError(
            "its signature does not hold: changed since, or signed with another key", where="manifest", way_out=way_out
        ) from None


def check_files(manifest: Mapping[str, Any], folder: Path) -> list[str]:
    """Which files of a manifest are missing or not those that it is about."""
    wrong = []
    for one in manifest.get("files", []):
        path = folder / str(one["path"])
        try:
            if file_hash(path) != one["sha256"]:
                wrong.append(f"{one['path']}: was changed since the proof")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            wrong.append(f"{one['path']}: is missing")
        except OSError as error:
            wrong.append(f"{one['path']}: cannot be read: {error.strerror}")
    return wrong


def load(path: Path) -> dict[str, Any]:
    """A manifest from its file.

    Raises:
        ConfigError: it cannot be read, or is none.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise _closed(path, error) from None
    except ValueError:
        raise ConfigError("is no manifest", where=str(path), way_out="`redact` writes one beside each copy") from None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise ConfigError("is no manifest of this form", where=str(path), way_out=f"its schema must be {SCHEMA}")
    return found


def free_place(to: str, folder: Path | None = None) -> Path:
    """Where the manifest goes: beside the copies, so that a scan of them does not meet it; here for those on a server."""
    is_file = "://" not in to or to.startswith("sqlite:")
    path = Path(to if "://" not in to else urlsplit(to).path[1:])
    name = path.absolute().name if is_file else path.name or "database"
    home = folder or (path.absolute().parent if is_file else Path.cwd())
    place = home / f"{name}.manifest.json"
    number = 2
    while os.path.lexists(place):
        place = home / f"{name}.manifest-{number}.json"
        number += 1
    return place


def plan_hash(plan: Plan) -> str:
    """What changes when the plan does; where its key lies is no part of it."""
    said = plan.model_dump(mode="json", by_alias=True, exclude={"key_file", "key_env", "key_ring"})
    return hashlib.sha256(_canonical(said)).hexdigest()


def file_hash(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _closed(path: Path, error: OSError) -> ConfigError:
    return ConfigError(f"cannot be read: {error.strerror}", where=str(path), way_out="check the path and its permissions")


def _table(table: Any) -> dict[str, Any]:
    return {
        "source": table.source,
        "table": table.table,
        "rows": table.rows,
        "columns": table.columns,
        "columns_changed": sorted(table.columns_changed),
        "cells_changed": table.cells_changed,
        "cells_kept": table.cells_kept,
        "rows_in_another_order": table.reordered,
    }


def _canonical(manifest: Mapping[str, Any]) -> bytes:
    bare = {name: value for name, value in manifest.items() if name != "signature"}
    return json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogateescape")


def _private(path: Path) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise _closed(path, error) from None
    except (ValueError, TypeError):
        way_out = "openssl genpkey -algorithm ed25519 -out KEY makes one"
        raise ConfigError("holds no private key in PEM without a password", where=str(path), way_out=way_out) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError("is no Ed25519 key", where=str(path), way_out="openssl genpkey -algorithm ed25519 -out KEY makes one")
    return key
