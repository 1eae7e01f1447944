"""Engines whose every session begins with the same commands."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def each_session(engine: sa.Engine, commands: tuple[str, ...]) -> sa.Engine:
    """The engine, which runs the commands at the start of every session."""

    def prepare(session: Any, _record: object) -> None:
        cursor = session.cursor()
        for command in commands:
            cursor.execute(command)
        cursor.close()
        session.commit()

    sa.event.listen(engine, "connect", prepare)
    return engine
