from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.api.world import World, serve
from tests.platform_services import Server, fresh_database


@pytest.fixture
def world(database: str) -> Iterator[World]:
    """An app of this test's own."""
    with serve(database) as served:
        yield served


@pytest.fixture(scope="module")
def shared(pg_server: Server, template_database: str) -> Iterator[World]:
    """An app shared by the tests of a module that leave it as they find it."""
    with fresh_database(pg_server, template=template_database) as name, serve(pg_server.url(name)) as served:
        yield served
