"""What a database address names, and how much of it may be shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from pii_scan.errors import SourceError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

SERVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mysql+pymysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "mariadb+pymysql": "mariadb+pymysql",
}
"""The scheme a user types, and the SQLAlchemy driver that serves it."""

EXTRAS = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql"}
DRIVERS = {"postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}

SHOWN_OPTIONS = frozenset({"host", "port", "dbname", "charset", "sslmode", "unix_socket", "schema"})
"""Options of an address that may be printed. All others are left out: too many of them can carry a secret."""


def scheme(address: str) -> str:
    """The scheme in front of `://`, lower case; empty for a path."""
    head, separator, _ = address.partition("://")
    return head.lower() if separator else ""


def is_sqlite(address: str) -> bool:
    """Whether the address is a file, by path or by `sqlite://`."""
    return scheme(address) in {"", "sqlite"}


def sqlite_path(address: str) -> Path:
    """The file of a path, `sqlite:///relative.db` or `sqlite:////absolute.db`.

    Raises:
        SourceError: the address names no file (`sqlite://` is a database in memory).
    """
    if not scheme(address):
        return Path(address)
    name = address.partition("://")[2].partition("?")[0].removeprefix("/").removeprefix("file:")
    if name in {"", ":memory:"}:
        raise SourceError("names no file", where=address.partition("?")[0], way_out="write sqlite:///path/to/file.sqlite")
    return Path(unquote(name))


def schema_of(address: str) -> str:
    """The one schema that is meant, where an address of PostgreSQL names it: `postgresql://host/shop?schema=masked`."""
    found = {} if is_sqlite(address) else dict(parse_qsl(address.partition("?")[2]))
    return found.get("schema", "") if scheme(address).startswith("postgres") else ""


def server_url(address: str) -> URL:
    """The SQLAlchemy URL of a server, with the driver filled in; without the `schema` that only we understand.

    Raises:
        SourceError: the address is malformed, or its driver is not installed. It never quotes the address.
    """
    from importlib.util import find_spec

    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    typed = scheme(address)
    where = f"{typed}://..."
    way_out = "write it as scheme://user:password@host:port/database, with special characters of the password percent-encoded"
    try:
        url = make_url(SERVERS[typed] + address[len(typed) :])
    except (ArgumentError, ValueError, KeyError):
        raise SourceError("is not a database address", where=where, way_out=way_out) from None
    if not _plausible(url.host or "") or "@" in (url.database or ""):
        raise SourceError("is not a database address", where=where, way_out=way_out)
    family = url.get_backend_name()
    if find_spec(DRIVERS[family]) is None:
        extra = f"pip install 'pii_scan[{EXTRAS[family]}]'"
        raise SourceError(f"the driver {DRIVERS[family]} is not installed", where=where, way_out=extra)
    return url.difference_update_query(["schema"]) if schema_of(address) else url


def shown(address: str) -> str:
    """The address as reports print it: no user, no password, and of the options only the harmless ones."""
    if is_sqlite(address):
        return address.partition("?")[0] if scheme(address) else address
    from sqlalchemy.engine import URL

    url = server_url(address)
    schema = {"schema": schema_of(address)} if schema_of(address) else {}
    options = {name: value for name, value in {**url.query, **schema}.items() if name in SHOWN_OPTIONS}
    plain = URL.create(scheme(address), host=url.host, port=url.port, database=url.database, query=options)
    return plain.render_as_string(hide_password=True).replace("%2F", "/")


def _plausible(host: str) -> bool:
    """Whether it is a host: the rest of a password with an unescaped `@` in it is mostly none."""
    return re.fullmatch(r"[\w.-]*|[0-9A-Fa-f:.]+(%\w+)?", host) is not None
