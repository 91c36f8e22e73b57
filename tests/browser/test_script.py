"""Stored script in a real browser: every kind of page of a world full of it, until its own scripts have run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Visit
from tests.integration.api.hostile import hostile_world
from tests.integration.api.world import World
from tests.platform_services import Server

PAGES = {
    "ada": ("/", "/customers/odd/care-team", "/users", "/users/odd", "/system"),
    "sam": (
        "/", "/devices", "/devices?q=zq", "/devices/odd-1?signal=motto&signal=mood&signal=depth",
        "/devices/odd-1/events", "/devices/odd-1/gaps", "/customers", "/customers/odd", "/customers/odd/usage",
        "/products", "/products/odd", "/deadletters", "/deadletters/replay?id=1&id=2", "/connect?product=odd",
        "/connect/odd-1/arrival?from=2026-01-01T00:00:00Z", "/preferences",
    ),
    "clara": ("/", "/devices/odd-1"),
    None: ("/sign-in?next=%22%3E%3Cscript%3Ewindow.broken=1%3C/script%3E", "/design"),
}  # fmt: skip


@pytest.fixture(scope="module")
def site(pg_server: Server, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Instead of the usual one: the world of hostile.py."""
    with hostile_world(pg_server, template_database, tmp_path_factory.mktemp("catalog")) as world:
        yield world


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES, ids=str)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_nothing_that_was_written_is_run(visit: Visit, name: str | None, language: str) -> None:
    """Neither as the page comes, nor as its scripts make charts and tables of it, nor under the pointer."""
    first, *rest = PAGES[name]
    stage = visit(first, name, language=language)
    for path in (first, *rest):
        stage.open(path)
        page = stage.page
        page.wait_for_load_state("load")
        for figure in page.locator("[data-chart]").all():
            figure.locator(".chart-area").scroll_into_view_if_needed()
        if page.locator("[data-chart]").count():
            page.wait_for_function("[...document.querySelectorAll('[data-chart]')].every((f) => 'drawn' in f.dataset)")
            page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
        assert page.evaluate("typeof window.broken") == "undefined", path
        made = page.evaluate(
            """() => [...document.querySelectorAll('*')].filter((e) =>
                 [...e.attributes].some((a) => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value)
                   && ['href', 'src', 'action', 'formaction'].includes(a.name))
                 || ['IFRAME', 'OBJECT', 'EMBED', 'BASE'].includes(e.tagName)
                 || (e.tagName === 'SCRIPT' && !e.src)).map((e) => e.outerHTML.slice(0, 200))"""
        )
        assert made == [], path
        for place in page.locator("main bdi").all()[:5]:
            if place.is_visible():
                place.hover(force=True)
        assert page.evaluate("typeof window.broken") == "undefined", path
