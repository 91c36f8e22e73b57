"""Who is believed about where a request comes from: nobody, unless named."""

from __future__ import annotations

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import Request, Response
from starlette.middleware.base import RequestResponseEndpoint
from starlette.types import Message, Scope

import catalog
from api import service
from api.app import create_app
from api.settings import Settings
from store.database import Database

NOWHERE = "host=127.0.0.1 port=1"


def said(settings: Settings) -> tuple[str, str]:
    """Scheme and client of a request from 127.0.0.1 that claims to be another's, by https."""
    app = create_app(settings, catalog.load(), Database(NOWHERE))
    seen: list[Scope] = []

    @app.middleware("http")
    async def look(request: Request, go_on: RequestResponseEndpoint) -> Response:
        seen.append(request.scope)
        return await go_on(request)

    config = service.server(app, settings).config
    config.load()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/healthz", "raw_path": b"/healthz", "query_string": b"", "root_path": "",
        "headers": [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-proto", b"https")],
        "client": ("127.0.0.1", 4000), "server": ("127.0.0.1", 8000),
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: Message) -> None:
        return

    with start_blocking_portal() as portal:  # a thread of its own: a browser's tests may have left a loop in this one
        portal.call(config.loaded_app, scope, receive, send)
    (found,) = seen
    return found["scheme"], found["client"][0]


@pytest.mark.parametrize(
    ("trusted", "expected"),
    [
        ("", ("http", "127.0.0.1")),
        ("198.51.100.0/24", ("http", "127.0.0.1")),
        ("127.0.0.0/8", ("https", "203.0.113.9")),
        ("10.0.0.1,127.0.0.1", ("https", "203.0.113.9")),
    ],
)
def test_only_named_proxies_are_believed(trusted: str, expected: tuple[str, str]) -> None:
    assert said(Settings(trusted_proxies=trusted)) == expected
