"""One connection to a fresh database, and people to put into it."""

from collections.abc import Iterator
from datetime import datetime

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


def heard(conn: Connection, device_id: int, at: datetime) -> None:
    conn.execute(
        """INSERT INTO latest (device_id, updated_at) VALUES (%s, %s)
           ON CONFLICT (device_id) DO UPDATE SET updated_at = EXCLUDED.updated_at""",
        (device_id, at),
    )
