from __future__ import annotations

from collections.abc import Iterator

import pytest

from store.database import connect
from tests.integration.voice.lives import Lives


@pytest.fixture
def lives(database: str) -> Iterator[Lives]:
    with connect(database, autocommit=True) as conn:
        yield Lives(conn)
