"""What a worker process holds while it examines: a heavy task is alone among heavy ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pii_scan import pool
from pii_scan.gather import planned
from pii_scan.meter import Meter
from pii_scan.model import Evidence, TableFacts, Unit
from pii_scan.registry import InstalledRules, sources
from pii_scan.settings import Settings
from pii_scan.strips import Strip
from pii_scan.tasks import Task, Work, tasks


@dataclass
class _Detector:
    """Sees whether it is alone, and may fail."""

    alone: Any
    fails: bool = False
    seen: list[bool] = field(default_factory=list)

    def examine(self, unit: Unit, batches: Iterable[object], most: object = None) -> Evidence:
        assert most is None
        list(batches)
        free = self.alone.acquire(block=False)
        if free:
            self.alone.release()
        self.seen.append(not free)
        if self.fails:
            raise RuntimeError(unit.source)
        return Evidence()


@dataclass(frozen=True)
class _Source:
    address: str = "s"

    def read(self, _: Unit) -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"a": ["x"]})


@dataclass(frozen=True)
class _Weighed(_Source):
    weight: str = ""

    def heavy(self, unit: Unit) -> bool:
        return self.weight in unit.table


@pytest.mark.parametrize(
    ("source", "alone"), [(_Source(), False), (_Weighed(weight="other"), False), (_Weighed(weight="table"), True)]
)
@pytest.mark.parametrize("fails", [False, True])
def test_a_heavy_task_alone_is_done_alone(source: Any, alone: bool, fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = get_context("spawn").Lock()
    detector = _Detector(lock, fails)
    for name, held in (("_worker", [detector]), ("_meter", [Meter(1)]), ("_alone", [lock])):
        monkeypatch.setattr(pool, name, held)
    found = pool._in_worker(Task(Work(source, Unit("s", "table"), None), Strip(source), 0))
    assert detector.seen == [alone]
    assert bool(found.skipped) == fails
    assert lock.acquire(block=False)  # whatever came of it, the next one may begin


def _task(part: float, *columns: str, rows: int | None = 1_000_000) -> Task:
    unit = Unit("s", "table", rows=rows, size=100_000_000)
    return Task(Work(_Source(), unit, None), Strip(_Source(), columns, part), 0)


@pytest.mark.parametrize(
    ("longer", "shorter"),
    [
        (_task(0.5, "notes"), _task(0.5, "a", "b", "c", "d", "e")),
        (_task(0.3, "address"), _task(0.35, "a", "b", "c", "d")),
        (_task(0.6, "a", "b"), _task(0.1, "notes")),
        (_task(0.5, rows=None), _task(0.4, "notes", rows=None)),
    ],
)
def test_a_strip_of_long_texts_is_taken_to_last_longer_than_one_of_as_many_bytes(longer: Task, shorter: Task) -> None:
    assert longer.lasting > shorter.lasting


@pytest.mark.parametrize(("columns", "pooled"), [(1_200, True), (40, False)])
def test_many_columns_are_work_for_several_processes_however_few_rows_they_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int, pooled: bool
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{','.join(f'c{place}' for place in range(columns))}\n" + f"{','.join(['x'] * columns)}\n" * 9)
    settings = Settings(ner=False, workers=2)
    work, _ = planned(sources(str(path)), settings)
    given: list[Task] = []
    monkeypatch.setattr(pool, "_in_pool", lambda every, *_: iter(given.extend(every) or ()))
    monkeypatch.setattr(pool, "_one", lambda *_: Evidence())
    every = tasks(work, settings)
    list(pool.examined(every, settings, InstalledRules()))
    assert given == (every if pooled else [])


def test_the_last_unit_is_put_together_when_no_worker_is_there_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = (Work(_Source(), Unit("s", name), None) for name in "abc")
    every = [Task(work, Strip(work.source), place) for place, work in enumerate([one, two, one, three, two])]
    ended: list[bool] = []

    def arriving(*_: object) -> Iterator[tuple[Task, Evidence]]:
        yield from ((task, Evidence(tables={("s", task.work.unit.table): TableFacts(rows=task.place)})) for task in every)
        ended.append(True)

    monkeypatch.setattr(pool, "_examined", arriving)
    found = [
        (unit.table, sum(facts.rows for facts in evidence.tables.values()), bool(ended))
        for unit, evidence in pool.examined(every, Settings(ner=False), InstalledRules())
    ]
    assert found == [("a", 2, False), ("c", 3, False), ("b", 4, True)]
