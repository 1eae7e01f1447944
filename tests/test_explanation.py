"""An explanation is the sum that the verdict is made of, and holds no value."""

import math

import pandas as pd
import pytest
from typer.testing import CliRunner

import pii_scan
from pii_scan.cli import app
from pii_scan.errors import ConfigError

CANARY = "canary.7f3a9@leak.example"
PEOPLE = pd.DataFrame(
    {
        "email": [CANARY, "ada@mail.example", "alan@mail.example"],
        "dob": ["1990-02-01", "1985-12-24", "1971-07-07"],
        "order_no": ["10000017", "10000025", "10000033"],
    }
)


def test_the_terms_add_up_to_the_odds_of_the_kind() -> None:
    (made,) = pii_scan.explain(PEOPLE, "email", ner=False)
    best = made.kinds[0]
    assert best.kind == "email"
    odds = [math.exp(min(30.0, sum(nats for nats, _ in kind.terms))) for kind in made.kinds]
    assert best.probability == pytest.approx(odds[0] / (sum(odds) + 1.0), abs=0.02)
    assert any("email" in what for _, what in best.terms)


def test_the_calibration_is_part_of_the_arithmetic() -> None:
    made = {name: pii_scan.explain(PEOPLE, name, ner=False)[0] for name in PEOPLE.columns}
    assert made["email"].findings
    for one in (one for one in made.values() if one.findings):
        raw, change, held = (float(line.split()[0]) for line in one.calibration[:3])
        assert raw + change == pytest.approx(held, abs=0.011)
        assert f"a probability of {one.findings[0].probability:.2f}" in one.calibration[2]
        assert all(line in str(one) for line in one.calibration)
    assert "name and values" in made["email"].calibration[1]


def test_the_most_that_a_sign_may_be_is_said() -> None:
    (made,) = pii_scan.explain(pd.DataFrame({"union_fee": ["12", "15", "9"]}), "union_fee", ner=False)
    assert made.findings[0].probability == pytest.approx(0.4)
    assert "0.40 is the most" in made.calibration[-1]


def test_it_agrees_with_the_scan() -> None:
    findings = pii_scan.scan(PEOPLE, ner=False, min_band="undetermined").findings
    for column in PEOPLE.columns:
        (made,) = pii_scan.explain(PEOPLE, column, ner=False)
        assert made.findings == tuple(finding for finding in findings if finding.column.column == column)


def test_no_value_is_in_it() -> None:
    (made,) = pii_scan.explain(PEOPLE, "frame.email", ner=False)
    assert "canary" not in str(made) + repr(made)
    assert "3 cells of type" in str(made)


def test_a_column_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match="no column 'phone'") as caught:
        pii_scan.explain(PEOPLE, "phone", ner=False)
    assert "frame.dob" in str(caught.value)


def test_on_the_command_line(tmp_path: object) -> None:
    path = f"{tmp_path}/people.csv"
    PEOPLE.to_csv(path, index=False)
    done = CliRunner().invoke(app, ["explain", path, "people.dob", "--no-ner"])
    assert done.exit_code == 0
    assert "verdict: date_of_birth" in done.stdout
    assert "in all" in done.stdout
