"""Words that no list holds are told by their letters; a judge counts, it does not find."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.recognizers import lexicons
from pii_scan.recognizers.likeness import MOST, folded, likeness, pieces
from pii_scan.recognizers.one_name import OneNameRecognizer

PART = lexicons.part()
JUDGES = {r.supported_entities[0]: r for r in PART.recognizers() if isinstance(r, OneNameRecognizer)}


@pytest.mark.parametrize(
    "word", ["Annelinde", "Marjolijn", "Oleksandra", "Ольга", "Παναγιώτης", "יהונתן", "Shreyanka", "花子", "Guðrún"]
)
def test_given_names_are_like_given_names(word: str) -> None:
    like = likeness(word)
    assert like.given > like.other
    assert like.given > like.family


@pytest.mark.parametrize(
    "word", ["Kowalczykowski", "Sigurbjörnsson", "Vasilopoulos", "Кузнецова", "ברקוביץ", "Hoekstra", "Öztürkoğlu"]
)
def test_family_names_are_like_family_names(word: str) -> None:
    like = likeness(word)
    assert like.family > like.other
    assert like.family > like.given


@pytest.mark.parametrize(
    "word", ["Invoice", "Marketing", "Shipping", "Оплата", "ธนาคาร", "ব্যাংক", "会議室", "Bestellung", "livraison", "Refunded"]
)
def test_other_words_are_like_neither(word: str) -> None:
    assert likeness(word).name < 0


def test_whole_names_of_east_asia_are_one_word() -> None:
    for word in ("佐藤健一", "김민준", "山本直樹"):
        like = likeness(word)
        assert like.whole == max(like), word


@pytest.mark.parametrize(("one", "other"), [("MÜLLER", "muller"), ("O'Neill", "oneill"), ("José", "jose")])
def test_case_accents_and_apostrophes_make_no_difference(one: str, other: str) -> None:
    assert folded(one) == other
    assert likeness(one) == likeness(other)


@given(st.text(max_size=MOST + 6))
def test_any_word_gets_a_distribution(word: str) -> None:
    like = likeness(word)
    assert all(value == value for value in like)  # noqa: PLR0124 - no NaN
    assert like.name <= 200
    assert len(pieces(folded(word)[:MOST])) < 200


@pytest.mark.parametrize(
    ("entity", "text"),
    [
        ("FIRST_NAME", "Annelinde"), ("FIRST_NAME", "Jean-Luc"), ("FIRST_NAME", " Ольга "), ("FIRST_NAME", "KATHARINA"),
        ("LAST_NAME", "van den Berg"), ("LAST_NAME", "García López"), ("LAST_NAME", "O'Sullivan"), ("LAST_NAME", "佐藤"),
    ],
)  # fmt: skip
def test_a_judge_counts_cells_like_one_name(entity: str, text: str) -> None:
    assert JUDGES[entity].judge(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "12", "Anna7", "anna@mail.example", "Invoice Total", "Human Resources", "x", "Premium", "a" * 60, "van der", "…"],
)
def test_a_judge_does_not_count_other_cells(text: str) -> None:
    assert not any(judge.judge(text) for judge in JUDGES.values())


def test_a_word_that_is_only_like_a_name_is_no_find() -> None:
    judge = JUDGES["FIRST_NAME"]
    assert judge.judge("Annelindina")
    assert judge.analyze("Annelindina", ["FIRST_NAME"], None) == []


def test_a_judge_is_quick() -> None:
    judge = JUDGES["LAST_NAME"]
    words = [f"Gr{a}nd{b}l{c}ssen" for a in "aeiou" for b in "aeiou" for c in "aeiou"]
    judge.judge("Warm")
    started = time.perf_counter()
    for word in words:
        judge.judge(word)
    assert (time.perf_counter() - started) / len(words) < 0.002, "a hundred times what it takes"
