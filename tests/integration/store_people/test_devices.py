"""The registry: registering, credentials, status, lists."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

import catalog
from catalog.elements import State
from store import accounts, devices, ownerships, secrets, slots
from store.database import Connection
from store.devices import NewDevice
from store.errors import Conflict, InvalidValue, NotFound
from store.intake import states
from store.notify import ACCOUNTS, listen
from tests.integration.store_people.conftest import heard

CATALOG = catalog.load()


def test_the_secret_is_shown_once_and_kept_as_hashes(conn: Connection) -> None:
    device, secret = devices.register(conn, "rv-1", "robot_vacuum", serial=" SN-1 ", batch="B7", hardware="r2")
    assert (device.serial, device.batch, device.hardware) == ("SN-1", "B7", "r2")
    assert device.status == "active"
    assert device.has_credentials
    row = conn.execute("SELECT * FROM devices").fetchone()
    assert row is not None
    assert not [value for value in row if secret in str(value)]
    assert devices.get(conn, "rv-1") == device == devices.by_id(conn, device.device_id)


@pytest.mark.parametrize("device", ["", "a b", "a/b", "a+b", "#", "x" * 65, "ingest-0", "API", "vop-doctor", "gerät"])
def test_an_id_must_have_its_form_and_be_no_services(conn: Connection, device: str) -> None:
    with pytest.raises(InvalidValue):
        devices.register(conn, device, "robot_vacuum")


def test_an_id_is_taken_once(conn: Connection) -> None:
    devices.register(conn, "rv-1", "robot_vacuum")
    with pytest.raises(Conflict, match="rv-1 exists"):
        devices.register(conn, "rv-1", "software")


def test_an_unknown_product_is_named(conn: Connection) -> None:
    with pytest.raises(NotFound, match="toaster"):
        devices.register(conn, "rv-1", "toaster")
    with pytest.raises(NotFound, match="rv-9"):
        devices.get(conn, "rv-9")


def test_authentication(conn: Connection) -> None:
    device, secret = devices.register(conn, "rv-1", "robot_vacuum")
    assert devices.authenticate(conn, "rv-1", secret) == device
    assert devices.authenticate(conn, "rv-1", secret + "x") is None
    assert devices.authenticate(conn, "rv-2", secret) is None
    assert devices.authenticate(conn, "rv\0", secret) is None
    devices.set_status(conn, "rv-1", "suspended")
    assert devices.authenticate(conn, "rv-1", secret) is None
    devices.set_status(conn, "rv-1", "active")
    assert devices.authenticate(conn, "rv-1", secret) is not None
    devices.revoke(conn, "rv-1")
    assert devices.authenticate(conn, "rv-1", secret) is None
    assert not devices.revoke(conn, "rv-1").has_credentials


def test_rotation_replaces_and_restores(conn: Connection) -> None:
    _, first = devices.register(conn, "rv-1", "robot_vacuum")
    _, second = devices.rotate(conn, "rv-1")
    assert devices.authenticate(conn, "rv-1", first) is None
    assert devices.authenticate(conn, "rv-1", second) is not None
    devices.revoke(conn, "rv-1")
    _, third = devices.rotate(conn, "rv-1")
    assert devices.authenticate(conn, "rv-1", third) is not None


def test_a_retired_device_has_no_credentials_and_gets_none(conn: Connection) -> None:
    devices.register(conn, "rv-1", "robot_vacuum")
    assert not devices.set_status(conn, "rv-1", "retired").has_credentials
    with pytest.raises(Conflict, match="retired"):
        devices.rotate(conn, "rv-1")


def test_description_changes_only_what_is_given(conn: Connection) -> None:
    devices.register(conn, "rv-1", "robot_vacuum", serial="A", batch="B")
    changed = devices.describe(conn, "rv-1", batch="C")
    assert (changed.serial, changed.batch) == ("A", "C")
    with pytest.raises(InvalidValue, match="serial"):
        devices.describe(conn, "rv-1", serial="a\nb")


def test_the_password_file_holds_those_who_may_connect(conn: Connection) -> None:
    kept = {}
    for name in ("rv-b", "rv-a", "rv-suspended", "rv-revoked", "rv-quarantined", "rv-retired"):
        _, kept[name] = devices.register(conn, name, "robot_vacuum")
    devices.revoke(conn, "rv-revoked")
    devices.set_status(conn, "rv-suspended", "suspended")
    devices.set_status(conn, "rv-quarantined", "quarantined")
    devices.set_status(conn, "rv-retired", "retired")
    lines = [line.split(":", 1) for line in accounts.password_lines(conn)]
    assert [name for name, _ in lines] == ["rv-a", "rv-b"]
    assert all(secrets.verify_mosquitto(kept[name], line) for name, line in lines)
    assert accounts.password_text(conn).count("\n") == 2


def test_every_change_of_a_right_is_announced(database: str, conn: Connection) -> None:
    stop = Event()
    notices = listen(database, [ACCOUNTS], stop)
    assert next(notices) is None  # by now it listens
    changes = (
        lambda: devices.register(conn, "rv-1", "robot_vacuum"),
        lambda: devices.rotate(conn, "rv-1"),
        lambda: devices.set_status(conn, "rv-1", "suspended"),
        lambda: devices.revoke(conn, "rv-1"),
        lambda: devices.register_many(conn, [NewDevice("rv-2", "software")]),
    )
    for change in changes:
        change()
        conn.commit()
        assert next(notice for notice in notices if notice is not None) == ACCOUNTS
    stop.set()
    assert list(notices) in ([], [None])


def test_a_list_is_registered_and_a_second_run_changes_nothing(conn: Connection, anna: object) -> None:
    lines = [
        NewDevice("rv-1", "robot_vacuum", serial="S1", customer="c-anna"),
        NewDevice("rv 2", "robot_vacuum"),
        NewDevice("rv-3", "toaster"),
        NewDevice("rv-4", "software", customer="c-nobody"),
        NewDevice("rv-1", "robot_vacuum", serial="S1"),
        NewDevice("rv-1", "robot_vacuum", serial="S2"),
        NewDevice("rv-5", "software", batch="B"),
    ]
    first = devices.register_many(conn, lines)
    assert [result.outcome for result in first] == [
        "registered", "refused", "refused", "refused", "unchanged", "refused", "registered",
    ]  # fmt: skip
    problems = " | ".join(result.problem or "" for result in first)
    for word in ("rv 2", "toaster", "c-nobody", "serial S1, not S2"):
        assert word in problems
    assert devices.authenticate(conn, "rv-1", first[0].secret or "") is not None
    owned = ownerships.history(conn, devices.get(conn, "rv-1").device_id)
    assert [(o.customer, o.zone, o.until) for o in owned] == [("c-anna", "Europe/Berlin", None)]
    second = devices.register_many(conn, lines)
    assert [result.outcome for result in second] == [
        "unchanged", "refused", "refused", "refused", "unchanged", "refused", "unchanged",
    ]  # fmt: skip
    assert not any(result.secret for result in second)
    assert devices.authenticate(conn, "rv-1", first[0].secret or "") is not None


def test_nothing_to_register(conn: Connection) -> None:
    assert devices.register_many(conn, []) == []


def event(conn: Connection, device_id: int, kind: str, ts: datetime, seq: int) -> None:
    conn.execute(
        """INSERT INTO events (device_id, ts, boot, seq, lag_ms, quality, kind, attrs)
           VALUES (%s, %s, 1, %s, 0, 0, %s, '{}')""",
        (device_id, ts, seq, kind),
    )


def said(conn: Connection, device_id: int, online: bool, at: datetime) -> None:
    conn.execute(
        """INSERT INTO device_state (device_id, online, boot, conn, arrived_at)
           VALUES (%s, %s, 1, 1, %s)
           ON CONFLICT (device_id) DO UPDATE SET online = EXCLUDED.online, arrived_at = EXCLUDED.arrived_at""",
        (device_id, online, at),
    )


def test_connected_reporting_and_healthy_are_three_things(conn: Connection) -> None:
    product = CATALOG["robot_vacuum"]
    now = datetime.now(UTC)
    heartbeat = timedelta(seconds=product.heartbeat_s)
    device_id = devices.register(conn, "rv-1", "robot_vacuum")[0].device_id

    unheard = devices.presence(conn, product, device_id, now=now)
    assert (unheard.connected, unheard.reporting, unheard.healthy) == (False, False, None)
    assert unheard.last_seen is None

    said(conn, device_id, True, now - 10 * heartbeat)
    idle = devices.presence(conn, product, device_id, now=now)
    assert (idle.connected, idle.reporting, idle.healthy) == (True, False, True)
    assert idle.last_seen == idle.connected_changed_at == now - 10 * heartbeat

    heard(conn, device_id, now - 2 * heartbeat)
    said(conn, device_id, False, now)
    cut_off = devices.presence(conn, product, device_id, now=now)
    assert (cut_off.connected, cut_off.reporting, cut_off.healthy) == (False, True, True)
    assert cut_off.last_seen == now - 2 * heartbeat  # the will is the broker's word

    event(conn, device_id, "stuck", now - 2 * heartbeat, 5)
    stuck = devices.presence(conn, product, device_id, now=now)
    assert stuck.healthy is False
    assert [(fault.kind, fault.since) for fault in stuck.open_faults] == [("stuck", now - 2 * heartbeat)]
    event(conn, device_id, "freed", now - 2 * heartbeat, 4)  # before it, in the same millisecond
    assert devices.presence(conn, product, device_id, now=now).healthy is False
    event(conn, device_id, "freed", now - 2 * heartbeat, 6)
    assert devices.presence(conn, product, device_id, now=now).healthy is True


def test_while_we_hear_nothing_nobody_is_called_connected_or_silent(conn: Connection) -> None:
    product = CATALOG["robot_vacuum"]
    now = datetime.now(UTC)
    heartbeat = timedelta(seconds=product.heartbeat_s)
    quiet, fresh, boxed = (devices.register(conn, f"rv-{n}", "robot_vacuum")[0].device_id for n in range(3))
    for device_id, at in ((quiet, now - 4 * heartbeat), (fresh, now - heartbeat)):
        said(conn, device_id, True, at)
        heard(conn, device_id, at)

    def seen(hearing_since: datetime | None, beat: timedelta = timedelta(0)) -> list[tuple[bool | None, ...]]:
        conn.execute(
            """INSERT INTO ingest_slots (slot, seen_at, hearing_since) VALUES (0, %(at)s, %(since)s)
               ON CONFLICT (slot) DO UPDATE SET seen_at = %(at)s, hearing_since = %(since)s""",
            {"at": now - beat, "since": hearing_since},
        )
        ids = [(device_id, product.key) for device_id in (quiet, fresh, boxed)]
        found = devices.presences(conn, CATALOG, ids, now=now)
        return [(p.connected, p.reporting, p.receiving) for p in (found[device_id] for device_id, _ in ids)]

    deaf = [(None, None, False), (None, True, False), (None, False, False)]
    assert seen(now - 9 * heartbeat) == deaf  # nobody holds the slot
    assert slots.acquire(conn, 1, "here:1") == 0
    assert seen(None) == deaf
    assert seen(now - 9 * heartbeat, beat=timedelta(minutes=1)) == deaf
    # The broker may have been restarted in between, and then it sends no last wills.
    assert seen(now - heartbeat / 2) == [(None, None, True), (True, True, True), (False, False, True)]
    assert seen(now - 3.5 * heartbeat) == [(None, False, True), (True, True, True), (False, False, True)]
    assert seen(now - 9 * heartbeat) == [(True, False, True), (True, True, True), (False, False, True)]


@pytest.mark.parametrize("how", ["revoke", "rotate", "suspend"])
def test_whoever_is_cut_off_is_not_connected_until_it_says_so_again(conn: Connection, how: str) -> None:
    product = CATALOG["robot_vacuum"]
    device_id = devices.register(conn, "rv-1", "robot_vacuum")[0].device_id
    online = State(0, True, 4, 7, None, "1.0", None, {})
    states.write(conn, [(device_id, 0, online)])
    assert devices.presence(conn, product, device_id).connected
    if how == "revoke":
        devices.revoke(conn, "rv-1")
    elif how == "rotate":
        devices.rotate(conn, "rv-1")
    else:
        devices.set_status(conn, "rv-1", "suspended")
    cut_off = devices.presence(conn, product, device_id)
    assert not cut_off.connected
    assert cut_off.connected_changed_at is not None
    states.write(conn, [(device_id, 0, online)])  # delivered again
    assert not devices.presence(conn, product, device_id).connected
    kept = conn.execute("SELECT boot, conn, online FROM connections ORDER BY online").fetchall()
    assert kept == [(4, 7, False), (4, 7, True)]
    states.write(conn, [(device_id, 0, online._replace(conn=8))])
    assert devices.presence(conn, product, device_id).connected


def test_a_fault_nothing_closes_is_never_open(conn: Connection) -> None:
    product = CATALOG["software"]
    momentary = [fault for fault in product.fault if fault.closed_by is None]
    assert momentary
    device_id = devices.register(conn, "sw-1", "software")[0].device_id
    heard(conn, device_id, datetime.now(UTC))
    event(conn, device_id, momentary[0].opened_by, datetime.now(UTC), 1)
    assert devices.presence(conn, product, device_id).healthy is True


def test_presence_of_a_product_the_catalogue_lost(conn: Connection) -> None:
    device_id = devices.register(conn, "sw-1", "software")[0].device_id
    heard(conn, device_id, datetime.now(UTC))
    there = devices.presences(conn, {}, [(device_id, "software")])[device_id]
    assert (there.reporting, there.healthy) == (None, None)
    assert there.last_seen is not None
