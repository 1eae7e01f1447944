"""Engines whose every session begins with the same commands."""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa


def each_session(engine: sa.Engine, commands: tuple[str, ...]) -> sa.Engine:
    """The engine, which runs the commands at the start of every session.

    The pool writes a traceback to the log for each connection that the server has dropped; what happened is told
    as a `Skipped`, in our words.
    """
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)

    def prepare(session: Any, _record: object) -> None:
        cursor = session.cursor()
        for command in commands:
            cursor.execute(command)
        cursor.close()
        session.commit()

    sa.event.listen(engine, "connect", prepare)
    return engine
