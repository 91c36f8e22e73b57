from __future__ import annotations

import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.integration.api.world import serve


def test_more_clients_than_threads_and_connections_are_all_served(database: str) -> None:
    """Requests that waited for a connection while holding a thread could starve those that had one."""
    with serve(database, pool_size=3) as world:
        paths = ["/devices", "/devices/vac-anna", "/devices/vac-anna/usage", "/products"]

        def visit(number: int) -> list[int]:
            with world.client("sam") as client:
                return [client.get(paths[(number + n) % 4]).status_code for n in range(4)]

        with ThreadPoolExecutor(60) as pool:
            statuses = {status for seen in pool.map(visit, range(60)) for status in seen}
        assert statuses == {200}


def test_who_sends_slowly_takes_no_turn(database: str) -> None:
    """Anybody can begin a body and never end it: that must keep nobody else waiting."""
    with serve(database, pool_size=3) as world, ExitStack() as open_sockets:
        there = urlsplit(world.url)
        for _ in range(4):
            slow = open_sockets.enter_context(socket.create_connection((there.hostname or "", there.port or 0), 30))
            slow.sendall(b"POST /api/v1/telemetry HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n")
            slow.sendall(b"Content-Length: 9\r\n\r\n")
            assert slow.recv(100).startswith(b"HTTP/1.1 100"), "its body is being waited for"
        assert world.call("sam", "GET", "/devices").status_code == 200


def test_a_client_that_goes_in_the_middle_of_a_body_is_no_fault_of_ours(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    with serve(database) as world:
        there = urlsplit(world.url)
        with socket.create_connection((there.hostname or "", there.port or 0), 30) as gone:
            gone.sendall(b"POST /api/v1/telemetry HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n")
            gone.sendall(b"Content-Length: 9\r\n\r\n")
            assert gone.recv(100).startswith(b"HTTP/1.1 100")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
