"""The prefilter is a superset of every recognizer: where one finds something, it was a candidate."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from presidio_analyzer import Pattern, PatternRecognizer

from pii_scan.by_name import places
from pii_scan.folding import fold
from pii_scan.prefilter import Prefilter
from pii_scan.presidio import Engine
from pii_scan.recognizers import documents, generic, identifiers, media, phones, secrets
from pii_scan.recognizers.catalogue import Row, load
from pii_scan.recognizers.lexicons import lexicons
from pii_scan.superset import superset

ODD = [
    *("", " ", "x", "_", "7", "é", "ß", "你", "к", "ı", "İ", "٣", "৪", "๕", "－", "₂", "Ⓐ", "€"),
    *("\n", "\r\n", "\x0b", "\x1c", "\x07", "\u00a0", "\u2011", "\u200d", "e\u0301", "\U0001f600"),
    *("a sentence with rather long words around ", " und danach noch einige lange Wörter", "ประโยคที่ยาวกว่านั้น"),
]
"""What may stand before or after a find: borders of words, marks that engines disagree about, words of a sentence."""


@pytest.fixture(scope="session")
def prefilter(whole_engine: Engine) -> Prefilter:
    return Prefilter(whole_engine.recognizers)


def asked_of_all(engine: Engine) -> list[int]:
    """The places of the recognizers that are asked whatever a column is called."""
    by_name = places(engine.recognizers)
    return [place for place in range(len(engine.recognizers)) if place not in by_name]


@pytest.fixture(scope="session")
def foreign_engine() -> Engine:
    """Every pattern recognizer that Presidio ships: what a stranger's plug-in may bring."""
    from presidio_analyzer import predefined_recognizers

    classes: list[Callable[[], PatternRecognizer]] = [
        made
        for made in vars(predefined_recognizers).values()
        if isinstance(made, type) and issubclass(made, PatternRecognizer) and made is not PatternRecognizer
    ]
    return Engine([made() for made in classes], {})


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("plain", "plain"),
        ("১৯৯০", "1990"),
        ("๑-๒", "1-2"),
        ("+49\u00a0170\u20111234", "+49 170-1234"),
        ("١٢٣", "123"),
        ("é", "é"),
    ],
)
def test_digits_dashes_and_spaces_of_every_script_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?<![\w.])\d{4}(?!\w)", "1234"),
        (r"(?<=\()\d+(?=\))", "(12)"),
        (r"\b[\w.]+@\w+\b", "é@ü"),
        (r"[^\W\d]+-\d", "ab-1"),
        (r"(?=.*[A-Z])[A-Z0-9]{3}(?![)(])", "A1B"),
        (r"\bstraße\b", "die straße 1"),
    ],
)
@pytest.mark.parametrize("loose", [False, True])
def test_look_around_and_borders_only_loosen(pattern: str, text: str, *, loose: bool) -> None:
    import re2

    if loose or text.isascii():
        assert regex.search(pattern, text)
        assert re2.search(superset(pattern, loose=loose), text)


def test_a_pattern_that_re2_refuses_makes_its_recognizer_a_candidate_always() -> None:
    odd = PatternRecognizer("X", patterns=[Pattern("back", r"(a)\1", 0.5)], global_regex_flags=0)
    assert Prefilter([odd]).candidates("anything") == (0,)


def test_whole_cell_terms_are_found_folded_and_trimmed() -> None:
    class Words(PatternRecognizer):
        terms = frozenset({"männlich"})

    listed = Words("GENDER", patterns=[Pattern("never", r"\bzzzzzzzz\b", 0.1)])
    prefilter = Prefilter([listed])
    assert prefilter.terms(" MÄNNLICH. ") == (0,)
    assert prefilter.terms("weiblich") == ()


CASES: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([lambda text: text, str.swapcase, str.upper])
FOUND_THOUGH = [
    # what the prefilter once let by: pattern, flags, text
    (r"^\d{4}$", regex.M, "first line\n1234\nthird"),
    (r"\b\d{4}$", 0, "it is 1234\n"),
    (r"\bpasswort$", 0, "das passwort\n"),
    (r"n°\d{3}", regex.I, "N°123"),
    (r"\bcode\s\d", 0, "code\x0b1"),
    (r"[^\W\d_]{3}-\d", 0, "éàü-1"),
    (r"(?:num|bus)[^\w]\d", 0, "num½1"),
    (r"\B[a-z]{3}\B\d?", 0, "abcde"),
    (r"\bıd \d{3}", regex.I, "ID 123"),
    (r"\bid card", regex.I, "İD card"),
    (r"\W\d{2}", 0, "\x0712"),
    (r"(?<part>\d{3})-\d", 0, "123-4"),
    (r"\d{3}[[:alpha:]]", 0, "123é"),
    (r"(?:secret){e<=1}", 0, "my sacret"),
    (r"\bword\b", regex.A, "éword"),
    (r"a{}b", 0, "a{}b"),
    (r"[!-~]{5}\x07", 0, "abcde\x07"),
    (r"\p{Lu}\p{L}+ \p{Lu}\p{L}", 0, "Jo Li"),
    (r"straße", regex.I, "STRAßE"),
    (r"(?i:abc)\d", 0, "ABC1"),
    (r"(?si:\w{2}x.y)\d", 0, "abXcY1"),
]


@pytest.mark.parametrize(("pattern", "flags", "text"), FOUND_THOUGH)
def test_patterns_mean_to_the_prefilter_what_they_mean_to_presidio(pattern: str, flags: int, text: str) -> None:
    text = fold(text)
    recognizer = PatternRecognizer("X", patterns=[Pattern("x", pattern, 0.5)], global_regex_flags=flags)
    engine, prefilter = Engine([recognizer], {}), Prefilter([recognizer])
    assert list(engine.confirm(text, [0])), "the sample proves nothing"
    assert prefilter.candidates(text) == (0,)
    assert prefilter.fits(0, text)


@pytest.mark.parametrize("name", ["Jo Li", "J. Li", "Li, Jo", "Ana Ek"])
def test_a_name_of_short_words_is_a_candidate(name: str, whole_engine: Engine, prefilter: Prefilter) -> None:
    found = {place for place, _ in whole_engine.confirm(name, asked_of_all(whole_engine))}
    assert found
    assert found <= {*prefilter.candidates(name), *prefilter.terms(name)}


@pytest.mark.parametrize("which", ["whole_engine", "foreign_engine"])
def test_whatever_a_recognizer_finds_the_prefilter_let_through(which: str, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(which)
    prefilter = Prefilter(engine.recognizers)
    shapes = list(_shapes(engine))
    found = 0

    @settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
    @given(choice=st.data())
    def holds(choice: st.DataObject) -> None:
        nonlocal found
        place, shape = choice.draw(st.sampled_from(shapes))
        text = choice.draw(st.from_regex(shape))
        change = choice.draw(CASES)
        before, after = choice.draw(st.sampled_from(ODD)), choice.draw(st.sampled_from(ODD))
        text = fold(f"{before}{change(text)}{after}")
        if list(engine.confirm(text, [place])):
            found += 1
            assert place in prefilter.candidates(text)
            assert prefilter.fits(place, text)

    holds()
    assert found > 50, "the texts prove nothing"


def _shapes(engine: Engine) -> Iterator[tuple[int, re.Pattern[str]]]:
    """Everything that Python's own `re` can make texts for."""
    for place in asked_of_all(engine):
        recognizer = engine.recognizers[place]
        flags = getattr(recognizer, "global_regex_flags", 0) or 0
        own = getattr(recognizer, "prefilter", None)
        for pattern in [own] if own else [known.regex for known in getattr(recognizer, "patterns", ())]:
            try:
                yield place, re.compile(pattern, flags)
            except re.error:
                continue


def _rows() -> tuple[Row, ...]:
    return tuple(row for part in (generic, identifiers, documents, media, secrets) for row in load(*part.FILES))


def _samples() -> Iterator[tuple[str, str]]:
    """Every sample that an installed row says it matches, with its entity."""
    for row in _rows():
        yield from ((row.entity.name, text) for text in row.match)
    for name, texts in phones.MATCH.items():
        yield from ((name, text) for text in texts)
    for lexicon in lexicons():
        yield from ((lexicon.entity.name, text) for text in lexicon.match)
    yield from (("GENDER", text) for text in sorted(generic.GENDERS))
    yield from (("PERSON", text) for text in ("Anna Maria Rossi", "ROSSI, Anna", "Dr. A. Rossi", "Frau Anna Rossi"))


CHANGES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capitals": str.upper,
    "small letters": str.lower,
    "accents apart": lambda text: unicodedata.normalize("NFD", text),
    "without accents": lambda text: "".join(
        char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)
    ),
    "digits of another script": lambda text: text.translate({48 + digit: 0x9E6 + digit for digit in range(10)}),
    "hard spaces and hyphens": lambda text: text.replace(" ", "\u00a0").replace("-", "\u2011"),
    "in a sentence": lambda text: f"please note that {text} was given to us yesterday, before noon",
    "in a German sentence": lambda text: f"Übrigens hat er uns {text} gegeben.",
    "beside other scripts": lambda text: f"номер{text}号码",
    "between lines": lambda text: f"first line\n{text}\r\nlast line",
    "in quotes": lambda text: f'"{text}".',
    "as a value": lambda text: f"key={text};next=1",
    "twice": lambda text: f"{text} {text}",
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_sample_passes_however_it_is_written(change: str, whole_engine: Engine, prefilter: Prefilter) -> None:
    places: dict[str, list[int]] = {}
    for place in asked_of_all(whole_engine):
        places.setdefault(whole_engine.recognizers[place].supported_entities[0], []).append(place)
    found, samples = 0, [(entity, sample) for entity, sample in _samples() if entity in places]
    for entity, sample in samples:
        text = fold(CHANGES[change](sample))
        found += _holds(text, whole_engine, prefilter, places[entity])
    if change == "as it is":
        assert found >= len(samples)
    assert found > len(samples) // 50, "the texts prove nothing"


def _holds(text: str, engine: Engine, prefilter: Prefilter, places: list[int]) -> int:
    """How many recognizers find something in the text; each of them must have been let through."""
    found = {place for place, _ in engine.confirm(text, places)}
    missed = found - {*prefilter.candidates(text), *prefilter.terms(text)}
    assert not missed, [engine.recognizers[place].supported_entities for place in missed]
    whole = {place for place in found if not hasattr(engine.recognizers[place], "terms")}
    assert all(prefilter.fits(place, text) for place in whole)
    return len(found)


def test_every_term_of_every_list_is_known_whatever_its_case(whole_engine: Engine, prefilter: Prefilter) -> None:
    for place, recognizer in enumerate(whole_engine.recognizers):
        for number, term in enumerate(sorted(getattr(recognizer, "terms", ()))):
            if number % 97 == 0 or not term.isascii():
                for text in (term, f" {term.title()}. ", unicodedata.normalize("NFD", term), f"\u00a0{term.upper()}"):
                    found = list(whole_engine.confirm(text, [place]))
                    assert not found or place in prefilter.terms(text), (recognizer.supported_entities, number)


@pytest.mark.parametrize("which", ["whole_engine", "foreign_engine"])
def test_real_texts_pass(which: str, request: pytest.FixtureRequest, data: Path) -> None:
    engine: Engine = request.getfixturevalue(which)
    prefilter = Prefilter(engine.recognizers)
    everywhere = asked_of_all(engine)
    lines = (data / "span_presidio_unit_tests.jsonl").read_text("utf-8").splitlines()
    texts = [fold(json.loads(line)["text"]) for line in lines]
    assert sum(_holds(text, engine, prefilter, everywhere) for text in texts) > len(texts)


def test_whole_cells_need_no_candidates(prefilter: Prefilter) -> None:
    assert prefilter.candidates("") == prefilter.candidates(" ") == ()


def test_patterns_that_re2_has_no_room_for_together_are_asked_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pii_scan.sets._MEMORY", 1 << 14)
    wide = [PatternRecognizer("X", patterns=[Pattern("x", rf"[a-f]{{{n},90}}x[0-9]{{{n}}}", 0.5)]) for n in range(40, 60)]
    prefilter = Prefilter(wide)
    text = "a" * 60 + "x" + "1" * 60
    assert prefilter.candidates(text) == tuple(range(20))


def test_a_text_that_takes_too_many_states_may_be_anything() -> None:
    from pii_scan.sets import Sets

    sets = Sets([(place, rf"[ab]*a[ab]{{{place + 10}}}c") for place in range(4)])
    monster = "".join("ab"[(n * n + n // 7) % 2] for n in range(4_000))
    assert {*sets.hits(monster + "c")} >= {place for place in range(4) if monster[-(place + 11)] == "a"}


def test_a_stranger_without_patterns_sees_every_text() -> None:
    class Stranger:
        supported_entities = ("X",)

    recognizers: list[Any] = [Stranger()]
    prefilter = Prefilter(recognizers)
    for text in ("", "x", "12", "你", "a long sentence of many words"):
        assert prefilter.candidates(text) == (0,)
        assert prefilter.fits(0, text)
