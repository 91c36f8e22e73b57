"""One migration, carried out to its end from wherever an earlier run was killed."""

from __future__ import annotations

import time

from psycopg import errors as pg

from store.database import Connection
from store.errors import NoRoom, SchemaError
from store.migrating.files import Migration, Step
from store.migrating.locking import PATIENCE_S, Say, patiently

SAY_EVERY_S = 5.0

LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version int PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    works_with int);
CREATE TABLE IF NOT EXISTS schema_migration_steps (
    version int, step int, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (version, step))
"""
"""Which migrations, and of those under way which steps, are done. `works_with`: see store.migrating.files."""


def prepare(conn: Connection) -> None:
    """Make or widen the tables that migrations are recorded in."""
    conn.execute(LEDGER)
    has = "SELECT 1 FROM pg_attribute WHERE attrelid = 'schema_migrations'::regclass AND attname = 'works_with'"
    if conn.execute(has).fetchone() is None:  # made by the first release
        conn.execute("ALTER TABLE schema_migrations ADD COLUMN IF NOT EXISTS works_with int")


def carry_out(conn: Connection, migration: Migration, say: Say, patience_s: float = PATIENCE_S) -> None:
    """Apply `migration` and record it. `conn` is in autocommit and nobody else migrates.

    Raises `SchemaError` for a file that changed under way, `NoRoom` when the disk is full, `Retry` when locks were not
    to be had.
    """
    steps = migration.steps
    done = _done(conn, migration)
    try:
        for step in steps:
            if step.number not in done:
                say(f"migration {migration.title}, step {step.number} of {len(steps)}")
                _take(conn, migration, step, say, patience_s)

        def finish() -> None:
            if not steps:
                conn.execute(migration.sql.encode())
            conn.execute(
                "INSERT INTO schema_migrations (version, name, sha256, works_with) VALUES (%s, %s, %s, %s)",
                (migration.version, migration.name, migration.sha256, migration.works_with),
            )

        patiently(conn, f"migration {migration.title}", finish, say, patience_s)
    except pg.DiskFull as error:
        raise NoRoom(
            f"migration {migration.title}: the database's disk is full. What was finished stands, the rest was undone: "
            "make room, then run `vop migrate` again."
        ) from error


def _done(conn: Connection, migration: Migration) -> set[int]:
    rows = conn.execute(
        "SELECT step, sha256 FROM schema_migration_steps WHERE version = %s", (migration.version,)
    ).fetchall()
    if any(sha256 != migration.sha256 for _, sha256 in rows):
        raise SchemaError(
            f"migration {migration.title} was begun with another text of it; finish it with the program that began, or "
            "restore the file. Nothing was changed."
        )
    return {step for step, _ in rows}


def _take(conn: Connection, migration: Migration, step: Step, say: Say, patience_s: float) -> None:
    what = f"migration {migration.title}, step {step.number}"
    if step.kind == "alone":
        _clear_half_made(conn, step)
        conn.execute(step.sql.encode())
        _record(conn, migration, step)
        return
    total, told = 0, time.monotonic()
    finished = False

    def work() -> int:
        cursor = conn.execute(step.sql.encode())
        if step.kind == "repeated" and cursor.rowcount < 0:
            raise SchemaError(f"{what}: a repeated step must be one INSERT, UPDATE or DELETE")
        changed = cursor.rowcount if step.kind == "repeated" else 0
        if changed == 0:
            _record(conn, migration, step)
        return changed

    while not finished:
        changed = patiently(conn, what, work, say, patience_s)
        total += changed
        finished = changed == 0
        if time.monotonic() - told > SAY_EVERY_S:
            say(f"{what}: {total:,} rows so far")
            told = time.monotonic()


def _clear_half_made(conn: Connection, step: Step) -> None:
    """Drop the index that a killed CREATE INDEX CONCURRENTLY left behind: it costs writes and serves nobody."""
    if step.index is None:
        return
    row = conn.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", (step.index,)).fetchone()
    if row == (False,):
        conn.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {step.index}".encode())


def _record(conn: Connection, migration: Migration, step: Step) -> None:
    conn.execute(
        "INSERT INTO schema_migration_steps (version, step, sha256) VALUES (%s, %s, %s)",
        (migration.version, step.number, migration.sha256),
    )
