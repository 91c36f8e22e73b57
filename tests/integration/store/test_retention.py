from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

import catalog
from catalog.elements import Quality, Reason, Reject
from store import partitions, retention
from store.database import connect
from store.errors import StoreError
from store.retention import Retention
from tests.integration.store.world import DAY_MS, T0, World, arrival, reading

NOW = datetime.fromtimestamp(T0 / 1000, UTC)
CATALOG = catalog.load()
TABLE = "telemetry_robot_vacuum"


def days_ago(days: int) -> int:
    return T0 - days * DAY_MS


def test_what_is_older_than_kept_goes_and_the_rest_stays(world: World) -> None:
    device = world.device()
    for seq, days in enumerate([2000, 900, 460, 399, 30, 0]):
        world.say(device, reading(seq, days_ago(days)))
    heard, runs = world.heard(device), world.runs(device)
    gone = retention.apply(world.conn, CATALOG, Retention(raw_days=400), NOW)
    assert gone[TABLE] >= 3
    assert [seq for _, _, seq, _ in world.readings(device)] == [3, 4, 5]
    # A month or chunk goes whole, so something is kept a little longer; never the other way round.
    retention.apply(world.conn, CATALOG, Retention(raw_days=400), NOW)
    assert [seq for _, _, seq, _ in world.readings(device)] == [3, 4, 5]
    assert (world.heard(device), world.runs(device)) == (heard, runs)
    assert len(world.latest(device)) == 1


def test_nothing_younger_than_kept_goes_on_any_day_of_the_month(world: World) -> None:
    device = world.device()
    for offset in range(0, 40, 3):
        now = NOW + timedelta(days=offset)
        at = T0 + offset * DAY_MS - 30 * DAY_MS + 1
        world.say(device, reading(offset, at))
        retention.apply(world.conn, CATALOG, Retention(raw_days=30), now)
        assert offset in [seq for _, _, seq, _ in world.readings(device)]


def test_the_times_of_elements_without_a_clock_go_with_them(world: World) -> None:
    device = world.device()
    for seq, days in enumerate([500, 10]):
        world.say(device, reading(seq, days_ago(days), quality=Quality.CLOCK))
    assert retention.apply(world.conn, CATALOG, Retention(), NOW)["unclocked"] == 1
    assert world.rows("SELECT seq FROM unclocked") == [(1,)]


def test_dead_letters_go_by_when_they_were_met_last_and_take_their_message_along(world: World) -> None:
    rejects = [Reject(0, Reason.NOT_JSON, "x"), Reject(1, Reason.NOT_JSON, "x")]
    world.write(arrival(None, payload=b"both old", rejects=rejects), arrival(None, payload=b"one old", rejects=rejects))
    old = NOW - timedelta(days=91)
    world.conn.execute("UPDATE dead_letters SET last_at = %s", [NOW - timedelta(days=1)])
    world.conn.execute(
        """UPDATE dead_letters d SET last_at = %s FROM dead_messages m
           WHERE m.message_id = d.message_id AND (m.payload = 'both old' OR element_index = 1)""",
        [old],
    )
    assert retention.apply(world.conn, CATALOG, Retention(), NOW)["dead_letters"] == 3
    assert world.rows("SELECT payload FROM dead_messages") == [(b"one old",)]
    assert world.dead() == [(0, "not_json", 1)]


def test_audit_goes_by_whole_months_though_rows_cannot_be_deleted(world: World) -> None:
    with world.conn.transaction():
        partitions.ensure(world.conn, "audit", NOW - timedelta(days=800), NOW)
    for days in (790, 700, 0):
        world.conn.execute(
            "INSERT INTO audit (at, actor, action, object_type, object) VALUES (%s, 'a', 'b', 'c', %s)",
            [NOW - timedelta(days=days), str(days)],
        )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        world.conn.execute("DELETE FROM audit")
    assert retention.apply(world.conn, CATALOG, Retention(audit_days=730), NOW)["audit"] >= 1
    assert world.rows("SELECT object FROM audit ORDER BY at") == [("700",), ("0",)]


def test_idempotency_keys_go_after_a_day(world: World) -> None:
    for hours in (25, 23):
        world.conn.execute(
            "INSERT INTO idempotency (actor, key, request, created_at) VALUES ('a', %s, '', %s)",
            [str(hours), NOW - timedelta(hours=hours)],
        )
    assert retention.apply(world.conn, CATALOG, Retention(), NOW)["idempotency"] == 1
    assert world.rows("SELECT key FROM idempotency") == [("23",)]


def test_it_makes_the_partitions_of_the_coming_months(world: World) -> None:
    later = NOW + timedelta(days=365)
    retention.apply(world.conn, CATALOG, Retention(), later)
    months = {partitions.name("audit", since) for since, _ in partitions.months(later, later + partitions.AHEAD)}
    assert months <= partitions.existing(world.conn, "audit")
    if world.one("SELECT relkind = 'p' FROM pg_class WHERE relname = %s", TABLE):
        wanted = {name.replace("audit", TABLE) for name in months}
        assert wanted <= partitions.existing(world.conn, TABLE)
        # The intake finds them there.
        device = world.device()
        world.say(device, reading(0, T0 + 365 * DAY_MS))
        assert len(world.readings(device)) == 1


def test_a_failure_leaves_what_the_other_tables_have_lost(world: World, database: str) -> None:
    """Each table is a transaction of its own; the next run goes on."""
    device = world.device()
    world.say(device, reading(0, days_ago(900)))
    world.conn.execute("ALTER TABLE dead_letters RENAME TO hidden")
    with connect(database, autocommit=True) as conn, pytest.raises(StoreError, match="vop migrate"):
        retention.apply(conn, CATALOG, Retention(), NOW)
    assert world.readings(device) == []


def test_statistics_can_be_refreshed(world: World) -> None:
    device = world.device()
    world.say(device, *(reading(seq) for seq in range(50)))
    retention.analyze(world.conn, CATALOG)
    assert world.one("SELECT reltuples FROM pg_class WHERE relname = 'latest'") == 1
