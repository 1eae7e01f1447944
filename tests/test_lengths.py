"""What a cell holds beyond the limit is cut off before it is copied, and nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from weakref import ref

import pyarrow as pa
import pytest

from pii_scan.connectors.partitions import partitioned
from pii_scan.detect import Detector
from pii_scan.lengths import shortened, shorter
from pii_scan.meter import Meter
from pii_scan.model import Catalogue, Column, Unit
from pii_scan.presidio import Engine
from pii_scan.sample import sampled
from pii_scan.settings import Settings


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("text", ["x" * 50_000, "é" * 50_000, "字" * 50_000, "🙂" * 50_000])
def test_long_texts_are_cut_one_character_beyond_the_limit(kind: pa.DataType, text: str) -> None:
    batch = pa.record_batch({"long": pa.array([text, None, "short"], kind), "n": [1, 2, 3]})
    made = shortened(batch, 1_000)
    assert made.column("long").to_pylist() == [text[:1_001], None, "short"]
    assert made.column("n") is not None
    assert made.schema.names == ["long", "n"]
    assert made.nbytes < 10_000


@pytest.mark.parametrize(
    "values", [[], [None], ["short"] * 10_000, ["é" * 1_000] * 10, ["x" * 1_001], ["x" * 3_999, "y" * 3_000]]
)
def test_what_is_not_far_over_the_limit_is_the_very_same_batch(values: Sequence[str | None]) -> None:
    batch = pa.record_batch({"c": pa.array(values, pa.string())})
    assert shortened(batch, 1_000) is batch


def test_a_cell_of_many_megabytes_costs_little_more_than_itself_and_is_reported(whole_engine: Engine, known: Catalogue) -> None:
    words = "the order was sent to Ada Lovelace in London and she paid 12 EUR for it on Monday. "
    batch = pa.record_batch({"note": [words * 200_000, "a short note", "ada@mail.example"]})
    made = Detector(whole_engine, known, Settings(ner=False, max_cell=10_000).detection)
    made.warm()
    before, pool = pa.total_allocated_bytes(), pa.default_memory_pool()
    evidence = made.examine(Unit("s", "t"), [batch])
    assert evidence.columns[Column("s", "t", "note")].cells == 3
    assert [skipped.why.partition(";")[0] for skipped in evidence.skipped] == ["1 longer than 10,000 characters"]
    assert pa.total_allocated_bytes() <= before
    if pool.max_memory() is not None and pool.backend_name == "system":
        assert pool.max_memory() < 3 * batch.nbytes + (64 << 20)


def test_no_batch_is_held_by_what_passes_it_on_while_the_next_one_is_read() -> None:
    unit, held = Unit("s.parquet", "t", rows=4), list[ref[pa.RecordBatch]]()

    def read() -> Iterator[pa.RecordBatch]:
        for _ in range(4):
            assert [one() for one in held] == [None] * len(held)
            batch = pa.record_batch({"note": ["x" * 50_000]})
            held.append(ref(batch))
            yield batch
            del batch

    passed = sampled(Meter(1).through(partitioned("s.parquet", read()), unit, 0), unit, None)
    lengths = []
    for batch in shorter(passed, 1_000):
        lengths.append(len(batch.column("note")[0].as_py()))
        del batch
    assert lengths == [1_001] * 4
    assert len(held) == 4


def test_long_texts_of_a_dictionary_are_cut_as_well() -> None:
    coded = pa.array(["x" * 200, "y", None, "x" * 200]).dictionary_encode()
    cut = shortened(pa.RecordBatch.from_arrays([coded], ["a"]), 10).column(0)
    assert cut.to_pylist() == ["x" * 11, "y", None, "x" * 11]
    short = pa.RecordBatch.from_arrays([pa.array(["x", "y"]).dictionary_encode()], ["a"])
    assert shortened(short, 10) is short
