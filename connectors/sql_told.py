"""What a server says of tables beside their rows: comments, defaults, types that list their values, conditions, statistics.

A copy makes none of these, and its proof looks whether they repeat what was taken out.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import suppress

import sqlalchemy as sa

from pii_scan.connectors.sql_session import room, session

_POSTGRESQL = (
    "SELECT description FROM pg_description d JOIN pg_class c ON c.oid = d.objoid WHERE {}",
    "SELECT pg_get_expr(a.adbin, a.adrelid) FROM pg_attrdef a JOIN pg_class c ON c.oid = a.adrelid WHERE {}",
    "SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE {}",
    "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE {}",
    "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE {}",
    "SELECT pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE {}",
    "SELECT pg_get_viewdef(c.oid) FROM pg_class c WHERE c.relkind IN ('v', 'm') AND {}",
    "SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE {}",
    (
        "SELECT e.enumlabel FROM pg_enum e JOIN pg_attribute a ON a.atttypid = e.enumtypid JOIN pg_class c ON c.oid = a.attrelid "
        "WHERE {}"
    ),
    (
        "SELECT concat_ws(' ', s.most_common_vals::text, s.histogram_bounds::text, s.most_common_elems::text) FROM pg_stats s "
        "JOIN pg_class c ON c.relname = s.tablename AND c.relnamespace = s.schemaname::regnamespace WHERE {}"
    ),
)
_OF_CLASS = "c.relname = :name AND c.relnamespace = CAST(:schema AS regnamespace)"
_MYSQL = (
    "SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_NAME = :name AND TABLE_SCHEMA = {}",
    (
        "SELECT CONCAT_WS(' ', COLUMN_TYPE, COLUMN_DEFAULT, COLUMN_COMMENT, GENERATION_EXPRESSION) "
        "FROM information_schema.COLUMNS WHERE TABLE_NAME = :name AND TABLE_SCHEMA = {}"
    ),
    "SELECT INDEX_COMMENT FROM information_schema.STATISTICS WHERE TABLE_NAME = :name AND TABLE_SCHEMA = {}",
    "SELECT ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_TABLE = :name AND EVENT_OBJECT_SCHEMA = {}",
    "SELECT VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_NAME = :name AND TABLE_SCHEMA = {}",
    (
        "SELECT c.CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS c JOIN information_schema.TABLE_CONSTRAINTS t "
        "USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME) WHERE t.TABLE_NAME = :name AND t.TABLE_SCHEMA = {}"
    ),
    "SELECT CAST(HISTOGRAM AS CHAR) FROM information_schema.COLUMN_STATISTICS WHERE TABLE_NAME = :name AND SCHEMA_NAME = {}",
    "SELECT CONCAT_WS(' ', min_value, max_value) FROM mysql.column_stats WHERE table_name = :name AND db_name = {}",
)
_OF_SCHEMA = "COALESCE(NULLIF(:schema, ''), DATABASE())"


def told(location: str, labels: Container[str]) -> Iterator[str]:
    """Every such text about tables by their labels; a catalogue that this server has not, or shows to nobody, tells nothing.

    Raises:
        SourceError: the server cannot be reached.
    """
    with session(location) as connection:
        queries, where = (_POSTGRESQL, _OF_CLASS) if connection.dialect.name == "postgresql" else (_MYSQL, _OF_SCHEMA)
        for table in room(connection.dialect.name).tables(connection):
            if table.label not in labels:
                continue
            for query in queries:
                with suppress(sa.exc.DBAPIError):
                    rows = connection.execute(sa.text(query.format(where)), {"name": table.name, "schema": table.schema}).all()
                    yield from (str(text) for (text,) in rows if text)
