"""The services behind the fixtures of `conftest.py`."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Protocol

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.mqtt_handshake import ACCEPTED, connect_status
from tests.waiting import poll
from vop.services import accounts
from vop.services.mosquitto import Mosquitto, password_line
from vop.services.postgres import PostgresServer

# Speed for tests that do not ask what survives a power cut.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "max_wal_size": "256MB",
}
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 4 * 2**30
"""What has to be free there: a worker's databases and log take some hundred megabytes."""


class Server(Protocol):
    """A PostgreSQL server on which databases may be made."""

    def url(self, dbname: str = "vop") -> str:
        """libpq URL of one of its databases."""
        ...


@dataclass(frozen=True)
class GivenServer:
    """A running server somebody else looks after: VOP_TEST_DATABASE_URL."""

    admin_url: str

    def url(self, dbname: str = "") -> str:
        """libpq URL of a database, "" for the one that was given."""
        if not dbname or dbname == "vop":
            return self.admin_url
        parts = {key: str(value) for key, value in conninfo_to_dict(self.admin_url).items()}
        return psycopg.conninfo.make_conninfo("", **(parts | {"dbname": dbname}))


@contextmanager
def reachable_directory(prefix: str, *, under: Path | None = None) -> Iterator[Path]:
    """A directory that accounts other than ours can enter; pytest's own are 0700."""
    place = Path(tempfile.mkdtemp(prefix=f"vop-{prefix}-", dir=under))
    place.chmod(0o755)
    try:
        yield place
    finally:
        shutil.rmtree(place)


def _memory() -> Path | None:
    """Where a forgetful server may lie: a copy of a database takes 0.02 s there, on a disk ten times as long."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
        return MEMORY
    return None


@contextmanager
def embedded_server(**settings: str) -> Iterator[PostgresServer]:
    """The server of a test run: fast, forgetful."""
    preload = os.environ.get("VOP_TEST_PG_PRELOAD")
    chosen = FORGETFUL | ({"shared_preload_libraries": preload} if preload else {}) | settings
    with (
        reachable_directory("pg", under=_memory()) as place,
        PostgresServer(place / "server", settings=chosen) as server,
    ):
        yield server


@contextmanager
def fresh_database(server: Server, *, template: str = "template0") -> Iterator[str]:
    """The name of a new database, dropped at the end whoever is still connected."""
    name = f"vop_test_{os.getpid()}_{token_hex(4)}"
    new = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    gone = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(new)
        try:
            yield name
        finally:
            admin.execute(gone)


def close_to_connections(server: Server, name: str) -> None:
    """Make a database one that can only be copied, which it cannot be while anybody is in it.

    TimescaleDB's launcher starts a worker in every database that has the extension.
    """
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


@dataclass
class DeviceBroker:
    """Mosquitto, with accounts of devices made and unmade by the test."""

    server: Mosquitto
    lines: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Loopback."""
        return self.server.host

    @property
    def port(self) -> int:
        """Of the device listener, MQTT 3.1.1 and 5."""
        return self.server.port

    @property
    def service_url(self) -> str:
        """mqtt://user:password@host:port of the service listener."""
        return self.server.service_url

    def add_device(self, device: str, password: str | None = None) -> str:
        """Give a device an account and return its password once the broker knows it."""
        return self.add_devices([device], password)[device]

    def add_devices(self, devices: list[str], password: str | None = None) -> dict[str, str]:
        """The same for many at once: {device: password}."""
        secrets = {device: password or token_urlsafe(16) for device in devices}
        for device, secret in secrets.items():
            self.lines[device] = password_line(device, secret)
        self.apply()
        return secrets

    def remove_device(self, device: str) -> None:
        """Take its account away and return once the broker knows."""
        del self.lines[device]
        self.apply()

    def apply(self) -> None:
        """Write the accounts and return when the broker has read them: a new one gets in."""
        witness, secret = f"witness-{token_hex(6)}", token_hex(8)
        rows = [*self.lines.values(), password_line(witness, secret)]
        accounts.replace_file(self.server.password_path, "\n".join(rows) + "\n")
        self.server.reload()
        poll(
            lambda: connect_status(self.host, self.port, witness, secret),
            until=lambda status: status == ACCEPTED,
            what="the broker reading its accounts again",
        )
