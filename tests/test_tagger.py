"""The names that are found are those that spaCy finds itself, whatever the texts; a long one is read in pieces."""

from __future__ import annotations

from typing import Any

import pytest

from pii_scan import tagger
from pii_scan.pipeline import installed_model, pipeline
from pii_scan.recognizers import prose
from pii_scan.tagger import Find, Tagger, cut

LABELS = frozenset({"PERSON", "GPE", "LOC"})
SENTENCES = [
    *(text for samples in (*prose.MATCH.values(), *prose.REJECT.values()) for text in samples),
    "Yesterday Barbara Johnson flew from Paris to Berlin, and Dr. Ramón van den Berg followed on Friday.",
    "The Hague, New South Wales and the Isle of Wight are places; Anna Maria Rossi-Bianchi Esposito is none.",
    "KAREN SMITH WROTE FROM SAN FRANCISCO",
    "  \n\t  ",
    "",
    "Smith",
    "王小明 lives in 北京市 and Zoë Ångström in Malmö.",
    "He met Ms. Ada",
    "\nLovelace\n of London ",
]


@pytest.fixture(scope="module")
def pipelines() -> tuple[Any, Any]:
    spacy = pytest.importorskip("spacy")
    model = installed_model()
    if not model or model.endswith("trf"):
        pytest.skip("no spaCy model that runs on numpy is installed")
    return spacy.load(model, enable=["ner"]), spacy.load(model, exclude=["tok2vec", "tagger", "parser", "attribute_ruler"])


def own(nlp: Any, text: str) -> list[Find]:
    return [Find(ent.start_char, ent.end_char, ent.label_) for ent in nlp(text).ents if ent.label_ in LABELS]


def test_the_finds_are_those_of_spacy(pipelines: tuple[Any, Any]) -> None:
    theirs, nlp = pipelines
    nlp.select_pipes(enable=["ner"])
    made = Tagger(nlp, LABELS)
    assert made.quick
    found = made(SENTENCES)
    assert found == [own(theirs, text) for text in SENTENCES]
    assert sum(map(len, found)) > 8


def test_a_pipeline_that_knows_no_words_by_heart_finds_the_same(pipelines: tuple[Any, Any]) -> None:
    made = Tagger(pipeline(installed_model()), LABELS)
    assert made.quick
    assert made(SENTENCES) == [own(pipelines[0], text) for text in SENTENCES]


def test_words_that_were_read_are_forgotten(pipelines: tuple[Any, Any]) -> None:
    nlp = pipelines[0]
    if not hasattr(nlp, "memory_zone"):
        pytest.skip("spaCy forgets words from 3.8 on")
    made = Tagger(nlp, LABELS)
    made(SENTENCES)
    before = len(nlp.vocab.strings)
    made([f"Xaverine{place}q met Yolandus{place}z in Zubrovka{place}." for place in range(200)])
    assert len(nlp.vocab.strings) == before
    assert "Xaverine7q" not in nlp.vocab.strings


def test_what_stands_beside_a_text_does_not_show(pipelines: tuple[Any, Any]) -> None:
    made = Tagger(pipelines[0], LABELS)
    assert made(SENTENCES) == [made([text])[0] for text in SENTENCES]
    assert made([]) == []
    assert made(["", " "]) == [[], []]


def test_a_pipeline_with_more_than_its_ner_is_left_to_spacy(pipelines: tuple[Any, Any]) -> None:
    theirs, _ = pipelines
    theirs.add_pipe("sentencizer", first=True)
    try:
        made = Tagger(theirs, LABELS)
        assert not made.quick
        assert made(SENTENCES) == [own(theirs, text) for text in SENTENCES]
    finally:
        theirs.remove_pipe("sentencizer")


@pytest.mark.parametrize(
    "text", ["", "short", "word " * 3_000, "x" * 10_000, "A sentence. " * 900 + "\n" + "line\n" * 2_000, "字。" * 5_000]
)
def test_pieces_are_the_text_and_none_is_too_long(text: str) -> None:
    pieces = list(cut(text))
    assert "".join(piece for _, piece in pieces) == text
    assert all(text[start:].startswith(piece) and len(piece) <= tagger.PIECE for start, piece in pieces)
    assert len(pieces) <= 2 * len(text) // tagger.PIECE + 1


def test_names_of_a_long_text_are_told_by_their_place_in_it(pipelines: tuple[Any, Any]) -> None:
    text = "Nothing happened in the office today. " * 400 + "Then Barbara Johnson called from London."
    (found,) = Tagger(pipelines[0], LABELS)([text])
    assert "Barbara Johnson" in {text[find.start : find.end] for find in found}
