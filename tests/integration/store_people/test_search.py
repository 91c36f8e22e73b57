"""Finding devices: by how they are called, by whom they belong to, by how they stand."""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from psycopg import sql

import catalog
from store import customers, devices, ownerships
from store.database import Connection, connect
from store.devices import NewDevice, Wanted, narrowing
from store.devices.search import coverage_of
from store.errors import InvalidValue
from store.searching import Words
from store.usage import Window, heard_seconds
from tests.integration.store_people.conftest import heard
from tests.platform_services import Server, fresh_database

CATALOG = catalog.load()


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


def test_customers_are_the_same_whether_few_fit_or_many(namesakes: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    few = customers.search(namesakes, q="n-000", after="n-0001", limit=3)
    monkeypatch.setattr(customers, "FEW", 2)
    assert customers.search(namesakes, q="n-000", after="n-0001", limit=3) == few
    assert [row.customer for row in few] == ["n-0002", "n-0003", "n-0004"]


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
