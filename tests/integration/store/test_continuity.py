"""Runs, boots and heard time, whatever the order of arrival."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.elements import NO_BOOT, Element
from store.intake import Intake
from tests.integration.store.world import T0, World, arrival, event, products, reading
from tests.unit.store import reference
from tests.unit.store.reference import TAIL_MS, Told, deliveries, lives

TAIL = 30_000
"""Three heartbeats of the fixture's product, in ms."""


def test_contiguous_numbers_are_one_run_and_the_time_between_is_heard(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, T0), reading(1, T0 + 100_000), event(2, T0 + 500_000))
    assert world.runs(device) == {1: [(0, 2, 0, 500_000)]}
    assert world.heard(device) == [(0, 500_000 + TAIL)]


def test_a_lost_number_leaves_a_hole_that_late_data_closes(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, T0), reading(2, T0 + 200_000))
    assert world.runs(device) == {1: [(0, 0, 0, 0), (2, 2, 200_000, 200_000)]}
    assert world.heard(device) == [(0, TAIL), (200_000, 200_000 + TAIL)]
    world.say(device, reading(1, T0 + 100_000), at=T0 + 9_000_000)
    assert world.runs(device) == {1: [(0, 2, 0, 200_000)]}
    assert world.heard(device) == [(0, 200_000 + TAIL)]


def test_late_data_does_not_become_the_latest(world: World) -> None:
    device = world.device()
    world.say(device, reading(5, battery_pct=5.0), at=T0 + 5_000)
    world.say(device, reading(4, battery_pct=4.0, suction_pa=1.0), at=T0 + 9_000)
    assert world.latest(device) == {"battery_pct": [T0 + 5000, 1, 5, 5.0], "suction_pa": [T0 + 4000, 1, 4, 1.0]}
    assert world.rows(
        "SELECT ts = to_timestamp(%s), updated_at = to_timestamp(%s) FROM latest", T0 // 1000 + 5, T0 // 1000 + 9
    ) == [(True, True)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "new boot first"])
def test_a_restart_that_names_what_came_before_is_heard_through(world: World, order: Sequence[int]) -> None:
    device = world.device()
    boots = [
        [reading(0, T0, boot=4), reading(1, T0 + 1000, boot=4)],
        [reading(0, T0 + 600_000, boot=5, prev=(4, 1))],
    ]
    for which in order:
        world.say(device, *boots[which])
    assert world.heard(device) == [(0, 600_000 + TAIL)]
    assert world.rows("SELECT boot, prev_boot, prev_seq FROM boots ORDER BY boot") == [(4, None, None), (5, 4, 1)]


@pytest.mark.parametrize("last", [0, 1, 2])
def test_a_restart_is_heard_through_only_once_the_named_element_is_stored(world: World, last: int) -> None:
    device = world.device()
    elements = [reading(0, T0, boot=4), reading(1, T0 + 1000, boot=4), reading(0, T0 + 600_000, boot=5, prev=(4, 1))]
    for at, element in enumerate(elements):
        if at != last:
            world.say(device, element)
    if last:
        assert world.heard(device)[0] == ((0, TAIL) if last == 1 else (0, 1000 + TAIL))
    world.say(device, elements[last])
    assert world.heard(device) == [(0, 600_000 + TAIL)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (0, 2, 1)])
def test_a_boot_that_went_on_after_the_element_its_successor_names(world: World, order: Sequence[int]) -> None:
    """A device may say what it likes: the result must not depend on who came first."""
    device = world.device()
    elements = [reading(0, T0), reading(1, T0 + 1000), reading(0, T0 + 600_000, boot=2, prev=(1, 0))]
    for which in order:
        world.say(device, elements[which])
    assert world.heard(device) == [(0, 600_000 + TAIL)]


def test_a_restart_without_a_word_is_not_heard_through(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, T0, boot=4), reading(0, T0 + 600_000, boot=5))
    assert world.heard(device) == [(0, TAIL), (600_000, 600_000 + TAIL)]


def test_a_span_is_extended_in_place(world: World) -> None:
    """One row and its key unchanged: a heap-only update."""
    device = world.device()
    for seq in range(20):
        world.say(device, reading(seq, T0 + seq * 1000))
    assert world.rows("SELECT count(*), min(since) = to_timestamp(%s) FROM heard", T0 // 1000) == [(1, True)]
    assert world.one("SELECT count(*) FROM runs") == 1


MS_PRODUCT = products(heartbeat_s=TAIL_MS / 3 / 1000)


def element_of(told: Told) -> Element:
    if told.boot != NO_BOOT and told.seq % 3 == 1:
        return event(told.seq, T0 + told.ts_ms, boot=told.boot)
    return reading(told.seq, T0 + told.ts_ms, boot=told.boot, prev=told.prev)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_tables_hold_what_the_definition_says_in_any_order_and_batching(world: World, data: st.DataObject) -> None:
    told = data.draw(lives(counters_kept=False))
    intake = Intake(MS_PRODUCT)
    made = world.one("SELECT count(*) FROM devices")
    device, neighbour = world.device(f"d-{made}"), world.device(f"n-{made}")
    for batch in data.draw(deliveries(told)):
        elements = [element_of(told) for told in batch]
        cut = data.draw(st.integers(0, len(elements)))
        intake.write(
            world.conn,
            [
                arrival(device, *elements[:cut]),
                arrival(neighbour, reading(0)),
                arrival(device, *elements[cut:]),
            ],
        )
    assert world.runs(device) == reference.runs(told)
    heard = world.heard(device)
    assert reference.instants(heard) == reference.heard(told)
    assert all(before[1] < after[0] for before, after in pairwise(heard))
    assert world.one("SELECT coalesce(sum(seq_reused), 0) FROM boots WHERE device_id = %s", device) == 0
    assert world.runs(neighbour) == {1: [(0, 0, 0, 0)]}
