"""A TCP proxy that is slow, silent or rude on purpose, and that knows which step of a protocol is passing.

    worker -- up --> proxy -- up --> server          chunks are shown to `watch` before and after they are passed on
           <- down --      <- down --

Two threads a connection; everything ends with `close`.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Literal, Protocol, Self, TypeAlias

CHUNK_BYTES = 65_536
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER that makes `close` send RST instead of FIN."""
HELD_LOOK_S = 0.05
CONNECT_TIMEOUT_S = 5.0

Direction: TypeAlias = Literal["up", "down"]
Phase: TypeAlias = Literal["before", "after"]
Watch: TypeAlias = Callable[[str, Phase], bool]
"""Told the name of a step, before and after it is passed on; True before it: cut the connection instead."""


class Tap(Protocol):
    """Reads one connection's two streams and names the steps in them."""

    def read(self, direction: Direction, chunk: bytes) -> Iterable[str]:
        """The steps that begin or end in this chunk."""
        ...


class Proxy:
    """Forwards connections to `port` on `host`; listens on an ephemeral port of 127.0.0.1 from the start."""

    host = "127.0.0.1"

    def __init__(self, host: str, port: int, tap: Callable[[], Tap] | None = None) -> None:
        self.target = (host, port)
        self.tap = tap
        self.watch: Watch | None = None
        self.delay_s = 0.0
        """Before each chunk, in each direction."""
        self.bytes_per_s = 0
        """Most that passes in each direction of a connection; 0: no limit."""
        self.refusing = False
        """New connections are reset at once."""
        self.accepted = 0
        """Connections so far."""
        self._holding = False
        self._links: set[_Link] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server((self.host, 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._closed = False
        self._thread = threading.Thread(target=self._accept, name=f"proxy-{self.port}", daemon=True)
        self._thread.start()

    def hold(self, *, new: bool = True) -> None:
        """Half-open: connections stay, nothing passes. Without `new` only those that exist are held, for good."""
        self._holding = new
        with self._lock:
            for link in self._links:
                link.held = True

    def release(self) -> None:
        """End `hold`: what was held goes on where it stopped."""
        self._holding = False
        with self._lock:
            for link in self._links:
                link.held = False

    def cut(self) -> int:
        """Reset every connection; returns how many there were."""
        with self._lock:
            links = list(self._links)
        for link in links:
            link.reset()
        return len(links)

    def close(self) -> None:
        """Cut everything and listen no more."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes `accept`
        self._thread.join(CONNECT_TIMEOUT_S)
        self._listener.close()
        self.cut()
        with self._lock:
            threads = [thread for link in self._links for thread in link.threads]
        for thread in threads:
            thread.join(CONNECT_TIMEOUT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self.target, CONNECT_TIMEOUT_S)
            except OSError:
                far = None
            if far is None or self.refusing:
                _reset(near)
                if far is not None:
                    far.close()
                continue
            self.accepted += 1
            link = _Link(self, near, far)
            link.held = self._holding
            with self._lock:
                self._links.add(link)
            link.start()

    def forget(self, link: _Link) -> None:
        """A connection has ended."""
        with self._lock:
            self._links.discard(link)


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    end.close()


class _Link:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, near: socket.socket, far: socket.socket) -> None:
        self.held = False
        self._proxy = proxy
        self._ends = (near, far)
        self._tap = proxy.tap() if proxy.tap else None
        self._over = False
        self._left = 2
        self._lock = threading.Lock()
        for end in self._ends:
            end.settimeout(None)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ways: list[tuple[Direction, socket.socket, socket.socket]] = [("up", near, far), ("down", far, near)]
        self.threads = [threading.Thread(target=self._pump, args=way, daemon=True) for way in ways]

    def start(self) -> None:
        """Let it flow."""
        for thread in self.threads:
            thread.start()

    def reset(self) -> None:
        """End both sides with RST: half closed for reading first, which wakes the pumps and sends no FIN."""
        self._over = True
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.shutdown(socket.SHUT_RD)

    def _pump(self, direction: Direction, source: socket.socket, sink: socket.socket) -> None:
        try:
            while chunk := source.recv(CHUNK_BYTES):
                self._wait()
                if self._over or self._stopped_by("before", steps := self._steps(direction, chunk)):
                    break
                self._wait()
                sink.sendall(chunk)
                self._stopped_by("after", steps)
                if self._proxy.bytes_per_s:
                    time.sleep(len(chunk) / self._proxy.bytes_per_s)
        except OSError:
            self._over = True
        if not self._over:
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)
        else:
            self.reset()
        self._ended()

    def _wait(self) -> None:
        while self.held and not self._over:
            time.sleep(HELD_LOOK_S)
        if self._proxy.delay_s:
            time.sleep(self._proxy.delay_s)

    def _steps(self, direction: Direction, chunk: bytes) -> list[str]:
        return list(self._tap.read(direction, chunk)) if self._tap else []

    def _stopped_by(self, phase: Phase, steps: list[str]) -> bool:
        watch = self._proxy.watch
        if watch is None:
            return False
        # Every step is told, also when an earlier one of the same chunk ends the connection.
        for step in steps:
            self._over |= watch(step, phase) and phase == "before"
        return self._over

    def _ended(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left:
                return
        for end in self._ends:
            end.close()
        self._proxy.forget(self)
