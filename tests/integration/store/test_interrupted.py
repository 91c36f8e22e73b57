"""The database goes away in the middle: nothing is half stored, and writing the same again makes it whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

import catalog
from catalog.elements import Reason, Reject
from store import deadletters, retention
from store.database import Connection, connect
from store.errors import Retry, Unavailable
from store.intake import Arrival, Intake, clock, continuity, latest, states, writer
from store.migrate import migrate
from store.retention import Retention
from tests.integration.store.world import DAY_MS, T0, World, arrival, event, reading, state
from vop.services.postgres import PostgresServer

TABLES = ("telemetry_robot_vacuum", "events", "runs", "boots", "heard", "latest", "device_state", "connections",
          "unclocked", "dead_letters", "dead_messages")  # fmt: skip


def batch(device: int) -> list[Arrival]:
    return [
        arrival(device, reading(0), event(1), reading(2, quality=2), payload=b"a"),
        arrival(device, state(1, 1), payload=b"b"),
        arrival(device, rejects=[Reject(0, Reason.NOT_JSON, "x")], payload=b"c"),
    ]


def counts(conn: Connection) -> dict[str, int]:
    found = {}
    for table in TABLES:
        [[found[table]]] = conn.execute(f"SELECT count(*) FROM {table}".encode()).fetchall()
    return found


@pytest.mark.parametrize(
    ("module", "name"),
    [(clock, "settle"), (states, "write"), (latest, "lock"), (continuity, "update"), (deadletters, "write")],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_connection_cut_at_any_step_leaves_nothing_behind(
    world: World, database: str, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    device = world.device()
    before = counts(world.conn)
    step: Callable[..., Any] = getattr(module, name)

    def cut(conn: Connection, *arguments: Any) -> Any:
        with psycopg.connect(database, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", [conn.info.backend_pid])
        return step(conn, *arguments)

    messages = batch(device)
    messages.append(arrival(device, reading(9, T0 - 3000 * DAY_MS)))  # a month without a partition
    with monkeypatch.context() as patched, connect(database, autocommit=True) as doomed:
        patched.setattr(module, name, cut)
        with pytest.raises(Unavailable):
            world.intake.write(doomed, messages)
    assert counts(world.conn) == before
    assert world.write(*messages).stored == len(messages)
    once = counts(world.conn)
    assert world.write(*messages).stored == 0
    assert counts(world.conn) == once


def test_a_server_killed_before_the_commit_and_a_batch_written_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = PostgresServer(place / "server", settings={"shared_buffers": "16MB"}).start()
    try:
        migrate(server.url(), catalog.load())
        intake = Intake(catalog.load())
        with psycopg.connect(server.url()) as conn:
            conn.execute("INSERT INTO devices (device, product) VALUES ('vac-1', 'robot_vacuum')")
        messages = batch(1)
        write = deadletters.write

        def killed(conn: Connection, refused: Any) -> None:
            write(conn, refused)
            server.kill()

        with connect(server.url(), autocommit=True) as conn:
            with monkeypatch.context() as patched:
                patched.setattr(deadletters, "write", killed)
                with pytest.raises(Unavailable):
                    intake.write(conn, messages)
            with pytest.raises(Unavailable):
                intake.write(conn, messages)
        server.start()
        with connect(server.url(), autocommit=True) as conn:
            assert set(counts(conn).values()) == {0}
            assert intake.write(conn, messages).stored == 3
            assert intake.write(conn, messages).duplicates == 3
            assert counts(conn)["dead_letters"] == 1
    finally:
        server.stop()


def test_a_commit_nobody_heard_of_is_repeated_without_harm(
    world: World, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server commits, the answer is lost: only writing again tells."""
    device = world.device()
    messages = batch(device)
    with connect(database, autocommit=True) as doomed:
        transaction = Intake._transaction

        def committed_by_hand(self: Intake, conn: Connection, arrivals: Any) -> Any:
            outcome = transaction(self, conn, arrivals)
            conn.pgconn.exec_(b"COMMIT")
            conn.close()
            return outcome

        with monkeypatch.context() as patched:
            patched.setattr(Intake, "_transaction", committed_by_hand)
            with pytest.raises(Unavailable):
                world.intake.write(doomed, messages)
    once = counts(world.conn)
    assert once["telemetry_robot_vacuum"] == 2
    assert world.write(*messages).duplicates == 3
    assert counts(world.conn) == once


def test_a_lost_race_is_run_again_and_a_lasting_one_is_an_absent_database(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = world.device()
    monkeypatch.setattr(writer, "BACKOFF_S", 0.0)
    losses = 2
    update = latest.update

    def lose(*arguments: Any) -> None:
        nonlocal losses
        update(*arguments)
        if losses:
            losses -= 1
            raise Retry("deadlock")

    monkeypatch.setattr(latest, "update", lose)
    outcome = world.write(*batch(device))
    assert (outcome.stored, len(outcome.rejects), outcome.states) == (3, 1, 1)
    losses = 1000
    with pytest.raises(Unavailable, match="holding locks"):
        world.say(device, reading(50))
    assert len(world.readings(device)) == 2


def test_a_month_that_retention_dropped_is_made_again(world: World) -> None:
    """The intake remembers which months have partitions; a single element must not become a dead letter for it."""
    device = world.device()
    long_ago = T0 - 900 * DAY_MS
    world.say(device, reading(0, long_ago))
    now = datetime.fromtimestamp(T0 / 1000, UTC)
    retention.apply(world.conn, catalog.load(), Retention(), now + timedelta(days=1))
    assert world.readings(device) == []
    outcome = world.say(device, reading(1, long_ago))
    assert (outcome.stored, outcome.rejects) == (1, [])
