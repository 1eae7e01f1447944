"""Values made coarse: what is left, and that nothing finer is."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_scan.anonymizer import Anonymizer
from pii_scan.bands import band, gridded, lowest
from pii_scan.treatment import Options, Treatment

CASES: list[tuple[str, str, dict[str, Any], str]] = [
    ("age", "36", {}, "30-39"),
    ("age", "0", {}, "0-9"),
    ("age", "90", {}, "90+"),
    ("age", "117", {}, "90+"),
    ("age", "36", {"width": 5}, "35-39"),
    ("age", "17", {"edges": (18, 65)}, "<18"),
    ("age", "18", {"edges": (18, 65)}, "18 to <65"),
    ("age", "70", {"edges": (18, 65)}, "65+"),
    ("age", "old", {}, "<AGE>"),
    ("income", "1234", {}, "1000-1999"),
    ("income", "1,234,567.89", {}, "1000000-1999999"),
    ("income", "-5", {"width": 10}, "-10 to <0"),
    ("income", "0.25", {}, "0.2 to <0.3"),
    ("income", "52000", {"width": 5000, "top": 100_000}, "50000-54999"),
    ("income", "250000", {"width": 5000, "top": 100_000}, "100000+"),
    ("postal_code", "75011", {}, "75***"),
    ("postal_code", "SW1A 1AA", {"prefix": 3}, "SW1* ***"),
    ("postal_code", "75011", {"prefix": 9}, "7501*"),
    ("postal_code", "7", {}, "<POSTAL_CODE>"),
    ("date_of_birth", "27 May 1990", {}, "1990"),
    ("date_of_birth", "1990-05-27", {"to": "month"}, "1990-05"),
    ("ip_address", "203.0.113.77", {}, "203.0.113.0/24"),
    ("ip_address", "2001:db8:1:2::3", {}, "2001:db8:1::/48"),
    ("ip_address", "here", {}, "<IP_ADDRESS>"),
    ("geo_coord", "95, 200", {}, "<GEO_COORD>"),
    ("email", "a@b.c", {}, "<EMAIL>"),
    ("phone", "+33612345678", {}, "<PHONE>"),
    ("phone", "612345678", {}, "<PHONE>"),
]


@pytest.mark.parametrize(("kind", "text", "options", "coarse"), CASES)
def test_a_value_is_generalised_or_goes_whole(kind: str, text: str, options: dict[str, Any], coarse: str) -> None:
    assert Anonymizer().operation(Treatment("generalise", kind, Options(**options)))(text) == coarse


@given(st.integers(0, 10**9), st.sampled_from([1, 5, 10, 250]))
def test_a_number_lies_in_its_band_and_bands_do_not_overlap(number: int, width: int) -> None:
    low = int(lowest(str(number), width) or -1)
    assert low <= number < low + width
    assert low % width == 0
    assert band(str(number), width) == band(str(low), width)


@given(st.floats(-89, 89), st.floats(-179, 179), st.sampled_from([1.0, 10.0, 50.0]))
def test_a_place_moves_at_most_by_its_grid_and_so_do_its_neighbours(lat: float, lon: float, km: float) -> None:
    text = f"{lat:.6f}, {lon:.6f}"
    made = gridded(text, km)
    assert made is not None
    new_lat, new_lon = map(float, made.split(", "))
    far = math.hypot((new_lat - lat) * 111.32, (new_lon - lon) * 111.32 * math.cos(math.radians(lat)))
    assert far <= km * 1.2 + 0.1
    assert gridded(f"{new_lat:.6f}, {new_lon:.6f}", km) is not None


def test_a_grid_is_as_wide_as_it_says_where_a_longitude_stands_alone() -> None:
    places = {gridded(f"{24 + step / 10_000:.4f}", 1) for step in range(1000)}
    at_helsinki = 0.1 * 111.32 * math.cos(math.radians(60))
    assert 1 < len(places) <= at_helsinki + 1


@pytest.mark.parametrize(("column", "same"), [("lat", False), ("latitude", False), ("lon", True), ("x", True)])
def test_the_name_of_a_column_tells_latitude_from_longitude(column: str, same: bool) -> None:
    def made(text: str) -> str:
        return Anonymizer().operation(Treatment("generalise", "geo_coord", Options(km=10), column=column))(text)

    assert (made("47.22") == made("47.33")) is same


def test_a_point_and_a_swapped_pair_keep_their_form() -> None:
    assert (gridded("POINT (8.54 47.37)", 50) or "").startswith("POINT (")
    assert gridded("120.5; 47.3", 10) is not None
