"""What every test may use."""

import gc
import os
import tempfile
from pathlib import Path

import pytest

from pii_scan.model import Catalogue
from pii_scan.presidio import Engine, engine
from pii_scan.recognizers.searches import Search
from pii_scan.registry import InstalledRules

os.environ.setdefault("PII_SCAN_CACHE", str(Path(tempfile.gettempdir()) / "pii-scan-tests"))  # not the user's

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def rules() -> InstalledRules:
    return InstalledRules()


@pytest.fixture(scope="session")
def known(rules: InstalledRules) -> Catalogue:
    return rules.load()[1]


@pytest.fixture(scope="session")
def whole_engine(rules: InstalledRules) -> Engine:
    """Every installed recognizer, no NER model."""
    parts, catalogue = rules.load()
    return engine(parts, catalogue.entities, ner=False)


@pytest.fixture
def data() -> Path:
    if not DATA.is_dir():
        pytest.skip("no ../shared/data")
    return DATA


@pytest.fixture
def nothing_remembered() -> None:
    """Shapes that other tests asked forget what they were asked."""
    for one in gc.get_objects():
        if isinstance(one, Search):
            one.forget()
