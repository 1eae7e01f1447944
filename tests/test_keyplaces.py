"""Keys lie in a file, the environment or a keyring; which one it has to be is checked, and none is ever shown."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from pii_scan.cli import run
from pii_scan.errors import ConfigError
from pii_scan.keyplaces import KeyPlace, create_in_keyring
from pii_scan.keys import Key, create_key, new_key, read_key
from pii_scan.plan import load_plan
from pii_scan.redaction import Redactor

PLAN = '[[column]]\ncolumn = "a"\nkind = "email"\noperator = "pseudonym"\n'


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A keyring of its own, in the place of that of the platform."""
    kept: dict[tuple[str, str], str] = {}
    module = types.ModuleType("keyring")
    module.get_password = lambda service, name: kept.get((service, name))  # type: ignore[attr-defined]
    module.set_password = lambda service, name, text: kept.update({(service, name): text})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    return kept


def test_a_key_is_read_from_each_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ring: dict[tuple[str, str], str]) -> None:
    key = read_key(create_key(tmp_path / "k"))
    text = (tmp_path / "k").read_text()
    monkeypatch.setenv("A_KEY", text)
    monkeypatch.setenv("A_LINE", text.splitlines()[-1])
    ring["pii-scan", "mine"] = text
    assert [KeyPlace(env="A_KEY").read(), KeyPlace(env="A_LINE").read(), KeyPlace(ring="mine").read()] == [key] * 3
    for line in (f'key_file = "{tmp_path / "k"}"', 'key_env = "A_KEY"', 'key_ring = "mine"'):
        assert load_plan(f"{line}\n{PLAN}").key() == key


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (KeyPlace(env="NOT_THERE"), "holds no key"),
        (KeyPlace(ring="other"), "pii-scan key new --keyring other"),
        (KeyPlace(env="A", ring="b"), "one place"),
        (KeyPlace(), "one place"),
    ],
)
@pytest.mark.usefixtures("ring")
def test_a_place_without_a_key_says_what_to_do(place: KeyPlace, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_THERE", raising=False)
    with pytest.raises(ConfigError, match=words):
        place.read()


def test_what_is_no_key_is_not_quoted(monkeypatch: pytest.MonkeyPatch, ring: dict[tuple[str, str], str]) -> None:
    monkeypatch.setenv("A_KEY", "hunter2-hunter2")
    ring["pii-scan", "mine"] = "hunter2-hunter2"
    for place in (KeyPlace(env="A_KEY"), KeyPlace(ring="mine")):
        with pytest.raises(ConfigError, match="holds no key") as caught:
            place.read()
        assert "hunter2" not in str(caught.value)


def test_without_the_package_or_a_keyring_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match=r"pii_scan\[keyring\]"):
        KeyPlace(ring="mine").read()
    broken = types.ModuleType("keyring")

    def failing(*_: str) -> None:
        raise RuntimeError("hunter2")

    broken.get_password = failing  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", broken)
    with pytest.raises(ConfigError, match="cannot be used: RuntimeError") as caught:
        KeyPlace(ring="mine").read()
    assert "hunter2" not in str(caught.value)


def test_a_key_in_a_keyring_is_never_written_over(ring: dict[tuple[str, str], str]) -> None:
    key = create_in_keyring("mine")
    assert KeyPlace(ring="mine").read() == key
    before = dict(ring)
    with pytest.raises(ConfigError, match="exists already"):
        create_in_keyring("mine")
    assert ring == before


def test_a_plan_refuses_another_key_than_its_own(tmp_path: Path) -> None:
    key = read_key(create_key(tmp_path / "k"))
    right, wrong = (f'key_file = "{tmp_path / "k"}"\nkey_id = "{name}"\n{PLAN}' for name in (key.id, "0" * 16))
    assert load_plan(right).key() == key
    with pytest.raises(ConfigError, match=f"the key is {key.id}, and the plan is for 0000"):
        load_plan(wrong).key()
    with pytest.raises(ConfigError, match="the plan is for"):
        Redactor(load_plan(wrong), key=Key(bytes(32)))


def test_the_commands_make_and_name_a_key_and_show_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ring: dict[tuple[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["key", "new", str(tmp_path / "k")]) == 0
    assert run(["key", "new", "--keyring", "mine"]) == 0
    monkeypatch.setenv("A_KEY", (tmp_path / "k").read_text())
    for options in ([str(tmp_path / "k")], ["--keyring", "mine"], ["--key-env", "A_KEY"]):
        assert run(["key", "id", *options]) == 0
    shown = capsys.readouterr()
    ids = shown.out.split()
    assert ids == [read_key(tmp_path / "k").id, KeyPlace(ring="mine").read().id, ids[0]]
    assert f'key_id = "{ids[0]}"' in shown.err
    for secret in ((tmp_path / "k").read_text().splitlines()[-1], ring["pii-scan", "mine"].splitlines()[-1]):
        assert secret not in shown.out + shown.err
    assert run(["key", "new"]) == 2
    assert run(["key", "new", str(tmp_path / "l"), "--keyring", "m"]) == 2


def test_two_new_keys_differ() -> None:
    assert new_key() != new_key()
