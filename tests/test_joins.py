"""Columns that refer to each other are replaced together or not at all, so that tables still join."""

from pathlib import Path

import pandas as pd
import pytest

import pii_scan
from pii_scan.keys import create_key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    numbers = list(range(1, 201))  # a running number: `possible` by itself
    people = {"id": numbers, "email": [f"ada{number}@mail.example" for number in numbers], "city": ["Ulm"] * 200}
    pd.DataFrame(people).to_csv(made / "customers.csv", index=False)
    orders = {"order_no": range(400), "customer_id": [numbers[place % 200] for place in range(400)], "total": [9.5] * 400}
    pd.DataFrame(orders).to_csv(made / "orders.csv", index=False)
    return made


@pytest.mark.parametrize("band", ["likely", "possible"])
def test_a_key_and_what_refers_to_it_are_treated_alike_whatever_the_band(folder: Path, band: str) -> None:
    report = pii_scan.scan(str(folder), ner=False, min_band=band)
    rules = {(rule.table, rule.column): rule for rule in report.plan().rules}
    key, reference = rules.get(("customers", "id")), rules.get(("orders", "customer_id"))
    assert reference is not None, "a customer's number in the orders is a person's"
    assert key is not None
    assert (key.kind, key.operator) == (reference.kind, reference.operator)
    assert ("orders", "order_no") not in rules
    assert ("orders", "total") not in rules


def test_tables_join_after_it(folder: Path, tmp_path: Path) -> None:
    report = pii_scan.scan(str(folder), ner=False, min_band="likely")
    key = create_key(tmp_path / "key")
    drafted = report.plan()
    rules = tuple(rule.model_copy(update={"operator": "pseudonym"}) for rule in drafted.rules)
    plan = drafted.model_copy(update={"key_file": str(key), "rules": rules})
    pii_scan.redact(str(folder), plan, to=str(tmp_path / "out"), ner=False)
    customers, orders = (pd.read_csv(tmp_path / "out" / f"{name}.csv", dtype=str) for name in ("customers", "orders"))
    assert not set(customers["id"]) & {str(number) for number in range(1, 201)}
    assert len(orders.merge(customers, left_on="customer_id", right_on="id")) == 400
    assert customers["id"].nunique() == 200
