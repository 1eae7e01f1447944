"""What is found inside texts: every span of personal data, and None where nobody can tell."""

import json
import logging
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from presidio_analyzer import Pattern, PatternRecognizer

from pii_scan.contracts import Part
from pii_scan.finder import Finder
from pii_scan.model import Catalogue, Entity, Kind
from pii_scan.presidio import Engine, Span, engine

CANARY = "canary.7f3a9@leak.example"


@pytest.fixture(scope="session")
def finder(whole_engine: Engine, known: Catalogue) -> Finder:
    return Finder(whole_engine, known)


def found(finder: Finder, text: str) -> set[tuple[str, str]]:
    (spans,) = finder([text])
    assert spans is not None
    return {(span.entity, text[span.start : span.end]) for span in spans}


MANY = (
    "Please write to ada@mail.example or call +41 79 123 45 67.",
    "nothing at all",
    "",
    "Bitte auf DE89 3704 0044 0532 0130 00 überweisen, danke.",
    "Mi DNI es 54362315K y mi correo eva@correo.example.",
    "4111 1111 1111 1111 and 4111111111111112",
    "Звоните Анне по номеру +7 495 123-45-67",
    "x" * 2_000_000,
    "passport X1234567 of Ada Lovelace, born 12.12.1985",
)


def test_texts_that_are_asked_about_together_hold_what_each_holds_alone(finder: Finder) -> None:
    assert finder(MANY) == [finder([text])[0] for text in MANY]
    assert finder(MANY)[7] is None


@pytest.mark.usefixtures("nothing_remembered")
def test_no_text_is_held_that_was_looked_into(finder: Finder) -> None:
    from tests.test_detect import remembering

    assert found(finder, CANARY) == {("EMAIL_ADDRESS", CANARY)}
    assert remembering() == []


PHONE = ("PHONE_NUMBER", "+41 79 123 45 67")
DNI = ("ES_DNI", "54362315K")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please write to ada@mail.example or call +41 79 123 45 67.", [("EMAIL_ADDRESS", "ada@mail.example"), PHONE]),
        ("Bitte auf DE89 3704 0044 0532 0130 00 überweisen, danke.", [("IBAN_CODE", "DE89 3704 0044 0532 0130 00")]),
        ("Mi DNI es 54362315K y mi correo eva@correo.example.", [("EMAIL_ADDRESS", "eva@correo.example"), DNI]),
        ("他的邮箱是 li@mail.example，请联系。", [("EMAIL_ADDRESS", "li@mail.example")]),
        ("อีเมล somchai@mail.example ครับ", [("EMAIL_ADDRESS", "somchai@mail.example")]),
        ("Письмо пришло с адреса ivan@mail.example вчера.", [("EMAIL_ADDRESS", "ivan@mail.example")]),
        ("כתוב אל dana@mail.example בבקשה", [("EMAIL_ADDRESS", "dana@mail.example")]),
        ("the request came from 203.0.113.77 at noon", [("IP_ADDRESS", "203.0.113.77")]),
    ],
)
def test_spans_are_found_inside_sentences_of_any_script(finder: Finder, text: str, expected: list[tuple[str, str]]) -> None:
    assert set(expected) <= found(finder, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我的身份证号码11010519491231002X的", ("CN_RIC", "11010519491231002X")),
        ("주민등록번호는 820701-2409184입니다", ("KR_RRN_RECENT", "820701-2409184")),
        ("IBANはDE89370400440532013000です", ("IBAN_CODE", "DE89370400440532013000")),
        ("メールはada@mail.exampleです", ("EMAIL_ADDRESS", "ada@mail.example")),
        ("IP地址203.0.113.77的", ("IP_ADDRESS", "203.0.113.77")),
        ("マイナンバーは123456789018です", ("JP_MY_NUMBER", "123456789018")),
        ("電話番号は03-1234-5678です", ("PHONE_NUMBER", "03-1234-5678")),
        ("クレジットカードは4111111111111111です", ("CREDIT_CARD", "4111111111111111")),
    ],
)
def test_scripts_that_put_no_space_beside_a_number_hide_none(finder: Finder, text: str, expected: tuple[str, str]) -> None:
    assert expected in found(finder, text)


def test_a_card_number_in_a_sentence_needs_no_word(finder: Finder) -> None:
    assert found(finder, "Paid by 4111 1111 1111 1111 today") == {("CREDIT_CARD", "4111 1111 1111 1111")}
    assert found(finder, "Paid by 4111 1111 1111 1112 today") == set()


@pytest.mark.parametrize(
    "text",
    [
        "Nothing to see here, the parcel 987654321 has come at last.",
        "ISBN 978-3-16-148410-0 is a book, not a person.",
        "",
        " ",
        "1843",
    ],
)
def test_what_is_no_personal_data_is_left_alone(finder: Finder, text: str) -> None:
    assert found(finder, text) == set()


def test_texts_keep_their_order_and_repeats(finder: Finder) -> None:
    texts = ["ada@mail.example", "none", "ada@mail.example"]
    one, none, two = finder(texts)
    assert one == two
    assert one
    assert none == []
    assert finder([]) == []


def test_a_text_that_is_too_long_gives_none_and_the_others_their_spans(whole_engine: Engine, known: Catalogue) -> None:
    short = Finder(whole_engine, known, max_cell=1_000)
    assert [spans is None for spans in short(["x" * 1_000, "x" * 1_001, "ada@mail.example"])] == [False, True, False]


SLOW = r"((x|xx)+)\1[yz]$"


@pytest.mark.parametrize("level", [logging.DEBUG, logging.CRITICAL])
def test_a_text_that_runs_out_of_time_gives_none_however_the_log_is_set(level: int) -> None:
    kind = Kind("code", "Code", "https://example.org/code", "direct")
    row = Entity("SLOW", "code", "shape")
    catalogue = Catalogue({"code": kind}, {"SLOW": row})
    logger = logging.getLogger("presidio-analyzer")
    before = logger.level
    logger.setLevel(level)
    try:
        made = engine([Part("slow", (kind,), (row,), slow)], catalogue.entities, ner=False)
        made.analyzer()
        assert Finder(made, catalogue)(["x" * 60, "fine"]) == [None, []]
    finally:
        logger.setLevel(before)


def slow() -> list[PatternRecognizer]:
    return [PatternRecognizer("SLOW", patterns=[Pattern("slow", SLOW, 0.5)])]


def test_an_engine_made_later_takes_no_count_of_time_away() -> None:
    kind = Kind("code", "Code", "https://example.org/code", "direct")
    row = Entity("SLOW", "code", "shape")
    catalogue = Catalogue({"code": kind}, {"SLOW": row})
    finder = Finder(engine([Part("slow", (kind,), (row,), slow)], catalogue.entities, ner=False), catalogue)
    engine([Part("slow", (kind,), (row,), slow)], catalogue.entities, ner=False)
    assert finder(["x" * 60]) == [None]


def test_names_of_the_model_are_among_the_spans(known: Catalogue, monkeypatch: pytest.MonkeyPatch, whole_engine: Engine) -> None:
    text = "Yesterday Zanzibarina Quux came by and left ada@mail.example"

    def people(_: Engine, texts: list[str]) -> list[list[Span]]:
        return [[Span(10, 27, "PERSON", 0.85)] if text else [] for text in texts]

    monkeypatch.setattr(Engine, "people_and_places", people)
    assert found(Finder(whole_engine, known), text) >= {("PERSON", "Zanzibarina Quux"), ("EMAIL_ADDRESS", "ada@mail.example")}


def test_no_text_is_logged_printed_or_shown(
    finder: Finder, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[Any]
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="presidio-analyzer")
    finder([f"Please write to {CANARY}, IBAN DE89370400440532013000"])
    said = f"{caplog.text}{capfd.readouterr()}{finder!r}"
    assert "canary" not in said
    assert "DE8937" not in said


def test_real_sentences_give_spans_that_lie_in_them(finder: Finder, data: Path) -> None:
    texts = [
        json.loads(line)["text"] for line in (data / "span_presidio_generated_large.jsonl").read_text("utf-8").splitlines()[:300]
    ]
    for text, spans in zip(texts, finder(texts), strict=True):
        assert spans is not None
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
        assert all(one.end <= two.start for one, two in pairwise(spans))
