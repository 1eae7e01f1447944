"""What `encrypt` seals comes back exactly, and only with the key."""

from __future__ import annotations

import datetime as dt
import decimal
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from presidio_anonymizer import DeanonymizeEngine
from presidio_anonymizer.entities import OperatorConfig, OperatorResult

from pii_scan import redact, restore
from pii_scan.cli import run
from pii_scan.errors import ConfigError, RedactionError
from pii_scan.keys import Key, create_key, read_key
from pii_scan.operators import DEANONYMIZERS
from pii_scan.plan import load_plan
from pii_scan.restoring import arrow_type
from pii_scan.sealing import Sealed, Sealer, holds_token

SEALER = Sealer(Key(bytes(range(32))))
OTHER = Sealer(Key(bytes(32)))
ANY = st.text(alphabet=st.characters(exclude_categories=()))


def never() -> None:
    raise AssertionError("a token did not open")


@given(ANY.filter(bool))
def test_a_text_comes_back_exactly(text: str) -> None:
    token = SEALER.seal("email", text)
    assert SEALER.whole(token) == Sealed(text, "")
    assert SEALER.seal("email", text) == token
    assert OTHER.whole(token) is None
    assert text not in token or len(text) < 5


@given(ANY, ANY, ANY.filter(bool))
def test_a_token_is_found_wherever_it_stands(before: str, after: str, text: str) -> None:
    if not holds_token(before + after):
        token = SEALER.seal("email", text)
        assert SEALER.opened(before + token + after, never) == before + text + after


def test_tokens_side_by_side_are_told_apart() -> None:
    one, two = SEALER.seal("email", "a"), SEALER.seal("phone", "b")
    assert SEALER.opened(f"x_{one}{two}{one} {two}", never) == "x_aba b"


@pytest.mark.parametrize(
    "change", [lambda t: t.replace("email", "phone"), lambda t: t[:12] + ("b" if t[12] != "b" else "c") + t[13:]]
)
def test_a_token_that_was_changed_or_moved_does_not_open(change: Any) -> None:
    token = SEALER.seal("email", "ada@example.org")
    failed: list[int] = []
    assert SEALER.opened(change(token), lambda: failed.append(1)) == change(token)
    assert failed


def test_a_kind_of_any_letters_comes_back() -> None:
    assert SEALER.opened(SEALER.seal("clé de l'élève " * 9, "x"), never) == "x"


@pytest.mark.parametrize("text", ["", "email_enc_", "email_enc_abc0", "a_enc_" + "a" * 40, "plain"])
def test_what_is_no_token_stays(text: str) -> None:
    assert SEALER.opened(text, never) == text
    assert not holds_token(text)


PLAN = """
key_file = "{key}"
purpose = "{purpose}"
[[column]]
column = "*"
kind = "person_id"
operator = "encrypt"
[[table]]
columns = ["*"]
"""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return create_key(tmp_path / "k.key")


def plan(key: Path, purpose: str = "") -> str:
    return PLAN.format(key=key, purpose=purpose)


TABLE = pa.table(
    {
        "text": ["ada", None, "", "ada", "7"],
        "int": pa.array([None, 1, 2, 3, 4], pa.int32()),
        "float": [0.1, None, 1e300, -0.5, 3.0],
        "decimal": pa.array([decimal.Decimal("1.50"), None, decimal.Decimal(2), None, None], pa.decimal128(9, 2)),
        "date": pa.array([dt.date(1990, 1, 2), None, None, None, None]),
        "stamp": pa.array(
            [dt.datetime(1990, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC), None, None, None, None], pa.timestamp("us", "UTC")
        ),
        "flag": [True, False, None, True, True],
        "struct": [{"n": 1, "s": "x"}, None, {"n": None, "s": None}, {"n": 2, "s": ""}, {"n": 3, "s": "y"}],
        "list": [[1, 2], None, [], [None], [3]],
        "json": ['{"a": 1, "b": "x", "c": [1.5, true, null]}', None, "[]", "{}", "plain"],
    }
)


def test_a_parquet_file_comes_back_with_its_types(tmp_path: Path, key: Path) -> None:
    pq.write_table(TABLE, tmp_path / "t.parquet", row_group_size=2)
    rules = (
        plan(key).replace('column = "*"\n', 'column = "*"\npath = "*"\n', 1)
        + '[[column]]\ncolumn = "*"\nkind="other_id"\noperator="encrypt"'
    )
    (made,) = redact(tmp_path / "t.parquet", rules, to=tmp_path / "out")
    copy = pq.read_table(made)
    assert set(map(str, copy.column("text").to_pylist())) & {"ada"} == set()
    assert not [name for name in ("int", "float", "date", "stamp", "flag") if copy.schema.field(name).type != pa.string()]
    (back,) = restore(made, key, to=tmp_path / "back")
    table = pq.read_table(back)
    flat = [name for name in TABLE.column_names if name not in {"struct", "list", "json"}]
    assert table.select(flat).equals(TABLE.select(flat))


def test_a_text_file_comes_back_byte_for_byte(tmp_path: Path, key: Path) -> None:
    data = 'id;name;notes\r\n007;"O\'Neil; Ada";x\r\n1;é;"two\nlines"\r\n'.encode()
    (tmp_path / "t.csv").write_bytes(data)
    (made,) = redact(tmp_path / "t.csv", plan(key), to=tmp_path / "out")
    assert b"Neil" not in made.read_bytes()
    (back,) = restore(made, key, to=tmp_path / "back")
    assert back.read_bytes() == data


def test_the_same_value_has_the_same_token_in_frames_and_files(tmp_path: Path, key: Path) -> None:
    frame = pd.DataFrame({"id": ["ada", "alan"]})
    sealed = redact(frame, plan(key))
    (tmp_path / "t.csv").write_text("id\nada\nalan\n")
    (made,) = redact(tmp_path / "t.csv", plan(key), to=tmp_path / "out")
    assert made.read_text().split() == ["id", *sealed["id"]]
    assert restore(sealed, read_key(key)).equals(frame)


def test_inside_texts_and_json_only_the_tokens_are_opened(key: Path) -> None:
    sealer = Sealer(read_key(key))
    token, number = sealer.seal("email", 'a"b\nc'), sealer.seal("age", "36", arrow="number")
    frame = pd.DataFrame({"t": [f"to {token}!", json.dumps({"x": f"<{token}>", "n": number, token: 1.0}), "plain"]})
    made = restore(frame, key)["t"].tolist()
    assert made[0] == 'to a"b\nc!'
    assert made[1] == json.dumps({"x": '<a"b\nc>', "n": 36, 'a"b\nc': 1.0})
    assert made[2] == "plain"


def test_a_number_in_json_comes_back_as_a_number(key: Path) -> None:
    frame = pd.DataFrame({"j": ['{"id": 7, "s": "7", "n": null}']})
    text = f'key_file = "{key}"\n[[column]]\ncolumn = "j"\npath = "*"\nkind = "person_id"\noperator = "encrypt"\n'
    paths = (
        text.replace('path = "*"', 'path = "id"')
        + '[[column]]\ncolumn = "j"\npath = "s"\nkind = "other_id"\noperator = "encrypt"\n'
    )
    sealed = redact(frame, paths + '[[table]]\ncolumns = ["*"]')
    assert "7" not in json.loads(sealed["j"][0]).values()
    assert restore(sealed, key).equals(frame)


@pytest.mark.parametrize("purpose", ["", "study"])
def test_another_key_or_purpose_restores_nothing_and_leaves_nothing(tmp_path: Path, key: Path, purpose: str) -> None:
    (tmp_path / "t.csv").write_text("id\nada\n")
    redact(tmp_path / "t.csv", plan(key, purpose), to=tmp_path / "out")
    other = key if purpose else create_key(tmp_path / "other.key")
    with pytest.raises(RedactionError, match="does not open") as caught:
        restore(tmp_path / "out" / "t.csv", other, to=tmp_path / "back")
    assert "ada" not in str(caught.value)
    assert [*(tmp_path / "back").rglob("*.csv")] == []
    restore(tmp_path / "out" / "t.csv", key, to=tmp_path / "good", purpose=purpose)
    assert (tmp_path / "good" / "t.csv").read_text() == "id\nada\n"


def test_the_command_restores_with_a_key_or_the_plan(tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text("id\nada\n")
    (tmp_path / "plan.toml").write_text(plan(key, "study"))
    assert run(["redact", str(tmp_path / "t.csv"), "--plan", str(tmp_path / "plan.toml"), "--to", str(tmp_path / "out")]) == 0
    copy = str(tmp_path / "out" / "t.csv")
    assert run(["restore", copy, "--plan", str(tmp_path / "plan.toml"), "--to", str(tmp_path / "a")]) == 0
    assert run(["restore", copy, "--key-file", str(key), "--purpose", "study", "--to", str(tmp_path / "b")]) == 0
    assert (tmp_path / "a" / "t.csv").read_text() == (tmp_path / "b" / "t.csv").read_text() == "id\nada\n"
    assert run(["restore", copy, "--key-file", str(key), "--to", str(tmp_path / "c")]) == 4
    assert run(["restore", copy, "--to", str(tmp_path / "c")]) == 2
    assert run(["restore", copy, "--key-file", str(key), "--plan", str(tmp_path / "plan.toml"), "--to", str(tmp_path / "c")]) == 2
    shown = capsys.readouterr()
    assert key.read_text().splitlines()[-1] not in shown.out + shown.err


def test_a_restored_copy_needs_a_place(tmp_path: Path, key: Path) -> None:
    with pytest.raises(ConfigError, match="needs a place"):
        restore(tmp_path / "t.csv", key)


def test_presidio_brings_back_what_it_sealed() -> None:
    engine: Any = DeanonymizeEngine()
    for operator in DEANONYMIZERS:
        engine.add_deanonymizer(operator)
    token = SEALER.seal("email", "ada@x.org")
    found = [OperatorResult(3, 3 + len(token), "EMAIL_ADDRESS", token, "unseal")]
    made = engine.deanonymize(f"to {token}.", found, {"DEFAULT": OperatorConfig("unseal", {"key": SEALER.key})})
    assert made.text == "to ada@x.org."


TYPES = [
    *(pa.int8(), pa.uint64(), pa.float32(), pa.bool_(), pa.decimal128(9, 2), pa.decimal256(40, -3), pa.date32(), pa.date64()),
    *(pa.timestamp("ns"), pa.timestamp("s", "Europe/Paris"), pa.time32("s"), pa.duration("us")),
]


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_a_type_is_found_by_its_name(kind: pa.DataType) -> None:
    assert arrow_type(str(kind)) == kind


def test_a_name_of_no_type_is_none() -> None:
    assert arrow_type("struct<a: int64>") is None
    assert arrow_type("number") is None


def test_a_plan_that_only_encrypts_needs_a_key() -> None:
    with pytest.raises(ConfigError, match="names no key_file"):
        load_plan('[entities]\ndefault = "encrypt"\n').key()
