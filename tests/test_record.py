"""Evidence survives the way to disk exactly; values do not get there."""

from __future__ import annotations

import dataclasses
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.errors import ConfigError
from pii_scan.model import Column, ColumnEvidence, Evidence, Remark, Skipped, TableFacts, Tally, Texture
from pii_scan.record import dump, load

NAMES = st.text(st.characters(codec="utf-8"), max_size=12)
COUNTS = st.integers(0, 10**12)
COLUMNS = st.builds(Column, NAMES, NAMES, NAMES, NAMES)
TALLIES = st.dictionaries(NAMES, st.builds(Tally, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS), max_size=4)
TEXTURES = st.builds(Texture, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
SEEN = st.builds(
    ColumnEvidence,
    NAMES,
    COUNTS,
    COUNTS,
    COUNTS,
    st.binary(max_size=64),
    TEXTURES,
    TALLIES,
)
FACTS = st.builds(TableFacts, COUNTS, st.lists(st.tuples(NAMES, NAMES), max_size=2).map(tuple), COUNTS, COUNTS)
EVIDENCE = st.builds(
    Evidence,
    st.dictionaries(COLUMNS, SEEN, max_size=4),
    st.dictionaries(st.tuples(NAMES, NAMES), FACTS, max_size=3),
    st.lists(st.builds(Skipped, NAMES, NAMES, NAMES, NAMES, NAMES, NAMES), max_size=3).map(tuple),
    st.lists(st.builds(Remark, NAMES, NAMES, NAMES, NAMES), max_size=3).map(tuple),
)


@given(EVIDENCE)
def test_what_comes_back_is_what_was_stored(evidence: Evidence) -> None:
    assert load(dump(evidence)) == evidence


@given(EVIDENCE)
def test_the_same_evidence_gives_the_same_bytes_in_any_order(evidence: Evidence) -> None:
    turned = {
        column: dataclasses.replace(seen, tallies=dict(reversed(seen.tallies.items())))
        for column, seen in reversed(evidence.columns.items())
    }
    assert dump(dataclasses.replace(evidence, columns=turned)) == dump(evidence)


@given(EVIDENCE, EVIDENCE)
def test_stored_evidence_adds_up_like_fresh_evidence(one: Evidence, other: Evidence) -> None:
    assert load(dump(one)) + load(dump(other)) == one + other


def test_a_file_name_that_is_no_text_survives() -> None:
    evidence = Evidence(skipped=(Skipped("exports/caf\udce9.csv", "file", "cannot be opened"),))
    assert load(dump(evidence)) == evidence


def test_every_field_of_the_evidence_is_stored_or_known_to_be_dropped() -> None:
    stored = {"type", "cells", "nulls", "examined", "registers", "texture", "tallies"}
    assert {field.name for field in dataclasses.fields(ColumnEvidence)} - stored == {"masked"}


def test_masked_examples_are_dropped() -> None:
    column = Column("s", "t", "mail")
    seen = ColumnEvidence("string", 1, masked={"EMAIL_ADDRESS": ("c*****@example.org",)})
    blob = dump(Evidence({column: seen}))
    assert load(blob).columns[column] == dataclasses.replace(seen, masked={})
    assert b"example.org" not in zlib.decompress(blob)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"not compressed",
        zlib.compress(b"not JSON"),
        zlib.compress(b"[]"),
        zlib.compress(b"null"),
        zlib.compress(b'{"format": 0}'),
        zlib.compress(b'{"format": 1, "columns": [[]], "tables": [], "skipped": [], "remarks": []}'),
        zlib.compress(b'{"format": 1, "columns": [], "tables": [], "skipped": [["a"]], "remarks": []}'),
        zlib.compress(b'{"format": 1, "columns": 3, "tables": [], "skipped": [], "remarks": []}'),
        dump(Evidence())[:-3],
    ],
)
def test_damaged_bytes_are_refused_in_our_own_words(damage: bytes) -> None:
    with pytest.raises(ConfigError, match="damaged") as caught:
        load(damage)
    assert caught.value.__cause__ is None


def test_bytes_after_a_flipped_bit_are_refused_or_unchanged() -> None:
    evidence = Evidence({Column("s", "t", "c"): ColumnEvidence("string", 10, registers=bytes(range(64)))})
    blob = dump(evidence)
    for place in range(2, len(blob)):
        flipped = bytearray(blob)
        flipped[place] ^= 1
        try:
            assert load(bytes(flipped)) == evidence
        except ConfigError:
            continue
