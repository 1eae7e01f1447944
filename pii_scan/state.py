"""What an audit remembers between runs: the evidence of each unit and the last verdict, in one SQLite file.

Counts, names of tables and columns, fingerprints; never a cell value. One audit at a time holds the file. Whatever
was committed survives a kill: the next run goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pii_scan.drift import Baseline, Mark, hidden, whole
from pii_scan.errors import ConfigError, PiiScanError, ReportError
from pii_scan.model import Column, Evidence, Skipped, Unit
from pii_scan.record import FORMAT, dump, load
from pii_scan.veiled import moved, remembered

VERSION = 1
_APPLICATION = 0x70696973
"""Marks the file as ours, in the place SQLite keeps for that."""
_AWAY = "move it away to keep it, or delete it; the next run then reads everything again"
_SCHEMA = """
CREATE TABLE units (
    source TEXT, name TEXT, key TEXT, settings TEXT, ruleset TEXT, fingerprint TEXT, evidence BLOB, run INTEGER,
    PRIMARY KEY (source, name, key, settings)
) WITHOUT ROWID;
CREATE TABLE runs (
    run INTEGER PRIMARY KEY, started TEXT, rules TEXT, finished INTEGER, units_read INTEGER, units_recalled INTEGER
);
CREATE TABLE findings (source TEXT, name TEXT, field TEXT, path TEXT, kind TEXT, entity TEXT, band TEXT);
CREATE TABLE tables (source TEXT, name TEXT);
"""

Text = str | bytes
Address = tuple[Text, Text, Text, str]
"""Source, table, key and settings: which unit it is."""


class State:
    """The state file of one audit, held until it is closed.

    Args:
        path: the file; made where there is none.

    Raises:
        ConfigError: another audit holds it, or it is damaged or not a state file.
        ReportError: it cannot be made or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._run = 0
        self._seen: set[Address] = set()
        self.units_read = 0
        self.units_recalled = 0
        self._database: sqlite3.Connection
        with self._speaking():
            self._database = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            self._open()
        except PiiScanError:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        """The state itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the file; what was kept stays."""
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with self._speaking():
            self._database.close()

    def memory(self, ruleset: str, settings: Mapping[str, Any]) -> Memory:
        """What a scan under these rules and settings recalls from, and keeps in."""
        return Memory(self, ruleset, digest({"settings": dict(settings), "format": FORMAT}))

    def begin(self) -> None:
        """Note that a run has started; what it keeps counts as its own."""
        with self._speaking():
            self._run = self._database.execute("INSERT INTO runs (finished) VALUES (0)").lastrowid or 0

    def last(self) -> Baseline | None:
        """What the last run that came to its end saw; None where there was none."""
        with self._speaking():
            found = self._database.execute("SELECT started, rules FROM runs WHERE finished ORDER BY run DESC LIMIT 1").fetchone()
            if found is None:
                return None
            marks = self._database.execute("SELECT source, name, field, path, kind, entity, band FROM findings").fetchall()
            tables = self._database.execute("SELECT source, name FROM tables").fetchall()
        return Baseline(
            found[0],
            found[1],
            tuple(sorted(Mark(Column(*map(_told, row[:4])), *row[4:]) for row in marks)),
            tuple(sorted((_told(source), _told(name)) for source, name in tables)),
        )

    def find(self, address: Address, ruleset: str, fingerprint: str) -> Evidence | None:
        """The evidence of a unit that was read to its end under this ruleset and has this fingerprint still.

        Asking marks the unit as being there. An empty fingerprint says nothing, and finds nothing.
        """
        self._seen.add(address)
        if not fingerprint:
            return None
        wanted = (
            "SELECT evidence FROM units WHERE (source, name, key, settings) = (?, ?, ?, ?) AND ruleset = ? AND fingerprint = ?"
        )
        with self._speaking():
            found = self._database.execute(wanted, (*address, ruleset, fingerprint)).fetchone()
        evidence = self._loaded(found[0]) if found else None
        if evidence is None or whole(evidence.skipped):
            return None  # what was not read to its end is tried again: the reason may have passed
        self.units_recalled += 1
        return evidence

    def store(self, address: Address, ruleset: str, fingerprint: str, evidence: Evidence) -> None:
        """Put the evidence of a unit on disk, in place of what was there."""
        row = (*address, ruleset, fingerprint, dump(evidence), self._run)
        with self._speaking():
            self._database.execute("INSERT OR REPLACE INTO units VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        self.units_read += 1

    def finish(self, now: Baseline, skipped: Sequence[Skipped]) -> int:
        """Note that the run has come to its end, and forget units that are no longer there, all or nothing.

        Args:
            now: what the next run is compared with.
            skipped: what could not be looked at; units behind it are not forgotten.

        Returns:
            How many units were forgotten.
        """
        with self._speaking():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                forgotten = self._forget(whole(skipped))
                self._note(now)
                self._database.execute("COMMIT")
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            return forgotten

    def _loaded(self, blob: bytes) -> Evidence:
        try:
            return load(blob)
        except ConfigError as error:
            raise ConfigError(error.what, where=str(self.path), way_out=_AWAY) from None

    def _forget(self, skipped: Sequence[Skipped]) -> int:
        """Drop what this run did not ask for; a unit that was only asked for under other settings is still there."""
        blind = [replace(one, source=remembered(one.source)) for one in skipped]
        rows = self._database.execute("SELECT source, name, key, settings FROM units").fetchall()
        lost = [row for row in rows if row not in self._seen and not hidden(_told(row[0]), _told(row[1]), blind)]
        self._database.executemany("DELETE FROM units WHERE (source, name, key, settings) = (?, ?, ?, ?)", lost)
        return len({row[:3] for row in lost} - {address[:3] for address in self._seen})

    def _note(self, now: Baseline) -> None:
        self._database.execute("DELETE FROM findings")
        self._database.execute("DELETE FROM tables")
        self._database.executemany(
            "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(*_kept(mark.column), mark.kind, mark.entity, mark.band) for mark in now.marks],
        )
        self._database.executemany("INSERT INTO tables VALUES (?, ?)", [(_stored(one), _stored(two)) for one, two in now.tables])
        self._database.execute(
            "UPDATE runs SET finished = 1, started = ?, rules = ?, units_read = ?, units_recalled = ? WHERE run = ?",
            (now.started, now.rules, self.units_read, self.units_recalled, self._run),
        )

    def _open(self) -> None:
        """Take the file for this process alone, and see that it is ours and whole."""
        with self._speaking():
            for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
                self._database.execute(f"PRAGMA {pragma}").fetchall()
            self._database.execute("BEGIN EXCLUSIVE")
            ours, version = self._pragma("application_id"), self._pragma("user_version")
            if not ours and not version and not self._database.execute("SELECT 1 FROM sqlite_master").fetchone():
                self._make()
            self._database.execute("COMMIT")
            ours, version = self._pragma("application_id"), self._pragma("user_version")
            whole_file = self._pragma("quick_check") == "ok"
        if ours != _APPLICATION:
            raise ConfigError("is not a state file of pii-scan", where=str(self.path), way_out="name another file as `state`")
        if version != VERSION:
            raise ConfigError(f"is a state file of version {version}, this is {VERSION}", where=str(self.path), way_out=_AWAY)
        if not whole_file:
            raise ConfigError("the state file is damaged", where=str(self.path), way_out=_AWAY)

    def _make(self) -> None:
        for statement in _SCHEMA.split(";"):
            self._database.execute(statement)
        self._database.execute(f"PRAGMA application_id = {_APPLICATION}")
        self._database.execute(f"PRAGMA user_version = {VERSION}")

    def _pragma(self, name: str) -> Any:
        return self._database.execute(f"PRAGMA {name}").fetchone()[0]

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """SQLite's failures in our own words."""
        try:
            yield
        except sqlite3.Error as error:
            raise _explained(error, str(self.path)) from None


class Memory:
    """A state seen under some rules and settings: what a scan recalls from, and keeps in."""

    def __init__(self, state: State, ruleset: str, settings: str) -> None:
        self._state, self._ruleset, self._settings = state, ruleset, settings

    def recall(self, unit: Unit) -> Evidence | None:
        """The evidence of a unit that was read to its end and has not changed since; None where it must be read."""
        found = self._state.find(self._address(unit), self._ruleset, _mark(unit))
        return found if found is None or remembered(unit.source) == unit.source else moved(found, unit.source)

    def keep(self, unit: Unit, evidence: Evidence) -> None:
        """Store the evidence of a unit for good, before the next one is read."""
        source = remembered(unit.source)
        kept = evidence if source == unit.source else moved(evidence, source)
        self._state.store(self._address(unit), self._ruleset, _mark(unit), kept)

    def _address(self, unit: Unit) -> Address:
        return _stored(remembered(unit.source)), _stored(unit.table), _stored(unit.key), self._settings


def _mark(unit: Unit) -> str:
    """Changes with the bytes of a unit, and with how much of it was examined; empty where nobody can say."""
    return unit.fingerprint and f"{unit.fingerprint}/{unit.share}"


def digest(document: Mapping[str, Any]) -> str:
    """A short name for some settings: the same for the same."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode("ascii")).hexdigest()[:16]


def _explained(error: sqlite3.Error, where: str) -> PiiScanError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return ConfigError("another audit is using this state", where=where, way_out="wait for it to end")
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return ReportError(
            f"the state cannot be written ({name})", where=where, way_out="check the folder, space and permissions"
        )
    return ConfigError(f"the state file is damaged ({name or type(error).__name__})", where=where, way_out=_AWAY)


def _kept(column: Column) -> tuple[Text, Text, Text, Text]:
    return _stored(column.source), _stored(column.table), _stored(column.column), _stored(column.path)


def _stored(text: str) -> Text:
    """A name as SQLite can hold it: a file name that is no valid text goes in as bytes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def _told(name: Text) -> str:
    return name.decode("utf-8", "surrogatepass") if isinstance(name, bytes) else name
