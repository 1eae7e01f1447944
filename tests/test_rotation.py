"""A key is changed as docs/keys.md says: by the commands alone, from the first copy to the last one."""

from __future__ import annotations

import base64
import csv
from pathlib import Path
from typing import Any

import pytest

from pii_scan.cli import run

ROWS = [(row, f"ada{row % 7}@example.org", f"+33612345{row:03}", "fr" if row % 2 else "ch") for row in range(30)]
SEALED_ONLY = """
version = 1
key_file = "{key}"
key_id = "{id}"
purpose = "{purpose}"
[[column]]
column = "email"
kind = "email"
operator = "encrypt"
[[table]]
columns = ["*"]
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "in").mkdir()
    with (tmp_path / "in" / "people.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("no", "email", "phone", "site"), *ROWS])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cells(path: str, column: str) -> list[str]:
    with Path(path).open(newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def new_key(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Make a key, and return its id as `key new` tells it."""
    capsys.readouterr()
    assert run(["key", "new", name]) == 0
    told = capsys.readouterr().err
    made = told.rpartition('key_id = "')[2].partition('"')[0]
    assert run(["key", "id", name]) == 0
    assert capsys.readouterr().out == f"{made}\n"
    return made


def with_key(plan: str, key: str, key_id: str) -> str:
    """The drafted plan with another key, as a person writes it in; e-mail addresses sealed."""
    lines = [line for line in plan.splitlines() if not line.startswith(("key_file", "key_id"))]
    at = next(number for number, line in enumerate(lines) if line.startswith("version"))
    lines[at + 1 : at + 1] = [f'key_file = "{key}"', f'key_id = "{key_id}"', 'purpose = "churn study"']
    at = next(number for number, line in enumerate(lines) if line == 'kind = "email"')
    return "\n".join([*lines[: at + 1], 'operator = "encrypt"', *lines[at + 1 :], ""])


def test_a_key_is_changed_and_what_it_sealed_goes_over_to_the_new_one(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = new_key("old.key", capsys), new_key("new.key", capsys)
    said: list[Any] = []

    def done(*line: str) -> int:
        code = run([*line, "--no-ner"] if line[0] in {"scan", "redact", "verify"} else [*line])
        said.append(capsys.readouterr())
        return code

    assert done("scan", "in", "--plan", "drafted.toml", "--preset", "analytics") == 0
    drafted = (place / "drafted.toml").read_text("utf-8")
    (place / "old.toml").write_text(with_key(drafted, "old.key", old), "utf-8")
    (place / "new.toml").write_text(with_key(drafted, "new.key", new), "utf-8")
    (place / "half.toml").write_text(with_key(drafted, "new.key", old), "utf-8")
    # the key is changed, and its id forgotten: nothing is written that would match no earlier copy
    assert done("redact", "in", "--plan", "old.toml", "--to", "delivered") == 0
    assert done("redact", "in", "--plan", "half.toml", "--to", "half") == 2
    assert f"the key is {new}, and the plan is for {old}" in said[-1].err
    assert not (place / "half").exists()
    # made again from the source: other tokens throughout, and as many of them
    assert done("redact", "in", "--plan", "new.toml", "--to", "again") == 0
    for column in ("email", "phone"):
        one, two = (cells(f"{folder}/people.csv", column) for folder in ("delivered", "again"))
        assert not {*one} & {*two}
        assert len({*one}) == len({*two}) == len({row[1 if column == "email" else 2] for row in ROWS})
    assert cells("again/people.csv", "site") == [row[3] for row in ROWS]
    # only the old key opens what it sealed, whichever way it is named
    for line in (["--key-file", "new.key"], ["--plan", "new.toml"], ["--key-file", "old.key"]):
        assert done("restore", "delivered", "--to", "back", *line) == 4
        assert "does not open (use the key and the purpose" in said[-1].err
    assert not (place / "back").exists()
    assert done("restore", "delivered", "--to", "back", "--plan", "old.toml") == 0
    assert cells("back/people.csv", "email") == [row[1] for row in ROWS]
    assert cells("back/people.csv", "phone") == cells("delivered/people.csv", "phone"), "pseudonyms do not come back"
    # what exists only sealed: from the old key to the new one, and it joins with what was made from the source
    (place / "sealed.toml").write_text(SEALED_ONLY.format(key="new.key", id=new, purpose="churn study"), "utf-8")
    assert done("redact", "back", "--plan", "new.toml", "--to", "over") == 4
    assert "the plan knows nothing of this table" in said[-1].err
    assert done("redact", "back", "--plan", "sealed.toml", "--to", "over") == 0
    assert cells("over/people.csv", "email") == cells("again/people.csv", "email")
    assert done("verify", "over", "--against", "back", "--plan", "sealed.toml", "--manifest", "over.manifest.json") == 0
    # the old key is destroyed: the new copies stand, and the old ones stay closed
    (place / "old.key").unlink()
    assert done("restore", "over", "--to", "opened", "--plan", "new.toml") == 0
    assert cells("opened/people.csv", "email") == [row[1] for row in ROWS]
    assert done("restore", "delivered", "--to", "never", "--plan", "old.toml") == 2
    assert "old.key: the key file cannot be read: No such file" in said[-1].err
    assert no_key_in(place, "".join(one.out + one.err for one in said), (place / "new.key").read_text("utf-8"))


def no_key_in(place: Path, said: str, *keys: str) -> bool:
    """Whether no key stands in what was said or written, as text, bytes or hex."""
    for key in keys:
        line = key.splitlines()[-1]
        raw = base64.b64decode(line)
        written = [path.read_bytes() for path in place.rglob("*") if path.is_file() and path.suffix != ".key"]
        assert len(written) > 8
        for form in (line.encode(), raw, raw.hex().encode()):
            assert form not in said.encode()
            assert not [text for text in written if form in text]
    return True
