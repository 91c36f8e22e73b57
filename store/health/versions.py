"""Versions of the schema and of what it stands on."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.rows import class_row

from store.database import Connection
from store.errors import translated


@dataclass(frozen=True, slots=True)
class Versions:
    """What the database is, by its own word."""

    schema: int | None
    """Its newest migration."""
    postgresql: str
    timescaledb: str | None
    """None: not installed in this database."""


def versions(conn: Connection) -> Versions:
    """Of schema and server."""
    with translated(), conn.cursor(row_factory=class_row(Versions)) as cursor:
        found = cursor.execute(
            """SELECT (SELECT max(version) FROM schema_migrations) AS schema,
                      current_setting('server_version') AS postgresql,
                      (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescaledb"""
        ).fetchone()
    assert found is not None  # a row without FROM is always there
    return found
