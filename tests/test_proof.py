"""The search that proves a copy clean finds what is there, however it is written."""

from __future__ import annotations

import bz2
import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pii_scan.blobs import Stream
from pii_scan.errors import SourceError
from pii_scan.hashed import keys_of
from pii_scan.needles import Needles
from pii_scan.proof import search

VALUE = 'Zoë "Q" O\'Hara-4711'


def raw(encoding: str) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(b"x," + VALUE.encode(encoding) + b"\n")


def compressed(pack: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(pack(VALUE.encode() * 50))


def zstd(path: Path) -> None:
    with pa.CompressedOutputStream(str(path), "zstd") as file:
        file.write(VALUE.encode() * 50)


def parquet(path: Path) -> None:
    pq.write_table(pa.table({"a": [{"b": [VALUE]}] * 50}), path, compression="zstd", write_statistics=False)


def metadata(path: Path) -> None:
    pq.write_table(pa.table({"a": ["x"]}).replace_schema_metadata({"note": VALUE}), path)


def sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table t (a text)")
        database.execute("insert into t values (?)", ("x" * 4085 + VALUE,))  # spread over two pages
        database.commit()


WRITERS: dict[str, Callable[[Path], object]] = {
    "utf-8": raw("utf-8"),
    "utf-16-le": raw("utf-16-le"),
    "utf-16-be": raw("utf-16-be"),
    "gzip": compressed(gzip.compress),
    "bz2": compressed(bz2.compress),
    "zstd": zstd,
    "parquet": parquet,
    "parquet metadata": metadata,
    "sqlite": sqlite,
    "json": lambda path: path.write_text(json.dumps([VALUE]), "utf-8"),
    "csv": lambda path: path.write_text(VALUE.replace('"', '""'), "utf-8"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_value_is_found_however_it_is_written(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / "out")
    (trace, *_) = search([tmp_path], [VALUE, "not in there"])
    assert (trace.path, trace.values) == (str(tmp_path / "out"), 1)
    assert VALUE not in repr(trace)


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_not_there_is_not_found(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / "out")
    assert search([tmp_path / "out"], ["Zoe Q O'Hara-4711", "4712", "Zoë\n"]) == []


def test_values_across_the_border_of_two_chunks_are_found(tmp_path: Path) -> None:
    from pii_scan import proof

    for shift in range(-6, 3):
        (tmp_path / "out").write_bytes(b"." * (proof.BLOCK + shift) + b"canary-1" + b"." * 10)
        assert [trace.values for trace in search([tmp_path], ["canary-1"])] == [1], shift


def test_a_number_that_goes_on_beyond_the_border_of_two_chunks_is_no_shorter_one() -> None:
    from pii_scan import proof

    needles = Needles(["1985", "9857", "21985", "19857", "219857"], bounded=True)
    every = keys_of(pa.array(["219857"]))
    for border in (proof.BLOCK, proof.BLOCK - proof.OVERLAP):
        for shift in range(-8, 3):
            text = b"." * (border + shift) + b"219857" + b"." * 2 * proof.OVERLAP
            seen = proof.seen(needles, Stream("bytes", text=True, parts=[text]), unfolded=False)
            assert {name: keys.tolist() for name, keys in seen.items()} == {"utf-8": every.tolist()}, (border, shift)


def test_every_value_is_counted_once_and_short_ones_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("alpha beta alpha gam F 42")
    assert [trace.values for trace in search([tmp_path], ["alpha", "beta", "alph", "gam", "F", "42"])] == [3]


def test_many_values_are_searched_at_once(tmp_path: Path) -> None:
    values = [f"person-{number:06d}@example.org" for number in range(20_000)]
    (tmp_path / "out").write_text("\n".join(values[::100]) + "x" * 1_000_000)
    assert [trace.values for trace in search([tmp_path], values)] == [200]


@pytest.mark.parametrize("junk", [b"\x1f\x8bjunk", b"PAR1junk", b"SQLite format 3\x00junk", b"BZhjunk"])
def test_a_file_that_cannot_be_read_proves_nothing(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "out").write_bytes(junk)
    with pytest.raises(SourceError, match="cannot be searched"):
        search([tmp_path], [VALUE])


def test_a_missing_file_proves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be searched"):
        search([tmp_path / "out"], [VALUE])


def test_nothing_to_look_for_is_nothing_found(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"\0" * 100)
    assert search([tmp_path], []) == []
