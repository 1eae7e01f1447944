"""The word lists: their samples, the sockets they fill, and what they leave alone."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.recognizers import lexicons
from pii_scan.recognizers.kinds import kinds
from pii_scan.recognizers.lexicon import AROUND, LexiconRecognizer, term

DATA = Path(__file__).parents[3] / "shared" / "data"
PART = lexicons.part()
SPECIAL = {
    "religion", "health", "ethnicity", "political_opinion", "trade_union", "genetic", "biometric", "sex_life",
    "sexual_orientation", "philosophical_belief", "criminal_record",
}  # fmt: skip


@lru_cache(maxsize=1)
def recognizers() -> tuple[Any, ...]:
    return tuple(PART.recognizers())


def entities(text: str) -> set[str]:
    return {found.entity_type for recognizer in recognizers() for found in recognizer.analyze(text, [], None)}


def test_every_row_finds_its_samples() -> None:
    assert list(PART.check()) == []


def test_a_failing_sample_is_reported_by_its_place_and_never_by_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    row = next(one for one in lexicons.lexicons() if one.entity.name == "RELIGION")
    broken = tuple(
        lexicons.Lexicon(one.entity, one.score, one.words, one.cells, one.lists, one.shapes, ("zzyzx",), one.reject)
        if one is row
        else one
        for one in lexicons.lexicons()
    )
    monkeypatch.setattr(lexicons, "lexicons", lambda: broken)
    assert list(lexicons.check()) == ["RELIGION: sample 1 to match fails"]


def test_every_entity_belongs_to_a_kind_and_every_special_category_has_one() -> None:
    assert {entity.kind for entity in PART.entities} <= {kind.name for kind in kinds()}
    assert {entity.kind for entity in PART.entities} >= SPECIAL
    names = [entity.name for entity in PART.entities]
    assert len(names) == len(set(names))


def test_every_entity_names_its_source() -> None:
    assert all(entity.source and entity.label for entity in PART.entities)


@pytest.mark.parametrize("recognizer", recognizers(), ids=lambda recognizer: recognizer.name)
def test_each_recognizer_has_one_socket(recognizer: Any) -> None:
    assert hasattr(recognizer, "terms") != hasattr(recognizer, "prefilter")


@pytest.mark.parametrize(
    "recognizer", [one for one in recognizers() if hasattr(one, "terms")], ids=lambda recognizer: recognizer.name
)
def test_every_term_is_as_cells_are_compared(recognizer: Any) -> None:
    assert all(one == term(one) for one in recognizer.terms)
    assert "" not in recognizer.terms


@pytest.mark.parametrize(
    "recognizer", [one for one in recognizers() if hasattr(one, "prefilter")], ids=lambda recognizer: recognizer.name
)
def test_every_word_and_sample_found_passes_the_prefilter(recognizer: Any) -> None:
    passes = re2.compile(recognizer.prefilter)
    rows = lexicons.lexicons()
    texts = [word.rstrip("*") for row in rows for word in row.words] + [sample for row in rows for sample in row.match]
    for text in (*texts, *(f"x {text}, y" for text in texts), *map(str.upper, texts), *(f"é{text}_1" for text in texts)):
        if recognizer.analyze(text, [], None):
            assert passes.search(text), recognizer.name


WORDY = st.text(st.sampled_from("abcdefgrstuéß ._-'0123456789ÄЯא ไ"), max_size=30)


@given(WORDY, st.sampled_from([word.rstrip("*") for row in lexicons.lexicons() for word in row.words]), WORDY)
def test_what_is_found_passes_the_prefilter(before: str, word: str, after: str) -> None:
    text = before + word + after
    for recognizer in recognizers():
        if hasattr(recognizer, "prefilter") and recognizer.analyze(text, [], None):
            assert re2.compile(recognizer.prefilter).search(text), recognizer.name


@pytest.mark.parametrize("text", ["jp労組", "彼はjp労組の組合員", "éjp労組"])
def test_a_word_of_two_scripts_begins_where_its_latin_letters_begin(text: str) -> None:
    assert "TRADE_UNION" in entities(text)


@pytest.mark.parametrize("text", ["0jp労組", "ajp労組", "_jp労組", "121三体", "ahiv感染"])
def test_a_word_of_two_scripts_does_not_begin_inside_another(text: str) -> None:
    assert not entities(text) & {"TRADE_UNION", "HEALTH_CONDITION", "GENETIC"}


@pytest.mark.parametrize(
    "text",
    [
        "Patient was diagnosed with epilepsy in 2019", "souffre de diabète", "leidet an Multiple Sklerose",
        "alérgica a la penicilina", "affetto da celiachia", "uses a wheelchair", "enceinte de 5 mois",
        "schwerbehindert (GdB 50)", "Prozac 20 mg daily",
    ],
)  # fmt: skip
def test_health_is_found_inside_a_sentence(text: str) -> None:
    assert "HEALTH_CONDITION" in entities(text)


@pytest.mark.parametrize(
    "text",
    [
        "A white shirt and black shoes", "a conservative estimate", "credit union statement",
        "orange juice, left side of the shelf", "the stroke of a brush", "straight to the point",
        "Delivery to the green house", "union of two sets", "cold brew, mixed berries",
        "A Fast-Paced Display of a Composer And a Moose", "Chef Anton's Cajun Seasoning",
        "For Those About To Rock We Salute You", "single malt", "the right choice at the center",
    ],
)  # fmt: skip
def test_everyday_words_in_a_sentence_are_not_special(text: str) -> None:
    special = {entity.name for entity in PART.entities if entity.kind in SPECIAL}
    assert not entities(text) & special


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("White", "ETHNICITY"), ("conservative", "POLITICAL_OPINION"), ("Straight", "SEXUAL_ORIENTATION"),
        ("stroke", "HEALTH_CONDITION"), ("GMB", "TRADE_UNION"), ("rk", "RELIGION"), ("theft", "CRIMINAL_RECORD"),
        ("Single.", "MARITAL_STATUS"), (" France ", "COUNTRY"), ("Dr.", "NAME_AFFIX"), ("Zürich", "CITY"),
        ("ZURICH", "CITY"), ("Deutsch", "LANGUAGE"), ("en_GB", "LOCALE"), ("AB+", "BLOOD_GROUP"),
    ],
)  # fmt: skip
def test_the_same_words_are_found_as_whole_cells(text: str, entity: str) -> None:
    assert entity in entities(text)


@pytest.mark.parametrize(
    "text",
    [
        "Luís Gonçalves", "LEONIE KÖHLER", "Smith, John", "Köhler, Dr. Leonie", "J. R. Smith", "Mary-Anne O'Neill",
        "maria garcia", "Braund, Mr. Owen Harris", "Ludwig van den Berg",
        "Cumings, Mrs. John Bradley (Florence Briggs Thayer)", "Mr. Henrik Lundqvist",
        "Kamon Wongpaiboon", "Elizabeth Mostelova", "Md. Abdul Karim",
        "Somchai Jaidee", "Yael Cohen", "Maria Camilleri",
        "Иванова Ольга", "Дмитрий Кузнецов", "Ελένη Παπαδοπούλου", "Mehmet Yılmaz", "Kovács László", "佐藤健一", "김민준",
        "Guðrún Sigurðardóttir", "Venkatesh Iyer", "משה כהן", "ศิริพร จันทร์แก้ว", "Smith J.", "Joost van den Berg",
    ],
)  # fmt: skip
def test_full_names_are_persons(text: str) -> None:
    assert "PERSON" in entities(text)


@pytest.mark.parametrize(
    "text",
    [
        "Anna", "New York", "San Francisco", "Los Angeles", "Product Name", "Invoice Total", "sales manager",
        "Led Zeppelin", "12 Main Street", "Guaraná Fantástica", "Poblacion, Maria City", "Unknown", "IT Manager",
        "Canis lupus", "Human Resources", "Deutsche Bank", "Project Manager", "Premium Plus", "Vitamin D", "Sales Tax",
        "Bill and Melinda", "Новый Заказ", "会議室", "주문", "בנק הפועלים", "สินค้า ใหม่", "Neue Bestellung", "Page Views",
        "Restaurant Rating Excellent", "Anna Rossi went to the market and bought apples",
    ],
)  # fmt: skip
def test_other_texts_are_not_persons(text: str) -> None:
    assert "PERSON" not in entities(text)


@given(st.text(max_size=40))
def test_a_find_lies_within_the_text(text: str) -> None:
    for recognizer in recognizers():
        for found in recognizer.analyze(text, [], None):
            assert 0 <= found.start < found.end <= len(text)


def test_a_whole_cell_find_leaves_out_what_stands_around_it() -> None:
    recognizer = LexiconRecognizer("X", terms={"paris"})
    [found] = recognizer.analyze(' "Paris". ', ["X"], None)
    assert ' "Paris". '[found.start : found.end] == "Paris"
    assert recognizer.analyze("Paris", ["Y"], None) == []
    assert term(f"{AROUND}Paris{AROUND}") == "paris"


def test_an_open_stem_takes_the_rest_of_its_word() -> None:
    recognizer = LexiconRecognizer("X", words=["diabét*", "hiv"])
    text = "Diabétiker, DIABETES, HIV, hivernal"
    assert [text[found.start : found.end] for found in recognizer.analyze(text, [], None)] == ["Diabétiker", "DIABETES", "HIV"]


def test_lists_are_small_and_load_fast() -> None:
    folder = Path(lexicons.__file__).parent
    assert sum(path.stat().st_size for path in folder.glob("lexicon_*.txt")) < 2_000_000
    started = time.perf_counter()
    lexicons.lexicons.cache_clear()
    tuple(PART.recognizers())
    assert time.perf_counter() - started < 1.0


RIGHT = {
    "first_name": "FIRST_NAME", "last_name": "LAST_NAME", "person_name": "PERSON", "city": "CITY", "country": "COUNTRY",
    "region": "REGION",
    "marital_status": "MARITAL_STATUS", "education": "EDUCATION", "job_title": "JOB_TITLE", "name_affix": "NAME_AFFIX",
    "ethnicity": "ETHNICITY",
}  # fmt: skip


def test_hit_shares_on_real_columns_tell_people_from_things() -> None:
    path = DATA / "col_tables_tune.jsonl"
    if not path.exists():
        pytest.skip("no ../shared/data")
    right: dict[str, list[float]] = {}
    special: dict[str, float] = {}
    names = {entity.name for entity in PART.entities if entity.kind in SPECIAL}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        values = [str(value) for value in dict.fromkeys(row["values"]) if value not in {None, ""}][:60]
        if not values or row["ambiguous"]:
            continue
        hits = [entities(value) for value in values]
        if row["label"] in RIGHT:
            right.setdefault(row["label"], []).append(sum(RIGHT[row["label"]] in hit for hit in hits) / len(values))
        if row["label"] == "none" and len(values) >= 5:
            special |= {name: max(special.get(name, 0), sum(name in hit for hit in hits) / len(values)) for name in names}
    shares = {label: sum(found) / len(found) for label, found in right.items()}
    assert shares["first_name"] > 0.8
    assert shares["last_name"] > 0.7
    assert shares["person_name"] > 0.6
    assert shares["country"] > 0.85
    assert shares["city"] > 0.6
    assert max(special.values()) <= 0.2


@pytest.mark.parametrize("kind", sorted(SPECIAL))
def test_no_cell_of_a_special_category_is_counted_as_a_word_too(kind: str) -> None:
    names = {entity.name for entity in PART.entities if entity.kind == kind}
    for name in names:
        worded = [one for one in recognizers() if one.supported_entities == [name] and hasattr(one, "prefilter")]
        listed = [one for one in recognizers() if one.supported_entities == [name] and hasattr(one, "terms")]
        assert [term for one in listed for term in one.terms if any(other.analyze(term, [], None) for other in worded)] == []


@pytest.mark.parametrize("around", ["{}", "on {} again", "{}ı", "É{0}! {0}", "番号{}です"])
def test_the_part_of_a_prefilter_that_a_text_wants_says_the_same_as_the_whole(around: str) -> None:
    for recognizer in (one for one in recognizers() if hasattr(one, "prefilter") and hasattr(one, "narrowed")):
        whole = re2.compile(recognizer.prefilter)
        for word in [*recognizer._words[::40], "delivery", "zzz"]:
            text = around.format(word.rstrip("*"))
            found, part = whole.search(text), recognizer.narrowed(text)
            again = re2.compile(part).search(text) if part else None
            assert (found and found.span()) == (again and again.span()), (recognizer.name, text)
