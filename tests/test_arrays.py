"""What is done to arrays of texts at once is what would be done to each of them."""

import re
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pii_scan.arrays import holding, stretches, with_digits
from pii_scan.folding import FOLDING, fold
from pii_scan.glyphs import Table, codes_of, part_of, texts_of
from pii_scan.pieces import pieces, shortened
from pii_scan.sorts import Sorts, grouped

OUTLINES = st.lists(st.text("aA9 .,:", min_size=1, max_size=40), min_size=1, max_size=8)
TEXTS = st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6)


@settings(deadline=None)
@given(forms=OUTLINES, start=st.integers(0, 3))
def test_words_are_shortened_as_two_patterns_would(forms: list[str], start: int) -> None:
    made = shortened(pa.array(forms).slice(min(start, len(forms) - 1)), "a", 4, "\x03").to_pylist()
    words = [re.sub("a{4,}", "\x03", form) for form in forms[min(start, len(forms) - 1) :]]
    assert made == [re.sub("(?:\x03 )+\x03", "\x03 \x03", form) for form in words]


@settings(deadline=None)
@given(cuts=st.lists(st.text("\x03aA9 ,:", min_size=1, max_size=20), min_size=1, max_size=8))
def test_pieces_lie_between_marks_and_keep_the_words_beside_them(cuts: list[str]) -> None:
    owners, found = pieces(pa.array(cuts), "\x03", ",:")
    made: list[set[str]] = [set() for _ in cuts]
    for owner, piece in zip(owners.tolist(), found.to_pylist(), strict=True):
        made[owner].add(piece)
    for cut, its in zip(cuts, made, strict=True):
        parts = cut.split("\x03")
        between = ["\x03" * (at > 0) + part + "\x03" * (at < len(parts) - 1) for at, part in enumerate(parts)]
        assert its == {piece for part in between for piece in re.split("[,:]", part) if piece}


@settings(deadline=None)
@given(texts=st.lists(st.text("ab@:", min_size=1), min_size=1))
def test_which_texts_hold_a_mark(texts: list[str]) -> None:
    held = holding(pa.array(texts), "@:")
    for mark in "@:":
        assert held[mark].tolist() == [place for place, text in enumerate(texts) if mark in text]


@settings(deadline=None)
@given(texts=TEXTS)
def test_code_points_are_the_text(texts: list[str]) -> None:
    bounds, codes = codes_of(pa.array(texts, pa.string()))
    assert texts_of(bounds, codes).to_pylist() == texts
    folded = Table(lambda code: ord(chr(code).translate(FOLDING)))(codes)
    assert texts_of(bounds, folded).to_pylist() == [fold(text) for text in texts]
    wanted = np.arange(len(texts)) % 2 == 0
    assert texts_of(*part_of(bounds, codes, wanted)).to_pylist() == texts[::2]


HITS = st.lists(st.tuples(st.integers(0, 5), st.sets(st.integers(0, 9))), max_size=8)


def as_arrays(hits: Iterable[tuple[int, set[int]]]) -> list[tuple[int, "np.ndarray[tuple[int], np.dtype[np.int64]]"]]:
    return [(place, np.array(sorted(texts), np.int64)) for place, texts in hits]


@settings(deadline=None)
@given(bases=st.lists(st.sets(st.integers(0, 5)), min_size=10, max_size=10), hits=HITS)
def test_a_sort_is_all_that_was_said_of_a_text(bases: list[set[int]], hits: list[tuple[int, set[int]]]) -> None:
    sorts = Sorts()
    sorts.number((99,))
    known = sorts.numbered(tuple(sorted(base)) for base in bases)
    made = sorts.joined(known, as_arrays(hits))
    for text, base in enumerate(bases):
        places = base | {place for place, texts in hits if text in texts}
        assert sorts.listed[made[text]] == tuple(sorted(places))
    assert len(set(sorts.listed)) == len(sorts.listed)
    assert sorts.joined(known, as_arrays(hits)).tolist() == made.tolist(), "what was made once is made again"


def test_sorts_that_are_forgotten_still_stand_for_what_they_did() -> None:
    sorts = Sorts()
    ids, listed = sorts.numbered([(1, 2), (3,)]), sorts.listed
    sorts.forget()
    assert sorts.numbered([(4,)]).tolist() == [0]
    assert [listed[number] for number in ids] == [(1, 2), (3,)]


@settings(deadline=None)
@given(
    one=st.lists(st.sets(st.integers(0, 5)), min_size=4, max_size=4),
    two=st.lists(st.sets(st.integers(0, 5)), min_size=4, max_size=4),
)
def test_two_sortings_are_united(one: list[set[int]], two: list[set[int]]) -> None:
    sorts = Sorts()
    first, second = (sorts.numbered(tuple(sorted(places)) for places in each) for each in (one, two))
    made = sorts.united(first, second)
    assert [set(sorts.listed[number]) for number in made] == [this | that for this, that in zip(one, two, strict=True)]


@settings(deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 300_000), st.integers(0, 5)), max_size=20))
def test_texts_are_grouped_by_key(pairs: list[tuple[int, int]]) -> None:
    pairs.sort(key=lambda pair: pair[1])
    keys, texts = (np.array([pair[which] for pair in pairs], np.int64) for which in (0, 1))
    found = {key: some.tolist() for key, some in grouped(keys, texts)}
    assert found == {key: sorted({text for other, text in pairs if other == key}) for key in {key for key, _ in pairs}}


@settings(deadline=None)
@given(texts=st.lists(st.text(max_size=9), max_size=20), most=st.integers(1, 30))
def test_stretches_hold_every_text_once_and_no_more_bytes_than_they_may(texts: list[str], most: int) -> None:
    array = pa.array(["before", *texts], pa.string()).slice(1)
    parts = [array[some].to_pylist() for some in stretches(array, most)]
    assert [text for part in parts for text in part] == texts
    assert all(part for part in parts)
    assert all(len(part) == 1 or sum(len(text.encode()) for text in part) <= most for part in parts)


def test_empty_texts_hold_nothing() -> None:
    texts = pa.array(["", "a1", "", "b", "2", ""])
    assert with_digits(texts).tolist() == [False, True, False, False, True, False]
    assert {mark: found.tolist() for mark, found in holding(texts, "ab").items()} == {"a": [1], "b": [3]}
    assert with_digits(pa.array([], pa.string())).tolist() == []
