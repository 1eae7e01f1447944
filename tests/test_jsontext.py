"""JSON texts edited in place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.jsontext import Node, chosen, is_json, nodes, replaced

LEAVES = [
    ('{"a": 1}', [("a", "key", "a"), ("a", "number", "1")]),
    ('{"a": {"b": ["x", {"c": null}]}}', [("a.b", "string", "x"), ("a.b.c", "null", "null")]),
    ('[{"a": true}, -1.5e3, []]', [("a", "flag", "true"), ("", "number", "-1.5e3")]),
    ('{"a": "q\\"{\\u00e9}, [", "b": "\\\\"}', [("a", "string", 'q"{é}, ['), ("b", "string", "\\")]),
    ('{"": {"x": 1}, "d.e": 2}', [("x", "number", "1"), ("d.e", "number", "2")]),
    ('{"a": 1, "a": 2}', [("a", "number", "1"), ("a", "number", "2")]),
]


@pytest.mark.parametrize(("text", "expected"), LEAVES)
def test_every_leaf_is_found_at_its_path(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = [(node.path, node.what, node.value(text)) for node in nodes(text)]
    for leaf in expected:
        assert leaf in found


@pytest.mark.parametrize("text", ['{"a": 1}', "[]", " [1] ", '{"n": NaN}', '{"n": ' + "9" * 5000 + "}"])
def test_objects_and_arrays_are_json(text: str) -> None:
    assert is_json(text)


@pytest.mark.parametrize("text", ["", "1", '"a"', "{", "{'a': 1}", "[1", '{"a": 1} x', "[see note] call", "[" * 100_000])
def test_other_texts_are_not_json(text: str) -> None:
    assert not is_json(text)


REPLACED = [
    ('{ "a" :  "x" , "b": 1.0}', "a", "<A>", '{ "a" :  "<A>" , "b": 1.0}'),
    ('{"a": 7}', "a", None, '{"a": null}'),
    ('{"a": {"b": "x"}}', "a", "<A>", '{"a": "<A>"}'),
    ('{"a": ["x", "y"]}', "a", "<A>", '{"a": ["<A>", "<A>"]}'),
    ('{"é": "x"}', "é", "ü", '{"é": "ü"}'),
    ('{"e": "x"}', "e", "ü", '{"e": "\\u00fc"}'),
    ('{"é": "x"}', "é", "\ud800", '{"é": "\\ud800"}'),
]


@pytest.mark.parametrize(("text", "path", "new", "expected"), REPLACED)
def test_a_leaf_is_replaced_and_every_other_byte_stays(text: str, path: str, new: str | None, expected: str) -> None:
    at = chosen(text, lambda node: node.path == path and node.what != "key")
    assert replaced(text, [(node, new) for node in at]) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)
DOCUMENTS = st.dictionaries(st.text(max_size=5), JSON, max_size=5) | st.lists(JSON, max_size=5)


def scalars(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for child in value.values() for leaf in scalars(child)]
    return [leaf for child in value for leaf in scalars(child)] if isinstance(value, list) else [value]


@given(DOCUMENTS, st.booleans(), st.sampled_from([None, 2]))
def test_the_leaves_are_those_that_the_json_module_reads(document: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent)
    found = [json.loads(text[node.start : node.end]) for node in nodes(text) if node.what not in {"key", "object"}]
    assert found == scalars(document)


@given(DOCUMENTS, st.booleans())
def test_replacing_every_leaf_by_itself_changes_no_meaning_and_by_nothing_no_byte(document: Any, ascii_only: bool) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only)
    strings = chosen(text, lambda node: node.what == "string")
    assert json.loads(replaced(text, [(node, node.value(text)) for node in strings])) == document
    assert replaced(text, []) == text


@given(DOCUMENTS)
def test_replacing_all_texts_leaves_none(document: Any) -> None:
    text = json.dumps(document)
    at = chosen(text, lambda node: node.what == "string")
    made = json.loads(replaced(text, [(node, "<X>") for node in at]))
    assert {leaf for leaf in scalars(made) if isinstance(leaf, str)} <= {"<X>"}


def test_what_lies_in_a_replaced_object_goes_with_it() -> None:
    text = '{"a": {"b": "x"}, "c": "y"}'
    both = [node for node in nodes(text) if node.path in {"a", "a.b"} and node.what in {"object", "string"}]
    assert replaced(text, [(node, node.path) for node in both]) == '{"a": "a", "c": "y"}'
    assert [node.path for node in chosen(text, lambda node: node in both)] == ["a"]


def test_a_node_shows_no_value() -> None:
    assert "secret" not in repr(nodes('{"a": "secret"}'))
    assert Node("a", 0, 1, "string").path == "a"
