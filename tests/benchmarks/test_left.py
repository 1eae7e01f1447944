"""Nothing of what was removed is left in a copy of any form, and a table of the benchmark would say so if it were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.left import FORMS, MARK, OWNERS, fill, tried, values

if TYPE_CHECKING:
    from tests.servers import Database

pytest_plugins = ["tests.servers"]
ROWS = 300


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_left_in_a_copy(tmp_path: Path, form: str) -> None:
    number = list(FORMS).index(form)
    (tmp_path / "in").mkdir()
    source = FORMS[form](tmp_path / "in", number, ROWS)
    found = tried(form, str(source), str(tmp_path / "out"))
    assert (found.left, found.wrong) == (0, 0)
    assert found.removed == (5 * ROWS + OWNERS if form == "Parquet, partitioned" else 6 * ROWS)
    assert len(list((tmp_path / "out").rglob("*.*"))) >= (OWNERS if form == "Parquet, partitioned" else 1)


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_nothing_is_left_in_the_copy_of_a_server(request: pytest.FixtureRequest, server: str) -> None:
    database: Database = request.getfixturevalue(f"{server}_database")
    if server == "postgresql":
        source, to = f"{database.address}?schema=people", f"{database.address}?schema=masked"
    else:
        other = f"{database.name}_copy"
        database.server.run(f"CREATE DATABASE {other}", f"GRANT ALL ON {other}.* TO {database.user}@'%'")
        source, to = database.address, database.server.address(other, database.user)
    fill(source, 8, ROWS)
    found = tried(server, source, to)
    if server == "mariadb":
        database.server.run(f"DROP DATABASE {other}")
    assert (found.left, found.wrong, found.removed) == (0, 0, 6 * ROWS)


@pytest.mark.parametrize("column", ["mail", "name", "card", "login", "tax", "note"])
def test_the_pattern_of_the_search_finds_every_value(column: str) -> None:
    made = values(column, 7, 500)
    assert len({found for value in made for found in MARK.findall(value.encode())}) == len(set(made)) == 500
