"""The silence job over a made past: one minute of the tests' clock after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import catalog
from relay.job import Turn
from relay.jobs import silence
from relay.settings import Settings
from store import devices, silences, slots
from store.database import Connection, connect
from store.hearing import hearing

T0 = datetime(2026, 3, 1, tzinfo=UTC)
PRODUCTS = catalog.load()
VACUUM_MIN = 15
"""Heartbeat of a robot vacuum in minutes; a pill dispenser's is twice that, a stock sensor's four times."""


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


class Fleet:
    """Devices that speak when the test says so, and the job, run once a minute."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.job = silence.job(Settings(silence_every_s=60), PRODUCTS)
        self.state: Mapping[str, Any] = {}
        self.now = 0
        self.result: Mapping[str, Any] = {}
        self.ids: dict[str, int] = {}
        self.hearing = True

    def device(self, name: str, product: str = "robot_vacuum") -> str:
        device, _ = devices.register(self.conn, name, product)
        self.ids[name] = device.device_id
        return name

    def says(self, name: str, minutes: float | None = None) -> None:
        """It is heard, now unless told otherwise."""
        self.conn.execute(
            """INSERT INTO latest (device_id, updated_at) VALUES (%s, %s)
               ON CONFLICT (device_id) DO UPDATE SET updated_at = EXCLUDED.updated_at""",
            (self.ids[name], at(self.now if minutes is None else minutes)),
        )

    def connects(self, name: str, minutes: float, conn: int, *, online: bool = True) -> None:
        self.conn.execute(
            """INSERT INTO connections (device_id, boot, conn, online, arrived_at)
               VALUES (%(d)s, 1, %(c)s, %(o)s, %(a)s)""",
            {"d": self.ids[name], "c": conn, "o": online, "a": at(minutes)},
        )
        self.conn.execute(
            """INSERT INTO device_state (device_id, online, boot, conn, arrived_at)
               VALUES (%(d)s, %(o)s, 1, %(c)s, %(a)s)
               ON CONFLICT (device_id) DO UPDATE SET online = EXCLUDED.online, conn = EXCLUDED.conn,
                   arrived_at = EXCLUDED.arrived_at""",
            {"d": self.ids[name], "c": conn, "o": online, "a": at(minutes)},
        )

    def run(self) -> Mapping[str, Any]:
        """The job, at this minute."""
        if slots.listing(self.conn):
            # A worker that has heard since ever, or one that says it does not.
            self.conn.execute(
                "UPDATE ingest_slots SET seen_at = %(now)s, hearing_since = CASE WHEN %(h)s THEN "
                "coalesce(hearing_since, %(now)s) END",
                {"now": at(self.now), "h": self.hearing},
            )
        done = self.job.run(Turn(self.conn, at(self.now), at(self.now), self.state, lambda: False))
        assert done.state is not None
        self.state, self.result = done.state, done.result
        return self.result

    def live(self, minutes: int, *speaking: str) -> int:
        """Let time pass; those `speaking` do so every heartbeat of a vacuum. Returns how many silences were opened."""
        opened = 0
        for _ in range(minutes):
            self.now += 1
            for name in speaking:
                if self.now % VACUUM_MIN == 0:
                    self.says(name)
            opened += self.run()["opened"]
        return opened

    def silent(self) -> set[str]:
        rows = self.conn.execute(
            "SELECT d.device FROM silences JOIN devices d USING (device_id) WHERE ended_at IS NULL"
        )
        return {row[0] for row in rows}

    def of(self, name: str) -> list[silences.Silence]:
        return list(silences.of_device(self.conn, self.ids[name]))


@pytest.fixture
def fleet(database: str) -> Iterator[Fleet]:
    with connect(database, autocommit=True) as conn:
        yield Fleet(conn)


@pytest.fixture
def worker(fleet: Fleet, database: str) -> Iterator[Connection]:
    """An ingest worker that holds a slot."""
    with connect(database, autocommit=True) as conn:
        assert slots.acquire(conn, 1, "w") == 0
        slots.beat(conn, 0)
        conn.execute("UPDATE ingest_slots SET hearing_since = %s", (at(-600),))
        yield conn


@pytest.fixture
def standing(fleet: Fleet, worker: Connection) -> tuple[str, ...]:
    """Ten vacuums that have spoken for an hour while the job ran."""
    names = tuple(fleet.device(f"rv-{n}") for n in range(10))
    for name in names:
        fleet.says(name)
    assert fleet.live(60, *names) == 0
    return names


def test_a_silent_device_is_noticed_once_and_after_three_heartbeats(fleet: Fleet, standing: tuple[str, ...]) -> None:
    quiet, *others = standing
    assert fleet.live(3 * VACUUM_MIN, *others) == 0
    assert fleet.live(1, *others) == 1
    assert fleet.silent() == {quiet}
    assert fleet.result["silent"]["robot_vacuum"] == 1
    assert fleet.live(120, *others) == 0
    (found,) = fleet.of(quiet)
    assert (found.since, found.noticed_at, found.ended_at) == (at(60), at(60 + 46), None)


def test_it_ends_when_the_device_is_heard_again(fleet: Fleet, standing: tuple[str, ...]) -> None:
    quiet, *others = standing
    fleet.live(100, *others)
    fleet.says(quiet, 160.5)
    fleet.live(2, *others)
    (found,) = fleet.of(quiet)
    assert (found.ended_by, found.ended_at) == ("heard", at(160.5))
    assert fleet.silent() == set()
    assert fleet.live(100, *others) == 1
    assert [s.ended_at is None for s in fleet.of(quiet)] == [True, False]


def test_it_ends_with_the_first_connection_after_it(fleet: Fleet, standing: tuple[str, ...]) -> None:
    quiet, *others = standing
    fleet.live(100, *others)
    fleet.connects(quiet, 160.2, 7)
    fleet.says(quiet, 160.9)
    fleet.live(1, *others)
    assert fleet.of(quiet)[0].ended_at == at(160.2)


def test_a_will_is_the_broker_s_word(fleet: Fleet, standing: tuple[str, ...]) -> None:
    quiet, *others = standing
    fleet.live(100, *others)
    fleet.connects(quiet, 160, 7, online=False)
    fleet.live(5, *others)
    assert fleet.silent() == {quiet}


def test_each_product_has_its_own_patience(fleet: Fleet, standing: tuple[str, ...]) -> None:
    fleet.device("pd-1", "pill_dispenser")
    fleet.says("pd-1")
    assert fleet.live(90, *standing) == 0
    assert fleet.live(1, *standing) == 1
    assert fleet.silent() == {"pd-1"}


def test_never_heard_is_not_silent_and_neither_is_what_is_not_active(fleet: Fleet, standing: tuple[str, ...]) -> None:
    fleet.device("rv-in-its-box")
    first, second, *others = standing
    devices.set_status(fleet.conn, first, "suspended")
    assert fleet.live(100, *others) == 1
    assert fleet.silent() == {second}
    devices.set_status(fleet.conn, second, "retired")
    fleet.live(1, *others)
    (found,) = fleet.of(second)
    assert (found.ended_by, found.ended_at) == ("withdrawn", at(fleet.now))
    devices.set_status(fleet.conn, first, "active")
    fleet.live(1, *others)
    assert fleet.silent() == {first}


@pytest.mark.parametrize("outage", [5, 40, 300])
def test_an_outage_of_ours_makes_no_storm(fleet: Fleet, standing: tuple[str, ...], outage: int) -> None:
    fleet.hearing = False
    assert fleet.live(outage) == 0
    assert "slot 0" in fleet.result["deaf"]
    if outage == 300:
        assert fleet.result["withheld"] == 10
    fleet.hearing = True
    quiet, *others = standing
    # As much patience as before is left for whoever does not come back.
    assert fleet.live(3 * VACUUM_MIN - 14, *others) == 0
    assert fleet.live(30, *others) == 1
    assert fleet.silent() == {quiet}


def test_no_worker_no_storm(fleet: Fleet, standing: tuple[str, ...], worker: Connection) -> None:
    slots.release(worker, 0)
    assert fleet.live(200) == 0
    assert fleet.result["deaf"] == "no ingest worker runs"
    assert slots.acquire(worker, 1, "w") == 0
    assert fleet.live(VACUUM_MIN * 2, *standing) == 0
    assert fleet.live(200, *standing) == 0
    assert fleet.result["deaf"] is None


def test_a_worker_that_is_stuck_does_not_hear(fleet: Fleet, standing: tuple[str, ...]) -> None:
    fleet.conn.execute("UPDATE ingest_slots SET seen_at = %s", (at(fleet.now - 1),))
    since, why = hearing(slots.listing(fleet.conn), at(fleet.now))
    assert since is None
    assert why is not None


def test_where_no_device_gets_through_the_fault_is_not_theirs(fleet: Fleet, standing: tuple[str, ...]) -> None:
    """The worker hears, but the broker's listener, or the network before it, is gone."""
    assert fleet.live(300) == 0
    assert (fleet.result["withheld"], fleet.silent()) == (10, set())
    assert "10 of 10 devices with a heartbeat of 900 s" in fleet.result["deaf"]
    quiet, *others = standing
    assert fleet.live(30, *others) == 0
    assert fleet.live(30, *others) == 1
    assert fleet.silent() == {quiet}


def test_oftener_heard_devices_do_not_hide_behind_others_nor_others_behind_them(
    fleet: Fleet, standing: tuple[str, ...]
) -> None:
    """All vacuums are cut off, sensors are not due yet: nothing is theirs. One vacuum alone is its own fault."""
    for n in range(5):
        fleet.device(f"ss-{n}", "stock_sensor")
        fleet.says(f"ss-{n}")
    assert fleet.live(100) == 0
    assert fleet.silent() == set()


def test_of_two_devices_each_may_be_silent(fleet: Fleet, worker: Connection) -> None:
    fleet.device("rv-a")
    fleet.device("rv-b")
    fleet.says("rv-a")
    fleet.says("rv-b")
    fleet.live(10)
    assert fleet.live(50) == 2


def test_without_the_job_nothing_was_watched(fleet: Fleet, standing: tuple[str, ...]) -> None:
    fleet.now += 600
    assert fleet.run()["opened"] == 0
    assert fleet.live(3 * VACUUM_MIN - 1, *standing) == 0
    assert fleet.live(100, *standing) == 0


def test_a_first_run_waits_three_heartbeats(fleet: Fleet, worker: Connection) -> None:
    for n in range(4):
        fleet.device(f"rv-{n}")
        fleet.says(f"rv-{n}", -10_000)
    fleet.device("rv-alive")
    fleet.says("rv-alive")
    assert fleet.live(45, "rv-alive") == 0
    assert fleet.live(2, "rv-alive") == 4


def test_where_devices_speak_http_no_worker_is_needed(fleet: Fleet) -> None:
    names = [fleet.device(f"rv-{n}") for n in range(4)]
    for name in names:
        fleet.says(name)
    fleet.live(60, *names)
    assert fleet.live(50, *names[1:]) == 1
    assert fleet.silent() == {names[0]}


def test_an_open_silence_is_one_row_whoever_looks(fleet: Fleet, standing: tuple[str, ...]) -> None:
    quiet, *others = standing
    fleet.live(100, *others)
    before = {900.0: at(fleet.now)}
    assert silences.notice(fleet.conn, PRODUCTS, before, at(fleet.now)) == 9
    assert silences.notice(fleet.conn, PRODUCTS, before, at(fleet.now)) == 0
    assert len(fleet.of(quiet)) == 1
