"""The names of files and the folders of partitions are cells: what identifies someone does not come through in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pii_scan
from pii_scan import outputs

PLAN = """
[[column]]
column = "mail"
kind = "email"
operator = "replace"
[[column]]
column = "name"
kind = "first_name"
operator = "replace"
[[table]]
columns = ["*"]
"""


def store(folder: Path, *ways: str) -> Path:
    for number, way in enumerate(ways):
        path = folder / "in" / way
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"id,mail\n1,ada{number}@example.org\n")
    return folder / "in"


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


WAYS = {
    ("2024/members.csv", "2025/Big Orders.csv"): ["2024/members.csv", "2025/Big Orders.csv"],
    ("ada0@example.org.csv", "bob1@example.org.csv"): ["email-0001.csv", "email-0002.csv"],
    ("name=Ada/part-0.csv", "name=Alan%20T/part-0.csv"): ["name=first_name-0001/part-0.csv", "name=first_name-0002/part-0.csv"],
    ("mail=ada0%40example.org/year=2024/a.csv", "mail=x%40y.org/year=2024/a.csv"): [
        "mail=email-0001/year=2024/a.csv",
        "mail=email-0002/year=2024/a.csv",
    ],
    ("city=Bern/a.csv", "city=Rome/a.csv"): ["city=Bern/a.csv", "city=Rome/a.csv"],
}


@pytest.mark.parametrize(
    ("name", "worth"),
    [
        ("customers.csv", False),
        ("customers_export_2024-03-01.csv", False),
        ("export-20240301T101500Z.csv.gz", False),
        ("part-00000-9b1c7a52-0f5e-4c3b-8f0e-1d2c3b4a5968-c000.snappy.parquet", False),
        ("part-00012345.parquet", False),
        ("customers_1000000.parquet", False),
        ("250000_rows.csv", False),
        ("2025", False),
        ("Big_Orders.csv", False),
        ("ada@example.org.csv", True),
        ("Ada Lovelace.csv", True),
        ("export_ada_lovelace.csv", True),
        ("O'Hara-Smith_final.csv", True),
        ("0612345678.csv", True),
        ("4111111111111111.csv", True),
        ("20240301123456789.csv", True),
        ("Ada%20Lovelace", True),
    ],
)
def test_only_names_that_could_tell_of_somebody_are_worth_an_engine(name: str, worth: bool) -> None:
    assert outputs._is_worth(name) is worth


@pytest.mark.parametrize("ways", WAYS)
def test_names_lose_what_identifies_and_stay_apart(tmp_path: Path, ways: tuple[str, ...]) -> None:
    source = store(tmp_path, *ways)
    made = _copied(source, tmp_path / "out")
    assert names(tmp_path / "out") == WAYS[ways]
    assert sorted(str(path.relative_to(tmp_path / "out")) for path in made) == WAYS[ways]
    assert not list((tmp_path / "out").rglob(".*"))


def _copied(source: Path, to: Path) -> list[Path]:
    from pii_scan.api import copies, opened
    from pii_scan.plan import load_plan
    from pii_scan.settings import settings

    return [
        path
        for path in copies(list(opened([source])), load_plan(PLAN), str(to), settings({"ner": False}))
        if isinstance(path, Path)
    ]


def test_the_proof_finds_renamed_copies_again_from_their_source(tmp_path: Path) -> None:
    source = store(tmp_path, "ada0@example.org.csv", "bob1@example.org.csv")
    _copied(source, tmp_path / "out")
    made = pii_scan.verify(tmp_path / "out", against=source, plan=PLAN, ner=False)
    assert made.clean
    assert "@example.org" not in json.dumps(made.manifest), "the manifest goes with the copy"
    assert {Path(table["source"]).stem for table in made.manifest["tables"]} == {"email-0001", "email-0002"}
    assert {table["table"] for table in made.manifest["tables"]} == {"email-0001", "email-0002"}


@pytest.mark.parametrize("ways", [("ada0@example.org.csv",), ("mail=ada0%40example.org/a.csv", "mail=x/a.csv")])
def test_without_the_guard_the_proof_catches_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ways: tuple[str, ...]
) -> None:
    monkeypatch.setattr(outputs.Ways, "of", lambda _self, _source, way: way)
    source = store(tmp_path, *ways)
    _copied(source, tmp_path / "out")
    made = pii_scan.verify(tmp_path / "out", against=source, plan=PLAN, ner=False)
    assert {leak.where for leak in made.proof.leaks} <= {"name", "names of columns"}
    assert made.proof.leaks


def test_a_name_that_is_taken_is_refused_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    source = store(tmp_path, "ada0@example.org.csv")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "email-0001.csv").write_text("mine")
    with pytest.raises(pii_scan.RedactionError, match="exists already"):
        _copied(source, tmp_path / "out")
    assert names(tmp_path / "out") == ["email-0001.csv"]


@pytest.mark.parametrize("to", ["postgresql://someone:s3cret@127.0.0.1:1/shop", "sqlite:///{folder}/out.sqlite"])
def test_a_file_that_is_no_database_goes_into_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str) -> None:
    source = store(tmp_path, "members.csv")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(pii_scan.ConfigError, match="only a database goes into a database") as caught:
        pii_scan.redact(source / "members.csv", PLAN, to=to.format(folder=tmp_path), ner=False)
    assert "s3cret" not in str(caught.value)
    assert {path.name for path in tmp_path.iterdir()} == {"in"}
