"""Memory is given back where a process has come to hold much, and kept where it has not: to get it again takes time."""

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pytest

from pii_scan import batches, memory

MIB = 1 << 20


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """What was held each time that memory was given back."""
    before, told = memory._joined.copy(), list[int]()
    memory._joined.clear()
    monkeypatch.setattr(memory, "give_back", lambda: told.append(memory._resident()))
    monkeypatch.setattr(memory, "_told", lambda *_: None)  # what the C library is told stays told
    yield told
    memory._joined[:] = before


@pytest.fixture
def holds(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Has the process hold so many MiB."""
    return lambda held: monkeypatch.setattr(memory, "_resident", lambda: held * MIB)


@pytest.mark.parametrize(("more", "wanted"), [(200, 0), (300, 0), (400, 1)])
def test_a_process_alone_has_room(given: list[int], holds: Callable[[int], None], more: int, wanted: int) -> None:
    holds(250)
    memory.Room(1).join()
    memory.make_room()
    holds(250 + more)
    memory.make_room()
    assert len(given) == wanted


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [(100, 100, []), (200, 40, []), (200, 100, [350]), (220, 60, []), (60, 240, [490]), (150, 150, [400])],
)
def test_processes_have_their_room_together_and_who_holds_little_keeps_it(
    given: list[int], holds: Callable[[int], None], first: int, second: int, wanted: list[int]
) -> None:
    room = memory.Room(2)
    holds(250)
    room.join()
    holds(250 + first)
    memory.make_room()
    holds(250)
    room.join()  # the second one: what is its own is told in its own place
    holds(250 + second)
    memory.make_room()
    assert [held // MIB for held in given] == wanted


@pytest.mark.parametrize(
    ("beside", "held", "wanted"),
    [
        ({}, (110, 150), 0),
        ({"waiting": True}, (110, 150), 1),
        ({"waiting": True}, (90, 120), 0),
        ({"model": True}, (90, 120), 1),
    ],
)
def test_where_cells_wait_and_beside_a_model_there_is_less(
    given: list[int], holds: Callable[[int], None], beside: dict[str, bool], held: tuple[int, int], wanted: int
) -> None:
    room = memory.Room(2, **beside)
    for more in held:
        holds(250)
        room.join()
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


@pytest.mark.parametrize(("waiting", "large"), [(True, MIB // 2), (False, 4 * MIB)])
def test_beside_a_model_large_pieces_leave_no_holes(
    given: list[int], holds: Callable[[int], None], monkeypatch: pytest.MonkeyPatch, waiting: bool, large: int
) -> None:
    holds(1)
    said = list[tuple[object, ...]]()
    monkeypatch.setattr(memory, "_told", lambda *words: said.append(words))
    memory.Room(2, waiting=waiting).join()
    assert not said
    memory.Room(2, waiting=waiting, model=True).join()
    assert said == [("mallopt", memory._MMAP_THRESHOLD, large)]
    assert not given


def test_code_that_ran_is_let_go_and_comes_again() -> None:
    code = """
        import pyarrow as pa, pyarrow.compute as pc, numpy as np, re2
        from pii_scan.memory import forget_code
        def held():
            return {name: int(line.split()[1]) >> 10 for line in open("/proc/self/status", encoding="ascii")
                    for name in ("RssFile", "RssAnon") if line.startswith(name)}
        texts = pa.array(["a1", "b", None])
        before = held()
        forget_code()
        after = held()
        assert pc.match_substring_regex(texts, "[0-9]").to_pylist() == [True, False, None]
        assert re2.search("b+", "abc") and np.arange(5).sum() == 10
        print(before["RssFile"] - after["RssFile"] > 10, abs(before["RssAnon"] - after["RssAnon"]) < 8)
    """
    if sys.platform != "linux":
        pytest.skip("nobody tells here")
    made = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False, timeout=120)
    assert (made.returncode, made.stdout.split()) == (0, ["True", "True"]), made.stderr
