"""Caddy with deploy/proxy/Caddyfile before the API, both as docker-compose.yml starts them."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.integration.deploy.stack import LOOPBACK, Stack, prepared
from tests.platform_services import reachable_directory
from tests.waiting import poll
from vop.services import ports

pytestmark = pytest.mark.skipif(shutil.which("caddy") is None, reason="caddy is not installed")

POLICY = "default-src 'none'; script-src 'self'"


@dataclass
class Upstream:
    """What stands in for the API: it says what it was told, and streams when it is asked to."""

    port: int
    asked: list[dict[str, str]] = field(default_factory=list)
    more: threading.Event = field(default_factory=threading.Event)
    gone: threading.Event = field(default_factory=threading.Event)
    away: bool = False


@dataclass
class Proxy:
    """Where it listens, and whom to believe."""

    https: int
    http: int
    authority: Path
    upstream: Upstream
    stack: Stack

    def get(self, path: str, **headers: str) -> httpx.Response:
        context = ssl.create_default_context(cafile=str(self.authority))
        with httpx.Client(verify=context, base_url=f"https://localhost:{self.https}") as client:
            return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def _handler(upstream: Upstream) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if upstream.away:
                self.close_connection = True
                return
            upstream.asked.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Security-Policy", POLICY)
            if self.path == "/stream":
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                self._stream()
                return
            body = json.dumps(upstream.asked[-1]).encode() * 50
            self.send_header("Content-Type", "text/html" if self.path == "/page" else "text/css")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _stream(self) -> None:
            self.close_connection = True
            try:
                self.wfile.write(b"data: one\n\n")
                self.wfile.flush()
                upstream.more.wait(30)
                for _ in range(10_000):
                    self.wfile.write(b"data: two\n\n")
                    self.wfile.flush()
                    threading.Event().wait(0.01)
            except OSError:
                upstream.gone.set()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Nobody reads it."""

    return Handler


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    https, http, admin = (ports.free_port() for _ in range(3))
    upstream = Upstream(ports.free_port())
    server = ThreadingHTTPServer((LOOPBACK, upstream.port), _handler(upstream))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with reachable_directory("proxy") as place, prepared(place, database_port=1) as stack:
        file = place / "deploy/proxy/Caddyfile"
        text = file.read_text()
        for usual, here in (("http_port 8080", f"http_port {http}"), ("https_port 8443", f"https_port {https}")):
            assert usual in text
            text = text.replace(usual, here)
        file.write_text(text.replace("admin localhost:2019", f"admin localhost:{admin}"))
        environment = stack.environment("proxy")
        environment |= {"API_UPSTREAM": f"{LOOPBACK}:{upstream.port}", "XDG_CONFIG_HOME": str(place)}
        with stack.log("proxy").open("wb") as log:
            process = subprocess.Popen(
                stack.argv(stack.services["proxy"]["command"]), env=environment, stdout=log, stderr=log, cwd="/"
            )
        stack.running["proxy"] = process
        authority = place / "proxy/caddy/pki/authorities/local/root.crt"
        made = Proxy(https, http, authority, upstream, stack)
        poll(lambda: process.poll() is not None or _answers(made), 60, what="the proxy")
        assert process.poll() is None, stack.log("proxy").read_text()
        try:
            yield made
        finally:
            server.shutdown()
            server.server_close()


def _answers(proxy: Proxy) -> bool:
    try:
        return proxy.authority.is_file() and proxy.get("/page").status_code == 200
    except (OSError, httpx.HTTPError):
        return False


def test_it_is_told_who_asks_by_nobody_but_itself(proxy: Proxy) -> None:
    proxy.get("/page", X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="http", X_Forwarded_Host="evil.example.com")
    told = proxy.upstream.asked[-1]
    assert told["x-forwarded-for"] == LOOPBACK
    assert told["x-forwarded-proto"] == "https"
    assert told["x-forwarded-host"].startswith("localhost")
    assert told["host"].startswith("localhost")


def test_headers_are_the_application_s_and_https_is_remembered(proxy: Proxy) -> None:
    answer = proxy.get("/page")
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "server" not in answer.headers or "caddy" not in answer.headers["server"].lower()


def test_pages_are_not_compressed_and_assets_are(proxy: Proxy) -> None:
    assert "content-encoding" not in proxy.get("/page", Accept_Encoding="gzip").headers
    assert proxy.get("/static/1/console.css", Accept_Encoding="gzip").headers["content-encoding"] == "gzip"


def test_plain_http_is_sent_to_https(proxy: Proxy) -> None:
    answer = httpx.get(f"http://localhost:{proxy.http}/devices/x?y=1")
    assert answer.status_code == 308
    assert answer.headers["location"] == "https://localhost/devices/x?y=1"


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/%6detrics", "/./metrics", "/METRICS"])
def test_metrics_are_for_the_inside(proxy: Proxy, path: str) -> None:
    asked = len(proxy.upstream.asked)
    assert proxy.get(path).status_code == 404
    assert len(proxy.upstream.asked) == asked


def test_events_come_as_they_are_sent_and_end_with_their_client(proxy: Proxy) -> None:
    context = ssl.create_default_context(cafile=str(proxy.authority))
    with (
        httpx.Client(verify=context, timeout=30) as client,
        client.stream("GET", f"https://localhost:{proxy.https}/stream", headers={"Accept-Encoding": "gzip"}) as answer,
    ):
        lines = answer.iter_lines()
        # The upstream sends no more until this has come.
        assert next(lines) == "data: one"
        proxy.upstream.more.set()
        assert next(line for line in lines if line) == "data: two"
    poll(proxy.upstream.gone.is_set, 30, what="the end of the stream behind the proxy")


def test_who_names_no_host_gets_the_site_s_certificate(proxy: Proxy) -> None:
    """As the probe of its age does."""
    blind = ssl.create_default_context(cafile=str(proxy.authority))
    blind.check_hostname = False
    with socket.create_connection((LOOPBACK, proxy.https), 10) as link, blind.wrap_socket(link) as tls:
        certificate = tls.getpeercert()
    assert certificate is not None
    assert ("DNS", "localhost") in certificate["subjectAltName"]


def test_without_the_api_people_are_told_and_the_log_names_nobody(proxy: Proxy) -> None:
    proxy.upstream.away = True
    try:
        page = proxy.get("/devices/rv-of-somebody?customer=zoe", Cookie="vop_session=hidden")
        answer = proxy.get("/api/v1/devices/rv-of-somebody")
    finally:
        proxy.upstream.away = False
    assert page.status_code == answer.status_code == 502
    assert "try again" in page.text.lower()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 502
    log = proxy.stack.log("proxy").read_text()
    assert '"level":"error"' in log
    for word in ("rv-of-somebody", "zoe", "hidden"):
        assert word not in log
