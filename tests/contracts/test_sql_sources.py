"""The database servers keep what every source keeps: the claims of `test_sources`, over PostgreSQL and MariaDB."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from pii_scan.connectors.sql import SqlConnector
from pii_scan.contracts import Source
from tests.contracts import test_sources as claims

if TYPE_CHECKING:
    # at run time the plugin below brings it, with its assertions rewritten
    from tests.servers import Database

pytest_plugins = ["tests.servers"]

globals().update({name: claim for name, claim in vars(claims).items() if name.startswith("test_")})


@pytest.fixture(params=["postgresql", "mariadb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[pa.Table], Source]:
    """Stores a table of texts in a new database on a server, and opens it."""
    database: Database = request.getfixturevalue(f"{request.param}_database")
    (tmp_path / "stored").mkdir()

    def stored(table: pa.Table) -> Source:
        quote = '"' if request.param == "postgresql" else "`"
        names = [f"{quote}{name}{quote}" for name in table.schema.names]
        database.run(f"CREATE TABLE people ({', '.join(f'{name} text' for name in names)})")
        rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
        database.insert(f"INSERT INTO people VALUES ({', '.join(['%s'] * len(names))})", rows)
        return SqlConnector().open(database.address)

    return stored
