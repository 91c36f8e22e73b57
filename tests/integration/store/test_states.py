from __future__ import annotations

from itertools import permutations

import pytest

from catalog.elements import State
from tests.integration.store.world import T0, World, arrival, state

ONLINE = state(3, 1, ts_ms=T0, firmware="1.0", desired_version=4, values={"volume": 1})
WILL = state(3, 1, online=False)
AGAIN = state(3, 2, ts_ms=T0 + 9000, firmware="1.1")
REBOOT = state(4, 0, ts_ms=T0 + 20_000)


def presence(world: World, device: int) -> tuple[int, int, bool]:
    [found] = world.rows("SELECT boot, conn, online FROM device_state WHERE device_id = %s", device)
    return found[0], found[1], found[2]


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_the_newest_connection_wins_whatever_the_order(world: World, together: bool) -> None:
    for number, order in enumerate(permutations([ONLINE, WILL, AGAIN, REBOOT])):
        device = world.device(f"d-{number}")
        messages = [arrival(device, said, at=T0 + n) for n, said in enumerate(order)]
        for batch in [messages] if together else [[m] for m in messages]:
            world.write(*batch)
        assert presence(world, device) == (4, 0, True)
        assert world.rows(
            "SELECT boot, conn, online FROM connections WHERE device_id = %s ORDER BY boot, conn, online DESC", device
        ) == [(3, 1, True), (3, 1, False), (3, 2, True), (4, 0, True)]


@pytest.mark.parametrize("order", [(ONLINE, WILL), (WILL, ONLINE)])
def test_offline_belongs_after_online_of_the_same_connection(world: World, order: tuple[State, ...]) -> None:
    device = world.device()
    for said in order:
        world.say(device, said)
    assert presence(world, device) == (3, 1, False)


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_a_will_takes_nothing_away_that_was_reported(world: World, together: bool) -> None:
    device = world.device()
    said = [arrival(device, ONLINE, at=T0 + 5), arrival(device, WILL, at=T0 + 6)]
    for batch in [said] if together else [[one] for one in said]:
        world.write(*batch)
    assert world.rows(
        """SELECT online, firmware, desired_version, "values", ts = to_timestamp(%s) FROM device_state""", T0 // 1000
    ) == [(False, "1.0", 4, {"volume": 1}, True)]


def test_the_first_report_of_a_connection_is_when_it_began(world: World) -> None:
    device = world.device()
    world.write(arrival(device, ONLINE, at=T0 + 1))
    world.write(arrival(device, ONLINE._replace(firmware="1.2"), at=T0 + 2))
    assert world.rows("SELECT firmware, arrived_at = to_timestamp(%s) FROM connections", (T0 + 1) / 1000) == [
        ("1.0", True)
    ]
    assert world.one("SELECT firmware FROM device_state") == "1.2"


def test_states_are_neither_readings_nor_heard_time(world: World) -> None:
    device = world.device()
    outcome = world.say(device, ONLINE, WILL)
    assert (outcome.states, outcome.stored, outcome.duplicates) == (2, 0, 0)
    assert world.heard(device) == []
    assert world.rows("SELECT ts, signals FROM latest") == [(None, {})]
