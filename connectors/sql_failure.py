"""Foreign errors in our words: class and code only, because their messages quote cells, statements and passwords."""

from __future__ import annotations

import re

from pii_scan.errors import PiiScanError

WORDS = {
    # SQLSTATE of PostgreSQL
    "28P01": "wrong user or password",
    "28000": "this user may not connect",
    "3D000": "there is no such database",
    "42501": "permission denied",
    "42P01": "the table is no longer there",
    "42703": "a column is no longer there",
    "3F000": "the schema is no longer there",
    "25006": "the session is read-only",
    "57014": "the server cancelled the query",
    "57P01": "the server closed the connection",
    "57P02": "the server closed the connection",
    "57P03": "the server is starting or stopping",
    "53300": "the server has no free connection",
    "53100": "the server's disk is full",
    # errno of MySQL and MariaDB
    "1044": "this user may not use the database",
    "1045": "wrong user or password",
    "1049": "there is no such database",
    "1142": "permission denied",
    "1143": "permission denied",
    "1146": "the table is no longer there",
    "1227": "permission denied",
    "1345": "permission denied",
    "1356": "the view refers to something that is missing or forbidden",
    "1449": "the view refers to something that is missing or forbidden",
    "1792": "the session is read-only",
    "1969": "the server cancelled the query",
    "2002": "the server cannot be reached",
    "2003": "the server cannot be reached",
    "2006": "the server closed the connection",
    "2013": "the server closed the connection",
    # SQLite
    "SQLITE_NOTADB": "is not a SQLite database, or is encrypted",
    "SQLITE_CORRUPT": "the file is damaged",
    "SQLITE_CANTOPEN": "the file cannot be opened",
    "SQLITE_BUSY": "another program has locked the file",
    "SQLITE_LOCKED": "another program has locked the file",
    "SQLITE_READONLY": "the session is read-only",
    "SQLITE_IOERR": "the file cannot be read",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_AUTH": "permission denied",
    "SQLITE_ERROR": "the table or view cannot be read",
}

PHRASES = (
    # libpq gives no code while it connects; its words are looked at, never repeated
    ("password authentication failed", "wrong user or password"),
    ("no password supplied", "a password is needed"),
    ("no pg_hba.conf entry", "this user may not connect"),
    ("could not translate host name", "the host is unknown"),
    ("failed to resolve host", "the host is unknown"),
    ("name or service not known", "the host is unknown"),
    ("connection refused", "the server cannot be reached"),
    ("no such file or directory", "the server cannot be reached"),
    ("timeout expired", "the server does not answer"),
    ("timed out", "the server does not answer"),
    ("too many clients", "the server has no free connection"),
    ("closed the connection", "the server closed the connection"),
    ("connection is lost", "the server closed the connection"),
    ("connection not open", "the server closed the connection"),
    ("ssl", "the encrypted connection could not be made"),
    ("terminating connection", "the server closed the connection"),
    ("canceling statement", "the server cancelled the query"),
    ("pgres_fatal_error", "the server stopped in the middle of the query"),
    ("cryptography", "the package 'cryptography' is needed for this login"),
)


def reason(error: BaseException) -> str:
    """Why it failed, in words where the code is known: `permission denied (InsufficientPrivilege, 42501)`."""
    if isinstance(error, PiiScanError):
        return error.what
    origin = getattr(error, "orig", None) or error
    name, code = type(origin).__name__, _code(origin)
    words = WORDS.get(code) or WORDS.get("_".join(code.split("_")[:2])) or _phrase(origin)
    label = f"{name}, {code}" if code else name
    return f"{words} ({label})" if words else label


def _code(error: BaseException) -> str:
    """SQLSTATE, errno or SQLite's name of the error; empty where there is none."""
    first = error.args[0] if error.args else None
    if isinstance(first, int) and type(error).__module__.startswith("pymysql"):
        return str(first)
    for attribute in ("sqlite_errorname", "sqlstate"):
        code = getattr(error, attribute, None)
        if isinstance(code, str) and code.strip("\0 0"):
            return code
    # Arrow hands on an error of ADBC in the middle of a stream as text only
    found = re.search(r"SQLSTATE: ([0-9A-Z]{5})\b", str(error))
    return found.group(1) if found else ""


def _phrase(error: BaseException) -> str:
    message = str(error).lower()
    if "database" in message and "does not exist" in message:
        return "there is no such database"
    return next((words for phrase, words in PHRASES if phrase in message), "")
