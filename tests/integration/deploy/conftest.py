from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from tests.integration.deploy.stack import LOOPBACK, Stack, database_and_secrets, pgpass
from tests.platform_services import reachable_directory


class Cluster:
    """A migrated database with the roles of the file, on a server of its own: roles belong to a whole server."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def url(self, role: str, database: str = "vop") -> str:
        """Where `vop_<role>`, or the superuser `postgres`, connects."""
        user = role if role == "postgres" else f"vop_{role}"
        password = pgpass(self.stack.secrets, role)
        port = self.stack.ports.database
        return make_conninfo("", host=LOOPBACK, port=port, dbname=database, user=user, password=password)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with reachable_directory("roles") as place, database_and_secrets(place) as stack:
        stack.start("roles")
        stack.start("migrate")
        yield Cluster(stack)


@pytest.fixture
def stack(place: Path) -> Iterator[Stack]:
    """Nothing of the file runs yet but the database."""
    with database_and_secrets(place) as made:
        yield made
