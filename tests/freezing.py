"""A server that stands still: its sockets stay open, the kernel acknowledges, and nobody answers."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.platform_services import Server
from vop.services.postgres import PostgresServer


def processes(server: PostgresServer) -> list[int]:
    """The server's own, and its children."""
    found = [server.pid]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            # The name stands in parentheses and may hold anything; state and parent follow.
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == server.pid:
                found.append(int(stat.parent.name))
    return found


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """Stop every process of `server` for the block, the one that starts the others first."""
    if not isinstance(server, PostgresServer) or not Path("/proc/self/stat").exists():
        pytest.skip("only a server of the tests' own can be frozen, and only where /proc is")
    os.kill(server.pid, signal.SIGSTOP)
    stopped = processes(server)
    try:
        for pid in stopped[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in reversed(stopped):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
