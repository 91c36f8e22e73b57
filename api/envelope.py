"""Around every request: its id, its size limit, its answer's security headers, its count, and the last resort.

Plain ASGI, outside of FastAPI's own layers, so that no answer leaves without it.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.metrics import Metrics

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECURITY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Envelope:
    """ASGI middleware. Refuses bodies over `max_body_bytes` with 413, answers what nobody caught with 500.

    `retold` makes of a problem what this request's reader can read.
    """

    def __init__(
        self, app: ASGIApp, *, metrics: Metrics, max_body_bytes: int, retold: Callable[[Request, Response], Response]
    ) -> None:
        self._app = app
        self._retold = retold
        self._metrics = metrics
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._metrics, self._max_body_bytes, self._retold)
        try:
            if exchange.declared_bytes > self._max_body_bytes:
                await exchange.refuse("body-too-large", _too_large(self._max_body_bytes))
            else:
                await self._app(scope, exchange.receive, exchange.send)
        except ClientDisconnect:
            log.debug("the client of request %s %s went before its body was whole", exchange.request_id, exchange.route)
        except Exception:  # the loop's edge: one request's fault must not end the service
            log.exception("request %s %s failed", exchange.request_id, exchange.route)
            if exchange.started:
                raise
            await exchange.refuse("internal-error", "nothing was changed; report the request id if it happens again")


def _too_large(most_bytes: int) -> str:
    return f"at most {most_bytes} bytes a request; send less at once"


class _Exchange:
    """One request and its answer."""

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        metrics: Metrics,
        max_body_bytes: int,
        retold: Callable[[Request, Response], Response],
    ) -> None:
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope["vop.request_id"] = self.request_id
        length = headers.get("content-length", "0")
        self.declared_bytes = int(length) if length.isdigit() and len(length) < 16 else 0
        self.started = False
        self._scope = scope
        self._receive = receive
        self._send = send
        self._metrics = metrics
        self._max_body_bytes = max_body_bytes
        self._retold = retold
        self._received_bytes = 0
        self._began = time.perf_counter()

    @property
    def route(self) -> str:
        """The pattern that matched, for labels and logs."""
        return str(getattr(self._scope.get("route"), "path", "none"))

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._received_bytes += len(message.get("body", b""))
            if self._received_bytes > self._max_body_bytes:
                raise HTTPException(413, _too_large(self._max_body_bytes))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.request_id
            for name, value in _SECURITY.items():
                headers.setdefault(name, value)
            self._count(message["status"])
        await self._send(message)

    async def refuse(self, slug: str, detail: str) -> None:
        answer = self._retold(Request(self._scope), problems.response(slug, detail, request_id=self.request_id))
        await answer(self._scope, self._receive, self.send)

    def _count(self, status: int) -> None:
        method = self._scope["method"] if self._scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(method, self.route, str(status)).inc()
        self._metrics.seconds.labels(method, self.route).observe(time.perf_counter() - self._began)
        if status == 401:
            self._metrics.refused.inc()
