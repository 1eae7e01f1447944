"""The folders of a partition are columns of the files below: scanned, planned and proved like any other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

import pii_scan
from pii_scan.connectors.partitions import partitions
from pii_scan.contracts import FOLDER, Source
from pii_scan.model import Unit
from pii_scan.registry import sources

Write = Callable[[pa.Table, Path], object]


def lines(table: pa.Table, path: Path) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))


WRITE: dict[str, Write] = {
    ".parquet": pq.write_table,
    ".csv": pc.write_csv,
    ".jsonl": lines,
}
MAILS = [f"ada.lovelace{number}@example.org" for number in range(4)]


def lake(folder: Path, ending: str) -> Path:
    for number, mail in enumerate(MAILS):
        path = (
            folder / "lake" / f"country={'FR' if number % 2 else 'CH'}" / f"mail={mail.replace('@', '%40')}" / f"part-0{ending}"
        )
        path.parent.mkdir(parents=True)
        WRITE[ending](
            pa.table({"id": [f"r{number}{row}" for row in range(50)], "total": [f"{row}.50" for row in range(50)]}), path
        )
    return folder / "lake"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/lake/year=2025/country=FR/part-0.parquet", {"year": "2025", "country": "FR"}),
        ("/lake/year=2025/data/part-0.parquet", {}),  # only those directly above tell of every row
        ("/lake/name=Zo%C3%AB%20A/a.csv", {"name": "Zoë A"}),
        ("/lake/a=1=2/a.csv", {"a": "1=2"}),
        ("/lake/city=__HIVE_DEFAULT_PARTITION__/a.csv", {"city": None}),
        ("/lake/=x/a.csv", {}),
        ("/lake/a=1/b.csv/year=2024.csv", {}),
        ("/plain/a.csv", {}),
    ],
)
def test_folders_tell_names_and_values(address: str, found: dict[str, str | None]) -> None:
    assert dict(partitions(address)) == found


@pytest.mark.parametrize("ending", WRITE)
def test_each_row_has_the_values_of_its_folders(tmp_path: Path, ending: str) -> None:
    for place in sources(str(lake(tmp_path, ending))):
        assert isinstance(place, Source)
        (unit,) = place.units()
        assert isinstance(unit, Unit)
        batches = [found for found in place.read(unit) if isinstance(found, pa.RecordBatch)]
        assert {name for batch in batches for name in batch.schema.names} == {"id", "total", "country", "mail"}
        table = pa.Table.from_batches(batches)
        assert table.num_rows == 50
        assert table["mail"].to_pylist() == [dict(partitions(place.address))["mail"]] * 50
        assert [FOLDER in (field.metadata or {}) for field in table.schema] == [False, False, True, True]


def test_a_column_of_the_file_is_its_own(tmp_path: Path) -> None:
    path = tmp_path / "id=7" / "a.csv"
    path.parent.mkdir()
    path.write_text("id,city\n1,Bern\n")
    (place,) = sources(str(path))
    assert isinstance(place, Source)
    (unit,) = place.units()
    assert isinstance(unit, Unit)
    (batch,) = (found for found in place.read(unit) if isinstance(found, pa.RecordBatch))
    assert batch.to_pydict() == {"id": ["1"], "city": ["Bern"]}


@pytest.mark.parametrize("ending", WRITE)
def test_a_scan_names_them_and_a_copy_loses_them_with_its_proof(tmp_path: Path, ending: str) -> None:
    source = lake(tmp_path, ending)
    report = pii_scan.scan(source, ner=False)
    assert {"email"} == {one.kind for one in report.findings if one.column.column == "mail"}
    assert sum(one.column.column == "mail" for one in report.findings) == len(MAILS)
    made = pii_scan.redact(source, report, to=tmp_path / "out", ner=False)
    shown = sorted(str(path.relative_to(tmp_path / "out").parent) for path in made)
    assert all("@" not in way and "%40" not in way and "lovelace" not in way for way in shown), shown
    assert len(set(shown)) == len(MAILS)
    verified = pii_scan.verify(tmp_path / "out", against=source, plan=report.plan(), ner=False)
    assert verified.clean, str(verified)
    assert verified.proof.searched >= len(MAILS)


def test_one_file_of_a_partition_keeps_its_folders_in_the_copy(tmp_path: Path) -> None:
    source = lake(tmp_path, ".parquet") / "country=FR" / f"mail={MAILS[1].replace('@', '%40')}" / "part-0.parquet"
    (made,) = pii_scan.redact(source, pii_scan.scan(source, ner=False), to=tmp_path / "out", ner=False)
    (_, mail) = made.relative_to(tmp_path / "out").parts[:2]
    assert mail == "mail=email-0001"


PLANNED = """
[[column]]
column = "id"
kind = "none"
operator = "keep"
{rule}
[[table]]
columns = ["id", "total", "country", "mail"]
"""
KEEP = '[[column]]\ncolumn = "mail"\nkind = "email"\noperator = "keep"'
DROP = '[[column]]\ncolumn = "mail"\nkind = "email"\noperator = "drop_column"'


@pytest.mark.parametrize(("rule", "gone"), [("", True), (KEEP, False), (DROP, True)])
def test_a_folder_without_a_rule_is_looked_at_and_one_that_is_kept_or_dropped_is_so(
    tmp_path: Path, rule: str, gone: bool
) -> None:
    source, plan = lake(tmp_path, ".csv"), PLANNED.format(rule=rule)
    made = pii_scan.redact(source, plan, to=tmp_path / "out", ner=False)
    assert all(("lovelace" in str(path)) is not gone for path in made)
    assert pii_scan.verify(tmp_path / "out", against=source, plan=plan, ner=False).clean


def test_a_value_that_stays_in_the_name_of_a_folder_is_caught(tmp_path: Path) -> None:
    source = lake(tmp_path, ".csv")
    plan = PLANNED.format(rule='[[column]]\ncolumn = "mail"\nkind = "email"\noperator = "replace"')
    for path in pii_scan.redact(source, plan, to=tmp_path / "out", ner=False):
        back = tmp_path / "again" / path.relative_to(tmp_path / "out")
        folder = back.parent.with_name(f"mail={MAILS[int(path.parent.name[-1]) - 1]}")
        folder.mkdir(parents=True)
        (folder / path.name).write_bytes(path.read_bytes())
    assert not pii_scan.verify(tmp_path / "again", against=source, plan=plan, ner=False).clean
