"""Presidio's engine as we run it: no network, no download, a short time for each pattern, and its own analyzer on demand."""

import importlib.util
import logging
import os
import pickle
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer

from pii_scan import pipeline
from pii_scan.contracts import Part
from pii_scan.errors import RecognizerError
from pii_scan.model import Catalogue, Entity, Kind
from pii_scan.pipeline import installed_model
from pii_scan.presidio import Engine, Span, engine
from pii_scan.registry import InstalledRules

ROOT = Path(__file__).resolve().parents[1]
KIND = Kind("code", "Code", "https://example.org/code", "direct")
ROW = Entity("CODE", "code", "shape")


def code(name: str = "CODE", pattern: str = r"\bC-[0-9]{4}\b") -> PatternRecognizer:
    return PatternRecognizer(name, patterns=[Pattern("code", pattern, 0.5)])


def part(*recognizers: Any, rows: tuple[Entity, ...] = (ROW,)) -> Part:
    return Part("strange", (KIND,), rows, lambda: recognizers)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise AssertionError("no network but the source's")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(socket, "create_connection", refused)


@pytest.fixture
def no_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may start pip."""

    def refused(*_: Any, **__: Any) -> Any:
        raise AssertionError("no process is started")

    monkeypatch.setattr(subprocess, "Popen", refused)
    monkeypatch.setattr(os, "system", refused)


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    known = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> Any:
        return None if name in pipeline.MODELS else known(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)


@pytest.fixture
def quiet_log() -> Iterator[logging.Logger]:
    logger = logging.getLogger("presidio-analyzer")
    before = logger.level, logger.filters[:]
    yield logger
    logger.setLevel(before[0])
    logger.filters[:] = before[1]


# The registry


def test_an_engine_has_the_recognizers_of_all_parts_in_order() -> None:
    rows = (ROW, Entity("OTHER", "code", "shape"))
    one, two = code(), code("OTHER")
    made = engine([part(one), part(two, rows=rows[1:])], {row.name: row for row in rows}, ner=False)
    assert list(made.recognizers) == [one, two]
    assert [(place, span[:3]) for place, span in made.confirm("C-1234", [0, 1])] == [(0, (0, 6, "CODE")), (1, (0, 6, "OTHER"))]


def test_what_a_country_filter_leaves_out_is_not_loaded() -> None:
    assert engine([part(code())], {}, ner=False).recognizers == []
    swiss = InstalledRules(("CH",))
    parts, catalogue = swiss.load()
    names = {name for found in engine(parts, catalogue.entities, ner=False).recognizers for name in found.supported_entities}
    assert "EMAIL_ADDRESS" in names
    assert any(name.startswith("CH_") for name in names)
    assert not any(name.startswith(("DE_", "ES_", "US_")) for name in names)


def test_a_recognizer_that_finds_what_no_row_declares_is_refused() -> None:
    with pytest.raises(RecognizerError, match="recognizers strange: finds NEW, which no row declares"):
        engine([part(code("NEW"))], {"CODE": ROW}, ner=False)


# No network, no download


@pytest.mark.usefixtures("offline", "no_children")
def test_everything_is_found_without_network_or_processes(rules: InstalledRules) -> None:
    parts, catalogue = rules.load()
    made = engine(parts, catalogue.entities)
    text = "Ada Lovelace of London wrote to ada@news.mail.example.co.uk about DE89370400440532013000 and http://example.org/x"
    found = {span.entity for _, span in made.confirm(text, range(len(made.recognizers)))}
    assert {"EMAIL_ADDRESS", "IBAN_CODE", "URL"} <= found
    made.people_and_places([text])
    made.analyzer().analyze(text, "en")


@pytest.mark.usefixtures("offline", "no_children", "no_model")
def test_without_a_model_names_in_text_are_not_found_and_all_else_is(known: Catalogue, rules: InstalledRules) -> None:
    assert installed_model() == ""
    made = engine(rules.load()[0], known.entities)
    assert made.model == ""
    text = "Yesterday Ada Lovelace wrote to ada@mail.example from London."
    assert made.people_and_places([text, ""]) == [[], []]
    assert "EMAIL_ADDRESS" in {span.entity for _, span in made.confirm(text, range(len(made.recognizers)))}
    assert [found.entity_type for found in made.analyzer().analyze(text, "en", entities=["EMAIL_ADDRESS"])] == ["EMAIL_ADDRESS"]


def test_with_ner_off_no_model_is_used() -> None:
    assert engine([part(code())], {"CODE": ROW}, ner=False).model == ""


@pytest.mark.skipif(not installed_model(), reason="no spaCy model is installed")
def test_a_model_finds_people_and_places_and_nothing_that_cannot_be_a_name() -> None:
    made = engine([part(code())], {"CODE": ROW})
    assert made.model == installed_model()
    text = "Yesterday Barbara Johnson flew from Paris to Berlin with reference AB12/99."
    (spans,) = made.people_and_places([text])
    found = {(span.entity, text[span.start : span.end]) for span in spans}
    assert ("PERSON", "Barbara Johnson") in found
    assert found & {("LOCATION", "Paris"), ("LOCATION", "Berlin")}
    assert not any(set(name) & set("0123456789@/") for _, name in found)
    assert made.people_and_places([]) == []


@pytest.mark.skipif(not installed_model(), reason="no spaCy model is installed")
def test_a_text_longer_than_the_model_likes_is_still_read() -> None:
    made = engine([part(code())], {"CODE": ROW})
    assert made._pipeline().max_length > 10_000_000


@pytest.mark.skipif(importlib.util.find_spec("spacy") is None, reason="spaCy is not installed")
def test_the_best_model_installed_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    known = importlib.util.find_spec
    both = {"en_core_web_md", "en_core_web_sm"}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: name in both or None if name in pipeline.MODELS else known(name)
    )
    assert installed_model() == "en_core_web_md"


# Time and words


def test_patterns_have_one_second_or_what_the_environment_says() -> None:
    script = """
        import os, sys
        if "first" in sys.argv:
            from presidio_analyzer import pattern_recognizer
            assert pattern_recognizer.REGEX_TIMEOUT_SECONDS != 1 or "REGEX_TIMEOUT_SECONDS" in os.environ
        from pii_scan.presidio import engine
        engine([], {}, ner=False)
        from presidio_analyzer import pattern_recognizer
        print(pattern_recognizer.REGEX_TIMEOUT_SECONDS)
    """
    free = {name: value for name, value in os.environ.items() if name != "REGEX_TIMEOUT_SECONDS"} | {"PYTHONPATH": str(ROOT)}
    for arguments, environment, expected in (
        ([], free, "1"),
        (["first"], free, "1"),
        ([], free | {"REGEX_TIMEOUT_SECONDS": "3"}, "3"),
    ):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script), *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        assert done.stdout.strip() == expected, done.stderr


SLOW = r"((x|xx)+)\1[yz]$"


@pytest.mark.parametrize("level", [logging.NOTSET, logging.DEBUG, logging.ERROR, logging.CRITICAL])
def test_searches_that_run_out_of_time_are_counted_once(level: int, quiet_log: logging.Logger) -> None:
    quiet_log.setLevel(level)
    made = engine([part(code(pattern=SLOW))], {"CODE": ROW}, ner=False)
    assert list(made.confirm("x" * 60, [0])) == []
    assert made.timed_out() == 1
    assert made.timed_out() == 0


def test_filters_of_others_stay_on_presidios_log(quiet_log: logging.Logger) -> None:
    other = logging.Filter("other")
    quiet_log.addFilter(other)
    engine([], {}, ner=False)
    engine([], {}, ner=False)
    assert quiet_log.filters.count(other) == 1
    assert len(quiet_log.filters) == 2


def test_nothing_that_presidio_logs_gets_through(caplog: pytest.LogCaptureFixture, quiet_log: logging.Logger) -> None:
    engine([], {}, ner=False)
    caplog.set_level(logging.DEBUG)
    quiet_log.setLevel(logging.DEBUG)
    quiet_log.error("cell GB82WEST12345698765432")
    quiet_log.warning("Regex pattern %r timed out after %s seconds, skipping.", "cell GB82", 1)
    assert "GB82" not in caplog.text


# For use with Presidio directly


def test_the_analyzer_is_presidios_own_and_finds_what_we_find(whole_engine: Engine) -> None:
    analyzer = whole_engine.analyzer()
    assert isinstance(analyzer, AnalyzerEngine)
    text = "El NIF 54362315K paga desde ES91 2100 0418 4502 0005 1332."
    found = {(found.entity_type, text[found.start : found.end]) for found in analyzer.analyze(text, "en")}
    assert ("IBAN_CODE", "ES91 2100 0418 4502 0005 1332") in found
    assert {("ES_NIF", "54362315K"), ("ES_DNI", "54362315K")} & found
    assert {"IBAN_CODE", "ES_NIF", "EMAIL_ADDRESS"} <= set(analyzer.get_supported_entities("en"))


def test_spans_are_plain_tuples_that_go_anywhere() -> None:
    span = Span(1, 5, "CODE", 0.5)
    assert pickle.loads(pickle.dumps(span)) == span
    assert sorted([Span(2, 3, "B", 0.1), span]) == [span, Span(2, 3, "B", 0.1)]


# Long texts


@pytest.mark.parametrize("filler", ["Nothing happened in the office today. ", "nothing\n", "x" * 5_000 + " "])
def test_a_long_text_is_read_in_pieces_and_finds_stand_where_they_are(whole_engine: Engine, filler: str) -> None:
    text = filler * (20_000 // len(filler)) + "Spoke with Karen Smith on Monday. " + filler * (9_000 // len(filler))
    found = {text[span.start : span.end] for span in whole_engine.read(text, {"PERSON"})}
    assert "Karen Smith" in found
    start = text.index("Karen Smith")
    (mended,) = whole_engine.mended(text, [Span(start, start + 11, "PERSON", 0.85)])
    assert mended[:3] == (start, start + 11, "PERSON")
