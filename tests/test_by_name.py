"""What has no form of its own is looked for only where a column is called after it, and found there."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest

from pii_scan.by_name import ByName, places
from pii_scan.classify import classify, cleared
from pii_scan.detect import Detector
from pii_scan.errors import RecognizerError
from pii_scan.model import Catalogue, Evidence, Unit
from pii_scan.prefilter import Prefilter
from pii_scan.presidio import Engine
from pii_scan.recognizers import catalogue, identifiers
from pii_scan.settings import Settings

ROWS = [row for row in catalogue.load(*identifiers.FILES) if row.named]
WKN = ["A1ZZ07", "B7QK22", "902417", "A9ZZ7Q", "ZYX123", "514099"]


def evidence(engine: Engine, known: Catalogue, name: str, values: Sequence[str], table: str = "positions") -> Evidence:
    batch = pa.RecordBatch.from_arrays([pa.array(values, pa.string())], names=[name])
    return Detector(engine, known, Settings(ner=False).detection).examine(Unit("there", table), [batch])


def tallied(engine: Engine, known: Catalogue, name: str, values: Sequence[str]) -> dict[str, int]:
    (seen,) = evidence(engine, known, name, values).columns.values()
    return {entity: tally.cells for entity, tally in seen.tallies.items()}


@pytest.mark.parametrize("name", ["wkn", "WKN", "fund_wkn", "Wertpapierkennnummer", "wkn_nr"])
def test_a_column_called_after_them_is_asked(name: str, whole_engine: Engine, known: Catalogue) -> None:
    assert tallied(whole_engine, known, name, WKN)["DE_WKN"] == len(WKN)


@pytest.mark.parametrize("name", ["c7", "code", "value", "order_no", "wknd", "wkn_updated_at"])
def test_no_other_column_is(name: str, whole_engine: Engine, known: Catalogue) -> None:
    assert "DE_WKN" not in tallied(whole_engine, known, name, WKN)


@pytest.mark.parametrize("row", ROWS, ids=[row.entity.name for row in ROWS])
def test_every_such_row_is_found_under_each_of_its_names(row: catalogue.Row, whole_engine: Engine, known: Catalogue) -> None:
    asked = ByName(whole_engine.recognizers, known)
    for header in row.entity.headers:
        found = {name for place in asked(header, "t") for name in whole_engine.recognizers[place].supported_entities}
        assert row.entity.name in found, header
    seen = tallied(whole_engine, known, row.entity.headers[0], row.match)
    assert seen[row.entity.name] == len(row.match)


def test_a_column_of_them_is_cleared_as_one_of_things(whole_engine: Engine, known: Catalogue) -> None:
    seen = evidence(whole_engine, known, "wkn", WKN)
    assert not [finding for finding in classify(seen, known) if finding.band in {"likely", "certain"}]
    assert [clear.entity for clear in cleared(seen, known)] == ["DE_WKN"]


def test_no_text_makes_a_candidate_of_them(whole_engine: Engine) -> None:
    prefilter, by_name = Prefilter(whole_engine.recognizers), {*places(whole_engine.recognizers)}
    assert by_name
    for row in ROWS:
        for text in row.match:
            assert by_name.isdisjoint(prefilter.candidates(text))


def test_where_no_row_is_asked_by_name_nothing_is_read(whole_engine: Engine, known: Catalogue) -> None:
    others = [one for one in whole_engine.recognizers if not getattr(one, "named", False)]
    assert ByName(others, known)("wkn", "t") == ()


def test_a_row_asked_by_name_needs_names(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "x.toml").write_text(
        '[[identifier]]\nentity = "X"\nkind = "none"\nnamed = true\nlabel = "x"\nshape = "x"\nmatch = ["x"]\nreject = ["y"]\n'
        'source = "s"\n'
    )
    monkeypatch.setattr(catalogue, "FOLDER", folder)
    with pytest.raises(RecognizerError, match="by name only"):
        catalogue.load("x.toml")
