"""What is left in a table is counted as a plain group-by counts it, and told in words that are right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import pii_scan
from pii_scan import groups as rooms
from pii_scan.alignment import Reading, tables
from pii_scan.cli import run
from pii_scan.coarse import LEVELS, coarser, sort_of
from pii_scan.connectors.frames import FrameSource
from pii_scan.manifest import load
from pii_scan.risk import Asked, Risk, risk

SCHEMA = json.loads((Path(__file__).resolve().parents[1] / "reports" / "risk-1.schema.json").read_text("utf-8"))


def of(
    frame: pd.DataFrame, *quasi: str, special: Sequence[str] = (), count: str = "", target: int = 5, lifting: bool = False
) -> Risk:
    source = FrameSource(frame, "people")
    (units,) = tables(source).values()
    return risk(Reading(source, units), Asked(dict.fromkeys(quasi, ""), special, count, target), lifting=lifting)


def people(rows: int = 20_000, seed: int = 1) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    born = pd.Timestamp("1950-01-01") + pd.to_timedelta(draw.integers(0, 20_000, rows), unit="D")
    return pd.DataFrame(
        {
            "born": born.strftime("%Y-%m-%d"),
            "sex": draw.choice(["f", "m", None], rows, p=[0.5, 0.4, 0.1]),
            "zip": [f"{code:05}" for code in draw.integers(10_000, 10_400, rows)],
            "age": draw.integers(18, 80, rows),
            "illness": draw.choice(["asthma", "gout", "none"], rows),
        }
    )


@pytest.mark.parametrize(
    "quasi", [("sex",), ("zip",), ("sex", "zip"), ("born", "sex"), ("sex", "zip", "age"), ("born", "sex", "zip", "age")]
)
def test_k_is_that_of_a_plain_group_by(quasi: tuple[str, ...]) -> None:
    frame = people()
    sizes = frame.groupby(list(quasi), dropna=False).size()
    found = of(frame, *quasi, special=["illness"])
    assert (found.k, found.groups, found.rows) == (sizes.min(), len(sizes), len(frame))
    assert (found.alone, found.at_risk) == ((sizes == 1).sum(), sizes[sizes < 5].sum())
    assert found.smallest == tuple(sizes.value_counts().sort_index().head(5).items())
    assert found.diversity == {"illness": frame.groupby(list(quasi), dropna=False).illness.nunique().min()}
    for column in found.columns:
        counts = frame[column.name].value_counts(dropna=False)
        assert (column.distinct, column.unique) == (len(counts), (counts == 1).sum())


def test_real_tables_have_the_k_of_a_plain_group_by(data: Path) -> None:
    lines = [json.loads(line) for line in (data / "col_tables_tune.jsonl").read_text("utf-8").splitlines()]
    byname: dict[tuple[str, str], dict[str, list[str]]] = {}
    for line in lines:
        byname.setdefault((line["set"], line["table"]), {})[line["column"]] = line["values"]
    checked = 0
    for columns in byname.values():
        most = max(map(len, columns.values()))
        frame = pd.DataFrame({name: values for name, values in columns.items() if len(values) == most}, dtype=str)
        names = list(frame)[:3]
        sizes = frame.replace("", None).groupby(names, dropna=False).size()
        found = of(frame, *names)
        assert (found.k, found.groups) == (sizes.min(), len(sizes)), names
        checked += 1
    assert checked > 20


def test_groups_are_held_in_pieces_and_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = of(people(), "born", "sex", special=["illness"])
    monkeypatch.setattr(rooms, "_PENDING", 500)
    assert of(people(), "born", "sex", special=["illness"]) == whole


def test_a_table_of_counts_is_judged_by_its_counts() -> None:
    frame = pd.DataFrame({"region": ["north", "south", "west"], "n": ["120", "7", "3"]})
    found = of(frame, "region", count="n")
    assert (found.rows, found.k, found.at_risk, found.holds) == (130, 3, 3, False)
    assert of(frame.head(2), "region", count="n").holds


def test_an_empty_table_and_one_without_such_columns_single_nobody_out() -> None:
    assert of(people().head(0), "sex").holds
    found = of(people(10))
    assert (found.k, found.groups) == (10, 1)


def test_generalisations_reach_the_target_and_no_sooner() -> None:
    frame = people()
    found = of(frame, "born", "sex", "zip", lifting=True)
    assert not found.holds
    assert found.lift is not None
    assert (found.lift.at_risk, found.lift.k >= 5) == (0, True)
    coarse = frame[["born", "sex", "zip"]].copy()
    for step in found.lift.steps:
        name, _, words = step.partition(" ")
        (level,) = [level for level in LEVELS[sort_of(pa.array(frame[name].astype(str)))] if level.name == words]
        coarse[name] = coarser(pa.array(frame[name].astype(str)), sort_of(pa.array(frame[name].astype(str))), level).to_pylist()
    assert coarse.groupby(list(coarse), dropna=False).size().min() == found.lift.k
    assert of(frame, "sex", lifting=True).lift is None


COARSER = {
    ("date", "to its month"): (["1990-02-17", "17/02/1990", "17.2.1990", ""], ["1990-02", "02/1990", "2.1990", ""]),
    ("date", "to its year"): (["1990-02-17", "17/02/1990", "unknown"], ["1990", "1990", "unknown"]),
    ("date", "to its decade"): (["1990-02-17", "17/02/1999"], ["199", "199"]),
    ("number", "in bands of 5"): (["17", "19.9", "20", "-1", "old"], ["3", "3", "4", "-1", "old"]),
    ("code", "to its first 3 characters"): (["75011", "SW1A 1AA"], ["750", "SW1"]),
    ("text", "left out"): (["Bern", None], [None, None]),
}


@pytest.mark.parametrize(("sort", "name"), COARSER)
def test_cells_are_read_more_coarsely(sort: str, name: str) -> None:
    before, after = COARSER[sort, name]
    (level,) = [level for level in LEVELS[sort] if level.name == name]  # type: ignore[index]
    assert coarser(pa.array(before, pa.string()), sort, level).to_pylist() == after  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "sort"),
    [
        (["1990-02-17", "1985-12-24"], "date"),
        (["17/02/1990", "1/12/1985"], "date"),
        (["17", "18.5", ""], "number"),
        (["SW1A 1AA", "M1 2AB"], "code"),
        (["Bern", "Rome"], "text"),
        (["", None], "text"),
    ],
)
def test_the_sort_of_a_column_is_told_by_its_cells(cells: list[str | None], sort: str) -> None:
    assert sort_of(pa.array(cells, pa.string())) == sort


def test_a_table_that_is_aggregated_is_told_from_one_that_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = pd.DataFrame({"gender": ["female", "male"] * 2, "region": ["north", "north", "south", "south"], "n": [50, 61, 70, 44]})
    good.to_csv(tmp_path / "good.csv", index=False)
    good.assign(n=[50, 61, 2, 44]).to_csv(tmp_path / "bad.csv", index=False)
    asked = ["--quasi", "gender", "--quasi", "region"]
    assert run(["risk", str(tmp_path / "good.csv"), *asked]) == 0
    assert "good: every row stands for 5 people or more" in capsys.readouterr().out
    assert run(["risk", str(tmp_path / "bad.csv"), *asked]) == 1
    told = capsys.readouterr().out
    assert "bad: not aggregated" in told
    assert "k = 2: 2 (1.3%) are in groups smaller than 5" in told
    assert "anonymous" not in told.replace("No table is anonymous", "")
    assert run(["risk", str(tmp_path / "bad.csv"), *asked, "--format", "json", "--k", "2"]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, SCHEMA)
    (table,) = document["tables"]
    assert (table["aggregated"], table["count"], table["after"]["k"]) == (True, "n", 2)
    assert run(["risk", str(tmp_path / "bad.csv"), "--quasi", "nothing"]) == 2


def test_a_copy_is_told_what_remains_before_and_after(tmp_path: Path) -> None:
    frame = people(300)[["born", "sex"]].assign(mail=[f"ada{row}@example.org" for row in range(300)])
    (tmp_path / "in").mkdir()
    frame.to_csv(tmp_path / "in" / "people.csv", index=False)
    plan = """
[[column]]
column = "mail"
kind = "email"
operator = "replace"
[[column]]
column = "born"
kind = "date_of_birth"
operator = "replace"
[[table]]
columns = ["*"]
"""
    pii_scan.redact(tmp_path / "in" / "people.csv", plan, to=tmp_path / "out", ner=False)
    manifest = load(tmp_path / "out.manifest.json")
    (left,) = manifest["remains"]
    names = [column["name"] for column in left["after"]["columns"]]
    assert "born" in names
    sizes = frame.groupby(names, dropna=False).size()
    assert (left["before"]["k"], left["before"]["alone"]) == (sizes.min(), (sizes == 1).sum())
    assert left["after"]["alone"] < left["before"]["alone"]
