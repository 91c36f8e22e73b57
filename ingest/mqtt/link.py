"""The socket to the broker: one thread reads it, any thread sends, and nobody waits for a broker that does not read."""

from __future__ import annotations

import selectors
import socket
import ssl
from threading import Lock
from typing import Final

from wire.broker import BrokerAddress, tls_context

CONNECT_TIMEOUT_S: Final = 10.0
CHUNK_BYTES: Final = 256 * 1024
MAX_UNSENT_BYTES: Final = 1024 * 1024
"""Four times the acknowledgements of the 65,535 messages that can be unacknowledged."""

_NOT_NOW: Final = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Link:
    """An open connection. Only the thread that calls `receive` may call `close`."""

    def __init__(self, sock: socket.socket) -> None:
        # TLS from two threads at once is undefined (OpenSSL), and a wait under the lock would stop the senders.
        self._lock = Lock()
        self._sock = sock
        self._sock.setblocking(False)
        self._chunk = memoryview(bytearray(CHUNK_BYTES))
        self._unsent = bytearray()
        self._can_send = True
        self._over: OSError | None = None
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._sock, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)

    @classmethod
    def open(cls, address: BrokerAddress, tls: ssl.SSLContext | None = None) -> Link:
        """Connect, and for mqtts:// check the broker's certificate. Raises OSError."""
        sock = socket.create_connection((address.host, address.port), CONNECT_TIMEOUT_S)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if address.tls:
                sock = (tls or tls_context()).wrap_socket(sock, server_hostname=address.host)
            return cls(sock)
        except BaseException:
            sock.close()
            raise

    def receive(self, timeout_s: float) -> bytes:
        """What has come, at most `CHUNK_BYTES`; nothing after `timeout_s`.

        Raises OSError when the connection is over.
        """
        # Asked first: TLS may hold decrypted bytes that no selector knows of.
        data = self._read()
        if not data:
            self.wait(timeout_s)
            data = self._read()
        return data

    def wait(self, timeout_s: float) -> None:
        """Until something has come or `timeout_s` is over; meanwhile what could not be sent at once is."""
        interest = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0)
        self._selector.modify(self._sock, interest)
        for key, events in self._selector.select(timeout_s):
            if key.fileobj is self._woken:
                self._woken.recv(4096)
            if events & selectors.EVENT_WRITE:
                self.flush()

    def send(self, data: bytes) -> bool:
        """Send `data` after all that was sent before, as soon as the broker reads; returns whether it may."""
        with self._lock:
            if not self._can_send:
                return False
            self._unsent += data
            self._flush()
            left, can_send = len(self._unsent), self._can_send
        if left:
            self._wake()
        return can_send

    def flush(self) -> None:
        """Send what waits, as far as the broker reads."""
        with self._lock:
            self._flush()

    @property
    def unsent_bytes(self) -> int:
        """What the broker has not taken from us yet."""
        return len(self._unsent)

    def abort(self) -> None:
        """Have the reading thread find the connection over."""
        with self._lock:
            self._over = self._over or ConnectionAbortedError("given up by us")
        self._wake()

    def close(self) -> None:
        """Give everything back."""
        with self._lock:
            self._can_send = False
            self._unsent.clear()
            self._selector.close()
            for one in (self._sock, self._woken, self._waker):
                one.close()

    def _wake(self) -> None:
        with self._lock:
            if self._waker.fileno() >= 0:
                try:
                    self._waker.send(b"\0")
                except BlockingIOError:
                    return  # it has been told often enough

    def _read(self) -> bytes:
        with self._lock:
            if self._over:
                raise self._over
            try:
                count = self._sock.recv_into(self._chunk)
            except _NOT_NOW:
                return b""
            if not count:
                raise ConnectionResetError("the broker closed it")
            return bytes(self._chunk[:count])

    def _flush(self) -> None:
        try:
            while self._unsent:
                with memoryview(self._unsent) as view:
                    sent = self._sock.send(view)
                del self._unsent[:sent]
        except _NOT_NOW:
            if len(self._unsent) > MAX_UNSENT_BYTES:
                self._over = self._over or TimeoutError("the broker reads nothing of what it is sent")
                self._stop_sending()
        except OSError:
            # Not the end yet: the broker's last words, why it ended the connection, may wait to be read.
            self._stop_sending()

    def _stop_sending(self) -> None:
        self._can_send = False
        self._unsent.clear()
