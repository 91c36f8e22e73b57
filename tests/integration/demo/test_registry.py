"""The demo's registry is made once, and what is stored of a device is counted by its identity."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

import catalog
import device_sim
from device_sim import Fleet
from store import care, customers, devices, ownerships, tallies, tokens, users
from store.database import Connection, connect
from store.tallies import Tally
from vop.demo.memory import Secrets
from vop.demo.registry import OWNED_BEFORE, populate

PRODUCTS = catalog.load()


@pytest.fixture
def conn(database: str) -> Iterator[Connection]:
    with connect(database) as opened:
        yield opened


@pytest.fixture
def fleet() -> Fleet:
    return device_sim.fleet(PRODUCTS, 12, 3)


def start_of(fleet: Fleet) -> datetime:
    return datetime.combine(fleet.epoch, datetime.min.time(), tzinfo=UTC)


def test_a_second_start_changes_nothing_and_lost_secrets_are_issued_anew(conn: Connection, fleet: Fleet) -> None:
    since = start_of(fleet)
    issued, accounts = populate(conn, fleet, since, Secrets())
    assert set(issued) == set(users.ROLES)
    for role, token in issued.items():
        principal = tokens.principal_of(conn, token)
        assert principal is not None
        assert principal.roles == [role]
    passwords = {account.device: account.password for account in accounts}
    assert populate(conn, fleet, since, Secrets(issued, passwords)) == (issued, accounts)
    lost = {device: password for device, password in passwords.items() if device != accounts[0].device}
    again, renewed = populate(conn, fleet, since, Secrets({**issued, "carer": "vop_wrong"}, lost))
    assert {role for role in issued if issued[role] != again[role]} == {"carer"}
    assert [a.device for a, b in zip(accounts, renewed, strict=True) if a != b] == [accounts[0].device]
    assert devices.authenticate(conn, renewed[0].device, renewed[0].password) is not None
    assert devices.authenticate(conn, accounts[0].device, accounts[0].password) is None


def test_everything_has_an_owner_from_before_the_history(conn: Connection, fleet: Fleet) -> None:
    since = start_of(fleet)
    populate(conn, fleet, since, Secrets())
    for device in fleet.devices:
        [owned] = ownerships.history(conn, devices.get(conn, device.device).device_id)
        assert (owned.customer, owned.zone, owned.since) == (device.customer, device.zone, since - OWNED_BEFORE)


def test_sensitive_data_are_for_the_care_team(conn: Connection, fleet: Fleet) -> None:
    since = start_of(fleet)
    populate(conn, fleet, since, Secrets())
    patients = {device.customer for device in fleet.devices if device.product == "pill_dispenser"}
    ids = {row.customer_id for row in customers.by_ids(conn, sorted(patients)).values()}
    teams = {role: care.customers_of(conn, users.get(conn, f"demo-{role}").user_id, since) for role in users.ROLES}
    assert teams.pop("clinician") == ids
    assert len(teams.pop("carer")) == 1
    assert not any(teams.values())


def test_elements_are_counted_by_device_and_only_with_an_identity(conn: Connection, fleet: Fleet) -> None:
    populate(conn, fleet, start_of(fleet), Secrets())
    vacuum = next(device.device for device in fleet.devices if device.product == "robot_vacuum")
    number = devices.get(conn, vacuum).device_id
    now = datetime.now(UTC)
    rows = [(now, seq, 0, number, boot, 0) for boot, seq in ((1, 0), (1, 1), (2, 0), (-1, 77))]
    conn.cursor().executemany(
        "INSERT INTO telemetry_robot_vacuum (ts, seq, lag_ms, device_id, boot, quality) VALUES (%s,%s,%s,%s,%s,%s)",
        rows,
    )
    conn.cursor().executemany(
        "INSERT INTO events (device_id, ts, boot, seq, lag_ms, quality, kind, attrs)"
        " VALUES (%s, %s, %s, %s, 0, 0, 'x', '{}')",
        [(number, now, 1, 2), (number, now, -1, 5)],
    )
    message = conn.execute(
        "INSERT INTO dead_messages (topic, sha256, payload) VALUES (%s, 'x', 'x') RETURNING message_id",
        (f"vop/v1/{vacuum}/up/event",),
    ).fetchone()
    assert message is not None
    conn.execute(
        "INSERT INTO dead_letters (message_id, element_index, reason, detail, count) VALUES (%s, 0, 'r', 'd', 9)",
        message,
    )
    assert tallies.by_device(conn, PRODUCTS.values()) == {vacuum: Tally(readings=3, events=1, dead=1)}
