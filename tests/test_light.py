"""The start of a scan takes no more than it needs, and whatever is asked for later is there all the same."""

import json
import subprocess
import sys
import textwrap
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from pii_scan import light, server, shelf
from pii_scan.pipeline import installed_model

HEAVY = ("spacy", "pandas", "presidio_anonymizer", "pii_scan.plan", "pii_scan.outputs", "pii_scan.pairing")


def said(code: str, *arguments: str) -> str:
    """What a Python of its own prints."""
    made = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


def test_a_scan_imports_neither_spacy_nor_pandas_nor_what_copies_take(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("email,born\nada@example.org,1815-12-10\nalan@example.org,1912-06-23\n", "utf-8")
    code = f"""
        import sys
        from pii_scan.light import ours
        ours()
        from pii_scan.cli import run
        assert run(["scan", sys.argv[1], "--no-ner", "-q", "--format", "json"]) == 0
        print()
        print([name for name in {HEAVY!r} if name in sys.modules])
    """
    *report, heavy = said(code, str(tmp_path / "people.csv")).splitlines()
    assert heavy == "[]"
    assert {finding["kind"] for finding in json.loads("\n".join(report))["findings"]} >= {"email"}


@pytest.mark.parametrize(
    "asked",
    [
        "from presidio_analyzer import AnalyzerEngine as asked",
        "import presidio_analyzer; asked = presidio_analyzer.AnalyzerEngine",
        "from presidio_analyzer import *; asked = AnalyzerEngine",
        "light.wholly(); from presidio_analyzer.analyzer_engine import AnalyzerEngine as asked",
        "light.wholly(); from presidio_analyzer.nlp_engine import SpacyNlpEngine as asked",
        "from presidio_analyzer import predefined_recognizers; asked = predefined_recognizers.EmailRecognizer",
    ],
)
def test_the_rest_of_presidio_comes_when_it_is_asked_for(asked: str) -> None:
    code = """
        import sys
        from pii_scan import light
        light.ours()
        light.allow()
        light.lightly()
        from presidio_analyzer import EntityRecognizer, PatternRecognizer, RecognizerResult
        assert "spacy" not in sys.modules
        exec(sys.argv[1])
        import presidio_analyzer
        print("spacy" in sys.modules, isinstance(asked, type), presidio_analyzer.PatternRecognizer is PatternRecognizer)
    """
    assert said(code, asked).split() == ["True", "True", "True"]


@pytest.mark.skipif(not installed_model(), reason="no spaCy model is installed")
def test_a_model_comes_without_what_it_does_not_take_and_that_is_there_when_it_is_asked_for() -> None:
    code = """
        import sys
        from pii_scan import light
        light.ours()
        light.allow()
        light.lightly()
        from pii_scan.pipeline import installed_model, pipeline
        nlp = pipeline(installed_model())
        print([name for name in ("requests", "typer", "presidio_analyzer.nlp_engine", "spacy.cli") if name in sys.modules])
        assert {entity.label_ for entity in nlp("Yesterday Barbara Johnson flew to Berlin.").ents} >= {"PERSON", "GPE"}
        import spacy, spacy.cli
        assert spacy.info(silent=True)["spacy_version"] == spacy.__version__
        from presidio_analyzer import AnalyzerEngine
        from pii_scan.presidio import engine
        found = engine([], {}).analyzer().analyze("Yesterday Barbara Johnson flew to Berlin.", "en", entities=["PERSON"])
        print([one.entity_type for one in found])
    """
    assert said(code).splitlines() == ["[]", "['PERSON']"]


@pytest.mark.parametrize("before", ["", "light.ours()", "light.allow()", "light.ours(); light.allow(); import presidio_analyzer"])
def test_in_a_process_of_somebody_else_presidio_is_imported_as_ever(before: str) -> None:
    code = """
        import sys
        from pii_scan import light
        exec(sys.argv[1])
        light.lightly()
        light.without_pandas()
        from presidio_analyzer import PatternRecognizer
        import pyarrow, numpy
        pyarrow.array(numpy.zeros(1))
        print("spacy" in sys.modules, "pandas" in sys.modules or "import presidio_analyzer" in sys.argv[1])
    """
    assert said(code, before).split() == ["True", "True"]


def test_frames_are_read_where_pandas_came_late() -> None:
    code = """
        from pii_scan import light
        light.ours()
        light.allow()
        light.without_pandas()
        import pandas, pyarrow
        frame = pyarrow.table({"a": [1, None]}).to_pandas()
        print(type(frame) is pandas.DataFrame, pyarrow.array(frame["a"], from_pandas=True).null_count)
    """
    assert said(code).split() == ["True", "1"]


def test_a_strangers_part_gets_presidio_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint("csv", "pii_scan.connectors.csv:CsvConnector", "pii_scan.connectors")]
    monkeypatch.setattr(light, "entry_points", lambda: EntryPoints(points))
    assert light._is_all_ours()
    points.append(EntryPoint("theirs", "stranger.part:part", "pii_scan.recognizers"))
    assert not light._is_all_ours()


def test_tables_are_kept_as_they_were_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.VARIABLE, str(tmp_path / "cache"))
    text = '[[row]]\nname = "é"\nchance = 0.1\nwords = ["a", "b"]\n'
    read = {"row": [{"name": "é", "chance": 0.1, "words": ["a", "b"]}]}
    assert shelf.read_table(text) == shelf.read_table(text) == read
    (file,) = (tmp_path / "cache").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    for damaged in (b"", b"[]", b"\xff"):
        file.write_bytes(damaged)
        assert shelf.read_table(text) == read


def test_a_table_with_a_date_is_not_kept_and_no_toml_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.VARIABLE, str(tmp_path / "cache"))
    assert str(shelf.read_table("day = 2020-01-01\n")["day"]) == "2020-01-01"
    assert not (tmp_path / "cache").exists()
    with pytest.raises(ValueError, match="line 1"):
        shelf.read_table("= no key\n")


def test_the_server_begins_early_for_large_files_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "chosen", lambda: True)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(server, "_MUCH", 1_000)
    (tmp_path / "in").mkdir()
    (tmp_path / "small.csv").write_bytes(b"a" * 400)
    (tmp_path / "in" / "large.db").write_bytes(b"a" * 700)
    small, large = str(tmp_path / "small.csv"), f"sqlite:///{tmp_path / 'in' / 'large.db'}"
    assert not server.much([small])
    assert not server.much([large, str(tmp_path / "none.csv"), "postgresql://host/db", "-", "a\0b"])
    assert server.much([small, large])
    assert server.much([str(tmp_path)])
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert not server.much([str(tmp_path)])


def test_whoever_lists_what_there_is_to_read_imports_no_pandas_by_the_way() -> None:
    code = """
        import sys
        from pii_scan import light
        light.ours()
        light.allow()
        from pii_scan.gather import planned
        from pii_scan.settings import Settings
        planned([], Settings())
        import numpy as np
        import pyarrow as pa
        pa.array(np.zeros(3), mask=np.ones(3, bool))
        pa.array([None, "a"])
        print("pandas" in sys.modules)
    """
    assert said(code).split() == ["False"]
