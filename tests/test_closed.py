"""Files and folders that permissions close: one line that names the place and the way out, and nothing half-written."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

CANARY = "canary-5c1d7"
BOUND = """
import ctypes, os, sys
if os.geteuid() == 0:  # root is bound by permissions when it has lost the two capabilities that go around them
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        if libc.prctl(24, capability, 0, 0, 0) != 0:  # PR_CAPBSET_DROP
            sys.exit(77)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
RUN = """
import contextlib, io, json, os, sys
from pii_scan.cli import run
told = []
for line in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    if line[0] == "chmod":
        os.chmod(line[1], int(line[2], 8))
        code = 0
    else:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(line)
    told.append((code, out.getvalue(), err.getvalue()))
print(json.dumps(told))
"""
PLAN = """
version = 1
key_file = "{key}"
[[column]]
column = "email"
kind = "email"
operator = "{operator}"
[[table]]
columns = ["*"]
"""


class Told(NamedTuple):
    code: int
    out: str
    err: str


NOT_READ = "cannot be opened: Permission denied (check"
SAYS = [
    # what is read
    (("scan", "shut.csv"), 5, f"shut.csv: {NOT_READ}"),
    (("scan", "shut"), 5, f"shut: {NOT_READ}"),
    (("scan", "shut/x.csv"), 5, f"shut/x.csv: {NOT_READ}"),
    (("scan", "shut.sqlite"), 5, f"shut.sqlite: {NOT_READ}"),
    (("scan", "sqlite:///shut.sqlite"), 5, f"sqlite:///shut.sqlite: {NOT_READ}"),
    (("scan", "sqlite:///shut/x.sqlite"), 5, f"sqlite:///shut/x.sqlite: {NOT_READ}"),
    (("risk", "shut.csv"), 5, f"shut.csv: {NOT_READ}"),
    (("redact", "shut.csv", "--plan", "plan.toml", "--to", "copy"), 5, f"shut.csv: {NOT_READ}"),
    (("redact", "mixed", "--plan", "plan.toml", "--to", "copy-of-mixed"), 3, f"mixed/shut.csv shut: {NOT_READ}"),
    (("restore", "shut.csv", "--to", "back", "--key-file", "open.key"), 5, f"shut.csv: {NOT_READ}"),
    (("scan", "in", "--config", "shut.toml"), 2, "shut.toml' is not readable (see `"),
    (("redact", "in", "--plan", "shut/plan.toml", "--to", "copy"), 2, "shut/plan.toml: cannot be read: Permission denied (check"),
    (
        ("redact", "in", "--plan", "of-shut-key.toml", "--to", "copy"),
        2,
        "shut.key: the key file cannot be read: Permission denied",
    ),
    (("key", "id", "shut/key"), 2, "shut/key: the key file cannot be read: Permission denied (only its owner may"),
    (("redact", "in", "--plan", "plan.toml", "--to", "copy", "--sign", "shut/pem"), 2, "shut/pem: cannot be read: Permission"),
    (("audit", "shut/audit.toml"), 2, "shut/audit.toml: cannot be read: Permission denied (check"),
    # a proof of what cannot be read is none
    (("verify", "shut", "--against", "in", "--plan", "plan.toml"), 5, f"shut: {NOT_READ}"),
    (("verify", "shut.csv", "--against", "in", "--plan", "plan.toml"), 5, f"shut.csv: {NOT_READ}"),
    (("verify", "out", "--against", "shut.csv", "--plan", "plan.toml"), 3, "the copy is not proved"),
    (("verify", "out", "--against", "shut", "--plan", "plan.toml"), 3, "the copy is not proved"),
    (("verify", "out", "--against", "in", "--manifest", "shut/m.json"), 2, "shut/m.json: cannot be read: Permission denied"),
    # what is written
    (("scan", "in", "--report", "full/r.html"), 4, "full/r.html: its folder cannot be written to (check"),
    (("scan", "in", "--report", "shut/r.html"), 4, "shut/r.html: its folder cannot be written to (check"),
    (("scan", "in", "--plan", "full/p.toml"), 4, "full/p.toml: its folder cannot be written to (check"),
    (("scan", "in", "--redact", "full/copy"), 4, "full: this folder cannot be written to (check"),
    (("redact", "in", "--plan", "plan.toml", "--to", "full/copy"), 4, "full: this folder cannot be written to (check"),
    (("redact", "in", "--plan", "plan.toml", "--to", "full"), 4, "full: this folder cannot be written to (check"),
    (("redact", "in", "--plan", "plan.toml", "--to", "shut/copy"), 4, "shut: this folder cannot be written to (check"),
    (
        ("redact", "good.sqlite", "--plan", "plan.toml", "--to", "sqlite:///full/copy.sqlite"),
        4,
        "full: cannot be written: Permission denied (check",
    ),
    (("verify", "out", "--against", "in", "--plan", "plan.toml", "--save", "full/m.json"), 4, "full/m.json: cannot be written"),
    (("restore", "out", "--to", "full/back", "--key-file", "open.key"), 4, "full: this folder cannot be written to (check"),
    (("key", "new", "full/key"), 4, "full/key: cannot be written: Permission denied (check space and permissions)"),
    (("audit", "state.toml"), 4, "full/state.sqlite: the state cannot be written (SQLITE_CANTOPEN) (check the folder"),
    (("audit", "report.toml"), 4, "full/r.json: its folder cannot be written to (check"),
    (("audit", "draft.toml"), 4, "full/plan.toml: its folder cannot be written to (check"),
    (("chmod", "kept.sqlite", "444"), 0, ""),
    (("audit", "kept.toml"), 4, "kept.sqlite: the state cannot be written (SQLITE_"),
    (("chmod", "kept.sqlite", "000"), 0, ""),
    (("audit", "kept.toml"), 4, "kept.sqlite: the state cannot be written (SQLITE_"),
]
BEFORE = [
    ("redact", "in", "--plan", "plan.toml", "--to", "out", "-q"),
    ("audit", "kept.toml", "-q"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("closed")
    text = "id,email\n" + "".join(f"{row},{CANARY}.{row}@example.org\n" for row in range(40))
    for name in ("in/people.csv", "mixed/good.csv", "mixed/shut.csv", "shut.csv"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    for name in ("good.sqlite", "shut.sqlite"):
        with closing(sqlite3.connect(folder / name)) as database:
            database.execute("CREATE TABLE people (id TEXT, email TEXT)")
            database.executemany("INSERT INTO people VALUES (?, ?)", [("1", f"{CANARY}@example.org")])
            database.commit()
    for name, key, operator in (("plan", "open", "pseudonym"), ("of-shut-key", "shut", "encrypt")):
        (folder / f"{name}.toml").write_text(PLAN.format(key=f"{key}.key", operator=operator))
    for name, told in (
        ("state", 'state = "full/state.sqlite"'),
        ("report", 'state = "r.sqlite"\nreport = ["full/r.json"]'),
        ("draft", 'state = "d.sqlite"\nplan = "full/plan.toml"'),
        ("kept", 'state = "kept.sqlite"'),
    ):
        (folder / f"{name}.toml").write_text(f'[audit]\n{told}\n[scan]\nner = false\n[[source]]\naddress = "in"\n')
    from pii_scan.keys import create_key

    create_key(folder / "open.key")
    create_key(folder / "shut.key")
    (folder / "shut.toml").write_text("ner = false\n")
    (folder / "shut").mkdir()
    (folder / "full").mkdir(mode=0o555)
    closed = [folder / name for name in ("shut", "shut.csv", "shut.sqlite", "shut.toml", "shut.key", "mixed/shut.csv")]
    for path in closed:
        path.chmod(0)
    yield folder
    for path in (*closed, folder / "full"):
        path.chmod(0o700)


@pytest.fixture(scope="module")
def told(place: Path) -> list[Told]:
    """What each command line said, and how it ended, where permissions count."""
    if os.name != "posix" or (os.geteuid() == 0 and sys.platform != "linux"):
        pytest.skip("permissions do not bind this user")
    lines = [*BEFORE, *(line for line, *_ in SAYS)]
    quick = [[*line, "--no-ner"] if line[0] in {"scan", "redact", "verify"} else [*line] for line in lines]
    root = str(Path(__file__).resolve().parents[1])
    done = subprocess.run(
        [sys.executable, "-c", BOUND, "-c", RUN, json.dumps(quick)],
        capture_output=True,
        text=True,
        check=False,
        cwd=place,
        env={**os.environ, "PYTHONPATH": root},
    )
    if done.returncode == 77:
        pytest.skip("root may read everything here, and cannot give that up")
    assert done.returncode == 0, done.stderr
    found = [Told(*one) for one in json.loads(done.stdout)]
    assert [one.code for one in found[: len(BEFORE)]] == [0] * len(BEFORE), found[: len(BEFORE)]
    return found[len(BEFORE) :]


@pytest.mark.parametrize("number", range(len(SAYS)), ids=[" ".join(line) for line, *_ in SAYS])
def test_what_is_closed_is_named_with_the_way_out(told: list[Told], number: int) -> None:
    _, code, words = SAYS[number]
    said = told[number]
    assert (said.code, words in said.err) == (code, True), said
    assert CANARY not in said.out + said.err
    if code in {2, 4}:
        assert len(said.err.splitlines()) == 1, "nothing was begun"


@pytest.mark.usefixtures("told")
def test_nothing_is_left_of_what_could_not_be_done(place: Path) -> None:
    made = {path.relative_to(place).as_posix() for path in place.rglob("*")}
    before = {"in", "mixed", "full", "shut", "out", "out/people.csv", "out.manifest.json", "copy-of-mixed"}
    assert {name for name in made if name.startswith(("copy", "back", "full/", "shut/", "out"))} == {
        *(name for name in before if name.startswith(("copy", "out"))),
        "copy-of-mixed/good.csv",
        "copy-of-mixed.manifest.json",
    }
    assert not [name for name in made if name.endswith((".part", ".copying"))]
