"""Batches become counts: nothing is lost, nothing is kept, and what is rare is examined."""

import gc
import logging
import random
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, RecognizerResult

from pii_scan import strata
from pii_scan.contracts import Part
from pii_scan.detect import Detector
from pii_scan.examiner import mask
from pii_scan.model import Catalogue, Column, ColumnEvidence, Entity, Evidence, Kind, Remark, Skipped, Unit
from pii_scan.presidio import Engine, engine
from pii_scan.reading import Reading
from pii_scan.recognizers.searches import Search
from pii_scan.registry import InstalledRules
from pii_scan.settings import Settings
from pii_scan.values import cells

UNIT = Unit("there", "people", "part 1")
QUIET = Settings(ner=False).detection
CANARY = "canary.7f3a9@leak.example"


@pytest.fixture(scope="session")
def detector(whole_engine: Engine, known: Catalogue) -> Detector:
    return Detector(whole_engine, known, QUIET)


def batches(values: Sequence[Any], step: int = 1 << 20, kind: pa.DataType | None = None) -> list[pa.RecordBatch]:
    parts = [values[start : start + step] for start in range(0, len(values), step)] or [[]]
    return [pa.RecordBatch.from_arrays([pa.array(part, kind)], names=["c"]) for part in parts]


def seen(evidence: Evidence) -> ColumnEvidence:
    return evidence.columns[Column("there", "people", "c")]


# Counts


def mixed(rows: int) -> list[str | None]:
    dice = random.Random(7)
    sorts: list[Callable[[int], str | None]] = [
        lambda n: f"user{n}@mail.example",
        lambda n: f"{n:08d}",
        lambda _: None,
        lambda _: "",
        lambda _: "  ",
        lambda n: f"Order {n} was sent to the customer on time",
        lambda _: "Anna Rossi",
        lambda _: "DE89370400440532013000",
    ]
    return [dice.choice(sorts)(number) for number in range(rows)]


@pytest.mark.parametrize("step", [1, 7, 100, 1_000])
def test_however_a_unit_is_cut_into_batches_the_cells_are_counted_alike(detector: Detector, step: int) -> None:
    values = mixed(1_000)
    whole, cut = (seen(detector.examine(UNIT, batches(values, size))) for size in (1_000, step))
    assert (cut.cells, cut.nulls, cut.examined) == (whole.cells, whole.nulls, whole.examined) == (1_000, whole.nulls, 1_000)
    assert whole.nulls == sum(not (value or "").strip() for value in values)
    assert cut.tallies["EMAIL_ADDRESS"].cells == whole.tallies["EMAIL_ADDRESS"].cells
    assert cut.tallies["IBAN_CODE"].cells == whole.tallies["IBAN_CODE"].cells == values.count("DE89370400440532013000")


def test_units_added_are_the_whole(detector: Detector) -> None:
    values = mixed(900)
    whole = detector.examine(UNIT, batches(values))
    parts = [detector.examine(replace(UNIT, key=str(n)), batches(values[n * 300 : n * 300 + 300])) for n in range(3)]
    total = parts[2] + parts[0] + parts[1]
    assert (seen(total).cells, seen(total).nulls, seen(total).examined) == (900, seen(whole).nulls, 900)
    assert seen(total).registers == seen(whole).registers
    assert seen(total).tallies["EMAIL_ADDRESS"].cells == seen(whole).tallies["EMAIL_ADDRESS"].cells
    assert total.tables[("there", "people")].rows == 900


def test_the_order_of_rows_and_batches_changes_no_count_of_cells(detector: Detector) -> None:
    values = mixed(2_000)
    one = seen(detector.examine(UNIT, batches(values, 250)))
    shuffled = values.copy()
    random.Random(3).shuffle(shuffled)
    two = seen(detector.examine(UNIT, batches(shuffled, 300)))
    assert (one.cells, one.nulls, one.examined, one.registers) == (two.cells, two.nulls, two.examined, two.registers)
    for entity in ("EMAIL_ADDRESS", "IBAN_CODE"):
        assert one.tallies[entity].cells == two.tallies[entity].cells


def test_an_empty_table_has_columns_and_no_rows(detector: Detector) -> None:
    evidence = detector.examine(UNIT, batches([], kind=pa.string()))
    assert seen(evidence).cells == 0
    assert evidence.tables[("there", "people")].rows == 0
    assert not evidence.skipped


def test_what_the_source_could_not_read_is_passed_on(detector: Detector) -> None:
    skipped, remark = Skipped("there", "rows", "3 ragged rows", "people"), Remark("there", "people", "dialect", "comma")
    evidence = detector.examine(UNIT, [skipped, *batches(["x"]), remark])
    assert evidence.skipped == (skipped,)
    assert evidence.remarks == (remark,)


def test_only_wanted_columns_are_read(whole_engine: Engine, known: Catalogue) -> None:
    batch = pa.RecordBatch.from_pydict({"keep": ["a"], "leave": ["b"]})
    evidence = Detector(whole_engine, known, Settings(ner=False, column=("!leave",)).detection).examine(UNIT, [batch])
    assert [column.column for column in evidence.columns] == ["keep"]


# Needles

NEEDLES = {
    "EMAIL_ADDRESS": "ada.lovelace@example.org",
    "IBAN_CODE": "FR76 3000 6000 0112 3456 7890 189",
    "CREDIT_CARD": "4111 1111 1111 1111",
    "DE_TAX_ID": "86095742719",
    "ES_NIF": "54362315K",
    "IT_FISCAL_CODE": "RCCMNL83S18D969H",
    "IP_ADDRESS": "203.0.113.77",
    "MAC_ADDRESS": "00:1a:2b:3c:4d:5e",
    "MRZ": "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    "JSON_WEB_TOKEN": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "PHONE_NUMBER": "+49 170 1234567",
    "FR_NIR": "255081416802538",
}
HAYSTACKS = {
    "words": [f"item {number:06d} in stock" for number in range(100_000)],
    "codes": [f"ORD-{number:06d}" for number in range(100_000)],
}


@pytest.mark.parametrize("hay", HAYSTACKS)
def test_one_among_a_hundred_thousand_is_found(detector: Detector, hay: str) -> None:
    cells = [HAYSTACKS[hay].copy() for _ in NEEDLES]
    for place, (column, needle) in enumerate(zip(cells, NEEDLES.values(), strict=True)):
        column[7_919 * (place + 1)] = needle
    batch = pa.RecordBatch.from_arrays([pa.array(column) for column in cells], names=list(NEEDLES))
    evidence = detector.examine(UNIT, [batch])
    for entity in NEEDLES:
        tally = evidence.columns[Column("there", "people", entity)].tallies.get(entity)
        assert tally is not None, entity
        assert (tally.passed, tally.cells) == (1, 1), entity


def test_needles_inside_sentences_are_found(detector: Detector) -> None:
    cells = [f"The parcel number {number} was left at the door of the neighbour." for number in range(20_000)]
    for place, needle in enumerate(("EMAIL_ADDRESS", "IBAN_CODE", "JSON_WEB_TOKEN", "PHONE_NUMBER")):
        cells[4_001 * (place + 1)] = f"Please write to {NEEDLES[needle]} before the end of the week, thank you."
    tallies = seen(detector.examine(UNIT, batches(cells))).tallies
    for entity in ("EMAIL_ADDRESS", "IBAN_CODE", "JSON_WEB_TOKEN", "PHONE_NUMBER"):
        assert tallies[entity].passed == 1, entity


def test_where_there_are_too_many_sorts_of_text_each_recognizer_still_looks(
    detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strata, "STRATA", 2)
    cells = ["12", "2020-01-01", "AB-12", "4111 1111 1111 1111", "10.0.0.1", "x y z", "ada@mail.example"]
    tallies = seen(detector.examine(UNIT, batches(cells))).tallies
    assert tallies["EMAIL_ADDRESS"].passed == 1
    assert tallies["CREDIT_CARD"].passed == 1


# Limits that are told


def test_types_that_settle_a_column_are_sampled_and_still_counted(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    looked = detector._examiner._sorted

    def spied(texts: pa.StringArray) -> Any:
        sizes.append(len(texts))
        return looked(texts)

    monkeypatch.setattr(detector._examiner, "_sorted", spied)
    found = seen(detector.examine(UNIT, batches([number / 7 for number in range(20_000)])))
    assert (found.cells, found.examined) == (20_000, 20_000)
    assert sizes == [strata.WHOLE.sample]


def test_of_a_long_cell_the_beginning_is_examined_and_the_rest_reported(whole_engine: Engine, known: Catalogue) -> None:
    small = Detector(whole_engine, known, Settings(ner=False, max_cell=1_000).detection)
    evidence = small.examine(UNIT, batches([f"{NEEDLES['EMAIL_ADDRESS']} " + "x " * 600 + "10.1.2.3", "short"]))
    assert seen(evidence).tallies["EMAIL_ADDRESS"].passed == 1
    assert "IP_ADDRESS" not in seen(evidence).tallies
    (skipped,) = evidence.skipped
    assert (skipped.what, skipped.column, skipped.unit) == ("cells", "c", "part 1")
    assert "1 longer than 1,000 characters" in skipped.why


# Parts of a stranger

SLOW = r"((x|xx)+)\1[yz]$"
"""Takes longer than anyone lives, and RE2 does not take it at all."""
KIND = Kind("code", "Code", "https://example.org/code", "direct")


def part(recognizers: Iterable[EntityRecognizer], *entities: str) -> tuple[Engine, Catalogue]:
    rows = tuple(Entity(name, "code", "shape") for name in entities)
    catalogue = Catalogue({"code": KIND}, {row.name: row for row in rows})
    return engine([Part("strange", (KIND,), rows, lambda: recognizers)], catalogue.entities, ner=False), catalogue


class Stranger(EntityRecognizer):
    """Knows no pattern, no prefilter, no list."""

    def __init__(self, fault: type[BaseException] | None = None) -> None:
        self.seen: list[str] = []
        self.fault = fault
        super().__init__(supported_entities=["STRANGE"])

    def load(self) -> None:
        pass

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002
        self.seen.append(text)
        if self.fault and "@" in text:
            raise self.fault(text)
        return [RecognizerResult("STRANGE", 0, len(text), 0.9)] if "@" in text else []


def test_a_recognizer_of_a_stranger_sees_every_sort_of_text(known: Catalogue) -> None:
    stranger = Stranger()
    rows = (Entity("STRANGE", "code", "shape"),)
    catalogue = Catalogue({**known.kinds, "code": KIND}, {row.name: row for row in rows})
    made = engine([Part("strange", (KIND,), rows, lambda: [stranger])], catalogue.entities, ner=False)
    values = ["12", "word", "AB-1", "a sentence of some words", "ชื่อ", "ada@mail.example"]
    found = seen(Detector(made, catalogue, QUIET).examine(UNIT, batches(values)))
    assert stranger.seen == values
    assert found.tallies["STRANGE"].cells == 1


def test_a_pattern_that_runs_out_of_time_is_counted_as_skipped() -> None:
    slow = PatternRecognizer("SLOW", patterns=[Pattern("slow", SLOW, 0.5)])
    made, catalogue = part([slow], "SLOW")
    detector = Detector(made, catalogue, QUIET)
    level = logging.getLogger("presidio-analyzer").level
    evidence = detector.examine(UNIT, batches(["fine", "x" * 60]))
    (skipped,) = evidence.skipped
    assert skipped == Skipped("there", "cells", "1 pattern searches ran out of time", "people", unit="part 1")
    assert detector.examine(UNIT, batches(["fine"])).skipped == ()
    assert logging.getLogger("presidio-analyzer").level == level


def test_what_a_failed_unit_left_behind_is_not_told_of_the_next() -> None:
    slow = PatternRecognizer("SLOW", patterns=[Pattern("slow", SLOW, 0.5)])
    made, catalogue = part([slow], "SLOW")
    detector = Detector(made, catalogue, QUIET)

    def breaks() -> Iterable[pa.RecordBatch]:
        yield from batches(["x" * 60])
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - it has no words
        detector.examine(UNIT, breaks())
    assert detector.examine(UNIT, batches(["fine"])).skipped == ()


# Values stay home


def test_masked_samples_come_only_when_asked_and_never_whole(whole_engine: Engine, known: Catalogue) -> None:
    values = [CANARY, "DE89370400440532013000", f"write to {CANARY} before the end of the week please"]
    assert not seen(Detector(whole_engine, known, QUIET).examine(UNIT, batches(values))).masked
    shown = seen(
        Detector(whole_engine, known, Settings(ner=False, show_samples=True).detection).examine(UNIT, batches(values))
    ).masked
    assert shown["EMAIL_ADDRESS"] == ("c*****.****e", "…")
    assert all(CANARY not in sample and "DE8937" not in sample for samples in shown.values() for sample in samples)


@pytest.mark.parametrize("text", ["", "a", "abcd", "abcde", "ada@example.org", "x" * 50, " 4111 1111 1111 1111 "])
def test_a_masked_text_shows_two_letters_or_digits_at_most(text: str) -> None:
    masked = mask(text)
    assert len(masked) <= 12
    assert sum(map(str.isalnum, masked)) <= 2
    assert sum(map(str.isalnum, masked)) == 0 or len(text.strip()) > 4


def test_no_cell_is_in_evidence_logs_warnings_or_representations(
    whole_engine: Engine, known: Catalogue, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    loggers = [logging.getLogger(name) for name in ("presidio-analyzer", "presidio_analyzer", "decision_process", "spacy")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    values = [CANARY, "GB82WEST12345698765432", "4111111111111111", f"Canary Zanzibar wrote from {CANARY} on Monday, it was late"]
    detector = Detector(whole_engine, known, QUIET)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            evidence = detector.examine(UNIT, [*batches(values), *batches([{"a": value} for value in values])])
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
    said = [repr(evidence), repr(detector), repr(whole_engine), caplog.text, str(capfd.readouterr()), *map(str, warned)]
    for secret in ("canary", "Canary", "7f3a9", "GB82", "WEST", "4111111111111111", "Zanzibar"):
        assert not any(secret in text for text in said), secret
    assert evidence.columns


def test_what_is_held_while_a_unit_is_read_does_not_show_its_texts(whole_engine: Engine, known: Catalogue) -> None:
    detector = Detector(replace(whole_engine, model="some"), known, Settings().detection)
    watches: dict[tuple[str, str], Any] = {}
    for batch in batches([CANARY, f"please write to {CANARY} before the end of the week"]):
        for found in cells(batch, lambda _: True):
            detector._take(watches, found, UNIT)
    assert watches[("c", "")].waiting
    assert "canary" not in repr(watches)


def test_a_recognizer_that_fails_says_no_cell_beyond_its_own_words() -> None:
    made, catalogue = part([Stranger(ValueError)], "STRANGE")
    with pytest.raises(ValueError, match="canary"):  # the loop over units turns it into a `Skipped` without its words
        Detector(made, catalogue, QUIET).examine(UNIT, batches([CANARY]))


class Flowers(EntityRecognizer):
    """Knows one flower by a list, and judges by the last letter."""

    terms = frozenset({"rose"})

    def __init__(self) -> None:
        super().__init__(supported_entities=["FLOWER"])

    def load(self) -> None:
        pass

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002
        return []

    def judge(self, text: str) -> bool:
        return text.endswith("a")


def test_what_a_judge_takes_for_its_like_counts_as_listed_once() -> None:
    known = Catalogue({"code": KIND}, {"FLOWER": Entity("FLOWER", "code", "name")})
    detector = Detector(Engine([Flowers()], {}), known, QUIET)
    tally = seen(detector.examine(UNIT, batches(["Rose", "Dahlia", "rosa", "Oak", "Dahlia"]))).tallies["FLOWER"]
    assert (tally.examined, tally.passed, tally.cells) == (4, 3, 4)


# Sentences and the model


class Scribe:
    """In place of a model: finds nothing, and remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def __call__(self, texts: Sequence[str]) -> list[list[Any]]:
        self.shown += texts
        return [[] for _ in texts]


@pytest.fixture
def scribe(rules: InstalledRules, known: Catalogue) -> tuple[Scribe, Callable[[Settings], Detector]]:
    made, model = engine(rules.load()[0], known.entities, ner=False), Scribe()
    made.model, made._tagger = "a model", model  # type: ignore[assignment]
    return model, lambda settings: Detector(made, known, settings.detection)


NAMED = [f"The customer said that Ada{number} would call about the lamp." for number in range(3_000)]
NAMELESS = [f"the order {number} was split into 4 parcels because of the stock" for number in range(3_000)]


@pytest.mark.parametrize(("ner", "most"), [(True, 70), ("all", 6_000)])
@pytest.mark.parametrize("step", [100, 10_000])
def test_the_model_sees_a_sample_or_every_text_once_and_only_those_with_a_sign(
    scribe: tuple[Scribe, Callable[[Settings], Detector]], ner: Any, most: int, step: int
) -> None:
    model, make = scribe
    values = [text for pair in zip(NAMED, NAMELESS, strict=True) for text in pair]
    evidence = make(Settings(ner=ner, ner_cells=70)).examine(UNIT, batches([*values, *values], step))
    facts = evidence.tables["there", "people"]
    assert sorted(model.shown) == sorted(NAMED[: most // 2])
    assert (facts.sentences, facts.unsigned) == (most // 2, most // 2)


def test_no_sentence_outlives_its_batch(
    scribe: tuple[Scribe, Callable[[Settings], Detector]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, make = scribe
    made = make(Settings(ner="all"))
    held: list[int] = []
    close = Detector._close

    def closed(self: Detector, watch: Reading) -> ColumnEvidence:
        held.append(len(watch.waiting))
        return close(self, watch)

    monkeypatch.setattr(Detector, "_close", closed)
    made.examine(UNIT, batches(NAMED, 500))
    assert held == [0]


def test_names_in_a_sample_of_sentences_are_projected_to_all(whole_engine: Engine, known: Catalogue) -> None:
    values = [f"Spoke with Karen Smith on Monday about order {number}." for number in range(400)]
    ways = (Settings(ner=ner, ner_cells=50).detection for ner in (True, "all"))
    few, every = (seen(Detector(whole_engine, known, way).examine(UNIT, batches(values))).tallies["PERSON"] for way in ways)
    assert (few.examined, every.examined) == (50, 400)
    assert few.cells == every.cells == 400


@pytest.mark.parametrize("step", [1_000, 20_000])
def test_names_that_stand_among_sentences_that_come_often_are_not_lost(whole_engine: Engine, known: Catalogue, step: int) -> None:
    dice = random.Random(1)
    often = [f"The customer asked when parcel {letter} would come, and we called the depot." for letter in "abcdefgh"]
    values = [
        f"Spoke with {dice.choice(['Karen Smith', 'John Miller'])} on Monday about order {row}."
        if row % 5 == 0
        else f"Emergency contact: Susan Miller ({row})"
        if row % 10 == 1
        else dice.choice(often)
        for row in range(20_000)
    ]
    dice.shuffle(values)
    some = Settings(ner=False, ner_cells=400).detection
    assert some.sentences == 400
    tally = seen(Detector(whole_engine, known, some).examine(UNIT, batches(values, step))).tallies["PERSON"]
    assert tally.passed < 400
    assert tally.cells == pytest.approx(6_000, rel=0.15)


# Nothing outlives its batch


def remembering() -> list[str]:
    """The texts that any shape that was ever searched for remembers."""
    made = [one for one in gc.get_objects() if isinstance(one, Search)]
    several = [text for one in made if one._some[0] is not None for text in one._some[0].every]
    return [*several, *(one._one[0] for one in made if one._one[0] is not None)]


TELLING = ["DE89370400440532013000", "4111 1111 1111 1111", "54362315K", "+41 79 123 45 67"]


@pytest.mark.usefixtures("nothing_remembered")
def test_shapes_remember_a_text_until_they_are_told_to_forget(whole_engine: Engine) -> None:
    list(whole_engine.confirm(CANARY, range(len(whole_engine.recognizers))))
    assert CANARY in remembering()
    whole_engine.forget()
    assert remembering() == []


@pytest.mark.usefixtures("nothing_remembered")
def test_no_text_is_held_beyond_its_batch(detector: Detector) -> None:
    held: list[str] = []

    def arriving() -> Iterator[pa.RecordBatch]:
        for batch in batches(TELLING * 100, step=100):
            yield batch
            held.extend(remembering())

    evidence = detector.examine(UNIT, arriving())
    assert seen(evidence).cells == 400
    assert held == remembering() == []


@pytest.mark.usefixtures("nothing_remembered")
def test_no_text_is_held_of_a_unit_that_fails(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any) -> None:
        list(detector._engine.confirm(CANARY, range(len(detector._engine.recognizers))))
        raise ValueError(CANARY)

    monkeypatch.setattr(Detector, "_read_names", failing)
    with pytest.raises(ValueError, match="canary"):
        detector.examine(UNIT, batches(TELLING))
    assert remembering() == []
