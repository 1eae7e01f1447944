"""Claims about frames in memory."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from pii_scan.connectors.frames import FrameSource
from pii_scan.contracts import Source
from pii_scan.errors import RedactionError, SourceError
from pii_scan.model import Skipped, Unit


class Odd:
    """An object that no library has a type for."""

    def __str__(self) -> str:
        return "odd one"


def read(frame: Any) -> dict[str, list[Any]]:
    source = FrameSource(frame)
    assert isinstance(source, Source)
    (unit,) = source.units()
    assert isinstance(unit, Unit)
    batches = list(source.read(unit))
    assert all(isinstance(batch, pa.RecordBatch) for batch in batches), batches
    return pa.Table.from_batches(batches).to_pydict()  # type: ignore[no-any-return]


def starred(name: str) -> Any:
    """An edit that puts a star in place of each cell of a column."""

    def edit(_table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        stars = pa.array(["*" if cell.is_valid else None for cell in batch[name]], pa.string())
        return batch.set_column(batch.schema.names.index(name), name, stars)

    return edit


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        pytest.param(pd.DataFrame({"a": [1, "x", None]}), {"a": ["1", "x", None]}, id="objects of several types"),
        pytest.param(pd.DataFrame({"a": [2**70, 1]}), {"a": [str(2**70), "1"]}, id="numbers beyond 64 bits"),
        pytest.param(pd.DataFrame({"a": [Odd(), None]}), {"a": ["odd one", None]}, id="objects of one's own"),
        pytest.param(pd.DataFrame({"a": [b"x\xff", 1]}), {"a": ["x\ufffd", "1"]}, id="bytes among others"),
        pytest.param(
            pd.DataFrame({"a": [[1], {"b": 2}, pd.NA, pd.NaT]}), {"a": ["[1]", "{'b': 2}", None, None]}, id="lists and dicts"
        ),
        pytest.param(
            pd.DataFrame({"a": pd.period_range("2020-01", periods=2, freq="M")}), {"a": ["2020-01", "2020-02"]}, id="periods"
        ),
        pytest.param(pd.DataFrame([[1, 2]], columns=["a", "a"]), {"a": [1], "a_2": [2]}, id="one name twice"),
        pytest.param(
            pd.DataFrame([[1, 2]], columns=pd.Index([0, None], dtype=object)),
            {"0": [1], "None": [2]},
            id="names that are no text",
        ),
        pytest.param(pd.DataFrame({("a", "b"): [1], ("a", ""): [2]}), {"a.b": [1], "a": [2]}, id="names of several levels"),
        pytest.param(pd.DataFrame({"a": [1]}, index=[7]), {"a": [1]}, id="an index of numbers"),
        pytest.param(
            pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="who")), {"who": ["x"], "a": [1]}, id="an index with a name"
        ),
        pytest.param(pd.DataFrame({"a": [1]}, index=["x"]), {"index": ["x"], "a": [1]}, id="an index of texts"),
        pytest.param(
            pd.DataFrame({"a": [1]}, index=pd.MultiIndex.from_tuples([("x", 2)], names=["a", None])),
            {"a": ["x"], "a_2": [1]},
            id="an index of levels",
        ),
        pytest.param(pd.Series(["x"], name="who"), {"who": ["x"]}, id="a series"),
        pytest.param(pd.Series(["x"]), {"values": ["x"]}, id="a series without a name"),
        pytest.param(pl.DataFrame({"a": ["x", None]}), {"a": ["x", None]}, id="Polars"),
        pytest.param(pl.Series("s", ["x"]), {"s": ["x"]}, id="a series of Polars"),
        pytest.param(
            pl.DataFrame({"o": pl.Series([Odd(), None], dtype=pl.Object), "a": [1, 2]}),
            {"o": ["odd one", None], "a": [1, 2]},
            id="objects in Polars",
        ),
        pytest.param(pa.table({"a": ["x"]}), {"a": ["x"]}, id="an Arrow table"),
        pytest.param(pa.record_batch({"a": ["x"]}), {"a": ["x"]}, id="an Arrow batch"),
        pytest.param(pa.chunked_array([["x"], ["y"]]), {"values": ["x", "y"]}, id="a chunked array"),
        pytest.param(pa.array(["x"]), {"values": ["x"]}, id="an array"),
        pytest.param(lambda: duckdb.sql("SELECT 'x' AS a, 1 AS b"), {"a": ["x"], "b": [1]}, id="a DuckDB relation"),
        pytest.param(pd.DataFrame({"a": []}), {"a": []}, id="no rows"),
        pytest.param(pd.DataFrame(), {}, id="no columns"),
    ],
)
def test_any_frame_is_read(frame: Any, expected: dict[str, list[Any]]) -> None:
    assert read(frame() if callable(frame) else frame) == expected


def test_large_frames_come_in_batches_of_bounded_size() -> None:
    source = FrameSource(pa.table({"a": pa.array(range(200_000))}))
    (unit,) = source.units()
    assert isinstance(unit, Unit)
    sizes = [batch.num_rows for batch in source.read(unit) if isinstance(batch, pa.RecordBatch)]
    assert sum(sizes) == unit.rows == 200_000
    assert max(sizes) <= 65_536
    wide = FrameSource(pa.table({"a": ["x" * 1_000_000] * 100}))
    (unit,) = wide.units()
    assert isinstance(unit, Unit)
    assert max(batch.nbytes for batch in wide.read(unit) if isinstance(batch, pa.RecordBatch)) <= 17 << 20


def test_a_reader_is_read_once_and_says_so_the_second_time() -> None:
    source = FrameSource(pa.table({"a": ["x"]}).to_reader())
    (unit,) = source.units()
    assert isinstance(unit, Unit)
    (batch,) = source.read(unit)
    assert isinstance(batch, pa.RecordBatch)
    (skipped,) = source.read(unit)
    assert isinstance(skipped, Skipped)
    assert "was read before" in skipped.why
    with pytest.raises(RedactionError, match="was read before"):
        source.copied(starred("a"))


class Breaking:
    """A stream whose library quotes a cell in its error."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        def batches() -> Any:
            yield pa.record_batch({"a": ["x"]})
            raise ValueError("secret-cell")

        return pa.RecordBatchReader.from_batches(pa.schema([("a", pa.string())]), batches()).__arrow_c_stream__(requested_schema)


def test_an_error_of_the_library_becomes_a_skipped_that_quotes_nothing() -> None:
    source = FrameSource(Breaking())
    (unit,) = source.units()
    assert isinstance(unit, Unit)
    batch, skipped = source.read(unit)
    assert isinstance(batch, pa.RecordBatch)
    assert isinstance(skipped, Skipped)
    assert skipped.what == "rows"
    assert "secret" not in repr(skipped)
    with pytest.raises(RedactionError) as caught:
        source.edited(starred("a"))
    assert "secret" not in repr(caught.value)


@pytest.mark.parametrize("frame", [5, "text", None, object(), [1], {"a": [1]}, pl.LazyFrame({"a": [1]})])
def test_what_is_no_frame_is_refused_with_the_way_out(frame: object) -> None:
    with pytest.raises(SourceError, match=r"not a frame .*give a path"):
        list(FrameSource(frame).units())


def test_a_frame_never_shows_in_its_repr() -> None:
    assert repr(FrameSource(pd.DataFrame({"a": ["secret"]}), "people")) == "FrameSource(pandas, 'people')"


def test_a_frame_travels_as_a_table() -> None:
    frame = pd.DataFrame({"a": [1, "x"], "b": pd.Categorical(["u", "v"])})
    back = pickle.loads(pickle.dumps(FrameSource(frame, "people")))
    assert back.name == "people"
    assert read(back.frame) == read(frame)


def test_pandas_keeps_index_labels_and_types_of_what_was_not_edited() -> None:
    frame = pd.DataFrame(
        {
            "name": ["Ada", None, "Bo"],
            ("odd", 1): pd.Series([1, 2, 3], dtype="int8"),
            "when": [pd.Timestamp("2020-01-01")] * 3,
            "word": pd.Categorical(["u", "v", "u"]),
            "mixed": [1, "x", None],
        },
        index=[10, 20, 30],
    )
    made = FrameSource(frame).copied(starred("name"))
    pd.testing.assert_frame_equal(made.drop(columns="name"), frame.drop(columns="name"))
    assert list(made.columns) == list(frame.columns)
    assert made["name"].iloc[0] == made["name"].iloc[2] == "*"
    assert pd.isna(made["name"].iloc[1])
    assert frame["name"].iloc[0] == "Ada"


def test_pandas_numbers_dates_and_categories_can_become_text() -> None:
    frame = pd.DataFrame({"n": [1, 2], "d": [pd.Timestamp("2020-01-01")] * 2, "w": pd.Categorical(["secret", "u"])})
    for name in frame.columns:
        made = FrameSource(frame).copied(starred(name))
        assert made[name].tolist() == ["*", "*"]
        if name == "w":
            assert "secret" not in repr(made["w"].dtype)


def test_a_generalised_date_stays_the_text_that_it_became() -> None:
    frame = pd.DataFrame({"born": [pd.Timestamp("1990-05-06")]})
    made = FrameSource(frame).copied(lambda _, batch: batch.set_column(0, "born", pa.array(["1990"])))
    assert made["born"].tolist() == ["1990"]


def test_whole_numbers_stay_whole_where_the_edit_keeps_the_type() -> None:
    frame = pd.DataFrame({"n": pd.Series([1, 2], dtype="int16")})
    made = FrameSource(frame).copied(lambda _, batch: batch.set_column(0, "n", pa.array([0, 2], pa.int16())))
    assert (made["n"].tolist(), made["n"].dtype) == ([0, 2], "int16")


@pytest.mark.parametrize("name", ["who", None])
def test_a_pandas_index_can_be_edited(name: str | None) -> None:
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name=name))
    made = FrameSource(frame).copied(starred(name or "index"))
    assert made.index.tolist() == ["*", "*"]
    assert made.index.name == name
    assert made["a"].tolist() == [1, 2]


def test_one_level_of_a_pandas_index_can_be_edited() -> None:
    index = pd.MultiIndex.from_tuples([("x", 1), ("y", 2)], names=["who", "number"])
    made = FrameSource(pd.DataFrame({"a": [1, 2]}, index=index)).copied(starred("who"))
    assert made.index.tolist() == [("*", 1), ("*", 2)]
    assert made.index.names == ["who", "number"]


@pytest.mark.parametrize(
    "frame",
    [
        pd.Series(["x", "y"], name="a"),
        pl.DataFrame({"a": ["x", "y"]}),
        pl.DataFrame({"a": pl.Series(["x", "y"], dtype=pl.Categorical)}),
        pl.Series("a", ["x", "y"]),
        pa.table({"a": ["x", "y"]}),
        pa.record_batch({"a": ["x", "y"]}),
        lambda: duckdb.sql("SELECT * FROM (VALUES ('x'), ('y')) AS t(a)"),
        pa.table({"a": pa.array(["x", "y"], pa.large_string())}),
        pa.table({"a": pa.array(["x", "y"], pa.string_view())}),
    ],
)
def test_a_copy_is_of_the_same_library(frame: Any) -> None:
    frame = frame() if callable(frame) else frame
    made = FrameSource(frame).copied(starred("a"))
    assert type(made) is type(frame)
    assert read(made) == {"a": ["*", "*"]}
    assert read(frame) == {"a": ["x", "y"]}


def test_arrow_columns_of_one_name_keep_it() -> None:
    frame = pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], names=["a", "a"])
    made = FrameSource(frame).copied(starred("a_2"))
    assert (made.schema.names, made.column(0).to_pylist(), made.column(1).to_pylist()) == (["a", "a"], ["x"], ["*"])


def test_a_reader_comes_back_as_a_reader() -> None:
    made = FrameSource(pa.table({"a": ["x", "y"]}).to_reader()).copied(starred("a"))
    assert isinstance(made, pa.RecordBatchReader)
    assert made.read_all().to_pydict() == {"a": ["*", "*"]}


def test_an_empty_frame_can_be_copied() -> None:
    for frame in (
        pd.DataFrame({"a": pd.Series([], dtype=str)}),
        pl.DataFrame({"a": []}),
        pa.record_batch({"a": pa.array([], pa.string())}),
    ):
        made = FrameSource(frame).copied(starred("a"))
        assert type(made) is type(frame)
        assert len(made) == 0


def test_an_edited_table_holds_no_old_byte() -> None:
    secrets = pa.array([f"secret-{number}" for number in range(100)])
    for column in (secrets, secrets.dictionary_encode()):
        table = pa.table({"a": column, "b": list(range(100))})
        made = FrameSource(table).edited(lambda _, batch: batch.set_column(0, "a", _nulls(batch)))
        held = b"".join(bytes(buffer) for chunk in made.column("a").chunks for buffer in _buffers(chunk) if buffer)
        assert b"secret" not in held


def _nulls(batch: pa.RecordBatch) -> pa.Array:
    """The column with every cell null and every byte still there."""
    old = batch.column(0)
    if pa.types.is_dictionary(old.type):
        return pa.DictionaryArray.from_arrays(pa.array([None] * len(old), pa.int32()), old.dictionary)
    bits = pa.py_buffer(bytes(len(old) // 8 + 1))
    return pa.Array.from_buffers(old.type, len(old), [bits, *old.buffers()[1:]])


def _buffers(chunk: pa.Array) -> list[Any]:
    return [*chunk.buffers(), *(chunk.dictionary.buffers() if pa.types.is_dictionary(chunk.type) else [])]


def test_a_copy_into_a_folder_is_a_parquet_file(tmp_path: Path) -> None:
    source = FrameSource(pd.DataFrame({"a": ["x", "y"], "b": [1, 2]}), "people")
    (made,) = source.copy(str(tmp_path), starred("a"))
    assert isinstance(made, Path)
    assert made.name == "people.parquet"
    assert pd.read_parquet(made).to_dict("list") == {"a": ["*", "*"], "b": [1, 2]}
