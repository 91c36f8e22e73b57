"""JSON and pages that are asked for are sent packed: a fraction of their size.

Only answers to GET: what a write answers may hold a secret, and a secret must not be packed together with what a
stranger can choose (BREACH, CVE-2013-3587). Pages hold the token of their forms, which is another one in each page.
"""

from __future__ import annotations

import gzip

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PACKED = ("application/json", "text/html")
LEAST_BYTES = 1_024
LEVEL = 5


class Packing:
    """ASGI middleware: gzip for JSON and pages that answer GET that come in one piece, where the client takes it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _takes_gzip(scope):
            await self._app(scope, receive, send)
            return
        held: Message | None = None

        async def pack(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _is_text(message):
                held = message
                return
            if held is not None:
                start, held = held, None
                _pack(start, message)
                await send(start)
            await send(message)

        await self._app(scope, receive, pack)


def _takes_gzip(scope: Scope) -> bool:
    """As RFC 9110, 12.5.3 has it: what has weight 0 is refused, and `*` stands for what is not named."""
    weights: dict[str, float] = {}
    for part in ",".join(Headers(scope=scope).getlist("accept-encoding")).split(","):
        coding, _, parameter = part.partition(";")
        name, _, weight = parameter.partition("=")
        try:
            weights[coding.strip().lower()] = float(weight) if name.strip().lower() == "q" else 1.0
        except ValueError:
            weights[coding.strip().lower()] = 0.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _is_text(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    return headers.get("content-type", "").startswith(PACKED) and "content-encoding" not in headers


def _pack(start: Message, message: Message) -> None:
    headers = MutableHeaders(raw=start["headers"])
    headers.add_vary_header("Accept-Encoding")
    body = message.get("body", b"")
    if message.get("more_body") or len(body) < LEAST_BYTES:
        return
    message["body"] = gzip.compress(body, LEVEL, mtime=0)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(message["body"]))
