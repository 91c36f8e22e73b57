"""Pages in a real browser, over the real app and a real database.

    def test_something(visit: Visit) -> None:
        stage = visit("/devices", "sam", language="fa", dark=True, phone=True)
        stage.page.get_by_role("searchbox").fill("anna")     # Playwright's own API
        stage.check_accessible()

Every stage is checked for its conduct when the test ends. People, devices and customers are those of
tests/integration/api/world.py, shared by the tests of a module, which leave them as they find them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.integration.api.world import World, serve
from tests.platform_services import Server, fresh_database

pytest.register_assert_rewrite("tests.browser.stage")

from tests.browser.looks import Look  # noqa: E402 - what stages assert is to be told
from tests.browser.stage import AXE, Stage  # noqa: E402


class Visit(Protocol):
    """Opens `path` as one of `world.PEOPLE`, by name, or as nobody."""

    def __call__(
        self,
        path: str,
        name: str | None = None,
        *,
        language: str = "en",
        dark: bool = False,
        phone: bool = False,
        status: int = 200,
    ) -> Stage: ...


@pytest.fixture(scope="module")
def site(pg_server: Server, template_database: str) -> Iterator[World]:
    """The app, served over a database of this module's own with all four products' tables."""
    with fresh_database(pg_server, template=template_database) as name, serve(pg_server.url(name)) as served:
        yield served


def sign_in(context: BrowserContext, site: World, name: str) -> None:
    """Give `context` the session of one of `site`'s people, through the sign-in form's own request."""
    answer = context.request.post(
        f"{site.url}/sign-in",
        form={"token": site.tokens[name], "next": "/"},
        headers={"Origin": site.url},
        max_redirects=0,
    )
    assert answer.status == 303, answer.text()


@pytest.fixture
def visit(chromium: Browser, site: World) -> Iterator[Visit]:
    """Opens pages, each in a context of its own."""
    if not AXE.is_file():
        pytest.skip("axe-core is not there: python3 bootstrap.py --dev fetches it")
    contexts: list[BrowserContext] = []
    stages: list[Stage] = []

    def open_page(
        path: str,
        name: str | None = None,
        *,
        language: str = "en",
        dark: bool = False,
        phone: bool = False,
        status: int = 200,
    ) -> Stage:
        context = Look(language, dark, phone).context(chromium)
        contexts.append(context)
        if name is not None:
            sign_in(context, site, name)
        stage = Stage.of(context, site.url)
        stages.append(stage)
        stage.open(path, status)
        return stage

    yield open_page
    try:
        for stage in stages:
            stage.check_conduct()
    finally:
        for context in contexts:
            context.close()
