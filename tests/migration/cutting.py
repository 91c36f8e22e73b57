"""A wire to PostgreSQL that breaks at a chosen statement: to the server, its client was killed there."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from psycopg.conninfo import conninfo_to_dict, make_conninfo

STATEMENT = frozenset((ord("Q"), ord("B")))
"""Frontend messages that begin a statement: Query, and Bind of the extended protocol."""


class Wire:
    """Passes one connection on, to the statement `cut_at`, from 1: that is sent but not answered, or not even sent."""

    def __init__(self, url: str, cut_at: int | None = None, *, sent: bool = False) -> None:
        self._parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
        self._cut_at = cut_at
        self._sent = sent
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._closing = Event()
        self.statements = 0
        """How many came."""

    @property
    def url(self) -> str:
        """Of this end."""
        port = str(self._listener.getsockname()[1])
        return make_conninfo(
            **(self._parts | {"host": "127.0.0.1", "port": port, "sslmode": "disable", "gssencmode": "disable"})
        )

    @contextmanager
    def open(self) -> Iterator[Wire]:
        """Pass connections on, while it lasts."""
        thread = Thread(target=self._serve, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._closing.set()
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            thread.join(30)

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection((self._parts["host"], int(self._parts["port"])))
            Thread(target=self._back, args=(server, client), daemon=True).start()
            with client, server, suppress(OSError):
                self._forth(client, server)

    def _forth(self, client: socket.socket, server: socket.socket) -> None:
        """The startup message has no type, so it is passed on by its length alone."""
        read = client.makefile("rb")
        head = read.read(4)
        server.sendall(head + read.read(struct.unpack("!I", head)[0] - 4))
        while head := read.read(5):
            message = head + read.read(struct.unpack("!I", head[1:])[0] - 4)
            if head[0] in STATEMENT:
                self.statements += 1
                if self.statements == self._cut_at:
                    if self._sent:
                        server.sendall(message if head[0] == ord("Q") else message + read.read1())
                        self._drain(server)
                    break
            server.sendall(message)
        for end in (server, client):
            end.shutdown(socket.SHUT_RDWR)

    def _drain(self, server: socket.socket) -> None:
        """Half-close: the server carries out what it has before it reads the end."""
        server.shutdown(socket.SHUT_WR)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while block := server.recv(65536):
                if self._cut_at is None or self.statements < self._cut_at:
                    client.sendall(block)
