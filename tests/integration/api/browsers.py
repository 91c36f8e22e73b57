"""A browser for tests: it keeps cookies, says where its requests come from, and sends forms with their CSRF token."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import httpx

from api.sessions.cookies import BROWSER, SESSION
from tests.integration.api.world import World

_CSRF = re.compile(r'<meta name="csrf" content="([^"]*)">')


class Browser:
    """One browser on the pages of `world`; follows no redirect."""

    def __init__(self, world: World) -> None:
        self.url = world.url
        # Plain http: reading the machine's certificates would take most of the time.
        self.http = httpx.Client(base_url=world.url, timeout=30, follow_redirects=False, verify=False)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    @property
    def session(self) -> str | None:
        """The secret in its session cookie."""
        return self.http.cookies.get(SESSION)

    @property
    def known(self) -> str | None:
        """The secret in the cookie that says who signed in here before."""
        return self.http.cookies.get(BROWSER)

    def plant(self, secret: str) -> None:
        """Put somebody's session into this browser."""
        self.http.cookies.set(SESSION, secret, domain=urlsplit(self.url).hostname or "")

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Go to a page."""
        return self.http.get(path, **more)

    def csrf(self, path: str = "/preferences") -> str:
        """The token that a page carries."""
        found = _CSRF.search(self.get(path).text)
        return found[1] if found else ""

    def send(self, path: str, fields: dict[str, str], *, headers: dict[str, str] | None = None) -> httpx.Response:
        """Send a form of ours as it is."""
        return self.http.post(path, data=fields, headers={"Origin": self.url} | (headers or {}))

    def submit(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of ours with the session's CSRF token."""
        return self.send(path, fields | {"csrf": self.csrf()})

    def sign_in(self, **fields: str) -> httpx.Response:
        """Send the sign-in form: `token`, or `user` and `password`."""
        return self.send("/sign-in", fields)


def signed_in(world: World, name: str) -> Browser:
    """A browser in which one of `world.PEOPLE` has signed in."""
    browser = Browser(world)
    answer = browser.sign_in(token=world.tokens[name])
    assert answer.status_code == 303, answer.text
    return browser


def host_of(url: str) -> str:
    """Host and port."""
    return urlsplit(url).netloc
