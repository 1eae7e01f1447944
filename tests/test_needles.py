"""A million values are looked for at once, and every one that is there is found, none that is not."""

from __future__ import annotations

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlencode

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.blobs import Stream
from pii_scan.hashed import TELLING, keys_of
from pii_scan.hashing import hashes, keys, windows
from pii_scan.needles import Needles
from pii_scan.proof import seen
from pii_scan.removed import Removed, taken_out
from pii_scan.unfolding import views

MANY = int(os.environ.get("PII_SCAN_MANY", "100000"))
"""A release is tried with 1000000."""


def found(values: list[str], blob: bytes, *, bounded: bool = False) -> set[str]:
    needles = Needles(values, bounded=bounded)
    keys: set[int] = set()
    for block in needles.blocks(blob):
        keys |= set(needles.hits(block).values.tolist())
    known = dict(zip(keys_of(pa.array(values, pa.large_string())).tolist(), values, strict=True))
    return {known[key] for key in keys}


def test_of_very_many_values_those_that_are_there_are_found_and_no_other() -> None:
    values = [f"person.{number:x}@example{number % 97}.org" for number in range(MANY)]
    planted = values[:: MANY // 500]
    near = "".join(f"person.{number:x}@example{(number + 1) % 97}.org\n" for number in range(0, MANY, 7))
    assert found(values, near.encode()) == set()
    assert found(values, (near[: len(near) // 2] + "|".join(planted) + near[len(near) // 2 :]).encode()) == set(planted)


@given(st.lists(st.text(min_size=4, max_size=30), min_size=1, max_size=20, unique=True), st.binary(max_size=50), st.data())
def test_whatever_a_value_is_it_is_found_where_it_stands(values: list[str], noise: bytes, data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(values))
    blob = noise + chosen.encode("utf-8", "surrogatepass") + noise
    assert chosen in found(values, blob)
    assert all(value.encode("utf-8", "surrogatepass") in blob for value in found(values, blob))


@pytest.mark.parametrize(
    ("blob", "is_there"),
    [
        (b"born 1985, they say", True),
        (b"219857", False),
        (b"x1985", False),
        (b"1985", True),
        (b"(1985)", True),
        ("é1985".encode(), False),
    ],
)
def test_short_values_and_numbers_stand_by_themselves(blob: bytes, is_there: bool) -> None:
    assert (found(["1985"], blob, bounded=True) == {"1985"}) is is_there


def test_a_number_of_more_digits_than_are_looked_for_is_found_by_those_that_are() -> None:
    long = "".join(str(place % 10) for place in range(150))
    assert found([long], f"is {long}, they say".encode(), bounded=True) == {long}
    assert found([long], f"is 9{long}, they say".encode(), bounded=True) == set()


@given(
    st.lists(st.text("0123456789", min_size=4, max_size=20), min_size=1, max_size=20, unique=True),
    st.lists(st.text("0123456789 x,é-", max_size=30), max_size=20),
)
def test_numbers_are_found_exactly_where_they_stand_by_themselves(values: list[str], texts: list[str]) -> None:
    text = "|".join([*texts, *values[::2]])
    alone = {number for number in re.findall(r"(?<!\w)[0-9]+(?!\w)", text) if number in values}
    assert found(values, text.encode(), bounded=True) == alone


VALUE = "zoë.o'hara+1@example.org"
FILL = b"Lorem 0123456789 ipsum dolor sit amet: 50% off! " * 400
WRITTEN: dict[str, tuple[bytes, str]] = {
    "percent": (quote(VALUE, safe="").encode(), "percent"),
    "percent, each byte": ("".join(f"%{byte:02x}" for byte in VALUE.encode()).encode(), "percent"),
    "a form": (urlencode({"name": "Zoë O'Hara Kestrel"}).encode(), "percent"),
    "a form without an escape": (b"name=Anna+Kestrel+Lovelace&x=1", "percent"),
    "JSON": (json.dumps(VALUE).encode(), "json"),
    "JSON, each unit": ("".join(f"\\u{ord(char):04X}" for char in VALUE).encode(), "json"),
    "a string of C": ("".join(f"\\x{byte:02x}" for byte in VALUE.encode()).encode(), "json"),
    "digits in groups": (b"card 4111-2222 3333.4444", "digits"),
    "digits behind a letter": (b"4111 2222 3333 4445x 0612 345 678", "digits"),
}
VALUES = [VALUE, "Zoë O'Hara Kestrel", "Anna Kestrel Lovelace", "4111222233334444", "0612345678"]


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("place", [0, 1, 4800, len(FILL)])
def test_what_is_escaped_somewhere_in_a_long_block_is_found_there(name: str, place: int) -> None:
    cell, way = WRITTEN[name]
    block = FILL[:place] + b" " + cell + b" " + FILL[place:]
    sightings = seen(Needles(VALUES, bounded=True), Stream("bytes", text=True, parts=[block]))
    assert [len(sightings[way])] == [1], sightings
    assert seen(Needles(VALUES, bounded=True), Stream("bytes", text=True, parts=[FILL])) == {}


@pytest.mark.parametrize("view", ["percent", "json"])
def test_a_number_that_is_cut_where_an_escape_ends_to_matter_does_not_stand_by_itself(view: str) -> None:
    escape = b"%41" if view == "percent" else b"\\u0041"
    for length in range(1500, 1580):
        block = b"9" * 3000 + b"," + b"x" * length + escape + b"x" * length + b"," + b"9" * 3000
        assert seen(Needles(["9" * size for size in range(4, 128)], bounded=True), Stream("b", text=True, parts=[block])) == {}


@given(st.binary(max_size=300), st.binary(min_size=1, max_size=300), st.binary(max_size=300))
def test_the_hash_of_a_stretch_does_not_tell_where_it_stands(before: bytes, block: bytes, after: bytes) -> None:
    def hash_of(blob: bytes, place: int) -> int:
        found = keys(windows(np.frombuffer(blob, np.uint8)), np.array([place]), np.array([len(block)]))
        return int(found[0])

    assert hash_of(before + block + after, len(before)) == hash_of(block, 0)


@given(st.binary(min_size=1, max_size=100), st.data())
def test_one_byte_more_less_or_other_gives_another_hash(block: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(block) - 1))
    other = block[:place] + bytes([block[place] ^ data.draw(st.integers(1, 255))]) + block[place + 1 :]
    made = [block, other, block + b"\0", block[:place] + block[place + 1 :]]
    found = [keys(windows(np.frombuffer(one, np.uint8)), np.array([0]), np.array([len(one)]))[0] for one in made if one]
    assert len(set(found)) == len({one for one in made if one})


def test_texts_of_any_length_have_hashes_of_all_their_bytes() -> None:
    sizes = [0, 1, 7, 8, 9, 15, 16, 17, 255, 256, 257, 5_000]
    texts = ["x" * size for size in sizes] + ["x" * (size - 1) + "y" for size in sizes if size]
    found = hashes(pa.array([*texts, None, None], pa.large_string())).tolist()
    assert len(set(found)) == len(texts) + 1
    again = hashes(pa.array(["before", *texts, None], pa.large_string()).slice(1)).tolist()
    assert again == found[:-1], "whatever stands before"


def test_a_number_inside_a_token_is_none() -> None:
    assert found(["123456789"], b"email_a123456789f", bounded=True) == set()


@given(st.binary(max_size=400))
def test_no_bytes_break_the_views(block: bytes) -> None:
    assert next(iter(views(block))).blob == block
    for view in views(block):
        assert isinstance(view.blob, bytes)


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("Ada Lovelace called.", "<PERSON_NAME> called.", ["Ada Lovelace"]),
        ("mail ada@example.org, or bob@example.org.", "mail <EMAIL>, or <EMAIL>.", ["ada@example.org", "bob@example.org"]),
        ("nothing", "nothing", []),
        ("all of it", "<REDACTED>", ["all of it"]),
        ("call +33 6 12 34 56 78 now", "call <PHONE> now", ["+33 6 12 34 56 78"]),
        ("", "x", []),
    ],
)
def test_what_was_taken_out_of_a_text_is_told_by_comparing(old: str, new: str, pieces: list[str]) -> None:
    assert list(taken_out(old, new)) == pieces


@pytest.mark.parametrize("most", [50, 333, 5_000])
def test_the_shares_of_too_many_values_are_all_of_them_and_each_once(most: int) -> None:
    everyone = [f"value {number}" for number in range(3_000)]
    held: list[int] = []
    shares, passes = [(0, 1)], 0
    while shares:
        removed = Removed(shares.pop(), most)
        for start in range(0, 3_000, 700):
            removed.add(pa.array(everyone[start : start + 900]), telling=start % 1400 == 0)
        shares += removed.left()
        assert len(removed.needles) <= most
        held += set(removed.needles.hits("\n".join(everyone).encode()).values.tolist())
        passes += 1
    assert sorted(held) == sorted(keys_of(pa.array(everyone)).tolist())
    assert (passes > 1) is (most < 3_000)


def test_what_tells_in_one_place_tells_in_all_and_counts_once() -> None:
    needles = Needles(["ada@example.org", "bob@example.org"])
    needles.add(pa.array(["bob@example.org", "eve@example.org"]), telling=True)
    assert len(needles) == 3
    traits = needles.traits(keys_of(pa.array(["ada@example.org", "bob@example.org", "eve@example.org"])))
    assert [bool(one & TELLING) for one in traits.tolist()] == [False, True, True]


def test_threads_that_ask_first_and_at_once_all_find() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            for _ in range(60):
                needles = Needles(["canary-1", "short"])
                block = b"x" * 5_000 + b" canary-1 and short ones"
                assert [len(found.values) for found in pool.map(needles.hits, [block] * 4)] == [2] * 4
    finally:
        sys.setswitchinterval(before)
