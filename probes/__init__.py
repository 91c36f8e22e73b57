"""How a running service is looked at: /metrics, /healthz and /readyz, for services that have no other HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest


def serve(
    host: str,
    port: int,
    registry: CollectorRegistry,
    is_ready: Callable[[], bool],
    *,
    waiting_for: str | Callable[[], str] = "database or broker",
) -> ThreadingHTTPServer:
    """Serve in the background; `server_port` tells the port when `port` is 0. Raises OSError when it is taken.

    `waiting_for` is, or tells, what /readyz names while `is_ready` says no.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(registry))
            elif self.path == "/healthz":
                self._answer(HTTPStatus.OK, "text/plain", b"alive\n")
            elif self.path == "/readyz" and is_ready():
                self._answer(HTTPStatus.OK, "text/plain", b"ready\n")
            elif self.path == "/readyz":
                what = waiting_for if isinstance(waiting_for, str) else waiting_for()
                words = f"waiting for {what}\n".encode()
                self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", words)
            else:
                words = b"only /metrics, /healthz and /readyz are here\n"
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", words)

        def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Scrapes are not worth a line each."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, name="probes", daemon=True).start()
    return server


@contextmanager
def served(
    host: str,
    port: int,
    registry: CollectorRegistry,
    is_ready: Callable[[], bool],
    *,
    waiting_for: str | Callable[[], str],
) -> Iterator[int]:
    """Serve until the end of the block, which is given the port; port 0 in the settings: nothing is served."""
    if not port:
        yield 0
        return
    server = serve(host, port, registry, is_ready, waiting_for=waiting_for)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
