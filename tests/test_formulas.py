"""A cell of a copy runs in no spreadsheet, where that is asked for; numbers and all other cells stay byte for byte."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from pii_scan.cli import run
from pii_scan.formulas import guarding, unguarded

CELLS = {
    '=HYPERLINK("http://x.example")': '\'=HYPERLINK("http://x.example")',
    "=1+1": "'=1+1",
    "+cmd|' /C calc'!A0": "'+cmd|' /C calc'!A0",
    "-2+3+cmd": "'-2+3+cmd",
    "@SUM(1)": "'@SUM(1)",
    "\t=1": "'\t=1",
    "＝1+1": "'＝1+1",
    "-5.20": "-5.20",
    "+33 6 12 34 56 78": "+33 6 12 34 56 78",
    "+12%": "+12%",
    "'quoted": "'quoted",
    "a=b": "a=b",
    "": "",
}


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_only_formulas_are_marked(kind: pa.DataType) -> None:
    batch = pa.RecordBatch.from_arrays([pa.array([*CELLS, None], kind), pa.array(range(len(CELLS) + 1))], ["a", "b"])
    after = guarding(lambda _table, one: one)("t", batch)
    assert after.column(0).to_pylist() == [*CELLS.values(), None]
    assert after.column(1).equals(batch.column(1))
    assert unguarded(batch.column(0).cast(pa.string()), after.column(0).cast(pa.string())).to_pylist() == [*CELLS, None]


def test_a_mark_that_the_source_has_is_the_source_s() -> None:
    cells = pa.array(["'=1", "'x"])
    assert unguarded(cells, cells).equals(cells)


def test_a_guarded_copy_is_proved_and_other_bytes_stay(tmp_path: Path) -> None:
    source = tmp_path / "in" / "people.csv"
    source.parent.mkdir()
    source.write_bytes(b"\xef\xbb\xbfmail;sum;note\r\nada@example.org;-5;\"=1+1\"\r\nbob@example.org;7;'fine'\r\n")
    (tmp_path / "plan.toml").write_text(
        '[[column]]\ncolumn = "mail"\nkind = "email"\noperator = "replace"\n[[table]]\ncolumns = ["*"]\n'
    )
    given = ["--plan", str(tmp_path / "plan.toml")]
    to = ["--to", str(tmp_path / "out")]
    assert run(["redact", str(source), *given, *to, "--no-ner", "--guard-formulas"]) == 0
    copy = tmp_path / "out" / "people.csv"
    assert copy.read_bytes() == b"\xef\xbb\xbfmail;sum;note\r\n<EMAIL>;-5;\"'=1+1\"\r\n<EMAIL>;7;'fine'\r\n"
    again = ["verify", str(copy), "--against", str(source), "--no-ner", *given]
    assert (run([*again, "--guard-formulas"]), run(again)) == (0, 4)
