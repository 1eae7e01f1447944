"""Memory is given back where a process has come to hold much, and kept where it has not: to get it again takes time."""

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pytest

from pii_scan import batches, memory

MIB = 1 << 20


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """What was held each time that memory was given back."""
    before, told = memory._most.copy(), list[int]()
    memory._most.clear()
    monkeypatch.setattr(memory, "give_back", lambda: told.append(memory._resident()))
    yield told
    memory._most[:] = before


@pytest.fixture
def holds(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Has the process hold so many MiB."""
    return lambda held: monkeypatch.setattr(memory, "_resident", lambda: held * MIB)


@pytest.mark.parametrize(("alone", "more", "wanted"), [(False, 100, 0), (False, 200, 1), (True, 200, 0), (True, 400, 1)])
def test_a_worker_has_less_room_than_a_process_without_any(
    given: list[int], holds: Callable[[int], None], *, alone: bool, more: int, wanted: int
) -> None:
    holds(250)
    memory.examining_begins(alone=alone)
    memory.make_room()
    holds(250 + more)
    memory.make_room()
    assert len(given) == wanted


def test_one_that_never_said_when_it_began_gives_back_each_time(given: list[int], holds: Callable[[int], None]) -> None:
    holds(1)
    memory.make_room()
    assert given == [MIB]


def test_what_is_held_is_told() -> None:
    before = memory._resident()
    if not before:
        pytest.skip("nobody tells here")
    held = np.ones(64 * MIB, np.uint8)
    assert memory._resident() - before > 48 * MIB
    del held


def test_room_is_made_around_each_batch(given: list[int], holds: Callable[[int], None]) -> None:
    holds(1)
    rows = pa.record_batch([pa.array(["a text"] * (batches.ROWS // 2))], ["column"])
    found = [batch.num_rows for batch in batches.Gathering().through([rows] * 5)]
    assert found == [batches.ROWS, batches.ROWS, batches.ROWS // 2]
    assert len(given) == 6
