"""Two workers with overlapping, shuffled batches of the same devices: what one alone would have made of them."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from threading import Barrier, Thread
from typing import Any

import pytest

from catalog.elements import NO_BOOT, Element, Quality, Reason, Reject
from store.database import connect
from store.intake import Arrival, Intake, Outcome
from tests.integration.store.world import DAY_MS, T0, World, arrival, event, products, reading, state

DEVICES = 6
CATALOG = products(heartbeat_s=10.0)

QUESTIONS = {
    "readings": "SELECT ts, boot, seq, quality, battery_pct, extra::text FROM telemetry_robot_vacuum",
    "events": "SELECT ts, boot, seq, kind, attrs::text FROM events",
    "runs": "SELECT boot, first_seq, last_seq, first_ts, last_ts FROM runs",
    "boots": "SELECT boot, first_ts, last_ts, prev_boot, prev_seq, link_ts, seq_reused FROM boots",
    "heard": "SELECT since, until FROM heard",
    "latest": "SELECT signals::jsonb::text, ts, updated_at FROM latest",
    "presence": "SELECT boot, conn, online, firmware FROM device_state",
    "connections": "SELECT boot, conn, online FROM connections",
    "unclocked": "SELECT boot, seq, ts FROM unclocked",
}


def history(device: int, noise: random.Random) -> list[Arrival]:
    """Some hours of a device: three boots, holes, late data, no clock, no counters, presence, refusals."""
    said: list[Arrival] = []
    ts = T0
    length = 0
    for boot in range(3):
        last, length = length - 1, noise.randrange(20, 40)
        for seq in range(length):
            ts += noise.choice([1000, 5000, 29_000, 60_000])
            prev = (boot - 1, last) if boot and not seq and noise.random() < 0.7 else None
            if noise.random() < 0.1:
                continue
            element: Element
            if seq % 7 == 3:
                element = event(seq, ts, boot=boot, minutes=seq)
            elif seq % 7 == 5:
                element = reading(seq, ts, boot=boot, quality=Quality.CLOCK)
            else:
                # Months far apart too, so that both have partitions to make.
                at = ts - 40 * DAY_MS * noise.randrange(8) if seq % 11 == 7 else ts
                element = reading(seq, at, boot=boot, prev=prev)
            rejects = [Reject(1, Reason.WRONG_TYPE, "x")] if seq % 13 == 0 else []
            said.append(
                arrival(device, element, at=ts, topic=f"d/{device}", payload=b"%d/%d" % (boot, seq), rejects=rejects)
            )
        said.append(arrival(device, state(boot, 1), state(boot, 1, online=False), at=ts))
        said.append(arrival(device, reading(noise.randrange(2**60), ts, boot=NO_BOOT), at=ts))
    return said


def batches(said: Sequence[Arrival], noise: random.Random) -> list[list[Arrival]]:
    shuffled = [*said, *noise.sample(list(said), len(said) // 5)]
    noise.shuffle(shuffled)
    found = []
    while shuffled:
        size = noise.randrange(1, 60)
        found.append(shuffled[:size])
        del shuffled[:size]
    return found


def tables(world: World, devices: Sequence[int]) -> dict[str, list[list[tuple[Any, ...]]]]:
    return {
        name: [world.rows(f"SELECT * FROM ({query} WHERE device_id = %s) q ORDER BY q", device) for device in devices]
        for name, query in QUESTIONS.items()
    }


@pytest.mark.parametrize("seed", range(3))
def test_two_writers_make_what_one_would(
    world: World, database: str, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    alone = [world.device(f"alone-{n}") for n in range(DEVICES)]
    shared = [world.device(f"shared-{n}") for n in range(DEVICES)]
    one = [message for n, d in enumerate(alone) for message in history(d, random.Random(seed * 100 + n))]
    two = [message for n, d in enumerate(shared) for message in history(d, random.Random(seed * 100 + n))]
    stored = world.intake.write(world.conn, one).stored

    caplog.set_level(logging.INFO, logger="store")
    barrier = Barrier(2)
    outcomes: list[Outcome] = []
    errors: list[BaseException] = []

    def work(which: int) -> None:
        noise = random.Random(seed * 1000 + which)
        # Each has most of it; together they have all.
        mine = [m for m in two if noise.random() < 0.7] if which else two
        intake = Intake(CATALOG)
        try:
            with connect(database, autocommit=True) as conn:
                barrier.wait(30)
                outcomes.extend(intake.write(conn, batch) for batch in batches(mine, noise))
        except BaseException as error:  # noqa: BLE001 - the test's own thread shall see it
            errors.append(error)

    threads = [Thread(target=work, args=(which,)) for which in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert not errors
    assert not caplog.messages  # nobody lost against the other: everything is locked in one order
    assert sum(outcome.stored for outcome in outcomes) == stored
    assert sum(outcome.seq_reused for outcome in outcomes) == 0
    assert not any(outcome.by_reason["conflict"] for outcome in outcomes)
    assert tables(world, shared) == tables(world, alone)


def test_two_large_batches_in_opposite_order_queue_up(
    world: World, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Rows are inserted in the order of their key; in that of arrival, each would wait for the other."""
    devices = [world.device(f"d-{n}") for n in range(20)]
    caplog.set_level(logging.INFO, logger="store")
    size = 4_000
    messages = [arrival(devices[seq % 20], reading(seq), state(1, seq)) for seq in range(size)]
    barrier = Barrier(2)
    outcomes: list[Outcome] = []

    def work(mine: Sequence[Arrival]) -> None:
        with connect(database, autocommit=True) as conn:
            barrier.wait(30)
            outcomes.append(Intake(CATALOG).write(conn, mine))

    threads = [Thread(target=work, args=(mine,)) for mine in (messages, messages[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert sum(outcome.stored for outcome in outcomes) == size
    assert sum(outcome.duplicates for outcome in outcomes) == size
    assert not caplog.messages
