"""The edit: planned cells replaced, nothing of them left in any buffer, everything else as it was."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import logging
import time
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_analyzer import Pattern, PatternRecognizer

from pii_scan import rebuild
from pii_scan.changes import UNEXAMINED
from pii_scan.errors import ConfigError, PiiScanError, RedactionError
from pii_scan.keys import Key
from pii_scan.model import Catalogue, Entity, Kind
from pii_scan.plan import load_plan
from pii_scan.presidio import Span
from pii_scan.redaction import Redactor

KEY = Key(bytes(range(32)))
CATALOGUE = Catalogue(
    {name: Kind(name, name, "", "direct") for name in ("email", "phone", "city", "age", "person_id", "none")},
    {
        "EMAIL_ADDRESS": Entity("EMAIL_ADDRESS", "email", "checked"),
        "PHONE_NUMBER": Entity("PHONE_NUMBER", "phone", "checked"),
        "ISBN": Entity("ISBN", "none", "checked"),
    },
)
RECOGNIZERS = [
    PatternRecognizer("EMAIL_ADDRESS", patterns=[Pattern("e", r"[\w.-]+@[\w.]+\w", 0.9)]),
    PatternRecognizer("PHONE_NUMBER", patterns=[Pattern("p", r"\+\d{6,}", 0.9)]),
    PatternRecognizer("ISBN", patterns=[Pattern("i", r"978-\d+", 0.9)]),
]
CANARY = "canary-4711@example.org"


def finder(texts: Sequence[str]) -> list[list[Span] | None]:
    """Presidio's own recognizers; a text that says so cannot be examined."""
    nothing: Any = None
    return [
        None
        if "unreadable" in text
        else [
            Span(found.start, found.end, found.entity_type, found.score)
            for recognizer in RECOGNIZERS
            for found in recognizer.analyze(text, recognizer.supported_entities, nothing)
        ]
        for text in texts
    ]


def plan_text(*rules: str, rest: str = '[[table]]\ncolumns = ["*"]\n') -> str:
    return "".join(f"[[column]]\n{rule}\n" for rule in rules) + rest


def redactor(*rules: str, rest: str = '[[table]]\ncolumns = ["*"]\n', head: str = "", **given: Any) -> Redactor:
    return Redactor(load_plan(head + plan_text(*rules, rest=rest), CATALOGUE), finder, KEY, catalogue=CATALOGUE, **given)


def edited(array: pa.Array, rule: str, **given: Any) -> pa.Array:
    batch = pa.RecordBatch.from_arrays([array], names=["a"])
    return redactor(f'column = "a"\n{rule}', **given).edit("s", "t", batch).column(0)


TOKEN = KEY.token("email", CANARY)
TEXT = pa.array([CANARY, None, "", CANARY, " "])
WHOLE = [
    ("replace", ["<EMAIL>", None, "", "<EMAIL>", "<EMAIL>"]),
    ("mask", ["*" * 19 + ".org", None, "", "*" * 19 + ".org", "*"]),
    ("redact", ["", None, "", "", ""]),
    ("pseudonym", [TOKEN, None, "", TOKEN, KEY.token("email", "")]),
    ("keep", TEXT.to_pylist()),
]
TEXT_TYPES = [
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.dictionary(pa.int8(), pa.string()),
    pa.dictionary(pa.int32(), pa.large_string(), ordered=True),
]


@pytest.mark.parametrize("kind", TEXT_TYPES, ids=str)
@pytest.mark.parametrize(("operator", "cells"), WHOLE)
def test_whole_cells_are_replaced_and_the_type_of_text_stays(operator: str, cells: list[str], kind: pa.DataType) -> None:
    array = TEXT.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else TEXT.cast(kind)
    made = edited(array, f'kind = "email"\noperator = "{operator}"')
    assert made.to_pylist() == cells
    assert made.type == kind
    made.validate(full=True)


OTHER_TYPES = [
    pa.array([36, None], pa.int64()),
    pa.array([36.6, None], pa.float32()),
    pa.array([decimal.Decimal("1.50"), None], pa.decimal128(9, 2)),
    pa.array([dt.date(1990, 1, 2), None]),
    pa.array([dt.datetime(1990, 1, 2, 3, tzinfo=dt.UTC), None], pa.timestamp("us", "UTC")),
    pa.array([dt.time(3, 4), None]),
    pa.array([dt.timedelta(1), None]),
    pa.array([True, None]),
    pa.array([b"\xff\x00abc", None], pa.binary(5)),
    pa.array([(1, 2, 3), None], pa.month_day_nano_interval()),
    pa.array([36, None]).dictionary_encode(),
    pa.array([{"b": CANARY}, None]),
    pa.RunEndEncodedArray.from_arrays([1, 2], [36, None]),
    pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"0123456789abcdef", None], pa.binary(16))),
    pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([7, 8]), pa.array([None, None], pa.string())]),
]  # fmt: skip


@pytest.mark.parametrize("array", OTHER_TYPES, ids=lambda array: str(array.type))
@pytest.mark.parametrize("operator", ["replace", "mask", "pseudonym"])
def test_what_is_not_text_becomes_text(array: pa.Array, operator: str) -> None:
    made = edited(array, f'kind = "age"\noperator = "{operator}"')
    assert made.type == pa.string()
    assert made[0].as_py() not in {None, ""}
    assert made[0].as_py() != str(array[0].as_py())
    assert made[1].as_py() is None or isinstance(array, pa.UnionArray)


@pytest.mark.parametrize("array", OTHER_TYPES, ids=lambda array: str(array.type))
def test_redacting_what_is_not_text_gives_nulls_of_its_type(array: pa.Array) -> None:
    made = edited(array, 'kind = "age"\noperator = "redact"')
    assert made.to_pylist() == [None, None]
    if not isinstance(array, pa.RunEndEncodedArray):
        assert made.type == array.type


def test_a_number_has_the_token_of_its_text_in_another_table() -> None:
    rule = 'kind = "person_id"\noperator = "pseudonym"'
    assert edited(pa.array([4711]), rule).to_pylist() == edited(pa.array(["4711"]), rule).to_pylist()


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.binary_view()], ids=str)
def test_bytes_stay_bytes(kind: pa.DataType) -> None:
    array = pa.array([CANARY.encode(), b"\xff", None, b""], pa.binary()).cast(kind)
    made = edited(array, 'kind = "email"\noperator = "replace"')
    assert (made.type, made.to_pylist()) == (kind, [b"<EMAIL>", b"<EMAIL>", None, b""])
    assert edited(array, 'kind = "email"\noperator = "pseudonym"').to_pylist()[0] == TOKEN.encode()


FREE = [
    (f"write to {CANARY} or x@y.org, please", "write to <EMAIL> or <EMAIL>, please"),
    ("call +4930123456\r\n\tnow\u00a0", "call <PHONE>\r\n\tnow\u00a0"),
    ("nothing  here ", "nothing  here "),
    ("book 978-3161484100", "book 978-3161484100"),
    ("e\u0301 \U0001f600 a@b.cc \U0001f600", "e\u0301 \U0001f600 <EMAIL> \U0001f600"),
    ("", ""),
]


@pytest.mark.parametrize("kind", TEXT_TYPES, ids=str)
def test_in_free_text_only_what_is_found_is_replaced(kind: pa.DataType) -> None:
    array = pa.array([before for before, _ in FREE] + [None])
    array = array.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else array.cast(kind)
    made = edited(array, 'scope = "text"')
    assert made.to_pylist() == [after for _, after in FREE] + [None]
    assert made.type == kind


def test_entities_choose_their_operator_inside_texts() -> None:
    head = '[entities]\ndefault = "redact"\nemail = "pseudonym"\n'
    made = edited(pa.array([f"{CANARY} +4930123456."]), 'scope = "text"', head=head)
    assert made.to_pylist() == [f"{TOKEN} ."]
    kept = edited(pa.array([f"{CANARY} +4930123456."]), 'scope = "text"', head='[entities]\nEMAIL_ADDRESS = "keep"\n')
    assert kept.to_pylist() == [f"{CANARY} <PHONE>."]


def test_an_operator_of_the_rule_goes_for_everything_found_in_its_texts() -> None:
    made = edited(pa.array([f"{CANARY} +4930123456"]), 'scope = "text"\noperator = "mask"')
    assert made.to_pylist() == ["*" * 19 + ".org ********456"]


def test_a_text_that_cannot_be_examined_goes_whole_and_is_counted() -> None:
    work = redactor('column = "a"\nscope = "text"')
    batch = pa.record_batch({"a": ["unreadable one", "fine", '{"k": "unreadable two"}', None]})
    assert work.edit("s", "t", batch).column(0).to_pylist() == [UNEXAMINED, "fine", json.dumps({"k": UNEXAMINED}), None]
    (skipped,) = work.skipped()
    assert (skipped.source, skipped.table, skipped.column, skipped.what) == ("s", "t", "a", "cells")
    assert "2 texts" in skipped.why


@pytest.mark.parametrize(
    "span", [Span(0, 99, "EMAIL_ADDRESS", 1), Span(3, 3, "EMAIL_ADDRESS", 1), Span(-1, 2, "EMAIL_ADDRESS", 1)]
)
def test_a_finder_that_points_beside_the_text_examined_nothing(span: Span) -> None:
    work = Redactor(load_plan(plan_text('column = "a"\nscope = "text"')), lambda texts: [[span] for _ in texts])
    assert work.edit("s", "t", pa.record_batch({"a": ["abc"]})).column(0).to_pylist() == [UNEXAMINED]
    assert [*work.skipped()]


def failing(_: Sequence[str]) -> list[list[Span] | None]:
    raise ValueError(CANARY)


@pytest.mark.parametrize("broken", [failing, lambda texts: [[]] * (len(texts) + 1), lambda _: []])
def test_a_finder_that_fails_stops_the_copy_and_quotes_no_cell(
    broken: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    work = Redactor(load_plan(plan_text('column = "a"\nscope = "text"')), broken)
    with pytest.raises(RedactionError, match="editing stopped with ValueError") as caught:
        work.edit("s", "t", pa.record_batch({"a": [CANARY]}))
    assert caught.value.__suppress_context__
    assert CANARY not in f"{caught.value}{caplog.text}{capfd.readouterr()}"


def test_nothing_of_a_cell_is_logged_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for operator in ("replace", "mask", "redact", "pseudonym"):
        for scope in ("cell", "text"):
            edited(pa.array([CANARY]), f'kind = "email"\nscope = "{scope}"\noperator = "{operator}"')
    assert CANARY not in caplog.text


STRINGS = pa.map_(pa.string(), pa.string())
STRUCTS = pa.map_(pa.int32(), pa.struct({"x": pa.string()}))
NESTED: list[tuple[pa.Array, str, Any]] = [
    (pa.array([{"c": "x", "z": "1"}, None, {"c": None, "z": ""}]), "c", [{"c": "<CITY>", "z": "1"}, None, {"c": None, "z": ""}]),
    (pa.array([["a", None, ""], None, []]), "", [["<CITY>", None, ""], None, []]),
    (pa.array([["a"], None], pa.large_list(pa.string())), "", [["<CITY>"], None]),
    (pa.array([["a", "b"], None], pa.list_(pa.string(), 2)), "", [["<CITY>", "<CITY>"], None]),
    (pa.array([["a"], None, []], pa.list_view(pa.string())), "", [["<CITY>"], None, []]),
    (pa.array([[{"c": [{"d": "x", "e": 1}]}], None]), "c.d", [[{"c": [{"d": "<CITY>", "e": 1}]}], None]),
    (pa.array([[("k", "v"), ("l", None)], None, []], STRINGS), "value", [[("k", "<CITY>"), ("l", None)], None, []]),
    (pa.array([[("k", "v")], None], STRINGS), "key", [[("<CITY>", "v")], None]),
    (pa.array([[(1, {"x": "v"})], None], STRUCTS), "value.x", [[(1, {"x": "<CITY>"})], None]),
    (pa.array([{"n": 1}, None]), "n", [{"n": "<CITY>"}, None]),
    (pa.array([{"s": {"t": "x"}}]), "s", [{"s": "<CITY>"}]),
    (pa.array([{"s": {"t": "x"}}]), "*", ["<CITY>"]),
    (pa.array([{"j": '{"t": "x", "u": 1.0}'}]), "j.t", [{"j": '{"t": "<CITY>", "u": 1.0}'}]),
]  # fmt: skip


@pytest.mark.parametrize(("array", "path", "cells"), NESTED)
@pytest.mark.parametrize("sliced", [False, True])
def test_nested_cells_are_replaced_where_they_are(array: pa.Array, path: str, cells: Any, *, sliced: bool) -> None:
    if sliced:
        array = pa.concat_arrays([array, array, array])[len(array) : 2 * len(array)]
    made = edited(array, f'path = "{path}"\nkind = "city"\noperator = "replace"')
    made.validate(full=True)
    assert made.to_pylist() == cells


def test_a_rule_that_looks_inside_a_struct_looks_into_every_leaf() -> None:
    array = pa.array([{"a": [f"to {CANARY}"], "b": {"c": "x"}, "n": 1}])
    assert edited(array, 'scope = "text"').to_pylist() == [{"a": ["to <EMAIL>"], "b": {"c": "x"}, "n": "1"}]


def test_the_keys_of_a_map_can_be_redacted_though_they_cannot_be_null() -> None:
    made = edited(pa.array([[(1, "v")]], pa.map_(pa.int32(), pa.string())), 'path = "key"\noperator = "redact"')
    made.validate(full=True)
    assert made.to_pylist() == [[("", "v")]]


JSON = [
    pytest.param('{ "user": {"email": "x@y.org", "n": 1.0} }', '{ "user": {"email": "<EMAIL>", "n": 1.0} }', id="an object"),
    pytest.param('[{"user": {"email": ["x", "y"]}}]', '[{"user": {"email": ["<EMAIL>", "<EMAIL>"]}}]', id="lists add nothing"),
    pytest.param('{"user": {"email": null}}', '{"user": {"email": null}}', id="null stays"),
    pytest.param('{"user": {"email": ""}}', '{"user": {"email": ""}}', id="empty stays"),
    pytest.param('{"user": {"email": 7}}', '{"user": {"email": "<EMAIL>"}}', id="a number"),
    pytest.param('{"user": {"email": {"a": "x"}}}', '{"user": {"email": "<EMAIL>"}}', id="an object where a text was"),
    pytest.param('{"user": {"email": "x", "email": "y"}}', '{"user": {"email": "<EMAIL>", "email": "<EMAIL>"}}', id="twice"),
    pytest.param('{"other": "x"}', '{"other": "x"}', id="no such path"),
    pytest.param("plain", "plain", id="no JSON"),
    pytest.param('{"user": {"email": "x@y', UNEXAMINED, id="cut off: nobody can tell"),
]


@pytest.mark.parametrize(("before", "after"), JSON)
def test_json_texts_are_edited_at_the_path(before: str, after: str) -> None:
    made = edited(pa.array([before]), 'path = "user.email"\nkind = "email"\noperator = "replace"')
    assert made.to_pylist() == [after]


def test_redacting_in_json_leaves_an_empty_text_or_null() -> None:
    made = edited(pa.array(['{"a": "x", "b": 7}']), 'path = "*"\nkind = "email"\noperator = "redact"')
    assert made.to_pylist() == [""]
    two = redactor('column = "a"\npath = "a"\noperator = "redact"', 'column = "a"\npath = "b"\noperator = "redact"')
    assert two.edit("s", "t", pa.record_batch({"a": ['{"a": "x", "b": 7}']})).column(0).to_pylist() == ['{"a": "", "b": null}']


def test_escapes_in_json_hide_nothing_from_the_finder() -> None:
    hidden = json.dumps({"note": "to x\u00fc@y.org", "a@b.cc": [1, "\n"]}).replace("@", "\\u0040")
    assert edited(pa.array([hidden]), 'scope = "text"').to_pylist() == ['{"note": "to <EMAIL>", "<EMAIL>": [1, "\\n"]}']


def test_a_rule_for_a_path_goes_beside_one_for_the_cell() -> None:
    work = redactor('column = "a"\npath = "id"\nkind = "person_id"\noperator = "replace"', 'column = "a"\nscope = "text"')
    batch = pa.record_batch({"a": ['{"id": 5, "note": "a@b.cc"}', "mail a@b.cc", '{"id": ']})
    assert work.edit("s", "t", batch).column(0).to_pylist() == [
        '{"id": "<PERSON_ID>", "note": "<EMAIL>"}',
        "mail <EMAIL>",
        '{"id": ',
    ]


# What is left of the old bytes


def leftovers(batch: pa.RecordBatch) -> bytes:
    """Everything that could be written of a batch: its raw buffers, an IPC stream and an uncompressed Parquet file."""
    ipc, parquet = pa.BufferOutputStream(), pa.BufferOutputStream()
    with pa.ipc.new_stream(ipc, batch.schema) as writer:
        writer.write_batch(batch)
    try:
        pq.write_table(pa.Table.from_batches([batch]), parquet, compression="none")
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        parquet = pa.BufferOutputStream()
    return b"".join([ipc.getvalue().to_pybytes(), parquet.getvalue().to_pybytes(), *map(_buffers, batch.columns)])


def _buffers(array: pa.Array) -> bytes:
    own = b"".join(buffer.to_pybytes() for buffer in array.buffers() if buffer is not None)
    return own + (_buffers(array.dictionary) if isinstance(array, pa.DictionaryArray) else b"")


def null_over_bytes(kind: str) -> pa.Array:
    """Arrays with the canary where no cell shows it."""
    texts = pa.array([CANARY, "a" * 30, CANARY])
    hidden = pa.array([True, False, True])
    if kind == "null slots":
        return pa.StringArray.from_buffers(
            3, texts.buffers()[1], texts.buffers()[2], pa.array([0, 1, 0], pa.int8()).cast(pa.bool_()).buffers()[1]
        )
    if kind == "slice":
        return texts[1:2]
    if kind == "dictionary":
        return pa.DictionaryArray.from_arrays(pa.array([1, 1], pa.int8()), pa.array([CANARY, "a" * 30]))
    if kind == "struct":
        return pa.StructArray.from_arrays([texts, texts], names=["x", "y"], mask=hidden)
    if kind == "list":
        return pa.ListArray.from_arrays(pa.array([0, 1, 2, 3]), texts, mask=hidden)
    return pa.MapArray.from_arrays(pa.array([0, None, 2, 3]), texts, texts)[1:2]


@pytest.mark.parametrize("kind", ["null slots", "slice", "dictionary", "struct", "list", "map"])
@pytest.mark.parametrize("scope", ["cell", "text"])
@pytest.mark.parametrize("operator", ["replace", "mask", "redact", "pseudonym"])
def test_no_byte_is_left_that_no_cell_shows(kind: str, scope: str, operator: str) -> None:
    array = null_over_bytes(kind)
    assert CANARY.encode() in _buffers(array)
    paths = {"struct": ["x", "y"], "map": ["key", "value"]}.get(kind, [""])
    rules = [f'column = "a"\npath = "{path}"\nkind = "email"\nscope = "{scope}"\noperator = "{operator}"' for path in paths]
    made = redactor(*rules).edit("s", "t", pa.RecordBatch.from_arrays([array], names=["a"]))
    left = leftovers(made)
    for encoding in ("utf-8", "utf-16-le"):
        assert CANARY.encode(encoding) not in left


@pytest.mark.parametrize("operator", ["replace", "mask", "redact", "pseudonym"])
@pytest.mark.parametrize("scope", ["cell", "text"])
def test_no_byte_of_a_cell_is_left_in_what_is_written(operator: str, scope: str) -> None:
    schema = pa.schema(
        [pa.field("a", pa.string(), metadata={"example": CANARY, "PARQUET:field_id": "7"}), ("b", pa.int64())],
        metadata={"pandas": CANARY},
    )
    batch = pa.RecordBatch.from_arrays([pa.array([CANARY] * 9 + ["x"]), pa.array(range(10))], schema=schema)
    made = redactor(f'column = "a"\nkind = "email"\nscope = "{scope}"\noperator = "{operator}"').edit("s", "t", batch)
    assert CANARY.encode() in leftovers(batch)
    assert CANARY.encode() not in leftovers(made)
    assert made.schema.metadata is None
    assert made.schema.field("a").metadata == {b"PARQUET:field_id": b"7"}


# What stays


def same_memory(one: pa.Array, two: pa.Array) -> bool:
    addresses = [[buffer.address if buffer else 0 for buffer in array.buffers()] for array in (one, two)]
    return addresses[0] == addresses[1] and (one.type, one.offset, len(one)) == (two.type, two.offset, len(two))


@pytest.mark.parametrize(
    "array", [*OTHER_TYPES, *(array for array, _, _ in NESTED), TEXT[1:3]], ids=lambda array: str(array.type)
)
def test_a_column_that_is_not_planned_is_the_very_same_array(array: pa.Array) -> None:
    batch = pa.RecordBatch.from_arrays([pa.array([CANARY] * len(array)), array], names=["a", "b"])
    made = redactor('column = "a"\nkind = "email"').edit("s", "t", batch)
    assert made.column(0).to_pylist() == ["<EMAIL>"] * len(array)
    assert same_memory(made.column(1), array)


def test_a_batch_in_which_nothing_is_planned_is_the_very_same_batch() -> None:
    batch = pa.RecordBatch.from_arrays([TEXT], schema=pa.schema([("b", pa.string())], metadata={"k": "v"}))
    assert redactor('column = "a"').edit("s", "t", batch) is batch
    assert redactor('column = "b"\noperator = "keep"').edit("s", "t", batch) is batch


def test_two_columns_of_one_name_are_both_replaced() -> None:
    batch = pa.RecordBatch.from_arrays([TEXT, TEXT], names=["a", "a"])
    made = redactor('column = "a"\nkind = "email"\noperator = "redact"').edit("s", "t", batch)
    assert [column.to_pylist() for column in made.columns] == [["", None, "", "", ""]] * 2


def test_every_batch_of_a_table_comes_back_in_one_schema() -> None:
    rules = ['column = "a"\noperator = "mask"\nkind = "age"', 'column = "b"\nscope = "text"', 'column = "c"\noperator = "redact"']
    work = redactor(*rules)
    schema = pa.schema(
        [pa.field("a", pa.int64(), nullable=False), ("b", pa.float64()), pa.field("c", pa.date32(), nullable=False)]
    )
    full = pa.RecordBatch.from_pylist([{"a": 1, "b": 1.5, "c": dt.date(1990, 1, 1)}], schema=schema)
    made = [work.edit("s", "t", batch).schema for batch in (full, full[:0], full)]
    assert made[0] == made[1] == made[2]
    assert made[0].field("c").nullable


def test_rules_meet_by_source_table_and_column_and_the_first_decides() -> None:
    work = redactor(
        'source = "x/*.csv"\ncolumn = "a"\noperator = "keep"',
        'table = "t?"\ncolumn = "[ab]"\nkind = "email"\noperator = "replace"',
        'column = "a"\nkind = "city"\noperator = "replace"',
    )
    batch = pa.record_batch({"a": ["v"]})
    cells = [work.edit(*place, batch).column(0)[0].as_py() for place in (("x/1.csv", "t1"), ("y", "t1"), ("y", "u"))]
    assert cells == ["v", "<EMAIL>", "<CITY>"]


# What the plan does not know


UNKNOWN = [
    pytest.param('[[table]]\ncolumns = ["a"]', {"a": ["x"], "new": [CANARY]}, "t.new", id="a new column"),
    pytest.param('[[table]]\ntable = "u"\ncolumns = ["*"]', {"new": [CANARY]}, "t.new", id="a new table"),
    pytest.param('[[table]]\nsource = "other"\ncolumns = ["*"]', {"new": [CANARY]}, "t.new", id="another source"),
    pytest.param("", {"new": [CANARY]}, "t.new", id="a plan that lists nothing"),
    pytest.param('[[table]]\ncolumns = ["s.old"]', {"s": [{"old": "x", "new": CANARY}]}, "t.s.new", id="a new field"),
]


@pytest.mark.parametrize(("rest", "columns", "named"), UNKNOWN)
def test_a_column_that_the_plan_never_saw_is_refused(rest: str, columns: Any, named: str) -> None:
    with pytest.raises(RedactionError, match=f"^s {named}: .*scan again") as caught:
        redactor(rest=rest).edit("s", "t", pa.record_batch(columns))
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("rest", "columns"),
    [
        ('[[table]]\ncolumns = ["a.b", "a"]', {"a.b": ["x"], "a": ["y"]}),
        ('[[table]]\ncolumns = ["s"]', {"s": [{"any": "x"}]}),
        ('[[table]]\ncolumns = ["s.any.thing"]', {"s": [{"any": [{"thing": "x"}]}]}),
        ('[[table]]\ncolumns = ["price [EUR]"]', {"price [EUR]": [1]}),
        ('[[column]]\ncolumn = "x"\noperator = "keep"', {"x": [{"any": "x"}]}),
    ],
)
def test_a_column_that_the_plan_names_is_taken(rest: str, columns: Any) -> None:
    batch = pa.record_batch(columns)
    assert redactor(rest=rest).edit("s", "t", batch) is batch


def test_in_a_table_that_was_only_sampled_every_cell_is_looked_at() -> None:
    rest = '[[table]]\ncolumns = ["*"]\nwithout_rule = "examine"\n'
    columns = {
        "a": ["x"],
        "b": [f"so {CANARY}"],
        "n": [4930123456],
        "d": [dt.date(1990, 1, 1)],
        "k": [CANARY],
        "s": [{"t": CANARY}],
    }
    work = redactor('column = "a"\nkind = "city"\noperator = "replace"', 'column = "k"\noperator = "keep"', rest=rest)
    made = work.edit("s", "t", pa.record_batch(columns))
    assert made.to_pylist() == [
        {"a": "<CITY>", "b": "so <EMAIL>", "n": "4930123456", "d": dt.date(1990, 1, 1), "k": CANARY, "s": {"t": "<EMAIL>"}}
    ]


@pytest.mark.parametrize(
    "text", ['[[column]]\ncolumn = "a"\nscope = "text"', '[[table]]\ncolumns = ["*"]\nwithout_rule = "examine"']
)
def test_a_plan_that_looks_inside_texts_needs_something_to_look_with(text: str) -> None:
    with pytest.raises(ConfigError, match="nothing to look with"):
        Redactor(load_plan(text))


def test_a_plan_that_needs_a_key_is_refused_before_anything_is_written() -> None:
    with pytest.raises(ConfigError, match="key_file"):
        Redactor(load_plan(plan_text('column = "a"\nkind = "email"\noperator = "pseudonym"')))


def test_an_edit_names_its_source_by_itself() -> None:
    batch = pa.record_batch({"a": [CANARY]})
    edit = redactor('source = "s"\ncolumn = "a"\nkind = "email"', rest="").editor("s")
    assert edit("t", batch).column(0).to_pylist() == ["<EMAIL>"]


def test_what_was_removed_is_told_to_who_asks_and_shows_in_no_repr() -> None:
    removed: set[str] = set()
    rules = [
        'column = "a"\nkind = "email"',
        'column = "b"\nscope = "text"',
        'column = "c"\npath = "k"\nkind = "age"',
        'column = "d"\noperator = "redact"',
    ]
    work = redactor(*rules, removed=removed)
    work.edit(
        "s",
        "t",
        pa.record_batch(
            {"a": ["one", None, ""], "b": ["to x@y.org", "unreadable", "z"], "c": ['{"k": "two"}'] * 3, "d": [1, 2, 2]}
        ),
    )
    assert removed == {"one", "x@y.org", "unreadable", "two", "1", "2"}
    assert "x@y.org" not in repr(work)


CELLS = st.lists(st.none() | st.text(alphabet=st.characters(codec="utf-8"), max_size=8), max_size=12)


@settings(max_examples=60, deadline=None)
@given(CELLS, CELLS, st.integers(0, 4), st.sampled_from(["replace", "mask", "redact", "pseudonym"]))
def test_rows_keep_their_place_and_nulls_and_blanks_stay(planned: Any, other: Any, start: int, operator: str) -> None:
    size = min(len(planned), len(other))
    batch = pa.record_batch([pa.array(planned[:size], pa.string()), pa.array(other[:size], pa.string())], names=["a", "b"])[
        start:
    ]
    made = redactor(f'column = "a"\nkind = "email"\noperator = "{operator}"').edit("s", "t", batch)
    assert made.column(1).to_pylist() == other[:size][start:]
    for before, after in zip(batch.column(0).to_pylist(), made.column(0).to_pylist(), strict=True):
        assert (after == before) is (before in {None, ""}) or set(before or "") == {"*"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.text(alphabet='ab@. {}[]":,é', max_size=20), max_size=8))
def test_text_in_which_nothing_is_found_stays_byte_for_byte(texts: list[str | None]) -> None:
    plan = load_plan(plan_text('column = "a"\nscope = "text"'))
    work = Redactor(plan, lambda given: [[] for _ in given])
    batch = pa.record_batch([pa.array(texts, pa.string())], names=["a"])
    assert work.edit("s", "t", batch).column(0).to_pylist() == texts


def test_paths_of_leaves_are_those_that_the_scan_tells() -> None:
    from pii_scan.values import cells

    kind = pa.struct({"x": pa.list_(pa.struct({"y": pa.string()})), "m": pa.map_(pa.string(), pa.int8()), "z": pa.int8()})
    batch = pa.RecordBatch.from_arrays([pa.array([{"x": [{"y": "v"}], "m": [("k", 1)], "z": 1}], kind)], names=["a"])
    assert sorted(found.path for found in cells(batch, lambda _: True)) == sorted(rebuild.leaf_paths(kind))


def test_foreign_errors_never_pass() -> None:
    class OddError(Exception):
        pass

    def odd(_: Sequence[str]) -> list[list[Span] | None]:
        raise OddError(CANARY)

    work = Redactor(load_plan(plan_text('column = "a"\nscope = "text"')), odd)
    with pytest.raises(PiiScanError) as caught:
        work.edit("s", "t", pa.record_batch({"a": [CANARY]}))
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(("operator", "limit"), [("replace", 0.5), ("redact", 0.5), ("mask", 6.0), ("pseudonym", 8.0)])
def test_a_column_of_many_distinct_cells_is_quick(operator: str, limit: float) -> None:
    batch = pa.record_batch({"a": pa.array([f"person{number}@example.org" for number in range(200_000)])})
    work = redactor(f'column = "a"\nkind = "email"\noperator = "{operator}"')
    start = time.process_time()
    work.edit("s", "t", batch)
    assert time.process_time() - start < limit
