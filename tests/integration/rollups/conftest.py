from __future__ import annotations

from collections.abc import Iterator

import pytest

from store.database import connect
from tests.integration.rollups.world import World


@pytest.fixture
def world(database: str) -> Iterator[World]:
    with connect(database, autocommit=True) as conn:
        yield World(conn)
