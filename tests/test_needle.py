"""A cell that is an identifier as a whole is found, whatever has the same form inside the other cells."""

import random
import uuid
from collections.abc import Sequence

import pyarrow as pa
import pytest

from pii_scan.classify import classify
from pii_scan.detect import Detector
from pii_scan.model import Catalogue, ColumnEvidence, Entity, Evidence, Finding, Tally, Texture, Unit
from pii_scan.needle import minority, of_whole_cells
from pii_scan.presidio import Engine
from pii_scan.settings import Settings, at_least

DICE = random.Random(20_261_126)
UUIDS = [str(uuid.UUID(int=DICE.getrandbits(128), version=4)) for _ in range(600)]
ORDERS = [f"ORD-{DICE.randrange(10**7):07d}" for _ in range(600)]
LISTS = [f"{DICE.randrange(10**11):011d}/{DICE.randrange(10**11):011d}" for _ in range(600)]
LUHN = Entity("CARD", "payment_card", "checked", chance=0.1)


@pytest.fixture(scope="module")
def detector(whole_engine: Engine, known: Catalogue) -> Detector:
    return Detector(whole_engine, known, Settings(ner=False).detection)


def seen(detector: Detector, cells: Sequence[str]) -> Evidence:
    return detector.examine(Unit("s", "t"), [pa.record_batch({"value": pa.array(cells, pa.string())})])


def found(evidence: Evidence, known: Catalogue) -> list[Finding]:
    return [one for one in classify(evidence, known) if one.tier != "none" and at_least(one.band, "possible")]


@pytest.mark.parametrize(
    ("others", "needle", "kinds"),
    [
        (ORDERS, "+44 7400 123456", {"phone"}),
        (UUIDS, "+44 7400 123456", {"phone"}),
        (UUIDS, "4111 1111 1111 1111", {"payment_card"}),
        (UUIDS, "DE89370400440532013000", {"iban"}),
        (UUIDS, "880320-0016", {"national_id", "tax_id", "social_security"}),
        (UUIDS, "2341 2341 2346", {"national_id", "tax_id", "social_security"}),
        (UUIDS, "ada.lovelace@mail.example", {"email"}),
        (LISTS, "ada.lovelace@mail.example", {"email"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_identifier_is_found_among_cells_of_quite_another_form(
    detector: Detector, known: Catalogue, others: list[str], needle: str, kinds: set[str]
) -> None:
    findings = found(seen(detector, [*others[:400], needle, *others[401:]]), known)
    assert {one.kind for one in findings} & kinds
    assert all(one.cells == 1 for one in findings), "what passes by chance inside the others is not counted"


@pytest.mark.parametrize("others", [ORDERS, UUIDS, LISTS], ids=["orders", "UUIDs", "lists"])
def test_what_passes_by_chance_inside_longer_texts_is_no_needle(detector: Detector, known: Catalogue, others: list[str]) -> None:
    assert found(seen(detector, others), known) == []


def test_a_needle_is_found_in_the_sum_of_units(detector: Detector, known: Catalogue) -> None:
    total = seen(detector, UUIDS[:300]) + seen(detector, ["2341 2341 2346"]) + seen(detector, UUIDS[300:])
    assert [one.cells for one in found(total, known)] == [1]


INSIDE = Tally(matched=1_000, examined=200, passed=20, whole=0, cells=100, clear=20)
NEEDLE = Tally(matched=1, examined=1, passed=1, whole=1, cells=1, clear=1, forms=1, tried=1, whole_cells=1)
NUMBERS = Tally(matched=900, examined=40, passed=4, whole=4, cells=90, clear=4, forms=900, tried=40, whole_cells=90)


def test_whole_cells_are_weighed_apart_from_what_stands_inside_longer_ones() -> None:
    assert of_whole_cells(INSIDE + NEEDLE) == NEEDLE
    assert not of_whole_cells(INSIDE).passed


@pytest.mark.parametrize(
    ("tally", "explained", "reported"),
    [
        (INSIDE + NEEDLE, False, True),
        (INSIDE, False, False),  # a tenth passes, as chance has it
        (NUMBERS + NEEDLE, False, False),  # whole cells of its form that fail
        (NEEDLE, True, True),  # ISBNs have another form
        (NUMBERS, True, False),
    ],
)
def test_a_needle_is_alone_of_its_form(tally: Tally, *, explained: bool, reported: bool) -> None:
    column = ColumnEvidence("string", 1_000, 0, 1_000, texture=Texture(1_000), tallies={"CARD": tally})
    strongest = minority(LUHN, column, "values", explained=explained)
    assert bool(strongest.nats) is reported
    assert strongest.tally == (NEEDLE if reported else strongest.tally)
