"""The shipped exports: made again they are the same, their identifiers are valid, and the truth speaks of every column."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from stdnum import iban, imei, luhn
from stdnum.ch import ssn
from stdnum.de import idnr
from stdnum.fr import siret
from stdnum.th import pin

EXAMPLES = Path(__file__).parents[1] / "examples"
EXPORTS = EXAMPLES / "exports"
TRUTH = json.loads((EXAMPLES / "truth.json").read_text("utf-8"))
DIALECTS = {"formation": (";", "cp1252"), "members": (",", "utf-8-sig"), "event_guests": (";", "utf-8"), "visits": ("|", "utf-8")}


def files(root: Path) -> dict[str, Path]:
    return {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The output of two runs of the script."""
    runs = (tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two"))
    for run in runs:
        subprocess.run([sys.executable, str(EXAMPLES / "make_exports.py"), "--to", str(run)], check=True)
    return runs


def test_two_runs_write_the_same_bytes(made: tuple[Path, Path]) -> None:
    one, two = (files(run) for run in made)
    assert one.keys() == two.keys()
    assert [name for name in one if one[name].read_bytes() != two[name].read_bytes()] == []


def test_the_committed_exports_are_what_the_script_writes(made: tuple[Path, Path]) -> None:
    fresh, committed = files(made[0] / "exports"), files(EXPORTS)
    assert fresh.keys() == committed.keys()
    assert [name for name in fresh if not same(fresh[name], committed[name])] == []


def test_the_committed_truth_is_what_the_script_writes(made: tuple[Path, Path]) -> None:
    assert (made[0] / "truth.json").read_bytes() == (EXAMPLES / "truth.json").read_bytes()


def same(one: Path, two: Path) -> bool:
    """Equal bytes; for Parquet equal rows where another Arrow release wrote them, as it signs its files."""
    if one.read_bytes() == two.read_bytes():
        return True
    if one.suffix != ".parquet" or pq.read_metadata(one).created_by == pq.read_metadata(two).created_by:
        return False
    return bool(pq.read_table(one).equals(pq.read_table(two)))


def test_the_exports_are_small() -> None:
    assert sum(path.stat().st_size for path in files(EXPORTS).values()) < 1_000_000


@pytest.mark.parametrize("file", sorted(TRUTH["columns"]))
def test_truth_speaks_of_every_column_and_of_no_other(file: str) -> None:
    for table, columns in TRUTH["columns"][file].items():
        assert list(columns) == list(cells(file, table))


@pytest.mark.parametrize("file", sorted(TRUTH["columns"]))
def test_a_table_has_forty_to_two_hundred_rows_and_columns_without_personal_data(file: str) -> None:
    for table, columns in TRUTH["columns"][file].items():
        assert all(40 <= len(values) <= 200 for values in cells(file, table).values())
        assert sum(truth["kind"] == "none" for truth in columns.values()) >= 2


@pytest.mark.parametrize(
    ("file", "column", "valid"),
    [
        ("retailer/customers.tsv", "citizen_id", pin.is_valid),
        ("retailer/staff.csv", "เลขประจำตัวประชาชน", pin.is_valid),
        ("retailer/access_log.parquet", "device.imei", imei.is_valid),
        ("formation/comptes.csv", "IBAN", iban.is_valid),
        ("formation/comptes.csv", "SIRET", siret.is_valid),
        ("investors/profiles.parquet", "documents.social_security_number", ssn.is_valid),
        ("investors/profiles.parquet", "finance.tin", idnr.is_valid),
        ("investors/profiles.parquet", "finance.iban", lambda value: iban.is_valid(value, check_country=False)),
        ("investors/transactions.csv", "card_number", lambda value: luhn.is_valid(value.replace(" ", ""))),
        ("contacts_app/app.sqlite", "card_number", luhn.is_valid),
    ],
)
def test_identifiers_carry_valid_check_digits(file: str, column: str, valid: Any) -> None:
    table = next(name for name, columns in TRUTH["columns"][file].items() if column in columns)
    values = [value for value in cells(file, table)[column] if value]
    assert values
    assert [value for value in values if not valid(value)] == []


def test_every_mail_and_web_address_is_of_a_reserved_domain() -> None:
    for file, tables in TRUTH["columns"].items():
        for table in tables:
            texts = [text for values in cells(file, table).values() for text in values if isinstance(text, str)]
            domains = {part for text in texts for part in hosts(text)}
            assert {name for name in domains if "example" not in name} == set()


def hosts(text: str) -> Iterator[str]:
    for word in text.split():
        if "@" in word and "|" not in word:
            yield word.rsplit("@", 1)[1]
        elif "://" in word:
            yield word.split("://", 1)[1].split("/", 1)[0]


def cells(file: str, table: str) -> dict[str, list[Any]]:
    """Every column of a table with its values; a nested one by its fields, dotted."""
    path = EXPORTS / file
    if path.suffix == ".parquet":
        read = pq.read_table(path)
        columns = {name: read[name].to_pylist() for name in read.column_names}
    elif path.suffix == ".sqlite":
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            rows = database.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in rows.description]
            columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        finally:
            database.close()
    else:
        columns = delimited(path)
    return {name: values for column, given in columns.items() for name, values in spread(column, given)}


def delimited(path: Path) -> dict[str, list[Any]]:
    tab = ("\t", "utf-8") if path.suffix == ".tsv" else (",", "utf-8")
    delimiter, encoding = DIALECTS.get(path.stem) or DIALECTS.get(path.parent.name) or tab
    with path.open(newline="", encoding=encoding) as text:
        header, *rows = csv.reader(text, delimiter=delimiter)
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))


def spread(column: str, values: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    records = [json.loads(value) if isinstance(value, str) and value.startswith("{") else value for value in values]
    if not isinstance(records[0], dict):
        yield column, values
        return
    for name in records[0]:
        yield f"{column}.{name}", [record[name] for record in records]


def test_the_notebook_runs_and_its_clean_frame_holds_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = json.loads((EXAMPLES / "notebook.ipynb").read_text("utf-8"))
    monkeypatch.chdir(EXAMPLES)
    names: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    assert names["clean"].shape == names["log"].shape
    assert not set(names["log"]["client_ip"]) & set(names["clean"]["client_ip"])
