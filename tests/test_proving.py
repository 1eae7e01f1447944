"""A copy comes with its proof: on the command line, in a notebook, and again later from the source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import pii_scan
from pii_scan import manifest as manifests
from pii_scan.cli import run
from pii_scan.connectors import files
from pii_scan.plan import load_plan

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = json.loads((ROOT / "reports" / "manifest-1.schema.json").read_text("utf-8"))
MAILS = [f"ada.nr{row:02d}@example.org" for row in range(40)]
PLAN = """
[[column]]
column = "mail"
kind = "email"
operator = "replace"
[[table]]
columns = ["*"]
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "people.csv"
    path.parent.mkdir()
    path.write_text("\n".join(["mail,note", *(f"{mail},fine" for mail in MAILS)]) + "\n")
    (tmp_path / "plan.toml").write_text(PLAN)
    return path


def redact(source: Path, *more: str) -> int:
    home = source.parent.parent
    return run(["redact", str(source), "--plan", str(home / "plan.toml"), "--to", str(home / "out"), "--no-ner", *more])


def again(source: Path, *more: str) -> int:
    return run(["verify", str(source.parent.parent / "out"), "--against", str(source), "--no-ner", *more])


def manifest(source: Path, name: str = "out.manifest.json") -> dict[str, Any]:
    return manifests.load(source.parent.parent / name)


def test_a_copy_is_proved_and_its_manifest_lies_beside_it(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert redact(source) == 0
    assert "40 removed values were searched for in the copy: none is left" in capsys.readouterr().err
    found = manifest(source)
    jsonschema.validate(found, SCHEMA)
    assert found["verdict"] == "clean"
    assert found["plan"] == {"sha256": manifests.plan_hash(load_plan(PLAN))}
    copy = source.parent.parent / "out" / "people.csv"
    assert found["files"] == [{"path": "people.csv", "bytes": copy.stat().st_size, "sha256": manifests.file_hash(copy)}]
    assert not any(mail in json.dumps(found) for mail in MAILS)
    assert "anonymous: still personal data" in found["words"]


def test_no_verify_writes_no_manifest(source: Path) -> None:
    assert redact(source, "--no-verify") == 0
    assert not list(source.parent.parent.glob("*.json"))


def test_a_leak_ends_with_4_and_a_line_that_says_where_and_how_many(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pii_scan.redaction.Redactor.edit", lambda _self, _source, _table, batch: batch)
    assert redact(source) == 4
    said = capsys.readouterr().err
    assert "people.mail: planned cells: 40 cells that the plan replaces are as they were" in said
    assert not any(mail in said for mail in MAILS)
    found = manifest(source)
    jsonschema.validate(found, SCHEMA)
    assert found["verdict"] == "leaks"


def test_verify_repeats_the_proof(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = source.parent.parent
    redact(source)
    plan, listed = ["--plan", str(home / "plan.toml")], ["--manifest", str(home / "out.manifest.json")]
    assert (again(source), again(source, *plan), again(source, *plan, *listed)) == (0, 0, 0)
    capsys.readouterr()
    copy = home / "out" / "people.csv"
    copy.write_text(copy.read_text().replace("fine", MAILS[3], 2))
    assert (again(source), again(source, *plan)) == (4, 4)
    told = capsys.readouterr()
    assert "1 removed value is left in its column people.note (utf-8)" in told.out
    assert "2 cells that the plan keeps differ from the source" in told.out
    assert MAILS[3] not in told.out + told.err
    assert again(source, *listed) == 4
    assert "people.csv: was changed since the proof" in capsys.readouterr().err


def test_a_copy_that_is_not_there_is_wrong_use(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert again(source) == 2
    assert "there is no copy of it" in capsys.readouterr().err


def test_what_cannot_sign_is_told_before_anything_is_written(source: Path) -> None:
    (source.parent.parent / "key").write_text("no key")
    assert redact(source, "--sign", str(source.parent.parent / "key")) == 2
    assert not (source.parent.parent / "out").exists()


def test_a_manifest_is_signed_and_its_signature_holds_only_for_what_was_signed(source: Path) -> None:
    home = source.parent.parent
    keys = [Ed25519PrivateKey.generate() for _ in range(2)]
    for number, key in enumerate(keys):
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (home / f"key{number}").write_bytes(private)
        public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        (home / f"key{number}.pub").write_bytes(public)
    assert redact(source, "--sign", str(home / "key0")) == 0
    path = home / "out.manifest.json"
    jsonschema.validate(manifest(source), SCHEMA)
    listed = ["--manifest", str(path), "--public-key"]
    assert again(source, *listed, str(home / "key0.pub")) == 0
    assert again(source, *listed, str(home / "key1.pub")) == 2
    changed = manifest(source) | {"verdict": "incomplete"}
    path.write_text(manifests.dump(changed))
    assert again(source, *listed, str(home / "key0.pub")) == 2
    path.write_text(manifests.dump({name: value for name, value in changed.items() if name != "signature"}))
    assert again(source, *listed, str(home / "key0.pub")) == 2


@pytest.mark.parametrize(
    ("to", "name"),
    [
        ("out", "out.manifest.json"),
        ("sqlite:///some/b.sqlite", "b.sqlite.manifest.json"),
        ("mysql://host/shop", "shop.manifest.json"),
    ],
)
def test_a_manifest_is_called_after_what_it_is_about(to: str, name: str) -> None:
    assert manifests.free_place(to).name == name


def test_a_second_manifest_does_not_replace_the_first(source: Path) -> None:
    redact(source)
    (source.parent.parent / "out" / "people.csv").unlink()
    redact(source)
    assert manifest(source, "out.manifest-2.json")["files"] == manifest(source)["files"]


def test_a_notebook_proves_copies_and_frames(source: Path) -> None:
    home = source.parent.parent
    pii_scan.redact(source, PLAN, to=home / "out", ner=False)
    assert manifest(source)["verdict"] == "clean"
    made = pii_scan.verify(home / "out", against=source, plan=PLAN, ner=False)
    assert made.clean
    assert "40 removed values" in repr(made)
    people = pd.DataFrame({"mail": MAILS, "note": "fine"})
    assert pii_scan.verify(pii_scan.redact(people, PLAN, ner=False), against=people, plan=PLAN, ner=False).clean
    assert not pii_scan.verify(people, against=people, plan=PLAN, ner=False).clean


def test_a_scan_finds_again_what_a_broken_operator_left(source: Path) -> None:
    """The cells differ, and no removed value is left: only the scan sees that they are e-mail addresses still."""
    home = source.parent.parent
    redact(source)
    copy = home / "out" / "people.csv"
    copy.write_text("\n".join(["mail,note", *(f"bob.nr{row:02d}@example.com,fine" for row in range(40))]) + "\n")
    made = pii_scan.verify(home / "out", against=source, plan=PLAN, ner=False)
    assert [fault.what for fault in made.proof.found_again] == ["scanned again"]
    assert not made.clean
    assert pii_scan.verify(home / "out", against=source, plan=PLAN.replace("replace", "keep"), ner=False).clean is False


def test_a_source_that_cannot_be_read_again_is_said_to_be_unproved(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = source.open("rb")

        def isatty(self) -> bool:
            return False

    monkeypatch.setattr("sys.stdin", Stdin())
    home = source.parent.parent
    assert run(["redact", "-", "--plan", str(home / "plan.toml"), "--to", str(home / "out"), "--no-ner"]) == 3
    assert manifest(source)["verdict"] == "incomplete"
    Stdin.buffer.close()


def test_what_is_left_of_a_run_that_ends_is_never_under_its_name(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert redact(source) == 4
    assert not list((source.parent.parent / "out").glob("*"))


def test_a_proof_reads_a_large_text_for_its_encoding_once(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from io import BytesIO

    from pii_scan.connectors import csv, layout

    assert redact(source, "--no-verify") == 0
    looked: list[Any] = []
    whole = layout.encoding
    monkeypatch.setattr(csv, "LARGE", 1)

    def counted(stream: Any) -> Any:
        looked.extend([1] * (not isinstance(stream, BytesIO)))
        return whole(stream)

    monkeypatch.setattr(layout, "encoding", counted)
    layout._encoding.cache_clear()
    assert again(source) == 0
    assert len(looked) == 2, "the source and its copy"
