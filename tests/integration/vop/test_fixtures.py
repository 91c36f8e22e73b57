"""The fixtures everybody else builds on."""

from __future__ import annotations

import psycopg

from tests.mqtt_handshake import ACCEPTED, NOT_AUTHORIZED, connect_status
from tests.platform_services import DeviceBroker


def test_an_empty_database_is_ours_alone(empty_database: str) -> None:
    with psycopg.connect(empty_database) as conn:
        conn.execute("CREATE TABLE mine (n int)")
        found = conn.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'mine'").fetchone()
    assert found == (1,)


def test_the_next_one_has_nothing_of_the_last(empty_database: str) -> None:
    with psycopg.connect(empty_database) as conn:
        found = conn.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'mine'").fetchone()
    assert found == (0,)


def test_a_migrated_database_knows_every_product(database: str) -> None:
    import catalog

    with psycopg.connect(database) as conn:
        rows = conn.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'telemetry\\_%'").fetchall()
    assert {f"telemetry_{product}" for product in catalog.load()} <= {name for (name,) in rows}


def test_accounts_of_devices_come_and_go(broker: DeviceBroker) -> None:
    password = broker.add_device("unit-1")
    assert connect_status(broker.host, broker.port, "unit-1", password) == ACCEPTED
    assert connect_status(broker.host, broker.port, "unit-1", "guess") == NOT_AUTHORIZED
    broker.remove_device("unit-1")
    assert connect_status(broker.host, broker.port, "unit-1", password) == NOT_AUTHORIZED
