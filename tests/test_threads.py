"""Work in threads keeps its order; processes that are started for it have one thread each."""

import os
import subprocess
import sys

import pytest

from pii_scan.threads import at_once, one_each

TOLD = "import os; print(os.environ.get('OPENBLAS_NUM_THREADS'))"


def started() -> str:
    return subprocess.run([sys.executable, "-c", TOLD], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("before", [None, "3"])
def test_what_is_started_has_one_thread_unless_the_user_says_otherwise(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    if before:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", before)
    with one_each():
        assert started() == (before or "1")
    assert os.environ.get("OPENBLAS_NUM_THREADS") == before


@pytest.mark.parametrize("parts", [[], [3], list(range(50))])
def test_parts_are_worked_on_at_once_and_come_in_order(parts: list[int]) -> None:
    assert list(at_once(lambda part: part * part, iter(parts))) == [part * part for part in parts]
