"""What is kept about patterns is what would be worked out, whatever happens to the file."""

from pathlib import Path

import pytest

from pii_scan import kept, shelf
from pii_scan.prefilter import Prefilter
from pii_scan.presidio import Engine
from pii_scan.tiers import Tiers, patterns_of

PATTERNS = [
    (0, r"\b[0-9]{8}[A-Z]\b", 0, False),
    (1, r"(?i)\bmultiple sclerosis\b", 0, False),
    (2, r"\bжена\b", 2, False),
    (3, r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}\b", 0, True),
    (4, r"[(]?[0-9]{6,9}[)]?", 0, False),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(shelf.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def worked_out() -> Tiers:
    made = Tiers()
    for place, pattern, flags, own in PATTERNS:
        made.add(place, pattern, flags, own=own)
    return made


def test_what_is_kept_comes_back_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept.tiers(PATTERNS) == worked_out()
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(Tiers, "add", None)  # nothing is worked out again
    assert kept.tiers(iter(PATTERNS)) == worked_out_once


worked_out_once = worked_out()


def test_other_patterns_are_another_file(folder: Path) -> None:
    kept.tiers(PATTERNS)
    kept.tiers(PATTERNS[:2])
    assert len(list(folder.iterdir())) == 2
    assert [one.place for one in kept.tiers(PATTERNS[:2]).worded] == [1]


def test_few_files_are_kept(folder: Path) -> None:
    for number in range(1, 8):
        kept.tiers([(number, r"\b[0-9]{8}\b", 0, False)])
    assert len(list(folder.iterdir())) == 4


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b"{}", b"null", b'{"pieced":[[1]]}', b"\xff"])
def test_a_damaged_file_is_worked_out_again(folder: Path, damaged: bytes) -> None:
    kept.tiers(PATTERNS)
    (file,) = folder.iterdir()
    file.write_bytes(damaged)
    assert kept.tiers(PATTERNS) == worked_out_once
    assert file.read_bytes() != damaged


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(shelf.VARIABLE, str(tmp_path / "file" / "cache"))
    assert kept.tiers(PATTERNS) == worked_out_once


def test_none_is_used_where_none_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.VARIABLE, "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kept.tiers(PATTERNS) == worked_out_once
    assert not list(tmp_path.iterdir())


def test_every_pattern_of_every_recognizer_survives_it(whole_engine: Engine, folder: Path) -> None:
    fresh = Prefilter(whole_engine.recognizers)
    again = Prefilter(whole_engine.recognizers)
    assert len(list(folder.iterdir())) == 1
    for recognizer in whole_engine.recognizers[::9]:
        for pattern, _ in list(patterns_of(recognizer))[:1]:
            assert fresh.candidates(pattern) == again.candidates(pattern)
