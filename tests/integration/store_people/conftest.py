"""One connection to a fresh database, and people to put into it."""

from collections.abc import Iterator

import pytest

from store.customers import Customer, create
from store.database import Connection, connect


@pytest.fixture
def conn(database: str) -> Iterator[Connection]:
    with connect(database) as connection:
        yield connection


@pytest.fixture
def anna(conn: Connection) -> Customer:
    return create(conn, "c-anna", "Anna Beispiel", zone="Europe/Berlin")


@pytest.fixture
def babak(conn: Connection) -> Customer:
    return create(
        conn, "c-babak", "بابک", zone="Asia/Tehran", language="fa", calendar="persian",
        week_start=6, weekend=[5],
    )  # fmt: skip
