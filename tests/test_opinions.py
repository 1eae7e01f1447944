"""What recognizers say of texts together is what they say of one after the other."""

from __future__ import annotations

import random

import pytest
from presidio_analyzer import Pattern, PatternRecognizer

from pii_scan.folding import fold
from pii_scan.model import Catalogue
from pii_scan.opinions import Opinion, Opinions
from pii_scan.prefilter import Prefilter
from pii_scan.presidio import Engine, Span
from pii_scan.recognizers import catalogue, documents, generic, identifiers, secrets
from pii_scan.strata import ALIKE, Stratum
from pii_scan.together import Texts

SAMPLES = [
    text
    for row in catalogue.load(*identifiers.FILES, *generic.FILES, *documents.FILES, *secrets.FILES)
    for text in (*row.match, *row.reject)
]
TELLING = [
    *("+41 79 123 45 67", "10 Downing Street, London", "Ada Lovelace", "Zoë Łódź", "番号4111111111111111です"),
    " 12 ",
    "''",
]


@pytest.fixture(scope="module")
def opinions(whole_engine: Engine, known: Catalogue) -> Opinions:
    found = [tuple(name for name in one.supported_entities if name in known.entities) for one in whole_engine.recognizers]
    return Opinions(whole_engine, Prefilter(whole_engine.recognizers), known.entities, found)


@pytest.mark.parametrize("seed", range(12))
def test_texts_together_and_one_by_one_are_told_alike(whole_engine: Engine, opinions: Opinions, seed: int) -> None:
    dice = random.Random(seed)
    texts = [fold(text) for text in dice.sample([*SAMPLES, *TELLING * 9], 20)]
    texts = [dice.choice(["{}", "{}", "see {} there", " {}"]).format(text) for text in texts]
    places = sorted(dice.sample(range(len(whole_engine.recognizers)), 150))
    one, other = Stratum(), Stratum()
    together = opinions.of(Texts(texts), places, one)
    alone = [said for text in texts for said in opinions.of(Texts([text]), places, other)]
    assert together == alone
    assert one.foreseen == other.foreseen
    whole_engine.forget()


def test_what_knows_forms_only_is_asked_of_few_texts(
    whole_engine: Engine, known: Catalogue, opinions: Opinions, monkeypatch: pytest.MonkeyPatch
) -> None:
    formal = [place for place in range(len(whole_engine.recognizers)) if whole_engine.formal(place)]
    texts = [f"AB{number:06}" for number in range(1, 25)]
    asked: list[int] = []
    look = Engine.look
    monkeypatch.setattr(Engine, "look", lambda self, some, *rest: asked.append(len(some.every)) or look(self, some, *rest))
    said = opinions.of(Texts(texts), formal, Stratum())
    assert len({tuple(sorted(one.fitting)) for one in said}) == 1
    assert said[0].fitting
    assert sum(asked) < len(formal) * ALIKE * 2
    assert isinstance(said[0], Opinion)
    assert set(said[0].fitting) <= set(known.entities)


class _Plain(PatternRecognizer):
    """What someone else may bring: `spans` alone, and many patterns."""

    def __init__(self) -> None:
        shapes = [Pattern(f"{n}", rf"\b{n}{{4}}\b", 0.5) for n in range(6)]
        super().__init__(supported_entity="MINE", patterns=shapes, supported_language="en")

    def spans(self, text: str) -> tuple[tuple[int, int] | None, list[tuple[int, int, float]]]:
        return ((0, 4), [(0, 4, 0.5)]) if text == "1111" else (None, [])


def test_a_recognizer_may_offer_spans_alone() -> None:
    mine = _Plain()
    asked = Engine([mine], {}).look(Texts(["1111", "2"]), 0, Prefilter([mine]))
    assert asked == [((0, 4), [Span(0, 4, "MINE", 0.5)]), (None, [])]
