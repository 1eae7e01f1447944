"""A sample is uniform, seeded, in order, and says what it left out."""

import pyarrow as pa

from pii_scan.model import Skipped, Unit
from pii_scan.sample import sampled

UNIT = Unit("there", "t")


def batches(rows: int, step: int = 100) -> list[pa.RecordBatch]:
    return [pa.RecordBatch.from_pydict({"n": list(range(at, min(at + step, rows)))}) for at in range(0, rows, step)]


def drawn(rows: int, wanted: int | None) -> tuple[list[int], list[Skipped]]:
    out = list(sampled(batches(rows), UNIT, wanted))
    numbers = [n for batch in out if isinstance(batch, pa.RecordBatch) for n in batch.column(0).to_pylist()]
    return numbers, [item for item in out if isinstance(item, Skipped)]


def test_without_a_limit_every_row_comes() -> None:
    assert drawn(250, None) == (list(range(250)), [])


def test_a_limit_above_the_rows_skips_nothing() -> None:
    assert drawn(250, 250) == (list(range(250)), [])


def test_a_sample_is_in_order_without_repeats_and_the_same_each_time() -> None:
    numbers, skipped = drawn(5_000, 300)
    assert len(numbers) == 300
    assert numbers == sorted(set(numbers))
    assert drawn(5_000, 300)[0] == numbers
    assert "300 of 5,000" in skipped[0].why
    assert "1.00%" in skipped[0].why


def test_a_sample_draws_from_the_whole_unit() -> None:
    numbers, _ = drawn(5_000, 500)
    for start in range(0, 5_000, 1_000):
        assert 50 < sum(start <= number < start + 1_000 for number in numbers) < 150


def test_an_empty_unit_keeps_its_columns() -> None:
    (batch,) = sampled([pa.RecordBatch.from_pylist([], schema=pa.schema([("n", pa.int64())]))], UNIT, 10)
    assert isinstance(batch, pa.RecordBatch)
    assert batch.schema.names == ["n"]
