"""Sorting many texts at once lets through whatever a recognizer finds, and nothing that the text alone would not bring up."""

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pii_scan.folding import fold
from pii_scan.prefilter import Prefilter
from pii_scan.presidio import Engine
from pii_scan.recognizers.catalogue import load
from pii_scan.recognizers.generic import FILES
from pii_scan.sorting import Sorter

SAMPLES = [text for row in load(*FILES) for text in row.match]


@pytest.fixture(scope="session")
def prefilter(whole_engine: Engine) -> Prefilter:
    return Prefilter(whole_engine.recognizers)


@pytest.fixture(scope="session")
def sorter(prefilter: Prefilter) -> Sorter:
    return Sorter(prefilter)


def held(sorter: Sorter, prefilter: Prefilter, engine: Engine, texts: Sequence[str]) -> int:
    """How many finds there are in the texts; each finder must be in the sort of its text, and the sort among its candidates."""
    ids, sorts = sorter(pa.array(texts, pa.string()))
    finds = 0
    for text, number in zip(map(fold, texts), ids, strict=True):
        candidates = set(prefilter.candidates(text))
        assert set(sorts[number]) <= candidates
        found = {place for place, _ in engine.confirm(text, candidates)}
        assert found <= set(sorts[number]), [engine.recognizers[place].supported_entities for place in found - set(sorts[number])]
        finds += len(found)
    return finds


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(st.one_of(st.text(min_size=1), st.sampled_from(SAMPLES)), max_size=12))
def test_any_texts(texts: list[str], sorter: Sorter, prefilter: Prefilter, whole_engine: Engine) -> None:
    held(sorter, prefilter, whole_engine, texts)


@pytest.mark.parametrize("around", ["{}", "bitte {} prüfen, danke", "call {}, please.", "№ {}", "{0} {0}", "番号は{}です"])
def test_samples_of_every_generic_row(around: str, sorter: Sorter, prefilter: Prefilter, whole_engine: Engine) -> None:
    texts = [around.format(text) for text in SAMPLES]
    assert held(sorter, prefilter, whole_engine, texts) > len(texts) // 2


def test_one_text_does_not_lend_its_words_to_the_next(sorter: Sorter) -> None:
    texts = ["multiple", "sclerosis", "multiple sclerosis", "", "multiple", " sclerosis"]
    ids, sorts = sorter(pa.array(texts))
    assert [bool(len(sorts[number]) > len(sorts[ids[0]])) for number in ids] == [False, False, True, False, False, False]


def test_a_part_of_an_array_is_sorted_like_the_whole(sorter: Sorter) -> None:
    texts = pa.array([*SAMPLES, "é", "Москва", "x\x00y", "ünï\x00"])
    whole = sorter(texts)
    part = sorter(texts.slice(3))
    assert [part.sorts[number] for number in part.ids] == [whole.sorts[number] for number in whole.ids[3:]]


def test_real_texts(sorter: Sorter, prefilter: Prefilter, whole_engine: Engine, data: Path) -> None:
    lines = (data / "span_presidio_unit_tests.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    assert held(sorter, prefilter, whole_engine, [text for text in texts if text]) > len(texts) // 2
