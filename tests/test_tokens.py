"""Everything that is made with a key is the same in every file, process and version: `tests/golden/tokens.json`."""

from __future__ import annotations

import hmac
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.anonymizer import Anonymizer
from pii_scan.keys import Key
from pii_scan.treatment import Options, Treatment

KEY = Key(bytes(range(32)))
GOLDEN = json.loads((Path(__file__).parent / "golden" / "tokens.json").read_text("utf-8"))


def made(row: dict[str, Any], key: Key = KEY) -> str:
    treatment = Treatment(row["operator"], row["kind"], Options(**row.get("with", {})))
    return Anonymizer(key.for_purpose(row.get("purpose", "")), level=row.get("level")).operation(treatment)(row["value"])


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: f"{row['operator']}-{row['kind']}-{row['value']}")
def test_a_value_has_the_token_it_had_in_every_earlier_version(row: dict[str, Any]) -> None:
    assert made(row) == row["token"]


def test_another_key_gives_other_tokens_throughout() -> None:
    assert [row["value"] for row in GOLDEN if made(row, Key(bytes(32))) == row["token"]] == []


def test_another_process_gives_the_same_tokens() -> None:
    program = (
        "import json, sys; sys.path.insert(0, 'tests'); from test_tokens import GOLDEN, made;"
        "print(json.dumps([made(row) for row in GOLDEN]))"
    )
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    assert json.loads(out.stdout) == [row["token"] for row in GOLDEN]


def test_the_parts_of_a_message_are_what_the_manual_says() -> None:
    def mac(key: bytes, *parts: bytes) -> bytes:
        return hmac.digest(key, b"\0".join(parts), "sha256")

    purpose = mac(KEY.secret, b"pii-scan purpose 1", b"", b"study")
    assert KEY.for_purpose("study").secret == purpose
    assert KEY.token("email", "a") == "email_" + mac(KEY.secret, b"pii-scan pseudonym 1", b"email", b"a").hex()[:20]
    assert (
        KEY.for_purpose("study").token("email", "a")
        == "email_" + mac(purpose, b"pii-scan pseudonym 1", b"email", b"a").hex()[:20]
    )
    assert KEY.hash("email", "a") == mac(KEY.secret, b"pii-scan hash 1", b"email", b"a").hex()


def test_two_purposes_cannot_be_joined_and_no_purpose_is_the_key_itself() -> None:
    tokens = {KEY.for_purpose(purpose).token("email", "a") for purpose in ("", "a", "b")}
    assert len(tokens) == 3
    assert KEY.for_purpose("") is KEY


def test_a_key_id_tells_keys_apart_and_is_no_part_of_the_key() -> None:
    assert KEY.id != Key(bytes(32)).id
    assert len(KEY.id) == 16
    assert KEY.id not in KEY.secret.hex()


@pytest.mark.parametrize("start", [0, 1 << 31, (1 << 52) - 3000])
def test_no_two_whole_numbers_share_a_token(start: int) -> None:
    numbers = range(start, start + 3000)
    tokens = {KEY.number("person_id", number) for number in numbers}
    assert len(tokens) == 3000
    assert all((0 <= token < 1 << 31) == (start == 0) and token < 1 << 52 for token in tokens)
    assert tokens != set(numbers)


@given(st.integers(-(1 << 70), 1 << 70))
def test_a_number_keeps_its_sign_and_fits_64_bits(number: int) -> None:
    token = KEY.number("x", number)
    assert -(1 << 63) < token < 1 << 63
    assert (token < 0) == (number < 0) or token == 0
    assert (abs(token) < 1 << 31) == (abs(number) < 1 << 31)


def test_a_small_network_is_a_permutation() -> None:
    assert sorted(KEY._permuted("x", number, 4) for number in range(256)) == list(range(256))


ALIKE = [
    ("phone", ["+33 6 12 34 56 78", "06 12 34 56 78", "0033612345678", "+33(0)612345678"], {"country": "FR"}),
    ("last_name", ["O'Neil ", "o'neil", "O\u2019NEIL", " o\u00b4neil"], {}),
    ("person_name", ["Anna  Maria Müller", "anna maria mu\u0308ller"], {}),
    ("email", ["Ada@Example.org", "ada@example.org "], {}),
    ("iban", ["DE89 3704 0044 0532 0130 00", "de89370400440532013000"], {}),
    ("date_of_birth", ["1990-02-03", "03/02/1990", "3.2.1990", "3 February 1990"], {}),
]
APART = [
    ("phone", ["+33 6 12 34 56 78", "+33 6 12 34 56 79", "+41 6 12 34 56 78"], {"country": "FR"}),
    ("last_name", ["O'Neil", "Oneil", "O'Neill"], {}),
    ("password", ["Secret", "secret"], {}),
    ("date_of_birth", ["1990-02-03", "1990-02", "1990", "1990-03-02"], {}),
]
OPERATORS: list[Callable[[str, str, dict[str, str]], str]] = [
    lambda kind, value, more: made({"operator": "pseudonym", "kind": kind, "value": value, "with": {"match": "loose", **more}}),
    lambda kind, value, more: made({"operator": "hash", "kind": kind, "value": value, "with": {"match": "loose", **more}}),
]


@pytest.mark.parametrize("operator", OPERATORS, ids=["pseudonym", "hash"])
@pytest.mark.parametrize(("kind", "values", "more"), ALIKE)
def test_ways_to_write_one_value_meet_where_that_is_asked_for(
    operator: Callable[..., str], kind: str, values: list[str], more: dict[str, str]
) -> None:
    assert len({operator(kind, value, more) for value in values}) == 1
    exact = {made({"operator": "pseudonym", "kind": kind, "value": value}) for value in values}
    assert len(exact) > 1


@pytest.mark.parametrize("operator", OPERATORS, ids=["pseudonym", "hash"])
@pytest.mark.parametrize(("kind", "values", "more"), APART)
def test_other_values_stay_apart(operator: Callable[..., str], kind: str, values: list[str], more: dict[str, str]) -> None:
    assert len({operator(kind, value, more) for value in values}) == len(values)


def test_a_loose_token_of_a_plain_value_is_its_exact_one() -> None:
    loose = made({"operator": "pseudonym", "kind": "email", "value": "ada@example.org", "with": {"match": "loose"}})
    assert loose == made({"operator": "pseudonym", "kind": "email", "value": "ada@example.org"})
