"""Other scanners, each in an environment of its own that is made on demand, and what they said, which is kept: they are slow."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.scoring import Claim
from benchmarks.sets import Labelled

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "pii-scan-peers"
LEAST = 0.5
"""The share of a column's non-empty cells from which a label counts."""
PATIENCE = 3_600
"""Seconds that an installation or a set may take."""


class Absent(Exception):  # noqa: N818 - not a fault of ours, and reported as what it is
    """A peer that cannot be installed or run here, and why."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One row of `labels.toml`."""

    name: str
    title: str
    env: str
    install: tuple[str, ...]
    versions: tuple[str, ...]
    """The packages whose versions are told."""
    names: str
    """Whether it reads names of columns: `no`, `context`, `alone`."""
    runner: str
    without_dependencies: tuple[str, ...] = ()
    cells: bool = False
    """Whether it judges cells one by one, so that single identifiers can be put to it."""
    claims: Mapping[str, Claim] = field(default_factory=dict)
    """Its labels, as ours."""


def peers() -> dict[str, Peer]:
    """Every peer of the table, by name."""
    table = tomllib.loads((HERE / "labels.toml").read_text("utf-8"))
    return {name: _peer(name, row, table) for name, row in table.items()}


def _peer(name: str, row: Mapping[str, Any], table: Mapping[str, Any]) -> Peer:
    labels = table[row.get("same_labels_as", name)]
    known = {label: Claim(tuple(kinds)) for label, kinds in labels["labels"].items()}
    known |= {label: Claim(tuple(kinds), neutral=True) for label, kinds in labels.get("neutral", {}).items()}
    return Peer(
        name,
        row["title"],
        row["env"],
        tuple(row["install"]),
        tuple(row["versions"]),
        row["names"],
        row.get("runner", name),
        tuple(row.get("without_dependencies", ())),
        row.get("cells", False),
        known,
    )


class Runner:
    """One peer, ready to be asked.

    Raises:
        Absent: it cannot be installed here.
    """

    def __init__(self, peer: Peer, folder: Path) -> None:
        self.peer, self._folder = peer, folder
        self.python = _environment(peer, folder)
        self.version = ", ".join(self._versions())

    def ask(self, columns: Sequence[Labelled]) -> list[tuple[Claim, ...]]:
        """What the peer claims of each column; from the cache where this version was asked the same before.

        Raises:
            Absent: it broke; its last words are the reason.
        """
        asked = list(_lines(columns))
        said = self._kept(asked)
        return [self._claims(said.get(place, ())) for place in range(len(columns))]

    def _claims(self, labels: Iterable[tuple[str, float]]) -> tuple[Claim, ...]:
        ranked = sorted(labels, key=lambda pair: -pair[1])
        return tuple(self.peer.claims[label] for label, share in ranked if share >= LEAST and label in self.peer.claims)

    def _kept(self, asked: Sequence[str]) -> dict[int, list[tuple[str, float]]]:
        """Labels by place. The cache holds no values, only places and labels."""
        code = "".join((HERE / f"{name}.py").read_text("utf-8") for name in ("stream", "presidio_engine", self.peer.runner))
        key = hashlib.sha256("\n".join((self.version, code, *asked)).encode()).hexdigest()[:20]
        kept = self._folder / "said" / f"{self.peer.name}-{key}.jsonl"
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            part = kept.with_suffix(".part")
            part.write_text("\n".join(self._answers(asked)), "utf-8")
            part.replace(kept)
        lines = map(json.loads, kept.read_text("utf-8").splitlines())
        return {line["id"]: [(label, share) for label, share in line["labels"]] for line in lines}

    def _answers(self, asked: Sequence[str]) -> list[str]:
        """One line for each column; what else the peer prints is chatter."""
        told = _run([str(self.python), str(HERE / f"{self.peer.runner}.py")], "".join(f"{line}\n" for line in asked))
        answers = [line for line in told.splitlines() if line.startswith('{"id":')]
        if len(answers) != len(asked):
            raise Absent(f"answered for {len(answers)} of {len(asked)} columns")
        return answers

    def _versions(self) -> Iterator[str]:
        code = "import sys, importlib.metadata as m\nfor name in sys.argv[1:]: print(name, m.version(name))"
        yield from _run([str(self.python), "-c", code, *self.peer.versions]).splitlines()


def _lines(columns: Iterable[Labelled]) -> Iterator[str]:
    for place, column in enumerate(columns):
        row = {"id": place, "group": column.group, "table": column.table, "column": column.column, "values": column.values}
        yield json.dumps(row)


def _environment(peer: Peer, folder: Path) -> Path:
    """The Python of the peer's environment; made anew where what must be installed has changed."""
    home = folder / peer.env
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    marker = home / "installed.json"
    wanted = json.dumps([sys.version_info[:2], peer.install, peer.without_dependencies])
    if not (marker.exists() and marker.read_text("utf-8") == wanted):
        print(f"installing {peer.title} under {home}", file=sys.stderr)
        venv.create(home, clear=True, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, *peer.install])
        if peer.without_dependencies:
            _run([*pip, "--no-deps", *peer.without_dependencies])
        marker.write_text(wanted, "utf-8")
    return python


def _run(command: Sequence[str], text: str = "") -> str:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}
    try:
        done = subprocess.run(  # the commands are ours
            command, input=text, capture_output=True, text=True, timeout=PATIENCE, env=environment, check=False, encoding="utf-8"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Absent(type(error).__name__) from None
    if done.returncode:
        raise Absent(_last_words(done.stderr))
    return done.stdout


def _last_words(text: str) -> str:
    """The line that says why: pip's error, or the exception, of most only the class, since foreign errors may quote what they read."""
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["no reason given"]
    if told := next((line for line in lines if line.startswith("ERROR:")), ""):
        return told.removeprefix("ERROR:").strip()[:160]
    name = lines[-1].partition(":")[0]
    return lines[-1][:160] if name in {"ModuleNotFoundError", "ImportError"} else name[:80]
