"""Broker, database and workers for a benchmark, and a look at what they have stored."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

import catalog
from bench import packets
from bench.load import Devices
from store.migrate import migrate
from vop.services import accounts
from vop.services.mosquitto import Mosquitto, password_line
from vop.services.postgres import PostgresServer

SETTLE_S = 300.0


@dataclass(frozen=True)
class Stage:
    """What is running."""

    url: str
    broker: Mosquitto
    workers: Sequence[subprocess.Popen[bytes]]

    def admit(self, names: Sequence[str]) -> Devices:
        """Register these vacuums and give them accounts."""
        passwords = {name: os.urandom(16).hex() for name in names}
        give_accounts(self.broker, passwords)
        with psycopg.connect(self.url) as conn:
            conn.cursor().executemany(
                "INSERT INTO devices (device, product) VALUES (%s, 'robot_vacuum')", [(name,) for name in names]
            )
        return Devices(self.broker.host, self.broker.port, passwords)

    def stored(self) -> int:
        """Rows, from the sum of what each batch added to `runs`: cheap enough to ask while ingest works."""
        with psycopg.connect(self.url) as conn:
            row = conn.execute("SELECT coalesce(sum(last_seq - first_seq + 1), 0)::bigint FROM runs").fetchone()
            return int(row[0]) if row else 0

    def counts(self) -> tuple[int, int]:
        """Rows of the fleet, and distinct identities among them."""
        with psycopg.connect(self.url) as conn:
            row = conn.execute(
                """SELECT count(*), count(DISTINCT (device_id, boot, seq)) FROM telemetry_robot_vacuum
                   JOIN devices USING (device_id) WHERE starts_with(device, 'bench-')"""
            ).fetchone()
            return row or (0, 0)

    def rss_mb(self) -> float:
        """Resident memory of the largest worker, from /proc; 0 where there is none."""
        return max(_rss_mb(worker.pid) for worker in self.workers)


@contextmanager
def platform(workers: int, place: Path, database: str | None = None) -> Iterator[Stage]:
    """Start everything below `place`; PostgreSQL only unless VOP_DATABASE_URL names one to use.

    `database` is one that is migrated already and has been measured in.
    """
    with ExitStack() as stack:
        url = database or os.environ.get("VOP_DATABASE_URL")
        url = url or stack.enter_context(PostgresServer(place / "pg")).url("postgres")
        broker = stack.enter_context(Mosquitto(place / "broker"))
        if not database:
            migrate(url, catalog.load())
        env = os.environ | {"VOP_DATABASE_URL": url, "VOP_MQTT_URL": broker.service_url, "VOP_DATA_DIR": str(place)}
        running = []
        for number in range(workers):
            log_path = place / f"ingest-{number}.log"
            with log_path.open("wb") as log:
                process = subprocess.Popen([sys.executable, "-m", "vop", "ingest"], env=env, stdout=log, stderr=log)
            stack.callback(_end, process)
            running.append(process)
            until(lambda path=log_path: "receiving" in path.read_text(), "a worker receiving")  # type: ignore[misc]
        yield Stage(url, broker, running)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


def until(look: Callable[[], bool], what: str) -> None:
    """Wait for `look`; RuntimeError after five minutes."""
    deadline = time.monotonic() + SETTLE_S
    while not look():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not happen within {SETTLE_S:.0f} s")
        time.sleep(0.02)


def give_accounts(broker: Mosquitto, passwords: dict[str, str]) -> None:
    """Let these devices in, and return when the broker does."""
    lines = [password_line(name, password) for name, password in passwords.items()]
    accounts.replace_file(broker.password_path, "\n".join(lines) + "\n")
    broker.reload()
    name, password = next(reversed(passwords.items()))

    def is_let_in() -> bool:
        try:
            packets.opened(broker.host, broker.port, name, name, password).close()
        except ConnectionError:
            return False
        return True

    until(is_let_in, "the broker reading its accounts")


def _rss_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
