"""Keys, pseudonyms and masks, by themselves and inside Presidio."""

from __future__ import annotations

import base64
import os
import pickle
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import InvalidParamError, OperatorConfig, RecognizerResult

from pii_scan.anonymizer import Anonymizer
from pii_scan.coarse_operators import DateCoarsen, DateShift, Generalise
from pii_scan.errors import ConfigError
from pii_scan.keys import Key, create_key, read_key
from pii_scan.operators import OPERATORS, MaskAllBut, Pseudonym
from pii_scan.presidio import Span
from pii_scan.sealing import Sealer
from pii_scan.treatment import Operator, Treatment, label

KEY = Key(bytes(range(32)))

# made with `printf 'pii-scan pseudonym 1\0KIND\0VALUE' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102...1f`
GOLDEN = [
    ("email", "ada@example.org", "email_4affcb01cb824ac0db9f"),
    ("person_id", "007", "person_id_924cd65a56c091b4300d"),
    ("last_name", "Müller", "last_name_9b88401eec1388b28819"),
]


@pytest.mark.parametrize(("kind", "value", "token"), GOLDEN)
def test_tokens_are_the_same_in_every_version(kind: str, value: str, token: str) -> None:
    assert KEY.token(kind, value) == token


def test_tokens_are_the_same_in_another_process() -> None:
    program = "from pii_scan.keys import Key; print(Key(bytes(range(32))).token('email', 'ada@example.org'))"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == GOLDEN[0][2]


@pytest.mark.parametrize(("one", "two"), [("M\u00fcller", "Mu\u0308ller"), ("  a@x.org\n", "a@x.org")])
def test_two_ways_to_write_one_value_have_one_token(one: str, two: str) -> None:
    assert KEY.token("x", one) == KEY.token("x", two)


@pytest.mark.parametrize(
    ("one", "two"),
    [(("email", "a"), ("phone", "a")), (("email", "a"), ("email", "A")), (("a", "b"), ("a\0b", "")), (("a", "12"), ("a1", "2"))],
)
def test_other_kinds_and_values_have_other_tokens(one: tuple[str, str], two: tuple[str, str]) -> None:
    assert KEY.token(*one).rpartition("_")[2] != KEY.token(*two).rpartition("_")[2]


def test_another_key_gives_other_tokens() -> None:
    assert Key(bytes(32)).token("email", "a") != KEY.token("email", "a")


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_has_a_token_of_eighty_bits(value: str) -> None:
    prefix, _, digits = KEY.token("email", value).rpartition("_")
    assert (prefix, len(digits)) == ("email", 20)
    assert int(digits, 16) >= 0


def test_a_key_shows_nowhere(tmp_path: Path) -> None:
    key = read_key(create_key(tmp_path / "k"))
    for shown in (repr(key), str(key), repr(Anonymizer(key)), repr([key]), f"{OperatorConfig('pseudonym', {'key': key})}"):
        assert repr(key.secret)[2:10] not in shown
        assert base64.b64encode(key.secret).decode()[:8] not in shown
        assert key.secret.hex()[:8] not in shown


def test_a_key_file_is_its_owners_alone_and_holds_a_new_key_each_time(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        one, two = create_key(tmp_path / "one"), create_key(tmp_path / "two")
    finally:
        os.umask(old)
    assert stat.S_IMODE(one.stat().st_mode) == 0o600
    assert read_key(one) == read_key(one) != read_key(two)
    assert len(read_key(one).secret) == 32


def test_a_key_survives_the_way_to_a_worker() -> None:
    assert pickle.loads(pickle.dumps(KEY)) == KEY


def test_a_key_file_is_never_written_over(tmp_path: Path) -> None:
    path = create_key(tmp_path / "k")
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="exists already"):
        create_key(path)
    assert path.read_bytes() == before


def test_no_folder_for_the_key_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the folder for the key does not exist"):
        create_key(tmp_path / "no" / "k")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_key_that_others_can_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = create_key(tmp_path / "k")
    path.chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_key(path)


@pytest.mark.parametrize(
    "text", ["", "# only words\n", "c2hvcnQ=\n", "hunter2-hunter2!\n", "\xff\xfe", base64.b64encode(bytes(33)).decode()]
)
def test_what_is_no_key_is_refused_and_not_quoted(tmp_path: Path, text: str) -> None:
    path = tmp_path / "k"
    path.write_bytes(text.encode("latin-1"))
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="holds no key") as caught:
        read_key(path)
    assert "hunter2" not in str(caught.value)


def test_a_missing_key_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="pii-scan key new"):
        read_key(tmp_path / "k")


@pytest.mark.parametrize(
    ("text", "masked"),
    [("4111111111111111", "************1111"), ("123456", "****56"), ("12345", "****5"), ("12", "**"), ("é", "*"), ("", "")],
)
def test_a_mask_keeps_four_and_never_more_than_a_third(text: str, masked: str) -> None:
    assert MaskAllBut().operate(text, {}) == masked


@given(st.text(), st.integers(0, 50))
def test_a_mask_keeps_the_length_and_shows_what_it_says(text: str, keep: int) -> None:
    masked = MaskAllBut().operate(text, {"keep_last": keep, "masking_char": "\0"})
    assert len(masked) == len(text)
    shown = min(keep, len(text) // 3)
    assert masked == "\0" * (len(text) - shown) + text[len(text) - shown :]


@pytest.mark.parametrize(
    "params", [{"keep_last": -1}, {"keep_last": "4"}, {"keep_last": True}, {"masking_char": "**"}, {"masking_char": 1}]
)
def test_a_mask_refuses_what_it_cannot_do(params: dict[str, object]) -> None:
    with pytest.raises(InvalidParamError):
        MaskAllBut().validate(params)


@pytest.mark.parametrize("params", [None, {}, {"key": "hunter2"}, {"key": b"0" * 32}])
def test_a_pseudonym_refuses_to_work_without_a_key(params: dict[str, object] | None) -> None:
    with pytest.raises(InvalidParamError) as caught:
        Pseudonym().validate(params)
    assert "hunter2" not in str(caught.value)


FROM_PRESIDIO: list[tuple[str, dict[str, Any], str]] = [
    ("pseudonym", {"key": KEY, "kind": "email"}, GOLDEN[0][2]),
    ("keyed_hash", {"key": KEY, "kind": "email"}, KEY.hash("email", "ada@example.org")),
    ("seal", {"key": KEY, "kind": "email"}, Sealer(KEY).seal("email", "ada@example.org")),
    ("mask_all_but", {"keep": "domain"}, "***@example.org"),
    ("surrogate", {"key": KEY, "kind": "health"}, "<HEALTH>"),
    ("date_shift", {"key": KEY, "subject": "ada"}, "<EMAIL_ADDRESS>"),
    ("date_coarsen", {}, "<EMAIL_ADDRESS>"),
    ("generalise", {"kind": "age"}, "<AGE>"),
]


@pytest.mark.parametrize(("operator", "params", "made"), FROM_PRESIDIO)
def test_each_operator_works_from_presidio(operator: str, params: dict[str, Any], made: str) -> None:
    engine: Any = AnonymizerEngine()  # type: ignore[no-untyped-call]
    for one in OPERATORS:
        engine.add_anonymizer(one)
    found = [RecognizerResult("EMAIL_ADDRESS", 3, 18, 0.9)]
    config = {"EMAIL_ADDRESS": OperatorConfig(operator, params)}
    assert engine.anonymize("to ada@example.org.", found, config).text == f"to {made}."


def test_every_operator_is_tried_from_presidio() -> None:
    assert {one().operator_name() for one in OPERATORS} == {name for name, _, _ in FROM_PRESIDIO}


def test_a_date_in_a_text_is_moved_by_its_subject_from_presidio() -> None:
    texts = {DateShift().operate("1990-02-03", {"key": KEY, "subject": who}) for who in ("ada", "ada ", "alan")}
    assert len(texts) == 2


@pytest.mark.parametrize("operator", [one for one in OPERATORS if one not in {MaskAllBut, DateCoarsen, Generalise}])
@pytest.mark.parametrize("params", [None, {}, {"key": "hunter2"}])
def test_what_works_by_a_key_refuses_to_work_without(operator: Any, params: dict[str, object] | None) -> None:
    with pytest.raises(InvalidParamError) as caught:
        operator().validate(params)
    assert "hunter2" not in str(caught.value)


MASKS = [
    ({"keep": "domain"}, "ada@example.org", "***@example.org"),
    ({"keep": "domain", "format": True}, "ada.l@example.org", "***.*@example.org"),
    ({"keep": "domain"}, "no address", "**********"),
    ({"keep": "domain"}, "a@", "**"),
    ({"keep": "year"}, "1990-02-03", "1990******"),
    ({"keep": "year", "format": True}, "03.02.1990 10:15", "**.**.1990 **:**"),
    ({"keep": "year"}, "19900203", "1990****"),
    ({"keep": "year"}, "in 1990", "*******"),
    ({"keep": "nothing"}, "ada", "***"),
    ({"format": True}, "4111-1111-1111-1111", "****-****-****-1111"),
    ({"format": True}, "+33 6 12 34 56 78", "+** * ** ** *6 78"),
    ({"format": True, "keep_last": 2}, "+33 6 12 34 56 78", "+** * ** ** ** 78"),
    ({"format": True}, "ab", "**"),
]


@pytest.mark.parametrize(("params", "text", "masked"), MASKS)
def test_a_mask_keeps_the_part_and_the_form_that_are_asked_for(params: dict[str, Any], text: str, masked: str) -> None:
    MaskAllBut().validate(params)
    made = MaskAllBut().operate(text, params)
    assert (made, len(made)) == (masked, len(text))


@pytest.mark.parametrize(
    ("operator", "params"),
    [
        (MaskAllBut, {"keep": "all"}),
        (DateCoarsen, {"to": "day"}),
        (DateShift, {"key": KEY, "days": 0.5}),
        (Generalise, {"width": "ten"}),
        (Pseudonym, {"key": KEY, "match": "fuzzy"}),
    ],
)
def test_a_parameter_that_means_nothing_is_refused(operator: Any, params: dict[str, Any]) -> None:
    with pytest.raises(InvalidParamError):
        operator().validate(params)


def test_both_operators_work_from_presidio() -> None:
    engine: Any = AnonymizerEngine()  # type: ignore[no-untyped-call]
    for operator in OPERATORS:
        engine.add_anonymizer(operator)
    made = engine.anonymize(
        "ada@example.org 4111111111111111",
        [RecognizerResult("EMAIL_ADDRESS", 0, 15, 0.9), RecognizerResult("CREDIT_CARD", 16, 32, 0.9)],
        {
            "EMAIL_ADDRESS": OperatorConfig("pseudonym", {"key": KEY, "kind": "email"}),
            "CREDIT_CARD": OperatorConfig("mask_all_but", {"keep_last": 2}),
        },
    )
    assert made.text == f"{GOLDEN[0][2]} **************11"


def test_without_a_kind_the_entity_is_the_context_of_a_pseudonym() -> None:
    assert Pseudonym().operate("a", {"key": KEY, "entity_type": "EMAIL_ADDRESS"}) == KEY.token("email_address", "a")


@pytest.mark.parametrize(
    ("operator", "text"), [("replace", "<EMAIL>"), ("mask", "**********.org"), ("redact", ""), ("keep", "ada@exampl.org")]
)
def test_each_operator_does_to_a_cell_what_it_says(operator: Operator, text: str) -> None:
    assert Anonymizer().operation(Treatment(operator, "email"))("ada@exampl.org") == text


def test_a_pseudonym_without_a_key_says_how_to_make_one() -> None:
    with pytest.raises(ConfigError, match="pii-scan key new PATH"):
        Anonymizer().operation(Treatment("pseudonym", "email"))


SPANS = [
    pytest.param([(0, 3, "A")], "<A> d@e f@g", id="one"),
    pytest.param([], "abc d@e f@g", id="none"),
    pytest.param([(4, 7, "A"), (8, 11, "A")], "abc <A> <A>", id="two of one sort side by side stay two"),
    pytest.param([(0, 7, "A"), (4, 11, "B")], "<A><B>", id="overlapping"),
    pytest.param([(0, 11, "K"), (4, 7, "A")], "abc <A> f@g", id="kept shields nothing"),
    pytest.param([(0, 11, "A"), (4, 7, "B")], "<A>", id="contained"),
    pytest.param([(0, 3, "K")], "abc d@e f@g", id="kept"),
]


@pytest.mark.parametrize(("spans", "expected"), SPANS)
def test_spans_are_replaced_and_the_rest_stays(spans: list[tuple[int, int, str]], expected: str) -> None:
    operators = {"A": Treatment("replace", "a"), "B": Treatment("replace", "b"), "K": Treatment("keep", "k")}
    found = [Span(start, end, entity, 0.5) for start, end, entity in spans]
    assert Anonymizer().spans("abc d@e f@g", found, operators) == expected


def test_a_value_in_a_text_has_the_token_it_has_in_a_cell() -> None:
    made, token = Anonymizer(KEY), Treatment("pseudonym", "email")
    inside = made.spans("to ada@example.org!", [Span(3, 18, "EMAIL_ADDRESS", 1.0)], {"EMAIL_ADDRESS": token})
    assert inside == f"to {made.operation(token)('ada@example.org')}!"


def test_a_label_is_the_kind_and_never_empty() -> None:
    assert (label("email"), label("")) == ("<EMAIL>", "<REDACTED>")
