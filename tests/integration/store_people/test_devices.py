"""The registry: registering, credentials, status, lists."""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from psycopg import sql

import catalog
from catalog.elements import State
from store import accounts, customers, devices, ownerships, secrets, slots
from store.database import Connection, connect
from store.devices import NewDevice, Wanted, narrowing
from store.devices.search import coverage_of
from store.errors import Conflict, InvalidValue, NotFound
from store.intake import states
from store.notify import ACCOUNTS, listen
from store.searching import Words
from store.usage import Window, heard_seconds
from tests.platform_services import Server, fresh_database

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


def heard(conn: Connection, device_id: int, at: datetime) -> None:
    conn.execute(
        """INSERT INTO latest (device_id, updated_at) VALUES (%s, %s)
           ON CONFLICT (device_id) DO UPDATE SET updated_at = EXCLUDED.updated_at""",
        (device_id, at),
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


def names(found: list[devices.DeviceSummary]) -> list[str]:
    return [summary.device.device for summary in found]


@pytest.fixture
def fleet(conn: Connection, anna: object, babak: object) -> Connection:
    devices.register_many(
        conn,
        [
            NewDevice("rv-1", "robot_vacuum", serial="ABC-100", customer="c-anna"),
            NewDevice("rv-2", "robot_vacuum", serial="XYZ_200", customer="c-babak"),
            NewDevice("sw-1", "software", customer="c-anna"),
            NewDevice("sw-2", "software"),
        ],
    )
    return conn


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["rv-1", "rv-2", "sw-1", "sw-2"]),
        ({"product": "software"}, ["sw-1", "sw-2"]),
        ({"customer": "c-anna"}, ["rv-1", "sw-1"]),
        ({"customer": "c-anna", "product": "software"}, ["sw-1"]),
        ({"q": "abc"}, ["rv-1"]),
        ({"q": "beispiel"}, ["rv-1", "sw-1"]),
        ({"q": "بابک"}, ["rv-2"]),
        ({"q": "SW-"}, ["sw-1", "sw-2"]),
        ({"q": "z_2"}, ["rv-2"]),
        ({"q": "b_-"}, []),
        ({"q": "%"}, []),
        ({"q": "\\"}, []),
        ({"q": "---"}, []),
        ({"q": "rv-۰"}, []),
        ({"q": "rv-۱"}, ["rv-1"]),
        ({"q": "xyz_٢٠٠"}, ["rv-2"]),
        ({"q": "rv abc"}, ["rv-1"]),
        ({"q": "Beispiel,  Anna"}, ["rv-1", "sw-1"]),
        ({"q": "Beispiel Babak"}, []),
        ({"q": "c-anna beispiel"}, ["rv-1", "sw-1"]),
        ({"q": "％"}, []),
        ({"q": "  "}, ["rv-1", "rv-2", "sw-1", "sw-2"]),
        ({"status": "suspended"}, []),
        ({"q": "rv", "customer": "c-babak"}, ["rv-2"]),
        ({"after": "rv-2"}, ["sw-1", "sw-2"]),
        ({"after": "rv-1", "limit": 1}, ["rv-2"]),
    ],
)
def test_search(fleet: Connection, filters: dict[str, object], expected: list[str]) -> None:
    assert names(devices.search(fleet, CATALOG, **filters)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("most", [0, 1, 10_000])
def test_who_is_found_does_not_hang_on_how_many_an_index_finds(
    fleet: Connection, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(narrowing, "FEW", most)
    now = datetime.now(UTC)
    for name in ("rv-1", "rv-2", "sw-1"):
        heard(fleet, devices.get(fleet, name).device_id, now)
    said = (
        "INSERT INTO device_state (device_id, online, boot, conn, arrived_at, firmware) VALUES (%s, %s, 1, 1, %s, %s)"
    )
    for name, online, firmware in (("rv-1", True, "1.0"), ("rv-2", False, "1.0"), ("sw-1", True, "2.0")):
        fleet.execute(said, (devices.get(fleet, name).device_id, online, now, firmware))
    happened = """INSERT INTO events (device_id, ts, boot, seq, lag_ms, quality, kind, attrs)
                  VALUES (%s, %s, 1, %s, 0, 0, %s, '{}')"""
    for name, number, kind in (
        ("rv-1", 1, "stuck"),
        ("rv-2", 1, "stuck"),
        ("rv-2", 2, "freed"),
        ("sw-1", 1, "crashed"),
    ):
        fleet.execute(happened, (devices.get(fleet, name).device_id, now, number, kind))
    for expected, wanted in (
        (["rv-1", "sw-1"], Wanted(customer="c-anna")),
        (["sw-1"], Wanted(customer="c-anna", firmware="2.0")),
        (["rv-1", "rv-2"], Wanted(q="rv-", firmware="1.0")),
        (["rv-2"], Wanted(q="babak")),
        (["rv-1", "sw-1"], Wanted(standing="faulty")),
        (["rv-1"], Wanted(standing="faulty", firmware="1.0")),
        (["rv-2"], Wanted(standing="healthy")),
        (["rv-1", "sw-1"], Wanted(standing="connected")),
        (["rv-2", "sw-2"], Wanted(standing="disconnected")),
        (["rv-1", "rv-2"], Wanted(standing="reporting", product="robot_vacuum")),
        ([], Wanted(standing="silent")),
        (["sw-2"], Wanted(q="sw", standing="disconnected", status="active")),
    ):
        found = devices.look(fleet, CATALOG, wanted, now=now)
        assert (names(list(found.rows)), found.after) == (expected, None), wanted
        assert names(list(devices.look(fleet, CATALOG, wanted, now=now, limit=1).rows)) == expected[:1]


@pytest.mark.parametrize("looked", [1, 2, 3])
def test_what_an_index_found_is_gone_through_to_its_end(
    fleet: Connection, monkeypatch: pytest.MonkeyPatch, looked: int
) -> None:
    module = sys.modules["store.devices.search"]  # its name in the package is the function's
    monkeypatch.setattr(module, "LOOKED", looked)
    fleet.execute("UPDATE devices SET created_at = now() - interval '1 hour'")
    assert names(devices.search(fleet, CATALOG, q="rv-")) == ["rv-1", "rv-2"]
    assert names(devices.search(fleet, CATALOG, customer="c-anna", product="software")) == ["sw-1"]
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = devices.look(
            fleet, CATALOG, Wanted(q="sw-", standing="disconnected", coverage_below=0.5), after=after, limit=1
        )
        found, after = found + names(list(page.rows)), page.after
    assert found == ["sw-1", "sw-2"]


def test_a_device_is_found_by_a_name_that_ten_thousand_have_who_own_nothing(fleet: Connection) -> None:
    fleet.execute(
        """INSERT INTO customers (customer, name, zone)
           SELECT 'k-' || n, 'Namesake ' || n, 'Europe/Berlin' FROM generate_series(1, %s) n""",
        (narrowing.FEW + 1,),
    )
    customers.create(fleet, "k-last", "Namesake of all", zone="Europe/Berlin")
    ownerships.hand_over(fleet, devices.get(fleet, "sw-2").device_id, "k-last")
    fleet.commit()  # "now" of the search is its transaction's, after the hand-over
    assert names(devices.search(fleet, CATALOG, q="namesake")) == ["sw-2"]


def test_a_summary_has_the_present_owner_and_presence(fleet: Connection) -> None:
    device_id = devices.get(fleet, "rv-1").device_id
    heard(fleet, device_id, datetime.now(UTC))
    fleet.commit()
    ownerships.hand_over(fleet, device_id, "c-babak", since=datetime.now(UTC))
    fleet.commit()  # "now" of the search is its transaction's, after the hand-over
    [summary] = devices.search(fleet, CATALOG, q="ABC-100")
    assert summary.owner is not None
    assert (summary.owner.customer, summary.owner.zone) == ("c-babak", "Asia/Tehran")
    assert summary.presence.reporting is True
    [unowned] = devices.search(fleet, CATALOG, q="sw-2")
    assert unowned.owner is None
    assert names(devices.search(fleet, CATALOG, customer="c-anna")) == ["sw-1"]


def test_search_finds_the_silent(fleet: Connection) -> None:
    now = datetime.now(UTC)
    for name, ended in (("rv-1", None), ("sw-1", now)):
        fleet.execute(
            """INSERT INTO silences (device_id, since, noticed_at, ended_at, ended_by)
               SELECT device_id, %(now)s, %(now)s, %(ended)s::timestamptz,
                      CASE WHEN %(ended)s::timestamptz IS NOT NULL THEN 'heard' END
               FROM devices WHERE device = %(name)s""",
            {"now": now, "ended": ended, "name": name},
        )
    assert names(devices.search(fleet, CATALOG, status="silent")) == ["rv-1"]
    assert names(devices.search(fleet, CATALOG, status="silent", product="software")) == []


def test_search_refuses_what_postgresql_cannot_hold(conn: Connection) -> None:
    with pytest.raises(InvalidValue):
        devices.search(conn, CATALOG, q="a\0b")


def test_search_by_text_uses_the_trigram_indexes(fleet: Connection) -> None:
    fleet.execute("SET enable_seqscan = off")
    words = Words.of("Lindner Paula")
    for table in ("devices", "customers"):
        query = sql.SQL("EXPLAIN SELECT 1 FROM {} WHERE {}").format(
            sql.Identifier(table), words.within(sql.SQL("found_by"))
        )
        plan = fleet.execute(query, words.arguments).fetchall()
        assert f"{table}_found" in str(plan)


@pytest.fixture(scope="module")
def namesakes(pg_server: Server, template_database: str) -> Iterator[Connection]:
    """A customer for each of `NAMES`, who owns one unit."""
    with fresh_database(pg_server, template=template_database) as own, connect(pg_server.url(own)) as conn:
        for n, name in enumerate(NAMES):
            customers.create(conn, f"n-000{n}", name, zone="Asia/Tehran")
            unit = devices.register(conn, f"unit{n}", "software")[0]
            ownerships.hand_over(conn, unit.device_id, f"n-000{n}")
        conn.commit()
        yield conn


NAMES = ("Paula Lindner", "مینا شایان", "مينا شايان کاظمی", "علی\u200cرضا موسوي", "آرش كِرمانی", "Zoe\u0308 O'Brien")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("paula  lindner", [0]),
        ("Lindner Paula", [0]),
        ("Lindner, Paula", [0]),
        ("lindner،paula", [0]),
        ("مينا شايان", [1, 2]),
        ("مینا شایان", [1, 2]),
        ("كاظمي", [2]),
        ("کاظمی مینا", [2]),
        ("علی رضا", [3]),
        ("علی\u200cرضا", [3]),
        ("موسوی", [3]),
        ("کرمانی", [4]),
        ("ارش", [4]),
        ("zoë", [5]),
        ("n-۰۰۰۳", [3]),
        ("N-٠٠٠٣", [3]),
        ("0003", [3]),
        ("o'b", [5]),
        ("\u200c", [0, 1, 2, 3, 4, 5]),
        ("n_000", []),
    ],
)
def test_a_name_is_found_however_it_is_typed(namesakes: Connection, asked: str, expected: list[int]) -> None:
    found = [row.customer for row in customers.search(namesakes, q=asked)]
    assert found == [f"n-000{n}" for n in expected]
    assert names(devices.search(namesakes, CATALOG, q=asked)) == [f"unit{n}" for n in expected]


@pytest.mark.parametrize("seed", range(4))
def test_coverage_is_the_share_of_heard_time_as_a_history_tells_it(conn: Connection, seed: int) -> None:
    noise = random.Random(seed)
    now = datetime.now(UTC)
    start = now - timedelta(days=7)
    ids = [devices.register(conn, f"rv-{n}", "robot_vacuum")[0].device_id for n in range(6)]
    conn.execute("UPDATE devices SET created_at = %s", (now - timedelta(hours=1),))
    for device_id in ids[1:]:  # spans that touch, overlap, and lie across and beyond both ends
        ends = {noise.randrange(-60, 240) for _ in range(noise.randrange(1, 30))}
        conn.cursor().executemany(
            "INSERT INTO heard (device_id, since, until) VALUES (%s, %s, %s)",
            [
                (device_id, start + timedelta(hours=at), start + timedelta(hours=at + noise.randrange(1, 30)))
                for at in ends
            ],
        )
    found = coverage_of(conn, ids, now)
    assert found[ids[0]] == 0  # known since it was registered, and never heard
    for device_id in ids[1:]:
        row = conn.execute("SELECT min(since) FROM heard WHERE device_id = %s", (device_id,)).fetchone()
        assert row is not None
        known = max(start, row[0])
        if known >= now:
            assert found[device_id] is None
            continue
        [heard_s] = heard_seconds(conn, device_id, [Window(known, now)])
        assert found[device_id] == pytest.approx(heard_s / (now - known).total_seconds(), abs=1e-9)
