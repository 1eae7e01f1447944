"""Dates, fractions and flags are counted to the last cell as they are; no more than a sample of them becomes text."""

import datetime as dt
import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pii_scan.celltypes import bits, is_counted
from pii_scan.changes import Inside
from pii_scan.detect import Detector
from pii_scan.distinct import estimate
from pii_scan.model import Catalogue, Column, ColumnEvidence, Unit
from pii_scan.presidio import Engine
from pii_scan.settings import Settings
from pii_scan.strata import WHOLE
from pii_scan.values import SAMPLE, cells

DAY = dt.datetime(2020, 2, 29, 12, 30, tzinfo=dt.UTC)
SETTLED = [
    pa.array([1.5, 2.5, 0.1]),
    pa.array([1.5, 2.5], pa.float32()),
    pa.array(np.array([1.5, 2.5], np.float16)),
    pa.array([True, False]),
    pa.array([DAY.date(), dt.date(1969, 1, 1)]),
    pa.array([DAY.date()], pa.date64()),
    pa.array([DAY, DAY + dt.timedelta(1)], pa.timestamp("us", "Europe/Paris")),
    pa.array([DAY.time()]),
    pa.array([DAY.time().replace(microsecond=0)], pa.time32("s")),
    pa.array([dt.timedelta(3), dt.timedelta(-3)]),
]
OTHERS = [
    pa.array(["1.5"]),
    pa.array([1, 2]),
    pa.array([b"1"]),
    pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
    pa.array([1.5, 2.5]).dictionary_encode(),
]


def column(detector: Detector, values: pa.Array, step: int = 100_000) -> ColumnEvidence:
    batches = (pa.record_batch([values.slice(at, step)], ["column"]) for at in range(0, len(values), step))
    return detector.examine(Unit("there", "table"), batches).columns[Column("there", "table", "column", "")]


@pytest.fixture(scope="module")
def detector(whole_engine: Engine, known: Catalogue) -> Detector:
    return Detector(whole_engine, known, Settings(ner=False).detection)


@pytest.mark.parametrize("values", SETTLED, ids=lambda values: str(values.type))
def test_different_values_have_different_bits(values: pa.Array) -> None:
    assert is_counted(values.type)
    assert len(set(bits(values).tolist())) == len(values)


@pytest.mark.parametrize("values", OTHERS, ids=lambda values: str(values.type))
def test_other_types_are_examined_as_texts(values: pa.Array) -> None:
    assert not is_counted(values.type)


@pytest.mark.parametrize("values", [*SETTLED, *OTHERS], ids=lambda values: str(values.type))
def test_each_type_is_counted_with_its_nulls(detector: Detector, values: pa.Array) -> None:
    nulled = pa.concat_arrays([values, pa.nulls(4, values.type)])
    found = column(detector, nulled)
    assert (found.cells, found.nulls, estimate(found.registers)) == (len(values) + 4, 4, len(values))


def test_no_more_than_a_sample_becomes_text_and_it_is_as_large_as_the_detector_wants() -> None:
    (found,) = cells(pa.record_batch([pa.array(np.arange(50_000) / 7)], ["a"]), lambda _: True)
    assert found.numbers is not None
    assert (len(found.texts), len(found.counts), len(found.numbers)) == (SAMPLE, SAMPLE, 50_000)
    assert WHOLE.sample <= SAMPLE


@pytest.mark.parametrize("step", [999, 7_000, 100_000])
def test_distinct_values_are_counted_however_a_column_is_cut(detector: Detector, step: int) -> None:
    chosen = random.Random(5)
    values: list[Any] = [chosen.randrange(5_000) / 8 for _ in range(30_000)]
    found = column(detector, pa.array(values), step)
    assert estimate(found.registers) == pytest.approx(len(set(values)), rel=0.1)
    assert found.registers == column(detector, pa.array(values[::-1]), 500).registers


@pytest.mark.parametrize("values", [SETTLED[0], SETTLED[3], SETTLED[6], OTHERS[3]], ids=lambda values: str(values.type))
def test_a_copy_leaves_the_texts_of_other_types_alone(values: pa.Array) -> None:
    asked: Any = None  # nobody is asked
    assert Inside(asked, asked, asked, asked, only_texts=True).array(values) is None
