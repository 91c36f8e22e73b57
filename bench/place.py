"""A database to measure in: the one that VOP_DATABASE_URL names, or a server of this run's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

import catalog
from store.migrate import migrate
from vop.services import postgres_install
from vop.services.postgres import PostgresServer

MEMORY = {"shared_buffers": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "15min"}
"""A measured server is no desk's default of 128 MB. Durability stays as it is."""


class NotEmpty(RuntimeError):
    """The database already has devices: a measurement would be of them too, and would leave its own behind."""


@contextmanager
def database() -> Iterator[str]:
    """The URL of a migrated database without devices. A build that ships TimescaleDB is started with it.

    Raises `NotEmpty`.
    """
    given = os.environ.get("VOP_DATABASE_URL")
    if given:
        yield _ready(given)
        return
    with TemporaryDirectory(prefix="vop-bench-") as directory:
        place = Path(directory)
        place.chmod(0o755)
        with PostgresServer(place / "pg", settings=MEMORY | _preload()) as server:
            yield _ready(server.url())


def _preload() -> dict[str, str]:
    shipped = list(postgres_install.find_bin_dir().parent.glob("**/timescaledb.control"))
    if not shipped:
        return {}
    return {"shared_preload_libraries": "timescaledb", "timescaledb.telemetry_level": "off"}


def _ready(url: str) -> str:
    # First: a database that somebody uses must not be migrated by a look at it.
    with psycopg.connect(url) as conn:
        there = conn.execute("SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass('devices')").fetchone()
        if there and conn.execute("SELECT 1 FROM devices LIMIT 1").fetchone():
            raise NotEmpty("this database has devices already; name an empty one in VOP_DATABASE_URL, or none")
    migrate(url, catalog.load())
    return url


def engine(url: str) -> str:
    """What keeps it, with versions."""
    with psycopg.connect(url) as conn:
        [postgres] = conn.execute("SELECT split_part(version(), ' on ', 1)").fetchone() or ("",)
        row = conn.execute("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
    return f"{postgres}, TimescaleDB {row[0]}" if row else str(postgres)
