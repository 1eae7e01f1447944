"""JSON Lines: every object once, members as columns, and copies that keep every byte that was not changed."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pii_scan
from pii_scan.connectors.jsonlines import JsonLinesConnector, JsonLinesSource
from pii_scan.connectors.members import OTHER, Line
from pii_scan.contracts import DROPPED
from pii_scan.model import Remark, Skipped

LINES = (
    '{"id": 007.0e1, "name": "Ada"}\n'.replace("007", "7")
    + '  {"name":"Gr\\u00e9ta", "id":1.50 , "address" : {"city": "Bern", "zip": "0301"}}\r\n'
    + "\n"
    + '{"tags": ["a", "b"], "id": null, "id": 2}\n'
    + "no object\n"
    + '{"last": true}'
)


def stored(folder: Path, text: str = LINES, name: str = "people.jsonl") -> JsonLinesSource:
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return JsonLinesConnector().open(str(path))


def rows(source: JsonLinesSource) -> list[dict[str, str | None]]:
    (unit,) = [unit for unit in source.units() if not isinstance(unit, Skipped)]
    batches = [part for part in source.read(unit) if isinstance(part, pa.RecordBatch)]
    return [{name: cell for name, cell in row.items() if cell is not None} for batch in batches for row in batch.to_pylist()]


@pytest.mark.parametrize("name", ["people.jsonl", "people.ndjson.gz"])
def test_members_are_columns_and_stay_text(name: str, tmp_path: Path) -> None:
    assert rows(stored(tmp_path, name=name)) == [
        {"id": "7.0e1", "name": "Ada"},
        {"name": "Gréta", "id": "1.50", "address": '{"city": "Bern", "zip": "0301"}'},
        {"tags": '["a", "b"]', "id_2": "2"},
        {OTHER: "no object"},
        {"last": "true"},
    ]


def test_what_is_no_object_is_said(tmp_path: Path) -> None:
    source = stored(tmp_path)
    (unit,) = source.units()
    told = [part for part in source.read(unit) if isinstance(part, Remark)]  # type: ignore[arg-type]
    assert [remark.what for remark in told] == ["lines that are no objects"]
    assert "the first at line 5" in told[0].detail


def upper(column: str) -> Callable[[str, pa.RecordBatch], pa.RecordBatch]:
    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = [
            pa.array([cell and f"<{cell}>" for cell in old.to_pylist()], pa.string()) if name == column else old
            for name, old in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, batch.schema.names)

    return edit


def copied(source: JsonLinesSource, to: Path, edit: Callable[[str, pa.RecordBatch], pa.RecordBatch]) -> str:
    (path,) = source.copy(str(to), edit)
    assert isinstance(path, Path)
    return path.read_bytes().decode()


def test_a_copy_without_changes_has_the_same_bytes(tmp_path: Path) -> None:
    assert copied(stored(tmp_path), tmp_path / "out", lambda _table, batch: batch) == LINES


def test_only_what_was_changed_differs(tmp_path: Path) -> None:
    made = copied(stored(tmp_path), tmp_path / "out", upper("name"))
    assert made == LINES.replace('"Ada"', '"<Ada>"').replace('"Gr\\u00e9ta"', '"<Gréta>"')


def test_a_column_that_is_left_out_goes_with_its_comma(tmp_path: Path) -> None:
    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        kept = batch.drop_columns(["id"]) if "id" in batch.schema.names else batch
        return kept.replace_schema_metadata({DROPPED: b"id"})

    made = [
        json.loads(line)
        for line in copied(stored(tmp_path), tmp_path / "out", edit).splitlines()
        if line[:1] in "{ " and line.strip()
    ]
    assert all("id" not in row or row == {"tags": ["a", "b"], "id": 2} for row in made)
    assert made[0] == {"name": "Ada"}
    assert made[1] == {"name": "Gréta", "address": {"city": "Bern", "zip": "0301"}}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=5), VALUES, min_size=1, max_size=5), st.booleans(), st.sampled_from([None, 2]), st.data())
def test_any_object_keeps_its_other_members(
    row: dict[str, object], ascii_only: bool, indent: int | None, choice: st.DataObject
) -> None:
    text = json.dumps(row, ensure_ascii=ascii_only, separators=None if indent else (",", ":"))
    line = Line.of(text.encode("utf-8", "surrogatepass") + b"\n")
    if line.damaged:
        return
    name = choice.draw(st.sampled_from(sorted(line.members)))
    after = json.loads(line.rewritten({name: "new words"}, set()))
    assert after == row | {name: "new words"}
    without = json.loads(line.rewritten({}, {name}))
    assert without == {key: value for key, value in row.items() if key != name}
    assert line.rewritten({}, set()) == line.raw


def test_it_is_scanned_and_redacted_like_any_table(tmp_path: Path) -> None:
    text = "".join(json.dumps({"id": n, "contact": {"email": f"ada{n}@mail.example"}, "colour": "red"}) + "\n" for n in range(60))
    source = stored(tmp_path, text)
    report = pii_scan.scan(source.address, ner=False)
    found = {(str(finding.column.column), finding.column.path, finding.kind) for finding in report.findings}
    assert ("contact", "email", "email") in found
    assert not {column for column, path, _ in found} & {"colour"}
    assert ("contact", "", "person_name") not in found, "an object is not what its own name says"
    (copy,) = pii_scan.redact(source.address, report, to=tmp_path / "out")
    assert "@mail.example" not in copy.read_text()
    assert [json.loads(line)["colour"] for line in copy.read_text().splitlines()] == ["red"] * 60


@pytest.mark.parametrize(("content", "why"), [(b"", "is empty"), (b"\x1f\x8b broken", "damaged")])
def test_a_file_that_cannot_be_read_is_said(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    (skipped,) = JsonLinesConnector().open(str(path)).units()
    assert isinstance(skipped, Skipped)
    assert why in skipped.why
