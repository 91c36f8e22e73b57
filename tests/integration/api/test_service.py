"""`vop api` as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.platform_services import Server
from tests.waiting import poll


@contextmanager
def _running(**env: str) -> Iterator[subprocess.Popen[str]]:
    started = subprocess.Popen(
        [sys.executable, "-m", "vop", "api"], env=os.environ | env, stderr=subprocess.PIPE, text=True
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def _port(started: subprocess.Popen[str]) -> int:
    assert started.stderr is not None
    for line in started.stderr:
        if "running on" in line:
            return int(line.split("http://127.0.0.1:")[1].split()[0])
    raise AssertionError("it ended before it listened")


def _status(url: str) -> int:
    try:
        return httpx.get(url, timeout=10).status_code
    except httpx.TransportError:
        return 0


def test_it_serves_and_ends_on_sigterm(database: str) -> None:
    with _running(VOP_DATABASE_URL=database, VOP_API_PORT="0") as started:
        port = _port(started)
        assert poll(lambda: _status(f"http://127.0.0.1:{port}/readyz"), until=lambda status: status == 200)
        started.send_signal(signal.SIGTERM)
        assert started.wait(30) in (0, -signal.SIGTERM)


def test_it_starts_without_a_database_and_says_that_it_is_not_ready(pg_server: Server) -> None:
    with _running(VOP_DATABASE_URL=pg_server.url("no_such_database"), VOP_API_PORT="0") as started:
        port = _port(started)
        assert _status(f"http://127.0.0.1:{port}/healthz") == 200
        assert _status(f"http://127.0.0.1:{port}/readyz") == 503


def test_a_bad_setting_ends_the_start_with_its_name() -> None:
    with _running(VOP_API_PORT="http") as started:
        _, said = started.communicate(timeout=60)
        assert started.returncode == 1
        assert "VOP_API_PORT must be a whole number" in said
