"""The rollups behind insights, made by the relay's job from what was said and sent, and asked over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

import catalog
from relay.job import Done, Turn
from relay.jobs import insight
from relay.settings import Settings
from store import consents
from store.insight.weeks import monday, window
from tests.integration.api.world import World, serve
from tests.integration.voice.lives import Happening, Lives, clean
from tests.platform_services import Server, fresh_database

PRODUCTS = catalog.load()
NOW = datetime.now(UTC)
THIS_WEEK = window(monday(NOW)).since


def _ago(weeks: float) -> datetime:
    return THIS_WEEK - timedelta(weeks=weeks)


def _run(world: World, **state: Any) -> Done:
    with world.database.connection() as conn:
        conn.commit()
        conn.autocommit = True
        try:
            return insight.job(Settings(), PRODUCTS).run(Turn(conn, datetime.now(UTC), NOW, state, lambda: False))
        finally:
            conn.autocommit = False


def _verdict(world: World, statement: int, low: float, reported: float, word: str = "understates") -> None:
    claim = {"topic": "usage_frequency", "low": low, "high": low, "negated": False}
    with world.database.connection() as conn:
        conn.execute(
            """INSERT INTO verdicts (statement_id, n, computed_at, claim, verdict)
               SELECT statement_id, n, now(), %s, %s FROM claims WHERE statement_id = %s AND n = 0""",
            (Jsonb(claim), Jsonb({"verdict": word, "reported": {"value": reported}}), statement),
        )


@pytest.fixture(scope="module")
def world(pg_server: Server, template_database: str) -> Iterator[World]:
    """Twelve vacuums used daily, one until four weeks ago; half have firmware 2.0, and these got stuck."""
    with fresh_database(pg_server, template=template_database) as name, serve(pg_server.url(name)) as served:
        with served.database.connection() as conn:
            conn.commit()
            conn.autocommit = True
            lives = Lives(conn)
            for n in range(12):
                owner = lives.customer(f"vera-{n}")
                device = lives.device(f"v-{n}", "robot_vacuum", (owner, _ago(30), None))
                firmware = "2.0" if n < 6 else "1.9"
                conn.execute(
                    """INSERT INTO connections (device_id, boot, conn, online, arrived_at, firmware)
                       VALUES (%s, 1, 1, true, %s, %s)""",
                    (device.device_id, _ago(29), firmware),
                )
                last = 28 if n else 24
                uses = [h for k in range(last * 7) for h in clean(_ago(28) + timedelta(days=k, hours=9))]
                stuck: list[Happening] = [(_ago(1) + timedelta(hours=3), "stuck", {})] if n < 6 else []
                lives.live(device, _ago(28), THIS_WEEK, [*uses, *stuck])
            for customer in ("anna", "ben"):
                found = conn.execute("SELECT customer_id FROM customers WHERE customer = %s", (customer,)).fetchone()
                assert found is not None
                consents.give(conn, found[0], "compare_usage", at=_ago(1))
            conn.autocommit = False
        for statement in (3, 4):
            _verdict(served, statement, 3, 6)
        _run(served)
        yield served


def test_a_claim_is_a_row_with_its_newest_verdict(world: World) -> None:
    answer = world.get("quinn", "/insights")
    [vacuum] = [one for one in answer["bias"] if one["value"] == "robot_vacuum"]
    assert (vacuum["topic"], vacuum["claims"], vacuum["customers"]) == ("usage_frequency", 2, 2)
    assert (vacuum["compared"], vacuum["ratios"], vacuum["median"]) == (2, 2, None)  # two are no median
    assert [share["n"] for share in vacuum["shares"] if share["word"] == "understates"] == [2]
    # Of a product that measures a person two customers are too few to be shown.
    assert not [one for one in answer["bias"] if one["value"] == "pill_dispenser"]
    assert answer["withheld"] >= 1


def test_made_again_changes_nothing_and_a_consent_withdrawn_takes_its_verdicts(world: World) -> None:
    assert _run(world).result["claims_written"] == 0
    _verdict(world, 3, 3, 3, "agrees")
    assert _run(world).result["claims_written"] == 1
    with world.database.connection() as conn:
        words = dict(conn.execute("SELECT statement_id, word FROM insight_claims").fetchall())
        assert (words[3], words[4]) == ("agrees", "understates")
        conn.execute("UPDATE consents SET during = tstzrange(lower(during), now())")
    assert _run(world).result["claims_written"] == 2
    answer = world.get("quinn", "/insights")
    [vacuum] = [one for one in answer["bias"] if one["value"] == "robot_vacuum"]
    assert (vacuum["claims"], vacuum["compared"], vacuum["ratios"]) == (2, 0, 0)


def test_the_units_of_a_firmware_stand_beside_the_others(world: World) -> None:
    answer = world.get("quinn", "/insights", group="firmware")
    [stuck] = [one for one in answer["standing"] if one["topic"] == "stuck" and one["value"] == "2.0"]
    assert (stuck["source"], stuck["devices"], stuck["of"], stuck["others"], stuck["of_others"]) == (
        "reported",
        6,
        6,
        0,
        6,
    )
    assert stuck["ratio"]["value"] is None
    sure = 0.005 ** (1 / 6)  # six of the six that got stuck are of the half with 2.0
    assert stuck["ratio"]["low"] == pytest.approx(sure / (1 - sure), rel=1e-3)
    assert not stuck["stands_out"]  # which chance alone does more often than once in 200
    assert not world.get("quinn", "/insights", group="batch")["standing"]


def test_who_stopped_is_to_be_called(world: World) -> None:
    answer = world.get("sam", "/insights/contacts")
    [one] = answer["falling"]
    assert (one["customer"], one["product"], one["how"]) == ("vera-0", "robot_vacuum", "stopped")
    assert one["before"] == pytest.approx(7, abs=0.1)
    assert one["devices"] == ["v-0"]
    assert [week["uses"] for week in one["weeks"][-4:]] == [0, 0, 0, 0]


def test_a_care_team_is_told_of_its_own_alone(world: World) -> None:
    assert world.get("stranger", "/insights/contacts")["falling"] == []
    assert world.call("max", "GET", "/insights/contacts").status_code == 403
    assert world.call("sam", "GET", "/insights").status_code == 403


def test_late_events_are_counted_in_their_week(world: World) -> None:
    with world.database.connection() as conn:
        row = conn.execute("SELECT device_id FROM devices WHERE device = 'v-1'").fetchone()
        assert row is not None
        conn.execute(
            """INSERT INTO events (device_id, ts, boot, seq, lag_ms, quality, kind, attrs)
               VALUES (%s, %s, 1, 999999, 0, 0, 'stuck', '{}')""",
            (row[0], _ago(2) + timedelta(days=1)),
        )
    _run(world)
    with world.database.connection() as conn:
        found = conn.execute(
            "SELECT uses, heard, faults, firmware FROM insight_weeks WHERE device_id = %s AND week = %s",
            (row[0], monday(_ago(2))),
        ).fetchone()
    assert found == (7, 1.0, {"stuck": 1}, "2.0")
