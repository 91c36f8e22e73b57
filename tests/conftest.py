"""Fixtures with something real behind them: PostgreSQL and Mosquitto, one of each a worker.

`VOP_TEST_DATABASE_URL` names a database on a running server where the tests may make databases;
without it they start PostgreSQL themselves (`VOP_PG_BIN_DIR` chooses another build,
`VOP_TEST_PG_PRELOAD=timescaledb` preloads libraries).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.platform_services import (
    DeviceBroker,
    GivenServer,
    Server,
    close_to_connections,
    embedded_server,
    fresh_database,
    reachable_directory,
)
from vop.services.mosquitto import Mosquitto, find_mosquitto

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def pg_server() -> Iterator[Server]:
    """A PostgreSQL server for the whole run; `.url(dbname)`."""
    given = os.environ.get("VOP_TEST_DATABASE_URL")
    if given:
        yield GivenServer(given)
        return
    with embedded_server() as server:
        yield server


@pytest.fixture(scope="session")
def template_database(pg_server: Server) -> Iterator[str]:
    """The name of a migrated database without rows."""
    import catalog
    from store.migrate import migrate

    with fresh_database(pg_server) as name:
        migrate(pg_server.url(name), catalog.load())
        close_to_connections(pg_server, name)
        yield name


@pytest.fixture
def database(pg_server: Server, template_database: str) -> Iterator[str]:
    """The URL of a migrated database of this test's own."""
    with fresh_database(pg_server, template=template_database) as name:
        yield pg_server.url(name)


@pytest.fixture
def empty_database(pg_server: Server) -> Iterator[str]:
    """The URL of a database of this test's own, not migrated."""
    with fresh_database(pg_server) as name:
        yield pg_server.url(name)


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory for a service's data that the service's account can reach."""
    with reachable_directory("test") as directory:
        yield directory


@pytest.fixture
def broker() -> Iterator[DeviceBroker]:
    """A Mosquitto of this test's own; `add_device` makes accounts."""
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    with reachable_directory("mqtt") as directory, Mosquitto(directory / "broker") as server:
        yield DeviceBroker(server)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run: a process has room for one Playwright."""
    from playwright.sync_api import sync_playwright

    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on PATH: install chromium (on Debian: apt-get install chromium)")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*arguments, "--disable-dev-shm-usage"])
        yield browser
        browser.close()
