"""Is there room on the database's disk for what a migration writes?

PostgreSQL cannot be asked over SQL how much disk is free. It is looked at where the server's data directory is on this
machine, and that is proved by the server's own start in `postmaster.pid`; elsewhere the need is told and the check
left to a person.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from store.database import Connection
from store.errors import NoRoom
from store.migrating.files import Migration
from store.migrating.locking import Say

START_TOLERANCE_S = 2
"""`postmaster.pid` is written in whole seconds, a moment before the start time that SQL tells."""
MEGABYTE = 1_000_000


def local_data_directory(conn: Connection) -> Path | None:
    """The server's data directory if it is on this machine and may be looked at, else None."""
    row = conn.execute(
        """SELECT setting, extract(epoch FROM pg_postmaster_start_time())::bigint
           FROM pg_settings WHERE name = 'data_directory'"""
    ).fetchone()
    if row is None:  # only for pg_read_all_settings
        return None
    directory = Path(row[0])
    try:
        lines = (directory / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        started = int(lines[2])
    except (OSError, UnicodeDecodeError, IndexError, ValueError):
        return None
    return directory if abs(started - row[1]) <= START_TOLERANCE_S else None


def needed_bytes(conn: Connection, migration: Migration) -> int:
    """What the migration says it needs, and as much write-ahead log as may come before a checkpoint frees it."""
    if migration.space is None:
        return 0
    row = conn.execute(migration.space.encode()).fetchone()
    data = int(row[0] or 0) if row else 0
    log = conn.execute("SELECT setting::bigint * 1024 * 1024 FROM pg_settings WHERE name = 'max_wal_size'").fetchone()
    return data + min(data, int(log[0]) if log else data)


def require(conn: Connection, migration: Migration, say: Say) -> None:
    """Raise `NoRoom` when the disk is too full for the migration; say so where that cannot be known."""
    needed = needed_bytes(conn, migration)
    if needed < MEGABYTE:
        return
    directory = local_data_directory(conn)
    if directory is None:
        say(
            f"migration {migration.title} needs about {needed / MEGABYTE:,.0f} MB of disk where the database lies, "
            "which cannot be looked at from here"
        )
        return
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise NoRoom(
            f"migration {migration.title} needs about {needed / MEGABYTE:,.0f} MB of disk and "
            f"{free / MEGABYTE:,.0f} MB are free under {directory}: make room, then run `vop migrate` again. "
            "Nothing of it was done."
        )
