from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.migration.frozen import releases
from tests.platform_services import Server, close_to_connections, fresh_database


@pytest.fixture(scope="session")
def first_release(pg_server: Server) -> Iterator[str]:
    """The name of a database as the first release left it, with data in it; only to be copied."""
    with fresh_database(pg_server) as name:
        releases()[0].make(pg_server.url(name))
        close_to_connections(pg_server, name)
        yield name


class Copies:
    """Databases copied from the first release's."""

    def __init__(self, server: Server, template: str) -> None:
        self._server = server
        self._template = template

    @contextmanager
    def one(self) -> Iterator[str]:
        """The URL of another."""
        with fresh_database(self._server, template=self._template) as name:
            yield self._server.url(name)


@pytest.fixture
def old_databases(pg_server: Server, first_release: str) -> Copies:
    """As many databases of the first release as a test wants."""
    return Copies(pg_server, first_release)


@pytest.fixture
def old_database(old_databases: Copies) -> Iterator[str]:
    """The URL of a database of the first release, with data in it."""
    with old_databases.one() as url:
        yield url
