"""What a model takes for a name is trimmed to the name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.names import trimmed


@pytest.mark.parametrize(
    ("found", "name"),
    [
        ("Karen's", "Karen"),
        (" Ada Lovelace, ", "Ada Lovelace"),
        ("Ada Lovelace\nMill Lane", "Ada Lovelace"),
        ("Provincia: Madrid", "Madrid"),
        ("“Ada”", "Ada"),
        ("O'Neill", "O'Neill"),
        ("Order 12", None),
        ("ada@mail", None),
        ("...", None),
        ("Jo", None),
        ("", None),
    ],
)
def test_a_find_loses_labels_punctuation_and_possessives(found: str, name: str | None) -> None:
    inner = trimmed(f"<{found}>", 1, len(found) + 1)
    assert (f"<{found}>"[slice(*inner)] if inner else None) == name


@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_what_is_left_lies_in_what_was_found(text: str, one: int, two: int) -> None:
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    inner = trimmed(text, start, end)
    assert inner is None or start <= inner[0] < inner[1] <= end
