"""Whether a request that changes something was made by a page of ours.

A browser sends its cookies along with requests that other sites make. Two things tell them apart: what the browser says
of the request (`Sec-Fetch-Site`, which is sent to https and loopback, else `Origin`), and a token that only our pages
know. The token is made from the session's secret: it is kept nowhere, and another session's does not fit. No two pages
have the same one, so that nothing is learnt of it from the size of packed pages (BREACH, CVE-2013-3587).
"""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import urlsplit

from fastapi import Request

from api.errors import CrossSite
from api.sessions.forms import loaded

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = "X-CSRF-Token"
FIELD = "csrf"
_SALT_CHARS = 16
_OWN = frozenset({"same-origin", "none"})


def is_safe(request: Request) -> bool:
    """Whether its method changes nothing."""
    return request.method in SAFE


def require_own(request: Request) -> None:
    """Raise `CrossSite` when the browser says that another site made the request. What is no browser says nothing."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = site in _OWN if site is not None else origin is None or _host(origin) == request.headers.get("host", "")
    if not own:
        raise CrossSite("the request was made by a page of another site; go to the page here and do it there")


def csrf_token(secret: str) -> str:
    """A token that requests of the session with this secret may carry; each time another."""
    return _salted(secret, secrets.token_hex(_SALT_CHARS // 2))


def _salted(secret: str, salt: str) -> str:
    return salt + hmac.digest(secret.encode(), f"vop csrf token {salt}".encode(), "sha256").hex()


def require_token(request: Request, secret: str) -> None:
    """Raise `CrossSite` unless the request carries a token of its session, as header or as field of its form."""
    given = request.headers.get(HEADER) or loaded(request).get(FIELD, "")
    if not hmac.compare_digest(given.encode(), _salted(secret, given[:_SALT_CHARS]).encode()):
        raise CrossSite(
            f"the request lacks the token of this session (header {HEADER}, or field {FIELD}); load the page again"
        )


def _host(origin: str) -> str | None:
    """Host and port, as the Host header has them; None for what is no site, like `null`."""
    try:
        split = urlsplit(origin)
    except ValueError:
        return None
    return split.netloc if split.scheme in {"http", "https"} else None
