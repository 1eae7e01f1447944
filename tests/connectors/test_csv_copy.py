"""Claims about copies of delimited text."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pii_scan.connectors.csv import CsvSource
from pii_scan.errors import RedactionError
from pii_scan.model import Skipped, Unit

Change = Callable[[str, str | None], str | None]


def same(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


def cells(change: Change) -> Callable[[str, pa.RecordBatch], pa.RecordBatch]:
    """An edit that changes text cell by cell: `change(column, cell)`."""

    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = [
            pa.array([change(name, cell) for cell in column.to_pylist()], pa.string())
            if pa.types.is_string(column.type)
            else column
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, batch.schema.names)

    return edit


def copied(folder: Path, content: bytes, edit: object = same, name: str = "t.csv") -> bytes:
    path = folder / name
    path.write_bytes(content)
    (made,) = CsvSource(str(path)).copy(str(folder / "out"), edit)  # type: ignore[arg-type]
    assert isinstance(made, Path)
    assert made == folder / "out" / name
    assert [entry.name for entry in made.parent.iterdir()] == [name]
    return made.read_bytes()


PIECES = st.sampled_from(
    ["a", "é", "€", "7", ",", ";", "\t", "|", '"', '""', "'", "\\", '\\"', "\n", "\r\n", "\r", " ", "sep=;", "\0"]
)
MESS = st.lists(PIECES, max_size=60).map("".join)


@settings(max_examples=400, deadline=None)
@given(MESS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"]))
@example('name;"x\n";\r\n\n\n"a";b\r;"c""d"e;\n', "utf-16")
@example("sep=;\na;b\n", "utf-8-sig")
def test_an_edit_that_changes_nothing_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, text: str, codec: str
) -> None:
    content = ("x" + text).encode(codec)
    assert copied(tmp_path_factory.mktemp("copy"), content) == content


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_even_bytes_that_are_no_text_come_out_the_same(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    content = b"name,zip\n" + b"Ada,1\n" * 40 + tail
    assert copied(tmp_path_factory.mktemp("copy"), content) == content


@settings(max_examples=200, deadline=None)
@given(MESS, st.integers(1, 40))
def test_blocks_of_any_size_give_the_same_copy(tmp_path_factory: pytest.TempPathFactory, text: str, size: int) -> None:
    content = b"a,b\n" + text.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pii_scan.connectors.rows.BLOCK", size)
        assert copied(tmp_path_factory.mktemp("copy"), content) == content


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["x", "hit", "", 'a"b', "a,b", "a\nb"]), min_size=1, max_size=5), min_size=1, max_size=8),
    st.booleans(),
    st.sampled_from(["", "new", 'q"q', "a,b", "x\r\ny", "  "]),
)
def test_changed_cells_are_read_back_and_all_others_are_as_before(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], always: bool, new: str
) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if always or cell == "" or set(cell) & set('",\n') else cell

    folder = tmp_path_factory.mktemp("copy")
    text = "\n".join(["one,two,three", *["p,q,r"] * 20, *(",".join(map(quoted, row)) for row in rows)]) + "\n"
    made = copied(folder, text.encode(), cells(lambda _, cell: new if cell == "hit" else cell))
    (folder / "out" / "t.csv").write_bytes(made)
    source = CsvSource(str(folder / "out" / "t.csv"))
    found = [
        [cell for cell in list(row.values())[:3] if cell is not None] + (row.get("extra cells") or [])
        for item in source.read(Unit(source.address, "t"))
        if isinstance(item, pa.RecordBatch)
        for row in item.to_pylist()
    ]
    expected = [[new if cell == "hit" and place < 3 else cell for place, cell in enumerate(row)] for row in rows]
    assert found[20:] == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"a,b\nx,1\nhit,2\n", b"a,b\nx,1\n<NAME>,2\n", id="bare"),
        pytest.param(
            b'"a","b"\r\n"x","1"\r\n"hit","2"\r\n', b'"a","b"\r\n"x","1"\r\n"<NAME>","2"\r\n', id="quoted before, quoted after"
        ),
        pytest.param(b"a;b\nx;1,5\nhit;2,5\nx;3,5", b"a;b\nx;1,5\n<NAME>;2,5\nx;3,5", id="no line end at the end"),
        pytest.param(b'a,b\n"x""y",1\nhit,"2"\n', b'a,b\n"x""y",1\n<NAME>,"2"\n', id="the quotes of others stay"),
        pytest.param(b"a,b\nx,1\n\n\r\nhit,2\n\n", b"a,b\nx,1\n\n\r\n<NAME>,2\n\n", id="blank lines stay"),
        pytest.param(b"a,b\nx\nhit\nx,1,hit,2\n", b"a,b\nx\n<NAME>\nx,1,hit,2\n", id="ragged rows"),
        pytest.param("a,b\nZoë,1\nhit,2\n".encode("cp1252"), "a,b\nZoë,1\n<NAME>,2\n".encode("cp1252"), id="Windows-1252"),
        pytest.param("a,b\nZoë,1\nhit,2\n".encode("utf-16"), "a,b\nZoë,1\n<NAME>,2\n".encode("utf-16"), id="UTF-16"),
        pytest.param(b"\xef\xbb\xbfa,b\nx,1\nhit,2\n", b"\xef\xbb\xbfa,b\nx,1\n<NAME>,2\n", id="byte-order mark"),
        pytest.param(b"hit,b@x.org\nx,c@x.org\nx,d@x.org\n", b"<NAME>,b@x.org\nx,c@x.org\nx,d@x.org\n", id="no header"),
        pytest.param(b"a,b\rhit,1\rx,2\r", b"a,b\r<NAME>,1\rx,2\r", id="line ends of old Macs"),
    ],
)
def test_only_the_changed_cell_differs(tmp_path: Path, content: bytes, expected: bytes) -> None:
    assert copied(tmp_path, content, cells(lambda _, cell: "<NAME>" if cell == "hit" else cell)) == expected


@pytest.mark.parametrize("new", ['say "hi"', "a;b", "a\nb", "a\rb", ";", '"'])
def test_a_new_cell_is_quoted_where_it_needs_it(tmp_path: Path, new: str) -> None:
    made = copied(tmp_path, b"a;b\nx;1\nhit;2\n", cells(lambda _, cell: new if cell == "hit" else cell))
    assert made == b'a;b\nx;1\n"' + new.replace('"', '""').encode() + b'";2\n'


def test_a_new_cell_is_escaped_where_the_file_escapes(tmp_path: Path) -> None:
    content = b'name,json\nx,"{\\"a\\": 1, \\"b\\": 2}"\nhit,"{\\"a\\": 2, \\"b\\": 3}"\n'
    made = copied(tmp_path, content, cells(lambda _, cell: 'q"\\' if cell == "hit" else cell))
    assert made == content.replace(b"hit", b'"q\\"\\\\"')


def test_a_null_becomes_an_empty_cell_and_a_missing_cell_can_be_filled(tmp_path: Path) -> None:
    def fill(name: str, cell: str | None) -> str | None:
        return None if cell == "hit" else "new" if cell is None and name == "c" else cell

    assert copied(tmp_path, b"a,b,c\nhit,1,2\nx\ny,1\n", cells(fill)) == b"a,b,c\n,1,2\nx,,new\ny,1,new\n"


def test_a_single_column_that_becomes_empty_does_not_become_a_blank_line(tmp_path: Path) -> None:
    assert copied(tmp_path, b"name\nx\nhit\n", cells(lambda _, cell: "" if cell == "hit" else cell)) == b'name\nx\n""\n'


def test_extra_cells_can_be_changed_too(tmp_path: Path) -> None:
    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        lists = [
            None if row is None else ["*" if cell == "hit" else cell for cell in row] for row in batch["extra cells"].to_pylist()
        ]
        return batch.set_column(2, "extra cells", pa.array(lists, pa.list_(pa.string())))

    assert copied(tmp_path, b'a,b\nx,y\n1,2,hit,"z"\n1,2,"w"\n', edit) == b'a,b\nx,y\n1,2,*,z\n1,2,"w"\n'


def test_what_the_encoding_lacks_becomes_a_question_mark(tmp_path: Path) -> None:
    content = "a,b\nZoë,1\nhit,2\n".encode("cp1252")
    made = copied(tmp_path, content, cells(lambda _, cell: "王é" if cell == "hit" else cell))
    assert made == "a,b\nZoë,1\n?é,2\n".encode("cp1252")


def test_a_number_in_place_of_text_is_written_as_text(tmp_path: Path) -> None:
    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        return batch.set_column(1, "b", pa.array([7] * batch.num_rows, pa.int64()))

    assert copied(tmp_path, b"a,b\nx,1\ny,2\n", edit) == b"a,b\nx,7\ny,7\n"


def test_a_compressed_file_stays_compressed(tmp_path: Path) -> None:
    content = b"a,b\nx,1\nhit,2\n"
    made = copied(tmp_path, gzip.compress(content), cells(lambda _, cell: "-" if cell == "hit" else cell), "t.csv.gz")
    assert gzip.decompress(made) == content.replace(b"hit", b"-")
    again = gzip.decompress(copied(tmp_path / "..", gzip.compress(content), same, f"{tmp_path.name}.csv.gz"))
    assert again == content


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"a,b\n"])
def test_a_file_without_rows_is_copied_as_it_is(tmp_path: Path, content: bytes) -> None:
    assert copied(tmp_path, content) == content


def test_an_output_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a,b\n1,2\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "t.csv").write_bytes(b"mine")
    with pytest.raises(RedactionError, match="exists already"):
        list(CsvSource(str(tmp_path / "t.csv")).copy(str(tmp_path / "out"), same))
    assert (tmp_path / "out" / "t.csv").read_bytes() == b"mine"
    with pytest.raises(RedactionError, match="exists already"):
        list(CsvSource(str(tmp_path / "t.csv")).copy(str(tmp_path), same))
    assert (tmp_path / "t.csv").read_bytes() == b"a,b\n1,2\n"


@pytest.mark.parametrize("failure", ["raises", "too few rows", "other columns"])
def test_after_a_failed_edit_nothing_is_left(tmp_path: Path, failure: str) -> None:
    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        if failure == "raises":
            raise ValueError("secret-cell")
        return batch.slice(1) if failure == "too few rows" else batch.rename_columns(["x", "y"])

    (tmp_path / "t.csv").write_bytes(b"a,b\nsecret-cell,2\n")
    with pytest.raises(RedactionError) as caught:
        list(CsvSource(str(tmp_path / "t.csv")).copy(str(tmp_path / "out"), edit))
    assert "secret-cell" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_breaks_off_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 100_000)[:-10])
    (skipped,) = CsvSource(str(path)).copy(str(tmp_path / "out"), same)
    assert isinstance(skipped, Skipped)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_place_that_is_no_folder_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(RedactionError, match=r"cannot be written: (File exists|Not a directory)"):
        list(CsvSource(str(tmp_path / "t.csv")).copy(str(tmp_path / "t.csv"), same))


def test_an_error_while_writing_leaves_nothing(tmp_path: Path) -> None:
    from pii_scan.connectors.files import fresh

    def fill() -> None:
        with fresh(tmp_path / "t.csv") as file:
            file.write(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(RedactionError, match="cannot be written: No space left on device"):
        fill()
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.sampled_from(["x", "hit", '"hit"', '""', "", '"a""b"', '"a,b"', '"a\nb"', '"é€"', "é"])] * 3),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    st.sampled_from([None, "", "new", 'q"q', "a,b", "x\r\ny", "€"]),
    st.sampled_from([(codec, names) for codec in ("utf-8", "cp1252", "utf-16") for names in ("one", "three", "one two three")]),
)
def test_rows_that_have_all_their_cells_are_written_as_any_others_are(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, ...]],
    end: str,
    new: str | None,
    kind: tuple[str, str],
) -> None:
    codec, named = kind
    content = end.join(["one,two,three", *["p,q,r"] * 4, *map(",".join, rows), ""]).encode(codec)
    change = cells(lambda name, cell: new if name in named.split() and cell in {"hit", "é", ""} else cell)
    one = copied(tmp_path_factory.mktemp("copy"), content, change)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pii_scan.connectors.even.Even.of", lambda *_: None)
        assert copied(tmp_path_factory.mktemp("copy"), content, change) == one


def test_the_cells_of_even_rows_are_those_that_a_reader_finds(tmp_path: Path) -> None:
    content = b'a,b\n"x ""y""",\n,"1,5"\n"","\n"\n' * 3
    seen: list[pa.RecordBatch] = []

    def look(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        seen.append(batch)
        return batch

    copied(tmp_path, content, look)
    source = CsvSource(str(tmp_path / "t.csv"))
    found = [item for item in source.read(Unit(source.address, "t")) if isinstance(item, pa.RecordBatch)]
    assert [row for batch in seen for row in batch.to_pylist()] == [row for batch in found for row in batch.to_pylist()]
    assert sum(batch.num_rows for batch in seen) == 11
