"""The proof of a copy catches whatever can go wrong with one, and is silent about a good one."""

from __future__ import annotations

import base64
import csv
import gzip
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pii_scan.cli import run
from pii_scan.contracts import Source
from pii_scan.fates import Fates
from pii_scan.keys import Key
from pii_scan.model import Catalogue, Kind
from pii_scan.pairing import pair
from pii_scan.plan import Plan, load_plan
from pii_scan.redaction import Redactor
from pii_scan.registry import sources
from pii_scan.verifying import Proof, prove

ROWS = 120
NAMES = ("id", "mail", "phone", "name", "city", "note", "amount")
RULES = """
[[column]]
column = "mail"
kind = "email"
operator = "pseudonym"
[[column]]
column = "phone"
kind = "phone"
operator = "redact"
[[column]]
column = "name"
kind = "person_name"
operator = "replace"
[[table]]
columns = ["*"]
"""
PLAN = load_plan(RULES)
KNOWN = Catalogue({name: Kind(name, "", "", "direct") for name in ("email", "phone", "person_name")}, {})


def mail(row: int) -> str:
    return f"zoë.nr{row:03d}@example.org"


def phone(row: int) -> str:
    return f"+33 6 12 34 5{row % 10} {row:02d}"


def people() -> pa.Table:
    rows = range(ROWS)
    return pa.table(
        {
            "id": [str(row) for row in rows],
            "mail": [mail(row) for row in rows],
            "phone": [phone(row) if row % 7 else None for row in rows],
            "name": [f'Zoë "Q" O\'Hara {row:03d}' for row in rows],
            "city": [f"city {row % 9}" for row in rows],
            "note": ["nothing to say"] * ROWS,
            "amount": [f"{row}.50" for row in rows],
        }
    )


def write_csv(table: pa.Table, path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table.schema.names)
        writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return path


def write_parquet(table: pa.Table, path: Path) -> Path:
    pq.write_table(table, path, row_group_size=50)
    return path


def write_sqlite(table: pa.Table, path: Path) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"create table people ({', '.join(table.schema.names)})")
        marks = ", ".join("?" * table.num_columns)
        rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
        database.executemany(f"insert into people values ({marks})", list(rows))
    return path


def write_lines(table: pa.Table, path: Path) -> Path:
    rows = (json.dumps(row, ensure_ascii=bool(number % 2)) + "\n" for number, row in enumerate(table.to_pylist()))
    path.write_text("".join(rows), "utf-8")
    return path


WRITERS: dict[str, Callable[[pa.Table, Path], Path]] = {
    ".csv": write_csv,
    ".parquet": write_parquet,
    ".sqlite": write_sqlite,
    ".jsonl": write_lines,
}


def opened(path: Path) -> Source:
    (found,) = sources(str(path))
    assert isinstance(found, Source)
    return found


def copied(table: pa.Table, folder: Path, ending: str) -> tuple[Path, Path]:
    """A source and its copy, made as the plan says."""
    (folder / "in").mkdir()
    source = WRITERS[ending](table, folder / "in" / f"people{ending}")
    work = Redactor(PLAN, key=Key(bytes(32)), catalogue=KNOWN)
    place = opened(source)
    (copy,) = place.copy(str(folder / "out"), work.editor(place.address))
    assert isinstance(copy, Path)
    return source, copy


def proof(source: Path, copy: Path, plan: Plan | None = PLAN, way: str = "", **options: Any) -> Proof:
    outputs = {copy: way or copy.name}
    return prove([pair(opened(source), opened(copy))], outputs, Fates(plan, KNOWN), KNOWN, **options)


@pytest.mark.parametrize("plan", [PLAN, None], ids=["with its plan", "without"])
@pytest.mark.parametrize("ending", WRITERS)
def test_a_good_copy_is_proved(tmp_path: Path, ending: str, plan: Plan | None) -> None:
    made = proof(*copied(people(), tmp_path, ending), plan)
    assert (made.leaks, made.faults, made.standing) == ([], [], [])
    assert made.clean
    assert made.searched == 3 * ROWS - (ROWS + 6) // 7
    (table,) = made.tables
    assert (table.rows, table.rows_copy, sorted(table.columns_changed)) == (ROWS, ROWS, ["mail", "name", "phone"])
    assert table.cells_changed == made.searched


@pytest.mark.parametrize("most", [40, 100])
@pytest.mark.parametrize("ending", WRITERS)
def test_more_values_than_are_held_are_searched_share_by_share(tmp_path: Path, ending: str, most: int) -> None:
    source, copy = copied(people(), tmp_path, ending)
    made = proof(source, copy, most=most)
    assert made.searched == 3 * ROWS - (ROWS + 6) // 7
    planted = edited(copy, "note", 3, " ".join(map(mail, range(20))))
    assert sum(leak.values for leak in proof(source, planted, most=most).leaks) == 20


def edited(copy: Path, column: str, row: int, cell: str | None) -> Path:
    """The copy with one cell changed by hand."""
    if copy.suffix == ".csv":
        with copy.open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        rows[row + 1][NAMES.index(column)] = cell or ""
        with copy.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    elif copy.suffix == ".parquet":
        table = pq.read_table(copy)
        cells = table[column].to_pylist()
        cells[row] = cell
        write_parquet(table.set_column(NAMES.index(column), table.schema.field(column), pa.array(cells)), copy)
    elif copy.suffix == ".jsonl":
        lines = [json.loads(line) for line in copy.read_text("utf-8").splitlines()]
        lines[row][column] = cell
        copy.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    else:
        with closing(sqlite3.connect(copy)) as database, database:
            database.execute(f"update people set {column} = ? where id = ?", (cell, str(row)))
    return copy


def shifted(text: str, shift: int) -> str:
    return base64.b64encode(b"xyz"[:shift] + text.encode()).decode()


CELLS: dict[str, tuple[str, str]] = {
    "as it was": (mail(5), "utf-8"),
    "inside other words": (f"wrote to {mail(5)}, twice", "utf-8"),
    "base64": (shifted(mail(5), 0), "base64"),
    "base64, one byte on": (shifted(mail(5), 1), "base64"),
    "base64, two bytes on": (shifted(mail(5), 2), "base64"),
    "base64 of UTF-16": (base64.b64encode(mail(5).encode("utf-16-le")).decode(), "base64 utf-16-le"),
    "hexadecimal": (mail(5).encode().hex(), "hex"),
    "hexadecimal in capitals": (mail(5).encode().hex().upper(), "hex"),
    "percent": (quote(mail(5), safe=""), "percent"),
    "every byte as percent": ("".join(f"%{byte:02X}" for byte in mail(5).encode()), "percent"),
    "JSON": ("".join(f"\\u{ord(char):04x}" for char in mail(5)), "json"),
    "digits only": ("33612345505", "digits"),
    "digits otherwise": ("(33) 6.12.34.55.05", "digits"),
}


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("name", CELLS)
def test_a_value_is_caught_in_a_kept_column_however_it_is_written(tmp_path: Path, ending: str, name: str) -> None:
    cell, encoding = CELLS[name]
    source, copy = copied(people().set_column(5, "note", [[cell] + ["nothing"] * (ROWS - 1)]), tmp_path, ending)
    made = proof(source, copy)
    if encoding == "digits":  # so few digits stand somewhere by chance: told, and no leak
        assert [(one.column, one.values) for one in made.standing] == [("note", 1)]
        return
    assert [(leak.where, leak.encoding, leak.values) for leak in made.leaks] == [("column people.note", encoding, 1)]
    assert not made.clean
    assert "zo" not in repr(made.leaks)


def lost_row(copy: Path) -> None:
    copy.write_bytes(b"".join(copy.read_bytes().splitlines(keepends=True)[:-1]))


def swapped(copy: Path) -> None:
    table = pq.read_table(copy)
    write_parquet(table.select(["id", "mail", "phone", "name", "city", "amount", "note"]), copy)


def retyped(copy: Path) -> None:
    table = pq.read_table(copy)
    write_parquet(table.set_column(6, "amount", pc.cast(table["amount"], pa.float64())), copy)


def metadata(copy: Path) -> None:
    pq.write_table(pq.read_table(copy).replace_schema_metadata({"first": mail(1)}), copy)


def wide_metadata(copy: Path) -> None:
    pq.write_table(pq.read_table(copy).replace_schema_metadata({b"first": mail(1).encode("utf-16-be")}), copy)


def field_metadata(copy: Path) -> None:
    table = pq.read_table(copy)
    field = pa.field("note", pa.string(), metadata={"example": mail(1)})
    pq.write_table(table.set_column(5, field, table["note"]), copy)


def unused_dictionary(copy: Path) -> None:
    table = pq.read_table(copy)
    column = pa.DictionaryArray.from_arrays(pa.array([0] * ROWS, pa.int32()), ["nothing to say", mail(1)])
    pq.write_table(table.set_column(5, "note", column), copy, compression="zstd")


def free_page(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as database:
        database.execute("pragma secure_delete = off")
        database.execute("create table gone (a)")
        database.executemany("insert into gone values (?)", [(mail(row),) for row in range(ROWS)])
        database.commit()
        database.execute("drop table gone")
        database.commit()


def second_table(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute("create table log (line)")
        database.execute("insert into log values (?)", (mail(3),))


def behind_the_end(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes() + mail(7).encode("utf-16-le"))


PLANTED: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a planned cell that is as it was": (".csv", lambda copy: edited(copy, "mail", 4, mail(4)), "planned cells"),
    "a value in a cell beside": (".csv", lambda copy: edited(copy, "amount", 4, mail(9)), "untouched cells"),
    "another's value in a planned cell": (".csv", lambda copy: edited(copy, "mail", 4, mail(9)), "column people.mail"),
    "a null that holds something": (".parquet", lambda copy: edited(copy, "phone", 7, "none"), "nulls"),
    "a kept cell that differs": (".sqlite", lambda copy: edited(copy, "city", 4, "Rome"), "untouched cells"),
    "a row that is lost": (".csv", lost_row, "rows"),
    "columns in another order": (".parquet", swapped, "columns"),
    "a column of another type": (".parquet", retyped, "types"),
    "metadata of the file": (".parquet", metadata, "statistics"),
    "metadata in UTF-16": (".parquet", wide_metadata, "bytes"),
    "metadata of a field": (".parquet", field_metadata, "bytes"),
    "a dictionary entry that no cell uses": (".parquet", unused_dictionary, "bytes decompressed"),
    "a page that the database gave up": (".sqlite", free_page, "bytes"),
    "a table that the source has not": (".sqlite", second_table, "column log.line"),
    "bytes behind the end": (".csv", behind_the_end, "utf-16-le"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_every_planted_leak_is_caught(tmp_path: Path, name: str) -> None:
    ending, plant, words = PLANTED[name]
    source, copy = copied(people(), tmp_path, ending)
    assert proof(source, copy).clean
    plant(copy)
    made = proof(source, copy)
    assert not made.clean
    told = [*(f"{leak.where} {leak.encoding}" for leak in made.leaks), *(fault.what for fault in made.faults)]
    assert any(words in line for line in told), told
    assert not any(mail(row) in repr((made.leaks, made.faults, made.standing)) for row in range(ROWS))


def test_the_command_catches_them_too_and_tells_no_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plan.toml").write_text(RULES)
    for number, (name, (ending, plant, _)) in enumerate(PLANTED.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        source, copy = copied(people(), folder, ending)
        line = ["verify", str(copy), "--against", str(source), "--plan", str(tmp_path / "plan.toml"), "--no-ner"]
        if number < len(WRITERS):
            assert run(line) == 0, name
        plant(copy)
        assert run(line) == 4, name
    shown = capsys.readouterr()
    assert shown.err.count("the copy is not proved") == len(PLANTED) >= 12
    assert not any(mail(row) in shown.out + shown.err for row in range(ROWS))


@pytest.mark.parametrize("way", [f"{mail(3)}.csv", f"mail={quote(mail(3))}/part.csv", 'Zoë "Q" O\'Hara 004/people.csv'])
def test_a_value_in_the_name_of_a_file_or_folder_is_caught(tmp_path: Path, way: str) -> None:
    source, copy = copied(people(), tmp_path, ".csv")
    (leak,) = proof(source, copy, way=way).leaks
    assert (leak.where, leak.values) == ("name", 1)


def test_a_packed_copy_is_unpacked(tmp_path: Path) -> None:
    source, copy = copied(people(), tmp_path, ".csv")
    packed = copy.with_name("people.csv.gz")
    packed.write_bytes(gzip.compress(edited(copy, "city", 1, mail(2)).read_bytes()))
    assert "column people.city" in {leak.where for leak in proof(source, packed).leaks}


def test_what_stands_in_kept_columns_by_chance_is_told_and_is_no_leak(tmp_path: Path) -> None:
    table = people().set_column(3, "name", [["Rose", "City", "1985", *["Ann"] * (ROWS - 3)]])
    table = table.set_column(5, "note", [["a rose", "Rose wine", "1985", "219857", *["-"] * (ROWS - 4)]])
    made = proof(*copied(table, tmp_path, ".csv"))
    assert made.clean
    assert [(one.column, one.values) for one in made.standing] == [("note", 2)]


def test_labels_and_tokens_are_no_leak_though_somebody_is_called_like_one(tmp_path: Path) -> None:
    table = people().set_column(3, "name", [["Person", "PERSON_NAME", "Email", "phone", "redacted", *["Ann Other"] * (ROWS - 5)]])
    made = proof(*copied(table, tmp_path, ".csv"))
    assert (made.leaks, made.standing) == ([], [])


def test_rows_of_a_database_may_come_in_another_order(tmp_path: Path) -> None:
    source, copy = copied(people(), tmp_path, ".sqlite")
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute("create table turned as select * from people order by city desc, rowid")
        database.execute("drop table people")
        database.execute("alter table turned rename to people")
        database.commit()
        database.execute("vacuum")
    made = proof(source, copy)
    assert (made.leaks, made.faults) == ([], [])
    assert made.tables[0].reordered
    edited(copy, "city", 4, "Rome")
    assert [fault.what for fault in proof(source, copy).faults if fault.column == "city"] == ["untouched cells"]


def test_only_a_part_of_a_text_may_be_taken_out(tmp_path: Path) -> None:
    plan = load_plan('[[column]]\ncolumn = "note"\nscope = "text"\n[[table]]\ncolumns = ["*"]')
    text = f"On Monday we wrote to {mail(1)}, and she said that all was well with her."
    table = people().set_column(5, "note", [[text, *["-"] * (ROWS - 1)]]).drop_columns(["mail"])
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    source = write_csv(table, tmp_path / "in" / "people.csv")
    copy = write_csv(
        table.set_column(4, "note", [[text.replace(mail(1), "<EMAIL>"), *["-"] * (ROWS - 1)]]), tmp_path / "out" / "people.csv"
    )
    made = proof(source, copy, plan)
    assert made.clean
    assert made.searched == 1
    shutil.copy(copy, copy.with_name("two.csv"))
    leaking = copy.with_name("two.csv")
    leaking.write_text(copy.read_text().replace(",-,", f",to {mail(1)},", 1))
    assert not proof(source, leaking, plan).clean


def test_json_cells_lose_what_a_path_names(tmp_path: Path) -> None:
    plan = load_plan('[[column]]\ncolumn = "note"\npath = "user.mail"\nkind = "email"\n[[table]]\ncolumns = ["*"]')
    cells = [json.dumps({"user": {"mail": mail(row)}, "n": row}) for row in range(ROWS)]
    table = people().set_column(5, "note", [cells]).drop_columns(["mail"])
    (tmp_path / "in").mkdir()
    source = write_csv(table, tmp_path / "in" / "people.csv")
    place = opened(source)
    (copy,) = place.copy(str(tmp_path / "out"), Redactor(plan, catalogue=KNOWN).editor(place.address))
    assert isinstance(copy, Path)
    made = proof(source, copy, plan)
    assert made.clean
    assert made.searched == ROWS


def test_a_leak_among_keys_that_are_data_is_caught_and_told_by_its_column_alone(tmp_path: Path) -> None:
    plan = load_plan('[[column]]\ncolumn = "mail"\nkind = "email"\n[[table]]\ncolumns = ["*"]')
    rows = [{"id": row, "mail": mail(row), "seen": {mail((row + 1) % ROWS): {"times": row}}} for row in range(ROWS)]
    (tmp_path / "in").mkdir()
    source = tmp_path / "in" / "people.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    place = opened(source)
    (copy,) = place.copy(str(tmp_path / "out"), Redactor(plan, catalogue=KNOWN).editor(place.address))
    assert isinstance(copy, Path)
    made = proof(source, copy, plan)
    assert made.leaks
    assert {leak.where for leak in made.leaks} == {"column people.seen"}
    assert "@" not in repr(made)


@pytest.mark.parametrize("ending", [".parquet", ".sqlite"])
def test_a_made_up_name_that_another_one_had_is_no_leak_but_beside_it_is(tmp_path: Path, ending: str) -> None:
    rule = '[[column]]\ncolumn = "who"\npath = "name"\nkind = "person_name"\noperator = "surrogate"\n[[table]]\ncolumns = ["*"]\n'

    def written(name: str, notes: dict[int, str]) -> Path:
        # each is called what the next one was called
        who = [{"name": f"Friedman{row:03d}", "note": notes.get(row, "none")} for row in range(ROWS)]
        if name == "out":
            who = [{**one, "name": who[(row + 1) % ROWS]["name"]} for row, one in enumerate(who)]
        cells = who if ending == ".parquet" else list(map(json.dumps, who))
        (tmp_path / name).mkdir(exist_ok=True)
        path = tmp_path / name / f"people{ending}"
        path.unlink(missing_ok=True)
        return WRITERS[ending](pa.table({"id": list(map(str, range(ROWS))), "who": cells}), path)

    source, plan = written("in", {}), load_plan(rule)
    made = proof(source, written("out", {}), plan)
    assert (made.leaks, made.standing, made.searched) == ([], [], ROWS)
    (leak,) = proof(source, written("out", {5: "see Friedman007"}), plan).leaks
    assert leak.where == "column people.who"


def test_a_view_that_is_not_copied_is_told_and_is_no_fault(tmp_path: Path) -> None:
    source, copy = copied(people(), tmp_path, ".sqlite")
    with closing(sqlite3.connect(source)) as database, database:
        database.execute("create view mails as select mail from people")
    made = proof(source, copy)
    assert made.clean
    assert [name.rpartition(" ")[2] for name in made.missing] == ["mails"]
