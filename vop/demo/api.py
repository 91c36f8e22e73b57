"""The demo's own API as an outsider calls it: HTTP on loopback, a token, JSON."""

from __future__ import annotations

import http.client
import json
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from vop.demo.errors import Unanswered

PREFIX: Final = "/api/v1"
TIMEOUT_S: Final = 60.0


class Api:
    """One connection that is kept open. A context manager."""

    def __init__(self, url: str, token: str) -> None:
        """`url` is the API's base, `token` that of a user."""
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer to `method` on `path`, below the API's prefix. Raises `Unanswered` for anything but success."""
        sent = None if body is None else json.dumps(body).encode()
        try:
            self._connection.request(method, PREFIX + path, sent, self._headers)
            answer = self._connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Unanswered(f"{method} {path}: no answer ({type(error).__name__}: {error})") from error
        if not http.HTTPStatus.OK <= answer.status < http.HTTPStatus.MULTIPLE_CHOICES:
            raise Unanswered(f"{method} {path}: {answer.status} {said[:300].decode(errors='replace')}", answer.status)
        return json.loads(said) if said else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
