"""In a plain file of delimited text the cells, and values that lie across them, are all that its bytes tell."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii_scan import written
from pii_scan.alignment import Reading, tables
from pii_scan.celled import only_cells
from pii_scan.connectors import csv
from pii_scan.connectors.csv import CsvSource
from pii_scan.fates import Fates
from pii_scan.leaves import lines
from pii_scan.model import Catalogue
from pii_scan.needles import Needles
from pii_scan.pairing import pair
from pii_scan.proof import Stream, seen
from pii_scan.verifying import prove

VALUES = [
    "Zoë Müller",
    "Anna",
    "1985",
    "Doe, Ann",
    'the "Old" One',
    "12, Mill Lane; Bath",
    "+33 6 12 34 55 05",
    "two\nlines",
    "丬丬丬丬",
]
WRITTEN = [
    *VALUES,
    *(value.replace('"', '""') for value in VALUES),
    *(f'"{value.replace(chr(34), chr(34) * 2)}"' for value in VALUES),
    *(base64.b64encode(value.encode()).decode() for value in VALUES),
    *(value.encode().hex() for value in VALUES),
    *(quote(value, safe="") for value in VALUES),
    *("".join(f"\\u{ord(char):04x}" for char in value if ord(char) < 0x10000) for value in VALUES),
    "33612345505",
    "(33) 6.12.34.55.05",
]
PIECES = st.sampled_from([*WRITTEN, *",,,;\t|\"'\\ x9_\n", "\r\n", '""', "Doe", " Ann", "Mill Lane", "é"])


def searched(needles: Needles, stream: Stream) -> set[int]:
    return {int(value) for values in seen(needles, stream).values() for value in values}


@settings(max_examples=1000, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(",;\t|"))
def test_whatever_bytes_hold_is_in_a_cell_or_across_cells(tmp_path_factory: pytest.TempPathFactory, text: str, mark: str) -> None:
    path = tmp_path_factory.mktemp("celled") / "t.csv"
    path.write_bytes(f"one{mark}two{mark}three\n".encode() + f"p{mark}q{mark}r\n".encode() * 5 + text.encode())
    source = CsvSource(str(path))
    laid = source.laid()
    if laid is None or not only_cells(path, laid):
        return
    needles = Needles(VALUES, bounded=True)
    content = path.read_bytes()
    found = searched(needles, Stream("bytes", text=True, parts=[content], laid=laid))
    for units in tables(source).values():
        for batch in Reading(source, units).batches():
            for blob in lines(batch):
                found |= searched(needles, Stream("cells", text=True, parts=[blob]))
    assert searched(needles, Stream("bytes", text=True, parts=[content])) <= found


@pytest.mark.parametrize(
    ("content", "laid"),
    [
        pytest.param(b"a,b\nx,1\ny,2\n", 4, id="plain"),
        pytest.param(b'"a";"b"\r\n"x ""y""";1\r\n', 9, id="quoted, other marks"),
        pytest.param(b"\xef\xbb\xbfa\tb\nx\t1\ny\t2\n", 7, id="byte-order mark"),
        pytest.param("a,b\nZoë,1\ny,2\n".encode("cp1252"), None, id="another encoding"),
        pytest.param("a,b\nZoë,1\ny,2\n".encode("utf-16"), None, id="UTF-16"),
        pytest.param(b"a\nx\ny\n", None, id="one column, whose lines may be those of one text"),
        pytest.param(b"a:b\nx:1\ny:2\n" * 9, None, id="marks that times have in them"),
    ],
)
def test_a_source_knows_whether_its_bytes_are_its_cells(tmp_path: Path, content: bytes, laid: int | None) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert CsvSource(str(path)).laid() == laid


@pytest.mark.parametrize(
    ("rows", "plain"),
    [
        pytest.param(b'x,1\n"y ""z""",2\n,"a, b"\n', True, id="quotes where they belong"),
        pytest.param("Zoë,1\n".encode(), True, id="UTF-8"),
        pytest.param(b'"ab"cd,1\n', False, id="a quote inside a word"),
        pytest.param(b'"ab"\\u0063d,1\n', False, id="a quote before a letter that is escaped"),
        pytest.param(b'"ab"%63d,1\n', False, id="a quote before a letter in percent"),
        pytest.param(b"x\0y,1\n", False, id="a NUL"),
        pytest.param(b"Zo\xeb,1\n", False, id="no UTF-8"),
        pytest.param("Zoë".encode()[:-1], False, id="cut off in a character"),
    ],
)
@pytest.mark.parametrize("before", [0, (1 << 20) - 2])
def test_damage_is_seen_wherever_it_is(tmp_path: Path, rows: bytes, plain: bool, before: int) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + b"x,1\n" * (before // 4) + b"\n" * (before % 4) + rows)
    assert only_cells(path, 4) is plain


def test_a_value_that_lies_across_cells_is_a_leak_in_the_bytes(tmp_path: Path) -> None:
    known = Catalogue({}, {})
    (tmp_path / "in.csv").write_text('id,name,a,b\n1,"Doe, Ann of Bath",x,y\n2,Bo,x,y\n')
    (tmp_path / "out.csv").write_text("id,name,a,b\n1,gone,Doe, Ann of Bath\n2,Bo,x,y\n")
    one, two = (CsvSource(str(tmp_path / name)) for name in ("in.csv", "out.csv"))
    (leak,) = prove([pair(one, two)], {tmp_path / "out.csv": "out.csv"}, Fates(None, known), known).leaks
    assert (leak.where, leak.encoding, leak.values) == ("bytes", "utf-8", 1)


def test_a_value_in_the_names_of_columns_is_found_once() -> None:
    needles = Needles(["Doe, Ann of Bath"], bounded=True)
    content = b'a,"Doe, Ann of Bath"\n1,2\n'
    (found,) = seen(needles, Stream("bytes", text=True, parts=[content[:5], content[5:]], laid=21)).values()
    assert len(found) == 1


def test_every_delimiter_that_a_source_calls_plain_is_a_mark_that_values_are_looked_at_for() -> None:
    assert {mark.encode() for mark in csv._MARKS} <= {bytes([mark]) for mark in written.MARKS}
