"""What the manual shows of plans is a plan."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from pii_scan.plan import load_plan
from pii_scan.presets import presets
from pii_scan.registry import catalogue
from pii_scan.treatment import TAKES, Operator

DOCS = Path(__file__).parents[1] / "docs"
REDACTION = (DOCS / "redaction.md").read_text("utf-8")
KEYS = (DOCS / "keys.md").read_text("utf-8")


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", REDACTION + KEYS, re.DOTALL))
def test_each_plan_in_it_can_be_read(text: str) -> None:
    assert load_plan(text, catalogue()).rules


def test_it_tells_of_every_operator_option_and_preset() -> None:
    both = REDACTION + KEYS
    for name in (*get_args(Operator), *presets(), *(option for options in TAKES.values() for option in options)):
        assert f"`{name}" in both, name
