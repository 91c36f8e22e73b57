"""Free ports of the loopback interface."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from vop.errors import PortTaken

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A TCP port nobody listens on at this moment; somebody may take it before you do."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def choose(service: str, *wanted: int | None) -> list[int]:
    """The wanted ports, a free one for each None; raises `PortTaken` for one that is not free."""
    for port in wanted:
        if port is not None and is_taken(port):
            raise PortTaken(service, port)
    return [free_port() if port is None else port for port in wanted]


def is_taken(port: int) -> bool:
    """Whether somebody holds the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def wait_until_open(port: int, *, timeout_s: float, alive: Callable[[], bool]) -> bool:
    """Wait until the port accepts a connection; False when `alive()` ends or time is up."""
    deadline = time.monotonic() + timeout_s
    while alive() and time.monotonic() < deadline:
        try:
            with socket.create_connection((LOOPBACK, port), timeout=1.0):
                return True
        except OSError:
            time.sleep(0.02)
    return False
