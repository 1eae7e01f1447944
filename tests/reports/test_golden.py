"""Each form of the sample reports, to the byte. `PII_SCAN_WRITE_GOLDEN=1` writes them anew: read the difference."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pii_scan.contracts import Writer
from pii_scan.reports.console import ConsoleWriter
from pii_scan.reports.csv import CsvWriter
from pii_scan.reports.html import HtmlWriter
from pii_scan.reports.json import JsonWriter
from pii_scan.reports.markdown import MarkdownWriter
from tests.reports import samples

GOLDEN = Path(__file__).with_name("golden")
FORMS: dict[str, Writer] = {
    "csv": CsvWriter(),
    "html": HtmlWriter(),
    "json": JsonWriter(),
    "md": MarkdownWriter(),
    "txt": ConsoleWriter(),
    "60.txt": ConsoleWriter(60),
    "color.txt": ConsoleWriter(120, color=True),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sample", ["rich", "incomplete"])
def test_the_form_is_as_it_was_agreed(sample: str, form: str) -> None:
    golden = GOLDEN / f"{sample}.{form}"
    text = FORMS[form].render(getattr(samples, sample)())
    if os.environ.get("PII_SCAN_WRITE_GOLDEN") == "1":
        golden.write_bytes(text.encode())
    assert text.encode() == golden.read_bytes()
