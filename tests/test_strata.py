"""What is counted of a column while a unit is read."""

from __future__ import annotations

import pytest

from pii_scan.strata import WHOLE, Looks


@pytest.mark.parametrize("units", [1, 2, 3, 4, 16, 64, 1_000])
def test_units_of_one_table_see_together_as_much_of_it_as_one_does_and_each_enough(units: int) -> None:
    shared = WHOLE.shared(units)
    assert all(units * part > most - units for part, most in zip(shared, WHOLE, strict=True))
    assert all(part >= enough for part, enough in zip(shared, Looks(8, 48, 16, 250), strict=True))
    assert all(part <= most for part, most in zip(shared, WHOLE, strict=True))


def test_the_only_unit_of_a_table_sees_all_of_it() -> None:
    assert WHOLE.shared(1) == WHOLE
