"""What is stored once, what is refused as a conflict, and what keeps the time it was given."""

from __future__ import annotations

import pytest

import catalog
from catalog.elements import NO_BOOT, Quality, Reason, Reject, Scalar
from store.database import connect
from store.intake import Outcome
from tests.integration.store.world import DAY_MS, T0, World, arrival, event, reading, state


def books(outcome: Outcome) -> tuple[int, int, dict[str, int]]:
    return outcome.stored, outcome.duplicates, dict(outcome.by_reason)


def test_a_redelivery_is_a_duplicate(world: World) -> None:
    device = world.device()
    message = arrival(device, reading(0), reading(1), event(2, minutes=3))
    assert books(world.write(message)) == (3, 0, {})
    before = (world.readings(device), world.runs(device), world.heard(device), world.latest(device))
    assert books(world.write(message)) == (0, 3, {})
    assert books(world.write(message, message)) == (0, 6, {})
    assert (world.readings(device), world.runs(device), world.heard(device), world.latest(device)) == before
    assert world.dead() == []


def test_a_duplicate_within_the_batch_is_one(world: World) -> None:
    device = world.device()
    outcome = world.write(arrival(device, reading(0), reading(0)), arrival(device, reading(1), reading(0)))
    assert books(outcome) == (2, 2, {})
    assert outcome.seq_reused == 0


def test_every_type_of_value_is_met_again_as_the_same(world: World) -> None:
    """What a column rounds or reorders must not look like another value on redelivery."""
    device = world.device()
    said: dict[str, Scalar] = {
        "battery_pct": 0.1,
        "runtime_total_min": 0.1,
        "stall_retries_total": 2**62 + 1,
        "cleaning_mode": "turbo",
    }
    declared = {s.key: s.type for s in catalog.load()["robot_vacuum"].signal}
    assert [declared[key] for key in said] == ["float32", "float64", "int64", "enum"]
    extra = {"b": 1.5, "a": [1, {"z": None, "y": 2.0}], "e": 1e30, "text": "\u00e9"}
    message = arrival(
        device, reading(0, extra=extra)._replace(values=said), event(1, kind="custom", y=1, x={"b": [], "a": 0.1})
    )
    assert books(world.write(message)) == (2, 0, {})
    assert books(world.write(message)) == (0, 2, {})


def test_the_first_of_two_with_one_identity_stays_and_the_other_is_kept_with_its_reason(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, battery_pct=80.0))
    outcome = world.write(
        arrival(device, reading(1), reading(0, battery_pct=20.0), topic="t", payload=b"second"),
    )
    assert books(outcome) == (1, 0, {"conflict": 1})
    assert [(no, reject.index) for no, reject in outcome.rejects] == [(0, 1)]
    assert world.readings(device)[0] == (0, 1, 0, 80.0)
    assert world.latest(device)["battery_pct"][3] == 51.0
    assert world.rows(
        "SELECT topic, payload, element_index, reason FROM dead_letters JOIN dead_messages USING (message_id)"
    ) == [("t", b"second", 1, "conflict")]


def test_a_conflict_never_becomes_the_latest_value(world: World) -> None:
    device = world.device()
    world.say(device, reading(5, battery_pct=80.0))
    world.say(device, reading(5, battery_pct=20.0, suction_pa=1.0))
    assert world.latest(device) == {"battery_pct": [T0 + 5000, 1, 5, 80.0]}


def test_a_conflict_within_the_batch_goes_to_the_later_one(world: World) -> None:
    device = world.device()
    outcome = world.write(
        arrival(device, reading(0, battery_pct=1.0), reading(0, battery_pct=2.0)),
        arrival(device, reading(0, battery_pct=1.0), event(0), event(0, kind="docked")),
    )
    assert books(outcome) == (2, 1, {"conflict": 2})
    assert sorted((no, r.index) for no, r in outcome.rejects) == [(0, 1), (1, 2)]
    assert world.readings(device) == [(0, 1, 0, 1.0)]
    assert world.latest(device)["battery_pct"][3] == 1.0


def test_a_null_and_a_value_are_a_conflict_too(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, battery_pct=1.0))
    assert books(world.say(device, reading(0, battery_pct=1.0, suction_pa=1.0))) == (0, 0, {"conflict": 1})
    assert books(world.say(device, reading(0, battery_pct=1.0, extra={"a": 1}))) == (0, 0, {"conflict": 1})
    world.say(device, event(1, kind="stuck", minutes=3))
    assert books(world.say(device, event(1, kind="stuck", minutes=4))) == (0, 0, {"conflict": 1})


def test_the_same_numbers_of_two_devices_are_two_elements(world: World) -> None:
    one, other = world.device("a"), world.device("b")
    outcome = world.write(arrival(one, reading(0)), arrival(other, reading(0, battery_pct=3.0)))
    assert books(outcome) == (2, 0, {})


def test_what_has_no_counters_is_the_same_when_its_hash_and_time_are(world: World) -> None:
    device = world.device()
    said = reading(2**63 - 1, T0, boot=NO_BOOT)
    assert books(world.say(device, said)) == (1, 0, {})
    assert books(world.say(device, said, said._replace(ts_ms=T0 + 1))) == (1, 1, {})
    assert world.runs(device) == {}


def test_an_element_without_a_clock_keeps_the_time_it_was_first_given(world: World) -> None:
    device = world.device()
    first = reading(7, T0, quality=Quality.CLOCK, extra={"device_ts": 0})
    again = first._replace(ts_ms=T0 + 5 * DAY_MS)
    assert books(world.say(device, first)) == (1, 0, {})
    outcome = world.say(device, again, at=T0 + 5 * DAY_MS)
    assert books(outcome) == (0, 1, {})
    assert outcome.clock == 1
    assert world.readings(device) == [(0, 1, 7, 57.0)]
    assert world.latest(device)["battery_pct"][0] == T0
    assert world.one("SELECT count(*) FROM unclocked") == 1


def test_within_a_batch_too_the_first_resolved_time_is_everybodys(world: World) -> None:
    device = world.device()
    late = reading(7, T0 + 3000, quality=Quality.CLOCK)
    early = reading(7, T0 + 1000, quality=Quality.CLOCK)
    assert books(world.write(arrival(device, late), arrival(device, early))) == (1, 1, {})
    [[offset, *_]] = world.readings(device)
    assert offset in {1000, 3000}
    assert books(world.say(device, reading(7, T0 + 9000, quality=Quality.CLOCK))) == (0, 1, {})


def test_without_clock_and_counters_delivery_is_at_least_once(world: World) -> None:
    device = world.device()
    said = reading(99, T0, boot=NO_BOOT, quality=Quality.CLOCK)
    assert world.say(device, said).clock == 1
    assert books(world.say(device, said._replace(ts_ms=T0 + 1))) == (1, 0, {})
    assert world.one("SELECT count(*) FROM unclocked") == 0


def test_lag_is_arrival_minus_the_time_it_is_stored_under(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, T0, quality=Quality.CLOCK), reading(1, T0 + 700), at=T0 + 500)
    assert world.rows("SELECT seq, lag_ms FROM telemetry_robot_vacuum ORDER BY seq") == [(0, 500), (1, -200)]


def test_a_number_used_twice_is_stored_twice_and_counted(world: World) -> None:
    device = world.device()
    assert world.say(device, reading(3)).seq_reused == 0
    outcome = world.say(device, reading(3, T0 + 60_000))
    assert (outcome.stored, outcome.seq_reused) == (1, 1)
    assert world.say(device, reading(3), reading(3, T0 + 60_000)).seq_reused == 0
    assert len(world.readings(device)) == 2
    assert world.one("SELECT seq_reused FROM boots") == 1


def test_numbers_used_twice_within_a_batch_are_counted(world: World) -> None:
    device = world.device()
    outcome = world.say(device, reading(3), reading(3, T0 + 1), reading(4), event(3, T0 + 2))
    assert (outcome.stored, outcome.seq_reused) == (4, 2)


@pytest.mark.parametrize("together", [True, False])
def test_an_event_with_a_readings_number_is_counted_however_they_come(world: World, together: bool) -> None:
    """Even with its very ts: they are two elements, and one of them has a number that is taken."""
    device = world.device()
    if together:
        outcome = world.say(device, reading(3), event(3))
    else:
        outcome = Outcome()
        for element in (reading(3), event(3)):
            outcome.add(world.say(device, element), [0])
    assert (outcome.stored, outcome.seq_reused) == (2, 1)


def test_a_month_long_gone_gets_its_partition(world: World) -> None:
    device = world.device()
    for years in (3, 0, 7):
        world.say(device, reading(years, T0 - years * 366 * DAY_MS))
    assert len(world.readings(device)) == 3


def test_the_books_add_up(world: World) -> None:
    device = world.device()
    world.say(device, reading(0))
    bad = Reject(9, Reason.WRONG_TYPE, "x")
    messages = [
        arrival(device, reading(0), reading(1), reading(1, battery_pct=0.0), event(2), rejects=[bad]),
        arrival(device, state(1, 1)),
        arrival(None, rejects=[Reject(0, Reason.UNKNOWN_DEVICE, "x")]),
    ]
    outcome = world.write(*messages)
    given = sum(len(m.elements) + len(m.rejects) for m in messages)
    assert outcome.stored + outcome.duplicates + outcome.states + len(outcome.rejects) == given
    assert books(outcome) == (2, 1, {"wrong_type": 1, "conflict": 1, "unknown_device": 1})


def test_it_does_not_write_inside_somebody_elses_transaction(world: World) -> None:
    device = world.device()
    with world.conn.transaction(), pytest.raises(RuntimeError, match="inside a transaction"):
        world.say(device, reading(0))
    assert world.readings(device) == []


def test_a_connection_without_autocommit_is_committed_too(world: World, database: str) -> None:
    device = world.device()
    with connect(database) as conn:
        world.intake.write(conn, [arrival(device, reading(0))])
        assert len(world.readings(device)) == 1
