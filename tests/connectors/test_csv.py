"""Claims about reading delimited text."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pickle
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii_scan.connectors import csv, layout
from pii_scan.connectors.compression import Readable
from pii_scan.connectors.csv import CsvConnector, CsvSource
from pii_scan.connectors.encoding import Encoding
from pii_scan.model import Remark, Skipped, Unit

Read = tuple[list[dict[str, object]], list[Remark], list[Skipped]]


def read(path: Path | str) -> Read:
    rows: list[dict[str, object]] = []
    remarks: list[Remark] = []
    skipped: list[Skipped] = []
    source = CsvSource(str(path))
    for unit in source.units():
        if isinstance(unit, Skipped):
            skipped.append(unit)
            continue
        for item in source.read(unit):
            if isinstance(item, Remark):
                remarks.append(item)
            elif isinstance(item, Skipped):
                skipped.append(item)
            else:
                rows += item.to_pylist()
    return rows, remarks, skipped


def table(content: bytes, folder: Path, name: str = "t.csv") -> tuple[list[str], list[list[object]]]:
    path = folder / name
    path.write_bytes(content)
    rows, _, skipped = read(path)
    assert not skipped
    return list(rows[0]) if rows else [], [list(row.values()) for row in rows]


def said(path: Path, what: str) -> str:
    return " / ".join(remark.detail for remark in read(path)[1] if remark.what == what)


@pytest.mark.parametrize(
    ("content", "names", "first"),
    [
        pytest.param(b"name,zip\nAda,007\nBo,1\n", ["name", "zip"], ["Ada", "007"], id="text stays text"),
        pytest.param(
            b"name;price;sum\nAda;1,50;2,50\nBo;2,75;3,00\n", ["name", "price", "sum"], ["Ada", "1,50", "2,50"], id="semicolon"
        ),
        pytest.param(
            b"Ada;1,50;2,50\nBo;2,75;3,00\n", ["c1", "c2", "c3"], ["Ada", "1,50", "2,50"], id="decimal commas, no header"
        ),
        pytest.param(b"name\tplace\nAda\tBath, Avon\nBo\tYork, Yorks\n", ["name", "place"], ["Ada", "Bath, Avon"], id="tab"),
        pytest.param(b"name|place\nAda|Bath\nBo|York\n", ["name", "place"], ["Ada", "Bath"], id="pipe"),
        pytest.param(b"name\x01place\nAda\x01Bath\nBo\x01York\n", ["name", "place"], ["Ada", "Bath"], id="control-A of Hive"),
        pytest.param(b"note\nhello, you\nbye\n", ["note"], ["hello, you"], id="one column of prose"),
        pytest.param(b"name\nAda\nBo\n", ["name"], ["Ada"], id="one column"),
        pytest.param(b"'name','say'\n'Ada','a, b'\n'Bo','it''s'\n", ["name", "say"], ["Ada", "a, b"], id="single quotes"),
        pytest.param(b'"name","say"\n"Ada","a\nb"\n', ["name", "say"], ["Ada", "a\nb"], id="a line break in a cell"),
        pytest.param(
            b'name,json\nAda,"{\\"a\\": 1, \\"b\\": 2}"\nBo,"{\\"a\\": 2, \\"b\\": 3}"\n',
            ["name", "json"],
            ["Ada", '{"a": 1, "b": 2}'],
            id="escaped quotes",
        ),
        pytest.param(b"sep=;\r\nname;zip\r\nAda;1\r\nBo;2\r\n", ["name", "zip"], ["Ada", "1"], id="a spreadsheet's hint"),
        pytest.param(b"\n\nname,zip\nAda,1\n", ["name", "zip"], ["Ada", "1"], id="blank lines first"),
        pytest.param(
            b"name,,name,name_2\na,b,c,d\n", ["name", "c2", "name_3", "name_2"], ["a", "b", "c", "d"], id="names made distinct"
        ),
        pytest.param(b"id,name,\n1,Ada,x\n2,Bo,y\n", ["id", "name", "c3"], ["1", "Ada", "x"], id="a header without a last name"),
        pytest.param(b"id,name\n1,Ada,\n2,Bo,\n", ["id", "name", "c3"], ["1", "Ada", ""], id="delimiters that end each row"),
        pytest.param(b"country,2019,2020\nMT,1.5,2.5\n", ["country", "2019", "2020"], ["MT", "1.5", "2.5"], id="years as names"),
        pytest.param(b"a,b\nx,y\na,b\nz,w\n", ["a", "b"], ["x", "y"], id="a header that comes again"),
        pytest.param(b"a,b\rc,d\re,f\r", ["a", "b"], ["c", "d"], id="line ends of old Macs"),
    ],
)
def test_dialect_and_header_are_found(tmp_path: Path, content: bytes, names: list[str], first: list[str]) -> None:
    found, rows = table(content, tmp_path)
    assert found == names
    assert rows[0] == first


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"ada@example.org,Ada\nbo@example.org,Bo\n", id="an e-mail address"),
        pytest.param(b"Ada,1990-02-03\nBo,1991-03-04\n", id="a date"),
        pytest.param(b"E017,Ada\nE020,Bo\nE023,Cy\n", id="the pattern of the cells below"),
        pytest.param(b"Ada,London\nBo,Paris\nAda,Rome\n", id="a cell that comes again"),
        pytest.param(b"+356 2123 4567,Ada\n+356 2123 4568,Bo\n", id="a phone number"),
        pytest.param(b"1,2\n3,4\n", id="numbers"),
    ],
)
def test_data_in_the_first_row_is_never_taken_for_names(tmp_path: Path, content: bytes) -> None:
    names, rows = table(content, tmp_path)
    assert names == ["c1", "c2"]
    assert len(rows) == content.count(b"\n")


@pytest.mark.parametrize(
    ("codec", "label"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8, with a byte-order mark"),
        ("utf-16", "UTF-16, little-endian, with a byte-order mark"),
        ("utf-16-le", "UTF-16, little-endian"),
        ("utf-16-be", "UTF-16, big-endian"),
        ("cp1252", "Windows-1252"),
        ("latin-1", "Windows-1252"),
    ],
)
def test_every_encoding_is_found_and_said(tmp_path: Path, codec: str, label: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("prénom,ville\nZoë,Besançon\nRenée,Nîmes\n".encode(codec))
    rows, _, skipped = read(path)
    assert not skipped
    assert rows == [{"prénom": "Zoë", "ville": "Besançon"}, {"prénom": "Renée", "ville": "Nîmes"}]
    assert said(path, "encoding").startswith(label)


def test_an_encoding_that_shows_only_late_is_found(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"name,zip\n" + b"Ada,1\n" * 500_000 + "Zoë,2\n".encode("cp1252"))
    rows, _, _ = read(path)
    assert rows[-1] == {"name": "Zoë", "zip": "2"}


def test_a_few_bad_bytes_do_not_turn_utf8_into_something_else(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"name,zip\n" + "Zoë,1\n".encode() * 50 + b"Ren\xe9,2\nRen\xe9\xe9,3\n")
    rows, _, skipped = read(path)
    assert not skipped
    assert rows[0] == {"name": "Zoë", "zip": "1"}
    assert rows[-1] == {"name": "Ren\ufffd\ufffd", "zip": "3"}
    assert said(path, "encoding damage").startswith("bytes on 2 lines")


def test_a_replacement_character_in_the_file_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("name,zip\nRen\ufffd,1\n".encode())
    assert read(path)[0] == [{"name": "Ren\ufffd", "zip": "1"}]
    assert said(path, "encoding") == "UTF-8"
    assert said(path, "encoding damage") == ""


def test_nul_characters_are_kept_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"name,zip\nA\0da,1\nBo,2\n")
    assert read(path)[0][0] == {"name": "A\0da", "zip": "1"}
    assert said(path, "NUL characters").startswith("on 1 lines")


def packed(data: bytes, suffix: str) -> bytes:
    if suffix in {".zst", ".lz4"}:
        return bytes(pa.compress(data, "zstd", asbytes=True)) if suffix == ".zst" else lz4(data)
    return {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}[suffix](data)


def lz4(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "lz4") as out:
        out.write(data)
    return bytes(sink.getvalue())


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst", ".lz4"])
def test_every_compression_is_read_whatever_the_file_is_called(tmp_path: Path, suffix: str) -> None:
    data = b"name,zip\n" + b"Ada,1\nBo,2\n" * 40_000
    for name in (f"t.csv{suffix}", "plain.csv"):
        path = tmp_path / name
        path.write_bytes(packed(data, suffix))
        rows, _, skipped = read(path)
        assert not skipped
        assert len(rows) == 80_000
        assert said(path, "compression")


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst"])
def test_a_compressed_file_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t.csv{suffix}"
    lines = b"".join(b"%d,%d\n" % (number, number * 7919 % 1_000_003) for number in range(300_000))
    data = packed(b"id,other\n" + lines, suffix)
    path.write_bytes(data[: len(data) * 3 // 4])
    rows, _, skipped = read(path)
    (only,) = skipped
    assert only.what == "rows"
    assert f"nothing after row {len(rows):,}" in only.why
    assert [row["id"] for row in rows[:3]] == ["0", "1", "2"]


def test_ragged_rows_are_kept_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b,c\n1,2,3\n4,5\n6,7,8,9,10\n11,12,13\n")
    rows, _, skipped = read(path)
    assert not skipped
    assert rows == [
        {"a": "1", "b": "2", "c": "3", "extra cells": None},
        {"a": "4", "b": "5", "c": None, "extra cells": None},
        {"a": "6", "b": "7", "c": "8", "extra cells": ["9", "10"]},
        {"a": "11", "b": "12", "c": "13", "extra cells": None},
    ]
    assert said(path, "ragged rows") == "1 rows have too few cells, 1 too many; all were kept; the first at line 3, 4"


def test_a_row_that_turns_ragged_late_costs_and_repeats_no_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = [f"{number},x,y" for number in range(600_000)]
    lines[500_000] = "500000,x"
    path.write_text("id,b,c\n" + "\n".join(lines) + "\n")
    rows, _, skipped = read(path)
    assert not skipped
    assert [row["id"] for row in rows] == [str(number) for number in range(600_000)]
    assert said(path, "ragged rows").endswith("line 500,002")


def test_a_stray_quote_does_not_swallow_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b'a,b\n1,"open\n' + b"2,x\n" * 1000)
    rows, _, _ = read(path)
    assert len(rows) == 1001
    assert rows[0] == {"a": "1", "b": '"open'}


@pytest.mark.parametrize("size", [400_000, 5_000_000])
def test_a_cell_longer_than_a_block_is_one_cell(tmp_path: Path, size: int) -> None:
    path = tmp_path / "t.csv"
    cell = "x, y\n" * (size // 5)
    path.write_text(f'a,b\n1,"{cell}"\n2,z\n')
    rows, _, skipped = read(path)
    assert not skipped
    assert rows == [{"a": "1", "b": cell}, {"a": "2", "b": "z"}]


def test_a_row_too_long_for_memory_is_skipped_and_those_before_it_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pii_scan.connectors.rows.LONGEST", 3 << 20)
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,x\n2,y\n3," + b"z" * (10 << 20) + b"\n4,w\n")
    rows, _, (skipped,) = read(path)
    assert [row["a"] for row in rows] == ["1", "2"]
    assert (skipped.what, skipped.table) == ("rows", "t")
    assert "longer than 3 MiB" in skipped.why
    assert "nothing after row 2" in skipped.why


@pytest.mark.parametrize("content", [b"a,b\n", b"a,b", b"a,b\r\n\r\n", b"\xef\xbb\xbfa,b\n"])
def test_a_header_alone_gives_its_names_and_no_row(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    source = CsvSource(str(path))
    (unit,) = source.units()
    assert isinstance(unit, Unit)
    (batch,) = [item for item in source.read(unit) if isinstance(item, pa.RecordBatch)]
    assert (batch.num_rows, batch.schema.names) == (0, ["a", "b"])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (bytes(range(256)) * 50, "is not text"),
        (b"PK\x03\x04rest", "ZIP archive"),
        (b"PAR1rest", "give it the ending .parquet"),
        (b"SQLite format 3\0rest", "sqlite:///"),
        ("a,b\n".encode("utf-32"), "UTF-32"),
        (b"\x1f\x8bjunk that only begins like gzip", "damaged"),
    ],
)
def test_what_is_no_csv_is_skipped_with_the_way_out(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    (skipped,) = CsvSource(str(path)).units()
    assert isinstance(skipped, Skipped)
    assert (skipped.source, skipped.what, skipped.table) == (str(path), "file", "t")
    assert why in skipped.why
    (again,) = CsvSource(str(path)).read(Unit(str(path), "t"))
    assert isinstance(again, Skipped)


def test_random_bytes_are_junk() -> None:
    import random
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(random.Random(7).randbytes(100_000))
        (skipped,) = CsvSource(str(path)).units()
        assert isinstance(skipped, Skipped)
        assert "is not text" in skipped.why


def test_a_missing_file_and_a_folder_are_skipped_with_the_systems_reason(tmp_path: Path) -> None:
    (gone,) = CsvSource(str(tmp_path / "gone.csv")).units()
    (folder,) = CsvSource(str(tmp_path)).units()
    assert isinstance(gone, Skipped)
    assert isinstance(folder, Skipped)
    assert gone.why == "cannot be opened: No such file or directory"
    assert "Is a directory" in folder.why


def test_a_file_without_permission_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    (skipped,) = CsvSource(str(path)).units()
    assert isinstance(skipped, Skipped)
    assert "Permission denied" in skipped.why


def test_a_file_that_changes_while_it_is_read_is_said_to(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n")
    (unit,) = CsvSource(str(path)).units()
    assert isinstance(unit, Unit)
    path.write_bytes(b"a,b\n1,2\n3,4\n")
    last = list(CsvSource(str(path)).read(unit))[-1]
    assert isinstance(last, Skipped)
    assert "changed" in last.why


def test_the_fingerprint_changes_with_the_file_and_only_then(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n")
    (one,) = CsvSource(str(path)).units()
    (two,) = CsvSource(str(path)).units()
    assert one == two
    path.write_bytes(b"a,b\n1,23\n")
    (three,) = CsvSource(str(path)).units()
    assert isinstance(one, Unit)
    assert isinstance(three, Unit)
    assert one.fingerprint != three.fingerprint


def test_stdin_is_read_once_and_not_sent_to_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"name;zip\nAda;1\nBo\nCy;3;4\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    source = CsvConnector().open("-")
    assert source.portable is False
    (unit,) = source.units()
    assert isinstance(unit, Unit)
    assert (unit.source, unit.table, unit.fingerprint) == ("-", "stdin", "")
    rows = [row for item in source.read(unit) if isinstance(item, pa.RecordBatch) for row in item.to_pylist()]
    assert [row["name"] for row in rows] == ["Ada", "Bo", "Cy"]
    assert rows[2]["extra cells"] == ["4"]
    (skipped,) = source.read(unit)
    assert isinstance(skipped, Skipped)
    assert "empty" in skipped.why


def test_the_table_is_named_after_the_file_without_any_of_its_endings() -> None:
    for name in ("members.csv", "members.CSV.gz", "members.txt.zst", "members.psv.bz2"):
        assert CsvSource(f"/x/{name}")._table == "members"


def test_a_source_travels_to_other_processes() -> None:
    source = CsvSource("/x/y.csv")
    assert pickle.loads(pickle.dumps(source)) == source


CELLS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from("\n\r\t,;|\ufffd"), max_size=8)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.integers(1, 4).flatmap(lambda wide: st.lists(st.lists(CELLS, min_size=wide, max_size=wide), min_size=1, max_size=6)),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_with_every_cell_quoted_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str, end: str, codec: str
) -> None:
    names = [f"name{chr(97 + place)}" for place in range(len(rows[0]))]
    quoted = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [names, *rows]]
    path = tmp_path_factory.mktemp("back") / "t.csv"
    path.write_bytes((end.join(quoted) + end).encode(codec))
    source = CsvSource(str(path))
    (unit,) = source.units()
    assert isinstance(unit, Unit)
    found = [row for item in source.read(unit) if isinstance(item, pa.RecordBatch) for row in item.to_pylist()]
    if len(names) > 1:
        assert [list(row.values()) for row in found] == rows
    else:
        assert len(found) == len(rows)


# What is found out once


def test_the_encoding_of_a_file_is_looked_for_once_until_the_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    whole = layout.encoding

    def counted(stream: Readable) -> Encoding:
        found = whole(stream)
        if not isinstance(stream, io.BytesIO):  # which is its beginning only
            looked.append(found.codec)
        return found

    monkeypatch.setattr(layout, "encoding", counted)
    monkeypatch.setattr(csv, "LARGE", 1)
    path = tmp_path / "people.csv"
    path.write_bytes(b"name,city\n" + b"Ada,London\n" * 50)
    for _ in range(3):
        read(path)
    assert looked == ["utf-8"]
    path.write_bytes(b"name,city\n" + b"Ada,Orl\xe9ans\n" * 50)
    rows, _, _ = read(path)
    assert looked == ["utf-8", "cp1252"]
    assert rows[0]["city"] == "Orl\u00e9ans"


def test_a_file_that_cannot_be_opened_is_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    for _ in range(2):
        assert [skipped.what for skipped in read(path)[2]] == ["file"]
    path.write_bytes(b"name,city\n" + b"Ada,London\n" * 50)
    assert len(read(path)[0]) == 50
