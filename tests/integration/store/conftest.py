from __future__ import annotations

from collections.abc import Iterator

import pytest

from store.database import connect
from store.intake import Intake
from tests.integration.store.world import World, products


@pytest.fixture
def world(database: str) -> Iterator[World]:
    with connect(database, autocommit=True) as conn:
        yield World(conn, Intake(products(heartbeat_s=10.0)))
