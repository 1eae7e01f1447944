"""What is kept of the program's own tables is what would be made, whatever happens to the file."""

from pathlib import Path

import pytest

from pii_scan import shelf
from pii_scan.shelf import read_table, remembered


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(shelf.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def refused() -> object:
    raise AssertionError("nothing is made again")


@pytest.mark.usefixtures("folder")
def test_what_is_kept_is_not_made_again() -> None:
    assert remembered("a", lambda: {"b": ["é", 1]}) == {"b": ["é", 1]}
    assert remembered("a", refused) == {"b": ["é", 1]}
    assert remembered("b", lambda: 2) == 2


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b"null", b"\xff", b"0" * 32 + b"\n[1]", b'["b"]\n["b"]'])
def test_a_damaged_file_is_made_again(folder: Path, damaged: bytes) -> None:
    remembered("a", lambda: ["b"])
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damaged)
    assert remembered("a", lambda: ["b"]) == ["b"]
    assert file.read_bytes() == whole


def test_a_changed_file_is_made_again(folder: Path) -> None:
    remembered("a", lambda: ["b"])
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes().replace(b'"b"', b'"c"'))
    assert remembered("a", lambda: ["b"]) == ["b"]


def test_a_table_with_dates_is_read_anew(folder: Path) -> None:
    assert read_table("a = 1") == {"a": 1}
    assert read_table("b = 2026-11-26") == read_table("b = 2026-11-26")
    assert len(list(folder.iterdir())) == 1


def test_without_a_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.VARIABLE, "")
    assert [remembered("a", lambda made=made: made) for made in (1, 2)] == [1, 2]  # type: ignore[misc]
