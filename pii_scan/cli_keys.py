"""The commands of who holds a key: make one, tell which it is, and bring back what it has sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pii_scan.ending import gravest, say, show, told
from pii_scan.errors import ConfigError

key_app = typer.Typer(help="Keys for pseudonyms, hashes, encrypted values, shifted dates and surrogates.", no_args_is_help=True)

KeyFile = Annotated[Path | None, typer.Option("--key-file", metavar="PATH", help="The key is in this file.")]
KeyEnv = Annotated[str | None, typer.Option("--key-env", metavar="NAME", help="The key is in this variable of the environment.")]
KeyRing = Annotated[str | None, typer.Option("--keyring", metavar="NAME", help="The key is in the keyring of the platform.")]


@key_app.command("new")
def key_new(
    path: Annotated[Path | None, typer.Argument(help="Where the key goes; must not exist.")] = None, keyring: KeyRing = None
) -> None:
    """Make a key, in a file or in the keyring of the platform. It is shown nowhere."""
    from pii_scan.keyplaces import create_in_keyring
    from pii_scan.keys import create_key, read_key

    if (path is None) == (keyring is None):
        raise ConfigError("name one place for the key", where="key new", way_out="a PATH, or --keyring NAME")
    where, key = (f"keyring {keyring}", create_in_keyring(keyring)) if keyring else (f"{path}", read_key(create_key(path or "")))
    say(f"wrote a new key to {where}: keep it apart from the copies, whoever has it can link the pseudonyms")
    say(f'its id, for the plan: key_id = "{key.id}"')


@key_app.command("id")
def key_id(
    path: Annotated[Path | None, typer.Argument(help="The file of the key.")] = None,
    key_env: KeyEnv = None,
    keyring: KeyRing = None,
) -> None:
    """Tell which key it is: sixteen digits that give nothing of it away."""
    from pii_scan.keyplaces import KeyPlace

    key = KeyPlace(str(path or ""), key_env or "", keyring or "").read()
    raise typer.Exit(show(f"{key.id}\n"))


def restore(
    sources: Annotated[
        list[str], typer.Argument(metavar="COPY", help="Copies that `redact` made: folders, files, database URLs.")
    ],
    to: Annotated[str, typer.Option(metavar="DIR|URL", help="The folder or database that gets the restored copies.")],
    plan: Annotated[Path | None, typer.Option(metavar="PLAN", help="The plan they were made by: it names the key.")] = None,
    key_file: KeyFile = None,
    key_env: KeyEnv = None,
    keyring: KeyRing = None,
    purpose: Annotated[str, typer.Option(metavar="WORDS", help="The purpose that the plan named.")] = "",
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No words on stderr but errors.")] = False,
) -> None:
    """Bring back what the operator `encrypt` sealed; only with the key. Everything else stays as it is in the copy."""
    from pii_scan.copying import check_copies, restored
    from pii_scan.keyplaces import KeyPlace
    from pii_scan.plan import load_plan
    from pii_scan.scanning import opened

    place = KeyPlace(str(key_file or ""), key_env or "", keyring or "")
    if (plan is None) == (not place):
        raise ConfigError("name the key once", where="restore", way_out="--plan, --key-file, --key-env or --keyring")
    ready = load_plan(plan) if plan else None
    key = ready.named_key() if ready else place.read()
    places = list(opened(sources))
    check_copies(places, to)
    code = 0
    for outcome in restored(places, key.for_purpose(purpose or (ready.purpose if ready else "")), to):
        code = gravest(code, told(outcome, quiet=quiet))
    raise typer.Exit(code)
