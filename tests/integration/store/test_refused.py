"""What the database or the decoder refuses is kept with its reason, and costs its neighbours nothing."""

from __future__ import annotations

import random

import pytest

from catalog.elements import Reason, Reject
from store import deadletters
from store.errors import StoreError
from tests.integration.store.world import World, arrival, event, reading, state

NUL = "\0"


def test_a_payload_is_kept_once_and_its_elements_are_counted(world: World) -> None:
    device = world.device()
    rejects = [Reject(0, Reason.WRONG_TYPE, "a"), Reject(2, Reason.NOT_FINITE, "b")]
    message = arrival(device, reading(0), topic="t", payload=b"p", rejects=rejects)
    world.write(message)
    world.write(message, message)
    assert world.dead() == [(0, "wrong_type", 3), (2, "not_finite", 3)]
    assert world.rows("SELECT topic, payload FROM dead_messages") == [("t", b"p")]
    world.write(arrival(device, topic="other", payload=b"p", rejects=rejects[:1]))
    assert world.one("SELECT count(*) FROM dead_messages") == 2


def test_a_stranger_leaves_a_dead_letter_and_nothing_else(world: World) -> None:
    outcome = world.write(arrival(None, payload=b"hello", rejects=[Reject(0, Reason.UNKNOWN_DEVICE, "who?")]))
    assert dict(outcome.by_reason) == {"unknown_device": 1}
    assert world.one("SELECT count(*) FROM latest") == 0
    [letter] = deadletters.listing(world.conn)
    assert (letter.payload, letter.reason, letter.detail, letter.count) == (b"hello", "unknown_device", "who?", 1)


def test_who_is_only_refused_was_heard_from_all_the_same(world: World) -> None:
    device = world.device()
    world.write(arrival(device, rejects=[Reject(0, Reason.NOT_JSON, "x")]))
    assert world.rows("SELECT device_id, ts FROM latest") == [(device, None)]


@pytest.mark.parametrize("at", [0, 3, 8])
def test_an_element_the_database_refuses_stands_alone(world: World, at: int) -> None:
    device = world.device()
    good = [event(n, kind="stuck", where="hall") for n in range(9)]
    said = [*good[:at], event(100, kind="stuck", where=f"a{NUL}b"), *good[at:]]
    outcome = world.write(arrival(device, *said, payload=b"many"), arrival(device, reading(20)))
    assert outcome.stored == 10
    assert [(no, r.index, r.reason, r.boot, r.seq) for no, r in outcome.rejects] == [(0, at, Reason.DATABASE, 1, 100)]
    assert world.dead() == [(at, "database", 1)]
    assert world.rows("SELECT payload FROM dead_messages") == [(b"many",)]
    assert world.one("SELECT array_agg(seq ORDER BY seq) FROM events") == list(range(9))
    assert world.runs(device) == {1: [(0, 8, 0, 8000), (20, 20, 20_000, 20_000)]}


def test_refused_elements_of_several_messages_are_found_with_their_own_numbers(world: World) -> None:
    device = world.device()
    bad = {1, 4, 6}
    messages = [
        arrival(
            device,
            event(n * 2),
            event(n * 2 + 1, note=NUL if n in bad else "fine"),
            rejects=[Reject(9, Reason.BAD_TS, "x")],
        )
        for n in range(8)
    ]
    outcome = world.write(*messages)
    found = {(no, r.index) for no, r in outcome.rejects if r.reason is Reason.DATABASE}
    assert found == {(n, 1) for n in bad}
    assert outcome.by_reason == {"database": 3, "bad_ts": 8}
    assert outcome.stored == 13
    again = world.write(*messages)
    assert (again.stored, again.duplicates, again.by_reason) == (0, 13, outcome.by_reason)


def test_a_state_the_database_refuses_stands_alone_too(world: World) -> None:
    device = world.device()
    outcome = world.write(arrival(device, state(1, 1, firmware=f"1{NUL}")), arrival(device, state(1, 2)))
    assert (outcome.states, dict(outcome.by_reason)) == (1, {"database": 1})
    assert world.rows("SELECT boot, conn FROM device_state") == [(1, 2)]


def test_the_reason_does_not_tell_the_value(world: World) -> None:
    device = world.device()
    world.say(device, event(0, note=f"my pills{NUL}"))
    [letter] = deadletters.listing(world.conn)
    assert "SQLSTATE" in letter.detail
    assert "pills" not in letter.detail


def test_a_topic_of_any_length_and_content_can_be_kept(world: World) -> None:
    """A device may publish on any topic below its own, up to MQTT's 65,535 bytes; an index row takes 2,704."""
    noise = random.Random(1)
    long = "vop/v1/vac-1/up/" + "".join(chr(noise.randrange(0x4E00, 0x9FFF)) for _ in range(20_000))
    for number, topic in enumerate([long, long + "x", "a\0b", "\ud800", ""]):
        world.write(arrival(None, topic=topic, payload=b"%d" % number, rejects=[Reject(0, Reason.BAD_TOPIC, topic)]))
    assert len(world.dead()) == 5
    assert len(deadletters.listing(world.conn)) == 5


def test_a_program_that_knows_more_than_the_database_says_so_and_stores_nothing(world: World) -> None:
    device = world.device()
    world.conn.execute("ALTER TABLE telemetry_robot_vacuum DROP COLUMN suction_pa CASCADE")
    with pytest.raises(StoreError, match="vop migrate"):
        world.say(device, event(0), reading(1))
    assert world.one("SELECT count(*) FROM events") == 0
