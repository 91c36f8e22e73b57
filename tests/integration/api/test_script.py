"""Stored and reflected script: whatever is written anywhere is text on every page that shows it.

The world is that of hostile.py. tests/browser/test_script.py opens the same pages in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote

import pytest

from api.document import query_parameters
from api.permissions import RULES, is_page
from api.sessions.origins import csrf_token
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.hostile import SHOWN, harmless, hostile, hostile_world, leading, texts_of
from tests.integration.api.wire import ask, cookie
from tests.integration.api.world import PEOPLE, World
from tests.platform_services import Server

READERS = ("ada", "sam", "clara", "quinn")
PARTS = {
    "device": "odd-1",
    "customer": "odd",
    "product": "odd",
    "language": "fa",
    "user": "odd",
    "token": "9",
    "item": "odd-1",
    "order": "1",
}
LANGUAGE = "/language/{language}"
LISTS = (
    "/devices?q=zq",
    "/deadletters/replay?id=1&id=2&id=3&id=4",
    "/connect/odd-1/arrival?from=2026-01-01T00:00:00Z",
    "/devices/odd-1?signal=motto&signal=mood&signal=depth",
)
FORMS: dict[str, tuple[str, ...]] = {
    "/sign-in": ("token", "user", "password", "next"),
    "/preferences": ("language", "calendar"),
    "/preferences/password": ("current", "new", "again"),
    "/deadletters/replay": ("ids",),
    "/connect": ("device", "product", "serial"),
    "/connect/check": ("toml",),
    "/sign-out": (),
    "/users": ("name", "display_name", "role.stock", "once"),
    "/users/{user}": ("display_name", "role.stock"),
    "/users/{user}/suspend": (),
    "/users/{user}/reactivate": (),
    "/users/{user}/tokens": ("label", "days", "once"),
    "/users/{user}/tokens/{token}/revoke": (),
    "/customers": ("customer", "name", "zone", "language", "calendar", "week_start", "weekend.1", "another"),
    "/customers/{customer}": ("name", "zone", "language", "calendar", "week_start", "weekend.1", "another", "was"),
    "/customers/{customer}/consents": ("another", "purpose.compare", "was"),
    "/customers/{customer}/devices": ("device", "day"),
    "/customers/{customer}/care-team": ("another", "member.clara", "was"),
    "/devices/{device}/credentials": ("once",),
    "/devices/{device}/ownerships": ("customer", "day", "what", "was"),
    "/devices/{device}/regimen": ("what", "since", "until", "doses", "every_days", "weekday1", "zone_rule", "reason"),
    "/statements": ("customer", "device", "case", "channel", "text", "lang", "said_on", "said_time", "once"),
    "/statements/preview": ("customer", "device", "case", "channel", "text", "lang", "said_on", "said_time"),
    "/statements/{statement}/claims": ("topic", "low", "high", "unit", "per", "quote", "once"),
    "/statements/{statement}/claims/{n}": ("do", "topic", "low", "high", "unit", "per", "verdict", "because"),
    "/statements/{statement}/compare": ("once",),
    "/statements/{statement}/split": ("once",),
    "/cases/{case}/answers": ("channel", "once"),
    "/cases/{case}/promises": ("what", "within", "due_on", "due_time", "once"),
    "/cases/{case}/promises/{promise}/keep": ("once",),
    "/cases/{case}/close": ("cause", "fix", "note", "once"),
    "/cases/{case}/reopen": ("once",),
    "/stock/{item}": ("sku", "unit", "lead_days", "lead_sd_days", "service_level", "pack", "min_order", "cycle_days"),
    "/orders/{order}/receive": ("quantity", "once"),
    "/orders/{order}/cancel": ("once",),
}
"""The fields of every form; none where nothing is written."""


@pytest.fixture(scope="module")
def odd(pg_server: Server, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with hostile_world(pg_server, template_database, tmp_path_factory.mktemp("catalog")) as world:
        yield world


@pytest.fixture(scope="module")
def readers(odd: World) -> Iterator[dict[str, Browser]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(signed_in(odd, name)) for name in READERS}


def address(pattern: str) -> str:
    return re.sub(r"\{(\w+)(:path)?\}", lambda part: PARTS.get(part[1], "x"), pattern)


def pages() -> list[str]:
    """Every page's pattern."""
    return sorted(
        path for method, path in RULES if method == "GET" and is_page(path) and not path.startswith("/static")
    )


def test_what_was_written_is_text_on_every_page(odd: World, readers: dict[str, Browser]) -> None:
    met: set[str] = set()
    for browser in readers.values():
        for path in (*map(address, set(pages()) - {LANGUAGE}), *LISTS):
            for headers in ({"Accept-Language": "en"}, {"Accept-Language": "fa", "HX-Request": "true"}):
                answer = browser.get(path, headers=headers)
                assert answer.status_code < 500, path
                if answer.headers.get("content-type", "").startswith("text/html"):
                    met |= texts_of(harmless(answer.text))
    missing = sorted(SHOWN - met)
    assert not missing, f"never met on any page: {missing}"


@pytest.mark.parametrize("pattern", pages())
def test_what_an_address_says_is_text(odd: World, readers: dict[str, Browser], pattern: str) -> None:
    with ExitStack() as stack:
        roles = RULES["GET", pattern].roles
        reader = next((name for name in READERS if PEOPLE[name] in roles), "")
        browser = readers[reader] if reader else stack.enter_context(Browser(odd))
        for path, query in _asked(odd, pattern):
            for headers in ({}, {"HX-Request": "true"}):
                answer = browser.get(path, params=query, headers=headers)
                assert answer.status_code < 500, (path, query)
                there = answer.headers.get("location", "/") + answer.headers.get("hx-push-url", "/")
                assert there.startswith("/")
                assert "javascript:" not in there.partition("?")[0]
                if answer.headers.get("content-type", "").startswith("text/html"):
                    harmless(answer.text)


def _asked(world: World, pattern: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Paths and queries of one page, each with something hostile in one place, or in all."""
    names = sorted(query_parameters(world.app, "GET", pattern))
    for text in (hostile("query"), leading("query")):
        yield from ((address(pattern), {name: text}) for name in names)
        yield address(pattern), dict.fromkeys((*names, text), text)
        for part in re.findall(r"\{(\w+)(?::path)?\}", pattern):
            before, _, after = re.sub(r":path\}", "}", pattern).partition("{" + part + "}")
            yield address(before) + quote(text, safe="") + address(after), {}


def test_every_form_is_tried() -> None:
    assert {path for method, path in RULES if method == "POST" and is_page(path)} <= FORMS.keys()


@pytest.mark.parametrize("pattern", [path for path, fields in FORMS.items() if fields and ("POST", path) in RULES])
def test_what_a_form_sends_is_text(odd: World, readers: dict[str, Browser], pattern: str) -> None:
    with ExitStack() as stack:
        roles = RULES["POST", pattern].roles
        reader = next((name for name in READERS if PEOPLE[name] in roles), "")
        browser = readers[reader] if reader else stack.enter_context(Browser(odd))
        token = {"csrf": csrf_token(browser.session or "")}
        for text in (hostile("form"), leading("form")):
            for fields in (dict.fromkeys(FORMS[pattern], text), *({field: text} for field in FORMS[pattern])):
                answer = browser.send(address(pattern), fields | token)
                assert answer.status_code < 500, fields
                assert answer.headers.get("location", "/").startswith("/")
                if answer.headers.get("content-type", "").startswith("text/html"):
                    harmless(answer.text)
    odd.app.state.services.throttle.forget()


def test_what_headers_say_is_text(odd: World, readers: dict[str, Browser]) -> None:
    text = hostile("header").encode()
    names = (
        b"User-Agent", b"Referer", b"Accept-Language", b"X-Request-ID", b"X-Forwarded-Host", b"HX-Target",
        b"HX-Current-URL", b"HX-Prompt", b"HX-Trigger", b"Accept", b"Origin", b"Content-Type",
    )  # fmt: skip
    for secret in (b"", cookie(readers["sam"].session)):
        more = secret + b"".join(name + b": " + text + b"\r\n" for name in names)
        for path in (b"/", b"/devices", b"/sign-in", b"/connect", b"/nothing", b"/design"):
            for method, host in ((b"GET", None), (b"POST", None), (b"GET", text)):
                reply = ask(odd, path, method=method, host=host, more=more)
                assert reply.status < 500
                if reply.headers.get("content-type", "").startswith("text/html"):
                    harmless(reply.body)
        for lang in (text, b"fa" + text):
            reply = ask(
                odd, b"/devices", more=secret.replace(b"\r\n", b"; lang=" + lang + b"\r\n") or b"Cookie: lang=x\r\n"
            )
            assert reply.status in (200, 303)
            harmless(reply.body)


def test_json_beside_them_is_json(odd: World) -> None:
    """No browser reads it as a page, and nothing in it ends an element."""
    with odd.client("clara") as client:
        for path in ("/devices/odd-1", "/devices/odd-1/events", "/products/odd", "/nothing", "/devices?q=<script>"):
            answer = client.get(path)
            assert answer.headers["content-type"].startswith(("application/json", "application/problem+json"))
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
